#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Templates: the built-in ones given as files, one's own, their errors, paper and card with hostile names, large runs.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

rag=$root/samples/rag-agent.ndjson
etl=$root/samples/etl-failing.ndjson
many=$root/samples/many-runs.ndjson
cp -R templates "$work/built-in"
cd "$work" || exit 1

run()
{
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
}

# says NAME STATUS LINES PATTERN ARGUMENTS...: so many lines on stderr, nothing on stdout.
says()
{
    name=$1 expected=$2 lines=$3 pattern=$4
    shift 4
    run "$@"
    { echo "exit status $status"; cat stdout stderr; } >said
    if [ $status -eq "$expected" ] && [ ! -s stdout ] && [ "$(wc -l <stderr)" -eq "$lines" ] &&
        grep -qE -- "$pattern" stderr; then ok "$name"; else not_ok "$name" said; fi
}

# page NAME EXPECTED TEMPLATE: what a report.html of that text becomes for the sample.
page()
{
    rm -rf own
    mkdir own
    printf '%s' "$3" >own/report.html
    run --html - --templates own "$rag"
    printf '%s' "$2" >expected
    if [ $status -eq 0 ]; then same "$1" expected stdout; else not_ok "$1" stderr; fi
}

# --- the built-in ones ---

for template in report paper card; do
    for log in "$rag" "$etl"; do
        run --template $template --html built-in.html "$log"
        run --template $template --html given.html --templates built-in "$log"
        same "$template: the same bytes from the built-in templates given as files, $(basename "$log")" \
            built-in.html given.html
    done
done
run -o all-built-in "$many"
run -o all-given --templates built-in "$many"
same 'index: the same bytes' all-built-in/index.html all-given/index.html
run -o paper --template paper "$etl"
is '-o: report.html is made of the template that is asked for' grep -q '<p class="kind">Pipeline run</p>' paper/report.html
run --html default.html "$rag"
run --html report.html --template report "$rag"
is '--template report is the default' sh -c 'sed "s/--template report//" report.html | cmp -s - default.html ||
    diff default.html report.html | grep -c "^[<>]" | grep -qx 1'

# --- one's own ---

page 'names are found from the inside out' 'rag-agent: rag-agent.retrieve rag-agent-sample-1' \
    '{{title}}:{{#steps}}{{#main}}{{#failed}}{{/failed}}{{/main}}{{/steps}} {{#first_failure}}{{#run}}rag-agent.retrieve {{id}}{{/run}}{{/first_failure}}'
rm -rf own
mkdir own
printf '%s' '{{title}}' >own/report.html
run --html - --templates own --title '<&"' "$rag"
printf '%s' '&lt;&amp;&quot;' >expected
same 'texts are escaped' expected stdout
page 'a run' 'completed ok 30 3 failed, 27 ok 3' \
    '{{run.status}} {{run.class}} {{run.step_count}} {{run.counts_text}} {{run.counts.error}}'
page 'numbers and texts of the same' '6.25 s 6247000' '{{run.duration}} {{#steps}}{{^depth}}{{duration_us}}{{/depth}}{{/steps}}'
page 'an absent tag is nothing' '(none)' '({{run.tags.branch}}{{^run.tags.branch}}none{{/run.tags.branch}})'
page 'the version' "$("$tool" --version)" 'pipelens-report {{version}}'

