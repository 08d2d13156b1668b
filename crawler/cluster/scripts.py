"""What happens in Redis, each script at one stroke. The names of keys begin with KEYS[1].

    seen            set     ids of all tasks of this round: the duplicate filter
    asked           zset    feeds that were asked in this round, by their time
    queue:HOST      list    tasks that wait, each "ID\\nJSON"
    hosts           zset    hosts with tasks whom nobody holds, by the time since when
    leases          hash    host → worker
    leased:WORKER   set     the hosts that a worker holds
    held:WORKER     hash    id → "HOST\\nID\\nJSON": what a worker took and has not acknowledged
    workers         zset    workers, by the moment at which they are taken for dead
    seeding         set     workers that may still add tasks of their own accord
    returned        hash    id → how often a task came back from a dead worker
    sources         hash    slug → JSON: the sources to which the tasks belong
    looks, pages    hash    what was seen of each source, for the judgement at the end
    rests           hash    host:port → moment until which its server wants rest
    round           string  the name of this round; gone: Redis lost its memory

A round begins with the first worker and ends with the last. Times are of Redis, in milliseconds.
"""

from __future__ import annotations

FEED_AGAIN_SECONDS = 300
"""Within one round, a feed is not asked again for so long: machines are not started at one second."""
MAX_RETURNS = 5
"""A task that came back from so many dead workers is left to the next crawl: it may be what kills them."""

_COMMON = f"""
local P = KEYS[1]
local call = redis.call
local function now()
  local t = call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function offer(host)
  if call('HEXISTS', P .. 'leases', host) == 0 and call('LLEN', P .. 'queue:' .. host) > 0 then
    call('ZADD', P .. 'hosts', 'NX', now(), host)
  end
end
local function release(worker, host)
  if call('HGET', P .. 'leases', host) == worker then call('HDEL', P .. 'leases', host) end
  call('SREM', P .. 'leased:' .. worker, host)
  offer(host)
end
local function put_back(value, dead)
  local cut = string.find(value, '\\n', 1, true)
  local host, element = string.sub(value, 1, cut - 1), string.sub(value, cut + 1)
  local id = string.match(element, '^[^\\n]*')
  if dead and call('HINCRBY', P .. 'returned', id, 1) > {MAX_RETURNS} then return end
  call('LPUSH', P .. 'queue:' .. host, element)
  offer(host)
end
local function give_back(worker, dead)
  local held = call('HVALS', P .. 'held:' .. worker)
  for _, value in ipairs(held) do put_back(value, dead) end
  for _, host in ipairs(call('SMEMBERS', P .. 'leased:' .. worker)) do release(worker, host) end
  call('DEL', P .. 'held:' .. worker, P .. 'leased:' .. worker)
  call('ZREM', P .. 'workers', worker)
  call('SREM', P .. 'seeding', worker)
end
local function reap()
  for _, worker in ipairs(call('ZRANGEBYSCORE', P .. 'workers', '-inf', now())) do
    give_back(worker, true)
  end
end
"""

JOIN = (
    _COMMON
    + """
-- worker, milliseconds, name of a new round → name of the round
reap()
call('ZADD', P .. 'workers', now() + ARGV[2], ARGV[1])
call('SADD', P .. 'seeding', ARGV[1])
call('SET', P .. 'round', ARGV[3], 'NX')
return call('GET', P .. 'round')
"""
)

BEAT = (
    _COMMON
    + """
-- worker, milliseconds, round → 1; 0 when the worker was taken for dead, -1 when the round is gone
reap()
if call('GET', P .. 'round') ~= ARGV[3] then return -1 end
if not call('ZSCORE', P .. 'workers', ARGV[1]) then return 0 end
call('ZADD', P .. 'workers', now() + ARGV[2], ARGV[1])
return 1
"""
)

PUT = (
    _COMMON
    + f"""
-- 1 for feeds, name of the filter, then id, host, JSON of each task → how many were new
local added = 0
for i = 3, #ARGV, 3 do
  local id, host = ARGV[i], ARGV[i + 1]
  local asked = ARGV[1] == '1' and call('ZSCORE', P .. 'asked', id)
  if not (asked and now() - asked < {FEED_AGAIN_SECONDS * 1000}) and call('SADD', ARGV[2], id) == 1 then
    local side = ARGV[1] == '1' and 'LPUSH' or 'RPUSH'
    call(side, P .. 'queue:' .. host, id .. '\\n' .. ARGV[i + 2])
    offer(host)
    added = added + 1
  end
end
return added
"""
)

