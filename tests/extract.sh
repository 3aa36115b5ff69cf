#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The log inside the page and the command `extract`: it comes back byte for byte whatever it was; a page that was
# damaged gives a message and nothing else.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
cd "$work" || exit 1
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

run()
{
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
}

# says NAME STATUS PATTERN ARGUMENTS...: one message on stderr, nothing on stdout.
says()
{
    name=$1 expected=$2 pattern=$3
    shift 3
    run "$@"
    { echo "exit status $status"; wc -c stdout; head -n 20 stderr; } >said
    if [ $status -eq "$expected" ] && [ ! -s stdout ] && [ "$(wc -l <stderr)" -eq 1 ] &&
        grep -q '^pipelens-report: ' stderr && grep -qE -- "$pattern" stderr; then ok "$name"; else not_ok "$name" said; fi
}

# comes_back NAME LOG: rendered and extracted, the log has the same bytes.
comes_back()
{
    name=$1 log=$2
    rm -f page.html
    "$tool" -q --embed-log always --latest --html page.html "$log" 2>stderr
    "$tool" extract page.html >came 2>>stderr
    if cmp "$log" came >said 2>&1; then ok "$name"; else cat stderr >>said; not_ok "$name" said; fi
}

sample=$root/samples/rag-agent.ndjson
shared=${SHARED:-$root/../shared}/data
hash() { sha256sum "$1" | cut -d' ' -f1; }

# ---- there and back ----

for log in "$root"/samples/*.ndjson; do comes_back "back: ${log##*/}" "$log"; done
sed 's/$/\r/' "$sample" >crlf.ndjson
comes_back 'back: CRLF' crlf.ndjson
{ printf '\357\273\277'; cat "$sample"; printf 'torn {"typ'; } >bom.ndjson
comes_back 'back: a byte order mark, and no last line end' bom.ndjson
{ printf '\000\000\000'; cat "$sample"; printf '\377\376 \000 </script><!-- -->]]>\n'; } >hostile.ndjson
comes_back 'back: NUL, bad UTF-8, markup' hostile.ndjson
awk '{ for (i = 0; i < 3; i++) print }' "$sample" | head -c 786432 >even.ndjson
i=0
while [ "$(wc -c <even.ndjson)" -lt 786432 ]; do
    i=$((i + 1))
    cat "$sample" >>even.ndjson
done
head -c 786432 even.ndjson >whole.ndjson && mv whole.ndjson even.ndjson
comes_back 'back: exactly three chunks' even.ndjson
for file in "$shared"/pipelens-*/* "$shared"/hostile/*; do
    case $file in *.ndjson | *.ndjson.gz | *.json | *.jsonl) ;; *) continue ;; esac
    [ -n "$(find "$file" -prune -type f -size -2000k)" ] || continue
    "$tool" -q --embed-log always --latest --html page.html "$file" 2>/dev/null || continue # holds no run
    comes_back "back: shared/${file##*/}" "$file"
done

gzip -c "$sample" >log.ndjson.gz
comes_back 'back: gzip, as it was compressed' log.ndjson.gz
{ gzip -c "$sample"; echo 'text behind it'; } >odd.ndjson.gz
comes_back 'back: gzip with text behind it' odd.ndjson.gz
head -c 700 log.ndjson.gz >torn.ndjson.gz
comes_back 'back: gzip that is cut off' torn.ndjson.gz
"$tool" -q --html page.html - <"$sample" && "$tool" extract -o back/ page.html
same 'back: standard input' "$sample" back/stdin.ndjson
# shellcheck disable=SC2002 # it must be a pipe
cat log.ndjson.gz | "$tool" -q --html page.html - && "$tool" extract -o back page.html
same 'back: gzip from a pipe, as it was compressed' log.ndjson.gz back/stdin.ndjson.gz
"$tool" -q --html - "$sample" | "$tool" extract - >came.ndjson
same 'back: from a page that comes from a pipe' "$sample" came.ndjson
cat "$sample" >grows.ndjson
"$tool" -q --html page.html grows.ndjson
echo '{"later":1}' >>grows.ndjson
"$tool" extract page.html >came.ndjson
same 'back: what the log was, not what it has become' "$sample" came.ndjson

