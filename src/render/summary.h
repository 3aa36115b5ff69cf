/* SPDX-License-Identifier: MIT
 *
 * What the summary says, before it is Markdown or HTML: sections of blocks or table rows, all texts Markdown that is
 * safe already. markdown.c writes them.
 */
#ifndef RENDER_SUMMARY_H
#define RENDER_SUMMARY_H

#include "render/report.h"

struct column {
    const char *title;
    bool right; /* numbers */
};

enum { TABLE_COLUMNS_MAX = 8 };

struct section {
    const char *heading, *name;   /* name: what a sentence calls it, "the step table" */
    struct str intro;             /* a Markdown paragraph, "" for none */
    const struct column *columns; /* NULL: the units are blocks */
    size_t column_count;
    struct str *units; /* a block of Markdown each, with its line end; or in a table column_count inline texts a row */
    size_t unit_count; /* blocks or rows */
    uint64_t beyond;   /* units there are besides, which are not listed */
    const char *one, *many; /* what a unit is: "error", "errors" */
};

enum summary_section {
    SUMMARY_ERRORS,
    SUMMARY_OPEN,
    SUMMARY_CRITICAL,
    SUMMARY_SLOW,
    SUMMARY_NAMES,
    SUMMARY_USAGE,
    SUMMARY_NOTES,
    SUMMARY_COUNT
};

struct summary {
    struct str title;                       /* inline Markdown */
    struct str status;                      /* one line: inline Markdown */
    struct str plain_status;                /* the same without markup */
    struct str running;                     /* a Markdown paragraph, "" when nothing ran at once or idled */
    struct str left_out;                    /* a Markdown paragraph, "" when nothing is hidden */
    struct section sections[SUMMARY_COUNT]; /* those without units have nothing to say */
    struct arena arena;                     /* all texts */
};

void summary_make(const struct run *run, const struct report_options *o, struct summary *s);
void summary_free(struct summary *s);

/* The parts that summary_make is made of; each fills a section whose memory is the arena's. */
void summary_errors(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);
void summary_open(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);
void summary_critical(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);
void summary_slow(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);
void summary_names(const struct report_options *o, struct arena *arena, struct section *s);
void summary_usage(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);
void summary_notes(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s);

/* Plain text as a code span, or as escaped text where a code span could not hold it (backticks, pipes). */
void md_put_code(struct buf *b, struct str plain);
/* A fence of backticks longer than any run of them in the text. */
void md_put_fence(struct buf *b, struct str text);
/* Writes a section in at most `limit` bytes: as many units as fit, and how many there are besides. Nothing when not
 * even that fits. */
void md_put_section(struct buf *b, const struct section *s, size_t limit);

/* "… and 12 more names", a paragraph of its own; nothing when n is 0. */
void md_put_remains(struct buf *b, const struct section *s, uint64_t n);

#endif
