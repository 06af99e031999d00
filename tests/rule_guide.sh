#!/usr/bin/env bash
# docs/rule-guide.md is done literally: at most two CT scans of one body part a day, from the page alone.
set -eu
exec "$(dirname "$0")/policy_guide.sh" docs/rule-guide.md 5 4
