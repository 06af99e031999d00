#!/usr/bin/env bash
# The crowd and the kills of tests/soak-postgres.sh on three nodes as one store.
# needs: postgresql-15
set -eu
exec bash "$(dirname "$0")/soak-postgres.sh" nodes
