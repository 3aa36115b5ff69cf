#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Broken logs, broken places, broken streams: the right exit status, one-line messages with their place, nothing left
# behind, nothing written where it was not asked for, and an end in time.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

SECONDS_MAX=${SECONDS_MAX:-120} # on a machine that is busy with other things
CPU_SECONDS_MAX=
sandbox=$work/sandbox
logs=$work/logs
mkdir -p "$sandbox" "$logs" "$work/tmp"
cd "$sandbox" || exit 1
TMPDIR=$work/tmp
export TMPDIR

# run_step RUN NAME PARENT-KEY START END: the two lines of a step.
run_step()
{
    printf '{"type":"step","operation":"start","runId":"%s","step":{"name":"%s","key":"%s.%s","time":{"startTs":%s},"records":{}}}\n' \
        "$1" "$2" "$3" "$2" "$4"
    printf '{"type":"step","operation":"finish","runId":"%s","step":{"name":"%s","key":"%s.%s","time":{"startTs":%s,"endTs":%s,"timeUsageMs":%s},"records":{"n":1}}}\n' \
        "$1" "$2" "$3" "$2" "$4" "$5" $(($5 - $4))
}
run_start()
{
    printf '{"type":"pipeline","operation":"start","meta":{"name":"p","key":"p","time":{"startTs":1000},"records":{},"logVersion":1,"runId":"%s","steps":[]}}\n' "$1"
}
run_finish()
{
    printf '{"type":"pipeline","operation":"finish","meta":{"name":"p","key":"p","time":{"startTs":1000,"endTs":9000,"timeUsageMs":8000},"records":{},"logVersion":1,"runId":"%s","steps":[]},"status":"completed"}\n' "$1"
}
# A good log of one run: four lines of steps between the pipeline's two.
good()
{
    run_start "${1:-r1}"
    run_step "${1:-r1}" one p 1000 3000
    run_step "${1:-r1}" two p 3000 8000
    run_finish "${1:-r1}"
}
good >"$logs/good.ndjson"

# Runs the tool in the sandbox within the time limit; sets $status, leaves stdout and stderr in $work.
if command -v timeout >/dev/null 2>&1; then
    limited() { timeout -k 5 "$SECONDS_MAX" "$@"; }
else
    limited() { "$@"; }
fi
tool_run()
{
    case " $* " in *' check '*) checking=yes ;; *) checking=no ;; esac
    (
        # shellcheck disable=SC3045 # dash and bash have it
        [ -z "$CPU_SECONDS_MAX" ] || ulimit -t "$CPU_SECONDS_MAX"
        limited "$tool" "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
    )
    status=$?
}

# What every run must keep to, said on stdout when it is not: messages are single lines of ours without control
# characters, at most a dozen (check tells all); no output has another name than the known ones; nothing is written elsewhere.
rules_broken()
{
    [ "$status" -lt 124 ] || echo "it ended with status $status (a crash, or no end in time)"
    grep -v '^pipelens-report: ' "$work/stderr" | head -n 20 | sed 's/^/not one of our messages: /'
    [ "$checking" = yes ] || [ "$(wc -l <"$work/stderr")" -le 12 ] || echo "$(wc -l <"$work/stderr") lines of messages"
    LC_ALL=C tr -d '\n\t -\377' <"$work/stderr" | grep -q . && echo 'control characters in the messages'
    find "$sandbox" "$work/tmp" -mindepth 1 | grep -v "^$sandbox/out\(/\|\$\)" | sed 's/^/written outside of -o: /'
    [ ! -d "$sandbox/out" ] || find "$sandbox/out" ! -type d |
        grep -vE '/(report\.html|gantt\.png|graph\.png|summary\.md|index\.html|trend\.png|x\.[a-z]+)$' | sed 's/^/left behind: /'
}

# adverse NAME STATUS PATTERN ARGUMENTS...: STATUS may be a choice 0|3. PATTERN (of grep -E) must be in the messages;
# "silent" means there may be none, "any" that all is well (for files whose content is not ours).
adverse()
{
    name=$1 expected=$2 pattern=$3
    shift 3
    rm -rf "$sandbox/out"
    tool_run "$@"
    {
        rules_broken
        case "|$expected|" in
        *"|$status|"*) ;;
        *) echo "exit status $status instead of $expected" ;;
        esac
        case $pattern in
        any) ;;
        silent) [ ! -s "$work/stderr" ] || echo 'it was to be silent' ;;
        *) grep -qE -- "$pattern" "$work/stderr" || echo "no message matches: $pattern" ;;
        esac
    } >"$work/why"
    if [ -s "$work/why" ]; then
        { cat "$work/why"; echo "arguments: $*"; echo 'messages:'; head -n 30 "$work/stderr"; } >"$work/explained"
        not_ok "$name" "$work/explained"
    else
        ok "$name"
    fi
    rm -rf "$sandbox/out" "$sandbox/x.html"
}

# renders NAME STATUS PATTERN LOG...: all four outputs.
renders()
{
    name=$1 expected=$2 pattern=$3
    shift 3
    adverse "$name" "$expected" "$pattern" -o out "$@"
}

# steps NAME COUNT LOG: the tree must have so many steps.
steps()
{
    tool_run --csv - "$3"
    # A record may hold line breaks; the run id opens each row here.
    count=$(grep -c '^r[0-9a-z-]*,' "$work/stdout")
    is "$1" test "$count" -eq "$2"
}

