-- Posts ten messages, claims ten, deletes each claimed one by itself: the queue stays as long as it is.
dofile(os.getenv("MESH_BENCH_LUA") .. "/common.lua")
local links, posts = {}, false

function init()
    claim = wrk.format("POST", wrk.path .. "/claims?limit=10", nil, '{"ttl":300,"grace":60}')
    post = wrk.format("POST", wrk.path .. "/messages", nil, messages(10))
end

function request()
    local link = table.remove(links)
    if link then return wrk.format("DELETE", link) end
    posts = not posts
    return posts and post or claim
end

function response(status, headers, body)
    for link in body:gmatch('"href": ?"([^"]*claim_id=[^"]*)"') do links[#links + 1] = link end
end
