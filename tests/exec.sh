#!/bin/sh
# SPDX-License-Identifier: MIT
#
# exec, record and log: commands as steps. What the command sees of the world is compared with what it sees without exec;
# what is written is read with the program's own reader.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
unset PIPELENS_LOG PIPELENS_RUN PIPELENS_STEP PIPELENS_KEY TRACEPARENT
cd "$work" || exit 1
export tool # for the scripts below
SHELL=/bin/sh # what script(1) runs commands with
export SHELL

# runs STATUS ARGUMENTS...: with stdout, stderr and said left behind; true when it ends with that status.
runs()
{
    expected=$1
    shift
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
    { echo "exit status $status"; cat stdout stderr; } >said
    [ "$status" -eq "$expected" ]
}

# status_is NAME STATUS ARGUMENTS...
status_is()
{
    name=$1
    shift
    if runs "$@"; then ok "$name"; else not_ok "$name: exit status $1" said; fi
}

# says NAME STATUS PATTERN ARGUMENTS...: one line on stderr.
says()
{
    name=$1 wanted=$2 pattern=$3
    shift 3
    if runs "$wanted" "$@" && [ "$(wc -l <stderr)" -eq 1 ] && grep -q '^pipelens-report: ' stderr &&
        grep -qE -- "$pattern" stderr; then ok "$name"; else not_ok "$name" said; fi
}

# The steps of a log, one a line: KEY STATUS ERROR, in the order of their keys.
steps() { "$tool" --csv - "$@" | sed 1d | cut -d, -f 3,6- | sort; }
flat() { "$tool" export --to flat "$@"; }
# holds NAME LOG PATTERN: the exported steps (one document) match.
holds() { if flat "$2" >flat.json && grep -qE -- "$3" flat.json; then ok "$1"; else not_ok "$1" flat.json; fi; }
good() { is "$1: the log is good" "$tool" check "$2"; }
count() { grep -cE -- "$1" "$2"; }

# await FILE...: until they are there; gives up after half a minute or longer, on a busy machine. The commands run it too.
cat >await <<'END'
for file; do
    tries=0
    while [ ! -e "$file" ] && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done
done
END
await() { sh await "$@"; }
# until_true COMMAND...: the same for a command that says yes.
until_true()
{
    tries=0
    until "$@" || [ $tries -ge 600 ]; do sleep 0.05; tries=$((tries + 1)); done
}

# --- a command, its output and its exit status ---

echo input | "$tool" exec -l a.ndjson -n build -- sh -c 'cat; echo error >&2; exit 3' >stdout 2>stderr
is 'the exit status is the command'\''s' test $? -eq 3
is 'its standard streams too' test "$(cat stdout)" = input -a "$(cat stderr)" = error
good 'a failed command' a.ndjson
holds 'the step says what failed' a.ndjson '"exit status 3"'
holds 'the error has a type' a.ndjson '"errorType": *"exit"'
is 'the run failed' sh -c '"$tool" list a.ndjson | grep -q "^build .* failed"'
for record in argv cwd exit_status user_cpu_ms system_cpu_ms peak_rss_bytes voluntary_switches involuntary_switches; do
    holds "recorded: $record" a.ndjson "\"$record\":"
done
holds 'the words of the command' a.ndjson '"sh", *"-c", *"cat; echo error >&2; exit 3"|"cat; echo error >&2; exit 3"'
holds 'the directory' a.ndjson "\"cwd\": *\"$(pwd -P)\""
for code in 0 1 2 125 255; do
    status_is "exit status $code passes through" $code exec -l codes.ndjson -- sh -c "exit $code"
done
good 'several runs in one log' codes.ndjson
is 'a run for each' test "$("$tool" list codes.ndjson | sed 1d | wc -l)" -eq 5
status_is 'the default name is the command'\''s' 0 exec -l name.ndjson -- /bin/sh -c :
is 'without its directory' sh -c '"$tool" list name.ndjson | grep -q "^sh "'
status_is 'the words behind the command are its own' 0 exec -l own.ndjson echo -n x --help
is 'all of them' test "$(cat stdout)" = 'x --help'
status_is '-- is the command'\''s when it stands behind it' 0 exec -l own.ndjson -- echo a -- b
is 'it is passed on' test "$(cat stdout)" = 'a -- b'
says 'no log' 2 '-l FILE.*PIPELENS_LOG' exec -- true
is 'the command was not run' test ! -s stdout
says 'no command' 2 'no command' exec -l x.ndjson
says 'an option that is none' 2 'did you mean --capture' exec --captur 5 -l x.ndjson -- true
says 'a log that is no file' 2 'name' exec -l - -- true
says '--status without --run-finish' 2 'run-finish' exec -l x.ndjson --status failed -- true
says '--shell without --run-start' 2 'run-start' exec -l x.ndjson --shell -- true
says '--run-start with a command' 2 'no command' exec --run-start -l x.ndjson -n x -- true
says '--run-start without a name' 2 '-n NAME' exec --run-start -l x.ndjson
is 'nothing was written' test ! -e x.ndjson

