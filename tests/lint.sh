#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `lint.sh SOURCE...`: what can be found by reading the code. Runs every tool that is there, also after one has found
# something. FLAGS are those of the compiler. `make lint` calls it.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

lint()
{
    command -v "$1" >/dev/null 2>&1 || {
        echo "lint: $1 is not there: skipped"
        return
    }
    echo "lint: $1"
    "$@" || status=1
}

sh tests/layers.sh | grep -A 60 '^not ok' && status=1
# shellcheck disable=SC2086 # words of a command line
lint clang-tidy --quiet "$@" -- $FLAGS "-DVERSION=\"\""
# cppcheck stumbles over compound literals behind `? :`.
lint cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=internalAstError \
    -Isrc "-DVERSION=\"\"" "$@"
lint shellcheck -x -s sh -e SC2016,SC2034,SC2317 .ci/run .ci/deps tests/run tests/*.sh tests/bench/*.sh samples/*.sh samples/pictures/*.sh
if [ -x tests/browser/node_modules/.bin/tsc ]; then lint tests/browser/node_modules/.bin/tsc --project tests/browser
else echo 'lint: tsc is not there: skipped (npm ci --prefix tests/browser)'; fi
[ $status -eq 0 ] && echo 'lint: nothing found'
exit $status
