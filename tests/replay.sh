#!/usr/bin/env bash
# usage: tests/replay.sh
# A year replayed by the program: an invented prefecture proved against its books and put under a draft;
# a served folder's books made an archive and proved; what is wrong is refused with one sentence.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/${YIHENG:-build/yiheng}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export YIHENG_CATALOGS=$PWD/catalogs
fail() { echo "replay: $*"; exit 1; }

"$bin" synth --preset honghe --people 6000 --seed 3 --archive-only --data "$dir/hh" > /dev/null
"$bin" replay --data "$dir/hh" > "$dir/books" || { cat "$dir/books"; fail "the books differ"; }
grep -q '一分不差' "$dir/books" || fail "no word of the proof"
cat > "$dir/draft.md" <<'MD'
# 草案：三级医院住院比例提高，起付线提高

amends 532500/390/2024-01-01   from 2027-01-01
source 测试   standing draft

## 第一条 住院
三级医院支付比例提高，起付线提高到 1000 元。

```policy
params 三级比例 = 65%
layer 基本统筹
  for  住院
  deductible | 一级, 未定级 100 | 二级 400 | 三级 1000 | 省属 1200 |
  rate       | 一级, 未定级 85% | 二级 75% | 三级 三级比例 | 省属 55%  |
```
MD
cd "$dir"
for threads in 1 2 8; do
  "$bin" replay --data hh --draft draft.md --json --threads $threads > r$threads.json
  cmp r1.json r$threads.json || fail "$threads threads give another result"
done
"$bin" replay --data hh --draft draft.md --lines --json > lines.json
diff <(sed 's/逐条读费用明细//' lines.json) <(sed 's/不读明细：草案不改变明细的划分//' r1.json) > /dev/null || fail "lines and cuts differ"
"$bin" replay --data hh --draft draft.md --html page.html --xlsx book.xlsx > text
grep -q '同一结果：' text || fail "no line to run it again"
grep -q '<svg' page.html && ! grep -q 'http' page.html || fail "the page is not self-contained"
[ "$(head -c2 book.xlsx)" = PK ] || fail "no workbook"
again=$(sed -n 's/^同一结果：yiheng //p' text | sed 's/（.*//')
# shellcheck disable=SC2086
"$bin" $again > text2 || fail "the line does not run"
cmp text text2 || fail "the line gives another result"

# The search keeps the budget, and its next step breaks it: both replayed by themselves.
"$bin" replay --data hh --draft draft.md --search 三级比例=60%..70%/0.5% --budget 500000 > found || { cat found; fail "no answer"; }
answer=$(sed -n 's/^结果：三级比例 = \([0-9.]*%\).*下一格 \([0-9.]*%\).*/\1 \2/p' found)
[ -n "$answer" ] || { cat found; fail "the search found no edge"; }
cost() {
  sed "s/三级比例 = 65%/三级比例 = $1/" draft.md > one.md
  "$bin" replay --data hh --draft one.md --json | grep -o '"基金合计（不含直接付给个人）",[-0-9.]*,[-0-9.]*,[-0-9.]*' | awk -F, '{ printf "%.0f", $4 * 100 }'
}
keeps=$(cost "${answer% *}") breaks=$(cost "${answer#* }")
[ "$keeps" -le 500000 ] && [ "$breaks" -gt 500000 ] || fail "the search: $answer cost $keeps and $breaks"

# Refused, each in one sentence, nothing written.
refused() { # what it must say, then the command
  local want=$1 code=0
  shift
  "$bin" "$@" > out 2>&1 || code=$?
  [ $code != 0 ] && grep -q "$want" out || { cat out; fail "not refused: $*"; }
}
sed 's/params 三级比例 = 65%/params 三级比例 = 缺/' draft.md > missing.md
refused '草案不能执行' replay --data hh --draft missing.md
refused '没有年度档案' replay --data nowhere
refused '已不是当时那一份' replay --data hh@0000
refused '险种' replay --data hh --draft draft.md --where '人种=甲'
refused 'params' replay --data hh --draft draft.md --search 无此名=1%..2%/1% --budget 1
cp -r hh damaged
printf 'X' | dd of="$(echo damaged/archive/*.yha)" bs=1 seek=5000 conv=notrunc status=none
refused '已损坏' replay --data damaged
cp -r hh older
printf '\011' | dd of="$(echo older/archive/*.yha)" bs=1 seek=8 conv=notrunc status=none
refused '第 9 版' replay --data older

# A served folder's books as an archive, proved again from its lines; out as CSV.
"$bin" demo --once --data town > /dev/null 2>&1 || fail "the demonstration"
year=$("$bin" sql --data town "select max(year) from settlement" | tail -1)
"$bin" archive --rebuild --data town --region 990100 --year "$year" > rebuilt || { cat rebuilt; fail "the rebuilt archive differs"; }
"$bin" replay --data town > proved || { cat proved; fail "the rebuilt archive is not the books"; }
"$bin" archive --check --data hh > /dev/null || fail "a good archive does not check"
"$bin" archive --export csv --data hh > /dev/null
[ "$(wc -l < csv/settlement.csv)" -gt 10000 ] && head -1 csv/line.csv | grep -q '^setl_id,day' || fail "the export"
echo "replay: books proved, drafts the same by 1, 2, 8 threads and by lines, search exact, wrong ones refused"
