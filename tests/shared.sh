#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Real logs next door (../shared/data): as many steps and runs as are known to be in them, and the exports against what
# the libraries themselves put out for the same run. Skipped where they are not there.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

data=$root/../shared/data
if [ ! -d "$data" ]; then
    skip 'the logs of ../shared/data' '../shared is not there'
    tap_done
fi

# log RUNS STEPS FILE: what list says, summed up. START has two blanks inside; columns are counted from the end.
log()
{
    "$tool" list "$data/$3" >"$work/list" 2>"$work/said"
    status=$?
    found=$(tail -n +2 "$work/list" | awk '{ runs++; steps += $(NF - 1) } END { print runs + 0, steps + 0 }')
    echo "exit status $status, runs and steps: $found" >>"$work/said"
    if [ $status -eq 0 ] && [ "$found" = "$1 $2" ]; then ok "$3: $1 runs, $2 steps"; else not_ok "$3: $1 runs, $2 steps" "$work/said"; fi
}

log 1 25 pipelens-ts/a-example.ndjson
log 1 25 pipelens-ts/http-a-example.ndjson
log 1 25 pipelens-ts/http-a-example.batches.ndjson
log 1 7 pipelens-ts/b-readme-decorators.ndjson
log 1 17 pipelens-ts/c-llm.ndjson
log 1 7 pipelens-ts/e-failing.ndjson
log 1 11 pipelens-ts/f-caught.ndjson
log 1 9 pipelens-ts/g-crash-exit.ndjson
log 1 7 pipelens-ts/http-nonbatch-requests.ndjson
log 2 28 pipelens-ts/i-finish-only.ndjson
log 4 42 pipelens-ts/j-interleaved.ndjson
log 60 435 pipelens-ts/k-history-60-realclock.ndjson
log 1 4 pipelens-ts/proof-file.ndjson
log 1 8 pipelens-py/a-example.ndjson
log 1 8 pipelens-py/http-a-example.ndjson
log 1 8 pipelens-py/http-a-example.batches.ndjson
log 1 7 pipelens-py/b-readme-decorators.ndjson
log 1 9 pipelens-py/c-llm.ndjson
log 1 6 pipelens-py/e-failing.ndjson
log 1 3 pipelens-py/g-crash-exit.ndjson
log 1 8 pipelens-py/i-finish-only.ndjson

"$tool" tree "$data/pipelens-ts/b-readme-decorators.ndjson" >"$work/tree" 2>&1
is 'three steps with one key are three steps' test "$("$tool" export --to flat "$data/pipelens-ts/b-readme-decorators.ndjson" |
    grep -o '"key": *"[^"]*child___1"' | wc -l)" -eq 3
"$tool" list "$data/pipelens-ts/g-crash-exit.ndjson" >"$work/list"
is 'a run that just stops is unfinished' grep -q ' unfinished ' "$work/list"
"$tool" -q --csv "$work/a.csv" "$data/pipelens-ts/proof-file.ndjson" && "$tool" -q --csv "$work/b.csv" "$data/pipelens-ts/proof-http.ndjson"
is 'the same run through two transports is the same' cmp "$work/a.csv" "$work/b.csv"

# The libraries' own outputs: the same JSON value, but for what they write null where the TypeScript way leaves it out.
if command -v node >/dev/null 2>&1; then
    for language in ts py; do
        for expected in "$data/pipelens-$language"/expected/*; do
            file=${expected##*/}
            case $file in
            *.nested.json) shape=nested ;;
            *.flattened.json) shape=flat ;;
            *.pipelineMeta.json) shape=pipelens ;;
            *) continue ;;
            esac
            name=${file%%.*}
            # When this one was written two siblings had not ended; the log has their later ends.
            [ "$name" != e-failing ] || continue
            id=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).runId || ""' "$expected")
            "$tool" export --to "$shape" --run "$id" "$data/pipelens-$language/$name.ndjson" >"$work/exported.json" 2>/dev/null
            is "export --to $shape of pipelens-$language/$name" node -e '
                const { readFileSync } = require("node:fs");
                const { deepStrictEqual } = require("node:assert");
                const bare = (value) => JSON.parse(JSON.stringify(value, (key, v) => (v === null ? undefined : v)));
                const read = (path) => bare(JSON.parse(readFileSync(path, "utf8")));
                deepStrictEqual(read(process.argv[1]), read(process.argv[2]));' "$work/exported.json" "$expected"
        done
        "$tool" -q --json "$work/run.json" "$data/pipelens-$language/c-llm.ndjson"
        is "token totals of pipelens-$language/c-llm" node -e '
            const { readFileSync } = require("node:fs");
            const { deepStrictEqual } = require("node:assert");
            const read = (path) => JSON.parse(readFileSync(path, "utf8"));
            const ours = Object.fromEntries(read(process.argv[1]).usage.map((u) =>
                [u.model, { prompt_tokens: u.promptTokens, completion_tokens: u.completionTokens, total_tokens: u.totalTokens }]));
            deepStrictEqual(ours, read(process.argv[2]));' "$work/run.json" "$data/pipelens-$language/expected/c-llm.llm-usage.json"
    done
else
    skip 'exports against the libraries' 'node is not there'
fi
tap_done
