#!/usr/bin/env bash
# All data from a folder into PostgreSQL and back: cut short and resumed, proved, and refused where it must be.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
y=$PWD/build/yiheng
. tests/cluster.inc
cluster_start one
query postgres 'CREATE DATABASE one'
query postgres 'CREATE DATABASE two'
one="postgresql:///one?host=$socket&port=$port&user=postgres"
two="postgresql:///two?host=$socket&port=$port&user=postgres"

expect() { # code, word, command …
    local want=$1 word=$2 code=0 out
    shift 2
    out=$("$@" 2>&1) || code=$?
    [ "$code" = "$want" ] || { echo "$*: exit $code, want $want: $out"; exit 1; }
    case $out in *"$word"*) ;; *) echo "$*: says '$out', want '$word'"; exit 1 ;; esac
}

expect 2 用法 "$y" move
expect 2 用法 "$y" move --from "$dir/a"
expect 1 yiheng.db "$y" move --from "$dir/none" --to "$one"
expect 1 没有医衡的表 "$y" move --from "$one" --to "$two"

# A folder with some days' work in it.
"$y" init-demo --data "$dir/a" --people 60000 >/dev/null
build/tests/kill "$dir/a" 1 1 2000 >"$dir/text" || { cat "$dir/text"; exit 1; }
rm -f "$dir"/a/log* "$dir/a/proof"

# Cut short: what is there stays, no server opens it, another source is refused; then it goes on.
"$y" move --quiet --from "$dir/a" --to "$one" >/dev/null 2>&1 &
mover=$!
there() { query one 'SELECT count(*) FROM account_group' 2>/dev/null || echo 0; }
until [ "$(there)" -gt 0 ]; do
    kill -0 $mover 2>/dev/null || { echo 'the move ended before it could be cut short'; exit 1; }
    sleep 0.05
done
kill -9 $mover
wait $mover 2>/dev/null || true
sleep 0.2
# Indexes besides the keys' are made when all rows are there, by nobody before.
others() { query one "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary"; }
[ "$(others)" = 0 ] || { echo "$(others) indexes while rows are copied"; exit 1; }
if [ "$(query one "SELECT count(*) FROM meta WHERE name = 'moving'")" = 1 ]; then
    expect 1 没有搬完 "$y" serve --store "$one" --port 0
    "$y" init-demo --data "$dir/b" >/dev/null
    expect 1 另一个来源 "$y" move --from "$dir/b" --to "$one"
    [ "$(others)" = 0 ] || { echo 'a server that was refused made indexes'; exit 1; }
    before=$(query one 'SELECT count(*) FROM account_group')
    "$y" move --from "$dir/a" --to "$one" >"$dir/moved"
    grep -q 两端账目相符 "$dir/moved" || { cat "$dir/moved"; exit 1; }
    want=$(grep -c '^INDEX(' src/store/schema.def)
    [ "$(others)" = "$want" ] || { echo "$(others) indexes after the move, want $want"; exit 1; }
    [ "$(query one "SELECT count(*) FROM pg_stats WHERE tablename = 'person'")" -gt 0 ] || { echo 'not analyzed'; exit 1; }
    # Nothing was copied a second time.
    awk -v b="$before" '$1 == "account_group" && $3 > $2 - b { exit 1 }' "$dir/moved" || { cat "$dir/moved"; exit 1; }
else
    echo 'the move was over before it could be cut short'
    exit 1
fi
expect 1 已有数据 "$y" move --from "$dir/a" --to "$one"

# And back: the folder that comes of it is the first one, by each table's digest and by the books.
"$y" move --from "$one" --to "$dir/c" >"$dir/back"
awk 'NF == 4 { print $1, $2, $4 }' "$dir/moved" >"$dir/1"
awk 'NF == 4 { print $1, $2, $4 }' "$dir/back" >"$dir/2"
cmp "$dir/1" "$dir/2"
"$y" verify --json --data "$dir/a" >"$dir/1"
"$y" verify --json --store "$one" >"$dir/2"
"$y" verify --json --data "$dir/c" >"$dir/3"
cmp "$dir/1" "$dir/2"
cmp "$dir/1" "$dir/3"

# From one database to another; a row that changed on its way is found.
"$y" move --quiet --from "$one" --to "$two" >/dev/null
query two "INSERT INTO meta VALUES ('moving', (SELECT (SELECT value FROM meta WHERE name = 'region') || ' ' ||
    (SELECT value FROM meta WHERE name = 'created')))"
query two "UPDATE person SET name = '另一人' WHERE person = (SELECT min(person) FROM person)"
expect 1 不同 "$y" move --quiet --from "$one" --to "$two"
expect 1 没有搬完 "$y" serve --store "$two" --port 0
