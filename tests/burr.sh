#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Folders of Burr: what stands beside a log, applications and projects as inputs, children, and states by sequence id.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
sample=$root/samples/formats/burr/order-desk
cd "$work" || exit 1

# begin SEQUENCE ACTION TIME, end SEQUENCE ACTION TIME STATE: lines of a log
begin()
{
    echo "{\"type\":\"begin_entry\",\"start_time\":\"2026-03-01T$3\",\"action\":\"$2\",\"inputs\":{},\"sequence_id\":$1}"
}
end()
{
    echo "{\"type\":\"end_entry\",\"end_time\":\"2026-03-01T$3\",\"action\":\"$2\",\"result\":{},\"exception\":${5:-null},\"state\":$4,\"sequence_id\":$1}"
}
# child APPLICATION SEQUENCE TIME: a line of children.jsonl
child()
{
    echo "{\"type\":\"child_application_data\",\"child\":{\"app_id\":\"$1\",\"sequence_id\":null,\"partition_key\":null,\"type\":\"pointer_data\"},\"event_time\":\"2026-03-01T$3\",\"event_type\":\"spawn_start\",\"sequence_id\":$2}"
}
# app NAME: the folder of an application of two actions
app()
{
    mkdir -p "$1"
    { begin 0 one 09:00:00; end 0 one 09:00:01 '{"n":1}'; begin 1 two 09:00:02; end 1 two 09:00:03 '{"n":2}'; } >"$1/log.jsonl"
    echo '{"type":"application_metadata","partition_key":null,"parent_pointer":null}' >"$1/metadata.json"
}

# ---- folders as inputs ----

app project/a
app project/b
mkdir project/untracked project/.hidden && app project/.hidden/c && child x 0 09:00:00 >project/untracked/children.jsonl
"$tool" list project >out 2>err
is 'a project folder: each application' test "$(tail -n +2 out | awk '{ print $1 $2 $(NF-1) }' | tr '\n' ' ')" = 'projecta2 projectb2 ' -a ! -s err
"$tool" list project/a >out 2>err
is 'an application folder: its log alone' test "$(wc -l <out)" -eq 2 -a ! -s err
(cd project/a && "$tool" list log.jsonl) >out 2>err
is 'its log alone, named from within: the same names' grep -q '^project  *a ' out
"$tool" list project/untracked >out 2>err
is 'an application that was not tracked is said' grep -q 'without its log.jsonl' err
mkdir bare && cp project/a/log.jsonl bare/log.jsonl && cp bare/log.jsonl bare/other.jsonl
"$tool" list bare >out 2>err
is 'log.jsonl among other logs, and nothing of Burr: all logs' test "$(wc -l <out)" -eq 3 -a ! -s err
mkdir mixed && cp project/a/log.jsonl mixed/other.jsonl && cp project/untracked/children.jsonl mixed
"$tool" list mixed >out 2>err
is 'children alone, and another log: that one' test "$(wc -l <out)" -eq 2 -a ! -s err
"$tool" list - <project/a/log.jsonl >out 2>err
is 'standard input' test "$(awk 'NR > 1 { print $1, $2, $(NF-1) }' out)" = 'application application 2' -a ! -s err
gzip -c project/a/log.jsonl >packed.jsonl.gz
"$tool" list packed.jsonl.gz >out 2>err
is 'gzip' test "$(awk 'NR > 1 { print $2, $(NF-1) }' out)" = 'packed 2' -a ! -s err

# ---- what stands beside the log ----

