-- Lists ten messages of the queue, as another client than the one that posted them.
dofile(os.getenv("MESH_BENCH_LUA") .. "/common.lua")
wrk.headers["Client-ID"] = reader
wrk.path = wrk.path .. "/messages?limit=10"
