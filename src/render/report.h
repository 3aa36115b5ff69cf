/* SPDX-License-Identifier: MIT
 *
 * The documents about a run. None of them looks at the clock or the machine: same run, same options, same bytes.
 */
#ifndef RENDER_REPORT_H
#define RENDER_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "input/archive.h"
#include "layout/scene.h"
#include "model/analysis.h"
#include "model/run.h"
#include "render/template.h"

/* What a reader assumed or left out: "log.jsonl: times without a zone are taken as UTC+09:00". */
struct said {
    struct said *next;
    uint32_t source;
    struct str text; /* a sentence without a full stop */
};

/* What reading left behind, for the reports to say. */
struct input_notes {
    uint64_t bad_lines;   /* lines or parts of lines that were skipped */
    struct str first_bad; /* "log.ndjson:17:42: what is wrong", "" when none */
    struct said *said, *last_said;
};

enum google_mode { GOOGLE_AUTO, GOOGLE_OFF, GOOGLE_ONLY };

struct report_options {
    struct str title; /* "" : made of the run */
    enum time_unit unit;
    enum google_mode google;
    int theme;                         /* enum picture_theme: THEME_AUTO follows the reader's setting */
    uint64_t max_bytes;                /* summary: budget in bytes */
    struct str left_out;               /* a sentence about what selection hid, "" when nothing */
    const struct input_notes *notes;   /* never NULL */
    struct analysis *analysis;         /* of the run; the index needs none */
    struct str own_notes;              /* page: Markdown of the user, "" for none */
    struct archive *archive;           /* page: the log it is made from, NULL: the page does not speak of it */
    struct str given;                  /* page: the options that decide what it shows, as they were typed */
    uint64_t max_data;                 /* page: bytes of one value, in rows and where the script has no log to read */
    bool archive_part;                 /* and the page shows only a part of that */
    enum template_id template;         /* page: what it is made of, */
    const struct templates *templates; /* from here; NULL: built in */
};

enum { HTML_STATIC_STEPS = 2000 };
#define HTML_PAYLOAD_MAX (UINT64_C(16) << 20) /* bytes of payloads in one page */
enum { HTML_GOOGLE_ROWS = 500 };

/* The graphs of the page: tree, flow, states; NULL for one that says nothing about the run. */
enum { HTML_GRAPHS = 3 };
struct html_graphs {
    const struct scene *scenes[HTML_GRAPHS];
    size_t first; /* which one the reader sees first */
};

/* The self-contained page, in two steps: what it holds of the run, for which no drawing is needed, then the page. `o`
 * is needed until the end. The scenes are laid out with `bare` set. */
struct page;
struct page *page_make(const struct run *run, const struct report_options *o); /* never NULL */
bool page_write(struct page *p, const struct scene *gantt, const struct html_graphs *graphs, struct buf *out,
                struct err *e);
void page_free(struct page *p);

/* The summary in GitHub's Markdown, at most o->max_bytes long. */
void markdown_write(const struct run *run, const struct report_options *o, struct buf *out);

/* The page that lists several runs; `folders` has one relative URL path per run, in the order of the runs' list. Of
 * the options it takes title, unit, theme and templates. */
bool index_write(const struct run *runs, const struct str *folders, const struct report_options *o, struct buf *out,
                 struct err *e);

/* What templates see of the run as one JSON document: see template_data.h. Options as for the page. */
void template_data_write(const struct run *run, const struct report_options *o, struct buf *out);
/* The names that templates may use, and what they stand for, for a terminal. */
void template_data_help(struct buf *out);

/* The measured run as one JSON document: run fields, steps in pre-order with times, status, self time, payloads as
 * they stand in the log; the critical path and how many steps ran at once. */
void json_write(const struct run *run, struct analysis *analysis, struct buf *out);

/* A row per step as CSV (RFC 4180); the header row only when asked, so that runs can follow each other. */
void csv_write(const struct run *run, struct analysis *analysis, bool header, struct buf *out);

/* The step tree as text for a terminal, `columns` wide. */
struct tree_options {
    bool colour;
    size_t columns;
    bool records;
    enum time_unit unit;
    const struct critical *critical; /* show the steps on the critical path only, with their time on it; NULL: all */
};
void tree_write(const struct run *run, const struct tree_options *o, struct buf *out);

#endif
