#!/usr/bin/env bash
# What the documents name exists: interface fields, terms, files, folders, commands and their options; figures that
# can be counted are what they are.  Their commands run in tests/*_guide.sh, first_hour.sh, cli.sh, demo.sh, operations.sh, ext.sh.
set -eu
cd "$(dirname "$0")/.."
bad=$(mktemp)
trap 'rm -f "$bad"' EXIT

# The interface column is the third; a name there is a field of the national interface.
awk -F'|' 'NF >= 6 { print $4 }' docs/glossary.md | grep -oE '`[a-z_0-9]+`' | tr -d '`' | sort -u |
    while read -r name; do
        cut -f"$(head -1 catalogs/interface/fields.tsv | tr -d '#' | tr '\t' '\n' | sed 's/^ *//' | grep -nx field | cut -d: -f1)" \
            catalogs/interface/fields.tsv | grep -qx "$name" || echo "docs/glossary.md: $name is no field of the interface" >>"$bad"
    done

# One row a term: the same word twice would be two meanings.
grep '^| ' docs/glossary.md | grep -v '^| term\|^| ---' | awk -F' *[|] *' '{ print $2 }' | sort | uniq -d |
    sed 's/^/docs\/glossary.md: twice: /' >>"$bad"

# Every term has its Chinese word; what the store keeps, what the modules of model and engine are called, and what can be
# done by the agency is said in words of the glossary (plain words apart).
grep '^| ' docs/glossary.md | grep -v '^| term\|^| ---' | awk -F' *[|] *' '$3 == "" { print "docs/glossary.md: no Chinese: " $2 }' >>"$bad"
plain=' abi archived back meta sequence key item money paper step text note body draft version file log day user session '
grep '^| ' docs/glossary.md | awk -F' *[|] *' '{ print tolower($2) }' | tr -cs 'a-z' '\n' | sort -u >"$bad.words"
{
    sed -n 's/^TABLE(\([a-z_]*\).*/\1/p' src/store/schema.def
    sed -n 's,^module \(model\|engine\)/\([a-z]*\).*,\2,p' src/ORDER
} | tr '_' '\n' | sort -u | while read -r word; do
    case $plain in *" $word "*) continue ;; esac
    grep -qxE "$word|${word%s}" "$bad.words" || echo "docs/glossary.md: no term “$word”" >>"$bad"
done
rm -f "$bad.words"

# Links from one page to another lead somewhere.
for page in *.md docs/*.md; do
    grep -oE '\]\([^)#:]+\)' "$page" | sed 's/^](//; s/)$//' | while read -r to; do
        [ -e "$(dirname "$page")/$to" ] || echo "$page: link to $to leads nowhere" >>"$bad"
    done
done

# The routes and rooms that pages name are there; each room of the menu has its word on docs/portal.md.
grep -ohE '/api/[a-z/{}-]*[a-z}]' docs/*.md | sort -u | while read -r route; do
    grep -qF "\"$route" src/shell/portal/route.def || echo "docs: there is no $route" >>"$bad"
done
sed -n "/menu: false/d; s/.*name: \['\([^']*\)'.*/\1/p" web/src/desk/rooms.ts | while read -r room; do
    grep -q "$room" docs/portal.md || echo "docs/portal.md: no word of the room $room" >>"$bad"
done

# Both front pages lead to the same places, in the same order.
places() { grep -oE '\]\([^)]+\)' "$1" | sed 's/\.zh-CN//' | grep -v 'README'; }
diff <(places README.md) <(places README.zh-CN.md) | sed -n 's/^[<>]/the front pages lead to different places:&/p' >>"$bad"

