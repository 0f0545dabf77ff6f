"""Claims work on a topic at the door argv[1] with python-zaqarclient, in the project argv[2], and prints what it saw, a line each."""
import sys
import warnings

warnings.simplefilter("ignore")
from zaqarclient.queues import client

for version in (1, 1.1, 2):
    options = {"auth_opts": {"backend": "noauth", "options": {"os_project_id": sys.argv[2]}}}
    zaqar = client.Client(sys.argv[1], version=version, conf=options)
    queue = zaqar.queue("mesh--topic--jobs_2e%d" % (version * 10))
    queue.post([{"ttl": 120, "body": {"n": n}} for n in range(3)])
    print("listed", [each.body["n"] for each in queue.messages(echo=True, limit=2)])
    claim = queue.claim(ttl=60, grace=60, limit=2)
    held = list(claim)
    print("claimed", [each.body["n"] for each in held], queue.stats["messages"]["claimed"])
    held[0].delete()
    claim.update(ttl=300, grace=300)
    print("held", [each.body["n"] for each in queue.claim(id=claim.id)], queue.claim(id=claim.id).ttl)
    claim.delete()
    print("again", [each.body["n"] for each in queue.claim(ttl=60, grace=60)])
    print("kept", [each.body["n"] for each in queue.messages(echo=True)])
