#!/usr/bin/env bash
# Counts the instructions that the engine spends on each request of Benchmarks/requests with the CRS 3.3.4 of Debian, at paranoia
# levels 1 and 4, and fails if one takes over 5 % more than Benchmarks/baseline.tsv says. Instructions do not depend on how busy the
# machine is. Usage: Benchmarks/check.sh [--update]
set -euo pipefail
cd "$(dirname "$0")/.."
for package in modsecurity-crs valgrind binutils; do
  [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] \
    || { echo "check: install $package first: apt-get install modsecurity-crs valgrind binutils" >&2; exit 1; }
done
[ -x .build/release/ropeline ] || { echo "check: make build first" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
# valgrind of Debian 12 cannot read the debug data of today's compilers.
strip -o "$work/ropeline" .build/release/ropeline
count() {
  SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/ropeline" bench --crs "$@" 2>&1 >/dev/null \
    | sed -n 's/.*Collected : //p'
}
for level in 1 4; do
  for request in Benchmarks/requests/*.http; do
    # The difference between many and few repetitions, so that loading drops out.
    few=$(count --paranoia "$level" --repeat 1 "$request")
    many=$(count --paranoia "$level" --repeat 11 "$request")
    printf '%s\t%s\t%s\n' "$(basename "$request")" "$level" "$(((many - few) / 10))" >>"$work/now.tsv"
  done
done
if [ "${1:-}" = "--update" ]; then
  { printf '# request, paranoia level, instructions of one inspection; written by Benchmarks/check.sh --update\n'; cat "$work/now.tsv"; } >Benchmarks/baseline.tsv
  cat Benchmarks/baseline.tsv
  exit 0
fi
awk -F'\t' '
  NR == FNR { if ($0 !~ /^#/) { base[$1 FS $2] = $3; left++ }; next }
  !(($1 FS $2) in base) { printf "%-22s PL%s %12d   no baseline\n", $1, $2, $3; bad++; next }
  { ratio = $3 / base[$1 FS $2]; seen++
    printf "%-22s PL%s %12d  %+6.1f %%%s\n", $1, $2, $3, (ratio - 1) * 100, ratio > 1.05 ? "  MORE THAN 5 %" : ""
    if (ratio > 1.05) bad++ }
  END { if (seen != left) { print "check: the baseline names " left " requests, " seen + 0 " were counted"; bad++ }; exit bad > 0 }
' Benchmarks/baseline.tsv "$work/now.tsv"
