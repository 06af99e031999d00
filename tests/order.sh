#!/usr/bin/env bash
# tools/order.sh finds each kind of breach in a small tree, and nothing in a clean one.
set -eu
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tools" "$tmp/src/base" "$tmp/src/engine/zz"
cp tools/order.sh "$tmp/tools/"
cp src/ORDER "$tmp/src/"
cat >"$tmp/src/base/a.c" <<'C'
#include "base/a.h"
/* a float in a comment, "double" in a text: no matter */
int yh_a(int x) { return x; }
C
echo 'int yh_a(int x);' >"$tmp/src/base/a.h"
lib() { gcc -fPIC -Isrc -I"$tmp/src" -c "$1" -o "$tmp/a.o" && rm -f "$tmp/l.a" && ar rcs "$tmp/l.a" "$tmp/a.o"; }
lib "$tmp/src/base/a.c"
"$tmp/tools/order.sh" --modules "$tmp/l.a" || { echo 'a clean tree is refused'; exit 1; }

cat >"$tmp/src/engine/zz/b.c" <<'C'
#include <time.h>
#include "store/store.h"
#include "b.h"
static double rate;
long counter;
long b(void) { rate = 1; return time(0) + counter++; }
C
grep -v '"' "$tmp/src/engine/zz/b.c" >"$tmp/b.c"
lib "$tmp/b.c"
got=$("$tmp/tools/order.sh" --modules "$tmp/l.a") && { echo 'a broken tree is accepted'; exit 1; }
for want in 'b.c:2: engine may not include store' 'b.c:3: include "b.h" does not carry the whole path' \
    'b.c:4: floating point' 'module engine/zz is not listed' 'takes time from the system' 'keeps the variable counter'; do
    printf '%s' "$got" | grep -qF "$want" || { echo "not found: $want"; printf '%s\n' "$got"; exit 1; }
done
