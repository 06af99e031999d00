#!/usr/bin/env bash
# The store's one suite on a PostgreSQL server of its own.
# needs: postgresql-15
set -eu
cd "$(dirname "$0")/.."
. tests/cluster.inc
settings="max_connections = 100" # the bound of views is ours, not the server's
cluster_start one
query postgres 'CREATE DATABASE suite'
YH_TEST_POSTGRES="postgresql:///suite?host=$socket&port=$port&user=postgres" \
    timeout 120 build/yiheng-test postgres >"$dir/suite.log" 2>&1 || { cat "$dir/suite.log"; exit 1; }
cat "$dir/suite.log"
