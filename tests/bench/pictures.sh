#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A Gantt chart of 1,000 rows as PNG: this program beside others that are installed, user time (it hardly suffers from
# what else the machine does) and bytes. tests/bench/run.sh calls this; ROUNDS and NODE_PATH may be set.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
ROUNDS=${ROUNDS:-5}
tool=$BUILD/pipelens-report
measure=$BUILD/tests/bench/measure
work=$BUILD/bench/pictures
mkdir -p "$work" || exit 1
trap 'rm -rf "$work"' EXIT
"$BUILD/tests/bench/generate" 1000 >"$work/log" || exit 1

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# row TITLE FILE: what was measured into times, and the file's size.
row()
{
    time=$(median <"$work/times")
    bytes=$(wc -c <"$2")
    awk -v title="$1" -v time="$time" -v bytes="$bytes" \
        'BEGIN { printf "  %-46s %9.0f %9.0f\n", title, time, bytes / 1000 }'
}

# other TITLE COMMAND...: writes $work/other.png; exit status 3 says that it is not installed.
other()
{
    title=$1
    shift
    : >"$work/times"
    "$@" >/dev/null 2>&1
    case $? in
    0) ;;
    3 | 127) printf '  %-46s not installed, skipped\n' "$title"; return ;;
    *) printf '  %-46s failed\n' "$title"; return ;;
    esac
    "$measure" "$@" 2>/dev/null | cut -d' ' -f3 >>"$work/times" # they take seconds: once is enough
    row "$title" "$work/other.png"
}

printf '\n%-48s %9s %9s\n' '1,000 rows as a PNG' 'user ms' 'kB'
round=0
: >"$work/times"
while [ "$round" -lt "$ROUNDS" ]; do
    "$measure" "$tool" -q --max-rows 1000 --gantt "$work/own.png" "$work/log" | cut -d' ' -f3 >>"$work/times" || exit 1
    round=$((round + 1))
done
row 'pipelens-report, all of it' "$work/own.png"
own_time=$time own_bytes=$bytes
: >"$work/times"
for _ in 1 2 3; do "$BUILD/tests/bench/cairo_writer" "$work/own.png" "$work/cairo.png" >>"$work/times" || exit 1; done
row "cairo's own writer alone, the same pixels" "$work/cairo.png"
other 'Chart.js' node tests/bench/rows.mjs "$work/log" "$work/other.png"
# the one of the system, when another one is first in PATH
python=python3
python3 -c 'import matplotlib' 2>/dev/null || [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
other 'matplotlib' $python tests/bench/rows.py "$work/log" "$work/other.png"

awk -v time="$own_time" -v bytes="$own_bytes" '
    function target(text, value, limit, unit) {
        printf "  %-12s  %s: %.0f %s (limit %.0f)\n", value <= limit ? "met" : "MISSED", text, value, unit, limit
    }
    BEGIN {
        print "\ntargets of pictures"
        target("1,000 rows, user time", time, 120, "ms")
        target("1,000 rows, size", bytes / 1000, 500, "kB")
    }'
