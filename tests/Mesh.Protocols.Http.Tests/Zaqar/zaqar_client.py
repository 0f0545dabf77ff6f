"""Drives the door at argv[1] with python-zaqarclient, in the project argv[2], and prints what it saw, a line each."""
import sys
import warnings

warnings.simplefilter("ignore")
from zaqarclient.queues import client

options = {"auth_opts": {"backend": "noauth", "options": {"os_project_id": sys.argv[2]}}}
zaqar = client.Client(sys.argv[1], version=2, conf=options)
queue = zaqar.queue("jobs", force_create=True)
queue.post([{"ttl": 120, "body": {"n": n}} for n in range(3)])
print("listed", [each.body["n"] for each in queue.messages(echo=True, limit=2).stream()])
claim = queue.claim(ttl=60, grace=60, limit=2)
held = list(claim)
print("claimed", [each.body["n"] for each in held], queue.stats["messages"]["claimed"])
held[0].delete()
claim.update(ttl=300, grace=300)
print("held", len(list(queue.claim(id=claim.id))), queue.claim(id=claim.id).ttl)
claim.delete()
print("popped", [each.body["n"] for each in queue.pop(count=5)])
queue.delete()
print("queues", [each.name for each in zaqar.queues(with_count=True)[0]])
