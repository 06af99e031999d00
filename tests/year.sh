#!/usr/bin/env bash
# One invented year in a folder, in a database and on three nodes: a replay with and without a draft, an audit
# and the groups of its stays print the same bytes from each.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
. tests/cluster.inc
settings='fsync = off'
cluster_start solo
nodes_start
fail() { echo "year: $*"; exit 1; }

mkdir "$dir/data"
YH_TEST_YEAR=sqlite:$dir/data timeout 300 build/yiheng-test year_of_many >"$dir/made" 2>&1 || { cat "$dir/made"; fail 'no year'; }
on solo postgres 'CREATE DATABASE year'
nodes_make year
declare -A at=([sqlite]=sqlite:$dir/data [postgres]=$(address solo year) [nodes]=$store)
for to in postgres nodes; do
    "$y" move --quiet --from "$dir/data" --to "${at[$to]}" >"$dir/moved" || { cat "$dir/moved"; fail "not moved to $to"; }
done
for node in one two three; do
    [ "$(on $node year 'SELECT count(*) > 50 FROM settlement')" = t ] || fail "hardly a settlement on node $node"
done

cat >"$dir/draft.md" <<'MD'
# 草案：三级医院住院比例提高

amends 990100/390/2026-01-01   from 2027-01-01
source 测试   standing draft

## 第一条 住院
三级医院支付比例提高到 75%。

```policy
layer 基本统筹
  for  住院
  rate | 一级 80% | 二级 70% | 三级 75% |
```
MD
export TMPDIR=$dir/tmp
mkdir "$TMPDIR"
for store in sqlite postgres nodes; do
    from=(--store "${at[$store]}" --year 2026)
    mkdir "$dir/$store"
    "$y" replay "${from[@]}" >"$dir/$store/proof" 2>"$dir/$store/said" || { cat "$dir/$store/proof" "$dir/$store/said"; fail "the books differ in $store"; }
    "$y" replay "${from[@]}" --draft "$dir/draft.md" --html "$dir/$store/page" --folder "$dir/kept-$store" >"$dir/$store/text" 2>"$dir/err" || { cat "$dir/err"; fail "replay from $store"; }
    "$y" audit "${from[@]}" >"$dir/$store/hits" 2>"$dir/$store/sums" || { cat "$dir/$store/sums"; fail "audit from $store"; }
    "$y" group "${from[@]}" --scheme chs_drg_11_fix >"$dir/$store/groups" 2>"$dir/err" || { cat "$dir/err"; fail "group from $store"; }
    cp "$dir/kept-$store/archive/990100-2026.yha" "$dir/$store/archive"
    (cd "$dir/$store" && sha256sum ./*) >"$dir/$store.sums"
done
[ -z "$(ls "$TMPDIR")" ] || fail "left behind: $(ls "$TMPDIR")"
grep -q 一分不差 "$dir/sqlite/proof" || fail 'no word of the proof'
grep -q '同一结果' "$dir/sqlite/text" || fail 'no report'
[ "$(wc -l <"$dir/sqlite/hits")" -gt 5 ] || fail 'the audit found nothing to compare'
[ "$(cut -f4 "$dir/sqlite/groups" | sort -u | wc -l)" -gt 3 ] || fail 'the stays are all in one group'
for store in postgres nodes; do
    cmp "$dir/sqlite.sums" "$dir/$store.sums" || { diff "$dir/sqlite.sums" "$dir/$store.sums" | head; fail "$store gives other bytes"; }
done
echo "year: $(head -1 "$dir/sqlite/said"); $(($(wc -l <"$dir/sqlite/hits") - 1)) hits, $(($(wc -l <"$dir/sqlite/groups") - 1)) stays grouped: the same bytes from a folder, a database and three nodes"
