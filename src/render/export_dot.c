/* SPDX-License-Identifier: MIT
 *
 * The step tree in Graphviz's DOT language: a box per step with its name and duration, an edge from who called to who
 * was called. Boxes are known by their place in pre-order, as keys need not be unique. Grammar:
 * https://graphviz.org/doc/info/lang.html: in a quoted string only the quote needs a backslash; in a label a backslash
 * begins an escape of its own.
 */
#include "render/exports.h"

#include "render/wording.h"

enum { LABEL_COLUMNS = 60 };

static void put_label(struct buf *b, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') buf_putc(b, '\\');
        buf_putc(b, text.ptr[i]);
    }
}

static void put_name(struct buf *b, struct str name)
{
    struct buf plain = BUF_INIT;
    wording_put_short(&plain, name, LABEL_COLUMNS);
    put_label(b, buf_str(&plain));
    buf_free(&plain);
}

/* Told apart without colours as well: the mark in the label, the line of the box. */
static const char *look(enum step_status status)
{
    switch (status) {
    case STEP_ERROR: return ", color=\"#b3261e\", penwidth=2";
    case STEP_RUNNING:
    case STEP_UNFINISHED: return ", style=dashed";
    case STEP_SKIPPED:
    case STEP_CACHED: return ", style=dotted";
    case STEP_OK:
    case STEP_RETRIED:
    default: return "";
    }
}

void export_dot(const struct run *run, size_t nth, struct buf *out)
{
    (void)nth;
    buf_puts(out, "digraph \"");
    put_name(out, run->name);
    buf_puts(out, "\" {\n    node [shape=box, fontname=\"sans-serif\"];\n");
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        enum step_status status = run_shown_status(run, step);
        if (step->hidden) continue;
        buf_printf(out, "    s%u [label=\"", (unsigned)i);
        if (status != STEP_OK) buf_printf(out, "%s ", wording_step_mark(status));
        put_name(out, step->name);
        buf_puts(out, "\\n");
        clock_put_duration(out, step->duration, UNIT_AUTO);
        buf_printf(out, "\"%s];\n", look(status));
        if (step->parent) buf_printf(out, "    s%u -> s%u;\n", (unsigned)step->parent->index, (unsigned)i);
    }
    buf_puts(out, "}\n");
}