# holds NAME WHAT LOG: what check counts, such as "1 run, 3 steps: no problem".
holds()
{
    tool_run check "$3"
    { head -n 1 "$work/stdout"; head -n 5 "$work/stderr"; } >"$work/why"
    if [ "$(head -n 1 "$work/stdout")" = "$2" ]; then ok "$1"; else not_ok "$1: not $2" "$work/why"; fi
}

# keeps NAME LOG: the two steps of a good log are there with their times and statuses.
keeps()
{
    tool_run --csv - "$2"
    { echo one,ok,1000,3000,2000; echo two,ok,3000,8000,5000; } >"$work/expected"
    awk -F, '$1 == "r1" && ($6 == "p.one" || $6 == "p.two") { print $7 "," $8 "," $10 "," $11 "," $12 }' \
        "$work/stdout" >"$work/kept"
    same "$1" "$work/expected" "$work/kept"
}

# in_time SECONDS COMMAND...: a test in which the tool may take so many seconds of a processor (more under a sanitizer).
in_time()
{
    CPU_SECONDS_MAX=$1
    shift
    [ -z "${SAN:-}" ] || CPU_SECONDS_MAX=$((CPU_SECONDS_MAX * 10))
    "$@"
    CPU_SECONDS_MAX=
}

# --- damaged text ---

renders 'a good log' 0 silent "$logs/good.ndjson"

head -c $(($(wc -c <"$logs/good.ndjson") - 40)) "$logs/good.ndjson" >"$logs/cut.ndjson"
renders 'the last line is cut off' 0 'cut\.ndjson:6:[0-9]+: ' "$logs/cut.ndjson"
steps 'the lines before a torn one count' 3 "$logs/cut.ndjson"

{ head -n 3 "$logs/good.ndjson"; printf '{"type":"step","operation":"finish","runId":"r1","step":{"name":"tw\\u00'; } >"$logs/escape.ndjson"
renders 'the last line ends inside an escape' 0 'escape\.ndjson:4:[0-9]+: ' "$logs/escape.ndjson"

# a writer dies within its line, and another puts its own right behind
{ head -n 3 "$logs/good.ndjson"; sed -n 4p "$logs/good.ndjson" | head -c 75; tail -n +4 "$logs/good.ndjson"; } >"$logs/merged.ndjson"
renders 'a torn line with a whole one behind it' 0 'merged\.ndjson:4:[0-9]+: ' "$logs/merged.ndjson"
holds 'the torn one is told once' '1 run, 3 steps: 1 problem' "$logs/merged.ndjson"
keeps 'the whole one is read' "$logs/merged.ndjson"

{ printf '\000\000\000\000'; head -n 2 "$logs/good.ndjson"; printf '\000\n\000\000\n'; tail -n +3 "$logs/good.ndjson"; } >"$logs/nul.ndjson"
renders 'NUL bytes before and between lines' 0 'nul\.ndjson:1:1: zero bytes' "$logs/nul.ndjson"
holds 'each block of NUL bytes is told' '1 run, 3 steps: 3 problems' "$logs/nul.ndjson"
keeps 'NUL bytes cost no line' "$logs/nul.ndjson"
sed 's/"one"/"o\\u0000ne"/' "$logs/good.ndjson" >"$logs/nul-escape.ndjson"
renders 'an escaped NUL in a name' 0 silent "$logs/nul-escape.ndjson"

sed "s/\"one\"/\"o$(printf '\351\300\257\355\240\200\370\210\200\200\200\377')ne\"/" "$logs/good.ndjson" >"$logs/utf8.ndjson"
renders 'bad UTF-8 of every kind in a name' 0 silent "$logs/utf8.ndjson"
steps 'bad UTF-8 costs no step' 3 "$logs/utf8.ndjson"
tool_run --summary - "$logs/utf8.ndjson"
is 'bad UTF-8 is shown as U+FFFD' grep -q "$(printf '\357\277\275')" "$work/stdout"

sed 's/$/\r/' "$logs/good.ndjson" >"$logs/crlf.ndjson"
renders 'CRLF line ends' 0 silent "$logs/crlf.ndjson"
{ printf '\357\273\277'; cat "$logs/good.ndjson"; } >"$logs/bom.ndjson"
renders 'a byte order mark' 0 silent "$logs/bom.ndjson"
tr '\n' '\r' <"$logs/good.ndjson" >"$logs/cr.ndjson"
renders 'CR line ends only' 0 silent "$logs/cr.ndjson"
keeps 'CR line ends only: every line counts' "$logs/cr.ndjson"
{ echo; cat "$logs/good.ndjson"; printf '\n  \t \n\n'; } >"$logs/blank-between.ndjson"
renders 'blank lines between' 0 silent "$logs/blank-between.ndjson"
printf '%s' "$(cat "$logs/good.ndjson")" >"$logs/no-last-newline.ndjson"
renders 'no newline at the end' 0 silent "$logs/no-last-newline.ndjson"

: >"$logs/empty.ndjson"
renders 'an empty file' 3 'empty\.ndjson: ' "$logs/empty.ndjson"
printf '\n \n\t\n\r\n' >"$logs/blank.ndjson"
renders 'a blank file' 3 'blank\.ndjson: ' "$logs/blank.ndjson"
echo 'this is no log' >"$logs/text.ndjson"
renders 'a text that is no log' 3 'text\.ndjson:1:1: ' "$logs/text.ndjson"
# The same noise in every run, so that a failure can be looked at again.
LC_ALL=C awk 'BEGIN {
    for (x = 1; n < 100000; n++) {
        x = x * 16807 % 2147483647
        printf "%c", 1 + int(x / 65536) % 255
    }
}' >"$logs/random.ndjson"
renders 'random bytes' 3 'random\.ndjson:1:1: ' "$logs/random.ndjson"

