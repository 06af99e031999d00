#!/usr/bin/env bash
# yiheng catalog: what is shipped opens and checks, an agency's own files come in, bad rows are named.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
fail() { echo "catalog: $*" >&2; exit 1; }

$y catalog list | grep -q '^icd10/diagnosis.tsv	diagnosis	33307	第三方	' || fail list
$y catalog list --json | grep -q '"path":"drugs/products.tsv","role":"drug"' || fail 'list --json'
[ "$($y catalog check | awk '$1 == "合计" { print $3 }')" = 2 ] || fail 'check counts the two slips of the list'

# The samples' items of 990101, and what an item without a row is.
f() { $y catalog find "$1" --region "$2" --on 2026-03-02; }
f XA01ABD075A002010100483 990101 | grep -q '乙类，先行自付 10%，限价 12.5 元' || fail 'sample drug'
f 001102000030000-110200003 990101 | grep -q '丙类' || fail 'sample service'
f XL01EBA298A001010179096 990101 | grep -q '未定' || fail 'an item without a row is undetermined'
f 奥希替尼 990201 | grep -q '双通道、国谈、单独支付（990000' || fail 'the second pool falls back on the province'
$y catalog find 002501010010000 --region 990101 --json | grep -q '"class":"甲","first_pay":0.000000,"limit":80.000000' || fail json
$y catalog find 没有这样的药 >/dev/null 2>&1 && fail 'nothing found claims success'
$y catalog find 奥希替尼 --region 888888 2>"$tmp/err" && fail 'an unknown region is accepted'
grep -q 888888 "$tmp/err" || fail 'the region is not named'
$y catalog region 500117 | grep -q '^统筹区	500000	重庆市' || fail 'region tree'

# An agency's own.
printf 'hilist_code\thilist_name\tinsu_admdvs\tbegndate\tenddate\tmed_chrgitm_type\tchrgitm_lv\tlmt_used_flag\tlist_type\tmed_use_flag\tvali_flag\tmemo\n' >"$tmp/1312"
printf 'XA01ABD075A002010100483\t药\t990200\t2026-01-01\t2026-12-31\t09\t02\t1\t101\t1\t1\t限重症\n' >>"$tmp/1312"
printf 'X2\t药\t990200\t2026-01-01\t\t09\t04\t0\t101\t1\t1\t\n' >>"$tmp/1312"
printf 'hilist_code\tselfpay_prop_psn_type\tselfpay_prop_type\tinsu_admdvs\tbegndate\tenddate\tselfpay_prop\tvali_flag\n' >"$tmp/1319"
printf 'XA01ABD075A002010100483\t390\t10\t990200\t2026-07-01\t\t0.2500\t1\n' >>"$tmp/1319"
mkdir "$tmp/c"
cut -f1 catalogs/tables.tsv | sed 1d | while read -r t; do mkdir -p "$(dirname "$tmp/c/$t")"; cp "catalogs/$t" "$tmp/c/$t"; done
cp -r catalogs/tables.tsv catalogs/regions.tsv catalogs/terms "$tmp/c/"
set +e
$y catalog import --region 990201 --1312 "$tmp/1312" --1319 "$tmp/1319" --standing official -o "$tmp/c/terms/990201.tsv" 2>"$tmp/err"
code=$?
set -e
[ "$code" = 1 ] || fail 'a bad row gives exit code 1'
grep -q '^1312 第 3 行 chrgitm_lv「04」' "$tmp/err" || fail 'the bad row is named'
[ "$(wc -l <"$tmp/c/terms/990201.tsv")" = 3 ] || fail 'two rows follow from the good one'
g() { $y catalog find XA01ABD075A002010100483 --region 990201 --insutype "$1" --on "$2" --catalogs "$tmp/c"; }
g 390 2026-06-30 | grep -q '先行自付按政策文件' || fail 'before the share begins'
g 390 2026-07-01 | grep -q '先行自付 25%，.*限定支付：限重症.*官方' || fail 'from the share on'
g 310 2026-07-01 | grep -q '先行自付按政策文件' || fail 'the other insurance type'
g 390 2027-01-01 | grep -q '未定' || fail 'after the last day'

# A table with an error is named and nothing opens.
printf 'code\tname_zh\tclass\nX\t药\t丁\n' >"$tmp/c/terms/990201.tsv"
$y catalog list --catalogs "$tmp/c" >"$tmp/out" 2>"$tmp/err" && fail 'a wrong table is accepted'
grep -q '990201 条款表第 2 行 class「丁」' "$tmp/err" || fail 'the wrong cell is not named'
[ ! -s "$tmp/out" ] || fail 'something was printed'

# SOURCES.md names every table of tables.tsv with its rows, and every table of its folders is listed.
# The rows are those that a reader of the table meets: no header, no comments.
cut -f1 catalogs/tables.tsv | sed 1d | while read -r t; do
    n=$(sed 1d "catalogs/$t" | grep -vc '^\(#\|$\)')
    grep -qF "| $t | $(printf "%d" "$n" | sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta') | " catalogs/SOURCES.md || fail "SOURCES.md: $t with $n rows"
done
cut -f1 catalogs/tables.tsv | sed 1d | grep / | sed 's|/.*||' | sort -u | while read -r d; do
    for f in "catalogs/$d"/*.tsv; do
        cut -f1 catalogs/tables.tsv | grep -qxF "${f#catalogs/}" || fail "$f is not in tables.tsv"
    done
done
