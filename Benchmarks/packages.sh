# Sourced by the benchmarks. `need_packages NAME...`: installs Debian packages that are missing, or says which, loudly, and ends.
need_packages() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "bench: installing ${missing[*]}" >&2
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then return; fi
  fi
  echo "bench: THESE PEERS ARE MISSING, nothing was measured: apt-get install ${missing[*]}" >&2
  exit 1
}
