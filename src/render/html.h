/* SPDX-License-Identifier: MIT
 *
 * The pieces of the report page, private to the html_*.c files and their tests. html.c puts them together:
 *
 *   plan    which steps stand in the page as rows, which only in its data, and whose payloads fit
 *   detail  what there is to say about one step, piece by piece, for either of the two writers
 *   steps   rows and their details as HTML
 *   top     name, figures, tags and what the page is made from
 *   log     the log that the page is made from: its name, and its bytes
 *   data    all steps as one JSON block, which the page's script reads, with
 *   items   where in the store it finds what a step holds
 */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "render/report.h"
#include "render/store.h"

enum {
    PLAN_STATIC = 1,   /* is a row of the page */
    PLAN_ERROR = 2,    /* its error is in the row */
    PLAN_PAYLOADS = 4, /* its other payloads are in the row */
};

#define PLAN_NO_PARENT UINT32_MAX

/* All arrays are `count` long: the visible steps in pre-order. A step's place in them is its position. */
struct html_plan {
    const struct run *run;
    const struct step **steps;
    uint32_t *parent;        /* position of the nearest visible ancestor, PLAN_NO_PARENT for none */
    uint32_t *depth;         /* visible ancestors */
    unsigned char *flags;    /* PLAN_* */
    uint64_t *error_bytes;   /* what the step's error takes of the log, */
    uint64_t *payload_bytes; /* and all its other payloads */
    uint64_t max_data;       /* bytes of one value that a row shows */
    uint32_t count;
    uint32_t static_count;
    uint64_t left_out_steps; /* rows with a payload that did not fit */
    uint64_t left_out_bytes;
};

/* Makes the first max_static steps (model/keep.h) rows, and hands out max_payload bytes among them, errors first; no
 * value gets more than max_data. The arrays live in `arena`. */
void html_plan_make(const struct run *run, uint32_t max_static, uint64_t max_payload, uint64_t max_data,
                    struct arena *arena, struct html_plan *plan);

enum detail_kind {
    DETAIL_FACT,  /* plain text */
    DETAIL_VALUE, /* a JSON value as it stands in the log */
};

/* Takes a step's details: groups of rows. A row without a label is what its group is named after. Texts are valid
 * during the call only. */
struct detail_sink {
    void (*group)(struct detail_sink *sink, const char *title); /* "" for the first facts */
    void (*row)(struct detail_sink *sink, struct str label, enum detail_kind kind, struct str text);
};

/* Hands everything the log says about the step at a position, but for name, key and times, to the sink; of the payloads
 * only those that the plan allows. */
void detail_visit(const struct html_plan *plan, uint32_t at, struct arena *scratch, struct detail_sink *sink);
/* Of that the short texts alone; are there any? */
void detail_visit_facts(const struct html_plan *plan, uint32_t at, struct arena *scratch, struct detail_sink *sink);
bool detail_has_facts(const struct html_plan *plan, uint32_t at);

/* The rows of the page, <li> by <li>. */
void html_steps_write(const struct html_plan *plan, enum time_unit unit, struct buf *out);

/* Markdown of records and results, rendered for the script (html_rendered.c). */
struct html_rendered {
    struct buf html;
    size_t taken; /* bytes of text that it was made of: there is an end to them */
};
/* Adds what is Markdown in the item of that number; `json` is its text. */
void html_rendered_add(struct html_rendered *r, const struct step *step, size_t item, struct str json,
                       struct arena *scratch);

/* The JSON block: all steps compactly, where the store has their texts, the rows for Google Charts when wanted. */
struct html_data {
    const struct html_plan *plan;
    struct analysis *analysis;
    struct store *store;
    enum time_unit unit;
    bool google, google_only;
    struct html_rendered *rendered;
};
void html_data_write(const struct html_data *d, struct buf *out);
/* Its part about payloads (html_items.c). */
void html_items_write(const struct html_data *d, struct arena *scratch, struct buf *out);

/* May the run be drawn by Google Charts at all? Not without rows, without a span, or with too many rows. */
bool html_google_fits(const struct html_plan *plan);

/* What stands at the top (html_top.c). */
void html_top_badge(const struct run *run, struct buf *out);
void html_top_figures(const struct run *run, const struct report_options *o, struct buf *out);
void html_top_labels(const struct run *run, struct buf *out);
void html_top_about(const struct report_options *o, struct buf *out);

/* What the page says about the log that it is made from, and the log itself; nothing without an archive. */
void html_log_note(const struct report_options *o, struct buf *out);
/* A note about texts that the script finds cut or not at all; nothing when all are there. */
void html_store_note(const struct store *store, const struct report_options *o, struct buf *out);
void html_log_write(const struct report_options *o, struct buf *out);

/* The drawings of the section Graph, each with a heading. */
void html_graphs_write(const struct html_graphs *graphs, struct buf *out);

/* The class of a run's mark and colour; the marks of runs are those of steps. */
const char *html_run_class(enum run_status status);

/* The attribute of <html> that holds a page to a theme; nothing for THEME_AUTO. */
void html_put_theme(int theme, struct buf *out);
/* "312 bytes", "12 KB", "4.1 MB". */
void html_put_bytes(struct buf *out, uint64_t bytes);
/* A start as an offset from the run's: "+1.24 s", "–" when unknown. */
void html_put_offset(const struct run *run, int64_t time, enum time_unit unit, struct buf *out);

#endif