for nest in '{"a":' '['; do
    awk -v nest="$nest" 'BEGIN {
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"deep\",\"key\":\"p.deep\",\"time\":{\"startTs\":1,\"endTs\":2},\"records\":{\"deep\":"
        for (i = 0; i < 100000; i++) printf "%s", nest
        printf "1"
        for (i = 0; i < 100000; i++) printf "%s", nest == "[" ? "]" : "}"
        print "}}}"
    }' >"$logs/deep.ndjson"
    good >>"$logs/deep.ndjson"
    renders "100,000 levels of $nest in a record" 0 silent "$logs/deep.ndjson"
    holds "100,000 levels of $nest are one step's" '1 run, 4 steps: no problem' "$logs/deep.ndjson"
    keeps "100,000 levels of $nest cost no other step" "$logs/deep.ndjson"
done

awk 'BEGIN {
    printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"big\",\"key\":\"p.big\",\"time\":{\"startTs\":1,\"endTs\":2},\"records\":{\"big\":\""
    for (i = 0; i < 1000000; i++) printf "0123456789"
    print "\"}}}"
}' >"$logs/big.ndjson"
good >>"$logs/big.ndjson"
renders 'a line of 10 MB' 0 silent "$logs/big.ndjson"
holds 'a line of 10 MB counts' '1 run, 4 steps: no problem' "$logs/big.ndjson"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "0123456789" }' >"$logs/big-junk.ndjson"
renders 'a line of 10 MB that is no JSON' 3 'big-junk\.ndjson:1:' "$logs/big-junk.ndjson"
{ for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "junk $i"; done; cat "$logs/good.ndjson"; } >"$logs/fifteen.ndjson"
renders 'the eleventh bad line and later are counted, not shown' 0 '5 more' "$logs/fifteen.ndjson"
holds 'fifteen bad lines are fifteen problems' '1 run, 3 steps: 15 problems' "$logs/fifteen.ndjson"
tool_run check "$logs/fifteen.ndjson"
is 'check shows every bad line' test $status -eq 1 -a "$(wc -l <"$work/stderr")" -eq 15
tool_run check -q "$logs/fifteen.ndjson"
is 'check -q prints nothing and ends with 1' test $status -eq 1 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
awk '{ sub(/"endTs":3000/, "\"endTs\":500"); print }' "$logs/good.ndjson" >"$logs/backwards.ndjson"
tool_run check -q "$logs/backwards.ndjson"
is 'check -q: the same for a step that ends before it starts' test $status -eq 1 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
tool_run check -q "$logs/good.ndjson"
is 'check -q prints nothing about a good log and ends with 0' test $status -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
adverse '--strict: a bad line is fatal and nothing is written' 3 'strict' -o out --strict "$logs/fifteen.ndjson"
tool_run -o out --strict "$logs/fifteen.ndjson"
is '--strict wrote nothing' test ! -e out

# --- damaged meaning ---

{ head -n 2 "$logs/good.ndjson"; cat "$logs/good.ndjson"; } >"$logs/twice.ndjson"
renders 'the same starts twice' 0 silent "$logs/twice.ndjson"
steps 'the same starts twice are the same steps' 3 "$logs/twice.ndjson"
cat "$logs/good.ndjson" "$logs/good.ndjson" >"$logs/whole-twice.ndjson"
renders 'the whole file twice' 0 silent "$logs/whole-twice.ndjson"
holds 'the whole file twice is one run' '1 run, 3 steps: no problem' "$logs/whole-twice.ndjson"
keeps 'the whole file twice: each step once' "$logs/whole-twice.ndjson"
awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' "$logs/good.ndjson" >"$logs/reversed.ndjson"
renders 'all lines in reverse' 0 silent "$logs/reversed.ndjson"
steps 'all lines in reverse are the same steps' 3 "$logs/reversed.ndjson"
grep '"finish"' "$logs/good.ndjson" | grep '"step"' >"$logs/finishes.ndjson"
renders 'only finish lines of steps' 0 silent "$logs/finishes.ndjson"
holds 'only finish lines: the pipeline is made up' '1 run, 3 steps: no problem' "$logs/finishes.ndjson"
keeps 'only finish lines: the steps are whole' "$logs/finishes.ndjson"
{ good; echo '{"type":"weather","operation":"rain"}'; echo '{"type":"step","operation":"dance","runId":"r1","step":{}}'; echo '[]'; echo '42'; echo 'null'; } >"$logs/unknown.ndjson"
renders 'unknown types, operations and values' 0 'unknown\.ndjson:7:[0-9]+: ' "$logs/unknown.ndjson"
holds 'unknown lines make no step' '1 run, 3 steps: 4 problems' "$logs/unknown.ndjson"
{
    good
    for value in null true 42 '"x"' '[]' '{}' '[1,{"a":2}]'; do
        for field in name key time records result error id parentId status; do
            echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"w\",\"key\":\"p.w\",\"time\":{\"startTs\":2000,\"endTs\":2500},\"$field\":$value}}"
        done
        echo "{\"type\":\"step\",\"operation\":\"start\",\"runId\":$value,\"step\":$value}"
        echo "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":$value,\"status\":$value}"
        echo "{\"type\":$value,\"operation\":$value}"
    done
} >"$logs/types.ndjson"
renders 'every field with every type' 0 'types\.ndjson:8:[0-9]+: ' "$logs/types.ndjson"
keeps 'every field with every type: the good steps stay' "$logs/types.ndjson"
{
    run_start r1
    for ts in 1e400 -1e400 1e-400 99999999999999999999999999 -9223372036854775808 0.1 8640000000000001 NaN Infinity '"5"'; do
        echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"t\",\"key\":\"p.t\",\"time\":{\"startTs\":$ts,\"endTs\":$ts,\"timeUsageMs\":$ts}}}"
        echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"u\",\"key\":\"p.u\",\"time\":{\"startTs\":5000,\"endTs\":$ts}}}"
    done
} >"$logs/times.ndjson"
renders 'times beyond all bounds' 0 'times\.ndjson:2:[0-9]+: a time' "$logs/times.ndjson"
tool_run --csv - "$logs/times.ndjson"
is 'times beyond all bounds are shown as unknown' sh -c 'test "$(grep -c "^r1,p,[0-9]*,0,1,p\.[tu]," "$1")" -ge 2 &&
    ! grep -qiE ",-?(nan|inf)|,-?[0-9.]+e[+-]?[0-9]|[0-9]{16}" "$1"' sh "$work/stdout"
