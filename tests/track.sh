#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What libpipelens promises. The programs of tests/track list their cases and run one at a time, in a directory of its
# own; the logs that they leave are validated by the program itself, and what the library says of a run must be what
# `export` makes of its log. Then the header, the libraries as others use them, and ThreadSanitizer.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

SECONDS_MAX=${SECONDS_MAX:-300} # on a machine that is busy with other things
programs=$BUILD/tests/track
header=src/track/pipelens.h
unset PIPELENS_LOG PIPELENS_RUN PIPELENS_STEP PIPELENS_KEY TRACEPARENT TERM NO_COLOR

if command -v timeout >/dev/null 2>&1; then
    limited() { timeout -k 5 "$SECONDS_MAX" "$@"; }
else
    limited() { "$@"; }
fi

# ---- the programs ----

# A locale with a decimal comma for the case that needs one, built when the machine has none.
speaks() { [ "$(LC_ALL=$1 locale decimal_point 2>/dev/null)" = , ]; }
COMMA_LOCALE=
for candidate in $(locale -a 2>/dev/null | grep -iE '^(de|fr|ru)_.*utf'); do
    ! speaks "$candidate" || { COMMA_LOCALE=$candidate; break; }
done
if [ -z "$COMMA_LOCALE" ] && command -v localedef >/dev/null 2>&1; then
    mkdir "$work/locales"
    localedef -i de_DE -f UTF-8 "$work/locales/de_DE.UTF-8" >/dev/null 2>&1
    LOCPATH=$work/locales
    export LOCPATH
    ! speaks de_DE.UTF-8 || COMMA_LOCALE=de_DE.UTF-8
fi
export COMMA_LOCALE

# check_logs DIRECTORY: every log is good. A file `bad` says how many lines of kill.log are not.
check_logs()
{
    for log in "$1"/*.ndjson; do
        [ -f "$log" ] || continue
        "$tool" check "$log" 2>&1 || { echo "$log"; return 1; }
    done
    [ -f "$1/bad" ] || return 0
    bad=$(cat "$1/bad")
    "$tool" check "$1/kill.log" >"$1/checked" 2>&1
    [ "$bad" -gt 0 ] && tail -n 1 "$1/checked" | grep -q ": $bad problems\{0,1\}$" && return 0
    echo "$bad bad lines are in kill.log, but:"
    tail -n 5 "$1/checked"
    return 1
}

# check_outputs DIRECTORY: what the library said is what the program makes of the log.
check_outputs()
{
    for shape in nested flat pipelens; do
        [ -f "$1/run.$shape" ] || continue
        "$tool" export --to "$shape" "$1/run.ndjson" >"$1/exported" || return 1
        diff "$1/exported" "$1/run.$shape" || return 1
    done
}

# passes DIRECTORY COMMAND CASE: one case and what it has left.
passes()
{
    mkdir -p "$1" || return 1
    limited "$2" "$3" "$1" </dev/null
    status=$?
    if [ "$status" -ne 0 ]; then
        echo "ended with status $status"
        # Nothing may be printed; a sanitizer or the C library does when they end the program.
        [ ! -s "$1/said" ] || cat "$1/said"
        return 1
    fi
    check_logs "$1" && check_outputs "$1"
}

for source in tests/track/*.c; do
    name=$(basename "$source" .c)
    if ! "$programs/$name" >"$work/$name.cases" 2>"$work/tap.out"; then
        not_ok "$name" "$work/tap.out"
        continue
    fi
    while read -r case says; do
        if [ "$name.$case" = outputs.locale ] && [ -z "$COMMA_LOCALE" ]; then
            skip "$name: $says" 'no locale with a decimal comma, nor the means to build one'
        else
            is "$name: $says" passes "$work/$name.$case" "$programs/$name" "$case"
            rm -rf "${work:?}/$name.$case"
        fi
    done <"$work/$name.cases"
done

# ---- the header ----

# each COMPILER... -- COMMAND: runs the command once for each compiler that there is; fails when there is none.
each()
{
    compilers=
    while [ "$1" != -- ]; do
        ! command -v "$1" >/dev/null 2>&1 || compilers="$compilers $1"
        shift
    done
    shift
    [ -n "$compilers" ] || return 1
    for compiler in $compilers; do
        "$@" "$compiler" || return 1
    done
}

alone()
{
    case $1 in
    *++) standards='c++11 c++17 c++20' language=c++ ;;
    *) standards='c99 c11 c17' language=c ;;
    esac
    for standard in $standards; do
        echo '#include <pipelens.h>' | "$1" -x "$language" "-std=$standard" -pedantic -Wall -Wextra -Wconversion \
            -Werror -Isrc/track -fsyntax-only - || { echo "$1 -std=$standard"; return 1; }
    done
}
is 'the header compiles alone in C' each gcc clang -- alone
if command -v g++ >/dev/null 2>&1 || command -v clang++ >/dev/null 2>&1; then
    is 'the header compiles alone in C++' each g++ clang++ -- alone
else
    skip 'the header compiles alone in C++' 'no C++ compiler'
fi

# What a header offers to be called: its functions, or with `macros` the macros that stand for one.
called_in()
{
    if [ "${2:-}" = macros ]; then
        sed -n 's/^#define \(pipelens_[a-z_]*\)(.*/\1/p' "$1"
    else
        grep -vE '^(#define|typedef| \*)' "$1" | grep -oE '(^|[ *])pipelens_[a-z_]+\(' | grep -oE 'pipelens_[a-z_]+'
    fi | sort -u
}
called_in "$header" >"$work/functions"
called_in "$header" macros >"$work/macros"