app beside/a
echo '{"entrypoint":"one","actions":[{"name":"one"},{"name":"two"},{"name":"never"}],"transitions":[{"from_":"one","to":"two","condition":"n=1"},{"from_":"two","to":"never","condition":"default"}]}' >beside/a/graph.json
echo '{"type":"application_metadata","partition_key":"anna","parent_pointer":{"app_id":"p","sequence_id":3,"partition_key":null},"spawning_parent_pointer":null,"later":[1]}' >beside/a/metadata.json
"$tool" --json run.json beside/a >out 2>err
tr -d ' \n' <run.json >run.line
for said in '"parentRun":"p"' '"partition_key":"anna"' '"later":\[1\]' '"runId":"p","stepId":"3","relation":"follows"'; do
    is "beside the log: $said" grep -q "$said" run.line
done
is 'nothing to complain about' test ! -s err
"$tool" state --at 1 beside/a >out 2>err
is 'the graph tells what comes next' grep -q '"next": "never"' out
"$tool" --graph graph.svg --graph-style states beside/a >out 2>err
is 'states that were not visited, conditions' grep -q 'not visited' graph.svg
"$tool" check beside/a >out 2>err
is 'what was read beside the log is said' grep -q 'note: graph.json, metadata.json beside it: read as well; a page carries the log alone' err
for bad in '{"entrypoint":' '7' '' '{} {}'; do
    printf '%s' "$bad" >beside/a/graph.json
    "$tool" list beside/a >out 2>err
    is "a bad graph.json is said, no more: '$bad'" test $? -eq 0 -a "$(grep -c 'graph.json: is no JSON object' err)" -eq 1 -a "$(wc -l <out)" -eq 2
done
rm beside/a/graph.json && mkfifo beside/a/graph.json
"$tool" list beside/a >out 2>err
is 'a named pipe is not waited for' grep -q 'graph.json: is no file' err
rm beside/a/graph.json && mkdir beside/a/graph.json
"$tool" list beside/a >out 2>err
is 'nor is a directory read' grep -q 'graph.json: is no file' err
rmdir beside/a/graph.json
truncate -s 20M beside/a/graph.json
"$tool" list beside/a >out 2>err
is 'one that is too long is left out' grep -q 'graph.json: is too long' err

# ---- the zone of the applications beside it ----

# told APPLICATION LOCAL UTC: its log tells a zone, as an attribute between local times is in UTC
told()
{
    mkdir -p "$1" && {
        begin 0 one "$2:00:00"
        echo "{\"type\":\"attribute\",\"key\":\"k\",\"action_sequence_id\":0,\"span_id\":null,\"value\":1,\"tags\":{},\"time_logged\":\"2026-03-01T$3:00:01Z\"}"
        end 0 one "$2:00:02" '{}'
    } >"$1/log.jsonl"
}
# zones FOLDER: what is assumed of each run
zones() { "$tool" --json - "$1" 2>/dev/null | grep -o '"timeZone": *"[^"]*"' | cut -d'"' -f4 | tr '\n' ' '; }
app zoned/a && told zoned/b 02 09 && app zoned/c && told zoned/d 03 10
is 'a log that tells no zone has that of its siblings' test "$(zones zoned)" = 'UTC-07:00 UTC-07:00 UTC-07:00 UTC-07:00 '
"$tool" check zoned >out 2>err
is 'and that is said' grep -q 'zoned/a/log.jsonl: note: .* UTC-07:00, as those of 2 other applications of the project; --tz ZONE' err
is 'alone it is in UTC' test "$(zones zoned/a)" = 'UTC '
(cd zoned && "$tool" check c/log.jsonl d/log.jsonl) >out 2>err
is 'named from within the project' grep -q 'c/log.jsonl: note: .* UTC-07:00, as those of 1 other application of' err
told zoned/e 04 09
"$tool" check zoned >out 2>err
is 'siblings that do not agree are not believed' grep -q 'zoned/a/log.jsonl: note: .* UTC, because nothing in the log tells' err
app other/a && "$tool" check other zoned/b >out 2>err
is 'nor is another project' grep -q 'other/a/log.jsonl: note: .* UTC, because nothing in the log tells' err

# ---- children ----

