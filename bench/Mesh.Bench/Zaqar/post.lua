-- Posts one message of 100 bytes a request.
dofile(os.getenv("MESH_BENCH_LUA") .. "/common.lua")
wrk.method = "POST"
wrk.path = wrk.path .. "/messages"
wrk.body = messages(1)
