#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `demo.sh PROGRAM DIRECTORY`: the main job on each log beside this file, into a directory of its own.
set -eu
program=$1
out=$2
samples=$(dirname "$0")
for log in "$samples"/*.ndjson; do
    name=${log##*/}
    "$program" -o "$out/${name%.ndjson}" "$log"
done
