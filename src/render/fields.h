/* SPDX-License-Identifier: MIT
 *
 * Data for templates as tables: what an object has, how each of it is put, and what it is, in words. From one table
 * come the views that a template is rendered with, the check of its names before there is any data, the JSON document
 * and the help.
 */
#ifndef RENDER_FIELDS_H
#define RENDER_FIELDS_H

#include "render/mustache.h"
#include "render/template.h"

enum field_kind {
    FIELD_TEXT,
    FIELD_NUMBER,
    FIELD_OBJECT,
    FIELD_LIST,   /* of objects; of texts when it has no fields */
    FIELD_JSON,   /* a value of the log: nobody knows what is in it */
    FIELD_PIECES, /* what is HTML already: struct pieces */
};

/* One member of an object; a table of them ends with a name of NULL. The views that the functions get and fill hold in
 * `of` and `n` what their owner likes, and keep `type` and `what` for themselves. */
struct field {
    const char *name;
    enum field_kind kind;
    const struct field *fields; /* of an OBJECT, of the items of a LIST */
    /* TEXT, NUMBER, and the items of a LIST without fields. Nothing put: there is none. */
    void (*put)(const struct view *of, struct buf *out);
    /* OBJECT, LIST, PIECES: sets `of` and `n`, the owner's before it; false: there is none. NULL: they stay. */
    bool (*get)(const struct view *of, struct arena *scratch, struct view *ret);
    bool (*item)(const struct view *list, uint64_t i,
                 struct view *ret); /* LIST: sets `of` and `n`; false behind the last */
    bool (*json)(const struct view *of, struct arena *scratch, struct str *ret_json); /* JSON: false: none */
    const char *help;
};

/* The slots of a page and what they are called with. */
struct pieces {
    const struct template_slot *slots;
    size_t count;
    void *context;
};

struct view fields_view(const struct field *fields, void *of, uint64_t n);

/* A value of the log; the text must outlive the view. */
struct view json_view(struct str value);

/* The object as JSON. Pieces are not put: each stands as the tag that puts it. */
void fields_put_json(const struct field *fields, const struct view *of, struct buf *out);

/* Tells every name of the template, and of the partials in it, that the data cannot have, also in sections that some
 * data leave out; what is written in the wrong way: a text of the log unescaped, HTML escaped, a list as a text; and
 * partials that are not there. Inside a FIELD_JSON any name may be. */
void fields_check(const struct mustache *t, const struct field *root, const struct pieces *pieces,
                  const struct mustache_partials *partials, template_problem *problem, void *context);

#endif
