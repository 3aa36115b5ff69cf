#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The transports for PipeLens applications in samples/: the logs they write are what PipeLens writes, line for line, and
# whole whatever happens. Where the real data of PipeLens is (../shared/data), the same lines go in and out again.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
data=$root/../shared/data
here=$root/tests/transports

# log CASE [ARGUMENT...]: the case of the language's feed program, into the file `log`.
log()
{
    case=$1
    shift
    $feed "$case" "$work/log" "$@" >"$work/printed" 2>"$work/said"
}

new_log()
{
    rm -f "$work/log"
    log "$@"
}

# whole NAME LINES STEPS: the log has so many lines, nothing was lost, and check finds so many steps and no problem.
whole()
{
    "$tool" check "$work/log" >"$work/checked" 2>&1
    { echo "lost: $(cat "$work/printed")"; wc -l "$work/log"; cat "$work/said" "$work/checked"; } >"$work/all"
    if [ "$(wc -l <"$work/log")" -eq "$2" ] && [ "$(cat "$work/printed")" = 0 ] && [ ! -s "$work/said" ] &&
        grep -qx "1 run, $3 steps: no problem" "$work/checked"; then ok "$1"; else not_ok "$1" "$work/all"; fi
}

# unchanged NAME FILE: every event of another log goes through the transport and comes out as it was.
unchanged()
{
    new_log same "$2"
    cat "$work/said" >"$work/all"
    cmp "$2" "$work/log" >>"$work/all" 2>&1
    if [ -s "$work/all" ]; then not_ok "$1" "$work/all"; else ok "$1"; fi
}

