#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Gantt charts of many rows: they fold, or become pages when more rows are asked for than one picture has room for.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
cd "$work" || exit 1

# steps COUNT: a log of the pipeline and COUNT - 1 steps below it, side by side.
steps()
{
    awk -v count="$1" 'BEGIN {
        step = "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"many\",\"step\":{\"id\":\"%d\",%s\"name\":\"%s\"," \
               "\"key\":\"%s\",\"time\":{\"startTs\":%d,\"endTs\":%d},\"records\":{}}}\n"
        printf step, 0, "", "many", "many", 1000, 9000
        for (i = 1; i < count; i++)
            printf step, i, "\"parentId\":\"0\",", "item_" i, "many.item_" i, 1000 + i, 2000 + i
        printf "{\"type\":\"pipeline\",\"operation\":\"finish\",\"status\":\"completed\",\"meta\":{\"name\":\"many\"," \
               "\"key\":\"many\",\"runId\":\"many\",\"time\":{\"startTs\":1000,\"endTs\":9000}}}\n"
    }'
}

run()
{
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
    { echo "exit status $status"; cat stdout stderr; ls; } >said
}

# wrote NAME FILE...: the program went well, and these are the pictures that there are; it printed their names.
wrote()
{
    name=$1
    shift
    printf '%s\n' "$@" | LC_ALL=C sort >expected
    find . -name 'g*.*[gf]' | sed 's|^\./||' | LC_ALL=C sort >there
    LC_ALL=C sort stdout >printed
    if [ $status -eq 0 ] && cmp -s expected there && cmp -s expected printed; then ok "$name"; else not_ok "$name" said; fi
    rm -f g*.svg g*.png g*.pdf
}

# items FILE...: the numbers of the items whose names are in the pictures, in order.
items() { grep -ho '>item_[0-9]*</text>' "$@" | tr -dc '0-9\n'; }

# png_size FILE: its width and height.
png_size() { od -An -j 16 -N 8 -t u1 "$1" | awk '{ print ($3 * 256) + $4, ($7 * 256) + $8 }'; }

steps 1200 >fits.ndjson
steps 1201 >many.ndjson

run help rows
is 'help rows tells the rules' sh -c "test $status -eq 0 && grep -q -- '--max-rows N' stdout"

# --- one picture ---

run --gantt g.svg many.ndjson
is 'many steps fold' grep -q '1,198 of 1,201 steps are folded by kind into 1 row (×N)' g.svg
is 'the row has their number and durations' grep -q '>×1,198 · mean 1' g.svg
wrote 'it is one picture' g.svg
run --gantt g.svg --max-rows 1200 many.ndjson
is 'as many rows as a picture has: they fold' grep -q 'steps are folded' g.svg
wrote 'it is one picture, too' g.svg
run --gantt g.svg --max-rows 0 fits.ndjson
items g.svg >rows
is '1,200 steps fit: all have a row' test "$(wc -l <rows)" -eq 1199
is 'nothing is folded' test "$(grep -c 'folded\|page 1' g.svg)" -eq 0
wrote 'and it is one picture' g.svg
run --gantt - --max-rows 0 many.ndjson
is 'standard output is one picture, whatever was asked for' test $status -eq 0 -a "$(head -c 4 stdout | tail -c 3)" = PNG
run --gantt g.svg --gantt-style mini many.ndjson
wrote 'a sparkline is one picture' g.svg
run --gantt g.svg --max-rows 0 --depth 0 many.ndjson
wrote 'fewer steps leave room' g.svg

# --- pages ---

run --gantt g.svg --max-rows 0 many.ndjson
is 'page 1 says which it is' grep -q 'page 1 of 2' g-1.svg
is 'page 2 as well' grep -q 'page 2 of 2' g-2.svg
items g-1.svg g-2.svg >rows
seq 1200 >expected
same 'each step has one row, in order' expected rows
is 'no page is almost empty' test "$(items g-2.svg | wc -l)" -gt 500
is 'page 2 tells what its rows are below' grep -q '>many</text>' g-2.svg
is 'page 2 has the axis and the title' sh -c 'grep -q ">4 s</text>" g-2.svg && grep -q "Gantt chart: many" g-2.svg'
is 'nothing is folded on pages' test "$(cat g-1.svg g-2.svg | grep -c folded)" -eq 0
wrote 'the pages are there, and told' g-1.svg g-2.svg
run --gantt g.svg --max-rows 1201 many.ndjson
wrote 'a number above 1,200 makes pages as well' g-1.svg g-2.svg
run --gantt g.pdf --max-rows 0 many.ndjson
wrote 'PDF pages' g-1.pdf g-2.pdf
mkdir d.1
run --gantt d.1/g.png fits.ndjson
is 'a name with more than one dot' test $status -eq 0 -a -s d.1/g.png
rm d.1/g.png
run --gantt d.1/g.png --scale 2 --max-rows 0 fits.ndjson
is 'pages by pixels' test $status -eq 0 -a -s d.1/g-2.png -a ! -e d.1/g.png
for page in d.1/g-*.png; do png_size "$page"; done >sizes
# shellcheck disable=SC2016 # the fields are awk's
is 'no page is larger than a picture may be' awk '$1 > 32767 || $2 > 32767 || $2 < 10000 { exit 1 }' sizes
run -o out --max-rows 0 many.ndjson
is 'a directory has pages, too' test $status -eq 0 -a -s out/gantt-1.png -a -s out/gantt-2.png -a ! -e out/gantt.png
is 'and the page has its picture' grep -q 'steps are folded' out/report.html

# --- names ---

cp many.ndjson g-2.svg
run --gantt g.svg --max-rows 0 g-2.svg
is 'a page does not overwrite the log' cmp many.ndjson g-2.svg
is 'that is told' sh -c 'test '$status' -eq 2 && grep -q "g-2.svg: is the log itself" stderr'
is 'the other page is written' test "$(cat stdout)" = g-1.svg -a -s g-1.svg
rm -f g-1.svg g-2.svg
run --gantt g.svg --graph g-1.svg --max-rows 0 many.ndjson
is 'a page does not take the place of another output' sh -c 'test '$status' -eq 2 && grep -q "g-1.svg: two outputs" stderr'
is 'which is there' grep -q 'Execution graph' g-1.svg
tap_done
