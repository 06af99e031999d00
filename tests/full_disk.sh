#!/usr/bin/env bash
# The database's disk fills up under load: calls are refused for now and nothing acknowledged is lost; when there
# is room again everything goes on by itself.  A tablespace on a small file system of its own; needs the right to mount.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
make -s build/tests/kill
. tests/cluster.inc
settings='fsync = off'
mkdir "$dir/small"
if ! mount -t tmpfs -o size=48m,mode=755 tmpfs "$dir/small" 2>/dev/null; then
    echo 'full_disk: skipped, this user may not mount a small file system'
    exit 0
fi
trap 'cluster_end 2>/dev/null || true; umount -l "$dir/small" 2>/dev/null || true; rm -rf "$dir"' EXIT
[ "$(id -u)" != 0 ] || chown postgres "$dir/small"
cluster_start one
on one postgres "CREATE TABLESPACE small LOCATION '$dir/small'"
on one postgres 'CREATE DATABASE crowd TABLESPACE small'
store=$(address one crowd)
build/yiheng init-demo --store "$store" --people 400 --family 4 --seed 5 >/dev/null
settled() { on one crowd 'SELECT count(*) FROM settlement'; }
mkdir "$dir/desk"
YH_STORE=$store YH_SERVERS=2 YH_FAMILY=1 YH_DESKS=16 YH_VISITS=${YH_VISITS-600} YH_PATIENT=1 timeout 400 build/tests/kill "$dir/desk" 0 5 400 >"$dir/text" 2>&1 &
crowd=$!
until [ "$(settled)" -gt 50 ]; do kill -0 $crowd || { cat "$dir/text"; exit 1; }; sleep 0.2; done
dd if=/dev/zero of="$dir/small/filler" bs=1M 2>/dev/null || true # until nothing is left
sleep 3
before=$(settled)
sleep 2
after=$(settled)
echo "disk full: $before settlements, 2 s later $after"
[ $((after - before)) -lt 40 ] || { echo 'the disk is full and settlements go on'; exit 1; }
rm "$dir/small/filler"
wait $crowd || { cat "$dir/text"; exit 1; }
cat "$dir/text"
grep -q 'sent to two servers at once, [1-9][0-9]* calls refused for now' "$dir/text" || { echo 'nobody was refused'; exit 1; }
grep -q 53100 "$dir/one/log" || grep -q 'No space left' "$dir/one/log" || { echo 'the server never ran out of space'; exit 1; }
