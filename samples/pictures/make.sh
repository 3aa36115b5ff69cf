#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `make.sh PROGRAM WORK-DIRECTORY`: the pictures of the README, from the samples. The one of the page needs Chromium.
set -eu
program=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
work=$(cd "$work" && pwd)

"$program" -o "$work/rag-agent" "$here/../rag-agent.ndjson"
cp "$work/rag-agent/gantt.png" "$work/rag-agent/graph.png" "$here"
"$program" --summary "$here/summary.md" "$here/../etl-failing.ndjson"

for chromium in chromium chromium-browser google-chrome; do
    if command -v "$chromium" >/dev/null 2>&1; then
        "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
            --user-data-dir="$work/profile" --window-size=1080,1000 --screenshot="$here/report.png" \
            "file://$work/rag-agent/report.html" >"$work/chromium.log" 2>&1 || { cat "$work/chromium.log" >&2; exit 1; }
        exit 0
    fi
done
echo 'pictures: Chromium is not there, report.png stays as it is' >&2
