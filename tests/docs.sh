#!/usr/bin/env bash
# What the documents name exists: interface fields of the glossary, files and folders of the others.
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

# Links from one page to another lead somewhere.
for page in *.md docs/*.md; do
    grep -oE '\]\([^)#:]+\)' "$page" | sed 's/^](//; s/)$//' | while read -r to; do
        [ -e "$(dirname "$page")/$to" ] || echo "$page: link to $to leads nowhere" >>"$bad"
    done
done

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

cat "$bad"
[ ! -s "$bad" ]
