#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A CI job whose steps are processes that do not start each other: the first starts a run and hands its place to the
# others in the environment, the last finishes it. `ci.sh LOG [DIRECTORY]`: builds and tests samples/project in
# DIRECTORY, or in one that is removed afterwards, and appends the run to LOG. PIPELENS_REPORT is the program, if it is
# not in PATH.
set -eu
PIPELENS_REPORT=${PIPELENS_REPORT:-pipelens-report}
case $PIPELENS_REPORT in /*) ;; */*) PIPELENS_REPORT=$PWD/$PIPELENS_REPORT ;; esac
export PIPELENS_REPORT
unset MAKEFLAGS MFLAGS MAKELEVEL # of a make that runs this script
project=$(cd "$(dirname "$0")/project" && pwd)

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo 'usage: ci.sh LOG [DIRECTORY]' >&2
    exit 2
fi

# In GitHub Actions: exec --run-start -l "$LOG" -n ci >>"$GITHUB_ENV". The steps behind find the run by themselves.
run=$("$PIPELENS_REPORT" exec --run-start --shell -l "$1" -n slug-ci)
eval "$run"

# In GitHub Actions a last step with `if: always()`. What counts is how the job ends: a step may have failed and been
# forgiven.
finish()
{
    [ "$1" -eq 0 ] && status=completed || status=failed
    "$PIPELENS_REPORT" exec --run-finish --status "$status"
    [ -z "${scratch-}" ] || rm -rf "$scratch"
}
trap 'finish $?' EXIT
trap 'exit 1' HUP INT TERM

if [ $# -eq 2 ]; then directory=$2; else directory=$(mktemp -d) && scratch=$directory; fi
mkdir -p "$directory"

# step NAME COMMAND...: what the command has said last is kept when it fails.
step()
{
    name=$1
    shift
    "$PIPELENS_REPORT" exec -n "$name" --capture 8k -- "$@"
}

step checkout cp -R "$project/." "$directory"
cd "$directory"
"$PIPELENS_REPORT" record compiler "$(sh -c "${CC:-cc} --version" | head -n 1)"

# Each compiler that make starts becomes a step inside this one.
step build make -B -j 2 STEP='"$(PIPELENS_REPORT)" exec -n $@ --'
step test make test
step lint make lint || "$PIPELENS_REPORT" log warn 'lint has found something; that does not fail this job yet'
step package make dist