# Paths that a page names in code marks exist, from the root or from src; so do bare file names, somewhere.
# A name with X, <, * or a suffix only is a pattern.
tree=$(find . -path ./build -prune -o -path ./.git -prune -o -type f -print)
for page in README.md README.zh-CN.md ARCHITECTURE.md CONTRIBUTING.md; do
    grep -oE '`[A-Za-z0-9_.-]*[/.][A-Za-z0-9_./-]+`' "$page" | tr -d '`' | sort -u | while read -r name; do
        case $name in
        build/* | data/* | lib*.a | .so | .c | .def | */X.* | *_X.* | *X_test.c | X_test.c | soak-X* | *soak-X.sh) continue ;;
        */*) [ -e "$name" ] || [ -e "src/$name" ] || [ -e "src/shell/gateway/$name" ] ;;
        *.c | *.h | *.def | *.sh | *.tsv | *.md) printf '%s\n' "$tree" | grep -q "/$name$" ;;
        esac || echo "$page: $name is not there" >>"$bad"
    done
done

# Each command of the binary has its line on both front pages.
sed -n 's/^CMD("\([a-z-]*\)".*/\1/p' src/shell/cli/command.def | grep -vx help | while read -r name; do
    for page in README.md README.zh-CN.md; do
        grep -q "^| .yiheng $name[ \`]" "$page" || echo "$page: no line for yiheng $name" >>"$bad"
    done
done

# An option that a page gives to a command stands in that command's help.
d=$(mktemp -d)
trap 'rm -rf "$bad" "$d"' EXIT
for name in $(sed -n 's/^CMD("\([a-z-]*\)".*/\1/p' src/shell/cli/command.def); do build/yiheng "$name" --help >"$d/$name"; done
for sub in learn replay evaluate prove same; do build/yiheng rules $sub --help >>"$d/rules"; done
for sub in handbook log table examples; do build/yiheng policy $sub --help >>"$d/policy"; done
build/yiheng list lock --help >>"$d/list"
for page in *.md docs/*.md; do
    sed -e ':a' -e '/\\$/{N;s/\\\n//;ta' -e '}' "$page" | grep -oE 'yiheng [a-z][a-z-]*( [^`|;]*)?' | while read -r _ name rest; do
        [ -e "$d/$name" ] || { echo "$page: there is no yiheng $name" >>"$bad"; continue; }
        grep -oE -- '--[a-z][a-z-]*' <<<"$rest" | grep -vxE -- '--(help|store)' | while read -r option; do
            grep -qE -- "$option([^a-z-]|\$)" "$d/$name" || echo "$page: yiheng $name has no $option" >>"$bad"
        done || true
    done
done

# Figures that a page tells.  PAGE, the words behind the number, the number.
figure() {
    grep -qE "(^|[^0-9,])$(printf "%'d" "$3" | sed 's/,/,?/g')$2" "$1" || echo "$1: not $3$2" >>"$bad"
}
transactions=$(grep -c '^T(' src/shell/gateway/transaction.def)
samples=$(find tests/interface -name '[0-9]*.json' | wc -l)
checks=$(grep -vc '^#' catalogs/settlement-list/list-checks.tsv)
figure docs/interface.md ' 种错误报文' $(($(grep -vc '^#' tests/bad-input.tsv) - 1))
figure docs/interface.md ' 条）检验' "$(grep -c '^R(' src/shell/conform/clause.def)"
figure docs/interface.md ' 个交易的样例报文' "$samples"
figure docs/interface.md ' 个填好的' "$transactions"
figure docs/interface.md ' 项质量检查' "$checks"
figure docs/casemix-guide.md ' 项质量检查' "$checks"
figure docs/first-hour.md ' 个交易的样例报文' "$samples"
figure docs/first-hour.md ' 个交易填好的报文' "$transactions"
figure docs/portal.md ' 个交易都有填好的报文' "$transactions"
figure docs/portal.md ' 个是接口自己的样例' "$samples"
figure docs/casework.md ' tests: the whole walk' "$(grep -c '^TEST' src/shell/gateway/case_test.c)"
# The transactions that the page names are those that are served.
sed -n '/^## 已开通的交易/,/^尚不完整/p' docs/interface.md | sed 's/其余已知.*//' | grep -oE '[0-9]{4}A?(–[0-9]{4})?' |
    while IFS=– read -r from to; do [ "$to" ] && seq "$from" "$to" || echo "$from"; done | sort -u >"$d/told"
sed -n 's/^T("\([0-9A-Z]*\)".*/\1/p' src/shell/gateway/transaction.def | sort -u | diff "$d/told" - |
    sed -n 's/^[<>]/docs\/interface.md: transactions told and served:&/p' >>"$bad"

cat "$bad"
[ ! -s "$bad" ]