mkdir -p one two
cp "$sample" one/run.ndjson
cp "$root/samples/etl-failing.ndjson" two/RUN.ndjson
cp crlf.ndjson two/crlf.ndjson
"$tool" -q --embed-log always --latest --html page.html one/run.ndjson two
says 'several logs: they need a directory' 2 'carries 3 logs.*-o DIR' extract page.html
rm -rf back
"$tool" extract -o back/all page.html
ls back/all >names
printf '%s\n' 1-run.ndjson 2-RUN.ndjson 3-crlf.ndjson >expected
same 'several logs: each under its name, numbered where names are equal' expected names
same 'several logs: the first' one/run.ndjson back/all/1-run.ndjson
same 'several logs: the second' two/RUN.ndjson back/all/2-RUN.ndjson
same 'several logs: the third' crlf.ndjson back/all/3-crlf.ndjson

cp "$sample" '.. <b>"&\.ndjson'
"$tool" -q --html page.html '.. <b>"&\.ndjson'
rm -rf back
"$tool" extract -o back/ page.html
same 'a hostile name is made a safe one' "$sample" 'back/_. _b__&_.ndjson'
is 'no directory is told' sh -c "! grep -q '$work' page.html"

"$tool" -q --html first.html "$sample"
"$tool" -q --html second.html "$sample"
same 'the same bytes again' first.html second.html
TMPDIR=$work/nowhere "$tool" -q --html second.html "$sample"
same 'without a temporary directory, too' first.html second.html
is 'always takes the same form' sh -c "'$tool' -q --embed-log always --html - '$sample' | grep -v '^<p>Options: ' | cmp - first.html"

# ---- what the page says ----

is 'name, size and SHA-256 stand in the page' \
    grep -q "<bdi>rag-agent.ndjson</bdi> ($(wc -c <"$sample" | awk '{ printf "%d,%03d", $1 / 1000, $1 % 1000 }') bytes, SHA-256 <code>$(hash "$sample")</code>). The log is inside" first.html
