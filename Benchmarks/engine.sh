#!/usr/bin/env bash
# CPU time and instructions a request: our engine beside Debian's libmodsecurity, same requests, same CRS, interleaved rounds.
# Usage: Benchmarks/engine.sh [ROUNDS] [REQUEST.http ...]   (default 5 rounds over Benchmarks/requests)
# Counting instructions takes a quarter of an hour; INSTRUCTIONS=no leaves it out, LEVELS="1" the other paranoia levels.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
shift || true
requests=("$@")
[ "${#requests[@]}" -gt 0 ] || requests=(Benchmarks/requests/*.http)
. Benchmarks/packages.sh
. Benchmarks/crs-conf.sh
need_packages libmodsecurity-dev g++ modsecurity-crs valgrind binutils
binary=${BINARY:-.build/release/ropeline}
levels=${LEVELS:-1 4}
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 Benchmarks/modsecurity-bench.cc -o "$work/modsecurity-bench" -lmodsecurity
# At level 4 harmless requests score too: a threshold out of reach keeps them in the rules to the end.
threshold() { if [ "$1" -eq 1 ]; then echo 5; else echo 10000; fi; }
for level in $levels; do crs_for_libmodsecurity "$level" "$(threshold "$level")" >"$work/rules-$level.conf"; done
for _ in $(seq "$rounds"); do
  for level in $levels; do
    own=("$binary" bench --crs --paranoia "$level" --threshold "$(threshold "$level")" --repeat 50 --format json)
    "$work/modsecurity-bench" "$work/rules-$level.conf" 20 "${requests[@]}" >>"$work/peer-$level.txt"
    for kind in own warm; do
      "${own[@]}" $([ $kind = own ] || echo --warm) "${requests[@]}" | sed -n 's/.*"cpu_us" : \([0-9.]*\).*/\1/p' \
        | paste -d' ' <(printf '%s\n' "${requests[@]}") - >>"$work/$kind-$level.txt"
    done
  done
done
# valgrind of Debian 12 cannot read the debug data of today's compilers.
strip -o "$work/ropeline" "$binary"
# Instructions: the difference between many and few repetitions, so that loading drops out. Exact, whatever else the machine does.
# Hash seeds are fixed, since loading would cost a little more or less each time.
instructions() { SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'; }
for level in $([ "${INSTRUCTIONS:-yes}" = no ] || echo "$levels"); do
  for request in "${requests[@]}"; do
    for kind in own warm; do
      own=("$work/ropeline" bench --crs --paranoia "$level" --threshold "$(threshold "$level")" $([ $kind = own ] || echo --warm))
      a=$(instructions "${own[@]}" --repeat 1 "$request")
      b=$(instructions "${own[@]}" --repeat 5 "$request")
      echo "$request $(((b - a) / 4))" >>"$work/$kind-instructions-$level.txt"
    done
    a=$(instructions "$work/modsecurity-bench" "$work/rules-$level.conf" 1 "$request")
    b=$(instructions "$work/modsecurity-bench" "$work/rules-$level.conf" 5 "$request")
    echo "$request $(((b - a) / 4))" >>"$work/peer-instructions-$level.txt"
  done
done
median() { [ -e "$1" ] || { echo 0; return; }; awk -v r="$request" '$1 == r { print $2 }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", b == 0 ? 0 : a / b }'; }
# A ratio says how many times more libmodsecurity takes. Warm: what is known of values is kept, as in the proxy.
for level in $levels; do
  printf '%-26s %9s %9s %9s %7s %7s %12s %12s %13s %7s %7s\n' "paranoia level $level" 'us' 'us warm' 'modsec us' ratio warm \
    'instr' 'instr warm' 'modsec instr' ratio warm
  for request in "${requests[@]}"; do
    o=$(median "$work/own-$level.txt") w=$(median "$work/warm-$level.txt") p=$(median "$work/peer-$level.txt")
    oi=$(median "$work/own-instructions-$level.txt") wi=$(median "$work/warm-instructions-$level.txt") pi=$(median "$work/peer-instructions-$level.txt")
    printf '%-26s %9.1f %9.1f %9.1f %7s %7s %12s %12s %13s %7s %7s\n' "$(basename "$request")" "$o" "$w" "$p" "$(ratio "$p" "$o")" "$(ratio "$p" "$w")" \
      "$oi" "$wi" "$pi" "$(ratio "$pi" "$oi")" "$(ratio "$pi" "$wi")"
  done
done
