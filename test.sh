#!/usr/bin/env bash
# Every test, and an audit of the dependencies. Installs what the browser and server tests need when it is missing and it may; with CI=true a skip is a failure.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-liberation)
[ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Not installed: ${missing[*]}. Tests that need them will be skipped." >&2
  fi
fi

# Hundreds of short-lived apps: code that counts how it is used, to be compiled better later, costs 40 % of the processor's time.
export DOTNET_TieredPGO=0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test --configuration Release "$@" 2>&1 | tee "$log" || status=$?

./audit.sh || status=1

count() { sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" "$log" | tail -n 1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "${CI:-}" = true ] && [ "${skipped:-0}" -gt 0 ] && [ "$status" = 0 ]; then
  echo "$skipped tests were skipped; in CI that is a failure." >&2
  status=1
fi
if [ "$status" != 0 ]; then
  echo "What failed, again:"
  grep -a -A 4 -E '^ *failed .*\(.*m?s\)' "$log" | cut -c 1-300 | head -n 80 || true
fi
if [ "${skipped:-0}" -gt 0 ]; then
  echo "${passed:-0} passed, ${failed:-0} failed, $skipped skipped"
else
  echo "${passed:-0} passed, ${failed:-0} failed"
fi
exit "$status"
