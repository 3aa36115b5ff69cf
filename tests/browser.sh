#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The pages in a real browser; skipped where there is none.
cd "$(dirname "$0")/.." || exit 1

give_up()
{
    echo "1..0 # SKIP $1"
    exit 0
}

command -v node >/dev/null 2>&1 || give_up 'node is not there (make deps)'
[ -d tests/browser/node_modules/playwright-core ] || give_up 'playwright-core is not there (make deps)'
if [ -z "${CHROMIUM:-}" ]; then
    for name in chromium chromium-browser google-chrome; do
        CHROMIUM=$(command -v "$name") && break
    done
    [ -n "$CHROMIUM" ] || give_up 'Chromium is not there (make deps)'
    export CHROMIUM
fi
exec node tests/browser/run.mjs "$@"
