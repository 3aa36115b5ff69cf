#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A log, exported and read again, is the same run: names, nesting, times to the microsecond, status, records, links and
# what else roundtrip.mjs compares.
#
# To add a row:
#
#     trip SHAPE FILE [--without FIELD,FIELD…]
#
# SHAPE is what export --to writes and what is read again; FILE stands in the project or next door (then it is skipped
# where it is not there). --without names what the shape cannot hold; "run" are the name and the status of the run.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

data=../shared/data

if ! command -v node >/dev/null 2>&1; then
    skip 'round trips' 'node is not there'
    tap_done
fi

# trip SHAPE FILE [OPTION...]
trip()
{
    name="$2 to $1"
    if [ ! -e "$2" ]; then
        skip "$name" 'not there'
        return
    fi
    shape=$1
    file=$2
    shift 2
    if "$tool" --json "$work/before.json" "$file" >"$work/said" 2>&1 &&
        "$tool" export --to "$shape" -o "$work/log" "$file" >"$work/said" 2>&1 &&
        "$tool" --json "$work/after.json" "$work/log" >"$work/said" 2>&1 &&
        node tests/roundtrip.mjs "$work/before.json" "$work/after.json" "$@" >"$work/said" 2>&1
    then
        ok "$name"
    else
        not_ok "$name" "$work/said"
    fi
}

# --- otlp ---
for file in samples/*.ndjson samples/formats/*.* "$data"/otlp/*.* "$data"/jaeger/*.json "$data"/zipkin/*.* \
    "$data"/pipelens-ts/*.ndjson "$data"/pipelens-py/*.ndjson "$data"/burr/*/*/log.jsonl "$data"/burr/*/*/*/log.jsonl \
    "$data"/span-tree/*.* "$data"/stage-tracker/*.json "$data"/nextflow/*.* samples/formats/burr/order-desk \
    "$data"/chrome-trace/*.json; do
    case $file in
    *'*'*) continue ;;
    esac
    trip otlp "$file"
done

# A link of a second attempt goes to the trace of that attempt: nobody but us would find it by pipelens.runId.
span()
{
    printf '{"traceId":"%s","spanId":"%s","parentSpanId":"%s","name":"%s","startTimeUnixNano":"%s000000000",' \
        "$1" "$2" "$3" "$4" "$5"
    printf '"endTimeUnixNano":"9000000000","attributes":[{"key":"pipelens.key","value":{"stringValue":"p"}},'
    printf '{"key":"pipelens.runId","value":{"stringValue":"r"}}%s],"links":[%s]}' "$6" "$7"
}
run=',{"key":"pipelens.run","value":{"stringValue":"{}"}}'
link='{"traceId":"a2","spanId":"c2","attributes":[{"key":"pipelens.runId","value":{"stringValue":"r"}}]}'
{
    printf '{"resourceSpans":[{"scopeSpans":[{"spans":['
    span a1 b1 '' p 1 "$run" ''
    printf ','
    span a2 c1 '' p 4 "$run" ''
    printf ','
    span a2 c2 c1 p.a 5 '' ''
    printf ','
    span a2 c3 c1 p.b 6 '' "$link"
    printf ']}]}]}\n'
} >"$work/attempts.otlp"
"$tool" export --to otlp "$work/attempts.otlp" >"$work/again.otlp" 2>"$work/said"
if node -e '
    const spans = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n")
        .flatMap(line => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans);
    const link = spans.flatMap(span => span.links ?? [])[0];
    const target = spans.find(span => span.traceId === link.traceId && span.spanId === link.spanId);
    console.log(link, target?.name);
    process.exit(spans.length === 4 && target?.name === "p.a" ? 0 : 1);
' "$work/again.otlp" >>"$work/said" 2>&1
then ok 'otlp: a link of a second attempt'; else not_ok 'otlp: a link of a second attempt' "$work/said"; fi

# --- chrome ---
for file in samples/*.ndjson samples/formats/*.json samples/formats/*.ndjson samples/formats/*.jsonl \
    "$data"/chrome-trace/*.json "$data"/otlp/*.* "$data"/pipelens-ts/*.ndjson "$data"/pipelens-py/*.ndjson \
    samples/formats/burr/order-desk "$data"/burr/*/*/log.jsonl "$data"/burr/*/*/*/log.jsonl; do
    case $file in
    *'*'*) continue ;;
    esac
    trip chrome "$file"
