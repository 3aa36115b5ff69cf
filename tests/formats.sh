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

# --- span-tree ---

# --- otlp ---

# --- jaeger ---

# --- zipkin ---

# --- chrome ---

# --- nextflow ---

# --- ninja ---

# --- github-actions ---

tap_done
