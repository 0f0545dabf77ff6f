"""Zaqar's WSGI application, as a WSGI server loads it: Debian's Zaqar on a Redis, without authentication, versions 1, 1.1 and 2.

MESH_BENCH_REDIS is the port of the Redis. Debian's package leaves out the two scripts by which Zaqar changes many keys at once
in Redis, so they stand here, written anew for the arguments that its driver gives them.
"""
import os
import sys
import tempfile

INDEX = """
local rank = tonumber(redis.call('GET', KEYS[2]) or '1')
for i = 2, #ARGV do
    redis.call('ZADD', KEYS[1], rank + i - 2, ARGV[i])
end
redis.call('SET', KEYS[2], rank + #ARGV - 1)
"""

CLAIM = """
local now, most, claim, ends = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local taken, gone, at = {}, {}, 0
while #taken < most do
    local page = redis.call('ZRANGE', KEYS[1], at, at + 99)
    if #page == 0 then break end
    at = at + #page
    for _, id in ipairs(page) do
        if #taken == most then break end
        local message = redis.call('HMGET', id, 'c', 'c.e', 'd', 'e')
        if not message[4] then
            gone[#gone + 1] = id
        elseif (message[1] == '' or tonumber(message[2]) <= now) and tonumber(message[3]) <= now then
            redis.call('HSET', id, 'c', claim, 'c.e', ends)
            if tonumber(message[4]) < ends then redis.call('HSET', id, 't', ARGV[5], 'e', ARGV[6]) end
            taken[#taken + 1] = id
        end
    end
end
for _, id in ipairs(gone) do redis.call('ZREM', KEYS[1], id) end
return taken
"""

REDIS = "redis://127.0.0.1:" + os.environ["MESH_BENCH_REDIS"]
SETTINGS = f"""
[DEFAULT]
auth_strategy =
unreliable = True
enable_deprecated_api_versions = 1,1.1
[drivers]
transport = wsgi
message_store = redis
management_store = redis
[drivers:message_store:redis]
uri = {REDIS}/0
[drivers:management_store:redis]
uri = {REDIS}/1
"""

with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
    settings.write(SETTINGS)
    settings.flush()
    sys.argv = ["zaqar", "--config-file", settings.name]
    from zaqar.storage.redis import scripting

    scripting._read_script = {"index_messages": INDEX, "claim_messages": CLAIM}.__getitem__
    from zaqar.transport.wsgi.app import application  # noqa: F401
