#!/usr/bin/env bash
# Power cuts, kills and failing disks: what was acknowledged is there once, nothing is half there.
# A short run as it stands; with YH_FULL=1 (make soak) 2,000 cuts, 200 kills, 200 failures a
# kind, 500 cuts under the whole service.
set -eu
cd "$(dirname "$0")/.."
if [ "${YH_FULL-}" ]; then
    export YH_CUTS=2000 YH_KILLS=200 YH_FAILS=200 YH_HOSPITAL_CUTS=500
fi
build/yiheng-test power_cuts
build/yiheng-test full_or_failing_disk
build/yiheng-test kill_9
build/yiheng-test hospital_that_sends_again