"$tool" -q --embed-log never --html never.html "$sample"
is 'never: the page says so' grep -q "$(hash "$sample")</code>). The log is not inside, as <code>--embed-log never" never.html
says 'never: extract says so' 3 "never.html: does not carry its log: .*never.*rag-agent.ndjson, SHA-256 $(hash "$sample")" extract never.html
"$tool" -q --embed-log never --html never.html - <log.ndjson.gz
is 'never: gzip from a pipe' grep -q "$(hash log.ndjson.gz)</code>). The log is not inside, as <code>--embed-log never" never.html
"$tool" -q --filter retrieve --html part.html "$sample"
says 'auto: not when steps are left out' 3 'only a part.*--embed-log always' extract part.html
is 'the page says so, too' grep -q 'The log is not inside, as the page shows only a part' part.html
"$tool" -q --depth 50 --html part.html "$sample"
is 'auto: a selection that leaves nothing out' sh -c "'$tool' extract part.html | cmp - '$sample'"
many=$root/samples/many-runs.ndjson
"$tool" -q --latest --html part.html "$many"
says 'auto: not when it is one of several runs' 3 'only a part' extract part.html
"$tool" -q -o out --embed-log always "$many"
bad=0
for page in out/*/report.html; do "$tool" extract "$page" | cmp -s - "$many" || bad=$((bad + 1)); done
is 'always: every page has the whole log' test $bad -eq 0 -a "$(find out -name report.html | wc -l)" -gt 1
says 'the index of the runs has none' 3 'index.html: holds no log: it is the index' extract out/index.html

# A log that changes between the moment it is opened and the moment it is packed: the tool waits for the FIFO meanwhile.
changes()
{
    gzip -c "$sample" >changes.ndjson.gz
    mkfifo waits
    "$tool" -q --latest --html changed.html "$@" 2>stderr &
    exec 3>waits
    : >changes.ndjson.gz
    cat "$sample" >&3
    exec 3>&-
    wait $!
    rm waits
}
changes "$sample" changes.ndjson.gz waits
says 'a log that changed: extract says so' 3 'does not carry its 3 logs: it changed while it was read; render it again' extract changed.html
is 'the page tells the hash of what was read, none of the rest' grep -qF "\"sha256\":[\"$(hash "$sample")\",\"\",\"\"]" changed.html
changes changes.ndjson.gz waits
sed 's/,"waits"\],/],/; s/"sizes":\[\([0-9]*\),[^]]*\],"sha256":\["",""\]/"sizes":[\1],"sha256":[""]/' changed.html >one.html
says 'a log of which there is no hash' 3 'does not carry its log: it changed while it was read; render it again \(changes.ndjson.gz\)$' extract one.html

# 36 MB that do not compress, in a record.
{
    printf '{"type":"step","operation":"record","runId":"x","step":{"key":"x"},"recordKey":"k","data":"'
    head -c 36000000 /dev/urandom | base64 | tr -d '\n'
    printf '","ts":1}\n'
} >large.ndjson
"$tool" -q --html page.html large.ndjson
says 'auto: not beyond 32 MiB' 3 'more than 32 MiB' extract page.html
is 'and the page says so' grep -q 'The log is not inside, as it takes more than 32 MiB' page.html
comes_back 'always: beyond 32 MiB' large.ndjson
rm -f large.ndjson came page.html
TMPDIR=$work/nowhere
says 'always needs a temporary directory' 4 'x.html: .*temporary file.*TMPDIR' --embed-log always --html x.html "$sample"
is 'and leaves no page without it' test ! -e x.html
TMPDIR=$work/tmp

# ---- what a page holds without its log ----

awk 'BEGIN {
    for (i = 0; i < 200; i++) text = text "abcdefghi\303\244"
    printf "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"runId\":\"r\",\"time\":{\"startTs\":1000}}}\n"
    printf "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"key\":\"p\"},\"recordKey\":\"long\",\"data\":\"%s\",\"ts\":1001}\n", text
    printf "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"key\":\"p\"},\"recordKey\":\"short\",\"data\":7,\"ts\":1002}\n"
    printf "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"p\",\"key\":\"p\",\"runId\":\"r\",\"time\":{\"startTs\":1000,\"endTs\":1009}}}\n" }' >texts.ndjson
texts='id="pl-text"'
# A cut in the middle of the fifth ä, which has bytes 54 and 55, takes all of it away.
"$tool" -q --max-data 54 --html page.html texts.ndjson
is 'max-data: rows are cut at a character' grep -q '<dd>\(abcdefghiä\)\{4\}abcdefghi… <small>(cut; the log has 2,202 bytes of it)' page.html
is 'max-data: the script has the log' sh -c "! grep -q '$texts' page.html && ! grep -q 'does not hold' page.html"
"$tool" -q --max-data 54 --embed-log never --html page.html texts.ndjson
is 'max-data: without the log there are texts' grep -q "$texts" page.html
is 'max-data: what is cut is told' grep -q '<li>The page does not hold 2.1 KB of records, results and other values: 1 value is cut after 54 bytes (<code>--max-data</code>); the log has them whole' page.html
gzip -c texts.ndjson >texts.ndjson.gz
"$tool" -q --max-data 54 --html page.html texts.ndjson.gz
is 'max-data: a compressed log is carried, and its texts as well' grep -q "$texts" page.html
"$tool" extract page.html >came
same 'max-data: and comes back' texts.ndjson.gz came
"$tool" -q --embed-log never --html page.html texts.ndjson
is 'max-data: 64 KiB hold it' sh -c "! grep -q 'does not hold' page.html && ! grep -q '(cut; ' page.html"
# 400 values of 60,002 bytes, of which 279 and their line ends fit into 16 MiB.
awk '{ print } /"short"/ { for (i = 0; i < 6000; i++) text = text "0123456789"
    for (i = 0; i < 400; i++) printf "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"r\",\"step\":{\"key\":\"p\"},\"recordKey\":\"n%d\",\"data\":\"%s\",\"ts\":1003}\n", i, text }' texts.ndjson >many.ndjson
"$tool" -q --max-data 100k --embed-log never --html page.html many.ndjson
is 'max-data: what is left out is told' grep -q '<li>The page does not hold 7.3 MB of records, results and other values: 121 are left out, as all together take more than 17 MB' page.html
says 'max-data: at least a byte' 2 'no whole number from 1' --max-data 0 "$sample"

# ---- damage ----

# edited NAME PATTERN SED-SCRIPT: the page, changed, gives a message and no file.
edited()
{
    sed -e "$3" first.html >edited.html
    cmp -s first.html edited.html && note "the script of '$1' changes nothing"
    rm -rf got
    says "damage: $1" 3 "$2" extract -o got edited.html
    [ ! -e got ] || not_ok "damage: $1: something was written"
    says "damage: $1, to standard output" 3 "$2" extract edited.html
}

index='/^{"format":1/'
base64='/^{"format":1/{n;'
edited 'a character of the log' 'damaged' "$base64 s/^\(.\{200\}\)..../\1AAAA/}"
edited 'a character that is no base64' 'damaged' "$base64 s/^\(.\{200\}\)./\1!/}"
edited 'a missing character' 'longer or shorter' "$base64 s/^\(.\{200\}\)./\1/}"
edited 'a line too many' 'longer or shorter|damaged' "$base64 s/\$/\nAAAA/}"
edited 'another SHA-256' 'SHA-256' "$index s/\"sha256\":\[\"......../\"sha256\":[\"00000000/"
edited 'a SHA-256 that is none' 'contradicts itself' "$index s/\"sha256\":\[\"./\"sha256\":[\"x/"
edited 'a larger size' 'damaged|contradicts' "$index s/\"sizes\":\[/&1/"
edited 'a huge size' 'contradicts' "$index s/\"sizes\":\[[0-9]*/\"sizes\":[9007199254740992/"
edited 'a size beyond counting' 'contradicts' "$index s/\"sizes\":\[[0-9]*/\"sizes\":[99999999999999999999999/"
edited 'a negative size' 'contradicts' "$index s/\"sizes\":\[/&-/"
edited 'a chunk that claims too much' 'contradicts' "$index s/\"packed\":\[[0-9]*/\"packed\":[99999999/"
edited 'a chunk of nothing' 'contradicts' "$index s/\"packed\":\[[0-9]*/\"packed\":[0/"
edited 'a chunk too many' 'contradicts' "$index s/\"packed\":\[/&1,/"
edited 'no files' 'contradicts' "$index s/\"names\":\[[^]]*/\"names\":[/"
edited 'a name too many' 'contradicts' "$index s/\"names\":\[/&\"a\",/"
edited 'a name that leads out' 'contradicts' "$index s/\"names\":\[\"/&..\\/..\\//"
edited 'an absolute name' 'contradicts' "$index s/\"names\":\[\"/&\\/tmp\\//"
edited 'a name that is a directory' 'contradicts' "$index s/\"names\":\[[^]]*/\"names\":[\"..\"/"
edited 'a name with a NUL' 'contradicts' "$index s/\"names\":\[\"/&a\\\\u0000/"
edited 'an escaped way out' 'contradicts' "$index s/\"names\":\[\"/&\\\\u002e\\\\u002e\\\\u002f/"
edited 'an index that is no JSON' 'cannot be read' "$index s/,\"sizes\"/\"sizes\"/"
edited 'another format' 'another version' "$index s/\"format\":1/\"format\":2/"
edited 'no element' 'first|holds no log' 's/id="pl-log"/id="other"/'
# 2,000 chunks that claim 500 MB, in a page of 400 KB: refused by what it claims, before anything is inflated.
awk 'BEGIN {
    printf "<!DOCTYPE html>\n<script type=\"application/octet-stream\" id=\"pl-log\">\n"
    printf "{\"format\":1,\"chunk\":262144,\"missing\":\"\",\"names\":[\"a\"],\"sizes\":[524288000],\"sha256\":[\""
    for (i = 0; i < 64; i++) printf "0"
    printf "\"],\"packed\":["
    for (i = 0; i < 2000; i++) printf "%s270", i ? "," : ""
    printf "]}\n"
    for (i = 0; i < 180000; i++) printf "AAAA"
    printf "\n</script>\n" }' >edited.html
