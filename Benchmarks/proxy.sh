#!/usr/bin/env bash
# CPU time a request: the proxy beside nginx, on one thread each, without rules and with the OWASP CRS (nginx with libmodsecurity).
# Same origin, same requests, keep-alive on both sides, loopback only; rounds are interleaved, medians are shown.
# Usage: Benchmarks/proxy.sh [ROUNDS] [REQUESTS]   (5 rounds of 20,000 requests, a hundredth of it where libmodsecurity is in the way)
# RULES=no leaves the part with rules out. BINARY names another build of ropeline.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
requests=${2:-20000}
binary=$(realpath "${BINARY:-.build/release/ropeline}")
corpus=$(realpath Benchmarks/requests)
. Benchmarks/packages.sh
. Benchmarks/crs-conf.sh
need_packages nginx g++
[ "${RULES:-yes}" = no ] || need_packages libnginx-mod-http-modsecurity modsecurity-crs
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT INT TERM
g++ -O2 -std=c++17 Benchmarks/proxy-load.cc -o "$work/load"

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  echo "bench: no free port found" >&2
  exit 1
}

# nginx NAME PORT CPU MODULE LOCATION: one worker.
start_nginx() {
  local name=$1 port=$2 cpu=$3 module=$4 server=$5
  mkdir -p "$work/$name"
  cat >"$work/$name.conf" <<CONF
$module
worker_processes 1; daemon off; master_process off; pid $work/$name/pid; error_log $work/$name/error.log;
events { worker_connections 1024; }
http {
  access_log off; default_type application/json; keepalive_requests 100000000; keepalive_timeout 300s;
  client_body_buffer_size 64k; client_body_temp_path $work/$name/a; proxy_temp_path $work/$name/b; fastcgi_temp_path $work/$name/c;
  uwsgi_temp_path $work/$name/d; scgi_temp_path $work/$name/e;
  upstream origin { server 127.0.0.1:$origin; keepalive 128; keepalive_requests 100000000; }
  server { listen 127.0.0.1:$port; $server }
}
CONF
  taskset -c "$cpu" nginx -p "$work/$name" -c "$work/$name.conf" 2>>"$work/$name.err" &
  pids+=($!)
  process[$name]=$!
  ports[$name]=$port
}

# own NAME PORT OPTION...: one event loop.
start_own() {
  local name=$1 port=$2
  shift 2
  taskset -c 0 "$binary" proxy --listen "127.0.0.1:$port" --upstream "http://127.0.0.1:$origin" --threads 1 --admin off "$@" \
    2>"$work/$name.err" &
  pids+=($!)
  process[$name]=$!
  ports[$name]=$port
}

wait_for() {
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/${ports[$1]}") 2>/dev/null && return
    sleep 0.1
  done
  echo "bench: $1 did not start" >&2
  cat "$work/$1.err" >&2
  exit 1
}

# Nanoseconds on a CPU, of all threads.
cpu() { cat "/proc/${process[$1]}"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# measure NAME FILE CONNECTIONS REQUESTS REQUEST...: appends "NAME cpu_us p50_us p99_us rps".
measure() {
  local name=$1 file=$2 connections=$3 count=$4 before after line
  shift 4
  before=$(cpu "$name")
  line=$(taskset -c 1 "$work/load" "${ports[$name]}" "$connections" "$count" "$@")
  after=$(cpu "$name")
  echo "$name $line $((after - before))" | awk '{
    if ($6 > 0) { print "bench: " $1 ": " $6 " answers were no 2xx" > "/dev/stderr"; exit 1 }
    printf "%s %.2f %s %s %.0f\n", $1, $7 / $2 / 1000, $4, $5, $2 / $3 }' >>"$work/$file"
}

median() { awk -v n="$1" -v c="$3" '$1 == n { print $c }' "$work/$2" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b == 0 ? 0 : a / b }'; }

declare -A process ports
origin=$(free_port)
proxying="location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host \$host; }"
body=$(printf '{"ok":true,"items":"%0996d"}' 0)
start_nginx origin "$origin" 1 "" "location / { return 200 '$body'; }"
start_nginx nginx "$(free_port)" 0 "" "$proxying"
start_own ropeline "$(free_port)"
names=(nginx ropeline)
if [ "${RULES:-yes}" != no ]; then
  crs_for_libmodsecurity >"$work/rules.conf"
  start_nginx nginx-modsecurity "$(free_port)" 0 "load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;" \
    "modsecurity on; modsecurity_rules_file $work/rules.conf; $proxying"
  start_own ropeline-crs "$(free_port)" --crs --mode block
fi
for name in "${!process[@]}"; do wait_for "$name"; done

browser=("$corpus/browser-get.http:1")
mix=("$corpus/browser-get.http:8" "$corpus/api-get.http:5" "$corpus/login-post.http:3" "$corpus/json-1k.http:3" "$corpus/json-16k.http:1")
for name in "${names[@]}"; do measure "$name" warm 16 2000 "${mix[@]}"; done
for _ in $(seq "$rounds"); do
  for name in "${names[@]}"; do measure "$name" get 16 "$requests" "${browser[@]}"; done
  for name in "${names[@]}"; do measure "$name" mix 16 "$requests" "${mix[@]}"; done
  for name in origin "${names[@]}"; do measure "$name" latency 1 $((requests / 10)) "${browser[@]}"; done
  if [ "${RULES:-yes}" != no ]; then
    measure ropeline-crs crs 16 $((requests / 10)) "${mix[@]}"
    measure nginx-modsecurity crs 16 $((requests / 100)) "${mix[@]}"
  fi
done
row() { printf '%-44s %12s %12s %7s\n' "$@"; }
row 'medians' ropeline nginx ratio
for file in get mix; do
  a=$(median ropeline $file 2) b=$(median nginx $file 2)
  row "CPU us a request, $([ $file = get ] && echo 'browser GET' || echo 'mix'), no rules" "$a" "$b" "$(ratio "$a" "$b")"
done
base=$(median origin latency 3)
a=$(awk -v a="$(median ropeline latency 3)" -v b="$base" 'BEGIN { printf "%.1f", a - b }')
b=$(awk -v a="$(median nginx latency 3)" -v b="$base" 'BEGIN { printf "%.1f", a - b }')
row 'added median latency us, one connection' "$a" "$b" "$(ratio "$a" "$b")"
if [ "${RULES:-yes}" != no ]; then
  a=$(median ropeline-crs crs 2) b=$(median nginx mix 2) c=$(median nginx-modsecurity crs 2)
  row 'CPU us a request, mix, CRS against plain nginx' "$a" "$b" "$(ratio "$a" "$b")"
  row 'CPU us a request, mix, nginx with ModSecurity' "$a" "$c" "1/$(ratio "$c" "$a")"
fi
resident() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/${process[$1]}/status"; }
a=$(resident ropeline) b=$(resident nginx)
row 'resident MB, no rules' "$a" "$b" "$(ratio "$a" "$b")"
if [ "${RULES:-yes}" != no ]; then
  a=$(resident ropeline-crs) b=$(resident nginx-modsecurity)
  row 'resident MB, CRS, beside ModSecurity' "$a" "$b" "$(ratio "$a" "$b")"
fi
