#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every output of every sample against tests/golden, byte for byte; PNGs by their pixels. And the same bytes again in
# another time zone, language, home and font set-up. Of the logs that the live samples have written the main outputs.
# `golden.sh --write` writes tests/golden anew; a person then reads `git diff`.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

# outputs LOG DIRECTORY: everything there is to say about a log.
outputs()
{
    from=$1 out=$2
    mkdir -p "$out"
    "$tool" tree --colour never "$from" >"$out/tree.txt" &&
        "$tool" tree --colour always --records "$from" >"$out/tree-colour-records.txt" &&
        "$tool" tree --colour never --critical "$from" >"$out/tree-critical.txt" &&
        "$tool" list --colour never "$from" >"$out/list.txt" &&
        "$tool" export --to nested "$from" >"$out/nested.json" &&
        "$tool" export --to flat "$from" >"$out/flat.json" &&
        "$tool" export --to pipelens "$from" >"$out/pipelens.json" &&
        "$BUILD/tests/scene_dump" "$from" >"$out/scenes.txt" &&
        "$tool" --quiet -o "$out/report" "$from" &&
        "$tool" --quiet --trend "$out/trend.svg" "$from" &&
        "$tool" --quiet --latest --json "$out/run.json" --csv "$out/steps.csv" --gantt "$out/gantt.svg" \
            --graph "$out/graph.svg" "$from" &&
        "$tool" --quiet --latest --theme dark --scale 2 --gantt "$out/gantt-dark.png" --graph "$out/graph-dark.png" \
            --google off --html "$out/google-off.html" "$from" &&
        "$tool" --quiet --latest --graph-style flow --graph "$out/flow.png" "$from" &&
        "$tool" --quiet --latest --graph-style states --graph "$out/states.svg" "$from" || return 1
    "$tool" check "$from" >"$out/check.txt" 2>&1
    echo "exit status $?" >>"$out/check.txt"
}

# Logs that the live samples have written.
is_live() { case $1 in rag-pipeline | etl-pipeline | ci) ;; *) return 1 ;; esac; }

# outputs_of NAME DIRECTORY: what tests/golden/NAME holds.
outputs_of()
{
    if is_live "$1"; then
        mkdir -p "$2"
        "$tool" tree --colour never --records "samples/$1.ndjson" >"$2/tree.txt" &&
            "$tool" --quiet -o "$2/report" "samples/$1.ndjson"
    else
        outputs "samples/$1.ndjson" "$2"
    fi
}

# What a page says of its run: without the compressed log, whose bytes are the compressor's affair (tests/extract.sh sees
# that it comes back), and without style and script, which are those of templates/ and named by hashes in the policy.
said()
{
    sed -e '/^{"format":1/{s/"packed":.*//;n;d;}' -e 's/sha256-[A-Za-z0-9+/=]*/sha256-/g' \
        -e '/^<script>.*<\/script>$/b' -e '/^<style>/,/<\/style>$/d' -e '/^<script>/,/<\/script>$/d' "$1"
}

samples=$(cd samples && ls -- *.ndjson)

if [ "${1:-}" = --write ]; then
    for log in $samples; do
        rm -rf "tests/golden/${log%.ndjson}"
        outputs_of "${log%.ndjson}" "tests/golden/${log%.ndjson}" || exit 1
        find "tests/golden/${log%.ndjson}" -name '*.html' | while read -r page; do
            said "$page" >"$page.said" && mv "$page.said" "$page" || exit 1
        done || exit 1
        echo "tests/golden/${log%.ndjson}"
    done
    exit 0
fi

# A language whose decimal point is a comma; Turkish first, as its i has another capital too. Built into the temporary
# directory where the machine has none. What `locale` does not see counts as missing: the test would test nothing.
speaks() { [ "$(LC_ALL=$1 locale decimal_point 2>/dev/null)" = , ]; }
language=
for candidate in $(locale -a 2>/dev/null | grep -iE '^(tr|de|fr|ru)_.*utf' | sort -r); do
    ! speaks "$candidate" || { language=$candidate; break; }
done
if [ -z "$language" ] && command -v localedef >/dev/null 2>&1; then
    mkdir "$work/locales"
    for candidate in tr_TR de_DE; do
        localedef -i "$candidate" -f UTF-8 "$work/locales/$candidate.UTF-8" >/dev/null 2>&1
        LOCPATH=$work/locales
        export LOCPATH
        ! speaks "$candidate.UTF-8" || { language=$candidate.UTF-8; break; }
        unset LOCPATH
    done
fi

# elsewhere NAME LANGUAGE: the outputs of a sample in other surroundings are those of $work/NAME.
elsewhere()
{
    rm -rf "$work/elsewhere"
    (
        TZ=Asia/Kathmandu LC_ALL=$2 LANG=$2 HOME=/nonexistent FONTCONFIG_FILE=/dev/null
        XDG_CACHE_HOME=/nonexistent SOURCE_DATE_EPOCH=1 COLUMNS=200
        export TZ LC_ALL LANG HOME FONTCONFIG_FILE XDG_CACHE_HOME SOURCE_DATE_EPOCH COLUMNS
        outputs "samples/$1.ndjson" "$work/elsewhere"
    ) && diff -r "$work/$1" "$work/elsewhere"
}

for log in $samples; do
    name=${log%.ndjson}
    is "$name: all outputs are made" outputs_of "$name" "$work/$name"
    { (cd "$work/$name" && find . -type f); (cd "tests/golden/$name" && find . -type f); } | sort -u >"$work/files"
    while read -r file; do
        golden=tests/golden/$name/$file
        made=$work/$name/$file
        if [ ! -f "$golden" ]; then
            not_ok "$name: $file has no golden"
        elif [ ! -f "$made" ]; then
            not_ok "$name: $file was not made"
        else
            case $file in
            *.html)
                said "$made" >"$work/page.html"
                same "$name: $file" "$golden" "$work/page.html"
                ;;
            *.png) is "$name: $file" "$BUILD/tests/same_pixels" "$golden" "$made" ;;
            *) same "$name: $file" "$golden" "$made" ;;
            esac
        fi
    done <"$work/files"

    ! is_live "$name" || continue
    outputs "samples/$log" "$work/again-$name" >/dev/null 2>&1
    is "$name: the same bytes again" diff -r "$work/$name" "$work/again-$name"

    is "$name: the same bytes in another zone, home, without fonts" elsewhere "$name" C
    if [ -n "$language" ]; then
        is "$name: the same bytes in another language" elsewhere "$name" "$language"
    else
        skip "$name: the same bytes in another language" 'no locale with a decimal comma, nor the means to build one'
    fi
done

# The comparison of pictures must be able to fail.
if "$BUILD/tests/same_pixels" tests/golden/rag-agent/report/gantt.png tests/golden/rag-agent/gantt-dark.png >/dev/null ||
    "$BUILD/tests/same_pixels" tests/golden/rag-agent/report/gantt.png tests/golden/rag-agent/report/graph.png >/dev/null; then
    not_ok 'different pictures differ'
else
    ok 'different pictures differ'
fi
if command -v node >/dev/null 2>&1; then
    is 'JSON outputs are JSON' node -e '
        const { readFileSync } = require("node:fs");
        for (const path of process.argv.slice(1)) {
            const text = readFileSync(path, "utf8");
            for (const document of path.endsWith("run.json") ? [text] : text.trimEnd().split("\n")) JSON.parse(document);
        }' \
        tests/golden/*/run.json tests/golden/*/nested.json tests/golden/*/flat.json tests/golden/*/pipelens.json
else
    skip 'JSON outputs are JSON' 'node is not there'
fi
tap_done
