#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make install into a temporary DESTDIR, run what is there, make uninstall, and nothing is left.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

# The binary that is tested is the one that is installed; nothing is built here.
make_quietly()
{
    "${MAKE:-make}" -s BUILD="$BUILD" SAN="${SAN:-}" -o "$BUILD/pipelens-report" -o "$BUILD/libpipelens.a" \
        -o "$BUILD/libpipelens.so.0" "$@"
}

stage=$work/stage
is 'make install' make_quietly install DESTDIR="$stage" PREFIX=/opt/pipelens
is 'the program is there' test -x "$stage/opt/pipelens/bin/pipelens-report"
is 'it runs away from its sources' sh -c 'cd / && "$1" --version' sh "$stage/opt/pipelens/bin/pipelens-report"
is 'it makes a report there' sh -c 'cd "$1" && "$2" -q -o out "$3" && test -s out/report.html && rm -r out' sh \
    "$work" "$stage/opt/pipelens/bin/pipelens-report" "$root/samples/rag-agent.ndjson"
for file in include/pipelens.h lib/libpipelens.a lib/libpipelens.so lib/libpipelens.so.0 lib/pkgconfig/pipelens.pc; do
    is "$file is there" test -s "$stage/opt/pipelens/$file"
done
is 'pipelens.pc names the place' grep -qx 'prefix=/opt/pipelens' "$stage/opt/pipelens/lib/pkgconfig/pipelens.pc"
is 'the licences are there' test -s "$stage/opt/pipelens/share/doc/pipelens-report/LICENSE"
is 'nothing lies outside PREFIX' test "$(ls -A "$stage")" = opt
is 'make install again' make_quietly install DESTDIR="$stage" PREFIX=/opt/pipelens
is 'make uninstall' make_quietly uninstall DESTDIR="$stage" PREFIX=/opt/pipelens
find "$stage" -mindepth 1 >"$work/left" 2>/dev/null
if [ -s "$work/left" ]; then not_ok 'nothing is left' "$work/left"; else ok 'nothing is left'; fi

mkdir -p "$stage/usr/local/bin"
echo mine >"$stage/usr/local/bin/other"
make_quietly install DESTDIR="$stage" && make_quietly uninstall DESTDIR="$stage"
is 'what others installed stays' grep -qx mine "$stage/usr/local/bin/other"
tap_done
