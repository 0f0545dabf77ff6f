-- An agent polls, without a cursor, a channel that holds three events.
wrk.headers["User-Agent"] = "Agent/1.0 uuid/0b9d5c1e-7a1f-4d8e-8f25-3f1a6f0c2d77"
wrk.headers["X-Auth-Token"] = "bench-token"
wrk.path = "/acct/agent"
