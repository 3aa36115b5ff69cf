/* SPDX-License-Identifier: MIT
 *
 * Runs in the shapes of other programs, and as a log again: what export --to NAME writes. One row of the table each.
 */
#ifndef RENDER_EXPORTS_H
#define RENDER_EXPORTS_H

#include "model/run.h"

/* What becomes of several runs. */
enum export_several {
    EXPORT_LINES, /* one JSON document a line each */
    EXPORT_ROWS,  /* one after the other as they are */
    EXPORT_ARRAY, /* the elements of one JSON array; a single run is no array */
    EXPORT_FRAME, /* between `before` and `after`, with `between` between them; a single run too */
    EXPORT_ONE,   /* the shape holds one run: several are refused */
};

struct export_format {
    const char *name;
    const char *help; /* a phrase: "a step tree, as outputNested() has it" */
    enum export_several several;
    /* The run, its hidden steps left out; the nth of all, counted from 0. */
    void (*write)(const struct run *run, size_t nth, struct buf *out);
    const char *before, *between, *after; /* of EXPORT_FRAME */
};

/* The rows, ending with one whose name is NULL. */
extern const struct export_format export_formats[];

/* What a row's `write` is; nested, flat and pipelens are PipeLens's own outputNested(), outputFlattened() and
 * outputPipelineMeta(), as its TypeScript writes them: absent keys are left out. */
void export_chrome(const struct run *run, size_t nth, struct buf *out);
void export_csv(const struct run *run, size_t nth, struct buf *out);
void export_dot(const struct run *run, size_t nth, struct buf *out);
void export_flat(const struct run *run, size_t nth, struct buf *out);
void export_mermaid(const struct run *run, size_t nth, struct buf *out);
void export_ndjson(const struct run *run, size_t nth, struct buf *out);
void export_nested(const struct run *run, size_t nth, struct buf *out);
void export_otlp(const struct run *run, size_t nth, struct buf *out);
void export_pipelens(const struct run *run, size_t nth, struct buf *out);
void export_stage_tracker(const struct run *run, size_t nth, struct buf *out);

#endif
