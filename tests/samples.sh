#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The live samples run, leave the logs that they are there to show, and say so when they fail. The logs kept in samples/
# are what they write.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

rag=$BUILD/samples/rag_pipeline
unset PIPELENS_LOG PIPELENS_RUN PIPELENS_STEP PIPELENS_KEY TRACEPARENT MAKEFLAGS MFLAGS MAKELEVEL
PIPELENS_REPORT=$tool
export PIPELENS_REPORT
mkdir "$work/here"
cd "$work/here" || exit 1

has() { is "$1" grep -qE "$2" "$3"; }

# runs NAME LOG STEPS COMMAND...: it ends well and leaves one completed run of so many steps.
runs()
{
    name=$1 log=$2 steps=$3
    shift 3
    "$@" >"$work/$name.said" 2>&1 </dev/null
    status=$?
    if [ $status -eq 0 ]; then ok "$name ends well"; else not_ok "$name ends with status $status" "$work/$name.said"; fi
    "$tool" check "$log" >"$work/checked" 2>&1
    if grep -qx "1 run, $steps steps: no problem" "$work/checked"; then
        ok "$name: its log is a run of $steps steps"
    else
        not_ok "$name: its log is a run of $steps steps" "$work/checked"
    fi
    "$tool" tree --colour never "$log" >"$work/$name.tree" 2>&1
    has "$name: the run is completed" '^[^ ]+ +✓ completed' "$work/$name.tree"
}

# steps LOG: names and statuses, sorted; threads and processes come in another order each time.
steps() { "$tool" --quiet --csv - "$1" | tail -n +2 | cut -d, -f7,8 | sort; }

# kept NAME LOG KEPT-LOG: the kept log tells of the same steps, and of no one's machine.
kept()
{
    steps "$2" >"$work/live.steps"
    steps "$root/samples/$3" >"$work/kept.steps"
    is "$1: there are steps to compare" test -s "$work/live.steps"
    same "$1: samples/$3 holds the steps of today" "$work/kept.steps" "$work/live.steps"
    "$tool" check "$root/samples/$3" >"$work/checked" 2>&1
    has "$1: samples/$3 is without a problem" ': no problem$' "$work/checked"
    is "$1: samples/$3 names no private directory" sh -c '! grep -E "/(tmp|home|root|work|Users)/" "$1"' sh \
        "$root/samples/$3"
}

# ---- rag_pipeline.c ----

runs rag rag.ndjson 47 "$rag" rag.ndjson
kept rag rag.ndjson rag-pipeline.ndjson
for status in '✗ hours_service' '↻ batch_5 retried' '– search_web skipped' '= embed_query cached'; do
    has "rag: $status" "$status" "$work/rag.tree"
done
has 'rag: a retried batch is there twice' 'batch_5  ' "$work/rag.tree"
for model in reed-small heron-large wren-judge; do
    has "rag: tokens of $model" "^LLM $model " "$work/rag.tree"
done
"$tool" tree --colour never --records rag.ndjson >"$work/rag.records"
grep -oE '\[[1-4]\] from [a-z]+' rag.ndjson | tr '\n' ' ' >"$work/picked"
has 'rag: what is found, best first' \
    '^\[1\] from lending \[2\] from repairs \[3\] from repairs \[4\] from opening $' "$work/picked"
has 'rag: the late day' '→ "Each late day costs two euros' "$work/rag.records"
has 'rag: the patch kit' '→ "A flat tyre is nobody' "$work/rag.records"
for type in 'attempt=1$' 'bytes=[0-9]+ ' 'best_score=0\.' 'live=false' 'member=null' 'question="My' 'model=\{' \
    'signs=\{"size":32'; do
    has "rag: a record like $type" "$type" "$work/rag.records"
done
for level in debug info warn error; do has "rag: a message of level $level" "\"level\":\"$level\"" rag.ndjson; done
has 'rag: a handled error' '"handledErrors":\[\{"type":"TimeoutError"' rag.ndjson

"$tool" exec -l outer.ndjson -n outer -- "$rag" outer.ndjson >/dev/null 2>&1
"$tool" check outer.ndjson >"$work/checked" 2>&1
has 'rag: below exec its steps are those of the run' '^1 run, 47 steps: no problem' "$work/checked"

"$rag" /nonexistent/log.ndjson >"$work/said" 2>&1
is 'rag: a log that cannot be opened ends it with 1' test $? -eq 1
has 'rag: and is named' '^rag_pipeline: /nonexistent/log.ndjson: No such file' "$work/said"
"$rag" >/dev/null 2>&1
is 'rag: without a log its usage' test $? -eq 2
if [ -c /dev/full ]; then
    "$rag" /dev/full >"$work/said" 2>&1
    is 'rag: a log without room ends it with 1' test $? -eq 1
    has 'rag: after its work' '^\*\*Yes, bring it back' "$work/said"
    has 'rag: and it says why' 'No space left' "$work/said"
else
    skip 'rag: a log without room ends it with 1' 'there is no /dev/full'
fi

# ---- etl_pipeline.sh ----