# --- nesting ---

"$tool" exec -l nest.ndjson -n outer -- sh -c '
    "$tool" exec -n first -- "$tool" exec -n inner -- true
    i=0
    while [ $i -lt 10 ]; do "$tool" exec -n "job$i" -- sh -c "\"\$tool\" exec -n below -- true" & i=$((i + 1)); done
    seq 20 | xargs -P 4 -I N "$tool" exec -n xN -- true
    wait'
is 'nested and parallel steps: exit status' test $? -eq 0
good 'nested and parallel steps' nest.ndjson
"$tool" --csv nest.csv nest.ndjson >/dev/null
is 'every step once' test "$(sed 1d nest.csv | wc -l)" -eq 43
"$tool" tree nest.ndjson | sed 's/ *[0-9.]* [mµ]*s$//' >shown
is 'first level' test "$(count '^(├|└)─ ✓ (first|job[0-9]|x[0-9]+)$' shown)" -eq 31
is 'second level' test "$(count '^(│| )  (├|└)─ ✓ (inner|below)$' shown)" -eq 11
(cd / && runs 0 exec -l "$work/elsewhere.ndjson" -n a -- sh -c 'cd / && "$tool" exec -n b -- true')
"$tool" exec -l relative.ndjson -n a -- sh -c 'cd / && "$tool" exec -n b -- true'
is 'a relative path is found from another directory' test "$("$tool" --csv - relative.ndjson | sed 1d | wc -l)" -eq 2
"$tool" exec -l one.ndjson -n a -- "$tool" exec -l two.ndjson -n b -- "$tool" exec -n c -- true
is '-l inside a run: the step goes to the other log' test "$(grep -c '"operation":"finish"' two.ndjson)" -eq 2
is 'the run is the same' test "$("$tool" list one.ndjson two.ndjson | sed 1d | wc -l)" -eq 1
is 'read together it is one tree' test "$("$tool" tree one.ndjson two.ndjson | count '^   └─ ✓ c ' -)" -eq 1

# --- what the command sees ---

cat >see <<'END'
grep -E '^Sig(Blk|Ign)|^ShdPnd' /proc/self/status
ls -l /proc/self/fd >list
sed -n '/-> .proc/d; s/.* \([0-9]* -> .*\)/\1/p' list
ps -o pgid= -o sid= -p $$ | tr -s ' '
END
# A pair of lines: without exec and with it.
compare()
{
    name=$1
    shift
    sh -c "$1"' sh see' >seen 2>&1 <see
    mv seen bare
    sh -c "$1"' "$tool" exec -l see.ndjson -- sh see' >seen 2>&1 <see
    mv seen with
    same "$name" bare with
}
if [ -r /proc/self/status ] && command -v ps >/dev/null; then
    compare 'signals, descriptors, process group' ''
    compare 'ignored signals stay ignored' 'trap "" INT QUIT HUP TERM PIPE USR1 CHLD;'
    compare 'an ignored SIGPIPE alone' 'trap "" PIPE;'
    compare 'open descriptors are passed on, ours are not' 'exec 3<see 7>seven;'
else
    skip 'what the command sees' 'there is no /proc or no ps'
fi
"$tool" exec -l yes.ndjson -- yes 2>/dev/null | head -n 1 >stdout
is 'a closed pipe: the command ends' test "$(cat stdout)" = y
holds 'by SIGPIPE' yes.ndjson 'killed by SIGPIPE \(13\)'
"$tool" exec -l closed.ndjson -- sh -c 'exec >&- <&-; sh await closed; : >over' |
    { cat; ls over >seen 2>/dev/null; : >closed; }
is 'a command that closes its output has closed it' test ! -s seen -a -e over

if [ -d /proc/self/fd ]; then
    mkfifo ready.fifo
    rm over
    "$tool" exec -l ready.ndjson -- sh -c 'echo ready >&3; exec 3>&-; sh await heard; : >over' 3>ready.fifo &
    job=$!
    is 'a pipe that the command closes is closed' test "$(cat ready.fifo)" = ready -a ! -e over
    : >heard
    wait $job
else
    skip 'a pipe that the command closes is closed' 'there is no /proc'
fi

# --- few descriptors ---

for descriptors in 4 5 6; do
    # shellcheck disable=SC3045 # dash and bash have it
    (exec 3>&- 4>&- 5>&-; ulimit -n $descriptors; exec "$tool" exec -l few.ndjson -- sh -c 'echo ran; exit 3') >stdout 2>stderr
    is "with $descriptors descriptors the command runs" test $? -eq 3 -a "$(cat stdout)" = ran -a ! -s stderr
    # shellcheck disable=SC3045
    (exec 3>&- 4>&- 5>&-; ulimit -n $descriptors; exec "$tool" exec -l few.ndjson --capture 1k -- ls no-such-file) 2>stderr
    is 'also with --capture' test $? -eq 2 -a "$(count '^ls: .*no-such-file' stderr)" -eq 1