tool_run --json - "$logs/times.ndjson"
is 'and JSON has no such number' sh -c '! grep -qiE ":-?(nan|inf)|:-?[0-9.]+e[+-]?[0-9]|:-?[0-9]{16}" "$1"' sh "$work/stdout"
{
    run_start r1
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"a","parentId":"b","name":"a","key":"p.a","time":{"startTs":1}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"b","parentId":"a","name":"b","key":"p.b","time":{"startTs":2}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"c","parentId":"c","name":"c","key":"p.c","time":{"startTs":3}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"d","parentId":"nobody","name":"d","key":"p.d","time":{"startTs":4}}}'
} >"$logs/cycle.ndjson"
renders 'parents in a circle, their own, and of nobody' 0 silent "$logs/cycle.ndjson"
holds 'parents in a circle lose no step and are told' '1 run, 5 steps: 3 problems' "$logs/cycle.ndjson"
awk 'BEGIN {
    for (i = 0; i < 3000; i++) {
        key = key (i ? "." : "") "k"
        printf "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r1\",\"step\":{\"name\":\"k\",\"key\":\"%s\",\"time\":{\"startTs\":%d}}}\n", key, 1000 + i
    }
}' >"$logs/tower.ndjson"
renders 'a tree 3,000 levels deep' 0 silent "$logs/tower.ndjson"
holds 'a tree 3,000 levels deep has 3,000 steps' '1 run, 3000 steps: no problem' "$logs/tower.ndjson"
tool_run --csv - "$logs/tower.ndjson"
is 'and as many levels' test "$(cut -d, -f5 "$work/stdout" | sort -n | tail -n 1)" -eq 2999

# --- much of one thing: work must grow with the size, not with its square ---

# A build with sanitizers takes some twenty times as long for each message.
elements=1000000
[ -z "${SAN:-}" ] || elements=50000
awk -v count=$elements 'BEGIN { printf "["; for (i = 1; i < count; i++) printf "1,"; print "1]" }' >"$logs/million.ndjson"
in_time 10 \
    renders "$elements bad elements on a line" 3 "$((elements - 10)) more" "$logs/million.ndjson"
tool_run check "$logs/million.ndjson"
is 'each of them is told' test "$(wc -l <"$work/stderr")" -eq $((elements + 1))
is 'each of them with its column' grep -q "million\.ndjson:1:$((elements * 2)): " "$work/stderr"

awk 'BEGIN {
    printf "["
    for (i = 0; i < 16000; i++)
        printf "%s{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"s%d\",\"key\":\"p.s%d\",\"time\":{\"startTs\":\"soon\",\"endTs\":2000}}}", i ? "," : "", i, i
    print "]"
}' >"$logs/batch.ndjson"
in_time 10 \
    renders 'a batch of 2 MB on a line, every start bad' 0 '15990 more' "$logs/batch.ndjson"
holds 'each of its steps is there' '1 run, 16001 steps: 16000 problems' "$logs/batch.ndjson"

# many OPERATION COUNT MEMBERS: one step that says so many things; each # in MEMBERS is the number.
many()
{
    echo '{"type":"step","operation":"start","runId":"r1","step":{"name":"s","key":"p.s","time":{"startTs":1000}}}'
    awk -v operation="$1" -v count="$2" -v members="$3" 'BEGIN {
        parts = split(members, part, "#")
        for (i = 0; i < count; i++) {
            line = part[1]
            for (n = 2; n <= parts; n++) line = line i part[n]
            printf "{\"type\":\"step\",\"operation\":\"%s\",\"runId\":\"r1\",\"step\":{\"key\":\"p.s\"},%s,\"ts\":%d}\n", operation, line, 1000 + i
        }
    }'
}
many record 20000 '"recordKey":"k#","data":#' >"$logs/keys.ndjson"
in_time 10 renders '20,000 record keys in a step' 0 silent "$logs/keys.ndjson"
holds 'they are one step' '1 run, 2 steps: no problem' "$logs/keys.ndjson"
tool_run --json - "$logs/keys.ndjson"
is 'all of them are in the JSON' test "$(grep -oE '"k[0-9]+":[0-9]+' "$work/stdout" | sort -u | wc -l)" -eq 20000
# The same keys in the objects of the start and the finish line.
for operation in start finish; do
    awk -v operation=$operation 'BEGIN {
        printf "{\"type\":\"step\",\"operation\":\"%s\",\"runId\":\"r1\",\"step\":{\"name\":\"s\",\"key\":\"p.s\",\"time\":{\"startTs\":1000,\"endTs\":2000},\"records\":{", operation
        for (i = 0; i < 20000; i++) printf "%s\"k%d\":%d", i ? "," : "", i, i
        print "}}}"
    }'
