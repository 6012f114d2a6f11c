-- Sends the requests of a file by turns, from a chance one on, each as another visitor: method, path and body by tabs.
local lines, place, visitor = {}, 0, 0

function init(arguments)
  for line in io.lines(arguments[1]) do lines[#lines + 1] = line end
  math.randomseed(tonumber(arguments[2]))
  place, visitor = math.random(#lines), math.random(0, 2 ^ 30)
end

function request()
  place, visitor = place % #lines + 1, visitor + 1
  local method, path, body = lines[place]:match("^(%S+)\t(%S+)\t(.*)$")
  local network = string.format("2001:db8:%x:%x::1", math.floor(visitor / 65536), visitor % 65536)
  local headers = { ["X-Forwarded-For"] = network }
  if method == "POST" then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  return wrk.format(method, path, headers, method == "POST" and body or nil)
end
