# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# For the test scripts to include: counts tests and prints them as TAP. Each script ends with tap_done.
# BUILD and PIPELENS_REPORT come from tests/run; alone a script finds them in build/.
tap_count=0
tap_bad=0
root=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-$root/build}
tool=${PIPELENS_REPORT:-$BUILD/pipelens-report}
work=$(mktemp -d "${TMPDIR:-/tmp}/pipelens-test.XXXXXX") || exit 1
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

ok()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# not_ok NAME [FILE]: FILE explains it.
not_ok()
{
    tap_count=$((tap_count + 1))
    tap_bad=$((tap_bad + 1))
    echo "not ok $tap_count - $1"
    [ $# -lt 2 ] || sed 's/^/# /' "$2" | head -n 60
}

skip()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# A message for the failure that just happened or the whole suite.
note() { echo "# $*"; }

# is NAME COMMAND...: the command must succeed; its output explains a failure.
is()
{
    tap_name=$1
    shift
    if "$@" >"$work/tap.out" 2>&1; then ok "$tap_name"; else not_ok "$tap_name" "$work/tap.out"; fi
}

# same NAME EXPECTED ACTUAL: two files must hold the same bytes.
same()
{
    if cmp -s "$2" "$3"; then
        ok "$1"
    else
        diff -u "$2" "$3" >"$work/tap.out" 2>&1
        not_ok "$1" "$work/tap.out"
    fi
}

tap_done()
{
    echo "1..$tap_count"
    [ "$tap_bad" -eq 0 ]
    exit
}
