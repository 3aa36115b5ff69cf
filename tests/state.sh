#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The command `state`: what it prints of a small counter, and what it says when there is no such state.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
cd "$work" || exit 1

run()
{
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
}

# says NAME STATUS PATTERN ARGUMENTS...: a message of one line on stderr, nothing on stdout.
says()
{
    name=$1 expected=$2 pattern=$3
    shift 3
    run "$@"
    { echo "exit status $status"; cat stdout stderr; } >said
    if [ $status -eq "$expected" ] && [ ! -s stdout ] && [ "$(wc -l <stderr)" -eq 1 ] &&
        grep -q '^pipelens-report: ' stderr && grep -qE -- "$pattern" stderr; then ok "$name"; else not_ok "$name" said; fi
}

# gives NAME ARGUMENTS...: prints what is in `expected`, exit status 0, nothing on stderr.
gives()
{
    name=$1
    shift
    run "$@"
    { echo "exit status $status"; cat stderr; diff -u expected stdout; } >said 2>&1
    if [ $status -eq 0 ] && [ ! -s stderr ] && cmp -s expected stdout; then ok "$name"; else not_ok "$name" said; fi
}

# A counter to 3, in Burr's way: counter, counter, counter, result; then it dies in `mail`, which had begun.
action()
{
    echo "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"$run\",\"step\":{\"name\":\"$1\",\"key\":\"counting.$1\",\"id\":\"$2\",\"kind\":\"action\",\"time\":{\"startTs\":$3}}}"
    [ $# -lt 4 ] ||
        echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"$run\",\"step\":{\"name\":\"$1\",\"key\":\"counting.$1\",\"id\":\"$2\",\"time\":{\"startTs\":$3,\"endTs\":$3.5},\"state\":$4}}"
}
log()
{
    run=$1
    echo "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"counting\",\"key\":\"counting\",\"runId\":\"$run\",\"time\":{\"startTs\":1},\"graph\":{\"entrypoint\":\"counter\",\"actions\":[{\"name\":\"counter\"},{\"name\":\"result\"},{\"name\":\"mail\"}],\"transitions\":[{\"from_\":\"counter\",\"to\":\"counter\",\"condition\":\"counter < 3\"},{\"from_\":\"counter\",\"to\":\"result\",\"condition\":\"default\"},{\"from_\":\"result\",\"to\":\"mail\",\"condition\":\"default\"}]}}}"
    for i in 0 1 2; do
        action counter $i $((10 + i)) "{\"total\":90071992547409931,\"counter\":$((i + 1)),\"__SEQUENCE_ID\":$i,\"__PRIOR_STEP\":\"counter\"}"
    done
    action result 3 13 "{\"total\":90071992547409931,\"counter\":3}"
    action mail 4 14
}
log counting-1 >log.ndjson

cat >expected <<'END'
{
  "runId": "counting-1",
  "sequenceId": 1,
  "action": "counter",
  "key": "counting.counter",
  "id": "1",
  "status": "ok",
  "state": {
    "total": 90071992547409931,
    "counter": 2
  },
  "next": "counter",
  "transitions": [
    {
      "to": "counter",
      "condition": "counter < 3"
    },
    {
      "to": "result",
      "condition": "default"
    }
  ]
}
END
gives 'the state at a step, and the action that followed' state --at 1 log.ndjson
gives 'options behind the log, with =' state log.ndjson --at=1
gives 'the third from the end' state --at -3 log.ndjson
gives 'the runs of one file: --run takes one' state --at 1 --run counting-1 log.ndjson
"$tool" state --at 1 - <log.ndjson >stdout 2>stderr
same 'from standard input' expected stdout

run state log.ndjson
is 'without --at: the last action that has a state, followed by one that never ended' \
    grep -q '^  "sequenceId": 3,$' stdout
is 'the one that never ended is the next' grep -q '^  "next": "mail",$' stdout
cp stdout expected
gives '--at -1 is the same' state --at -1 log.ndjson
grep -v mail log.ndjson >finished.ndjson
log counting-1 | head -n 1 | cat - finished.ndjson >with-graph.ndjson
run state with-graph.ndjson
is 'nothing followed: the graph tells' grep -q '^  "next": "mail",$' stdout
run state finished.ndjson
is 'nothing followed and there is no graph: null' grep -q '^  "next": null,$' stdout
if command -v jq >/dev/null 2>&1; then
    is 'jq takes it' test "$("$tool" state log.ndjson | jq -c '[.next, .state.counter]')" = '["mail",3]'
else
    skip 'jq takes it' 'there is no jq'
fi
gzip -c log.ndjson >log.ndjson.gz
gives 'from gzip' state log.ndjson.gz

says 'a number past the last action' 3 'log\.ndjson: --at 5: .*from 0 to 4' state --at 5 log.ndjson
says 'a number before the first state' 3 '--at -5: .*from -1 to -4' state --at -5 log.ndjson
says 'the action that did not end, with what to ask for' 3 "'mail' did not end.* --at 3" state --at 4 log.ndjson
{ run=r; action 'an action' 0 1; action b 1 2 1; } >early.ndjson
says 'the action that did not end, and none before it' 3 "'an action' did not end.*no action before" state --at 0 early.ndjson
head -n 1 early.ndjson >began.ndjson
says 'no action ended' 3 'no step has a state' state began.ndjson
says 'no action ended, and one is asked for' 3 "'an action' did not end" state --at 0 began.ndjson
echo '{"type":"step","operation":"finish","runId":"r","step":{"name":"z","key":"z","kind":"action","time":{"startTs":1,"endTs":2}}}' |
    cat - early.ndjson >ended.ndjson
says 'an action that ended without a state' 3 "'z' ended without a state" state --at 0 ended.ndjson
says 'a log without states' 3 'no step has a state.*pipelens_step_set_state' state "$root/samples/rag-agent.ndjson"
says 'the same, and a number' 3 'no step has a state' state --at 0 "$root/samples/rag-agent.ndjson"
says 'a number that is none' 2 "--at: 'x'" state --at x log.ndjson
says 'a number that is no whole one' 2 '--at' state --at 1.5 log.ndjson
says 'an option that state does not take' 2 '--records' state --records log.ndjson
says 'a log that is not there' 3 'nowhere' state nowhere.ndjson

{ log counting-1; log counting-2 | sed 's/"time":{"startTs":1}/"time":{"startTs":2}/'; } >two.ndjson
says 'two runs and none is named' 2 'two\.ndjson: .*2 runs.*--run ID.*--latest' state two.ndjson
run state --latest two.ndjson
is '--latest takes the one that started last' grep -q '"runId": "counting-2"' stdout
run state --run counting-1 two.ndjson
is '--run takes the one of that id' grep -q '"runId": "counting-1"' stdout

echo garbage | cat - log.ndjson >bad.ndjson
run state bad.ndjson
is 'a bad line is told, the state is given' test $status -eq 0 -a "$(wc -l <stderr)" -eq 1 -a -s stdout
run state -q bad.ndjson
is '--quiet: it is not told' test $status -eq 0 -a ! -s stderr -a -s stdout
run state --strict bad.ndjson
is '--strict: it is fatal' test $status -eq 3 -a ! -s stdout

if [ -w /dev/full ]; then
    "$tool" state log.ndjson >/dev/full 2>stderr
    is 'standard output that takes nothing: exit status 4' test $? -eq 4
else
    skip 'standard output that takes nothing: exit status 4' 'there is no /dev/full'
fi
for words in 'help state' 'state --help'; do
    # shellcheck disable=SC2086 # two words
    run $words
    is "$words" grep -q -- '--at N' stdout
done
tap_done
