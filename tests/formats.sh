#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Logs of other systems: the own small examples of samples/formats, and real ones next door (../shared/data), which are
# skipped where they are not there.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

samples=samples/formats
data=../shared/data

# counts RUNS STEPS FILE [OPTION...]: what list says, summed up; and it says nothing else.
counts()
{
    name="$3: $1 runs, $2 steps"
    want="$1 $2"
    file=$3
    shift 3
    "$tool" list "$@" "$file" >"$work/list" 2>"$work/said"
    status=$?
    found=$(tail -n +2 "$work/list" | awk '{ runs++; steps += $(NF - 1) } END { print runs + 0, steps + 0 }')
    said=$(wc -c <"$work/said")
    echo "exit status $status, runs and steps: $found" >>"$work/said"
    if [ $status -eq 0 ] && [ "$found" = "$want" ] && [ "$said" -eq 0 ]; then ok "$name"; else not_ok "$name" "$work/said"; fi
}

# shared RUNS STEPS FILE [OPTION...]: the same of a file next door.
shared()
{
    if [ ! -e "$data/$3" ]; then
        skip "$3" '../shared is not there'
        return
    fi
    runs=$1
    steps=$2
    file=$data/$3
    shift 3
    counts "$runs" "$steps" "$file" "$@"
}

# --- burr ---
# The attempts of an application that was resumed are runs. With --tz nothing is assumed.
counts 3 17 $samples/burr/order-desk
counts 2 14 $samples/burr/order-desk/order-1007
counts 1 3 $samples/burr/order-desk/supplier-1007/log.jsonl --tz Europe/Berlin
shared 1 38 burr/demo_data/demo_chatbot/chat-1-giraffe/log.jsonl
shared 1 30 burr/demo_data/demo_chatbot/chat-2-geography/log.jsonl
shared 1 30 burr/demo_data/demo_chatbot/chat-3-physics/log.jsonl
shared 1 23 burr/demo_data/demo_chatbot/chat-4-philosophy/log.jsonl
shared 1 30 burr/demo_data/demo_chatbot/chat-5-jokes/log.jsonl
shared 1 5 burr/demo_data/demo_chatbot/chat-6-demonstrate-errors/log.jsonl
shared 1 2 burr/demo_data/demo_counter/count-to-1/log.jsonl
shared 1 11 burr/demo_data/demo_counter/count-to-10/log.jsonl
shared 1 101 burr/demo_data/demo_counter/count-to-100/log.jsonl
shared 1 43 burr/demo_data/demo_counter/count-to-42/log.jsonl
shared 1 51 burr/demo_data/demo_counter/count-to-50/log.jsonl
shared 2 23 burr/generated/spans_and_errors/failing-run/log.jsonl
shared 1 24 burr/generated/spans_and_errors/ok-run/log.jsonl
shared 1 6 burr/generated/streams/streaming-1/log.jsonl
shared 1 1 burr/generated/streams/streaming-abandoned/log.jsonl
shared 6 156 burr/demo_data/demo_chatbot
shared 3 47 burr/generated/spans_and_errors
shared 1 3 hostile/15c-burr-span-parent-cycle.jsonl

# --- stage-tracker ---
counts 2 6 $samples/stage-tracker.json
shared 1 2 stage-tracker/documented-shape.single-run.json
shared 3 6 stage-tracker/pipeline_history.first3.json

# --- span-tree ---
counts 3 11 $samples/span-tree.ndjson
shared 1 3 span-tree/running-snapshot.json
shared 8 19 span-tree/traces.part1.ndjson

# --- otlp ---
counts 1 9 "$samples/otlp.jsonl"
shared 1 16 otlp/gha-export.success-trace.otlp
shared 1 6 otlp/gha-export.testsuite-trace.otlp
shared 1 1 otlp/jaeger-ui.otlp2jaeger-in-error.json -q
shared 1 2 otlp/jaeger-ui.otlp2jaeger-in.json -q
shared 1 4 otlp/jaeger-ui.otlp2jaeger-multi-in-combined.json
shared 1 4 otlp/jaeger-ui.otlp2jaeger-multi-in.ndjson
shared 2 9 otlp/js-sdk.batch.ndjson
shared 2 9 otlp/js-sdk.simple-one-span-per-line.ndjson
shared 1 1 otlp/proto-example.trace.json -q