rm -rf own
mkdir own
echo '<style>{{{html.style}}}</style>{{> top}}' >own/report.html
printf '<h1>{{title}}</h1>\n' >own/top.html
printf '/* mine */\nb { color: red }\n' >own/report.css
run --html - --templates own "$rag"
is 'a partial beside the template' grep -qx '.*<h1>rag-agent</h1>' stdout
is 'own style, without its comments' sh -c 'grep -q "^b { color: red }$" stdout && ! grep -q mine stdout'
cp built-in/report.html own/report.html
rm own/top.html
run --html own.html --templates own "$rag"
run --template paper --html paper-policy.html "$rag"
run --template card --html card-policy.html "$rag"
for file in own.html paper-policy.html card-policy.html; do
    if command -v openssl >/dev/null 2>&1; then
        awk '/<style>/ { sub(/.*<style>/, ""); on = 1 } /<\/style>/ { sub(/<\/style>.*/, ""); printf "%s", $0; exit } on' $file |
            openssl dgst -sha256 -binary | openssl base64 >digest
        is "$file: the policy names the hash of the style" grep -qF "style-src 'sha256-$(cat digest)'" $file
    else
        skip "$file: the policy names the hash of the style" 'openssl is not there'
    fi
done
rm own/report.html
run --template card --html card.html "$rag"
run --template card --html card-own.html --templates own "$rag"
same 'what the directory lacks is built in' card.html card-own.html
rm -rf own
mkdir own
printf '{{#runs}}{{folder}} {{status}}\n{{/runs}}' >own/index.html
run -o index-own --templates own "$many"
printf 'import-orders-%s\n' 1 2 3 4 >expected
cut -d' ' -f1 index-own/index.html | grep import | sort >names
same 'an own index' expected names

# --- errors ---

rm -rf bad
mkdir bad
printf 'x\n {{run.nmae}}\n{{#steps}}{{typo}}{{/steps}}{{{run.name}}}' >bad/report.html
says 'unknown names with their places, before a log is read' 2 3 '^pipelens-report: bad/report\.html:2:2: .*run\.nmae' \
    --html x.html --templates bad nowhere.ndjson
is 'also in a section' grep -q '^pipelens-report: bad/report\.html:3:11: .*typo' stderr
is 'a text that is not escaped' grep -q '^pipelens-report: bad/report\.html:3:29: .*{{run.name}}' stderr
is 'no page is written' test ! -e x.html
printf '{{#failures}}{{typo}}{{/failures}}' >bad/report.html
says 'also in a section that this log leaves out' 2 1 'report\.html:1:14: .*typo' --templates bad "$many"
awk 'BEGIN { for (i = 0; i < 13; i++) printf "{{unknown%d}}\n", i }' >bad/report.html
says 'ten problems and how many more' 2 11 '^pipelens-report: bad: 3 more problems' --templates bad "$rag"
printf 'a\n\n  {{#steps}}' >bad/report.html
says 'a section without an end' 2 1 'report\.html:3:3: .*{{/steps}} is missing' --templates bad "$rag"
printf 'a {{title' >bad/report.html
says 'a tag without an end' 2 1 'report\.html:1:3: .*}} is missing' --templates bad "$rag"
printf '{{> ../secret}}' >bad/report.html
echo secret >secret.html
says 'a partial is a file beside the template' 2 1 'report\.html:1:1: .*no partial' --templates bad "$rag"
printf '{{> again}}' | tee bad/report.html >bad/again.html
says 'a partial without an end' 2 1 'again\.html:1:1: .*include itself' --html x.html --templates bad "$rag"
is 'leaves no page behind' test ! -e x.html
rm -rf bad
mkdir bad
i=0
while [ $i -le 100 ]; do
    echo "{{> p$i}}" >>bad/report.html
    echo "$i" >bad/p$i.html
    i=$((i + 1))
done
says 'too many partials' 2 1 'report\.html: .*100 in all' --templates bad "$rag"
rm -rf bad
says 'a directory that is not there' 2 1 '^pipelens-report: bad: .*No such' --templates bad "$rag"
mkdir bad
says 'a directory without templates' 2 1 '^pipelens-report: bad: holds no template' --templates bad "$rag"
echo '{{title}}' >bad/reprot.html
says 'a misspelt name of a template' 2 1 '^pipelens-report: bad/reprot\.html: nothing is made of it' --templates bad "$rag"
rm bad/reprot.html
cp built-in/timeline.css bad/timline.css
says 'a misspelt name of a style sheet' 2 1 '^pipelens-report: bad/timline\.css: nothing is made of it: .*timeline\.css.*card\.css$' \
    --templates bad "$rag"
