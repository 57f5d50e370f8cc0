#!/usr/bin/env bash
# How the cost of a request with the CRS grows: with the leaves of a JSON body (1 to 10,000) and with the bytes of one value (16 B to
# 1 MB), nothing kept from one repetition to the next; libmodsecurity beside it as far as that takes no minutes. Fails if a step costs
# over LENIENCE (2.5) times what its size explains: caches and page faults make steps, and a quadratic would cost four times and more. Usage: Benchmarks/growth.sh [ROUNDS]   (3; interleaved, medians are shown)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
. Benchmarks/packages.sh
need_packages libmodsecurity-dev g++ modsecurity-crs
binary=${BINARY:-.build/release/ropeline}
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 Benchmarks/modsecurity-bench.cc -o "$work/peer" -lmodsecurity
cat >"$work/limits.conf" <<CONF
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 13107200
SecArgumentsLimit 20000
CONF
cat >"$work/rules.conf" <<CONF
SecRuleEngine On
SecRequestBodyAccess On
SecAuditEngine Off
Include $work/limits.conf
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:200001,phase:1,t:none,pass,nolog,ctl:requestBodyProcessor=JSON"
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
CONF

# request FILE TYPE, the body from standard input.
request() {
  cat >"$work/body"
  printf 'POST /v1/items HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n' \
    "$2" "$(wc -c <"$work/body")" | cat - "$work/body" >"$1"
}
leaves=(1 10 100 1000 10000)
sizes=(16 64 256 1024 4096 16384 65536 262144 1048576)
for count in "${leaves[@]}"; do
  awk -v n="$count" 'BEGIN { printf "{"; for (i = 1; i <= n; i++) printf "%s\"f%d\":\"w%d\"", (i == 1 ? "" : ","), i, i * 7919 % 100003; printf "}" }' \
    | request "$work/leaves-$count" application/json
done
for size in "${sizes[@]}"; do
  awk -v n="$size" 'BEGIN { printf "text="; for (i = 0; n > 0; i++) { w = "word" (i * 7919 % 100003) "+"; w = substr(w, 1, n); n -= length(w); printf "%s", w } }' \
    | request "$work/prose-$size" application/x-www-form-urlencoded
  awk -v n="$size" 'BEGIN { printf "text="; for (i = 0; n > 0; i++) { w = "%3Cb+c%3Dd%3E"; w = substr(w, 1, n); n -= length(w); printf "%s", w } }' \
    | request "$work/markup-$size" application/x-www-form-urlencoded
done

for _ in $(seq "$rounds"); do
  for kind in leaves prose markup; do
    case $kind in leaves) steps=("${leaves[@]}") most=1000 ;; *) steps=("${sizes[@]}") most=16384 ;; esac
    for step in "${steps[@]}"; do
      repeat=$((step > 4096 ? 3 : step > 256 ? 10 : 50))
      # The threshold keeps the CRS from ending it early where markup scores.
      us=$("$binary" bench --rules-before "$work/limits.conf" --crs --threshold 1000000 --repeat "$repeat" --format json "$work/$kind-$step" | sed -n 's/.*"cpu_us" : \([0-9.]*\).*/\1/p')
      echo "own $kind $step $us" >>"$work/times"
      if [ "$step" -le "$most" ]; then echo "peer $kind $step $("$work/peer" "$work/rules.conf" 2 "$work/$kind-$step" | awk '{ print $2 }')" >>"$work/times"; fi
    done
  done
done
awk -v lenience="${LENIENCE:-2.5}" '
  { key = $1 FS $2 FS $3; values[key] = values[key] " " $4; if (!((($2) FS $3) in seen)) { seen[$2 FS $3] = 1; order[++count] = $2 FS $3 } }
  function median(text, parts, n, i, j, t) {
    n = split(text, parts, " ")
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (parts[j] + 0 < parts[i] + 0) { t = parts[i]; parts[i] = parts[j]; parts[j] = t }
    return n ? parts[int((n + 1) / 2)] : "-"
  }
  END {
    printf "%-8s %10s %12s %12s %14s %8s\n", "what", "size", "CPU us", "us a unit", "libmodsecurity", "ratio"
    for (i = 1; i <= count; i++) {
      split(order[i], p, FS); own = median(values["own " order[i]]); peer = median(values["peer " order[i]])
      note = ""
      # What does not grow is not counted against the small ones: only steps that double the cost are judged.
      if (p[1] == last && own > 2 * before && own / before > lenience * p[2] / size) { note = "  MORE THAN LINEAR"; bad++ }
      printf "%-8s %10d %12.1f %12.4f %14s %8s%s\n", p[1], p[2], own, own / p[2], peer, (peer == "-" ? "-" : sprintf("%.1f", peer / own)), note
      last = p[1]; before = own; size = p[2]
    }
    exit bad > 0
  }' "$work/times"