common_cases()
{
    new_log odd
    whole "$language: what JSON cannot hold costs no event" 4 6
    "$tool" export --to flat "$work/log" >"$work/flat" 2>&1
    is "$language: nor the records beside it" test "$(grep -o '"number":7' "$work/flat" | wc -l)" -eq 2
    is "$language: a cycle is told as text" test "$(grep -oE '"cycle":"[^"]*loop' "$work/flat" | wc -l)" -eq 2

    new_log killed
    is "$language: a line is in the file when the call returns" \
        test "$(wc -l <"$work/log")" -eq 3 -a ! -s "$work/printed"
    new_log short
    whole "$language: a system that takes a few bytes at a time gets whole lines" 3 4
    new_log full
    is "$language: no room in the middle of a line: one event is lost and one message said" \
        test "$(cat "$work/printed")" = 1 -a "$(grep -c 'is lost' "$work/said")" -eq 1
    "$tool" check "$work/log" >"$work/checked" 2>&1
    is "$language: the event after it stands on a line of its own" \
        test "$(wc -l <"$work/log")" -eq 3 -a "$(tail -n 1 "$work/checked")" = '1 run, 3 steps: 1 problem'
    if [ -w /dev/full ]; then
        $feed plain /dev/full 3 >"$work/printed" 2>"$work/said"
        is "$language: no room at all: the program goes on" test $? -eq 0 -a "$(cat "$work/printed")" = 3
        is "$language: and hears of it once" test "$(grep -c 'is lost' "$work/said")" -eq 1
    else
        skip "$language: no room at all: the program goes on" 'there is no /dev/full'
    fi

    printf '{"type":"step","oper' >"$work/log"
    log plain 2
    head -n 1 "$work/log" >"$work/first"
    echo '{"type":"step","oper' >"$work/expected"
    same "$language: a torn last line gets its end first" "$work/expected" "$work/first"
    is "$language: once" test "$(wc -l <"$work/log")" -eq 3
    log plain 2
    is "$language: a log that ends well goes on without an empty line" test "$(grep -c '^{' "$work/log")" -eq 5 -a \
        "$(wc -l <"$work/log")" -eq 5

    # A process that opens the log while another writes may see half a line; then there is an empty one.
    rm -f "$work/log"
    for process in 1 2 3 4; do
        $feed plain "$work/log" 100 20000 >"$work/printed.$process" 2>&1 &
    done
    wait
    awk 'length($0) { print (length($0) > 20000 && /}$/) }' "$work/log" | sort | uniq -c | tr -s ' ' >"$work/lengths"
    echo ' 400 1' >"$work/expected"
    same "$language: the lines of four processes do not mix" "$work/expected" "$work/lengths"
    cat "$work"/printed.* >"$work/printed"
    is "$language: and none was lost" test "$(tr -d '\n' <"$work/printed")" = 0000

    $feed plain "$work/nowhere/log" >"$work/printed" 2>"$work/said"
    is "$language: a log that cannot be opened is told at once" grep -q 'nowhere' "$work/said"
}

# --- TypeScript ---

typescript()
{
    language=TypeScript
    if ! command -v node >/dev/null 2>&1; then
        skip 'TypeScript: the transport' 'there is no node'
        return
    fi
    mkdir -p "$work/js/node_modules/pipelens"
    cp "$here/feed.mjs" "$work/js"
    cp "$here/stand-in/pipelens.mjs" "$work/js/node_modules/pipelens/index.mjs"
    echo '{"name":"pipelens","exports":"./index.mjs"}' >"$work/js/node_modules/pipelens/package.json"
    is 'TypeScript: its types can be taken out' \
        node "$here/strip.mjs" samples/pipelens-typescript/file-transport.ts "$work/js/file-transport.mjs"
    feed="node $work/js/feed.mjs"
    common_cases
    new_log odd
    is 'TypeScript: a BigInt as a string of its digits' \
        grep -q '"big":{"id":"1180591620717411303424","list":\["1"\]}' "$work/log"
    for sample in rag-agent many-runs; do
        unchanged "TypeScript: the events of samples/$sample.ndjson" "samples/$sample.ndjson"
    done
    for source in a-example b-readme-decorators c-llm e-failing f-caught g-crash-exit http-a-example i-finish-only \
        j-interleaved proof-file; do
        if [ -f "$data/pipelens-ts/$source.ndjson" ]; then
            unchanged "TypeScript: the events of PipeLens's $source" "$data/pipelens-ts/$source.ndjson"
        else
            skip "TypeScript: the events of PipeLens's $source" 'the shared data is not here'
        fi
    done
    for sample in rag-agent:30 many-runs:47; do
        name=${sample%:*}
        node "$here/strip.mjs" "samples/pipelens-typescript/$name.ts" "$work/js/$name.mjs" 2>/dev/null
        if [ $? -eq 3 ]; then
            skip "TypeScript: $name.ts runs" 'nothing here takes types out of TypeScript (Node.js 22.13 does)'
            continue
        fi
        rm -f "$work/log"
        is "TypeScript: $name.ts runs" node "$work/js/$name.mjs" "$work/log"
        is "TypeScript: $name.ts leaves all its steps" sh -c \
            "'$tool' check '$work/log' | grep -q ' ${sample#*:} steps: no problem'"
    done
}

# --- Python ---

python()
{
    language=Python
    if ! command -v python3 >/dev/null 2>&1; then
        skip 'Python: the transport' 'there is no python3'
        return
    fi
    PYTHONPATH=$root/samples/pipelens-python:$here/stand-in
    PYTHONDONTWRITEBYTECODE=1
    PYDANTIC=no # whose import takes longer than most cases; both ways below
    export PYTHONPATH PYTHONDONTWRITEBYTECODE PYDANTIC
    feed="python3 $here/feed.py"
    common_cases
    new_log odd
    is 'Python: numbers that JSON has not, as PipeLens writes them' \
        grep -q '"nan": NaN, "inf": -Infinity, "big": 1180591620717411303424, "lone": "\\ud800"' "$work/log"
    is 'Python: a date as text' grep -q '"date": "2026-05-18"' "$work/log"
    new_log threads
    whole 'Python: 8 threads, and lines that are written in two pieces' 800 801
    new_log forked
    whole 'Python: 8 threads and a child process' 900 901

    cat >"$work/python.ndjson" <<'END'
{"type": "pipeline", "operation": "start", "meta": {"name": "p", "key": "p", "time": {"startTs": 1, "endTs": null, "timeUsageMs": null}, "records": {}, "result": null, "error": null, "logVersion": 1, "runId": "r", "steps": [{"name": "p", "key": "p", "time": {"startTs": 1, "endTs": null, "timeUsageMs": null}, "records": {"\u00e9": [1.5, NaN]}, "result": null, "error": null}]}}
{"type": "step", "operation": "start", "runId": "r", "step": {"name": "p", "key": "p", "time": {"startTs": 1, "endTs": null, "timeUsageMs": null}, "records": {}, "result": null, "error": null}}
{"type": "step", "operation": "finish", "runId": "r", "step": {"name": "p", "key": "p", "time": {"startTs": 1, "endTs": 3, "timeUsageMs": 2}, "records": {}, "result": {"a": []}, "error": "no"}}
{"type": "pipeline", "operation": "finish", "meta": {"name": "p", "key": "p", "time": {"startTs": 1, "endTs": 3, "timeUsageMs": 2}, "records": {}, "result": {"a": []}, "error": "no", "logVersion": 1, "runId": "r", "steps": []}, "status": "failed"}
END
    for PYDANTIC in no yes; do
        models='models of pydantic, if it is there'
        [ $PYDANTIC = yes ] || models='plain models'
        unchanged "Python, $models: the four events" "$work/python.ndjson"
        new_log odd
        whole "Python, $models: what JSON cannot hold costs no event" 4 6
        for source in a-example b-readme-decorators c-llm e-failing g-crash-exit http-a-example i-finish-only; do
            if [ -f "$data/pipelens-py/$source.ndjson" ]; then
                unchanged "Python, $models: the events of PipeLens's $source" "$data/pipelens-py/$source.ndjson"
            else
                skip "Python, $models: the events of PipeLens's $source" 'the shared data is not here'
            fi
        done
    done

    example=samples/pipelens-python/nightly_report.py
    rm -f "$work/log"
    is 'Python: nightly_report.py runs' python3 "$example" "$work/log"
    echo 0 >"$work/printed"
    : >"$work/said"
    whole 'Python: nightly_report.py leaves all its steps' 18 8
    "$tool" list "$work/log" >"$work/listed"
    is 'Python: and the end of its run' grep -q ' completed ' "$work/listed"
    # sys.exit() leaves the event loop at once: what waits there is dropped, but for flush_and_stop.
    sed 's/await transport.flush_and_stop()/&; sys.exit(7)/' "$example" >"$work/leaving.py"
    rm -f "$work/log"
    python3 "$work/leaving.py" "$work/log" >"$work/said" 2>&1
    is 'Python: a program that leaves at once ends as it wants to' test $? -eq 7 -a ! -s "$work/said"
    "$tool" list "$work/log" >"$work/listed"
    is 'Python: and its log has the end of the run' grep -q ' completed ' "$work/listed"
    # The mail's error is not caught any more: the run fails, and its last lines are there all the same.
    sed 's/except TimeoutError/except KeyError/' "$example" >"$work/failing.py"
    rm -f "$work/log"
    python3 "$work/failing.py" "$work/log" >"$work/said" 2>&1
    is 'Python: a run that fails ends with its error' grep -q '^TimeoutError: mail.example' "$work/said"
    "$tool" list "$work/log" >"$work/listed"
    is 'Python: and its log has the end of the run, too' grep -q ' failed ' "$work/listed"
}

typescript
python
tap_done