rm bad/timline.css
mkdir bad/card.html
says 'a directory as a template' 2 1 '^pipelens-report: bad/card\.html: .*no regular file' --templates bad "$rag"
rmdir bad/card.html
mkfifo bad/card.html
says 'a FIFO as a template' 2 1 '^pipelens-report: bad/card\.html: .*no regular file' --templates bad "$rag"
rm bad/card.html
head -c 5000000 /dev/zero >bad/card.html
says 'an endless template' 2 1 '^pipelens-report: bad/card\.html: .*4 MiB' --templates bad "$rag"
says '--template without a page' 2 1 'add --html' --template card --summary x.md "$rag"
says '--templates without a page' 2 1 'add --html' --templates built-in --json x.json "$rag"
says '--template of no page' 2 1 'report\|paper\|card' --template poster "$rag"
says 'a card has no Google chart' 2 1 'no Google chart' --template card --google only "$rag"
says 'paper does not carry the log' 2 1 'does not carry the log' --template paper --embed-log always "$rag"

cp -R built-in tp
says 'a template is not the page, too' 2 1 'tp/card\.html: is a file of --templates' --templates tp --html tp/card.html "$rag"
says 'nor another output' 2 1 'tp/card\.css: is a file of --templates' --templates tp --html x.html --summary tp/card.css "$rag"
says 'nor the page of -o' 2 1 'tp/report\.html: is a file of --templates' --templates tp -o tp "$rag"
is 'they are what they were' diff -r built-in tp
run --templates tp --html page.html --gantt tp/gantt.svg "$rag"
run --templates tp --html page.html --gantt tp/gantt.svg "$rag"
is 'a picture beside them is none of them' test $status -eq 0

# --- the object ---

run export --to template-data "$etl"
is 'export --to template-data' test $status -eq 0
run help templates
is 'help templates' test $status -eq 0
for style in "$root"/templates/*.css; do echo "${style##*/}"; done >styles
tail -n 1 stdout | tr -d ' ' | tr , '\n' | sort >named
sort styles >expected
same 'the help names the style sheets' expected named
if command -v node >/dev/null 2>&1; then
    "$tool" help templates >names.txt
    "$tool" export --to template-data "$etl" >data.json
    is 'the help names what the object holds, and nothing else' node -e '
        const fs = require("node:fs");
        const data = JSON.parse(fs.readFileSync("data.json", "utf8"));
        const named = new Map();
        let list;
        for (const line of fs.readFileSync("names.txt", "utf8").split("\n")) {
            if (/^\S.*:$/.test(line)) named.set(line, list = []);
            const name = line.match(/^  (\w+) +(text|number|object|list|JSON|HTML) /);
            if (name) list.push(name[1]);
        }
        const like = (title) => named.get([...named.keys()].find((key) => key.startsWith(title)));
        const same = (title, object) => {
            if (JSON.stringify(like(title)) !== JSON.stringify(Object.keys(object))) throw new Error(title);
        };
        same("report.html, paper", data);
        same("a run", data.run);
        same("its counts", data.run.counts);
        same("a step", data.steps[0]);
        same("a step", data.first_failure);
        same("an entry of names", data.names[0]);
        same("an entry of tag_list", data.run.tag_list[0]);
        same("an entry of logs", data.steps.find((step) => step.logs.length).logs[0]);
        if (data.steps.length !== 24 || data.failures.length !== 3) throw new Error("counts");
        if (data.failures[0].name !== "warehouse" || data.failures[0].echo !== 0) throw new Error("the cause is not first");
        if (data.failures[2].depth !== 0 || data.failures[2].echo !== 1) throw new Error("the last consequence");
        if (data.slowest.length !== 10 || data.slowest[0].self_us < data.slowest[1].self_us) throw new Error("slowest");'
    run export --to template-data "$many"
    is 'of several runs a document a line' node -e '
        const lines = require("node:fs").readFileSync("stdout", "utf8").trimEnd().split("\n");
        if (lines.map((line) => JSON.parse(line).run.id).length !== 6) throw new Error(lines.length);'