"$tool" tree "$sample/order-1007" >out 2>err
is 'a child below the action that spawned it' grep -A3 'ask_supplier' out
is 'and its steps' grep -q '│     │  └─ ✓ http.post' out
"$tool" --graph flow.svg --graph-style states "$sample/order-1007" --latest >out 2>err
is 'its actions are none of the state machine of its parent' test "$(grep -c request_quote flow.svg)" -eq 0
app family/a
app family/b
app family/c
{ child b 1 09:00:02.5; child gone 0 09:00:00.5; child ../../etc 0 09:00:00.5; child b 1 09:00:02.6; echo '[]'; } >family/a/children.jsonl
child c null 09:00:02.7 >family/b/children.jsonl
{ child a 0 09:00:00.5; child c 0 09:00:00.6; } >family/c/children.jsonl
"$tool" tree family/a >out 2>err
cat >expected <<'END'
✓ family
├─ ✓ one
└─ ✓ two
   └─ ✓ b
      ├─ ✓ one
      ├─ ✓ c
      │  ├─ ✓ one
      │  └─ ✓ two
      └─ ✓ two
END
tail -n 9 out | sed 's/  *[0-9.]* s$//' >tree
same 'children of children, a circle of them, those that are not there' expected tree
is 'the line that is no child is said' grep -q 'children.jsonl: 1 line is no child' err
"$tool" --json run.json family/a >/dev/null 2>&1
is 'those that are not there are linked' grep -q '"runId":"gone"' run.json
rm -r family
app family/0
i=0
while [ $i -lt 12 ]; do app "family/$((i + 1))" && child $((i + 1)) 0 09:00:00.5 >"family/$i/children.jsonl" && i=$((i + 1)); done
"$tool" list -v family/0 >out 2>err
is 'children deeper than 8 are not shown, and that is said' grep -q 'below more than 8 others: not shown' err
is 'the others are' test "$(awk 'NR > 1 { print $(NF-1) }' out)" -eq 26

# Each attempt of an action has the children that came while it was the last one.
mkdir -p twice/p && {
    begin 0 one 09:00:00; begin 0 one 10:00:00; end 0 one 10:00:09 '{}'
} >twice/p/log.jsonl
app twice/x && app twice/y
{ child y 0 10:00:01; child x 0 09:00:01; } >twice/p/children.jsonl
"$tool" tree twice/p >out 2>err
is 'children of attempts' test "$(grep -oE '✓ [xy] |attempt 2' out | tr '\n' ' ')" = '✓ x  attempt 2 ✓ y  '
"$tool" --json - "$sample/order-1007" >run.json 2>err
is 'they come before the end of their run' test "$(grep -c '"lateEvents":0' run.json)" -ge 1 -a "$(grep -c '"lateEvents":[1-9]' run.json)" -eq 0
# forked when the second attempt was over, from an action of the first one alone
mkdir -p late/p && {
    begin 0 one 09:00:00; end 0 one 09:00:01 '{}'; begin 1 two 09:00:02; begin 1 two 10:00:00; end 1 two 10:00:01 '{}'
} >late/p/log.jsonl
app late/z && child z 0 11:00:00 >late/p/children.jsonl
"$tool" check late/p >out 2>err
is 'a late child of an earlier attempt' grep -q '2 runs' out

# ---- states ----