done

# --- ndjson ---
for file in samples/formats/stage-tracker.json samples/formats/span-tree.ndjson samples/formats/nextflow-trace.txt \
    samples/formats/ninja.ninja_log "$data"/stage-tracker/*.json "$data"/span-tree/*.*json "$data"/nextflow/*.t* \
    "$data"/ninja/*.ninja_log; do
    case $file in
    *'*'*) continue ;;
    esac
    trip ndjson "$file"
done

# --- stage-tracker --- (its stages are flat, and have neither messages nor links)
trip stage-tracker samples/formats/stage-tracker.json
trip stage-tracker "$data/stage-tracker/documented-shape.single-run.json"
trip stage-tracker "$data/stage-tracker/pipeline_history.first3.json"
trip stage-tracker samples/formats/nextflow-trace.txt --without name,kind # the second attempt is "ALIGN (oat_1) (2)"
for file in samples/formats/ninja.ninja_log "$data"/nextflow/*.t* "$data"/ninja/*.ninja_log; do
    case $file in
    *'*'*) continue ;;
    esac
    trip stage-tracker "$file" --without kind,links
done
# What the library says besides is there once, as it was said: a duration, an end, data without a member, own members.
cat >"$work/declared.json" <<'END'
{"run_id":"r","name":"n","start_time":"2026-01-01T04:30:00.123456+00:00","args":{},"stages":{"A":{\
"start_time":"2026-01-01T04:30:00.600001+00:00","duration_sec":0.0048,"data":{},"error":null,\
"end_time":"2026-01-01T04:30:01.000+00:00"},"B":{"start_time":"2026-01-01T04:30:02.000+00:00","duration_sec":NaN,\
"data":null,"error":"e","end_time":"2026-01-01T04:30:03.000+00:00","owner":7}},\
"completed_at":"2026-01-01T04:30:05.000001+00:00","total_duration_sec":4.8765,"place":1}
END
sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' "$work/declared.json" >"$work/declared.one.json"
"$tool" export --to stage-tracker -o "$work/declared.again.json" "$work/declared.one.json" >"$work/said" 2>&1
if cmp "$work/declared.one.json" "$work/declared.again.json" >>"$work/said" 2>&1; then
    ok 'what stage-tracker declares to stage-tracker'
else
    not_ok 'what stage-tracker declares to stage-tracker' "$work/said"
fi
# A field that bears the name of a member with something to say stands beside it.
cat >"$work/beside.ndjson" <<'END'
{"type":"pipeline","operation":"start","meta":{"name":"p","key":"p","runId":"r","time":{"startTs":1}}}
{"type":"step","operation":"finish","runId":"r","step":{"name":"s","key":"p.s","time":{"startTs":1,"endTs":2},"records":{"a":1},"data":"x","data_":"y","end_time":"z"}}
{"type":"pipeline","operation":"finish","meta":{"name":"p","key":"p","runId":"r","time":{"startTs":1,"endTs":3}}}
END
if "$tool" export --to stage-tracker -o - "$work/beside.ndjson" 2>"$work/said" | tee -a "$work/said" |
    grep -q '"data":{"a":1},.*"end_time":"1970.*"data__":"x","data_":"y","end_time_":"z"}'
then
    ok 'fields of the same name stand beside the members of stage-tracker'
else
    not_ok 'fields of the same name stand beside the members of stage-tracker' "$work/said"
fi

tap_done
