#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a user types and gets: commands, options, exit statuses, what is printed where.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

rag=$root/samples/rag-agent.ndjson
etl=$root/samples/etl-failing.ndjson
many=$root/samples/many-runs.ndjson
cd "$work" || exit 1
unset NO_COLOR

run()
{
    "$tool" "$@" >stdout 2>stderr </dev/null
    status=$?
}

# status_is NAME STATUS ARGUMENTS...
status_is()
{
    name=$1 expected=$2
    shift 2
    run "$@"
    echo "exit status $status" | cat - stderr >said
    if [ $status -eq "$expected" ]; then ok "$name"; else not_ok "$name: exit status $expected" said; fi
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

# prints NAME PATTERN ARGUMENTS...: on stdout, with exit status 0 and nothing on stderr.
prints()
{
    name=$1 pattern=$2
    shift 2
    run "$@"
    { echo "exit status $status"; cat stderr stdout; } >said
    if [ $status -eq 0 ] && [ ! -s stderr ] && grep -qE -- "$pattern" stdout; then ok "$name"; else not_ok "$name" said; fi
}

# --- the main job ---

run "$rag"
is 'a log alone: exit status 0' test $status -eq 0
printf 'pipelens-report/%s\n' report.html gantt.png graph.png summary.md >expected
same 'it prints the paths of the four outputs' expected stdout
is 'it wrote the four outputs' test -s pipelens-report/report.html -a -s pipelens-report/gantt.png \
    -a -s pipelens-report/graph.png -a -s pipelens-report/summary.md
is 'and nothing else' test "$(find pipelens-report -type f | wc -l)" -eq 4
is 'the PNGs are PNGs' sh -c 'for f in pipelens-report/*.png; do head -c 8 $f | od -An -tx1 | grep -q "89 50 4e 47 0d 0a 1a 0a" || exit 1; done'
run render -o explicit "$rag"
is 'render may be said' diff -r pipelens-report explicit
run -o quiet -q "$rag"
is '--quiet prints nothing' test $status -eq 0 -a ! -s stdout -a ! -s stderr
mkdir -p a/b && run -o a/b/c/d "$rag"
is 'a directory is made with its parents' test -s a/b/c/d/report.html
run -o explicit "$rag"
is 'outputs of an earlier run are replaced' test $status -eq 0

run -o many "$many"
is 'several runs: exit status 0' test $status -eq 0
is 'several runs: an index and a folder of four for each' test -s many/index.html -a "$(find many -type f | wc -l)" -eq 26
is 'several runs: every path is printed and is there' sh -c 'test "$(wc -l <stdout)" -eq 26 && while read -r f; do test -s "$f" || exit 1; done <stdout'
is 'several runs: the index leads to every report' sh -c 'for d in many/*/; do d=${d%/}; grep -q "href=\"${d#many/}/report.html\"" many/index.html || exit 1; done'
is 'several runs: how long they took, and a mark that leads to each report' sh -c 'head -c 8 many/trend.png | od -An -tx1 |
    grep -q "89 50 4e 47" && test "$(grep -c "^<a href=\"[a-z0-9-]*/report.html\" " many/index.html)" -eq 6'
run -o two "$rag" "$etl"
is 'runs of different pipelines: no trend' test -s two/index.html -a ! -e two/trend.png
run -o one --run thumbnails-2 "$many"
is '--run takes one of them, without an index' test -s one/report.html -a ! -e one/index.html
says '-o and --json are one or the other' 2 '-o' -o latest --latest --json - "$many"
is 'and neither is written' test ! -e latest
run -o latest --latest "$many"
is '--latest takes one run, without an index' test $status -eq 0 -a -s latest/report.html -a ! -e latest/index.html
is 'the one that started last' grep -q 'import-orders-4' latest/summary.md
run --latest --json - "$many"
is '--latest takes the run that started last' grep -q '"import-orders-4"' stdout
run --run import-orders-2 --json - "$many"
is '--run ID' grep -q '"import-orders-2"' stdout
says '--run with a beginning that several runs have' 3 'begin like this' --run import --json - "$many"
says '--run that is not there' 3 'nobody' --run nobody --json - "$many"
run --json - "$many"
is '--json of several runs: one document a line' test $status -eq 0 -a "$(wc -l <stdout)" -eq 6
says '--html of several runs into one file is refused' 2 '--run' --html x.html "$many"

# --- single outputs ---

for output in html summary json csv; do
    run "--$output" "out.$output" "$rag"
    is "--$output FILE writes just that and prints its path" sh -c "test -s out.$output && test \"\$(cat stdout)\" = out.$output"
    run "--$output" - "$rag"
    is "--$output - is standard output" cmp stdout "out.$output"
