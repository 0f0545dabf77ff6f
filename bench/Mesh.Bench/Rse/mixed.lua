-- A hundred thousand agents in a hundred accounts: each polls its own channel without a cursor, and a panel posts to any of them.
-- MESH_BENCH_POSTS of ten requests are posts.
local posts = tonumber(os.getenv("MESH_BENCH_POSTS"))
local agents, accounts = 100000, 100
local token = "bench-token"
local body = '{"Event":"Wake","RequestId":"6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10","Data":{"n":1}}'
local polled, posted, sent = {}, {}, 0

function init()
    local panel = { ["User-Agent"] = "Panel/2.0 uuid/6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10", ["X-Auth-Token"] = token }
    local agent = { ["User-Agent"] = "Agent/1.0 uuid/0b9d5c1e-7a1f-4d8e-8f25-3f1a6f0c2d77", ["X-Auth-Token"] = token }
    for i = 1, agents do
        local channel = string.format("/acct%d/agent%d", i % accounts, i)
        polled[i] = wrk.format("GET", channel, agent)
        posted[i] = wrk.format("POST", channel, panel, body)
    end
end

function request()
    sent = sent + 1
    local channel = math.random(agents)
    return sent % 10 < posts and posted[channel] or polled[channel]
end