says 'damage: a decompression bomb' 3 'bomb' extract -o got edited.html
is 'damage: a decompression bomb: nothing is written' test ! -e got

# ---- a page that went through other hands ----

# still NAME FILE: the changed page gives the log.
still()
{
    cmp -s first.html "$2" && note "the page of '$1' is not changed"
    "$tool" extract "$2" >came 2>stderr
    if cmp "$sample" came >said 2>&1; then ok "still: $1"; else cat stderr >>said; not_ok "still: $1" said; fi
}

sed 's/$/\r/' first.html >edited.html
still 'all line ends are CRLF' edited.html
sed 's/<script type="application\/octet-stream" id="pl-log">/<script id="pl-log"  type="application\/octet-stream" data-x="1">/' first.html >edited.html
still 'attributes in another order' edited.html
{
    printf '\357\273\277<!-- saved from url=(0030)file:///tmp/report.html -->\n'
    cat first.html
    printf '\n\n'
} >edited.html
still 'saved by a browser' edited.html
# The tag lies across the places where a reader of pieces has to look twice.
bad=
for n in 261000 261600 261620 261630 261700 262000 262120 262144; do
    { printf '%*s' "$n" '<script id="pl-data"'; sed -n '/id="pl-log"/,$p' first.html; } >edited.html
    "$tool" extract edited.html 2>stderr | cmp -s "$sample" - || bad="$bad $n"
