#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Picture files as other programs see them: pngcheck, exiftool, xmllint, pdfinfo, pdftotext, each where it is installed.
# What a picture says of where it comes from; the same of a log that came through a pipe; extremes of time.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

log=$root/samples/etl-failing.ndjson
cd "$work" || exit 1

# with TOOL NAME COMMAND...: a test that needs a tool.
with()
{
    needed=$1 name=$2
    shift 2
    if command -v "$needed" >/dev/null 2>&1; then is "$name" "$@"; else skip "$name" "$needed is not installed"; fi
}

# The text of a PNG's tEXt chunk, read without any tool: what is behind the keyword's NUL is printable up to the checksum,
# so `digits` of it are taken.
text_of() { tr '\0' '\n' <"$1" | grep -a -A1 "tEXt$2\$" | sed -n 2p | cut -c "1-$3"; }

hash=$(sha256sum "$log" 2>/dev/null || shasum -a 256 "$log")
hash=${hash%% *}

# --- PNG ---

"$tool" -q --latest --max-rows 150 --title "Übersicht <b> & \$(x)" --gantt g.png --graph x.png "$log" || exit 1
is 'a PNG names the log by its SHA-256' test "$(text_of g.png 'Log SHA-256' 64)" = "$hash"
is 'the graph does as well' test "$(text_of x.png 'Log SHA-256' 64)" = "$hash"
is 'and the options as they were given' sh -c 'grep -aq -- "--max-rows 150 --title" g.png'
with pngcheck 'pngcheck finds nothing wrong' sh -c 'pngcheck -q g.png x.png'
with pngcheck 'pngcheck -t shows title, run, options' sh -c 'pngcheck -7t g.png x.png >said &&
    grep -q "^Title:" said && grep -q "^Run:" said && grep -q "^Options:" said && grep -q "^Pipeline:" said'
with exiftool 'exiftool shows the same, and 96 pixels an inch' sh -c 'exiftool -a -G0 g.png >said &&
    grep -q "Title .*: .*Übersicht <b> & .(x)" said && grep -q "Pixels Per Unit X  *: 3780$" said &&
    grep -q "Software  *: pipelens-report [0-9]" said && ! grep -qi warning said'

mkdir same
"$tool" -q --latest --max-rows 150 --title "Übersicht <b> & \$(x)" --gantt same/g.png - <"$log"
is 'a log from a pipe gives the same bytes' cmp g.png same/g.png
gzip -c "$log" >log.gz
"$tool" -q --latest --gantt file.png log.gz
"$tool" -q --latest --gantt pipe.png - <log.gz
is 'so does a compressed one' cmp file.png pipe.png
zipped=$(sha256sum log.gz 2>/dev/null || shasum -a 256 log.gz)
is 'which is named by the bytes that were given' test "$(text_of file.png 'Log SHA-256' 64)" = "${zipped%% *}"
"$tool" -q -o all "$log"
is 'with the page beside it the picture has the same hash' sh -c "find all -name gantt.png | while read -r f; do
    grep -aq $hash \"\$f\" || exit 1; done"
cp "$log" two.ndjson
"$tool" -q --latest --gantt two.png "$log" two.ndjson
is 'two logs are named as sha256sum names them' grep -aq "$hash  etl-failing.ndjson, $hash  two.ndjson" two.png

# --- SVG ---

"$tool" -q --latest --theme auto --gantt g.svg --graph x.svg "$log" || exit 1
with xmllint 'an SVG is well-formed' xmllint --noout g.svg x.svg
is 'it is dark for those who have it dark' grep -q 'prefers-color-scheme:dark' g.svg
is 'it has no script and refers to nothing outside' sh -c '! grep -qiE "<script|<image|href|@import|url\((.?http|//)" g.svg x.svg'
"$tool" -q --latest --theme dark --gantt dark.svg "$log"
is 'told to be dark, it is dark for everybody' sh -c '! grep -q prefers-color-scheme dark.svg && grep -q 11161d dark.svg'

# --- PDF ---

"$tool" -q --latest --gantt g.pdf "$log" || exit 1
with pdftotext 'the names in a PDF can be found' sh -c 'pdftotext g.pdf said && grep -q extract said'
with pdfinfo 'a PDF has title, author and the date of the run' sh -c 'TZ=UTC pdfinfo g.pdf >said && grep -q "^Title: .*Gantt" said &&
    grep -q "^Author:  *pipelens-report" said && grep -q "^CreationDate:" said && ! grep -q "^CreationDate:.*1970" said'
awk 'BEGIN {
    printf "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"long\",\"key\":\"long\",\"time\":{\"startTs\":1000},\"records\":{},\"logVersion\":1,\"runId\":\"r\",\"steps\":[]}}\n"
    for (i = 0; i < 150; i++)
        printf "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"part%d_of_many\",\"key\":\"long.p%d\",\"time\":{\"startTs\":%d,\"endTs\":%d},\"records\":{}}}\n", i, i, 1000 + i * 7, 1005 + i * 7
}' >long.ndjson
"$tool" -q --max-rows 1000 --gantt long.pdf long.ndjson
with pdfinfo 'a long chart has pages of A4' sh -c 'pdfinfo long.pdf >said && grep -q "^Pages:  *[2-9]" said && grep -q "A4" said'
with pdftotext 'which are numbered' sh -c 'pdftotext long.pdf said && grep -q "page 2 of" said'

# --- extremes of time ---

# spans START END: a run of two steps, in ms.
spans()
{
    printf '{"type":"pipeline","operation":"start","meta":{"name":"t","key":"t","time":{"startTs":%s},"records":{},"logVersion":1,"runId":"r","steps":[]}}\n' "$1"
    for step in t.first t.second; do
        printf '{"type":"step","operation":"finish","runId":"r","step":{"name":"%s","key":"%s","time":{"startTs":%s,"endTs":%s},"records":{}}}\n' "${step#t.}" "$step" "$1" "$2"
    done
}
spans 1716000000000 1716000000000.001 >short.ndjson
spans 1716000000000 1810608000000 >years.ndjson
for span in short years; do
    for scale in 1 2 4; do
        is "$span, scale $scale" "$tool" -q --scale $scale --gantt $span-$scale.png $span.ndjson
        with pngcheck "$span, scale $scale: a good PNG" pngcheck -q $span-$scale.png
    done
done
"$tool" -q --gantt short.svg short.ndjson
"$tool" -q --gantt years.svg years.ndjson
is 'a microsecond is said' grep -q '1 µs' short.svg
is 'three years are said' grep -q '1095 d\|1,095 d\|3 y' years.svg
tap_done
