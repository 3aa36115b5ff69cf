#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Broken logs, broken places, broken streams: the right exit status, one-line messages with their place, nothing left
# behind, nothing written where it was not asked for, and an end in time.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

SECONDS_MAX=${SECONDS_MAX:-20}
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
    limited "$tool" "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
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
        grep -vE '/(report\.html|gantt\.png|graph\.png|summary\.md|index\.html|x\.[a-z]+)$' | sed 's/^/left behind: /'
}

# adverse NAME STATUS PATTERN ARGUMENTS...: STATUS may be a choice 0|3. PATTERN (of grep -E) must be in the messages;
# "silent" means there may be none, "any" that all is well.
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

# --- damaged text ---

renders 'a good log' 0 silent "$logs/good.ndjson"

head -c $(($(wc -c <"$logs/good.ndjson") - 40)) "$logs/good.ndjson" >"$logs/cut.ndjson"
renders 'the last line is cut off' 0 'cut\.ndjson:6:[0-9]+: ' "$logs/cut.ndjson"
steps 'the lines before a torn one count' 3 "$logs/cut.ndjson"

{ head -n 3 "$logs/good.ndjson"; printf '{"type":"step","operation":"finish","runId":"r1","step":{"name":"tw\\u00'; } >"$logs/escape.ndjson"
renders 'the last line ends inside an escape' 0 'escape\.ndjson:4:[0-9]+: ' "$logs/escape.ndjson"

{ printf '\000\000\000\000'; head -n 2 "$logs/good.ndjson"; printf '\000\n\000\000\n'; tail -n +3 "$logs/good.ndjson"; } >"$logs/nul.ndjson"
renders 'NUL bytes before and between lines' 0 any "$logs/nul.ndjson"
steps 'NUL bytes cost no other line' 3 "$logs/nul.ndjson"
sed 's/"one"/"o\\u0000ne"/' "$logs/good.ndjson" >"$logs/nul-escape.ndjson"
renders 'an escaped NUL in a name' 0 silent "$logs/nul-escape.ndjson"

sed "s/\"one\"/\"o$(printf '\351\300\257\355\240\200\370\210\200\200\200\377')ne\"/" "$logs/good.ndjson" >"$logs/utf8.ndjson"
renders 'bad UTF-8 of every kind in a name' 0 any "$logs/utf8.ndjson"
steps 'bad UTF-8 costs no step' 3 "$logs/utf8.ndjson"
tool_run --summary - "$logs/utf8.ndjson"
is 'bad UTF-8 is shown as U+FFFD' grep -q "$(printf '\357\277\275')" "$work/stdout"

sed 's/$/\r/' "$logs/good.ndjson" >"$logs/crlf.ndjson"
renders 'CRLF line ends' 0 silent "$logs/crlf.ndjson"
{ printf '\357\273\277'; cat "$logs/good.ndjson"; } >"$logs/bom.ndjson"
renders 'a byte order mark' 0 silent "$logs/bom.ndjson"
tr '\n' '\r' <"$logs/good.ndjson" >"$logs/cr.ndjson"
renders 'CR line ends only' '0|3' any "$logs/cr.ndjson"
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
head -c 100000 /dev/urandom >"$logs/random.ndjson"
renders 'random bytes' '0|3' any "$logs/random.ndjson"

for nest in '{"a":' '['; do
    awk -v nest="$nest" 'BEGIN {
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"deep\",\"key\":\"p.deep\",\"time\":{\"startTs\":1,\"endTs\":2},\"records\":{\"deep\":"
        for (i = 0; i < 100000; i++) printf "%s", nest
        printf "1"
        for (i = 0; i < 100000; i++) printf "%s", nest == "[" ? "]" : "}"
        print "}}}"
    }' >"$logs/deep.ndjson"
    good >>"$logs/deep.ndjson"
    renders "100,000 levels of $nest in a record" 0 any "$logs/deep.ndjson"
    steps "100,000 levels of $nest cost no other step" 4 "$logs/deep.ndjson"
done

awk 'BEGIN {
    printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"big\",\"key\":\"p.big\",\"time\":{\"startTs\":1,\"endTs\":2},\"records\":{\"big\":\""
    for (i = 0; i < 1000000; i++) printf "0123456789"
    print "\"}}}"
}' >"$logs/big.ndjson"
good >>"$logs/big.ndjson"
renders 'a line of 10 MB' 0 silent "$logs/big.ndjson"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "0123456789" }' >"$logs/big-junk.ndjson"
renders 'a line of 10 MB that is no JSON' 3 'big-junk\.ndjson:1:' "$logs/big-junk.ndjson"
{ for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "junk $i"; done; cat "$logs/good.ndjson"; } >"$logs/fifteen.ndjson"
renders 'the eleventh bad line and later are counted, not shown' 0 '5 more' "$logs/fifteen.ndjson"
adverse '--strict: a bad line is fatal and nothing is written' 3 'strict' -o out --strict "$logs/fifteen.ndjson"
tool_run -o out --strict "$logs/fifteen.ndjson"
is '--strict wrote nothing' test ! -e out

# --- damaged meaning ---