else
    skip 'the help names what the object holds, and nothing else' 'node is not there'
    skip 'of several runs a document a line' 'node is not there'
fi

# --- hostile names ---

awk 'BEGIN {
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>{{{html.style}}}\\\"'\''`--></style></title><!--"
    start = 1767225600000
    printf "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"%s\",\"key\":\"k\",\"runId\":\"%s\",\"time\":{\"startTs\":%d},\"tags\":{\"%s\":\"%s\"}}}\n", evil, evil, start, evil, evil
    for (i = 0; i < 40; i++) {
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"%s\",\"step\":{\"name\":\"%s\",\"key\":\"k.%s%d\",\"kind\":\"%s\",\"location\":\"%s\",\"time\":{\"startTs\":%d,\"endTs\":%d},\"error\":\"%s\",\"errorType\":\"%s\",\"trace\":\"%s\",\"records\":{\"%s\":\"%s\"}}}\n", evil, evil, evil, i, evil, evil, start + i, start + i * 2 + 1, evil, evil, evil, evil, evil
    }
    printf "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"%s\",\"key\":\"k\",\"runId\":\"%s\",\"time\":{\"startTs\":%d,\"endTs\":%d}},\"status\":\"failed\"}\n", evil, evil, start, start + 100
}' >hostile.ndjson
for template in paper card; do
    run --template $template --html $template.html hostile.ndjson
    is "$template: hostile names: it is written" test $status -eq 0 -a -s $template.html
    is "$template: hostile names stay text" sh -c "! grep -qiE '<script|<img|onerror=[^&]*>|javascript:' $template.html"
    is "$template: nothing of a log ends the style or a comment" \
        sh -c "test \"\$(grep -c '</style>' $template.html)\" -eq 1 && ! grep -qE -- '-->|<!--' $template.html"
    is "$template: no script, no request" sh -c "! grep -qE '(src|href)=\"?(https?:|//)|url\\([^#]|@import|script-src' $template.html"
    is "$template: no style attribute" sh -c "! grep -qE '<[a-z]+ [^>]*style=\"' $template.html"
    is "$template: every {{ of the page is one of the log" sh -c "! sed 's/{{{html[.]style}}}//g' $template.html | grep -q '{{'"
    run --template $template --html again.html hostile.ndjson
    same "$template: the same bytes again" $template.html again.html
done

# A page has as many elements that are opened as that are closed, whatever the log says.
for file in paper.html card.html; do
    for element in section table tbody tr td th div dl dd dt p h1 h2 h3 pre ol li span bdi article svg main header footer; do
        echo "$element $(grep -oE "<${element}[ >]" $file | wc -l) $(grep -o "</$element>" $file | wc -l)"
    done | awk '$2 != $3' >unbalanced
    is "$file: elements are closed" test ! -s unbalanced
done

# --- failures, causes first ---

for key in k k.a k.b k.b.c k.b.c.d; do
    ok=',"error":"wrong"'
    [ $key != k.b ] || ok=
    echo '{"type":"step","operation":"finish","runId":"r","step":{"name":"'"${key##*.}"'","key":"'$key'","time":{"startTs":1767225600000,"endTs":1767225600009}'"$ok"'}}'
done >causes.ndjson
echo '{"type":"pipeline","operation":"finish","meta":{"name":"k","key":"k","runId":"r","time":{"startTs":1767225600000,"endTs":1767225600009}},"status":"failed"}' >>causes.ndjson
rm -rf own
mkdir own
printf '%s' '{{#failures}}{{name}} {{/failures}}' >own/report.html
printf 'd a c k ' >expected
run --html - --templates own causes.ndjson
same 'the deepest cause first, what failed because of another last' expected stdout
printf '(%s)' '{{{html.script}}}{{{html.head_script}}}{{{html.data}}}{{{html.texts}}}{{{html.log}}}' >own/card.html
printf '()' >expected
run --html - --template card --templates own "$rag"
same 'a page without a script has no script, no data and no log' expected stdout

