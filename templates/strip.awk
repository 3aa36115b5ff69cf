# SPDX-License-Identifier: MIT
#
# What of a script the page needs: no comments that begin a line or tell a type, no white space before a line, no empty
# lines. It knows nothing of strings: a text that goes over several lines must not need what it takes away.
{
    sub(/^[ \t]+/, "")
    for (;;) {
        if (inside) {
            end = index($0, "*/")
            if (!end) next
            $0 = substr($0, end + 2)
            sub(/^[ \t]+/, "")
            inside = 0
        }
        if (substr($0, 1, 2) != "/*") break
        $0 = substr($0, 3)
        inside = 1
    }
    gsub(/\/\*\* @[^*]*\*\/ ?/, "")
    if ($0 == "" || substr($0, 1, 2) == "//") next
    print
}
