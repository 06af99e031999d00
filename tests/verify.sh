#!/usr/bin/env bash
# verify and sql on a folder that is not there, that is damaged, and called wrongly.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

expect() { # code, word, command …
    local want=$1 word=$2 code=0 out
    shift 2
    out=$("$@" 2>&1) || code=$?
    [ "$code" = "$want" ] || { echo "$*: exit $code, want $want"; exit 1; }
    case $out in *"$word"*) ;; *) echo "$*: says '$out', want '$word'"; exit 1 ;; esac
}

expect 2 用法 "$y" verify
expect 2 用法 "$y" verify --data
expect 1 yiheng.db "$y" verify --data "$dir/none"
[ ! -e "$dir/none" ] || { echo 'verify made a folder'; exit 1; }
expect 2 用法 "$y" sql --data "$dir"
expect 1 yiheng.db "$y" sql --data "$dir" 'SELECT 1'
expect 0 charge_lines "$y" sql --tables
head -c 9000 /dev/urandom > "$dir/yiheng.db"
expect 1 错误 "$y" verify --data "$dir"
