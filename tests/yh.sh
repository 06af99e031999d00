#!/usr/bin/env bash
# The front door tells what it can do and refuses what it cannot.
set -eu
cd "$(dirname "$0")/.."
./yh help | grep -q './yh check'
./yh | grep -q './yh run'
code=0
out=$(./yh no-such 2>&1) || code=$?
[ "$code" = 2 ]
printf '%s' "$out" | grep -q 'no-such'
grep -q 'yh check' .ci/run
# From another folder too.
here=$PWD
(cd / && "$here/yh" help >/dev/null)