mkdir -p state/app && {
    begin 0 a 09:00:00; end 0 a 09:00:01 '{"n":1,"__SEQUENCE_ID":0,"__PRIOR_STEP":"a"}'
    begin 1 b 09:00:02; end 1 b 09:00:03 '{"n":1}' '"ValueError: no"'
    begin 1 b 10:00:00; end 1 b 10:00:01 '{"n":2,"big":90071992547409931}'
    begin 2 c 10:00:02; end 2 c 10:00:03 '{"n":3}'
    begin 3 d 10:00:04
} >state/app/log.jsonl
# gives N ACTION NEXT STATE
gives()
{
    "$tool" state --at "$1" state/app >out 2>err
    found=$(tr -d ' \n' <out | sed 's/.*"action":"\([^"]*\)".*"state":\({.*}\),"next":\([^,]*\),.*/\1 \3 \2/')
    { echo "$found"; cat err; } >said
    if [ "$found" = "$2 $3 $4" ]; then ok "state --at $1"; else not_ok "state --at $1" said; fi
}
gives 0 a '"b"' '{"n":1,"__SEQUENCE_ID":0}'
gives 1 b '"b"' '{"n":1,"__SEQUENCE_ID":1}' # as load_state: the second state in the log; its action failed, so it comes again
gives 2 b '"c"' '{"n":2,"big":90071992547409931,"__SEQUENCE_ID":1}' # and then the second
gives 3 c '"d"' '{"n":3,"__SEQUENCE_ID":2}'
gives -1 c '"d"' '{"n":3,"__SEQUENCE_ID":2}'
gives -2 b '"c"' '{"n":2,"big":90071992547409931,"__SEQUENCE_ID":1}'
gives -4 a '"b"' '{"n":1,"__SEQUENCE_ID":0}'
"$tool" state --at 1 --latest state/app >out 2>err
is 'the last attempt alone' grep -q '"n": 2' out
"$tool" state --at 3 --run 'app#2' state/app >out 2>err
is 'the action that did not end, with what to ask for' grep -q "'d' did not end.* --at 2" err
"$tool" state --at 7 state/app >out 2>err
is 'a state that is not there' grep -q '4 states, numbered from 0 to 3' err
"$tool" list --quiet state/app >out
for name in 'app#1' 'app#2' 'app (attempt 2)'; do "$tool" --run "$name" --json - state/app | grep -o '"attempt":[0-9]*'; done >out 2>err
is 'an attempt by its number' test "$(tr '\n' ' ' <out)" = '"attempt":1 "attempt":2 "attempt":2 '
"$tool" state --at -5 state/app >out 2>err
is 'more states than there are' test $? -eq 3

# ---- what stands beside, and what leads away ----

mkdir -p mixed && cp -r "$sample" mixed/desk && cp "$root/samples/formats/zipkin.json" mixed/desk/
"$tool" list mixed/desk >out 2>err
is 'applications and other logs of one directory' test "$(wc -l <out)" -eq 5
mkdir -p links/outside && cp -r "$sample/supplier-1007" links/outside/ && cp -r "$sample/order-1007" links/
ln -s outside/supplier-1007 links/supplier-1007
"$tool" tree links/order-1007 >out 2>err
is 'a child that is a link is not followed' test "$(grep -c request_quote out)" -eq 0
mkdir -p group/app && cat >group/app/log.jsonl <<'END'
{"type":"begin_entry","start_time":"2026-01-01T10:00:00","action":"a","inputs":{},"sequence_id":0}
{"type":"end_entry","end_time":"2026-01-01T10:00:01","action":"a","result":null,"exception":"  + Exception Group Traceback (most recent call last):\n  |   File \"x\"\n  | ExceptionGroup: two failed (2 sub-exceptions)\n  +-+---- 1 ----\n    | ValueError: one\n    +------\n","state":{},"sequence_id":0}
END
"$tool" tree group/app >out 2>err
is 'an exception group says what it is' grep -q '^ *ExceptionGroup: two failed (2 sub-exceptions)' out

"$tool" --quiet -o notes "$sample" 2>err
is 'a report says of its own logs alone how they were read' test "$(grep -c 'log.jsonl' notes/order-1007/summary.md)" -eq 2 \
    -a "$(grep -c 'supplier-1007/log.jsonl' notes/order-1007/summary.md)" -eq 0
"$tool" --run 'order-1007#2' --gantt notes/second.svg "$sample/order-1007" >out 2>err
is 'a picture says which attempt it shows' grep -q 'attempt 2' notes/second.svg

tap_done
