#!/usr/bin/env bash
# CPU time of each stage of an inspection beside a yardstick of the same run: libmodsecurity's share for the same work, llhttp within
# NIO for heads, asking every pattern for the prefilter, a bare call of PCRE2 for one pattern; and what the rules of the CRS cost.
# Usage: Benchmarks/stages.sh [ROUNDS]   (3; interleaved, medians are shown)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
. Benchmarks/packages.sh
need_packages libmodsecurity-dev libpcre2-dev g++ modsecurity-crs
stages=${STAGES:-.build/release/stage-bench}
[ -x "$stages" ] || swift build -c release --product stage-bench
work=$(mktemp -d "${TMPDIR:-/tmp}/ropeline-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 Benchmarks/stages-peer.cc -o "$work/peer" -lmodsecurity -lpcre2-8

# The texts. A kilobyte in which most transformations find something to do, and others without.
repeat() { local text; printf -v text '%*s' "$2" ''; printf '%s' "${text// /$1}"; }
text=$(repeat 'SeLect%20a  &lt;b&gt; \\x41 \u0042 /*c*/ ../d/./e 0x4142 caf\xc3\xa9^ %u0027,"x"; ' 13)
mkdir "$work/texts"
printf '%.1000s' "$text" >"$work/texts/text"
printf '%.1000s' "$(repeat 68656c6c6f20 90)" >"$work/texts/hex"
printf '%.1000s' "$(repeat aGVsbG8gd29ybGQh 70)" >"$work/texts/base64"
printf 'mozilla-compatible 5.0/x' >"$work/texts/value"
printf '%.1000s' "$(repeat 'the doors open at seven and the show begins an hour later, so ' 20)" >"$work/texts/prose"
printf "1' or '1'='1' union select password from users where name=<b onclick=alert(1)>" >"$work/texts/attack"
printf '%s' '(?i)\b(?:union\s+(?:all\s+)?select|select\s.{1,100}?\bfrom|insert\s+into|drop\s+(?:table|database))\b' >"$work/texts/pattern"
cat /usr/share/modsecurity-crs/rules/scanners-user-agents.data | grep -v '^#' | grep . >"$work/texts/phrases"
tr -d '\r' <Benchmarks/requests/browser-get.http | awk 'NF == 0 { exit } { printf "%s\r\n", $0 } END { printf "\r\n" }' >"$work/texts/head"
for size in 1k 16k; do awk 'body { print; next } { sub(/\r$/, "") } $0 == "" { body = 1 }' Benchmarks/requests/json-$size.http >"$work/texts/json-$size"; done
{ for index in $(seq 40); do printf 'field%d=some+value%%20%d&' "$index" "$index"; done; printf 'last=1'; } >"$work/texts/form"
{
  for index in 1 2 3 4; do printf -- '--0123456789abcdef\r\nContent-Disposition: form-data; name="field%d"\r\n\r\nvalue %d\r\n' "$index" "$index"; done
  printf -- '--0123456789abcdef\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
  repeat 'a line of a file that somebody uploads
' 400
  printf -- '\r\n--0123456789abcdef--\r\n'
} >"$work/texts/multipart"

for _ in $(seq "$rounds"); do
  "$stages" "$work/texts" >"$work/now"
  cat "$work/now" >>"$work/own"
  cut -f1 "$work/now" >"$work/names"
  mapfile -t names <"$work/names"
  "$work/peer" "$work/texts" "${names[@]}" >>"$work/peer.txt"
done
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)]; else print "-" }'; }
printf '%-52s %12s %12s %8s  %s\n' 'stage, ns of CPU' ours beside ratio yardstick
while IFS= read -r name; do
  a=$(awk -F'\t' -v n="$name" '$1 == n { print $2 }' "$work/own" | median)
  b=$(awk -F'\t' -v n="$name" '$1 == n && $3 != "-" { print $3 }' "$work/own" | median)
  yardstick="each pattern asked"
  case $name in 'parse a head') yardstick='llhttp within NIO' ;; 'confirm one pattern') yardstick='bare PCRE2' ;; esac
  if [ "$b" = - ]; then
    b=$(awk -F'\t' -v n="$name" '$1 == n && $2 != "-" { print $2 }' "$work/peer.txt" | median)
    [ "$name" = 'confirm one pattern' ] || yardstick=libmodsecurity
  fi
  [ "$b" = - ] && yardstick='(not in the peer)'
  printf '%-52s %12s %12s %8s  %s\n' "$name" "$a" "$b" "$(awk -v a="$a" -v b="$b" 'BEGIN { if (b == "-" || a == 0) print "-"; else printf "%.1f", b / a }')" "$yardstick"
done <"$work/names"

# The cost of a rule: our dearest ones by the counters, beside libmodsecurity's mean over the rules that it evaluates for such a request.
echo
echo 'rules of the CRS, browser GET: the dearest ones (with the clock of the counters running)'
"${BINARY:-.build/release/ropeline}" bench --crs --per-rule --repeat 200 Benchmarks/requests/browser-get.http | sed -n 1,12p