done
note "wrong:$bad"
is 'still: wherever the element stands' test -z "$bad"

{ cat first.html; sed -n '/id="pl-log"/,$p' first.html; } >edited.html
says 'damage: a second log' 3 'more than one log' extract -o got edited.html
{ sed -n '/id="pl-log"/,$p' never.html; cat first.html; } >edited.html
says 'damage: a second log in front' 3 'more than one log' extract -o got edited.html
tr -d '\n' <first.html >edited.html
says 'damage: all on one line' 3 'no end|cannot be read' extract -o got edited.html
{ sed '/^{"format":1/q' first.html; sed '1,/^{"format":1/d' first.html | fold -w 76; } >edited.html
says 'damage: base64 in short lines' 3 'damaged|longer or shorter' extract -o got edited.html
iconv -f UTF-8 -t UTF-16 <first.html >edited.html
says 'damage: UTF-16' 3 'no page that pipelens-report has written' extract -o got edited.html
# 16 MB of index, which claims as many files, chunks and levels as fit, costs no more than a few times that.
hostile_index()
{
    printf '<!DOCTYPE html>\n<script type="application/octet-stream" id="pl-log">\n'
    awk -v first="$1" -v more="$2" -v last="$3" 'BEGIN {
        printf "%s", first
        for (i = 0; i < 5000000; i++) printf "%s", more
        printf "%s\n\n</script>\n", last }'
}
bounded()
{
    # shellcheck disable=SC3045 # dash and bash have it; sanitizers take memory by the terabyte
    ([ "${SAN:-}" ] || ulimit -v 400000; exec "$tool" "$@")
}
hostile() { bounded extract -o got edited.html >stdout 2>stderr; test $? -eq 3 -a ! -e got -a "$(wc -l <stderr)" -eq 1; }
head='{"format":1,"chunk":262144,"missing":""'
hostile_index "$head,\"names\":[1" ',1' ']}' >edited.html
is 'damage: five million names' hostile
hostile_index "$head,\"sizes\":[1],\"sha256\":[\"$(hash "$sample")\"],\"names\":[\"a\"],\"packed\":[1" ',1' ']}' >edited.html
is 'damage: five million chunks' hostile
hostile_index "$head,\"names\":" '[' ']}' >edited.html
is 'damage: five million levels' hostile
awk 'BEGIN { printf "<!DOCTYPE html>\n"; for (i = 0; i < 3000000; i++) printf "<script id=" }' >edited.html
is 'damage: three million elements' hostile

size=$(wc -c <first.html)
bad=
for cut in 0 1 1000 $((size / 2)) $((size - 1000)) $((size - 100)) $((size - 40)) $((size - 30)); do
    head -c "$cut" first.html >edited.html
    run extract -o got edited.html
    [ $status -eq 3 ] && [ ! -e got ] && [ "$(wc -l <stderr)" -eq 1 ] || bad="$bad $cut:$status"
done
note "wrong:$bad"
is 'damage: cut off anywhere' test -z "$bad"
awk 'BEGIN { printf "<!DOCTYPE html>\n<script type=\"application/octet-stream\" id=\"pl-log\">\n"; for (i = 0; i < 2000000; i++) printf "[[[[[[[[[[" }' >edited.html
says 'damage: an index without an end' 3 'no end' extract edited.html

# ---- usage ----

says 'no page' 2 'takes one page' extract
says 'two pages' 2 'takes one page' extract first.html second.html
says 'a page that is not there' 3 'nowhere.html' extract nowhere.html
says 'a directory' 3 'is a directory' extract out
says 'something else' 3 'no page that pipelens-report has written' extract "$sample"
cp first.html own.html
says 'the page as its own output' 2 'is the page itself' extract -o own.html own.html
same 'the page as its own output: it is still there' first.html own.html
says 'an output in no directory' 4 'nowhere/x' extract -o nowhere/x first.html
says '--embed-log takes three words' 2 'auto\|always\|never' --embed-log maybe "$sample"
if [ -c /dev/full ]; then
    "$tool" extract first.html >/dev/full 2>stderr
    is 'a full disk: exit status 4' test $? -eq 4
fi
is 'no temporary file is left' test -z "$(ls tmp)" -a -z "$(find . -name '*.tmp*' | head)"
tap_done