done >"$logs/objects.ndjson"
in_time 10 renders '20,000 record keys, said twice' 0 silent "$logs/objects.ndjson"
tool_run --json - "$logs/objects.ndjson"
is 'each is there once' test "$(grep -oE '"k[0-9]+":[0-9]+' "$work/stdout" | sort | uniq -c | grep -c '^ *1 ')" -eq 20000
many log 200000 '"level":"info","message":"m#"' >"$logs/messages.ndjson"
in_time 15 renders '200,000 log messages of a step' 0 silent "$logs/messages.ndjson"
tool_run --json - "$logs/messages.ndjson"
is 'none of them is lost' test "$(grep -oE '"m[0-9]+"' "$work/stdout" | sort -u | wc -l)" -eq 200000
rm -f "$logs/messages.ndjson" "$logs/million.ndjson" "$work/stdout" "$work/stderr"

# A document whose writer sorts keys: the steps below a step stand before its time.
cat >"$logs/sorted.json" <<'EOT'
{"key":"p","logVersion":1,"name":"p","records":{},"runId":"r1","substeps":[{"key":"p.one","name":"one","records":{},
"substeps":[{"key":"p.one.in","name":"in","records":{},"substeps":[{"key":"p.one.in.most","name":"most","records":{},
"substeps":[],"time":{"endTs":2000,"startTs":1600,"timeUsageMs":400}}],"time":{"endTs":2500,"startTs":1500,
"timeUsageMs":1000}},{"key":"p.one.late","name":"late","records":{},"substeps":[],"time":{"endTs":2900,"startTs":2600,
"timeUsageMs":300}}],"time":{"endTs":3000,"startTs":1000,"timeUsageMs":2000}},{"key":"p.two","name":"two","records":{},
"substeps":[],"time":{"endTs":8000,"startTs":3000,"timeUsageMs":5000}}],
"time":{"endTs":9000,"startTs":1000,"timeUsageMs":8000}}
EOT
cat >"$work/expected" <<'EOT'
p,,1000,9000,8000
p.one,0,1000,3000,2000
p.one.in,1,1500,2500,1000
p.one.in.most,2,1600,2000,400
p.one.late,1,2600,2900,300
p.two,0,3000,8000,5000
EOT
renders 'a nested document with sorted keys' 0 silent "$logs/sorted.json"
tool_run --csv - "$logs/sorted.json"
tail -n +2 "$work/stdout" | cut -d, -f4,6,10-12 | sed 's/^\([^,]*\),\([^,]*\)/\2,\1/' >"$work/kept"
same 'sorted keys cost no step its time or its place' "$work/expected" "$work/kept"

# --- hostile names ---

printf '%s\n' 'x</script><script>alert(1)</script>' 'x<!--' "x\\\"'\`|@root #12 %25" 'x\u2028\u2029\u202e\u0007\u001b[31m' \
    '=cmd()' '](javascript:alert(1))' "$(printf 'n%.0s' $(seq 3000))" '' ' ' '\ud800' '\ud83d\ude00' >"$work/names"
{
    run_start r1
    while IFS= read -r name; do
        printf '{"type":"step","operation":"finish","runId":"r1","step":{"name":"%s","key":"p.%s","time":{"startTs":1000,"endTs":2000},"records":{"%s":"%s"},"error":"%s"}}\n' \
            "$name" "$name" "$name" "$name" "$name"
    done <"$work/names"
} >"$logs/names.ndjson"
renders 'hostile names, keys, records and errors' 0 silent "$logs/names.ndjson"
holds 'each hostile name is a step of its own' '1 run, 12 steps: no problem' "$logs/names.ndjson"
tool_run --html - "$logs/names.ndjson"
is 'no markup of a log in the page' sh -c '! grep -q "<script>alert" "$1"' sh "$work/stdout"
tool_run --gantt x.svg "$logs/names.ndjson"
is 'no markup of a log in the picture' sh -c 'test -s x.svg && ! grep -q "<script" x.svg'
rm -f x.svg
tool_run tree --records "$logs/names.ndjson"
is 'no control character of a log reaches the terminal' sh -c '! LC_ALL=C grep -q "$(printf "[\001-\010\013-\037]")" "$1"' sh "$work/stdout"

# One folder a run, all of them inside -o, whatever the run is called and however the file system folds case.
printf '%s\n' '../../escape' '/etc/passwd' '.' '..' 'a/b' 'a\\b' 'CON' 'Run' 'run' 'RUN' '-rf' '~' 'x y' '%2e%2e' '' \
    "$(printf 'i%.0s' $(seq 70000))" 'index.html' 'report.html' 'é' >"$work/ids"
