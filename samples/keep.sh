#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `keep.sh PROGRAM RAG-PIPELINE [DIRECTORY]`: writes the kept logs of the live samples anew. What they record names the
# directory where they run: a neutral one, by default /srv, where shop/ and slug/ must not be there yet.
set -eu
PIPELENS_REPORT=$(cd "$(dirname "$1")" && pwd)/${1##*/}
export PIPELENS_REPORT
rag_pipeline=$(cd "$(dirname "$2")" && pwd)/${2##*/}
place=${3:-/srv}
samples=$(cd "$(dirname "$0")" && pwd)

mkdir "$place/shop" "$place/slug"
trap 'rm -rf "$place/shop" "$place/slug"' EXIT
cp "$samples/etl_pipeline.sh" "$place/shop"
cp -R "$samples/ci.sh" "$samples/project" "$place/slug"
cd "$place/shop"
"$rag_pipeline" ../slug/rag.ndjson
sh ./etl_pipeline.sh ../slug/etl.ndjson orders
cd ../slug
sh ./ci.sh ci.ndjson checkout
"$PIPELENS_REPORT" check rag.ndjson etl.ndjson ci.ndjson
cp rag.ndjson "$samples/rag-pipeline.ndjson"
cp etl.ndjson "$samples/etl-pipeline.ndjson"
cp ci.ndjson "$samples/ci.ndjson"
