#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The walls of the source, read off its text: a directory includes only itself and those before it, libraries are known
# to the files they are for, nothing below cli/ prints or exits, every file says its licence.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

layers='base event input model layout render cli'

# Prints the includes of project headers that reach a later layer or name no layer.
wrong_directions()
{
    grep -n '^[[:space:]]*#[[:space:]]*include "' src/*/*.[ch] src/main.c | awk -v layers="$layers" '
        BEGIN { n = split(layers, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i; rank["main.c"] = n + 1 }
        {
            split($0, part, ":")
            split(part[1], path, "/")
            match($0, /"[^"]*"/)
            target = substr($0, RSTART + 1, RLENGTH - 2)
            if (target ~ /\.inc$/ && target !~ /\//) next # generated at build time
            split(target, to, "/")
            if (path[2] == "track") {
                if (to[1] != "track" && target != "event/kinds.def") print part[1] ":" part[2] ": track stands alone, " target " is not its own"
            }
            else if (to[1] == "track") {
                if (target != "track/pipelens.h" || rank[path[2]] < rank["cli"]) print part[1] ":" part[2] ": " target " is for programs that leave a log"
            }
            else if (!(path[2] in rank)) print part[1] ": no layer has this directory"
            else if (!(to[1] in rank)) print part[1] ":" part[2] ": " target " is in no layer"
            else if (rank[to[1]] > rank[path[2]]) print part[1] ":" part[2] ": " target " is above " path[2]
        }'
}

# Files that include a header, one a line.
users_of() { grep -l "^[[:space:]]*#[[:space:]]*include *<$1" src/*/*.[ch] src/*.c 2>/dev/null; }

# only HEADER FILE-PATTERN...: every file that includes it must match one of the patterns.
only()
{
    header=$1
    shift
    for file in $(users_of "$header"); do
        allowed=no
        for pattern; do
            # shellcheck disable=SC2254 # it is a pattern
            case $file in $pattern) allowed=yes ;; esac
        done
        [ "$allowed" = yes ] || echo "$file includes <$header>"
    done
}

cairo_users()
{
    only 'cairo[a-z-]*\.h>' 'src/render/png*' 'src/render/pdf*' 'src/render/raster*' 'src/render/paint*' \
        'src/render/shape*' 'src/render/font*'
}

printing_below_cli()
{
    grep -nE '(^|[^_[:alnum:]])(printf|vprintf|puts|putchar|perror|exit|_exit|abort|quick_exit) *\(|std(out|err)\b|assert *\(' \
        src/base/*.[ch] src/event/*.[ch] src/input/*.[ch] src/model/*.[ch] src/layout/*.[ch] src/render/*.[ch] \
        src/track/*.[ch] |
        grep -vE '^[^:]+:[0-9]+: *(/?\*|.*__attribute__)' |
        grep -vE '^src/base/arena\.c:|^src/layout/widths_gen\.c:|static_assert|_Static_assert'
}

style()
{
    for file in src/*.c src/*/*.[ch] src/*/*.def tests/*.c tests/*/*.[ch] samples/*.[ch] samples/*/*.[ch]; do
        [ -f "$file" ] || continue
        head -n 1 "$file" | grep -q '^/\* SPDX-License-Identifier: MIT' || echo "$file: does not begin with its licence"
        # Without the continuation bytes of UTF-8 a byte is a column.
        LC_ALL=C tr -d '\200-\277' <"$file" | awk -v file="$file" '
            length($0) > 120 { print file ":" NR ": " length($0) " columns" }
            /\t/ { print file ":" NR ": a tab" }
            /[ \t]$/ { print file ":" NR ": white space at the end" }'
    done
}

# nothing NAME COMMAND...: the command must print nothing.
nothing()
{
    name=$1
    shift
    "$@" >"$work/found" 2>/dev/null
    if [ -s "$work/found" ]; then not_ok "$name" "$work/found"; else ok "$name"; fi
}

nothing 'a directory includes only those before it' wrong_directions
nothing 'cairo is known to the picture files only' cairo_users
nothing 'libpng is known to the PNG writer only' only 'png\.h>' 'src/render/png*' 'src/render/raster*'
nothing 'FreeType is known to the fonts only' only 'ft2build\.h>' 'src/render/font*' 'src/layout/widths_gen.c'
nothing 'cmark is known to the Markdown reader only' only 'cmark\.h>' 'src/render/richtext.c'
nothing 'zlib is known to the input only' only 'zlib\.h>' 'src/input/*' 'src/render/png*'
nothing 'libdeflate is known to the packer and the PNG writer only' only 'libdeflate\.h>' 'src/input/pack.c' 'src/render/png*'
nothing 'no test library in the sources' only 'cmocka\.h>'
nothing 'nothing below cli/ prints or exits' printing_below_cli
nothing 'licence first, no tabs, at most 120 columns' style

# The checks above must be able to fail: a small tree that does everything wrong.
mkdir -p "$work/wrong/src/base" "$work/wrong/src/layout" "$work/wrong/src/track"
cd "$work/wrong" || exit 1
printf '%s\n' '#include "render/theme.h"' '#include <cairo.h>' '	int x;' 'void f(void) { printf("x"); }' >src/base/wrong.c
printf '%s\n' '/* SPDX-License-Identifier: MIT */' '#include "elsewhere/x.h"' '#include "track/pipelens.h"' >src/layout/wrong.h
printf '%s\n' '/* SPDX-License-Identifier: MIT */' '#include "base/buf.h"' >src/track/wrong.h
for check in wrong_directions:4 cairo_users:1 printing_below_cli:1 style:2; do
    found=$(${check%:*} 2>/dev/null | wc -l)
    is "${check%:*} finds what is wrong" test "$found" -eq "${check#*:}"
done
tap_done
