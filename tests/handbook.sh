#!/usr/bin/env bash
# The public handbook with its calculator: one file that needs nothing, whose engine gives what `yiheng settle`
# gives, to the fen, on random bills; of a document in force and of a draft.
# needs: clang lld wasi-libc libclang-rt-14-dev-wasm32 chromium fonts-noto-cjk
set -eu
cd "$(dirname "$0")/.."
y=${YIHENG:-build/yiheng}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
make -s wasm
./yh web 2>"$d/web" || { cat "$d/web"; exit 1; }

$y policy handbook 990100 390 --on 2026-06-01 --out "$d/390.html"
$y policy handbook 990100 390 --on 2026-06-01 --out "$d/again.html"
cmp "$d/390.html" "$d/again.html"
node web/tests/handbook.mjs "$y" "$d/390.html" 990100 390 2026-06-01 "${YH_BILLS:-10000}"
$y policy handbook 990100 310 --on 2026-06-01 --out "$d/310.html"
node web/tests/handbook.mjs "$y" "$d/310.html" 990100 310 2026-06-01 2000

# In English: the same calculator, the same figures; what is Chinese is marked as such.
$y policy handbook 990100 390 --on 2026-06-01 --english --out "$d/english.html"
node web/tests/handbook.mjs "$y" "$d/english.html" 990100 390 2026-06-01 500
grep -q 'Inpatient stay' "$d/english.html" || { echo "handbook: not in English"; exit 1; }

# A draft's: it says that it is one, and pays by it.
awk '/^~~~markdown/ { on = 1; next } /^~~~/ { if (on) exit } on' docs/policy-guide.md >"$d/draft.md"
$y policy handbook "$d/draft.md" --out "$d/draft.html"
grep -q 征求意见的草案 "$d/draft.html" && grep -q '65%' "$d/draft.html" || { echo "handbook: the draft's own words are missing"; exit 1; }
node web/tests/handbook.mjs "$y" "$d/draft.html" 990100 390 2027-06-01 2000 --policy "$d/draft.md" --drafts

# Without the engine it is a handbook still, and says what is missing.
YIHENG_WASM=/nowhere $y policy handbook 990100 390 --on 2026-06-01 --catalogs catalogs --out "$d/plain.html"
if $y policy handbook 990100 391 --on 2026-06-01 --out "$d/none.html" 2>"$d/err"; then echo "handbook: of a scheme that is not there"; exit 1; fi
grep -q 没有生效的政策文件 "$d/err" || { cat "$d/err"; exit 1; }
if grep -oE '(src|href)="https?:[^"]*"' "$d"/*.html; then echo "handbook: names another place"; exit 1; fi
echo ok