while read -r id; do good "$id"; done <"$work/ids" >"$logs/ids.ndjson"
renders 'run ids that are paths' 0 silent "$logs/ids.ndjson"
holds 'each of them is a run' '19 runs, 57 steps: no problem' "$logs/ids.ndjson"
tool_run -q -o out "$logs/ids.ndjson"
is 'a folder for each run' test "$(find out -type f -name report.html | wc -l)" -eq "$(wc -l <"$work/ids")"
is 'the folders differ in more than case' test "$(find out -mindepth 1 -maxdepth 1 -type d | tr '[:upper:]' '[:lower:]' | sort -u | wc -l)" \
    -eq "$(find out -mindepth 1 -maxdepth 1 -type d | wc -l)"
rm -rf out

i=0
while [ $i -lt 1000 ]; do
    good "run-$i"
    i=$((i + 1))
done >"$logs/thousand.ndjson"
adverse '1,000 runs in a file: list' 0 silent list "$logs/thousand.ndjson"
tool_run list "$logs/thousand.ndjson"
is 'list has a line for each of them' test "$(grep -c 'run-[0-9]' "$work/stdout")" -eq 1000
adverse '1,000 runs in a file: summaries' 0 silent --summary - "$logs/thousand.ndjson"
is 'each has its summary' test "$(grep -oE 'run-[0-9]+' "$work/stdout" | sort -u | wc -l)" -eq 1000
adverse '1,000 runs in a file: one of them' 0 silent -o out --run run-777 "$logs/thousand.ndjson"

# --- inputs that are no plain file ---

gzip -c "$logs/good.ndjson" >"$logs/good.ndjson.gz"
renders 'gzip' 0 silent "$logs/good.ndjson.gz"
cp "$logs/good.ndjson.gz" "$logs/compressed.ndjson"
renders 'gzip without its name' 0 silent "$logs/compressed.ndjson"
cp "$logs/good.ndjson" "$logs/plain.ndjson.gz"
renders 'no gzip in spite of its name' 0 silent "$logs/plain.ndjson.gz"
while read -r n; do good "r$n"; done <<EOT | gzip -c >"$work/whole.gz"
$(seq 400)
EOT
head -c $(($(wc -c <"$work/whole.gz") / 2)) "$work/whole.gz" >"$logs/cut.ndjson.gz"
adverse 'gzip cut off in the middle' 0 'cut\.ndjson\.gz' list "$logs/cut.ndjson.gz"
head -c 5 "$work/whole.gz" >"$logs/stub.ndjson.gz"
renders 'gzip cut off in its header' 3 'stub\.ndjson\.gz' "$logs/stub.ndjson.gz"
{ cat "$logs/good.ndjson.gz"; good r2 | gzip -c; } >"$logs/members.ndjson.gz"
renders 'gzip of two members' 0 silent "$logs/members.ndjson.gz"
holds 'both members are read' '2 runs, 6 steps: no problem' "$logs/members.ndjson.gz"

mkdir "$logs/directory" "$logs/void"
cp "$logs/good.ndjson" "$logs/directory/a.ndjson"
good r2 >"$logs/directory/b.jsonl"
good r3 | gzip -c >"$logs/directory/c.ndjson.gz"
echo 'not a log' >"$logs/directory/notes.txt"
renders 'a directory of logs' 0 silent "$logs/directory"
holds 'a directory: every log in it and no other file' '3 runs, 9 steps: no problem' "$logs/directory"
renders 'a directory without logs' 3 'void' "$logs/void"
renders 'a file that is not there' 3 'nowhere\.ndjson' "$logs/nowhere.ndjson"
cp "$logs/good.ndjson" -- "--help.ndjson"
mv -- "--help.ndjson" "$logs/"
(cd "$logs" && limited "$tool" -q -o "$sandbox/out" -- --help.ndjson) >"$work/stdout" 2>"$work/stderr"
is 'a log whose name begins with dashes, after --' test -s out/report.html
rm -rf out
if [ "$(id -u)" -eq 0 ]; then
    skip 'a file one may not read' 'root may read everything'
else
    cp "$logs/good.ndjson" "$logs/secret.ndjson"
    chmod 0 "$logs/secret.ndjson"
    renders 'a file one may not read' 3 'secret\.ndjson' "$logs/secret.ndjson"
fi
mkfifo "$work/fifo"
cat "$logs/good.ndjson" >"$work/fifo" &
renders 'a named pipe' 0 silent "$work/fifo"
wait
limited "$tool" -q -o out - <"$logs/good.ndjson" >"$work/stdout" 2>"$work/stderr"
is 'standard input from a file' test -s out/report.html
rm -rf out
gzip -c "$logs/good.ndjson" | limited "$tool" -q -o out - >"$work/stdout" 2>"$work/stderr"
is 'standard input from a pipe, compressed' test -s out/report.html
rm -rf out
renders 'standard input that is empty' 3 'standard input: ' -
limited "$tool" list - <&- >"$work/stdout" 2>"$work/stderr"
is 'standard input that is closed is exit status 3' test $? -eq 3

# --- outputs that cannot be ---

# A limit on the size of files would kill the program; it is to be an error like any other.
limited_size()
{
    (ulimit -f 4 && exec "$tool" --quiet -o "$work/limit" "$logs/good.ndjson") 2>/dev/null
    [ $? -eq 4 ] && ! find "$work/limit" -name '*.tmp*' | grep .
}
is 'files may not grow: exit status 4, nothing half-written' limited_size

