-- Asks for one send of a session, and if every limit has room spends it from all of them at once.
--
-- A counter is a sorted set of what was sent: a member for each send, the time in milliseconds as
-- its score. A limit is "at most so many members since then", so a minute that slides and the day
-- of the shop's zone are the same thing. The member "ready" (score 0) of the first counter says
-- that the counters know of everything that was sent before: without it nothing is permitted, so a
-- Redis that lost its data opens no gate.
--
-- KEYS[1]    a hash: when the next send may begin, by the name of a gap
-- KEYS[2..]  the counters; the first of them has "ready"
-- ARGV[1]    JSON:
--   now       milliseconds
--   member    what is to be sent; asking for it again is free in every counter that has it already
--   fresh     for so long after a permit, asking again is answered at once with the same permit
--   patience  a gap that ends so soon is waited for inside the permit
--   busy      how long the send takes once it begins: the gaps are counted from its end
--   horizon   no score or gap can honestly lie beyond now + horizon: the clock was set back
--   keep      how long members are kept
--   gaps      [{name, step, waits}]: those with `waits` must be over; the send sets each anew, to its
--             end + step
--   limits    [{counter, since, most, span | ends, reason}]: at most `most` members of KEYS[counter]
--             after `since`; room comes back `span` after the oldest of them, or at `ends`
--   spend     the counters that the send is added to, by their place in KEYS
--
-- Returns {1, wait, ""} for a permit, wait in milliseconds; {0, until, reason} for a refusal, with
-- the limit that keeps it longest; {-1, 0, ""} when the counters are not ready.

local ask = cjson.decode(ARGV[1])

if not redis.call("ZSCORE", KEYS[2], "ready") then
    return { -1, 0, "" }
end

local latest = ask.now + ask.horizon
local known = tonumber(redis.call("ZSCORE", KEYS[ask.spend[1]], ask.member) or "-1")
if known >= 0 and known <= latest and ask.now - known < ask.fresh then
    return { 1, math.max(0, known - ask.now), "" }
end

local at, until_, reason = ask.now, 0, ""
for _, gap in ipairs(ask.gaps) do
    local over = tonumber(redis.call("HGET", KEYS[1], gap.name) or "0")
    if gap.waits and over <= latest then
        at = math.max(at, over)
    end
end
if at - ask.now > ask.patience then
    until_, reason = at, "session_rate"
end

for _, limit in ipairs(ask.limits) do
    local counter = KEYS[limit.counter]
    local own = tonumber(redis.call("ZSCORE", counter, ask.member) or "-1")
    local upto = limit.span and string.format("%.0f", latest) or "+inf"
    local since = "(" .. string.format("%.0f", limit.since)
    local count = redis.call("ZCOUNT", counter, since, upto)
    if own <= limit.since and count >= limit.most then
        local room = limit.ends
        if limit.span then
            local oldest = redis.call(
                "ZRANGEBYSCORE", counter, since, upto, "WITHSCORES", "LIMIT", count - limit.most, 1)
            room = tonumber(oldest[2]) + limit.span
        end
        if room > until_ then
            until_, reason = room, limit.reason
        end
    end
end
if reason ~= "" then
    return { 0, until_, reason }
end

for _, place in ipairs(ask.spend) do
    redis.call("ZADD", KEYS[place], string.format("%.0f", at), ask.member)
    redis.call("ZREMRANGEBYSCORE", KEYS[place], "(0", string.format("%.0f", ask.now - ask.keep))
    redis.call("PEXPIRE", KEYS[place], ask.keep)
end
for _, gap in ipairs(ask.gaps) do
    redis.call("HSET", KEYS[1], gap.name, string.format("%.0f", at + ask.busy + gap.step))
end
redis.call("PEXPIRE", KEYS[1], ask.keep)
return { 1, at - ask.now, "" }