# What of it has no comment before it; those that follow one another without an empty line share one.
without_comment()
{
    awk '
        /^\/\*/ { comment = 1 }
        /^\/\*/, /\*\// { next }
        /^$/ { comment = 0 }
        /^#define pipelens_/ || (/^[a-z].*[ *]pipelens_[a-z_]+\(/ && !/^typedef/) {
            if (!comment) print FILENAME ":" FNR ": " $0
        }' "$1"
}
commented()
{
    without_comment "$header" >"$work/uncommented"
    # The check itself: a header that lacks one comment.
    sed '/^\/\* The state after the step/,/\*\//s/.*//' "$header" >"$work/lacking.h"
    cat "$work/uncommented"
    [ ! -s "$work/uncommented" ] && [ "$(without_comment "$work/lacking.h" | wc -l)" -eq 1 ]
}
is 'every function has a comment' commented

not_called() { while read -r function; do grep -q "[^_a-z]$function(" tests/track/contract.c || echo "$function"; done; }
all_called()
{
    cat "$work/functions" "$work/macros" | not_called >"$work/uncalled"
    cat "$work/uncalled"
    [ "$(wc -l <"$work/functions")" -gt 50 ] && [ ! -s "$work/uncalled" ]
}
is 'contract.c calls every function' all_called

# ---- the libraries ----

shared=$BUILD/libpipelens.so.0
same_functions()
{
    nm -D --defined-only "$shared" | awk '{ print $NF }' | grep -vxE '_init|_fini|_edata|_end|__bss_start' | sort >"$work/exported"
    diff "$work/functions" "$work/exported"
}
needs()
{
    readelf -d "$shared" >"$work/dynamic" || return 1
    cat "$work/dynamic"
    grep -q 'SONAME.*\[libpipelens\.so\.0\]' "$work/dynamic" &&
        ! grep NEEDED "$work/dynamic" | grep -qvE '\[(libc|libpthread|ld-linux[-_a-z0-9]*)\.so\.[0-9]+\]'
}
is 'libpipelens.so is a link to libpipelens.so.0' test "$(readlink "$BUILD/libpipelens.so")" = libpipelens.so.0
if [ -n "${SAN:-}" ]; then
    skip 'the shared library exports what the header declares' 'a sanitizer adds its own'
    skip 'the shared library needs libc only and is called libpipelens.so.0' 'a sanitizer adds its own'
elif ! command -v nm >/dev/null 2>&1 || ! command -v readelf >/dev/null 2>&1; then
    skip 'the shared library exports what the header declares' 'no nm'
    skip 'the shared library needs libc only and is called libpipelens.so.0' 'no readelf'
else
    is 'the shared library exports what the header declares' same_functions
    is 'the shared library needs libc only and is called libpipelens.so.0' needs
fi

# Everything as `make install` leaves it, for programs that know pkg-config only.
mkdir -p "$work/prefix/include" "$work/prefix/lib"
cp "$header" "$work/prefix/include"
cp "$BUILD"/libpipelens.a "$BUILD"/libpipelens.so* "$work/prefix/lib"
sed -e "s|@PREFIX@|$work/prefix|" -e "s|@LIBDIR@|$work/prefix/lib|" -e "s|@INCLUDEDIR@|$work/prefix/include|" \
    -e 's|@VERSION@|0.0.0|' src/track/pipelens.pc.in >"$work/pipelens.pc"
sanitizer=${SAN:+-fsanitize=$SAN}
flags() { PKG_CONFIG_PATH=$work "${PKG_CONFIG:-pkg-config}" "$@" pipelens; }

