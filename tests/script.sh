#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The page's script: what building takes away from it, and what all files together must keep to.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

cat >"$work/given.js" <<'END'
'use strict';
/* SPDX-License-Identifier: MIT
 *
 * What it does.
 */

/** Twice. @param {number} n */
function twice(n) {
    /* why */ const two = 2; /* stays: behind code */
    // a line
    return n * /** @type {number} */ (two);
}
/** @type {number} */ (twice(1)).toFixed();
    /** first
     * second */ const url = 'https://x/*y*/';
END
cat >"$work/expected.js" <<'END'
'use strict';
function twice(n) {
const two = 2; /* stays: behind code */
return n * (two);
}
(twice(1)).toFixed();
const url = 'https://x/*y*/';
END
awk -f templates/strip.awk "$work/given.js" >"$work/actual.js"
same 'comments, types and indentation go, code stays' "$work/expected.js" "$work/actual.js"

# One global scope: of two functions with one name the first would never run.
cat templates/*.js | sed -n 's/^\(async \)\{0,1\}\(function\*\{0,1\}\|const\|let\|class\) \([A-Za-z_$][A-Za-z0-9_$]*\).*/\3/p' |
    sort | uniq -d >"$work/twice"
is 'no global name is declared twice' cmp "$work/twice" /dev/null

grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|fetch\(|XMLHttpRequest' templates/*.js >"$work/markup"
is 'no script makes markup of text or asks for anything' cmp "$work/markup" /dev/null

"$tool" --html "$work/page.html" --quiet --google off samples/rag-agent.ndjson
# The last script element without a type is the page's.
awk '/^<script>/ { on = 1; text = "" } on { text = text $0 "\n" } /<\/script>/ { on = 0 } END { printf "%s", text }' "$work/page.html" |
    sed -e '1s/^<script>//' -e 's/<\/script>$//' >"$work/page.js"
is 'the page has it without indentation' sh -c "test -s '$work/page.js' && ! grep -nE '^[[:blank:]]|^/\*' '$work/page.js'"
if command -v node >/dev/null 2>&1; then is 'it is a script' node --check "$work/page.js"; else skip 'it is a script' 'node is not there'; fi

if command -v node >/dev/null 2>&1; then is 'the search language, and changes between states' node tests/query.mjs
else skip 'the search language, and changes between states' 'node is not there'; fi

# Markdown of a result and of a record in it is rendered for the script; what looks like it only, or like markup, is not.
cat >"$work/md.ndjson" <<'END'
{"type":"pipeline","operation":"start","meta":{"name":"p","key":"p","runId":"r","time":{"startTs":1}}}
{"type":"step","operation":"finish","runId":"r","step":{"name":"a","key":"p.a","time":{"startTs":1,"endTs":2},"records":{"log":"a\nb\nc","answer":"# Title\n\n- one\n- two"},"result":"## Two\n\n</template><script>alert(1)</script>\n\n- [x](javascript:alert(1))\n- y"}}
END
"$tool" --html "$work/md.html" --quiet --google off "$work/md.ndjson"
grep -A 20 '<template id=' "$work/md.html" | sed '/^<script/,$d' >"$work/md"
is 'Markdown of records and results is rendered' sh -c \
    "[ \"\$(grep -c '<template id=\"md-1-' '$work/md')\" -eq 2 ] && grep -q '<h4>Title</h4>' '$work/md' && grep -q '<h5>Two</h5>' '$work/md'"
is 'and nothing in it is markup of the log' sh -c "! grep -E '<script|href=.?javascript' '$work/md'"

sed -n '/<style>/,/<\/style>/p' "$work/page.html" >"$work/page.css"
bytes=$(cat "$work/page.js" "$work/page.css" | wc -c)
note "script and style: $bytes bytes"
is 'script and style take 212,000 bytes at most' test "$bytes" -le 212000
tap_done