{ cat "$rag"; echo '{"type":<'; } >bad-line.ndjson
for template in report paper card; do
    run --html bad-line.html --template $template bad-line.ndjson
    is "$template: a bad line is told, with its place" sh -c "grep -q '1 line of the log could not be read and was skipped: ' \
        bad-line.html && grep -q 'bad-line\.ndjson:$(awk 'END { print NR }' bad-line.ndjson):' bad-line.html"
done

# --- what is cut ---

awk 'BEGIN {
    long = "e"
    while (length(long) < 66000) long = long long
    long = substr(long, 1, 66000)
    start = 1767225600000
    for (i = 0; i < 60; i++) {
        name = ""
        for (n = i + 1; n; n = int(n / 26)) name = name sprintf("%c", 97 + n % 26)
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"%s\",\"key\":\"k.%s\",\"time\":{\"startTs\":%d,\"endTs\":%d}%s}}\n", name, name, start, start + i, i ? "" : ",\"error\":\"" long "\""
    }
    printf "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"k\",\"key\":\"k\",\"runId\":\"r\",\"time\":{\"startTs\":%d,\"endTs\":%d}},\"status\":\"completed\"}\n", start, start + 100
}' >cut.ndjson
run --template paper --html cut.html cut.ndjson
is 'a text of more than 64 KiB says how much is missing' grep -q '^<pre dir="auto">e*… (464 bytes more)</pre>' cut.html
is 'names beyond 50 are said' grep -q '50 of 60 names' cut.html

# --- large runs ---

awk 'BEGIN {
    start = 1767225600000
    printf "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"large\",\"key\":\"large\",\"runId\":\"large\",\"time\":{\"startTs\":%d}}}\n", start
    for (i = 0; i < 100000; i++)
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"large\",\"step\":{\"name\":\"step %d\",\"key\":\"large.%d\",\"time\":{\"startTs\":%d,\"endTs\":%d}%s,\"records\":{\"n\":%d}}}\n", i % 500, i, start + i, start + i + i % 977, i % 50 ? "" : ",\"error\":\"wrong\"", i
}' >large.ndjson
# The memory of a page is that of the run: what a list of all its steps takes goes as it comes.
# shellcheck disable=SC3045 # where the shell has no such limit, time is one
bounded() { (ulimit -v 600000 2>/dev/null; timeout 120 "$tool" --quiet "$@"); }
[ -z "${SAN:-}" ] || bounded() { timeout 300 "$tool" --quiet "$@"; }
is 'paper of 100,000 steps' bounded --template paper --html large-paper.html large.ndjson
is 'it holds 2,000 of them, and says so' sh -c '
    test "$(grep -c "<tr class=\"is-" large-paper.html)" -eq 2000 && grep -q "2,000 of 100,001 steps" large-paper.html'
is 'it stays small' test "$(wc -c <large-paper.html)" -lt 3000000
is 'card of 100,000 steps' bounded --template card --html large-card.html large.ndjson
is 'the card stays small' test "$(wc -c <large-card.html)" -lt 60000
rm -rf own
mkdir own
printf '{{#steps}}\n{{name}} {{duration}}{{#record_list}} {{name}}={{value}}{{/record_list}}\n{{/steps}}\n' >own/report.html
is 'a list of all steps' bounded --html large-own.html --templates own large.ndjson
is 'it has them all' test "$(grep -c ' n=' large-own.html)" -eq 100000
is 'export of 100,000 steps' sh -c "timeout 300 '$tool' export --to template-data large.ndjson | grep -c '^{\"index\"' | grep -qE '^1[0-9]{5}\$'"
tap_done