done
for kind in png svg pdf; do
    run --gantt "g.$kind" --graph "x.$kind" "$rag"
    is "pictures as $kind" test $status -eq 0 -a -s "g.$kind" -a -s "x.$kind"
    run --trend "t.$kind" "$many"
    is "--trend as $kind" test $status -eq 0 -a -s "t.$kind" -a "$(cat stdout)" = "t.$kind"
done
is 'an SVG is an SVG' grep -q '<svg ' g.svg
is 'a PDF is a PDF' grep -q '^%PDF-1' g.pdf
is '--trend: a chart per pipeline' grep -q 'thumbnails: 2 runs' t.svg
run --trend alone.svg "$rag"
is '--trend of one run is a picture too' grep -q 'rag-agent: 1 run' alone.svg
cp "$many" trend.svg
says '--trend never overwrites a log' 2 'the log itself' --trend trend.svg trend.svg
is 'and the log is what it was' cmp trend.svg "$many"
says '--trend and another output in one file' 2 'share one file' --trend t.png --gantt t.png --latest "$many"
says 'a picture with another suffix' 2 'png.*svg.*pdf' --gantt g.gif "$rag"
says '--trend with another suffix' 2 'png.*svg.*pdf' --trend t.gif "$many"
run --gantt mini.svg --gantt-style mini "$rag"
is '--gantt-style mini is a sparkline of 600 x 120' grep -q '<svg [^>]*width="600" height="120"' mini.svg
says '--scale where nothing has pixels' 2 'end.* in .png' --gantt g.svg --scale 2 "$rag"
says '--max-rows of a sparkline' 2 'max-rows: nothing that is written heeds it' --gantt g.svg --gantt-style mini --max-rows 5 "$rag"
says '--theme of a summary' 2 'add --html FILE, --gantt FILE, --graph FILE or --trend FILE' --summary s.md --theme dark "$rag"
says '--max-rows of a trend' 2 'add --html FILE, --gantt FILE or --graph FILE' --trend t.svg --max-rows 5 "$many"
says '--unit of a table' 2 'add --html' --csv x.csv --unit s "$rag"
says '--gantt-style without a Gantt chart' 2 '--gantt FILE' --html x.html --gantt-style mini "$rag"
is 'a single output is the same as among four' cmp pipelens-report/report.html out.html

printf '# Release\n\nThe **warehouse** is slow.\n' >notes.md
run --html notes.html --notes notes.md "$rag"
is '--notes: the page holds them, rendered' grep -q 'The <strong>warehouse</strong> is slow' notes.html
run --html twice.html --notes notes.md "$rag"
is '--notes: the same bytes again' cmp notes.html twice.html
says '--notes - is refused' 2 'name a file' --html x.html --notes - "$rag"
says '--notes that are not there' 3 'nowhere.md: --notes' --html x.html --notes nowhere.md "$rag"
says '--notes without a page' 2 'add --html' --csv x.csv --notes notes.md "$rag"
run --html paper.html --template paper --notes notes.md "$rag"
is '--notes: paper has them' grep -q 'The <strong>warehouse</strong> is slow' paper.html
says '--notes: a card has no room' 2 'card has no room' --html x.html --template card --notes notes.md "$rag"
says '--embed-log always without a page' 2 'add --html' --csv x.csv --embed-log always "$rag"
says '--max-data without a page' 2 'add --html' --csv x.csv --max-data 64k "$rag"
says '--theme dark of paper alone' 2 'paper is light' --html x.html --template paper --theme dark "$rag"
is 'none of them writes' test ! -e x.html -a ! -e x.csv
run --html x.html --gantt x.svg --template paper --theme dark "$rag"
is '--theme dark of a picture beside paper' test $status -eq 0
rm x.html
cp notes.md kept.md
ln notes.md linked.md
says '--notes are not an output, too' 2 'the file of --notes' --html x.html --notes notes.md --summary notes.md "$rag"
says '--notes under another name' 2 'the file of --notes' --html x.html --notes notes.md --summary linked.md "$rag"
mkdir -p notes-out && ln notes.md notes-out/summary.md
says '--notes among the four' 2 'the file of --notes' -o notes-out --notes notes.md "$rag"
is 'they are what they were' cmp kept.md notes.md
rm linked.md notes-out/summary.md
head -c 1048576 /dev/zero | tr '\0' a >large.md
run --html x.html --notes large.md "$rag"
is '--notes of 1 MiB are taken' test $status -eq 0
echo >>large.md
says '--notes of more are refused' 3 'more than 1 MiB' --html y.html --notes large.md "$rag"
is 'and nothing is written then' test ! -e y.html

