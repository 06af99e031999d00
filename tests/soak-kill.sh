#!/usr/bin/env bash
# yiheng serve is killed (-9) under load: what was acknowledged is there once, with the same bytes.
# 5 kills as it stands, 200 with YH_FULL=1 (make soak).  YH_SEED repeats a run as far as time allows.
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
seed=${YH_SEED-$(date +%s)}
kills=5 people=2000
if [ "${YH_FULL-}" ]; then kills=200 people=100000; fi
echo "seed $seed"
build/yiheng init-demo --data "$d" --people $people --seed "$seed" >/dev/null
# A disk that forgets its log must be found out: by what is asked again, or because the rest is no database.
build/yiheng init-demo --data "$d/forgets" --people 200 --seed "$seed" >/dev/null
if build/tests/kill "$d/forgets" 1 "$seed" 200 forget >"$d/text" 2>&1; then echo 'a lost log went unnoticed'; exit 1; fi
grep -E 'answered otherwise|never|2[0-9]{3} |is malformed' "$d/text" >/dev/null || { cat "$d/text"; exit 1; }
timeout 3000 build/tests/kill "$d" ${YH_KILLS-$kills} "$seed" $people