runs etl etl.ndjson 21 sh "$root/samples/etl_pipeline.sh" etl.ndjson tables
kept etl etl.ndjson etl-pipeline.ndjson
has 'etl: an attempt that failed' '✗ attempt_1' "$work/etl.tree"
has 'etl: and the next one' '✓ attempt_2' "$work/etl.tree"
has 'etl: a failed step that is done without' '✗ exchange_rates' "$work/etl.tree"
has 'etl: what the failed attempt said' '"level":"error","message":"basel\.example: connection reset' etl.ndjson
has 'etl: a warning' '"level":"warn","message":"no exchange rates' etl.ndjson
has 'etl: a table is recorded' \
    '"recordKey":"by_shop","data":\{"file":"by-shop.csv","size":[0-9]+,"text":"basel,' etl.ndjson
sum() { awk -F, '{ sum += $2 } END { printf "%.0f", sum }' "tables/by-$1.csv"; }
is "etl: the totals agree ($(sum shop))" test "$(sum shop)" = "$(sum product)" -a "$(sum shop)" = "$(sum day)"
is 'etl: and are something' test "$(sum shop)" -gt 1000000
cp etl.ndjson two.ndjson
sh "$root/samples/etl_pipeline.sh" two.ndjson >/dev/null 2>&1
"$tool" check two.ndjson >"$work/checked" 2>&1
has 'etl: a second run is appended' '^2 runs, 42 steps: no problem$' "$work/checked"
mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/cksum"
cp "$work/bin/cksum" "$work/bin/tar"
chmod +x "$work/bin/tar" "$work/bin/cksum"
PATH=$work/bin:$PATH sh "$root/samples/etl_pipeline.sh" broken.ndjson >/dev/null 2>&1
is 'etl: a step that it cannot do without ends it with 1' test $? -eq 1
"$tool" list --colour never broken.ndjson >"$work/listed"
has 'etl: and the run has failed' ' failed ' "$work/listed"

# ---- ci.sh ----

runs ci ci.ndjson 11 sh "$root/samples/ci.sh" ci.ndjson
kept ci ci.ndjson ci.ndjson
has 'ci: each compiler is a step below make' '^│  ├─ ✓ slug\.o ' "$work/ci.tree"
has 'ci: lint has failed' '✗ lint ' "$work/ci.tree"
has 'ci: what lint has found is in the log' '"level":"error","message":"[^"]*slug\.c' ci.ndjson
has 'ci: the compiler is recorded at the run' '"recordKey":"compiler"' ci.ndjson
cp -R "$root/samples" broken
sed 's/tolower/toupper/' "$root/samples/project/slug.c" >broken/project/slug.c
sh broken/ci.sh failed.ndjson >"$work/said" 2>&1
is 'ci: a test that fails ends it with a failure' test $? -ne 0
"$tool" tree --colour never failed.ndjson >"$work/failed.tree"
has 'ci: the run has failed' '^slug-ci +✗ failed' "$work/failed.tree"
has 'ci: by its test' '✗ test ' "$work/failed.tree"
has 'ci: what the test said is in the log' '"level":"error","message":"slug\(.*wanted' failed.ndjson
is 'ci: what comes after it was not begun' sh -c '! grep -q package "$1"' sh "$work/failed.tree"
is 'ci: the project is as it was' test "$(find "$root/samples/project" -type f | wc -l)" -eq 5

# ---- demo.sh ----

"$tool" exec -l around.ndjson -n around -- sh "$root/samples/demo.sh" "$tool" "$rag" demo >"$work/paths" 2>"$work/said"
is 'demo ends well, also inside a run' test $? -eq 0 -a ! -s "$work/said"
is 'demo prints what it has written' sh -c 'xargs ls <"$1"' sh "$work/paths"
for path in live-rag/run.ndjson live-rag/gantt.png live-etl/report.html live-ci/graph.png rag-agent/summary.md \
    order-desk/index.html; do
    has "demo: $path" "^demo/$path\$" "$work/paths"
done
"$tool" check around.ndjson >"$work/checked" 2>&1
has 'demo leaves the run around it alone' '^1 run, 1 step: no problem$' "$work/checked"
"$tool" list demo/live-*/run.ndjson >"$work/listed"
is 'demo: the live samples are runs of their own' \
    sh -c '! grep -q " around " "$1" && test "$(grep -c completed "$1")" -eq 3' sh "$work/listed"
printf '#!/bin/sh\n"%s" "$1"\necho "out of handbooks" >&2\nexit 3\n' "$rag" >"$work/bin/rag"
chmod +x "$work/bin/rag"
sh broken/demo.sh "$tool" "$work/bin/rag" demo >"$work/paths" 2>"$work/said"
is 'demo with samples that fail ends with 1' test $? -eq 1
has 'demo says which, and how' "^demo: the live sample 'rag' has failed with status 3; it said:" "$work/said"
has 'demo shows what it said' '^    out of handbooks$' "$work/said"
has 'demo says all of them' "^demo: the live sample 'ci' has failed" "$work/said"
has 'demo goes on with the others' '^demo/live-etl/report.html$' "$work/paths"
tap_done
