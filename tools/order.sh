#!/usr/bin/env bash
# usage: tools/order.sh [--modules] [libyiheng.a]
# Checks src/ORDER: the direction of includes, with --modules that each is listed, no floating point in the pure layers;
# with the library also that it takes nothing from the system but what ORDER allows and keeps no
# variables.  Prints what is wrong, one line each; exit 1 if anything is.
set -u
modules=0
[ "${1-}" = --modules ] && modules=1 && shift
cd "$(dirname "$0")/.." || exit 2
bad=$(mktemp) || exit 2
trap 'rm -f "$bad"' EXIT

find src -name '*.[ch]' -o -name '*.def' | sort | xargs awk -v modules=$modules '
    FNR == NR && FILENAME == "src/ORDER" {
        if ($1 == "layer") { layer[$2] = 1; may[$2, $2] = 1; for (i = 3; i <= NF; i++) may[$2, $i] = 1 }
        if ($1 == "module") module[$2] = 1
        if ($1 == "except") may[$2, $3] = 1
        next
    }
    FNR == 1 {
        n = split(FILENAME, part, "/"); from = part[2]; inside = 0
        dir = n > 3 ? part[2] "/" part[3] : part[2]
        pure = from == "base" || from == "model" || from == "engine"
        test = FILENAME ~ /_test\.c$|\/testing\.[ch]$|\/test_main\.c$/
        if (modules && !(dir in module) && !(dir in told)) { told[dir]; print "src/ORDER: module " dir " is not listed" }
    }
    /^[ \t]*#[ \t]*include[ \t]+"/ {
        split($0, q, "\""); split(q[2], t, "/")
        if (!(t[1] in layer)) print FILENAME ":" FNR ": include \"" q[2] "\" does not carry the whole path"
        else if (test && !pure) next # a test above the pure layers may open what it needs
        else if (!((from, t[1]) in may) && !((dir, t[1]) in may)) print FILENAME ":" FNR ": " from " may not include " t[1] " (" q[2] ")"
        next
    }
    pure && !test {
        line = $0
        gsub(/"([^"\\]|\\.)*"/, "", line)
        if (inside) { if (!sub(/^.*\*\//, "", line)) next; inside = 0 }
        gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
        if (sub(/\/\*.*/, "", line)) inside = 1
        sub(/\/\/.*/, "", line)
        if (line ~ /(^|[^A-Za-z0-9_])(float|double|_Thread_local)([^A-Za-z0-9_]|$)/)
            print FILENAME ":" FNR ": floating point or thread-local data in a pure layer"
    }' src/ORDER > "$bad"

if [ $# -gt 0 ]; then
    nm -A -u "$1" 2>/dev/null | awk '
        FILENAME == "src/ORDER" { if ($1 == "libc") for (i = 2; i <= NF; i++) ok[$i]; next }
        { split($1, p, ":"); name = $NF; sub(/@.*/, "", name) }
        name ~ /^yh_/ || (name in ok) || ((name "@" p[2]) in ok) { next }
        { print p[2] ": takes " name " from the system, which src/ORDER does not allow" }' src/ORDER - >> "$bad"
    objdump -t "$1" 2>/dev/null | awk '
        FILENAME == "src/ORDER" { if ($1 == "data") for (i = 2; i <= NF; i++) ok[$i]; next }
        / file format / { file = $1; sub(/:$/, "", file); next }
        / O +\.(data|bss)[ \t.]/ && $0 !~ /\.data\.rel\.ro/ && !(($NF "@" file) in ok) {
            print file ": keeps the variable " $NF }' src/ORDER - >> "$bad"
fi
cat "$bad"
[ ! -s "$bad" ]
