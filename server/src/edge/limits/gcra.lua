-- The generic cell rate algorithm (ITU-T I.371, annex A; GCRA as a virtual schedule) for several limits at once: every one
-- of them is charged, or none is.
-- KEYS: where each limit keeps its theoretical arrival time. ARGV: the time in microseconds since the Unix epoch, or -1 for
-- this server's own; then the requests a minute of each limit.
-- Answers for each limit how many requests remain and how many microseconds a refused caller waits, 0 where it is not refused.

-- Times are counted from 2026 on: a double then holds thousandths of a microsecond for decades.
local EPOCH = 1767225600000000
local WINDOW = 60000000

local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
now = now - EPOCH

local answer, arrivals, refused = {}, {}, false
for i, key in ipairs(KEYS) do
  local step = WINDOW / tonumber(ARGV[1 + i])
  local arrival = math.max(tonumber(redis.call('GET', key) or now), now)
  local next = arrival + step
  local wait = next - WINDOW - now
  -- A hundredth of a step forgives rounding and admits nobody more.
  if wait > step / 100 then
    refused = true
    answer[2 * i - 1] = 0
    answer[2 * i] = math.ceil(wait)
  else
    arrivals[i] = next
    answer[2 * i - 1] = math.floor((WINDOW - (next - now)) / step + 0.01)
    answer[2 * i] = 0
  end
end
if not refused then
  for i, key in ipairs(KEYS) do
    local lasts = math.max(math.ceil((arrivals[i] - now) / 1000), 1)
    redis.call('SET', key, string.format('%.4f', arrivals[i]), 'PX', lasts)
  end
end
return answer
