-- Claims one message a request, and deletes none.
dofile(os.getenv("MESH_BENCH_LUA") .. "/common.lua")
wrk.method = "POST"
wrk.path = wrk.path .. "/claims?limit=1"
wrk.body = '{"ttl":300,"grace":60}'
