#!/usr/bin/env bash
# usage: tests/web.sh [PART …]
# The pages and their API: built, sizes held, then the parts (web/tests/parts/*.mjs): every role at every route, and
# the rooms' main tasks in Debian's chromium.  Each part has a server of its own on a copy of the demonstration's
# folder, so that none sees what another does; two run at a time.  What a failed part saw is kept in build/check/web.
# YH_FULL=1: a thousand bills on the page instead of sixty.  YH_LANES=1: one part after the other.  YH_PATIENCE=MS: how long
# what must come may take (30000).
# needs: chromium fonts-noto-cjk
set -eu
cd "$(dirname "$0")/.."
. tests/town.inc
d=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$d"' EXIT

./yh web 2>"$d/web" || { cat "$d/web"; exit 1; }
if [ $# = 0 ]; then
    (cd web && npm run -s types) || { echo "web: the types do not fit"; exit 1; }
    if grep -n 'resolved' web/package-lock.json; then echo "web: the lock file names registries"; exit 1; fi
fi
town "$d/town"
export YH_TOWN=$d/town YH_LOOKED=$d/looked
: >"$YH_LOOKED"

parts=("$@")
if [ $# = 0 ]; then for p in web/tests/parts/*.mjs; do parts+=("$(basename "$p" .mjs)"); done; fi
one() { # a part, its time behind what it says
    local from=$SECONDS code=0
    timeout 600 node "web/tests/parts/$1.mjs" >"$d/$1.log" 2>&1 || code=$?
    [ $code = 0 ] || echo "$1" >>"$d/failed"
    printf '%s\n%s: %d s\n' "$(cat "$d/$1.log")" "$1" $((SECONDS - from))
}
running=0
for p in "${parts[@]}"; do
    if [ $running -ge "${YH_LANES:-2}" ]; then wait -n || true; running=$((running - 1)); fi
    one "$p" &
    running=$((running + 1))
done
wait
if [ -e "$d/failed" ]; then echo "web: failed: $(tr '\n' ' ' <"$d/failed")"; exit 1; fi
[ $# != 0 ] || node web/tests/covered.mjs "$YH_LOOKED" # no page that axe has not seen
echo ok