TAKE = (
    _COMMON
    + """
-- worker, hosts at most, tasks of a host at most, then host and tasks in hand of each that it holds
-- → state, hosts that it holds no more, host and task of each that was taken, rests
reap()
local worker, most, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if not call('ZSCORE', P .. 'workers', worker) then return {0, {}, {}, {}} end
local let_go, taken = {}, {}
local function take(host, room)
  for _ = 1, room do
    local element = call('LPOP', P .. 'queue:' .. host)
    if not element then return end
    local value = host .. '\\n' .. element
    call('HSET', P .. 'held:' .. worker, string.match(element, '^[^\\n]*'), value)
    taken[#taken + 1] = host
    taken[#taken + 1] = element
  end
end
local hosts = call('HLEN', P .. 'leases') + call('ZCARD', P .. 'hosts')
local share = math.max(1, math.ceil(hosts / call('ZCARD', P .. 'workers')))
local kept = 0
for i = 4, #ARGV, 2 do
  local host, in_hand = ARGV[i], tonumber(ARGV[i + 1])
  local waits = call('LLEN', P .. 'queue:' .. host) > 0
  if waits and kept < share then
    kept = kept + 1
    take(host, window - in_hand)
  elseif in_hand == 0 then
    release(worker, host)
    let_go[#let_go + 1] = host
  else
    -- It is over its share, or nothing waits: what is in hand is done first.
    kept = kept + 1
  end
end
while kept < math.min(share, most) do
  local host = call('ZPOPMIN', P .. 'hosts')[1]
  if not host then break end
  call('HSET', P .. 'leases', host, worker)
  call('SADD', P .. 'leased:' .. worker, host)
  take(host, window)
  kept = kept + 1
end
return {1, let_go, taken, call('HGETALL', P .. 'rests')}
"""
)

SYNC = (
    _COMMON
    + """
-- worker, then the ids that it has: what else Redis thinks it holds goes back to the queue
-- → the hosts that it holds
local worker, has = ARGV[1], {}
for i = 2, #ARGV do has[ARGV[i]] = true end
for _, id in ipairs(call('HKEYS', P .. 'held:' .. worker)) do
  if not has[id] then
    put_back(call('HGET', P .. 'held:' .. worker, id), false)
    call('HDEL', P .. 'held:' .. worker, id)
  end
end
return call('SMEMBERS', P .. 'leased:' .. worker)
"""
)

DONE = (
    _COMMON
    + """
-- worker, name of the filter, JSON of a feed's look or '', its slug, ids; then '', field, number of counts
local i = 5
while ARGV[i] and ARGV[i] ~= '' do
  call('HDEL', P .. 'held:' .. ARGV[1], ARGV[i])
  call('HDEL', P .. 'returned', ARGV[i])
  if ARGV[4] ~= '' then
    -- A feed may be asked again later in a long round; a page may not.
    call('SREM', ARGV[2], ARGV[i])
    call('ZADD', P .. 'asked', now(), ARGV[i])
  end
  i = i + 1
end
if ARGV[3] ~= '' then call('HSET', P .. 'looks', ARGV[4], ARGV[3]) end
for j = i + 1, #ARGV, 2 do call('HINCRBY', P .. 'pages', ARGV[j], ARGV[j + 1]) end
return 1
"""
)

OVER = (
    _COMMON
    + """
-- → 1 when nothing waits, nobody holds anything, and nobody is about to add something
reap()
if call('SCARD', P .. 'seeding') > 0 or call('ZCARD', P .. 'hosts') > 0 then return 0 end
if call('HLEN', P .. 'leases') > 0 then return 0 end
for _, worker in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do
  if call('EXISTS', P .. 'held:' .. worker) == 1 then return 0 end
end
return 1
"""
)

LEAVE = (
    _COMMON
    + """
-- worker, name of the filter → 1 and what was seen of the sources, when it was the last and the round is over
give_back(ARGV[1], false)
reap()
if call('ZCARD', P .. 'workers') > 0 then return {0, {}, {}, {}} end
local told = {1}
for _, name in ipairs({'looks', 'pages', 'sources'}) do told[#told + 1] = call('HGETALL', P .. name) end
for _, host in ipairs(call('ZRANGE', P .. 'hosts', 0, -1)) do call('DEL', P .. 'queue:' .. host) end
for name in string.gmatch('asked hosts leases returned sources looks pages rests round', '%a+') do
  call('DEL', P .. name)
end
call('DEL', ARGV[2])
return told
"""
)

TURN = """
-- key of a host's clock, milliseconds between two requests → milliseconds to wait
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local delay = tonumber(ARGV[1])
local kept = string.format('%d', at - now + delay + 1000)
redis.call('SET', KEYS[1], string.format('%d', at + delay), 'PX', kept)
return at - now
"""
