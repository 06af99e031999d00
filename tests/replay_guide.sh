#!/usr/bin/env bash
# docs/replay.md is done literally: an invented prefecture proved, and a draft over its year in every form.
set -eu
exec "$(dirname "$0")/policy_guide.sh" docs/replay.md 2 1
