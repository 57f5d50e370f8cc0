#!/usr/bin/env bash
# Shows the main job on loopback: an origin, the proxy in front of it with the OWASP CRS and our own ruleset, four kinds of
# visitors, the verdicts on them, and the same verdicts again from the log that was written.
set -euo pipefail
cd "$(dirname "$0")/.."
ropeline=.build/release/ropeline
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-demo.XXXXXX")
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT INT TERM

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  echo "demo: no free port found" >&2
  exit 1
}

origin=$(free_port); proxy=$(free_port); admin=$(free_port)
"$ropeline" sample-origin --listen "127.0.0.1:$origin" 2>"$work/origin.err" &
pids+=($!)
"$ropeline" proxy --listen "127.0.0.1:$proxy" --upstream "http://127.0.0.1:$origin" --crs --rules Rulesets/event-api --mode block \
  --trust 127.0.0.0/8 --audit all --audit-log "$work/audit.jsonl" --access-log "$work/access.log" --admin "127.0.0.1:$admin" 2>"$work/proxy.err" &
pids+=($!)
for _ in $(seq 100); do
  curl -fs -o /dev/null "http://127.0.0.1:$admin/readyz" 2>/dev/null && break
  sleep 0.1
done
curl -fs -o /dev/null "http://127.0.0.1:$admin/readyz" || { cat "$work/proxy.err" >&2; echo "demo: the proxy did not start" >&2; exit 1; }

fan='Backstage/4.2 (iPhone; iOS 19.1)'
# Sends a request as a client of its own: address, user agent, then what curl takes.
visit() {
  local address=$1 agent=$2
  shift 2
  curl -s -o /dev/null --max-time 5 --path-as-is -g -A "$agent" -H "X-Forwarded-For: $address" -H 'Accept: application/json' "$@"
}
base="http://127.0.0.1:$proxy"
host=(-H 'Host: api.backstage.example')

for n in $(seq 12); do
  visit "198.51.100.$n" "$fan" "${host[@]}" -b "session=fan$n" "$base/v1/drops/next"
  visit "198.51.100.$n" "$fan" "${host[@]}" -b "session=fan$n" "$base/v1/tracks/$((1040 + n % 4))"
  visit "198.51.100.$n" "$fan" "${host[@]}" -b "session=fan$n" "$base/v1/search?q=don%27t+stop"
  visit "198.51.100.$n" "$fan" "${host[@]}" -b "session=fan$n" -H 'Content-Type: application/json' -d '{"positionMs":0}' "$base/v1/tracks/1042/plays"
done
# The other three send their requests over one connection each.
scraper=(); for n in $(seq 3001 3160); do scraper+=("$base/v1/tracks/$n"); done
visit 192.0.2.44 'python-requests/2.32' "${host[@]}" "${scraper[@]}" >/dev/null
for n in $(seq 8); do
  for target in '/v1/search?q=%zz' '/v1/search?q=%25n%25n%25n%25n' '/.git/config' '/missing-'"$n" '/v1/search?q=%7B%7B7*7%7D%7D' '/v1/playlists?id=FUZZ'; do
    visit 192.0.2.77 'Mozilla/5.0 (X11; Linux x86_64)' "${host[@]}" "$base$target"
  done
done
visit 192.0.2.200 'curl/8.5.0' "${host[@]}" "$base/v1/search?q=1'%20OR%20'1'='1"
visit 192.0.2.200 'curl/8.5.0' "${host[@]}" "$base/v1/search?q=<script>alert(1)</script>"
visit 192.0.2.200 'curl/8.5.0' "${host[@]}" "$base/v1/covers?file=../../etc/passwd"
visit 192.0.2.200 'curl/8.5.0' "${host[@]}" -H 'Content-Type: application/json' -d '{"title":"$(cat /etc/passwd)"}' "$base/v1/playlists"

echo
echo "1  What the proxy decided, one line for each kind of request (from its audit log)"
echo
"$ropeline" verdicts "$work/audit.jsonl"
echo
echo "2  Its metrics"
echo
curl -fs "http://127.0.0.1:$admin/metrics" | grep -E '^ropeline_requests_total' | sed 's/^/  /'
echo
echo "3  The same evening, analyzed offline from the access log that the proxy wrote"
echo
"$ropeline" analyze --no-progress --crs --rules Rulesets/event-api "$work/access.log"
echo
echo "4  One of the requests, explained"
echo
"$ropeline" explain --crs --rules Rulesets/event-api --request Samples/requests/sql-injection.http
