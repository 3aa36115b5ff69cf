#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Measures speed and memory: medians over runs, the commands taking turns so that a slow moment hits all of them.
# `make bench` builds what is needed and runs this. SIZES, RUNS (for the largest log) and PAGE_RUNS may be set.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
SIZES=${SIZES:-20 1000 10000 100000}
RUNS=${RUNS:-5}
tool=$BUILD/pipelens-report
measure=$BUILD/tests/bench/measure
work=$BUILD/bench
mkdir -p "$work/out"

# One measurement appended to the samples of a command at a size; "failed" when the command failed.
sample()
{
    file=$work/$1.$2.samples
    shift 2
    line=$("$measure" "$@" 2>"$work/stderr") || line="failed 0"
    echo "$line" >>"$file"
}

runs_for()
{
    if [ "$1" -le 100 ]; then echo $((RUNS * 4 + 1))
    elif [ "$1" -le 1000 ]; then echo $((RUNS * 2 + 1))
    else echo "$RUNS"; fi
}

# The median of the n-th column (1: ms, 2: kB) of a command's samples; nothing when there are none or one failed.
median()
{
    [ -s "$work/$1.$2.samples" ] || return 0
    ! grep -q failed "$work/$1.$2.samples" || return 0
    cut -d' ' -f"$3" "$work/$1.$2.samples" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

rm -f "$work"/*.samples
for size in $SIZES; do
    log=$work/$size.ndjson
    "$BUILD/tests/bench/generate" "$size" >"$log" || exit 1
    runs=$(runs_for "$size")
    run=0
    while [ "$run" -lt "$runs" ]; do
        ! command -v node >/dev/null 2>&1 || sample node "$size" node tests/bench/parse.js "$log"
        sample html "$size" "$tool" --quiet --html "$work/out/report.html" "$log"
        sample gantt "$size" "$tool" --quiet --gantt "$work/out/gantt.png" "$log"
        sample graph "$size" "$tool" --quiet --graph "$work/out/graph.png" "$log"
        sample summary "$size" "$tool" --quiet --summary "$work/out/summary.md" "$log"
        sample all "$size" "$tool" --quiet -o "$work/out" "$log"
        [ "$size" -ne 1000 ] || sample rows "$size" "$tool" --quiet --max-rows 1000 --gantt "$work/out/rows.png" "$log"
        run=$((run + 1))
    done
done

# The graph with as many boxes as there may be, against dot on the same tree.
log=$work/boxes.ndjson
"$BUILD/tests/bench/generate" 5000 >"$log" || exit 1
if command -v dot >/dev/null 2>&1; then
    "$tool" --quiet --csv - "$log" | awk -F, 'BEGIN { print "digraph { rankdir=LR; node [shape=box]" }
        NR > 1 { printf "%s [label=\"%s\"]\n", $3, $7; if ($4 != "") printf "%s -> %s\n", $4, $3 }
        END { print "}" }' >"$work/boxes.dot"
fi
run=0
while [ "$run" -lt "$RUNS" ]; do
    sample boxes 5000 "$tool" --quiet --max-rows 5000 --graph "$work/out/boxes.png" "$log"
    [ ! -s "$work/boxes.dot" ] || sample dot 5000 dot -Tpng -o "$work/out/dot.png" "$work/boxes.dot"
    run=$((run + 1))
done

printf '%8s  %-22s %10s %9s %9s\n' steps output 'median ms' MB/s 'peak MB'
for size in $SIZES; do
    bytes=$(wc -c <"$work/$size.ndjson")
    for what in html gantt graph summary all rows node; do
        case $what in
        all) title='all four' ;;
        rows) title='gantt.png, 1000 rows' ;;
        node) title='node: JSON.parse only' ;;
        *) title=$what ;;
        esac
        if [ -s "$work/$what.$size.samples" ]; then
            echo "$size $bytes $(median "$what" "$size" 1) $(median "$what" "$size" 2) $title"
        fi
    done
done | awk '{
    title = $5
    for (n = 6; n <= NF; n++) title = title " " $n
    if ($4 == "" || $4 + 0 != $4) printf "%8d  failed: %s\n", $1, $0
    else printf "%8d  %-22s %10.1f %9.1f %9.1f\n", $1, title, $3, $2 / 1000 / $3, $4 / 1024
}'

# target TEXT VALUE LIMIT UNIT: says whether the value keeps to the limit.
target()
{
    awk -v text="$1" -v value="$2" -v limit="$3" -v unit="$4" 'BEGIN {
        if (value == "" || limit == "") printf "  not measured  %s\n", text
        else printf "  %-12s  %s: %.1f %s (limit %.1f)\n", value + 0 <= limit + 0 ? "met" : "MISSED", text, value, unit, limit
    }'
}

echo
for what in boxes dot; do
    case $what in boxes) title='graph 5,000 boxes' ;; *) title='dot on the same' ;; esac
    [ -s "$work/$what.5000.samples" ] || continue
    echo "$(median "$what" 5000 1) $(median "$what" 5000 2) $title"
done | awk '{
    title = $3
    for (n = 4; n <= NF; n++) title = title " " $n
    printf "%8d  %-22s %10.1f %9s %9.1f\n", 5000, title, $1, "", $2 / 1024
}'
[ -s "$work/dot.5000.samples" ] || echo '    5000  dot is not installed: nothing to compare with'

echo
echo 'targets'
target '20 steps, all four' "$(median all 20 1)" 30 ms
target "100,000 steps, all four, against node's parsing" "$(median all 100000 1)" "$(median node 100000 1)" ms
target '100,000 steps, all four, peak memory' "$(median all 100000 2 | awk '{ print $1 / 1024 }')" 200 MB
target '100,000 steps, page with its log, written' "$(median html 100000 1)" 1000 ms
target '10,000 to 100,000 steps, all four' \
    "$(echo "$(median all 100000 1) $(median all 10000 1)" | awk 'NF == 2 { print $1 / $2 }')" 11 times

# The page as a reader has it: the log inside, nothing asked for from outside.
if command -v node >/dev/null 2>&1; then
    echo
    echo 'the page in Chromium'
    for size in $SIZES; do
        case $size in 1000 | 100000) ;; *) continue ;; esac
        "$tool" --quiet --google off --html "$work/out/page.html" "$work/$size.ndjson" || exit 1
        node tests/bench/page.mjs "$work/out/page.html" "$size" "$work/$size.ndjson"
    done
fi

sh tests/bench/track.sh
sh tests/bench/pictures.sh
sh tests/bench/formats.sh
