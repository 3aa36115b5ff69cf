#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Same log, same options: same bytes. A second program, built in a directory of its own, makes the outputs of every
# sample without a font on the machine and with fonts that claim to be ours; they are compared with those of the first.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

# What decides on fonts, in the machine's own set-up, is whoever runs the tests.
mkdir "$work/fonts"
cat >"$work/fonts/none.conf" <<'END'
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>
END
cat >"$work/fonts/others.conf" <<END
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>$root/templates/fonts</dir><cachedir>$work/fonts/cache</cachedir>
<match target="pattern"><edit name="family" mode="assign" binding="strong"><string>DejaVu Sans</string></edit></match>
<match target="font"><edit name="hinting" mode="assign"><bool>true</bool></edit></match>
</fontconfig>
END

other=$work/another/build/directory
# With jobs of its own: the descriptors of the outer make's are in other use here.
is 'a second build' "${MAKE:-make}" -s -j "${JOBS:-2}" BUILD="$other" SAN="${SAN:-}" "$other/pipelens-report"
is 'it is another file' test ! "$other/pipelens-report" -ef "$tool"

# make_all PROGRAM DIRECTORY LOG: all that render writes of one run.
make_all()
{
    rm -rf "$2"
    mkdir "$2"
    (
        cd "$2" && "$1" -q --latest -o default "$3" &&
            "$1" -q --latest --theme dark --gantt gantt.svg --graph graph.svg --json run.json --csv steps.csv "$3" &&
            "$1" -q --latest --gantt gantt.pdf --graph graph.pdf --html never.html --embed-log never "$3" &&
            "$1" -q --trend trend.png "$3"
    )
}

# compare NAME PROGRAM LOG: the program makes what is in $work/expected.
compare()
{
    if make_all "$2" "$work/actual" "$3" >"$work/said" 2>&1 &&
        diff -r "$work/expected" "$work/actual" >>"$work/said" 2>&1; then ok "$1"; else not_ok "$1" "$work/said"; fi
}

for log in "$root"/samples/*.ndjson; do
    name=${log##*/}
    is "$name: the outputs" make_all "$tool" "$work/expected" "$log"
    compare "$name: the same of another build directory" "$other/pipelens-report" "$log"
    FONTCONFIG_FILE=$work/fonts/none.conf
    export FONTCONFIG_FILE
    compare "$name: the same without fonts" "$other/pipelens-report" "$log"
    FONTCONFIG_FILE=$work/fonts/others.conf
    compare "$name: the same with other fonts" "$tool" "$log"
    unset FONTCONFIG_FILE
done
tap_done
