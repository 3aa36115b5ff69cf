#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What README.md shows is what happens: each ```sh block is run in a copy of the samples with the program in PATH, and must
# print what the ```text block behind it says, if there is one. (```shell blocks install things; they are not run.)
# And what it refers to is there.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

mkdir "$work/bin" "$work/here"
ln -s "$tool" "$work/bin/pipelens-report"
PATH=$work/bin:$PATH
cp -r samples "$work/here/samples"
unset NO_COLOR COLUMNS
# What `make install` installs, for the block that compiles a program.
"${MAKE:-make}" -s BUILD="$BUILD" SAN="${SAN:-}" -o "$BUILD/pipelens-report" -o "$BUILD/libpipelens.a" \
    -o "$BUILD/libpipelens.so.0" install PREFIX="$work/usr" >/dev/null 2>&1
PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
LD_LIBRARY_PATH=$work/usr/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
if [ -n "${SAN:-}" ]; then
    printf '#!/bin/sh\nexec %s -fsanitize=%s "$@"\n' "$(command -v cc)" "$SAN" >"$work/bin/cc"
    chmod +x "$work/bin/cc"
fi

# block-N.sh and block-N.txt out of the fences.
awk -v out="$work/block" '
    /^```sh$/ { n++; name = out "-" n ".sh"; inside = 1; last = n; printf "" > name; next }
    /^```text$/ { name = out "-" last ".txt"; inside = last > 0; printf "" > name; last = 0; next }
    /^```/ { if (inside) close(name); inside = 0; next }
    inside { print > name; next }
    NF { last = inside ? last : last }
    /^#/ { last = 0 }' README.md

cd "$work/here" || exit 1
for block in "$work"/block-*.sh; do
    name=$(grep -v '^#' "$block" | grep 'pipelens-report' | head -n 1)
    sh -eu "$block" >"$work/printed" 2>"$work/said" </dev/null
    status=$?
    cat "$work/said" "$work/printed" >"$work/both"
    if [ $status -eq 0 ] && [ ! -s "$work/said" ]; then ok "runs: $name"; else not_ok "runs: $name" "$work/both"; fi
    [ ! -f "${block%.sh}.txt" ] || same "prints what is shown: $name" "${block%.sh}.txt" "$work/printed"
done
is 'there were blocks to run and outputs to compare' test "$(find "$work" -name 'block-*' | wc -l)" -ge 5
cd "$root" || exit 1

# The quoted beginning of the summary.
sed -n 's/^> \{0,1\}//p' README.md | grep . >"$work/quoted"
grep . samples/pictures/summary.md | head -n "$(wc -l <"$work/quoted")" >"$work/beginning"
same 'the quoted summary is how the summary begins' "$work/beginning" "$work/quoted"
"$tool" --summary - samples/etl-failing.ndjson >"$work/summary.md" 2>&1
same 'samples/pictures/summary.md is what comes out today' "$work/summary.md" samples/pictures/summary.md
for picture in gantt graph; do
    "$tool" -q "--$picture" "$work/$picture.png" samples/rag-agent.ndjson
    is "samples/pictures/$picture.png is what comes out today" "$BUILD/tests/same_pixels" "samples/pictures/$picture.png" "$work/$picture.png"
done

grep -oE '\]\([^)]*\)' README.md | sed 's/^](//; s/)$//' | grep -vE '^https?:' | sort -u >"$work/links"
while read -r link; do
    case $link in
    '#'*) is "there is $link" grep -qixE "##+ $(echo "${link#?}" | tr - ' ')" README.md ;;
    *) is "there is $link" test -e "$link" ;;
    esac
done <"$work/links"
grep -oE 'make [a-z]+' README.md | cut -d' ' -f2 | sort -u >"$work/targets"
while read -r target; do
    is "make has $target" grep -qE "(^|[ :])$target([ :]|\$)" Makefile
done <"$work/targets"
tap_done