done
good 'with few descriptors' few.ndjson

# --- signals ---

# The command's parent is exec.
for signal in TERM HUP INT QUIT USR1 USR2 ALRM CONT WINCH RTMIN; do
    status_is "SIG$signal is passed on" 42 exec -l signals.ndjson -n "$signal" -- \
        sh -c "trap 'exit 42' $signal; kill -s $signal \$PPID; for i in \$(seq 600); do sleep 0.05; done"
done
good 'signals' signals.ndjson
for pair in KILL:9 TERM:15 SEGV:11; do
    signal=${pair%:*} number=${pair#*:}
    status_is "SIG$signal kills the command: 128+$number" $((128 + number)) exec -l killed.ndjson -n "$signal" -- sh -c "ulimit -c 0; kill -$signal \$\$"
    holds "the step says SIG$signal" killed.ndjson "killed by SIG$signal \\($number\\)"
done
holds 'the signal is recorded' killed.ndjson '"signal": *"SIGSEGV"'
good 'killed commands' killed.ndjson

if command -v bash >/dev/null && [ -r /proc/self/stat ]; then
    cat >stop.bash <<'END'
set -m # a process group that is not orphaned: others do not stop
"$tool" exec -l stop.ndjson -n stop -- sh -c 'echo $$ >stop.new; mv stop.new stop.pid; sh await go; exit 4' &
sh await stop.pid
state() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat"; }
states() { echo "exec $(state $!) command $(state "$(cat stop.pid)")"; }
becomes() # STATE: both, or what they are after half a minute
{
    for try in $(seq 600); do
        [ "$(states)" != "exec $1 command $1" ] || break
        sleep 0.05
    done
    states
}
becomes S >/dev/null # a signal in the middle of exec's own beginning or of a fork is another matter
kill -TSTP $!
becomes T
kill -CONT $!
becomes S
: >go
wait $!
echo "status $?"
END
    bash stop.bash >stopped 2>/dev/null </dev/null
    is 'a stop that is sent stops exec and the command' grep -qx 'exec T command T' stopped
    is 'both go on' grep -qx 'exec S command S' stopped
    is 'to the end' grep -qx 'status 4' stopped
else
    skip 'stopping' 'there is no bash or no /proc'
fi
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    can_inject=yes
else
    can_inject=no
fi
# With errors in calls of the system. (A sanitizer cannot look for leaks there.)
injected() { ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 strace -o /dev/null "$@"; }
if [ $can_inject = yes ]; then
    injected -e inject=wait4:error=ECHILD "$tool" exec -l lost.ndjson -- true >stdout 2>stderr
    is 'nobody knows how it ended: exit status' test $? -eq 125
    is 'it is not said that it was not run' grep -q 'true: it was run, but how it ended is not known' stderr
    holds 'nor on the step' lost.ndjson 'how it ended is not known: No child processes'
    { injected -e inject=clone,clone3:error=EAGAIN:when=1 "$tool" exec -l fork.ndjson --capture 1k -- true
        echo "status $?" >status; } 2>&1 | { cat >stderr; : >ended; } &
    await ended
    is 'no process can be had: exit status, and nobody is left behind' test -e ended -a "$(cat status)" = 'status 126'
    is 'the step says so' grep -q 'true: Resource temporarily unavailable' fork.ndjson
else
    skip 'nobody knows how it ended' 'strace(1) is not there or may not'
fi

# --- commands that cannot be run ---

says 'a command that is not there' 127 'no-such-command: command not found' exec -l not.ndjson -- no-such-command
holds 'the step says so' not.ndjson 'no-such-command: command not found'
holds 'with the exit status' not.ndjson '"exit_status": *127'
says 'a path that is not there' 127 'no such file' exec -l not.ndjson -- ./no/such
says 'an empty name' 127 'not found' exec -l not.ndjson -- ''
says 'a directory' 126 'Permission denied' exec -l not.ndjson -- ./
echo 'echo x' >plain && chmod 644 plain
says 'a file that may not be run' 126 'Permission denied' exec -l not.ndjson -- ./plain
holds 'the step says so' not.ndjson 'plain: Permission denied'
mkdir -p bin && cp plain bin/plain-in-path
PATH=$PATH:$work/bin says 'one that was looked for' 126 'Permission denied' exec -l not.ndjson -- plain-in-path
chmod 755 plain
status_is 'a script without a first line' 0 exec -l not.ndjson -- ./plain
printf '#!/no/such/interpreter\n' >strange && chmod 755 strange
says 'a script whose interpreter is not there' 126 'interpreter' exec -l not.ndjson -- ./strange
good 'commands that cannot be run' not.ndjson

# --- capture ---

"$tool" exec -l cap.ndjson --capture 4k -n loud -- sh -c 'echo out; echo one >&2; printf "two\n" >&2; exit 1' >stdout 2>stderr
is 'captured: exit status' test $? -eq 1
is 'captured: passed on as it is' test "$(cat stdout)" = out -a "$(cat stderr)" = "one
two"
is 'captured: logged as an error' grep -q '"operation":"log".*"level":"error","message":"one\\ntwo"' cap.ndjson
"$tool" exec -l quiet.ndjson --capture 4k -- sh -c 'echo one >&2' 2>stderr
is 'a command that did not fail: nothing is logged' sh -c '! grep -q "\"operation\":\"log\"" quiet.ndjson && test "$(cat stderr)" = one'
"$tool" exec -l sig.ndjson --capture 100 -- sh -c 'echo dying >&2; kill -TERM $$' 2>/dev/null
is 'killed by a signal: logged' grep -q '"message":"dying"' sig.ndjson
"$tool" exec -l cut.ndjson --capture 20 -- sh -c 'i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i + 1)); done; exit 1' 2>stderr
is 'much of it: all is passed on' test "$(wc -l <stderr)" -eq 3000 -a "$(tail -n 1 stderr)" = 'line 2999'
is 'cut at the start of a line, at once' grep -q '"message":"line 2998\\nline 2999"' cut.ndjson
"$tool" exec -l cut2.ndjson --capture 19 -- sh -c 'i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i + 1)); done; exit 1' 2>/dev/null
is 'cut at the start of the next line' grep -q '"message":"line 2999"' cut2.ndjson
is 'and how much there was' grep -q '"recordKey":"stderr_bytes","data":28890' cut.ndjson
"$tool" exec -l utf.ndjson --capture 10 -- sh -c 'printf "ääääääää€" >&2; exit 1' 2>/dev/null
is 'a long line: cut between characters' grep -q '"message":"äää€"' utf.ndjson
"$tool" exec -l nul.ndjson --capture 1k -- sh -c 'printf "a\000b\377c" >&2; exit 1' 2>stderr
is 'NUL and bad bytes are passed on' test "$(od -An -tx1 stderr | tr -d ' ')" = 610062ff63
is 'and shown as U+FFFD' grep -q '"message":"a�b�c"' nul.ndjson
"$tool" exec -l left.ndjson --capture 1k -- sh -c '(sh await left; echo late >&2; : >late) >/dev/null & echo early >&2; exit 5' 2>stderr
is 'one that is left behind does not hold exec up' test $? -eq 5 -a ! -e late
is 'what came before is logged' grep -q '"message":"early"' left.ndjson
: >left
until_true grep -q late stderr
is 'what he writes later arrives' test "$(cat stderr)" = "early
late"
"$tool" exec -l gone.ndjson --capture 1k -- sh -c 'trap "" PIPE; sh await gone; echo x >&2; exit 1' 2>&1 >/dev/null |
    { exec <&-; : >gone; }
is 'a standard error that nobody reads ends nothing' grep -q '"operation":"finish"' gone.ndjson
for stream in '2>&-' '2>/dev/full'; do
    sh -c '"$tool" exec -l unheard.ndjson --capture 1k -- sh -c "echo one >&2; sleep 0.1; echo two >&2; exit 9"'" $stream" 2>/dev/null
    is "a standard error that takes nothing ($stream) does not stop the command" test $? -eq 9
    is 'it is kept all the same' grep -q '"message":"one\\ntwo"' unheard.ndjson
    rm unheard.ndjson
done
"$tool" exec -l unread.ndjson --capture 1k -- sh -c 'exec yes >&2' 2>&1 >/dev/null | head -n 1 >stdout
holds 'one that nobody reads ends the command as it would without exec' unread.ndjson 'killed by SIGPIPE'
for bytes in 0 x 17M; do says "--capture $bytes" 2 'capture' exec -l x.ndjson --capture $bytes -- true; done
good 'captured' cap.ndjson

# --- terminals ---

if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    # on_terminal COMMAND: its output, through a terminal of 33 rows and 99 columns
    on_terminal() { script -qec "stty rows 33 columns 99; $1" /dev/null </dev/null; }
    cat >tty.sh <<'END'
test -t 0 && echo in; test -t 1 && echo out; test -t 2 && echo err
stty size <&2; printf 'one\ntwo\n' >&2; printf 'a\tb\r\n' >&2; exit 1
END
    on_terminal 'sh tty.sh' >bare
    on_terminal "'$tool' exec -l tty.ndjson -- sh tty.sh" >with
    same 'a terminal stays one' bare with
    on_terminal "'$tool' exec -l ttycap.ndjson --capture 1k -- sh tty.sh" | sort >with
    sort bare >bare.sorted
    same 'also with --capture: size, line ends' bare.sorted with
    is 'what was captured' grep -q '"message":"one\\ntwo\\na\\tb"' ttycap.ndjson
    on_terminal "'$tool' exec -l tty2.ndjson --capture 1k -- sh tty.sh 2>file" >/dev/null
    is 'a file stays a file' sh -c '! grep -q err file && grep -q two file'
    # COUNT: so many interrupts are waited for, and half a second for one that must not come.
    cat >int.sh <<'END'
n=0
trap 'n=$((n + 1))' INT
: >ready
sh await pressed
tries=0
while [ $n -lt "$1" ] && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done
for tries in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; done
echo "interrupts $n"
END
    # type_interrupt COMMAND [KEY]: its standard input stays open to its end.
    type_interrupt()
    {
        rm -f ready pressed ended
        # shellcheck disable=SC2059 # an escape
        (await ready; printf "${2:-\\003}"; : >pressed; await ended) |
            { script -qec "exec $1" /dev/null >typed; : >ended; }
    }
    type_interrupt "'$tool' exec -l int.ndjson -- sh int.sh 1"
    is 'an interrupt typed reaches the command' grep -q 'interrupts 1' typed
    type_interrupt "'$tool' exec -l int.ndjson -- setsid sh int.sh 0"
    is 'from the terminal, not from exec' grep -q 'interrupts 0' typed
    if command -v bash >/dev/null; then
        cat >loop.bash <<'END'
for i in 1 2 3; do
    echo "turn $i"
    "$tool" exec -l loop.ndjson -n "turn$i" -- sh -c ": >ready; sleep 30"
done
END
        cat >quit.bash <<'END'
ulimit -c unlimited
"$tool" exec -l quit.ndjson -- sh -c 'ulimit -c 0; : >ready; sleep 30'
echo status $?
END
        type_interrupt 'bash loop.bash'
        is 'an interrupt typed ends a script of commands' test "$(count 'turn [0-9]' typed)" -eq 1
        is 'the log is finished before' grep -q '"operation":"finish".*killed by SIGINT' loop.ndjson
        type_interrupt 'bash quit.bash' '\034'
        is 'so does a quit, without a core of exec' sh -c 'cat typed; grep -q "status 131" typed && grep -q Quit typed && ! grep -q core typed && ! ls core* 2>/dev/null'
        is 'and the log has it' grep -q 'killed by SIGQUIT' quit.ndjson
    else
        skip 'an interrupt typed ends a script of commands' 'there is no bash'
    fi
    cat >winch.sh <<'END'
told=no
trap told=yes WINCH
: >ready
tries=0
# The signal may be here before exec has handed the size on.
until echo "told: $told, $(stty size <&2)" >size; grep -qx 'told: yes, 20 50' size || [ $tries -ge 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
END
    rm -f ready
    script -qec "('$tool' exec -l winch.ndjson --capture 1k -- sh winch.sh) & sh await ready; stty rows 20 columns 50; wait" /dev/null >/dev/null </dev/null
    is 'a new size of the terminal is followed' test "$(cat size)" = 'told: yes, 20 50'
else
    skip 'terminals' 'script(1) is not there'
fi

# --- logs that cannot be written ---

if [ -c /dev/full ]; then
    says 'no room: the command runs' 7 'No space left on device.*runs all the same' exec -l /dev/full -- sh -c 'echo ran; exit 7'
    is 'it did' test "$(cat stdout)" = ran
else
    skip 'no room' 'there is no /dev/full'
fi
says 'a directory that is not there' 6 '^pipelens-report: no/such/log: .*No such file' exec -l no/such/log -- sh -c 'echo ran; exit 6'
is 'the command ran' test "$(cat stdout)" = ran
runs 0 exec -l no/such/log -- sh -c 'mkdir -p no/such && "$tool" exec -n late -- true'
is 'inner commands try again' test "$(wc -l <stderr)" -eq 1 -a -s no/such/log
is 'in the same run' sh -c '"$tool" tree no/such/log | grep -q "✓ late"'
(ulimit -f 1; exec "$tool" exec -l small.ndjson -n small -- sh -c 'i=0; while [ $i -lt 9 ]; do "$tool" exec -- true; i=$((i + 1)); done; exit 3') 2>stderr
is 'a limit of the file size: exit status' test $? -eq 3
is 'and it is said' grep -q 'File too large' stderr

# --- record and log ---

"$tool" exec -l rec.ndjson -n rec -- sh -c '
    "$tool" record rows 1200; "$tool" record -- offset -5; "$tool" record minus -- --x; "$tool" record empty ""
    "$tool" record j --json "{\"b\":1.50,\"a\":[12345678901234567890]}"
    printf "line\n" >content; "$tool" record f --file content; "$tool" record g --file content --limit 2
    head -c 3 /dev/zero >zeros; "$tool" record z --file zeros
    "$tool" log warn mirror 2 "did not" answer; "$tool" log info -- -5 degrees; "$tool" log error -v
    "$tool" exec -n inner -- "$tool" record deep yes'
is 'record and log: exit status' test $? -eq 0
good 'record and log' rec.ndjson
has() { is "$1" grep -qF -- "$2" rec.ndjson; }
has 'a value is a string' '"recordKey":"rows","data":"1200"'
has 'a value with a dash' '"recordKey":"offset","data":"-5"'
has 'also with two' '"recordKey":"minus","data":"--x"'
has 'an empty one' '"recordKey":"empty","data":""'
has 'JSON keeps its digits' '"data":{"b":1.50,"a":[12345678901234567890]}'
has 'a file' '"data":{"file":"content","size":5,"text":"line\n"}'
has 'a file beyond the limit' '"data":{"file":"content","size":5,"text":"li","truncated":true}'
has 'a file of bytes' '"data":{"file":"zeros","size":3,"text":"\u0000\u0000\u0000"}'
has 'a message of several words' '"level":"warn","message":"mirror 2 did not answer"'
has 'a message behind --' '"level":"info","message":"-5 degrees"'
has 'a message that looks like an option' '"level":"error","message":"-v"'
"$tool" export --to nested rec.ndjson >nested.json
is 'they belong to the step they ran in' sh -c 'tr -d "\n " <nested.json | grep -q "\"name\":\"inner\".*\"deep\":\"yes\""'
says 'record outside of a step' 2 'PIPELENS_LOG is not set.*exec' record a b
says 'log outside of a step' 2 'PIPELENS_LOG is not set.*exec' log info hello
is 'and in a run without a step' sh -c 'PIPELENS_LOG=x PIPELENS_RUN=r "$tool" record a b 2>stderr; test $? -eq 2 && grep -q PIPELENS_STEP stderr'
inside() { PIPELENS_LOG=$work/in.ndjson PIPELENS_RUN=r PIPELENS_STEP=s PIPELENS_KEY=p.s "$@"; }
inside says 'record without a value' 2 'has no value' record a
inside says 'record without a key' 2 'no key' record
inside says 'record with too many words' 2 'one word too many' record a b c
inside says 'record with two values' 2 'one word too many' record a b --json 1
inside says '--json and --file' 2 'one value' record a --json 1 --file x
inside says '--limit alone' 2 'belongs to --file' record a b --limit 5
inside says 'JSON that is none' 2 'no JSON' record a --json '{"a":'
inside says 'a file that is not there' 3 'no-such-file: .*No such file' record a --file no-such-file
inside says 'a directory' 3 'directory' record a --file .
inside says 'an option that is none' 2 'put --' record a -5
inside says 'a level that is none' 2 'did you mean warn' log warning x
inside says 'another one' 2 'trace, debug' log 7 x
inside says 'log without a text' 2 'message is missing' log info
inside says 'log without a level' 2 'no level' log
is 'nothing was written' test ! -s in.ndjson
inside runs 0 record a b
is 'a step that somebody else has begun' grep -q '"step":{"id":"s","key":"p.s"},"recordKey":"a","data":"b"' in.ndjson
if [ -c /dev/full ]; then
    is 'record: a log without room is exit status 4' sh -c 'PIPELENS_LOG=/dev/full PIPELENS_RUN=r PIPELENS_STEP=s "$tool" record a b 2>stderr; test $? -eq 4 && test "$(wc -l <stderr)" -eq 1'
    is 'log: too' sh -c 'PIPELENS_LOG=/dev/full PIPELENS_RUN=r PIPELENS_STEP=s "$tool" log info b 2>stderr; test $? -eq 4 && test "$(wc -l <stderr)" -eq 1'
fi

(sleep 0.3; echo late) | inside "$tool" record late --file /dev/stdin 2>stderr
is 'a pipe is waited for' grep -q '"recordKey":"late","data":{"file":"/dev/stdin","size":5,"text":"late\\n"}' in.ndjson
(sleep 0.3; echo dash) | inside "$tool" record dash --file - 2>stderr
is '- is standard input' grep -q '"recordKey":"dash".*"text":"dash\\n"' in.ndjson
mkfifo writer.fifo
(sh -c ': >coming; echo waiting >writer.fifo'; echo $? >wrote.new; mv wrote.new wrote) 2>/dev/null &
await coming
# Before the writer has opened it the FIFO is empty.
record_fifo() { inside "$tool" record fifo --file writer.fifo 2>stderr; grep -q '"text":"waiting\\n"' in.ndjson; }
until_true record_fifo
is 'a FIFO whose writer waits' grep -q '"recordKey":"fifo".*"text":"waiting\\n"' in.ndjson
await wrote
is 'the writer notices nothing' test "$(cat wrote)" = 0
if [ -r /proc/self/mem ]; then
    inside says 'a file that can be opened and not read' 3 '^pipelens-report: /proc/self/mem: cannot be read' record a --file /proc/self/mem
fi
for words in 'record a b' 'log info b'; do
    export words
    inside sh -c '{ (ulimit -f 0; "$tool" $words 2>&1); echo "status $?"; } | cat >said'
    is "$words: a limit of the file size is said" sh -c 'grep -q "File too large" said && grep -q "status 4" said'
done
if [ $can_inject = yes ]; then
    inside injected -P "$work/in.ndjson" -e inject=close:error=EIO "$tool" record a --json 1 2>stderr
    is '--json: closing the log fails' test $? -eq 4 -a "$(wc -l <stderr)" -eq 1
    is 'and is said' grep -q 'Input/output error' stderr
fi

# --- runs of separate processes ---

begin_run() # LOG NAME: its variables as a later step of a CI job has them
{
    "$tool" exec --run-start -l "$1" -n "$2" >github.env || return 1
    while IFS= read -r line; do export "${line?}"; done <github.env
}
end_run() { unset PIPELENS_LOG PIPELENS_RUN PIPELENS_STEP PIPELENS_KEY TRACEPARENT; }
begin_run ci.ndjson 'ci main'
is '--run-start prints five variables' test "$(count '^(PIPELENS_(LOG|RUN|STEP|KEY)|TRACEPARENT)=' github.env)" -eq 5 -a "$(wc -l <github.env)" -eq 5
is 'the log'\''s whole path' test "$PIPELENS_LOG" = "$(pwd -P)/ci.ndjson"
"$tool" exec -n build -- true
"$tool" record branch main
"$tool" exec -n test -- sh -c 'exit 2'
sleep 0.05
"$tool" exec --run-finish
is '--run-finish: exit status' test $? -eq 0
says '--run-finish twice' 2 'finished already' exec --run-finish
end_run
good 'a run of separate processes' ci.ndjson
"$tool" tree --records ci.ndjson >shown
is 'the run failed as a step did' grep -q '^ci main  *✗ failed' shown
is 'and says which' grep -q 'test failed' shown
is 'a record of the run stays' grep -q 'branch=main' shown
is 'its steps are below it' test "$(count '^(├|└)─ (✓|✗) (build|test) ' shown)" -eq 2
start=$(grep -o '"startTs":[0-9.]*' ci.ndjson | head -n 1)
is 'the finish has the time of the start' sh -c "tail -n 1 ci.ndjson | grep -qF '$start'"
begin_run good.ndjson good
"$tool" exec -n a -- true
"$tool" exec -n b -- sh -c '"$tool" exec -- false; true'
"$tool" exec --run-finish
end_run
is 'a failure deeper down is not the run'\''s' sh -c '"$tool" list good.ndjson | grep -q " completed "'
begin_run over.ndjson over
"$tool" exec -n a -- false
"$tool" exec --run-finish --status completed
end_run
is '--status completed' sh -c '"$tool" list over.ndjson | grep -q " completed "'
begin_run over2.ndjson over
"$tool" exec -n a -- true
"$tool" exec --run-finish --status failed
end_run
is '--status failed' sh -c '"$tool" list over2.ndjson | grep -q " failed "'
is 'a status that is none' sh -c '"$tool" exec --run-finish --status broken 2>stderr; test $? -eq 2 && grep -q "completed|failed" stderr'
eval "$("$tool" exec --run-start --shell -l "it's.ndjson" -n "it's
two lines")"
"$tool" exec -n a -- true
"$tool" exec --run-finish
is '--shell: a name and a path with a quote and a line break' test $? -eq 0 -a "$("$tool" --csv - "it's.ndjson" | grep -c ',a,')" -eq 1
end_run
says 'without --shell a line break is refused' 2 'line break' exec --run-start -l x.ndjson -n 'a
PATH=x'
is 'nothing was printed' test ! -s stdout
says '--run-finish without a run' 2 'PIPELENS_RUN is not set' exec --run-finish
says '--run-start into a log that cannot be written' 4 'No such file' exec --run-start -l no/where/log -n x
begin_run wrong.ndjson wrong
is '--run-finish inside a step' sh -c '"$tool" exec -n deep -- "$tool" exec --run-finish 2>stderr; test $? -eq 2 && grep -q "wrong.deep" stderr'
PIPELENS_RUN=other says '--run-finish of a run that the log does not have' 3 'other' exec --run-finish
inner=$("$tool" exec --run-start -l inner.ndjson -n inner | sed -n 's/^PIPELENS_RUN=//p')
is 'a run started within a run names it' grep -q "\"runId\":\"$inner\",\"parentRun\":\"$PIPELENS_RUN\"" inner.ndjson
end_run

# --- traces ---

trace=4bf92f3577b34da6a3ce929d0e0e4736
TRACEPARENT=00-$trace-00f067aa0ba902b7-01 "$tool" exec -l trace.ndjson -n a -- sh -c 'echo "$TRACEPARENT"; "$tool" exec -n b -- sh -c "echo \$TRACEPARENT"' >stdout
is 'the trace goes on' test "$(grep -cE "^00-$trace-[0-9a-f]{16}-01$" stdout)" -eq 2
is 'with the steps as its spans' sh -c 'while IFS=- read -r _ _ span _; do grep -q "\"id\":\"$span\"" trace.ndjson || exit 1; done <stdout'
is 'two different ones' test "$(sort -u stdout | wc -l)" -eq 2
is 'the caller'\''s span is linked' grep -q '"operation":"link".*00f067aa0ba902b7' trace.ndjson
is '--run-start goes on with it too' sh -c "TRACEPARENT=00-$trace-00f067aa0ba902b7-01 '$tool' exec --run-start -l trace.ndjson -n x | grep -q '^TRACEPARENT=00-$trace-'"
"$tool" exec -l trace2.ndjson -n a -- sh -c 'echo "$TRACEPARENT"' >stdout
is 'a new trace where there is none' grep -qE '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$' stdout
good 'traces' trace.ndjson

# --- secrets ---

github=ghp_$(printf '%036d' 0)
"$tool" exec -l secret.ndjson -n s -- sh -c : --password hunter2 --token=hunter3 DB_PASSWORD=hunter4 "$github" \
    https://me:hunter5@host/ 'Authorization: Bearer hunter6' --max-tokens 77
is 'no secret is in the log' sh -c '! grep -qE "hunter|ghp_" secret.ndjson'
is 'each is named by its kind' sh -c 'grep -q "‹redacted: password›.*--token=‹redacted: token›.*DB_PASSWORD=‹redacted: password›.*‹redacted: github-token›.*me:‹redacted: password›@host.*Bearer ‹redacted: authorization›" secret.ndjson'
is 'what is none stays' grep -q '"--max-tokens","77"' secret.ndjson
mkdir -p token=hunter7
(cd token=hunter7 && "$tool" exec -l ../leak.ndjson -n 'deploy --password=hunter8' -- true)
for word in TOKEN=hunter9 DB_PASSWORD=a/hunter9 https://u:hunter9@host/x; do
    "$tool" exec -l leak.ndjson -- "$word" make 2>>told
    "$tool" exec -l leak.ndjson -n outer -- "$tool" exec -- "$word" 2>>told
done
"$tool" exec --run-start -l leak.ndjson -n 'nightly --token hunter9' >>told
"$tool" exec -l leak.ndjson --capture 1k -- sh -c 'echo "Authorization: Bearer $0" >&2; exit 1' "$github" 2>/dev/null
"$tool" exec -l leak.ndjson --capture 30 -- sh -c 'printf "password=%0100d-is-it" 0 >&2; exit 1' 2>/dev/null
is 'nor in names, keys, errors, directories, messages' sh -c '! grep -E "hunter|ghp_|0-is-it" leak.ndjson told'
is 'they are named there too' sh -c 'grep -q "\"name\":\"DB_PASSWORD=‹redacted: password›\"" leak.ndjson && grep -q "deploy --password=‹" leak.ndjson'
is 'in what was captured' grep -q '"message":"Authorization: Bearer ‹redacted: github-token›"' leak.ndjson
good 'masked names' leak.ndjson
# shellcheck disable=SC3045 # dash and bash have it
(ulimit -t 10; exec "$tool" exec -l hostile.ndjson -n h -- true "$(yes glrt- | tr -d '\n' | head -c 130000)") 2>stderr
is 'a hostile word takes no great time of the processor' test $? -eq 0
"$tool" exec -l long.ndjson -n l -- sh -c : "$(head -c 100000 /dev/zero | tr '\0' x)" >stdout
is 'a very long word is cut, and said' sh -c 'grep -q "x… 67232 more bytes" long.ndjson && test "$(wc -c <long.ndjson)" -lt 150000'
# shellcheck disable=SC2046 # as many words
"$tool" exec -l many.ndjson -n m -- true $(seq 20000)
is 'very many words too' grep -q '… [0-9]* more words"' many.ndjson
"$tool" exec -l bad.ndjson -n b -- true "$(printf 'a\377b')"
is 'a word that is no UTF-8' grep -q '"true","a�b"' bad.ndjson

# --- the report ---

cat a.ndjson nest.ndjson killed.ndjson cap.ndjson not.ndjson rec.ndjson ci.ndjson secret.ndjson >all.ndjson
good 'all together' all.ndjson
"$tool" -o report --google off all.ndjson >paths 2>stderr
is 'render' test $? -eq 0 -a ! -s stderr -a -s report/index.html
"$tool" -o one --google off nest.ndjson >paths
is 'a report of nested commands' test -s one/report.html -a -s one/gantt.png -a -s one/graph.png -a -s one/summary.md
is 'help names the commands' sh -c '"$tool" --help | grep -qE "^  exec " && "$tool" help record | grep -q -- "--json" && "$tool" log --help | grep -q critical'
tap_done
