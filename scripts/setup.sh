#!/usr/bin/env bash
# Installs what is missing on a Debian 12 that has a Swift toolchain and nothing else. Does nothing if all is there.
set -euo pipefail

packages=(
  # what the Swift toolchain itself needs to compile and link
  binutils ca-certificates curl gcc git g++ libc6-dev libcurl4-openssl-dev libedit2 libgcc-12-dev libncurses6 libpython3.11
  libsqlite3-0 libstdc++-12-dev libxml2-dev libz3-dev make pkg-config tzdata unzip zlib1g-dev
  # the libraries that Ropeline links
  libbrotli-dev libmaxminddb-dev libpcre2-dev libssl-dev libxml2-dev libzstd-dev
  # the rules that the demonstration and the tests load
  modsecurity-crs
  # what counts instructions in the tests
  valgrind
)

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "setup: this is no Debian system: install by hand: ${packages[*]}" >&2
  exit 1
fi
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "setup: not root and no sudo: install by hand: ${missing[*]}" >&2; exit 1; }
  run=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
"${run[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
