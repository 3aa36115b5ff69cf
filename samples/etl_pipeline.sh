#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Extract, transform, load: the orders of three shops become totals in euros. Every step is a command that
# `pipelens-report exec` runs; steps begun inside a step, also side by side, find their place in the log by themselves.
# `etl_pipeline.sh LOG [DIRECTORY]`: appends a run to LOG and leaves the tables in DIRECTORY, or nowhere. The shops are
# invented by awk, their networks by sleep. PIPELENS_REPORT is the program, if it is not in PATH.
set -eu
PIPELENS_REPORT=${PIPELENS_REPORT:-pipelens-report}
case $PIPELENS_REPORT in /*) ;; */*) PIPELENS_REPORT=$PWD/$PIPELENS_REPORT ;; esac
export PIPELENS_REPORT
self=$(cd "$(dirname "$0")" && pwd)/${0##*/}

# step NAME COMMAND...: the command as a step. When it fails, the log keeps the end of what it said.
step()
{
    name=$1
    shift
    "$PIPELENS_REPORT" exec -n "$name" --capture 4k -- "$@"
}

# stage NAME FUNCTION [WORD...]: a function of this file as a step. `exec` runs commands, so this file runs itself.
stage()
{
    name=$1
    shift
    step "$name" sh "$self" --stage "$@"
}

record() { "$PIPELENS_REPORT" record "$@"; }
log() { "$PIPELENS_REPORT" log "$@"; }
count() { awk 'END { print NR }' "$1"; }

# ---- extract ----

# A shop's orders: id,day,shop,product,quantity,price,currency. Some come twice, some are not right.
invent_orders()
{
    awk -v shop="$1" -v seed="$(printf %s "$1" | cksum | cut -d' ' -f1)" 'BEGIN {
        srand(seed)
        split("lamp desk chair shelf rug", product, " ")
        currency = shop == "berlin" || shop == "porto" ? "EUR" : "CHF"
        for (n = 1; n <= 12000; n++) {
            order = sprintf("%s-%05d,2026-05-%02d,%s,%s,%d,%.2f,%s", shop, n, 1 + rand() * 28, shop,
                product[1 + int(rand() * 5)], rand() * 6 - .2, 9 + rand() * 240, rand() < .01 ? "" : currency)
            print order
            if (rand() < .02) print order
        }
    }'
}

# download SHOP ATTEMPT
download()
{
    case $1 in
    basel)
        sleep 0.2
        [ "$2" -gt 1 ] || { echo 'basel.example: connection reset after 41 kB' >&2; return 75; }
        ;;
    berlin) sleep 0.4 ;;
    porto) sleep 0.3 ;;
    esac
    invent_orders "$1" >"orders-$1.csv"
    record rows --json "$(count "orders-$1.csv")"
}

# A step for each attempt.
download_patiently()
{
    for attempt in 1 2 3; do
        stage "attempt_$attempt" download "$1" $attempt && return
        log warn "attempt $attempt has failed, the next one in 0.1 s"
        sleep 0.1
    done
    return 1
}

exchange_rates()
{
    sleep 0.25
    echo 'rates.example: no such host' >&2
    return 6
}

extract()
{
    downloads=
    for shop in berlin basel porto; do
        stage "$shop" download_patiently "$shop" &
        downloads="$downloads $!"
    done
    stage exchange_rates exchange_rates || {
        log warn 'no exchange rates of today, taking those of yesterday'
        printf 'EUR 1\nCHF 1.04\n' >rates.txt
    }
    for download in $downloads; do wait "$download"; done
    cat orders-*.csv >orders.csv
    record orders --json "$(count orders.csv)"
}

# ---- transform ----

reject_bad()
{
    awk -F, '$5 > 0 && $7 != "" { print; next } { print >"rejected.csv" }' orders.csv >good.csv
    record rejected --json "$(count rejected.csv)"
    log info "rejected: no quantity or no currency, as in $(head -n 1 rejected.csv)"
}

to_euros()
{
    awk 'FNR == NR { rate[$1] = $2; next } { split($0, f, ","); print f[2], f[3], f[4], f[5] * f[6] * rate[f[7]] }' \
        rates.txt unique.csv >euros.txt
}

# total COLUMN NAME: the sums of the last column for each value of this one.
total()
{
    awk -v column="$1" '{ sum[$column] += $4 } END { for (name in sum) printf "%s,%.2f\n", name, sum[name] }' euros.txt |
        sort >"by-$2.csv"
    record table --file "by-$2.csv"
}

transform()
{
    stage reject_bad reject_bad
    step sort_unique sort -u -o unique.csv good.csv
    stage to_euros to_euros
    printf '%s\n' '1 day' '2 shop' '3 product' |
        xargs -P 3 -L 1 sh -c '"$PIPELENS_REPORT" exec -n "by_$3" -- sh "$1" --stage total "$2" "$3"' sh "$self"
}

# ---- load ----

load()
{
    step pack tar -cf tables.tar by-day.csv by-shop.csv by-product.csv
    step checksum cksum tables.tar >tables.cksum
    record checksum "$(cut -d' ' -f1 tables.cksum)"
    step upload sleep 0.2
}

pipeline()
{
    stage extract extract
    stage transform transform
    stage load load
    record by_shop --file by-shop.csv
}

if [ "${1-}" = --stage ]; then
    shift
    "$@"
    exit
fi

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo 'usage: etl_pipeline.sh LOG [DIRECTORY]' >&2
    exit 2
fi
case $1 in /*) log=$1 ;; *) log=$PWD/$1 ;; esac
if [ $# -eq 2 ]; then
    mkdir -p "$2"
    cd "$2"
else
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 1' HUP INT TERM
    cd "$scratch"
fi
"$PIPELENS_REPORT" exec -l "$log" -n shop-orders -- sh "$self" --stage pipeline
