/* SPDX-License-Identifier: MIT
 *
 * Mustache templates: compiled once, rendered many times, checked against what there is to be named.
 *
 * All that the specification requires (comments, delimiters, interpolation, inverted sections, partials, sections) and
 * nothing else: no lambdas, no inheritance. Data are seen through views, which are made when a tag asks for them, so
 * that a list of 100,000 items is never held as one. Nothing recurses: sections and partials stand on a stack of
 * MUSTACHE_DEPTH_MAX frames.
 */
#ifndef RENDER_MUSTACHE_H
#define RENDER_MUSTACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { MUSTACHE_DEPTH_MAX = 100 }; /* sections and partials inside each other */

/* --- data --- */

enum view_kind {
    VIEW_NOTHING, /* false, null, an empty text or list, 0: a section over it is left out, an inverted one is not */
    VIEW_ONE,     /* a section over it stands once, with it as the context */
    VIEW_LIST,    /* a section over it stands once for each item */
};

/* A value as a template sees it: a way to look, and what to look at. `of` and `what` outlive the view. */
struct view {
    const struct view_type *type;
    void *of;
    const void *what;
    uint64_t n;
};

/* Memory that a member or item needs comes from `scratch`, which lives as long as the section that it is the context
 * of, or until it is written. */
struct view_type {
    enum view_kind (*kind)(const struct view *v);
    /* The member of that name; false when it has none, NULL when it never has any. */
    bool (*member)(const struct view *v, struct str name, struct arena *scratch, struct view *ret);
    /* The next item of a list; *cursor is 0 before the first and for next alone to set. False at the end. */
    bool (*next)(const struct view *v, uint64_t *cursor, struct view *ret);
    /* The text, not escaped; NULL when it has none. */
    void (*put)(const struct view *v, struct buf *out);
};

/* --- templates --- */

enum tag_kind { TAG_TEXT, TAG_VALUE, TAG_RAW, TAG_SECTION, TAG_INVERTED, TAG_END, TAG_PARTIAL };

struct tag {
    enum tag_kind kind;
    bool first;            /* on its line of the template: behind the indentation of a partial */
    uint32_t line, column; /* where it begins, from 1; column in bytes */
    uint32_t partner;      /* of a section its end, of an end its section: their places in `tags` */
    struct str text;       /* the name, or of TAG_TEXT the text: never more than a line */
    struct str indent;     /* of a partial alone on its line: what stands before it */
    bool alone;            /* a partial alone on its line */
};

struct mustache {
    const char *file; /* for messages */
    struct tag *tags;
    uint32_t count;
};

/* Where partials are found; NULL from find: there is none of that name, it counts as empty. */
struct mustache_partials {
    const struct mustache *(*find)(void *context, struct str name);
    void *context;
};

/* The template of a text; it and `file` must outlive it. NULL with *e set to file, line and column when the text is no
 * template. */
const struct mustache *mustache_compile(const char *file, struct str text, struct arena *arena, struct err *e);

/* Writes the template for the data. `partials` may be NULL. False with *e set when sections and partials nest too
 * deeply, which only a partial inside itself can make them; what is written then is incomplete. */
bool mustache_render(const struct mustache *t, const struct view *data, const struct mustache_partials *partials,
                     struct buf *out, struct err *e);

/* Cuts the part before the first '.' off a name; "." itself is one part. */
struct str mustache_name_part(struct str *name);

#endif
