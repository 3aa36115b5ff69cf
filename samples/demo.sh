#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `demo.sh PROGRAM RAG-PIPELINE DIRECTORY`: runs the live samples, and reports on the logs that they have written, on
# those beside this file and on a Burr application with its state machine, each into a directory of its own. Prints the
# paths. A sample that fails is said, the others are shown all the same.
set -u
program=$(cd "$(dirname "$1")" && pwd)/${1##*/}
rag_pipeline=$2
out=$3
samples=$(dirname "$0")
status=0
# A run that this script may itself be a step of is not that of the samples.
unset PIPELENS_LOG PIPELENS_RUN PIPELENS_STEP PIPELENS_KEY TRACEPARENT
PIPELENS_REPORT=$program
export PIPELENS_REPORT

# live NAME COMMAND...: the command with a log as its last word, and the report on that.
live()
{
    place=$out/live-$1
    name=$1
    shift
    rm -rf "$place"
    mkdir -p "$place"
    "$@" "$place/run.ndjson" >"$place/said.txt" 2>&1 || {
        echo "demo: the live sample '$name' has failed with status $?; it said:" >&2
        sed 's/^/    /' "$place/said.txt" >&2
        status=1
    }
    [ ! -f "$place/run.ndjson" ] || echo "$place/run.ndjson"
    "$program" -o "$place" "$place/run.ndjson" || status=1
}

live rag "$rag_pipeline"
live etl sh "$samples/etl_pipeline.sh"
live ci sh "$samples/ci.sh"
for log in "$samples"/*.ndjson; do
    name=${log##*/}
    "$program" -o "$out/${name%.ndjson}" "$log" || status=1
done
"$program" -o "$out/order-desk" --graph-style states "$samples/formats/burr/order-desk" || status=1
exit $status
