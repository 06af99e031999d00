#!/usr/bin/env bash
# The pages and their API: built, sizes held, every role at every route, and the rooms' main tasks in
# Debian's chromium.  YH_FULL=1: a thousand bills on the page instead of sixty.
# needs: chromium fonts-noto-cjk
set -eu
cd "$(dirname "$0")/.."
y=${YIHENG:-build/yiheng}
d=$(mktemp -d)
one= two=
trap 'for p in $one $two; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null; rm -rf "$d"' EXIT

./yh web 2>"$d/web" || { cat "$d/web"; exit 1; }
(cd web && npm run -s types) || { echo "web: the types do not fit"; exit 1; }
if grep -n 'resolved' web/package-lock.json; then echo "web: the lock file names registries"; exit 1; fi
node web/tests/size.mjs

# A sandbox after the demonstration's hospital has been through it, and a plain server that starts for
# the first time.
$y demo --data "$d/town" --port 18300 >"$d/demo" 2>&1 &
one=$!
$y init-demo --data "$d/own" >/dev/null
$y serve --data "$d/own" --port 0 --regions "990100 990200" >"$d/serve" 2>&1 &
two=$!
for _ in $(seq 300); do grep -q 继续服务中 "$d/demo" && grep -q 一次性密码 "$d/serve" && break; sleep 0.1; done
base=$(grep -o 'http://[0-9.:]*' "$d/demo" | head -1)
plain=$(grep -o 'http://[0-9.:]*' "$d/serve" | head -1)
first=$(sed -n 's/.*一次性密码 \([a-zA-Z0-9]*\).*/\1/p' "$d/serve")
[ "$base" ] && [ "$plain" ] && [ "$first" ] || { cat "$d/demo" "$d/serve"; exit 1; }

node web/tests/api.mjs "$base" "$plain" "$first"
node web/tests/pages.mjs "$base"

# The second start makes no second administrator; the books are sound under all that.
kill "$two"; wait "$two" || true; two=
$y serve --data "$d/own" --port 0 --regions 990100 >"$d/again" 2>&1 &
two=$!
for _ in $(seq 200); do grep -q 网页 "$d/again" && break; sleep 0.1; done
if grep -q 一次性密码 "$d/again"; then echo "web: a second administrator"; exit 1; fi
kill "$one"; wait "$one" || true; one=
$y verify --data "$d/town" >"$d/proof" || { cat "$d/proof"; exit 1; }
echo ok
