#!/usr/bin/env bash
# docs/casemix-guide.md from its own words: a city's scheme is added, its weights are built, checked and
# replayed, a DIP catalogue is formed and compared, all in an empty folder.
set -eu
cd "$(dirname "$0")/.."
exec tests/policy_guide.sh docs/casemix-guide.md 17 13