# --- jaeger ---
counts 1 7 "$samples/jaeger.json"
shared 1 2 jaeger/ui.otlp2jaeger-out.json -q
shared 1 8 jaeger/ui.spanLongerAsParent.json
shared 1 4 jaeger/ui.traceWithOverlappingChildrenLongerThanParent.json
shared 1 11 jaeger/ui.tracegraph-testTrace.json
shared 1 5 jaeger/ui_01.json

# --- zipkin ---
counts 1 7 "$samples/zipkin.json"
shared 2 9 zipkin/js-sdk.zipkin-v2.ndjson
shared 1 8 zipkin/lens.ascend.json
shared 1 11 zipkin/lens.messaging2.json
shared 1 5 zipkin/lens.simple-db-p6.json
shared 1 4 zipkin/lens.skew.json

# --- chrome ---
counts 1 9 "$samples/chrome.json"
shared 1 168 chrome-trace/clang.ftime-trace-c.json
shared 1 96 chrome-trace/node.trace-events.json # 12 X, 81 B and 3 b
shared 5 5 chrome-trace/perfetto.flow_events_json_v1.json
shared 1 2 chrome-trace/viztracer.fib.json
shared 1 25 chrome-trace/viztracer.function_args_return.json

# Every file has its own processes.
mkdir -p "$work/a" "$work/b"
cp "$samples/chrome.json" "$work/a" && cp "$samples/chrome.json" "$work/b"
counts 2 18 "$work/a" "$work/b"

# --- nextflow ---
counts 1 9 $samples/nextflow-trace.txt
shared 1 1 nextflow/tuto-0070_customshell.trace.tsv
shared 1 5 nextflow/wfcommons.deepvariant_trace.txt
shared 1 6 nextflow/wfcommons.execution_trace.txt
shared 1 2 nextflow/wfcommons.execution_trace.txt.1
shared 1 29 nextflow/wfcommons.execution_trace.txt.3

# --- ninja ---
counts 2 10 $samples/ninja.ninja_log
shared 1 7 ninja/first-build.ninja_log

# --- github-actions ---
counts 1 11 "$samples/github-actions.json"
shared 1 0 github-actions/actions-timeline.workflow.json # the run alone, without its jobs

# --- directories ---
# takes RUNS STEPS FILE NAME...: a directory that holds the file alone, under each name in turn.
takes()
{
    want="$1 runs, $2 steps"
    file=$3
    shift 3
    for called; do
        rm -rf "$work/held" && mkdir "$work/held"
        case $called in
        *.gz) gzip -c "$file" >"$work/held/$called" ;;
        *) cp "$file" "$work/held/$called" ;;
        esac
        "$tool" list "$work/held" >"$work/list" 2>"$work/said"
        found=$(tail -n +2 "$work/list" | awk '{ runs++; steps += $(NF - 1) } END { print runs + 0 " runs, " steps + 0 " steps" }')
        if [ "$found" = "$want" ]; then ok "a directory with $called: $want"; else not_ok "a directory with $called: $want" "$work/said"; fi
    done
}
takes 1 9 $samples/otlp.jsonl a.otlp a.otlp.gz a.jsonl a.jsonl.gz a.jsonl.1
takes 2 10 $samples/ninja.ninja_log .ninja_log .ninja_log.gz build.ninja_log
takes 1 9 $samples/nextflow-trace.txt trace.txt trace.txt.1 trace.txt.gz execution_trace.txt execution_trace_2026-11-22.txt a.tsv a.tsv.gz
takes 1 9 $samples/chrome.json a.json a.json.gz a.trace a.trace.gz
mkdir "$work/held/below" && cp $samples/*.* "$work/held" && cp $samples/*.* "$work/held/below" && : >"$work/held/notes.txt" &&
    mv "$work/held/a.trace.gz" "$work/held/notes.gz" && mkdir "$work/held/z.json"
counts 13 79 "$work/held"
rm -rf "$work/held" && mkdir "$work/held" && cp $samples/chrome.json "$work/held/backtrace.txt"
if "$tool" list "$work/held" >"$work/list" 2>"$work/said"; then not_ok 'no name of a log' "$work/list"; else ok 'no name of a log'; fi
if grep -q 'it should hold \*\.ndjson\*, .*folders of Burr, .*\*\.otlp.* also with \.gz' "$work/said"; then ok 'what it should hold'; else not_ok 'what it should hold' "$work/said"; fi

tap_done
