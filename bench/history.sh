#!/usr/bin/env bash
# A DIP catalogue and DRG weights from CASES (5,000,000) past cases: time and memory, wanted under 30 s and
# 1 GiB each.  The cases are tests/casemix/chs_drg_11.tsv over and over, each with a cost of its own within
# a factor of two, one of 100 hospitals and a day of 2023 to 2025, all from one seed.
set -eu
cd "$(dirname "$0")/.."
cases=${CASES:-5000000}
make -s all
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
awk -F'\t' -v OFS='\t' -v cases="$cases" 'BEGIN { srand(1) }
    NR == 1 { n = NF; for (i = 1; i <= NF; i++) if ($i == "cost") c = i; print $0, "hospital", "discharge_day"; next }
    { row[rows++] = $0 }
    END { for (k = 0; k < cases; k++) { $0 = row[k % rows]; $1 = "k" k; $c = sprintf("%.2f", $c * (0.5 + rand() * 1.5) + 1);
          print $0, sprintf("H%03d", rand() * 100), sprintf("%d-%02d-%02d", 2023 + rand() * 3, 1 + rand() * 12, 1 + rand() * 28) } }' \
    tests/casemix/chs_drg_11.tsv >"$d/history.tsv"
echo "$cases cases, $(du -m "$d/history.tsv" | cut -f1) MB; one run each"
timed() { # what, command …
    local what=$1 from=$EPOCHREALTIME
    shift
    "$@" >"$d/out" 2>"$d/err" &
    local pid=$! most=0 now
    while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        most=$now
        sleep 0.2
    done
    wait "$pid" || { cat "$d/err"; exit 1; }
    awk -v a="$from" -v b="$EPOCHREALTIME" -v m="$most" -v w="$what" 'BEGIN { printf "%-14s %6.1f s %7.0f MB at most\n", w, b - a, m / 1024 }'
}
timed 'dip build' build/yiheng dip build --years 2023:1,2024:2,2025:7 --out "$d/dip" "$d/history.tsv"
timed 'weights' build/yiheng weights --scheme chs_drg_11 --years 2023:1,2024:2,2025:7 --out "$d/weights" "$d/history.tsv"
