#!/usr/bin/env bash
# needs: clang
# clang finds nothing to warn of either: warnings are errors under both compilers.
set -eu
cd "$(dirname "$0")/.."
make -s syntax CC=clang
