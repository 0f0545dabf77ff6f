-- What every script of this folder needs.
poster = "11111111-2222-3333-4444-555555555555"
reader = "99999999-2222-3333-4444-555555555555"
wrk.headers["Client-ID"] = poster
wrk.headers["X-Project-ID"] = "bench"
wrk.headers["Content-Type"] = "application/json"

-- The body of a post of so many messages.
function messages(count)
    local one = '{"ttl":3600,"body":"' .. string.rep("x", 100) .. '"}'
    return '{"messages":[' .. string.rep(one .. ",", count - 1) .. one .. "]}"
end