if [ -w /dev/full ]; then
    for output in html summary json csv gantt.svg; do
        option=${output%.svg}
        target=/dev/full
        [ "$output" = "$option" ] || { ln -s /dev/full "$work/full.svg"; target=$work/full.svg; }
        adverse "a full device: --$option" 4 'pipelens-report: ' "--$option" "$target" "$logs/good.ndjson"
    done
    for command in tree list 'export --to nested' '--html -' help; do
        # shellcheck disable=SC2086 # words of a command
        case $command in
        help) "$tool" help >/dev/full 2>"$work/stderr" ;;
        *) "$tool" $command "$logs/good.ndjson" >/dev/full 2>"$work/stderr" ;;
        esac
        is "a full standard output is exit status 4: $command" test $? -eq 4
    done
else
    skip 'a full device' 'there is no /dev/full'
fi
"$tool" tree "$logs/good.ndjson" >&- 2>"$work/stderr"
is 'a closed standard output is exit status 4' test $? -eq 4
if [ "$(id -u)" -eq 0 ]; then
    skip 'a directory one may not write to' 'root may write everywhere'
else
    mkdir "$work/sealed"
    chmod 500 "$work/sealed"
    adverse 'a directory one may not write to' 4 'sealed' -o "$work/sealed/out" "$logs/good.ndjson"
    adverse 'a directory one may not write to, one file' 4 'sealed' --html "$work/sealed/x.html" "$logs/good.ndjson"
fi
if [ -d /proc/self ]; then
    adverse 'a file system that takes no files' 4 '/proc' -o /proc/pipelens-report "$logs/good.ndjson"
fi
mkdir "$work/is-a-directory"
adverse 'an output that is a directory' 4 'is-a-directory' --html "$work/is-a-directory" "$logs/good.ndjson"
is 'the directory is still there and empty' rmdir "$work/is-a-directory"
echo precious >"$work/is-a-file"
adverse 'an output directory that is a file' 4 'is-a-file' -o "$work/is-a-file" "$logs/good.ndjson"
is 'the file is as it was' grep -qx precious "$work/is-a-file"
adverse 'a picture of unknown kind' 2 'png' --gantt out/x.jpeg "$logs/good.ndjson"

adverse 'two outputs on standard output' 2 'standard output' --html - --gantt - "$logs/good.ndjson"
is 'and nothing was printed' test ! -s "$work/stdout"
adverse 'two outputs in one file' 2 'x\.html' --html x.html --json x.html "$logs/good.ndjson"
is 'and it was not written' test ! -e x.html
mkdir out
tool_run --json - --summary out/s.md "$logs/good.ndjson"
"$tool" --json - "$logs/good.ndjson" >"$work/expected"
same 'JSON on standard output is all that is there, whatever else is written' "$work/expected" "$work/stdout"
is 'and the other output is' test $status -eq 0 -a -s out/s.md

# Appending: on a line of its own, within the budget together with what was there, which stays.
tool_run --summary - "$logs/names.ndjson"
whole=$(wc -c <"$work/stdout")
awk 'BEGIN { for (i = 0; i < 100; i++) print "a line that was there"; printf "the last one without its end" }' >out/before.md
before=$(wc -c <out/before.md)
cp out/before.md out/after.md
tool_run --append --summary out/after.md "$logs/good.ndjson"
head -c "$before" out/after.md >"$work/kept"
same '--append keeps what was there' out/before.md "$work/kept"
is '--append starts on a new line' grep -qx 'the last one without its end' out/after.md
cp out/before.md out/after.md
budget=$((before + whole / 2))
tool_run --append --max-bytes $budget --summary out/after.md "$logs/names.ndjson"
is '--append adds something within --max-bytes' test "$(wc -c <out/after.md)" -gt "$before"
is '--append keeps to --max-bytes together with what was there' test "$(wc -c <out/after.md)" -le $budget
cp out/before.md out/after.md
tool_run --append --max-bytes $((before - 100)) --summary out/after.md "$logs/names.ndjson"
same '--append to a file that is full already adds nothing' out/before.md out/after.md
rm -rf out

# An SVG has no device pixels, so --scale changes nothing but the PNG beside it.
mkdir out
for scale in 1 8; do
    tool_run --min-width 3000 --scale $scale --gantt out/x.svg --graph out/y.png "$logs/good.ndjson"
    grep -hoE '<svg [^>]*' out/x.svg | grep -oE ' (width|height|viewBox)="[^"]*"' >"$work/size-$scale"
done
is 'an SVG has its size' grep -q ' width="3000"' "$work/size-1"
same 'an SVG has the same size at every --scale' "$work/size-1" "$work/size-8"
rm -rf out

# --- stopped by a signal ---

awk 'BEGIN {
    for (i = 0; i < 30000; i++)
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"s%d\",\"key\":\"p.s%d\",\"time\":{\"startTs\":%d,\"endTs\":%d},\"records\":{\"text\":\"some words to carry\"}}}\n", i, i, 1000 + i, 2000 + i
}' >"$logs/long.ndjson"

# died NAME SIGNAL: $status is that of the signal, nothing half made is in the output directory.
died()
{
    {
        [ "$status" -eq $((128 + $(kill_number "$2"))) ] || echo "exit status $status, not that of SIG$2"
        [ ! -d out ] || find out -name '*.tmp*' | sed 's/^/left behind: /'
        find "$sandbox" "$work/tmp" -mindepth 1 | grep -v "^$sandbox/out\(/\|\$\)" | sed 's/^/written outside of -o: /'
    } >"$work/why"
    if [ -s "$work/why" ]; then not_ok "$1" "$work/why"; else ok "$1"; fi
}
kill_number() { case $1 in HUP) echo 1 ;; PIPE) echo 13 ;; TERM) echo 15 ;; esac }