# The example at the head of the header, as a program.
example()
{
    echo '#include <pipelens.h>'
    echo 'int main(void) { int disk_is_full = 1;'
    sed -n '/^ \*     struct pipelens_run/,/^ \*     pipelens_run_free/s/^ \* //p' "$header"
    echo 'return 0; }'
}
example_runs()
{
    example >"$work/example.c"
    rm -f "$work/run.ndjson"
    # shellcheck disable=SC2046,SC2086 # several words
    "${CC:-cc}" -std=c17 -Wall -Wextra -Werror $sanitizer "$@" -o "$work/example" "$work/example.c" \
        $(flags --cflags) $libraries &&
        (cd "$work" && LD_LIBRARY_PATH=$work/prefix/lib ./example) &&
        "$tool" check "$work/run.ndjson" && "$tool" tree --records "$work/run.ndjson" >"$work/tree" || return 1
    cat "$work/tree"
    grep -q 'rows=1200' "$work/tree" && grep -q 'no room for 1200 rows' "$work/tree"
}
if flags --exists 2>/dev/null; then
    libraries=$(flags --libs)
    is "the header's example runs with the shared library" example_runs
    libraries="$work/prefix/lib/libpipelens.a $(flags --libs --static | sed 's/-lpipelens//')"
    is "the header's example runs with the static library" example_runs
else
    skip "the header's example runs" 'no pkg-config'
fi

in_cxx()
{
    rm -f "$work/cxx.ndjson"
    # shellcheck disable=SC2086 # none or one word
    "$1" -std=c++11 -pedantic -Wall -Wextra -Wshadow -Wconversion -Werror $sanitizer -Isrc/track -o "$work/scope" \
        tests/track/scope.cc "$BUILD/libpipelens.a" -pthread && limited "$work/scope" "$work/cxx.ndjson" &&
        "$tool" check "$work/cxx.ndjson" && [ "$(grep -c '"operation":"finish"' "$work/cxx.ndjson")" -eq 7 ]
}
# A library that one compiler's sanitizer is in cannot be linked by the other.
case ${SAN:+$("${CC:-cc}" --version 2>/dev/null)} in
'') is 'scopes in C++, left by return and by exception' each g++ clang++ -- in_cxx ;;
*clang*) is 'scopes in C++, left by return and by exception' each clang++ -- in_cxx ;;
*) is 'scopes in C++, left by return and by exception' each g++ -- in_cxx ;;
esac

# A plugin that is closed leaves a thread of the library behind. The log holds what was flushed until then.
plugin_closed()
{
    rm -f "$work/plugin.log"
    # shellcheck disable=SC2086 # none or one word
    "${CC:-cc}" -std=c17 -Wall -Wextra -Werror $sanitizer -fPIC -shared -Isrc/track -o "$work/plugin.so" \
        tests/track/plugin/plugin.c -L"$work/prefix/lib" -lpipelens &&
        "${CC:-cc}" -std=c17 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $sanitizer -o "$work/host" \
            tests/track/plugin/host.c -ldl &&
        LD_LIBRARY_PATH=$work/prefix/lib ASAN_OPTIONS=detect_leaks=0 limited "$work/host" "$work/plugin.so" \
            "$work/plugin.log" || return 1
    cat "$work/plugin.log"
    [ "$(wc -l <"$work/plugin.log")" -eq 12 ] && [ "$(grep -c '"operation":"finish"' "$work/plugin.log")" -eq 3 ]
}
is 'a plugin that tracks is closed, its host lives' plugin_closed

# ---- ThreadSanitizer ----

tsan_cc()
{
    "${CC:-cc}" -std=c17 -D_POSIX_C_SOURCE=200809L -Isrc -DVERSION='"0.0.0"' -O1 -g -fsanitize=thread -pthread "$@"
}
# The library's objects are made once, for all programs.
tsan_library()
{
    rm -rf "$BUILD/tests/tsan" && mkdir -p "$BUILD/tests/tsan" || return 1
    for source in src/track/*.c; do
        tsan_cc -c -o "$BUILD/tests/tsan/$(basename "$source" .c).o" "$source" || return 1
    done
}
tsan()
{
    [ -n "$tsan_made" ] || tsan_library || return 1
    tsan_made=yes
    tsan_cc -o "$BUILD/tests/tsan/$1" "tests/track/$1.c" "$BUILD"/tests/tsan/*.o -lm
}
tsan_made=
tsan_works()
{
    echo 'int main(void) { return 0; }' >"$work/empty.c"
    "${CC:-cc}" -fsanitize=thread -o "$work/empty" "$work/empty.c" 2>/dev/null && "$work/empty" 2>/dev/null
}
TSAN_OPTIONS='exitcode=125 halt_on_error=1 atexit_sleep_ms=50'
export TSAN_OPTIONS
for name in threads listeners current guest; do
    if [ -n "${SAN:-}" ]; then
        skip "$name under ThreadSanitizer" 'done in the build without another sanitizer'
    elif ! tsan_works; then
        skip "$name under ThreadSanitizer" 'it does not link or run here'
    elif ! tsan "$name" >"$work/tap.out" 2>&1; then
        not_ok "$name under ThreadSanitizer" "$work/tap.out"
    else
        while read -r case says; do
            is "$name under ThreadSanitizer: $says" passes "$work/$name.$case" "$BUILD/tests/tsan/$name" "$case"
        done <"$work/$name.cases"
    fi
done
tap_done
