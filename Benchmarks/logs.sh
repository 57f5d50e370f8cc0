#!/usr/bin/env bash
# CPU time a log line: `ropeline analyze` beside GoAccess and wc over the same log, with and without the rules of the CRS.
# The log is the start of a simulated release night, fans and bots, unless LOG names one in the combined format.
# Usage: Benchmarks/logs.sh [ROUNDS] [LINES]   (3 rounds of 200,000 lines; interleaved, medians are shown)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
lines=${2:-200000}
. Benchmarks/packages.sh
need_packages goaccess modsecurity-crs
binary=${BINARY:-.build/release/ropeline}
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ -n "${LOG:-}" ]; then
  head -n "$lines" "$LOG" >"$work/access.log"
else
  "$binary" simulate --out "$work" --requests "$lines" --seed 7 >/dev/null
fi
# The plain combined format, which both read.
sed -E 's/^([^"]*"[^"]*" [0-9]+ [0-9-]+ "[^"]*" "[^"]*").*/\1/' "$work/access.log" >"$work/combined.log"
count=$(wc -l <"$work/combined.log")

# run NAME COMMAND...: appends "NAME seconds-of-CPU".
run() {
  local name=$1
  shift
  ( TIMEFORMAT='%U %S'; time "$@" >"$work/out" 2>"$work/err" ) 2>"$work/time" || { echo "bench: $name failed" >&2; cat "$work/err" >&2; exit 1; }
  awk -v n="$name" '{ print n, $1 + $2 }' "$work/time" >>"$work/times"
}
for _ in $(seq "$rounds"); do
  run wc wc -l "$work/combined.log"
  run goaccess goaccess "$work/combined.log" --log-format=COMBINED --no-progress --no-global-config -o "$work/report.json"
  run behavior "$binary" analyze "$work/combined.log" --format json
  run crs "$binary" analyze "$work/combined.log" --crs --format json
done
median() { awk -v n="$1" '$1 == n { print $2 }' "$work/times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
base=$(median goaccess)
echo "$count lines, CPU of user and system"
printf '%-38s %12s %16s\n' tool 'us a line' 'beside GoAccess'
for row in 'wc:wc -l' 'goaccess:GoAccess (JSON)' 'behavior:ropeline analyze' 'crs:ropeline analyze --crs'; do
  seconds=$(median "${row%%:*}")
  awk -v label="${row#*:}" -v s="$seconds" -v n="$count" -v b="$base" \
    'BEGIN { printf "%-38s %12.3f %16s\n", label, s * 1e6 / n, sprintf("%.2f times", s / b) }'
done
