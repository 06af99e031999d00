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
. tests/town.inc
town "$dir/town"

"$bin" synth --preset honghe --people 3000 --seed 3 --archive-only --data "$dir/hh" > /dev/null
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
"$bin" replay --data hh --draft draft.md --search 三级比例=60%..70%/0.5% --budget 200000 > found || { cat found; fail "no answer"; }
answer=$(sed -n 's/^结果：三级比例 = \([0-9.]*%\).*下一格 \([0-9.]*%\).*/\1 \2/p' found)
[ -n "$answer" ] || { cat found; fail "the search found no edge"; }
cost() {
  sed "s/三级比例 = 65%/三级比例 = $1/" draft.md > one.md
  "$bin" replay --data hh --draft one.md --json | grep -o '"基金合计（不含直接付给个人）",[-0-9.]*,[-0-9.]*,[-0-9.]*' | awk -F, '{ printf "%.0f", $4 * 100 }'
}
keeps=$(cost "${answer% *}") breaks=$(cost "${answer#* }")
[ "$keeps" -le 200000 ] && [ "$breaks" -gt 200000 ] || fail "the search: $answer cost $keeps and $breaks"

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
year=$("$bin" sql --data town "select max(year) from settlement" | tail -1)
"$bin" archive --rebuild --data town --region 990100 --year "$year" > rebuilt || { cat rebuilt; fail "the rebuilt archive differs"; }
"$bin" replay --data town > proved || { cat proved; fail "the rebuilt archive is not the books"; }
"$bin" archive --check --data hh > /dev/null || fail "a good archive does not check"
"$bin" archive --export csv --data hh > /dev/null
[ "$(wc -l < csv/settlement.csv)" -gt 5000 ] && head -1 csv/line.csv | grep -q '^setl_id,day' || fail "the export"

# The exported year as an agency's extracts, taken in; a run that is killed and one that is not give one file.
mkdir ex
pick() { # csv out "source=name …": the columns of a CSV (no quoted cells in it) as a TSV of other names
  grep -v '"' "$1" | awk -F, -v want="$3" -v OFS='\t' '
    BEGIN { n = split(want, w, " ") }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i
              for (k = 1; k <= n; k++) { split(w[k], p, "="); c[k] = at[p[1]]; printf "%s%s", p[2], k < n ? OFS : "\n" }; next }
    { for (k = 1; k <= n; k++) printf "%s%s", $c[k], k < n ? OFS : "\n" }' > "ex/$2.tsv"
}
pick csv/person.csv person "person=psn_no sex=gend born=brdy grp=grp household=household income=income"
pick csv/enrolment.csv enrolment "psn_no=psn_no scheme=insutype kind=psn_type office=insuplc_admdvs from_day=psn_insu_date"
pick csv/identity.csv identity "psn_no=psn_no kind=psn_idet_type from_day=begntime to_day=endtime"
pick csv/provider.csv provider "code=fixmedins_code name=fixmedins_name kind=fixmedins_type level=hosp_lv office=admdvs"
awk -F, -v OFS='\t' 'NR == FNR { if (FNR > 1) for (i = 3; i <= 6; i++) s[$1, i] += $i; next }
  FNR == 1 { for (i = 1; i <= NF; i++) a[$i] = i
    print "setl_id psn_no mdtrt_id fixmedins_code insutype med_type psn_type insuplc_admdvs begntime endtime setl_time filing medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt act_pay_dedc hifp_pay hifmi_pay maf_pay"; next }
  $a["part"] == 0 && $a["kind"] == 0 && $a["undone"] == 0 { k = $a["settlement"]
    print k, $1, $a["visit"], $a["provider"], $a["scheme"], $a["med_type"], $a["psn_kind"], $a["office"], $a["begin"], $a["end"], $a["time"], $a["filing"], \
      sprintf("%.2f", s[k, 3] + s[k, 4] + s[k, 5] + s[k, 6]), sprintf("%.2f", s[k, 3]), sprintf("%.2f", s[k, 4]), sprintf("%.2f", s[k, 5]), sprintf("%.2f", s[k, 6]), \
      $a["deductible"], $a["basic"], $a["serious"], $a["assist"] }' csv/cut.csv csv/settlement.csv | sed '1s/ /\t/g' > ex/settlement.tsv
awk -F'\t' -v OFS='\t' 'NR == FNR { ok[$1]; next } FNR == 1 { print "setl_id feedetl_sn fee_ocur_time med_list_codg pric cnt 金额"; next } { split($0, f, ",") }
  f[1] in ok { m = sprintf("%.2f", f[5] * f[6] + f[7]); print f[1], f[13], f[2], f[4], f[5], f[6], m }' ex/settlement.tsv csv/line.csv | sed '1s/ /\t/g' > ex/line.tsv
printf 'table\tcolumn\tsource\nline\tdet_item_fee_sumamt\t金额\n' > map.tsv
take() { "$bin" archive --import ex --map map.tsv --region 532500 --year 2024 --data "$1"; }
take whole > taken 2>&1 || { cat taken; fail "the import"; }
for wait in 0.05 0.1 0.2 0.3; do
  "$bin" archive --import ex --map map.tsv --region 532500 --year 2024 --data killed > /dev/null 2>&1 &
  job=$!
  sleep "$wait"
  kill -9 "$job" 2> /dev/null || true
  wait "$job" 2> /dev/null || true
done
take killed > taken2 2>&1 || { cat taken2; fail "the import that goes on"; }
cmp whole/archive/532500-2024.yha killed/archive/532500-2024.yha || fail "an import that was killed gives another archive"
sed -i '5s/\t[^\t]*$/\tx/' ex/line.tsv
rm -r killed
refused 'line.tsv:5: det_item_fee_sumamt “x”' archive --import ex --map map.tsv --region 532500 --year 2024 --data killed
[ ! -e killed/archive/532500-2024.yha ] || fail "an archive from wrong rows"
echo "replay: books proved, drafts the same by 1, 2, 8 threads and by lines, search exact, wrong ones refused"
