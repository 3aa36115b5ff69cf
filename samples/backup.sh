#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A log from a shell script, with nothing but printf: each step is one line when it starts and one when it ends.
# `sh backup.sh LOG`: appends a run to LOG, ends with the status of the work. The work here is a stand-in.
set -u
if [ $# -ne 1 ]; then
    echo 'usage: backup.sh LOG' >&2
    exit 2
fi
log=$1
pipeline=backup
run=backup-$$

# Milliseconds since 1970; whole seconds where date does not know %N.
now_ms()
{
    ms=$(date +%s%3N)
    case $ms in *[!0-9]*) ms=$(date +%s)000 ;; esac
    echo "$ms"
}

# Text as a JSON string: backslash and quote escaped, control characters as spaces.
json() { printf '"%s"' "$(printf %s "$1" | tr '\000-\037' ' ' | sed 's/[\\"]/\\&/g')"; }

# step PARENT-KEY NAME COMMAND...: runs the command as a step; $key is the step's key while it runs.
step()
{
    name=$2 key=$1.$2 begin=$(now_ms) step_error=
    shift 2
    printf '{"type":"step","operation":"start","runId":"%s","step":{"name":%s,"key":%s,"time":{"startTs":%s},"records":{}}}\n' \
        "$run" "$(json "$name")" "$(json "$key")" "$begin" >>"$log"
    output=$("$@" 2>&1) || step_error=",\"error\":$(json "exit status $?: $output")"
    end=$(now_ms)
    printf '{"type":"step","operation":"finish","runId":"%s","step":{"name":%s,"key":%s,"time":{"startTs":%s,"endTs":%s,"timeUsageMs":%s},"records":{"command":%s}%s}}\n' \
        "$run" "$(json "$name")" "$(json "$key")" "$begin" "$end" $((end - begin)) "$(json "$*")" "$step_error" >>"$log"
    [ -z "$step_error" ]
}

started=$(now_ms)
meta="\"name\":\"$pipeline\",\"key\":\"$pipeline\",\"records\":{},\"logVersion\":1,\"runId\":\"$run\",\"steps\":[]"
printf '{"type":"pipeline","operation":"start","meta":{%s,"time":{"startTs":%s}}}\n' "$meta" "$started" >>"$log"

status=completed
step $pipeline check-space df -P . &&
    step $pipeline pack tar -cf /dev/null "$0" &&
    step $pipeline upload sleep 0.1 || status=failed

ended=$(now_ms)
printf '{"type":"pipeline","operation":"finish","meta":{%s,"time":{"startTs":%s,"endTs":%s,"timeUsageMs":%s}},"status":"%s"}\n' \
    "$meta" "$started" "$ended" $((ended - started)) "$status" >>"$log"
[ $status = completed ]