echo '# before' >summary.md
run --summary summary.md --append "$rag"
run --summary summary.md --append "$rag"
is '--append adds and keeps' sh -c 'test "$(head -n 1 summary.md)" = "# before" && test "$(grep -c "rag-agent-sample-1" summary.md)" -ge 2'
run --summary small.md --max-bytes 2000 "$rag"
is '--max-bytes is kept to' test "$(wc -c <small.md)" -le 2000
run --summary comment.md --max-bytes comment "$rag"
is '--max-bytes comment' test $status -eq 0 -a "$(wc -c <comment.md)" -le 65536

# --- selection ---

rows() { run --csv - "$@"; tail -n +2 stdout | grep -c "^rag-agent-sample-1,"; }
is 'all steps' test "$(rows "$rag")" -eq 30
is '--filter keeps what matches and its ancestors' test "$(rows --filter 'claim_[12]$' "$rag")" -eq 4
is '--keys' test "$(rows --keys rag-agent.format,rag-agent.retrieve.merge "$rag")" -eq 4
is '--status error' test "$(rows --status error "$rag")" -eq 5
is '--min-duration' test "$(rows --min-duration 2s "$rag")" -eq 4
is '--depth' test "$(rows --depth 1 "$rag")" -eq 7
run --summary - --filter claim "$rag"
is 'what was left out is said' grep -q '25 of 30 steps' stdout
says 'a regular expression that is none' 2 'filter' --filter '(' "$rag"
says 'a status that is none' 2 'eror' --status eror "$rag"
says 'a duration that is none' 2 'soon' --min-duration soon "$rag"

# --- tree, list, check, export ---

prints 'tree: the pipeline' 'rag-agent-sample-1' tree "$rag"
is 'tree: every step once' test "$(grep -cE 'claim_[123]|draft_answer|calculator' stdout)" -eq 5
is 'tree: no wider than 80 columns' sh -c 'LC_ALL=C tr -d "\200-\277" <stdout | awk "length(\$0) > 80 { exit 1 }"'
is 'tree: no colour into a pipe' sh -c '! grep -q "$(printf "\033")" stdout'
run tree --colour always "$etl"
is 'tree: colour on demand' grep -q "$(printf '\033')" stdout
run tree --records "$rag"
is 'tree --records shows records' grep -q 'best_score' stdout
prints 'tree --critical: the steps that the run waited for' '◆ +487 ms +7\.8 %$' tree --critical "$rag"
is 'tree --critical: and no others' sh -c '! grep -qE "claim_[13]" stdout'
prints 'list: a line per run' '^import-orders +import-orders-3 +failed' list "$many"
is 'list: a heading and six runs' test "$(wc -l <stdout)" -eq 7
prints 'check: a good log' 'no problem' check "$rag"
sed 's/"type":"step"/"type":/' "$rag" | head -n 20 >bad.ndjson
run check bad.ndjson
is 'check: a bad log is exit status 1' test $status -eq 1
is 'check: each problem has its place' grep -qE '^pipelens-report: bad\.ndjson:[0-9]+:[0-9]+: ' stderr
for shape in nested flat pipelens; do
    prints "export --to $shape" '"name":' export --to $shape "$rag"
    run export --to $shape "$many"
    is "export --to $shape of several runs: one document a line" test "$(wc -l <stdout)" -eq 6
done
run export --to nested -o nested.json "$rag"
is 'export -o FILE' grep -q '"substeps"' nested.json
run export --to ndjson -o again.ndjson "$rag"
"$tool" -q --json a.json "$rag" && "$tool" -q --json b.json again.ndjson
is 'export --to ndjson: the same run again' cmp a.json b.json
run export --to ndjson "$many"
"$tool" export --to ndjson "$many" | "$tool" list - >list.again
"$tool" list "$many" >list.first
is 'export --to ndjson of several runs' cmp list.first list.again
"$tool" -q --csv a.csv "$many" && "$tool" export --to csv "$many" >b.csv
is 'export --to csv is --csv' cmp a.csv b.csv
prints 'export --to mermaid' 'dateFormat x' export --to mermaid "$rag"
says 'export --to mermaid of several runs' 2 'holds one run and the input holds 6' export --to mermaid "$many"
prints 'export --to dot' 's0 -> s1;' export --to dot "$rag"
cat >quotes.json <<'END'
{"runId":"r","steps":[{"key":"a","name":"a\"]; x [\\"},{"key":"a.b","name":"<b>","error":"e"}]}
END
run export --to dot quotes.json
is 'export --to dot: names stay in their quotes' grep -qF 'a\"]; x [\\\n' stdout
says 'export to a shape that is misspelt' 2 'did you mean mermaid' export --to mermaod "$rag"
says 'export without --to' 2 'nested' export "$rag"
says 'export to a shape that is none' 2 'nested' export --to xml "$rag"

