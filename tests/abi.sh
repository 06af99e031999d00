#!/usr/bin/env bash
# The shared library serves a client of forty lines (docs/examples/client.c), needing nothing but libc.
set -eu
cd "$(dirname "$0")/.."
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
so=$PWD/build/libyiheng.so
needs=$(objdump -p "$so" | awk '$1 == "NEEDED" && $2 !~ /^(libc\.so|libgcc_s|ld-)/ { print $2 }')
[ -z "$needs" ] || { echo "libyiheng.so needs $needs"; exit 1; }
make -s install PREFIX="$d/usr" >/dev/null
${CC:-cc} -std=c99 -Wall -Wextra -Werror -pedantic -I"$d/usr/include" docs/examples/client.c -o "$d/client" -L"$d/usr/lib" -lyiheng \
    -Wl,-rpath,"$d/usr/lib"
pages=(policy/990101/310-2026.md policy/990101/390-2026.md policy/990101/392-2026.md policy/990101/610-2026.md)
sed -n '1p;4p' docs/examples/bills.jsonl | "$d/client" "${pages[@]}" >"$d/out" 2>"$d/text"
grep -q '12,720.00' "$d/text"
sed -n '1p;4p' docs/examples/bills.jsonl | build/yiheng settle - | diff - "$d/out"
rc=0
echo '{"day":"2026-03-18","region":"990101","scheme":"390","facts":{}}' | "$d/client" "${pages[@]}" >"$d/out" 2>/dev/null || rc=$?
[ $rc = 1 ] && grep -q '"field":"就医类别"' "$d/out"
# What the front pages say of it, but for the place.
for page in README.md README.zh-CN.md; do
    sed -n '/^    cc docs\/examples/,/^    head/p' "$page" | sed "s|-o client|-o $d/client2|; s|\./client|$d/client2|" >"$d/commands"
    C_INCLUDE_PATH=$d/usr/include LIBRARY_PATH=$d/usr/lib LD_LIBRARY_PATH=$d/usr/lib bash -eu "$d/commands" >"$d/out" 2>"$d/text"
    grep -q '12,720.00' "$d/text" || { echo "$page: the example of the library does not run"; exit 1; }
done
# The installed program finds what was installed beside it.
(cd "$d" && usr/bin/yiheng policy show 990100 390 --on 2026-06-01 >out)
echo "abi: the same settlements through libyiheng.so"
