/* SPDX-License-Identifier: MIT
 *
 * The drawings of a run: what is asked of the layouts for a picture of its own and for those in the page. None of them
 * reads the log.
 */
#ifndef CLI_DRAWINGS_H
#define CLI_DRAWINGS_H

#include "cli/load.h"
#include "model/error_lines.h"
#include "model/machine.h"
#include "render/picture.h"
#include "render/report.h"

#include <pthread.h>

/* One set of outputs being written. */
struct writing {
    const struct loaded *l;
    const struct options *o;
    const struct run *run;  /* the first one */
    size_t position, count; /* of it, and how many from there on */
    struct progress *progress;
    struct machine machine;    /* of the run: read before pictures are drawn, which may read no log */
    struct error_lines errors; /* likewise */
    struct analysis *analysis;
    const struct gantt_pages *pages; /* NULL: the Gantt chart is one picture */
    uint32_t page;                   /* of them that is written, from 0 */
    uint64_t taken;                  /* bytes of the summary's budget that its file already holds */
};

/* False when the name ends like no picture; "-" is a PNG. */
bool picture_format(const char *path, enum picture_format *ret_format);

/* The longest side of a picture in px; PNGs are scaled after layout. */
double picture_side(const struct writing *w, const char *path);

/* A picture into `out`, in the format that its path names. */
bool put_gantt(const struct writing *w, const char *path, struct buf *out, struct err *e);
bool put_graph(const struct writing *w, const char *path, struct buf *out, struct err *e);
bool put_trend(const struct writing *w, const char *path, struct buf *out, struct err *e); /* of all runs; trend.c */

/* A scene in the format and theme that were asked for. */
bool put_picture(const struct writing *w, const char *path, const struct scene *s, struct buf *out, struct err *e);

/* What is drawn in the page: by two threads, until page_drawings_wait. */
enum { PAGE_DRAWERS = 2 };
struct page_drawings {
    const struct writing *w;
    struct arena arenas[PAGE_DRAWERS]; /* one a thread */
    struct scene gantt, scenes[HTML_GRAPHS];
    struct html_graphs graphs;
    pthread_t threads[PAGE_DRAWERS];
    bool running[PAGE_DRAWERS];
};
void page_drawings_begin(struct page_drawings *d, const struct writing *w);
void page_drawings_wait(struct page_drawings *d);
void page_drawings_free(struct page_drawings *d);

#endif