# --- exit statuses and words ---

status_is '--fail-on never, a failed run' 0 -q --fail-on never "$etl"
status_is 'the default is never' 0 -q "$etl"
status_is '--fail-on error, a failed run' 1 -q --fail-on error "$etl"
status_is '--fail-on error, a good run with a caught error' 0 -q --fail-on error "$rag"
status_is '--fail-on unfinished, a failed run' 1 -q --fail-on unfinished "$etl"
head -n 30 "$rag" >unfinished.ndjson
status_is '--fail-on error, an unfinished run' 0 -q --fail-on error unfinished.ndjson
status_is '--fail-on unfinished, an unfinished run' 1 -q --fail-on unfinished unfinished.ndjson
is '--fail-on: the outputs are written all the same' test -s pipelens-report/report.html

prints '--help' '^usage: pipelens-report' --help
prints 'help' 'exit status' help
prints '--version' '^pipelens-report [0-9]+\.[0-9]+\.[0-9]+$' --version
for command in render tree list check export; do
    prints "help $command" '^usage: pipelens-report' help $command
    prints "$command --help" '^usage: pipelens-report' $command --help
done
says 'no argument at all' 2 'help' 2>/dev/null
says 'an unknown option, with the one that was meant' 2 "summary" --sumary x "$rag"
says 'an unknown command, with the one that was meant' 2 'tree' tre "$rag"
says 'an option without its value' 2 'gantt' --gantt
says 'an option of another command' 2 'records' list --records "$rag"
says 'a number that is none' 2 'scale' --scale big "$rag"
says 'a number out of bounds' 2 'scale' --scale 0 "$rag"
says 'a folder of the zone database' 2 'no time zone' --tz Europe "$rag"
says 'a list of the zone database' 2 'no time zone' --tz zone.tab "$rag"
says 'a choice that is none' 2 'light' --theme pink "$rag"
says 'a file that is not there' 3 'nowhere' nowhere.ndjson
run --scale=2 --gantt=eq.png "$rag"
is 'options with =' test -s eq.png
run "$rag" -q -o after
is 'options behind the log' test -s after/report.html
cp "$rag" -- ./-dash.ndjson
run -q -o dash -- -dash.ndjson
is 'a log behind --' test -s dash/report.html

# --- several logs, one run ---

head -n 20 "$rag" >part1.ndjson
tail -n +21 "$rag" >part2.ndjson
run --csv whole.csv "$rag"
run --csv parts.csv part1.ndjson part2.ndjson
is 'one run over two files is one run' cmp whole.csv parts.csv
run --csv parts.csv part2.ndjson part1.ndjson
is 'in any order' test "$(wc -l <parts.csv)" -eq "$(wc -l <whole.csv)"
run list "$rag" "$etl" "$many"
is 'several files' test $status -eq 0 -a "$(wc -l <stdout)" -eq 9
mkdir logs
cp "$rag" "$etl" "$many" logs
run list logs
is 'a directory' test $status -eq 0 -a "$(wc -l <stdout)" -eq 9

# --- pages without the network ---

run --html plain.html --google off "$rag"
is '--google off: no outside reference' sh -c '! grep -qiE "gstatic|(src|href)=\"?https?:|url\(https?:" plain.html'
run --html - "$rag"
is 'by default Google Charts is the one outside host that is named' \
    sh -c 'grep -q "www.gstatic.com" stdout && test "$(grep -oE "(src|href)=\"https?://[^/\"]*" stdout | grep -vc gstatic)" -eq 0'

# The shell sample writes a log that is one.
is 'samples/backup.sh does its work' sh "$root/samples/backup.sh" sh.ndjson
prints 'the log of samples/backup.sh: the pipeline and three steps' '^1 run, 4 steps: no problem$' check sh.ndjson
run --csv - sh.ndjson
tail -n +2 stdout | cut -d, -f2,6-8 >names
printf 'backup,%s,ok\n' backup,backup backup.check-space,check-space backup.pack,pack backup.upload,upload >expected
same 'its steps, in order, all well' expected names
tap_done
