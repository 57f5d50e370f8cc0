#!/usr/bin/env bash
# What it costs to load the CRS 3.3.4 of Debian, beside libmodsecurity: CPU time and instructions of a process that loads and does
# nothing else, and the memory that is resident then. Usage: Benchmarks/load.sh [ROUNDS]   (5; interleaved, medians are shown)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
. Benchmarks/packages.sh
. Benchmarks/crs-conf.sh
need_packages libmodsecurity-dev g++ modsecurity-crs valgrind binutils time
binary=${BINARY:-.build/release/ropeline}
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 Benchmarks/modsecurity-bench.cc -o "$work/peer" -lmodsecurity
crs_for_libmodsecurity >"$work/rules.conf"
own=("$binary" bench --crs --repeat 1 Benchmarks/requests/static-get.http)
empty=("$binary" bench --repeat 1 Benchmarks/requests/static-get.http)
peer=("$work/peer" "$work/rules.conf" 1)
run() { local name=$1; shift; command time -f "$name %U %S %M" -a -o "$work/times" "$@" >/dev/null; }
for _ in $(seq "$rounds"); do
  run own "${own[@]}"
  run empty "${empty[@]}"
  run peer "${peer[@]}"
done
# valgrind of Debian 12 cannot read the debug data of today's compilers.
strip -o "$work/ropeline" "$binary"
instructions() { SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'; }
a=$(instructions "$work/ropeline" "${own[@]:1}")
e=$(instructions "$work/ropeline" "${empty[@]:1}")
b=$(instructions "${peer[@]}")
median() { awk -v n="$1" -v c="$2" '$1 == n { print c == "cpu" ? ($2 + $3) * 1000 : $4 / 1024 }' "$work/times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
row() { awk -v label="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%-46s %14.1f %14.1f %7.2f\n", label, a, b, a / b }'; }
printf '%-46s %14s %14s %7s\n' 'loading the CRS' ropeline libmodsecurity ratio
row 'CPU ms of the process' "$(median own cpu)" "$(median peer cpu)"
row 'CPU ms, without starting an empty process' "$(awk -v a="$(median own cpu)" -v b="$(median empty cpu)" 'BEGIN { print a - b }')" "$(median peer cpu)"
row 'million instructions of the process' "$(awk -v a="$a" 'BEGIN { print a / 1e6 }')" "$(awk -v b="$b" 'BEGIN { print b / 1e6 }')"
row 'million instructions, without the empty one' "$(awk -v a="$a" -v e="$e" 'BEGIN { print (a - e) / 1e6 }')" "$(awk -v b="$b" 'BEGIN { print b / 1e6 }')"
row 'resident MB at most' "$(median own rss)" "$(median peer rss)"