{ head -n 2 "$logs/good.ndjson"; cat "$logs/good.ndjson"; } >"$logs/twice.ndjson"
renders 'the same starts twice' 0 silent "$logs/twice.ndjson"
steps 'the same starts twice are the same steps' 3 "$logs/twice.ndjson"
cat "$logs/good.ndjson" "$logs/good.ndjson" >"$logs/whole-twice.ndjson"
renders 'the whole file twice' 0 any "$logs/whole-twice.ndjson"
awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' "$logs/good.ndjson" >"$logs/reversed.ndjson"
renders 'all lines in reverse' 0 silent "$logs/reversed.ndjson"
steps 'all lines in reverse are the same steps' 3 "$logs/reversed.ndjson"
grep '"finish"' "$logs/good.ndjson" | grep '"step"' >"$logs/finishes.ndjson"
renders 'only finish lines of steps' 0 any "$logs/finishes.ndjson"
{ good; echo '{"type":"weather","operation":"rain"}'; echo '{"type":"step","operation":"dance","runId":"r1","step":{}}'; echo '[]'; echo '42'; echo 'null'; } >"$logs/unknown.ndjson"
renders 'unknown types, operations and values' 0 any "$logs/unknown.ndjson"
steps 'unknown lines make no step' 3 "$logs/unknown.ndjson"
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
renders 'every field with every type' 0 any "$logs/types.ndjson"
{
    run_start r1
    for ts in 1e400 -1e400 1e-400 99999999999999999999999999 -9223372036854775808 0.1 8640000000000001 NaN Infinity '"5"'; do
        echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"t\",\"key\":\"p.t\",\"time\":{\"startTs\":$ts,\"endTs\":$ts,\"timeUsageMs\":$ts}}}"
        echo "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"u\",\"key\":\"p.u\",\"time\":{\"startTs\":5000,\"endTs\":$ts}}}"
    done
} >"$logs/times.ndjson"
renders 'times beyond all bounds' 0 any "$logs/times.ndjson"
{
    run_start r1
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"a","parentId":"b","name":"a","key":"p.a","time":{"startTs":1}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"b","parentId":"a","name":"b","key":"p.b","time":{"startTs":2}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"c","parentId":"c","name":"c","key":"p.c","time":{"startTs":3}}}'
    echo '{"type":"step","operation":"start","runId":"r1","step":{"id":"d","parentId":"nobody","name":"d","key":"p.d","time":{"startTs":4}}}'
} >"$logs/cycle.ndjson"
renders 'parents in a circle, their own, and of nobody' 0 any "$logs/cycle.ndjson"
steps 'parents in a circle lose no step' 5 "$logs/cycle.ndjson"
awk 'BEGIN {
    for (i = 0; i < 3000; i++) {
        key = key (i ? "." : "") "k"
        printf "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r1\",\"step\":{\"name\":\"k\",\"key\":\"%s\",\"time\":{\"startTs\":%d}}}\n", key, 1000 + i
    }
}' >"$logs/tower.ndjson"
renders 'a tree 3,000 levels deep' 0 any "$logs/tower.ndjson"

# --- hostile names ---

printf '%s\n' 'x</script><script>alert(1)</script>' 'x<!--' "x\\\"'\`|@root #12 %25" 'x\u2028\u2029\u202e\u0007\u001b[31m' \
    '=cmd()' '](javascript:alert(1))' "$(printf 'n%.0s' $(seq 3000))" '' ' ' '\ud800' '\ud83d\ude00' >"$work/names"
{
    run_start r1
    while read -r name; do
        printf '{"type":"step","operation":"finish","runId":"r1","step":{"name":"%s","key":"p.%s","time":{"startTs":1000,"endTs":2000},"records":{"%s":"%s"},"error":"%s"}}\n' \
            "$name" "$name" "$name" "$name" "$name"
    done <"$work/names"
} >"$logs/names.ndjson"
renders 'hostile names, keys, records and errors' 0 any "$logs/names.ndjson"
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
renders 'run ids that are paths' 0 any "$logs/ids.ndjson"
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
adverse '1,000 runs in a file: summaries' 0 any --summary - "$logs/thousand.ndjson"
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

mkdir "$logs/directory" "$logs/void"
cp "$logs/good.ndjson" "$logs/directory/a.ndjson"
good r2 >"$logs/directory/b.jsonl"
good r3 | gzip -c >"$logs/directory/c.ndjson.gz"
echo 'not a log' >"$logs/directory/notes.txt"
renders 'a directory of logs' 0 silent "$logs/directory"
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
renders 'standard input that is empty' 3 any -
limited "$tool" list - <&- >"$work/stdout" 2>"$work/stderr"
is 'standard input that is closed is exit status 3' test $? -eq 3

# --- outputs that cannot be ---

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

# Interrupted in the middle of writing: whole files or none.
awk 'BEGIN {
    for (i = 0; i < 30000; i++)
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r1\",\"step\":{\"name\":\"s%d\",\"key\":\"p.s%d\",\"time\":{\"startTs\":%d,\"endTs\":%d},\"records\":{\"text\":\"some words to carry\"}}}\n", i, i, 1000 + i, 2000 + i
}' >"$logs/long.ndjson"
for pause in 0.02 0.05 0.1 0.2 0.3; do
    rm -rf out
    "$tool" -q -o out "$logs/long.ndjson" >/dev/null 2>&1 &
    child=$!
    sleep $pause
    kill -TERM $child 2>/dev/null
    wait $child 2>/dev/null
    status=0
    : >"$work/stderr"
    rules_broken >"$work/why"
    if [ -s "$work/why" ]; then not_ok "stopped after $pause s: nothing half made" "$work/why"; else ok "stopped after $pause s: nothing half made"; fi
done
rm -rf out

# --- the hostile files next door ---

hostile=$root/../shared/data/hostile
if [ -d "$hostile" ]; then
    for file in "$hostile"/*; do
        renders "shared: ${file##*/}" '0|3' any "$file"
        adverse "shared: check ${file##*/}" '0|1|3' any check --quiet "$file"
    done
else
    skip 'the hostile files of ../shared/data' '../shared is not there'
fi
tap_done
