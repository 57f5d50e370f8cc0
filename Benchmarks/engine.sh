#!/usr/bin/env bash
# CPU time and instructions a request: our engine beside Debian's libmodsecurity, same requests, same CRS, interleaved rounds.
# Usage: Benchmarks/engine.sh [ROUNDS] [REQUEST.http ...]   (default 5 rounds over Benchmarks/requests)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
shift || true
requests=("$@")
[ "${#requests[@]}" -gt 0 ] || requests=(Benchmarks/requests/*.http)
for package in libmodsecurity-dev g++ modsecurity-crs valgrind; do
  [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] \
    || { echo "bench: install $package first: apt-get install libmodsecurity-dev g++ modsecurity-crs valgrind" >&2; exit 1; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 Benchmarks/modsecurity-bench.cc -o "$work/modsecurity-bench" -lmodsecurity
cat >"$work/rules.conf" <<CONF
SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\+|/)|text/)xml" "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/(?:[a-z0-9.-]+[+])?json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecAuditEngine Off
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
CONF
for _ in $(seq "$rounds"); do
  "$work/modsecurity-bench" "$work/rules.conf" 20 "${requests[@]}" >>"$work/peer.txt"
  .build/release/ropeline bench --crs --repeat 50 --format json "${requests[@]}" >"$work/own.json"
  sed -n 's/.*"cpu_us" : \([0-9.]*\).*/\1/p' "$work/own.json" | paste -d' ' <(printf '%s\n' "${requests[@]}") - >>"$work/own.txt"
done
# valgrind of Debian 12 cannot read the debug data of today's compilers.
strip -o "$work/ropeline" .build/release/ropeline
# Instructions: the difference between many and few repetitions, so that loading drops out. Exact, whatever else the machine does.
# Hash seeds are fixed, since loading would cost a little more or less each time.
instructions() { SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'; }
for request in "${requests[@]}"; do
  a=$(instructions "$work/ropeline" bench --crs --repeat 1 "$request")
  b=$(instructions "$work/ropeline" bench --crs --repeat 5 "$request")
  echo "$request $(((b - a) / 4))" >>"$work/own-instructions.txt"
  a=$(instructions "$work/modsecurity-bench" "$work/rules.conf" 1 "$request")
  b=$(instructions "$work/modsecurity-bench" "$work/rules.conf" 5 "$request")
  echo "$request $(((b - a) / 4))" >>"$work/peer-instructions.txt"
done
printf '%-30s %12s %12s %7s %14s %14s %7s\n' request 'ours us' 'modsec us' ratio 'ours instr' 'modsec instr' ratio
for request in "${requests[@]}"; do
  median() { awk -v r="$request" '$1 == r { print $2 }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
  printf '%-30s %12.1f %12.1f %7s %14s %14s %7s\n' "$(basename "$request")" "$(median "$work/own.txt")" "$(median "$work/peer.txt")" \
    "$(awk -v a="$(median "$work/peer.txt")" -v b="$(median "$work/own.txt")" 'BEGIN { printf "%.1f", a / b }')" \
    "$(median "$work/own-instructions.txt")" "$(median "$work/peer-instructions.txt")" \
    "$(awk -v a="$(median "$work/peer-instructions.txt")" -v b="$(median "$work/own-instructions.txt")" 'BEGIN { printf "%.1f", a / b }')"
done
