#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How fast logs of other systems are read: `list` of a generated log of MEGABYTES each, formats taking turns; medians of
# RUNS, in megabytes a second, and the peak of memory in multiples of the log. `formats.sh [FORMAT...]`: only those.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
MEGABYTES=${MEGABYTES:-50}
RUNS=${RUNS:-5}
work=$BUILD/bench/formats
mkdir -p "$work"
if ! command -v node >/dev/null 2>&1; then
    echo 'formats: node, which makes the logs, is not there' >&2
    exit 0
fi
formats=${*:-otlp otlp-document jaeger zipkin chrome burr stage-tracker span-tree nextflow ninja github-actions}
for format in $formats; do
    rm -f "$work/$format.samples"
    [ -s "$work/$format.$MEGABYTES" ] || node tests/bench/formats.mjs "$format" "$MEGABYTES" >"$work/$format.$MEGABYTES" || exit 1
done
run=0
while [ "$run" -lt "$RUNS" ]; do
    for format in $formats; do
        "$BUILD/tests/bench/measure" "$BUILD/pipelens-report" list --quiet "$work/$format.$MEGABYTES" >>"$work/$format.samples" 2>/dev/null ||
            echo "failed 0" >>"$work/$format.samples"
    done
    run=$((run + 1))
done
printf '%-16s %8s %8s\n' 'read' 'MB/s' 'memory'
for format in $formats; do
    if grep -q failed "$work/$format.samples"; then
        printf '%-16s %8s\n' "$format" failed
        continue
    fi
    size=$(wc -c <"$work/$format.$MEGABYTES")
    sort -n "$work/$format.samples" | awk -v size="$size" -v format="$format" '
        { ms[NR] = $1; if ($2 > kb) kb = $2 }
        END { printf "%-16s %8.0f %7.1fx\n", format, size / 1000 / ms[int((NR + 1) / 2)], kb * 1024 / size }'
done