# While it reads: a FIFO gives it most of a log, never the end.
mkfifo "$work/slow"
for signal in TERM HUP; do
    exec 4<>"$work/slow"
    "$tool" -q -o out "$work/slow" >"$work/stdout" 2>"$work/stderr" 4>&- &
    child=$!
    # More than a pipe holds, so it has begun to read when this is done.
    head -n 5000 "$logs/long.ndjson" | limited cat >&4
    kill -$signal $child
    wait $child 2>/dev/null
    status=$?
    exec 4>&-
    died "stopped by SIG$signal while it reads" $signal
    is "stopped by SIG$signal while it reads: nothing is written" test ! -e out
    rm -rf out
done

# While it writes: as soon as a temporary is seen. It may be renamed before the signal comes; then once more.
for output in 'report.html --html' 'gantt.png --scale 4 --gantt' 'graph.png --scale 4 --graph'; do
    tries=0 status=0
    while [ $status -eq 0 ] && [ $tries -lt 20 ]; do
        tries=$((tries + 1))
        rm -rf out
        mkdir out
        # shellcheck disable=SC2086 # the option's words
        "$tool" -q ${output#* } "out/${output%% *}" "$logs/long.ndjson" >"$work/stdout" 2>"$work/stderr" &
        child=$!
        while kill -0 $child 2>/dev/null; do
            set -- out/*.tmp*
            [ ! -e "$1" ] || break
        done
        kill -TERM $child 2>/dev/null
        wait $child 2>/dev/null
        status=$?
    done
    died "stopped while it writes ${output%% *}: nothing half made" TERM
    is "stopped while it writes ${output%% *}: nor under its name" test ! -e "out/${output%% *}"
done
rm -rf out

# Its reader goes away: no message, the status of the signal.
mkfifo "$work/reader"
"$tool" --html - "$logs/long.ndjson" >"$work/reader" 2>"$work/stderr" &
child=$!
head -c 1 <"$work/reader" >/dev/null
wait $child 2>/dev/null
status=$?
died 'stopped by a reader that goes away' PIPE
is 'a reader that goes away is no cause for a message' test ! -s "$work/stderr"

# Under nohup it goes on.
exec 4<>"$work/slow"
(trap '' HUP; exec "$tool" -q -o out "$work/slow" 4>&-) >"$work/stdout" 2>"$work/stderr" &
child=$!
head -n 5000 "$logs/long.ndjson" | limited cat >&4
kill -HUP $child
exec 4>&-
wait $child 2>/dev/null
is 'SIGHUP that is ignored stays so' test $? -eq 0 -a -s out/report.html
rm -rf out

# --- the hostile files next door ---

# FILE RUNS STEPS, for those that hold a run and whose lines leave no doubt how much they say.
cat >"$work/counts" <<'EOT'
--help.ndjson 1 3
01-truncated-last-line.ndjson 1 3
01c-truncated-inside-escape.ndjson 1 1
02-nul-bytes-between-and-inside.ndjson 2 6
02c-leading-nul-block.ndjson 1 3
03d-overlong-and-5-byte.ndjson 1 3
04d-100k-keys-in-one-record.ndjson 1 4
05b-nesting-100000-objects-in-record.ndjson 1 4
05d-nesting-2000-in-record.ndjson 1 4
06-duplicate-start-events.ndjson 1 3
06c-duplicate-keys-parallel.ndjson 1 6
06e-whole-file-twice.ndjson 1 3
07b-only-step-finish-events.ndjson 1 3
07d-reversed-order.ndjson 1 3
07f-step-of-unknown-run.ndjson 2 5
08-end-before-start.ndjson 1 2
09d-all-zero-durations.ndjson 1 51
11c-unknown-type-and-operation.ndjson 1 3
11g-logVersion-99.ndjson 1 3
11k-two-objects-on-a-line.ndjson 1 3
12b-cr-only.ndjson 1 3
13-utf8-bom.ndjson 1 3
14e-leading-and-trailing-spaces.ndjson 1 3
15-key-cycle-in-parents.ndjson 1 4
19-u2028-u2029-and-friends.ndjson 1 3
20b-runid-64KB.ndjson 1 3
21-path-traversal-names.ndjson 26 52
21c-case-insensitive-clash.ndjson 4 12
22b-gzip-without-gz-name.ndjson 1 3
22d-plain-text-with-gz-name.ndjson.gz 1 3
26b--starts-with-dash.ndjson 1 3
EOT
hostile=$root/../shared/data/hostile
if [ -d "$hostile" ]; then
    for file in "$hostile"/*; do
        entry=${file##*/}
        counts=$(awk -v entry="$entry" '$1 == entry { print $2 " run" ($2 == 1 ? "" : "s") ", " $3 " step" ($3 == 1 ? "" : "s") }' "$work/counts")
        case $entry in
        11i-* | 14-* | 14c-*) renders "shared: $entry" 3 'holds no run' "$file" ;;
        27-*) renders "shared: $entry" '0|3' any "$file" ;; # whether one may read it depends on who one is
        *) renders "shared: $entry" 0 any "$file" ;;
        esac
        tool_run check --quiet "$file"
        is "shared: check --quiet $entry" test $status -lt 4 -a ! -s "$work/stdout"
        [ -z "$counts" ] || {
            tool_run check "$file"
            is "shared: $entry: $counts" grep -q "^$counts: " "$work/stdout"
        }
    done
else
    skip 'the hostile files of ../shared/data' '../shared is not there'
fi
tap_done
