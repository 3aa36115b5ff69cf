#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What tracking costs, beside the bare write(2) of the same lines and beside fprintf. tests/bench/run.sh calls this;
# ROUNDS may be set.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
ROUNDS=${ROUNDS:-21}
work=$BUILD/bench/track
mkdir -p "$work" || exit 1
trap 'rm -rf "$work"' EXIT
"$BUILD/tests/bench/track" "$work" "$ROUNDS" >"$work/medians" || exit 1
awk '
    function row(title, name, base) {
        printf "  %-46s %9.0f", title, ns[name]
        if (base != "") printf " %9.2f", ns[name] / ns[base]
        print ""
    }
    function target(text, value, limit, unit) {
        printf "  %-12s  %s: %.2f %s (limit %.2f)\n", value <= limit ? "met" : "MISSED", text, value, unit, limit
    }
    { ns[$1] = $2 }
    END {
        printf "\n%-48s %9s %9s\n", "tracking, begin and end of a step", "median ns", "/ write"
        row("libpipelens, at once", "step_now", "step_write")
        row("libpipelens, at once, forget_steps", "step_now_forgotten", "step_write")
        row("write(2) of the same lines", "step_write")
        row("fprintf and fflush of equal lines", "step_print_now", "step_write")
        row("libpipelens, flush_bytes = 65536", "step_by_size")
        row("libpipelens, flush_ms = 100", "step_by_time")
        row("fprintf of equal lines", "step_print")
        printf "\n%-48s %9s %9s\n", "tracking, a record of 100 bytes", "median ns", "/ write"
        row("libpipelens, at once", "record_now", "record_write")
        row("write(2) of the same lines", "record_write")
        row("fprintf and fflush of equal lines", "record_print_now", "record_write")
        row("libpipelens, flush_bytes = 65536", "record_by_size")
        row("libpipelens, flush_ms = 100", "record_by_time")
        row("fprintf of equal lines", "record_print")
        print "\ntargets of tracking"
        target("a step at once, against write(2)", ns["step_now"] / ns["step_write"], 1.5, "times")
        target("a step buffered, flush_bytes", ns["step_by_size"] / 1000, 0.5, "us")
        target("a step buffered, flush_ms", ns["step_by_time"] / 1000, 0.5, "us")
        target("a record at once, against write(2)", ns["record_now"] / ns["record_write"], 1.5, "times")
        target("a record buffered, flush_bytes", ns["record_by_size"] / 1000, 0.3, "us")
        target("a record buffered, flush_ms", ns["record_by_time"] / 1000, 0.3, "us")
    }' "$work/medians"
