/* SPDX-License-Identifier: MIT
 *
 * The templates of the pages: those that are built in, or the user's in their place. A template and its style sheet are
 * trusted; what is put into them is escaped (fields_check sees to it).
 */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"

/* A piece of a page that is HTML already, under the name that a template has for it. */
struct template_slot {
    const char *name;
    void (*write)(void *context, struct buf *out);
};

enum template_id { TEMPLATE_REPORT, TEMPLATE_PAPER, TEMPLATE_CARD, TEMPLATE_INDEX, TEMPLATE_COUNT };

enum { TEMPLATE_BYTES_MAX = 4 << 20 /* of a file */, TEMPLATE_PARTIALS_MAX = 100 };

struct templates;

typedef void template_problem(void *context, const struct err *e);
/* Opens what `directory` has of report.html, paper.html, card.html, index.html, the partials that they include, and the
 * style sheets: paper.css, card.css, and those that the report is made of, report.css (also that of the index) and
 * more. The rest, or with NULL all, is built in. Every problem of every file is told; NULL when there was one. */
struct templates *templates_open(const char *directory, template_problem *problem, void *context);
void templates_free(struct templates *t);

/* Here and below NULL stands for what is built in. Puts the style of a page, without comments and indentation. */
void templates_put_style(const struct templates *t, enum template_id id, struct buf *out);
/* "report.css, steps.css, …": all style sheets that a directory may have. */
void templates_put_style_names(const struct templates *t, struct buf *out);

struct view;
/* Writes a page. False with *e set when its partials nest too deeply. */
bool templates_write(const struct templates *t, enum template_id id, const struct view *data, struct buf *out,
                     struct err *e);

#endif
