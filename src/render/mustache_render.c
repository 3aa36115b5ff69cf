/* SPDX-License-Identifier: MIT
 *
 * Tags and data to text: one loop over the tags, and a stack of the sections and partials that are open.
 *
 *   frames   partial "row" (indent "  ")   <- top
 *            section "steps", its 4th item
 *            section "run"
 *   data
 *
 * A name is looked for from the top of the stack down; what has the first part of it must have the rest.
 */
#include "render/mustache.h"

#include <stdlib.h>

struct frame {
    const struct mustache *template; /* of a partial: where it returns to */
    uint32_t at;                     /* the tag of the section or partial */
    bool partial, list;
    uint64_t cursor;
    struct view over;     /* what the section is over */
    struct view item;     /* its context: the same, or an item of it */
    struct str indent;    /* of a partial: the indentation it returns to */
    struct arena scratch; /* what `over` needs */
};

struct renderer {
    const struct mustache *template;
    uint32_t at;
    const struct view *data;
    const struct mustache_partials *partials;
    struct frame *frames;
    size_t depth;
    struct str indent; /* before each line of the partial that is open */
    struct buf text;   /* a value before it is escaped */
    struct buf *out;
    struct err *e;
};

static enum view_kind kind_of(const struct view *v) { return v->type->kind(v); }

/* The value of a name; false when there is none. */
static bool look_up(const struct renderer *r, struct str name, struct arena *scratch, struct view *ret)
{
    const struct view *top = r->data;
    size_t i = r->depth;
    while (i > 0 && r->frames[i - 1].partial) i--;
    if (i > 0) top = &r->frames[i - 1].item;
    if (str_eq(name, S("."))) {
        *ret = *top;
        return true;
    }
    struct str part = mustache_name_part(&name);
    bool found = false;
    for (; i > 0 && !found; i--) {
        const struct frame *f = &r->frames[i - 1];
        if (!f->partial && f->item.type->member) found = f->item.type->member(&f->item, part, scratch, ret);
    }
    if (!found && r->data->type->member) found = r->data->type->member(r->data, part, scratch, ret);
    while (found && name.len) {
        struct view of = *ret;
        part = mustache_name_part(&name);
        found = of.type->member && of.type->member(&of, part, scratch, ret);
    }
    return found;
}

static bool push(struct renderer *r, const struct tag *tag, struct frame **ret)
{
    if (r->depth == MUSTACHE_DEPTH_MAX) {
        err_set(r->e, ERR_USAGE, r->template->file,
                "sections and partials nest deeper than %d here: does a partial include itself without an end?",
                MUSTACHE_DEPTH_MAX);
        if (r->e) r->e->line = tag->line;
        if (r->e) r->e->column = tag->column;
        return false;
    }
    *ret = &r->frames[r->depth++];
    **ret = (struct frame){ .template = r->template, .at = r->at };
    return true;
}

static void pop(struct renderer *r) { arena_free(&r->frames[--r->depth].scratch); }

static void put_value(struct renderer *r, const struct tag *tag)
{
    struct arena scratch = { 0 };
    struct view v;
    if (look_up(r, tag->text, &scratch, &v) && v.type->put) {
        if (tag->kind == TAG_RAW) v.type->put(&v, r->out);
        else {
            buf_clear(&r->text);
            v.type->put(&v, &r->text);
            buf_put_html(r->out, buf_str(&r->text));
        }
    }
    arena_free(&scratch);
}

/* Enters the section at r->at, or goes behind its end. */
static bool begin_section(struct renderer *r, const struct tag *tag)
{
    struct frame *f;
    if (!push(r, tag, &f)) return false;
    r->depth--; /* the name is looked for outside */
    bool known = look_up(r, tag->text, &f->scratch, &f->over);
    r->depth++;
    enum view_kind kind = known ? kind_of(&f->over) : VIEW_NOTHING;
    f->list = kind == VIEW_LIST;
    f->item = f->over;
    bool enter = kind != VIEW_NOTHING;
    if (f->list) enter = f->over.type->next(&f->over, &f->cursor, &f->item);
    if (!enter) pop(r);
    r->at = enter ? r->at + 1 : tag->partner + 1;
    return true;
}

static void end_section(struct renderer *r, const struct tag *tag)
{
    if (r->template->tags[tag->partner].kind == TAG_SECTION) {
        struct frame *f = &r->frames[r->depth - 1];
        if (f->list && f->over.type->next(&f->over, &f->cursor, &f->item)) {
            r->at = tag->partner + 1;
            return;
        }
        pop(r);
    }
    r->at++;
}

static void begin_inverted(struct renderer *r, const struct tag *tag)
{
    struct arena scratch = { 0 };
    struct view v, item;
    uint64_t cursor = 0;
    bool known = look_up(r, tag->text, &scratch, &v);
    enum view_kind kind = known ? kind_of(&v) : VIEW_NOTHING;
    bool nothing = kind == VIEW_NOTHING || (kind == VIEW_LIST && !v.type->next(&v, &cursor, &item));
    arena_free(&scratch);
    r->at = nothing ? r->at + 1 : tag->partner + 1;
}

static bool begin_partial(struct renderer *r, const struct tag *tag)
{
    const struct mustache *t = r->partials ? r->partials->find(r->partials->context, tag->text) : NULL;
    struct frame *f;
    r->at++;
    if (!t) return true;
    if (!push(r, tag, &f)) return false;
    f->partial = true;
    f->indent = r->indent;
    if (!tag->alone) r->indent = S("");
    else if (tag->indent.len)
        r->indent = arena_format(&f->scratch, "%.*s%.*s", STR_ARG(r->indent), STR_ARG(tag->indent));
    r->template = t;
    r->at = 0;
    return true;
}

static void end_partial(struct renderer *r)
{
    const struct frame *f = &r->frames[r->depth - 1];
    r->template = f->template;
    r->at = f->at;
    r->indent = f->indent;
    pop(r);
}

static bool render(struct renderer *r)
{
    for (;;) {
        if (r->at == r->template->count) {
            if (!r->depth) return true;
            end_partial(r);
            continue;
        }
        const struct tag *tag = &r->template->tags[r->at];
        if (tag->first) buf_put(r->out, r->indent);
        bool good = true;
        switch (tag->kind) {
        case TAG_TEXT:
            buf_put(r->out, tag->text);
            r->at++;
            break;
        case TAG_VALUE:
        case TAG_RAW:
            put_value(r, tag);
            r->at++;
            break;
        case TAG_SECTION: good = begin_section(r, tag); break;
        case TAG_INVERTED: begin_inverted(r, tag); break;
        case TAG_END: end_section(r, tag); break;
        case TAG_PARTIAL: good = begin_partial(r, tag); break;
        }
        if (!good) return false;
    }
}

bool mustache_render(const struct mustache *t, const struct view *data, const struct mustache_partials *partials,
                     struct buf *out, struct err *e)
{
    struct renderer r = {
        .template = t, .data = data, .partials = partials, .indent = S(""), .text = BUF_INIT, .out = out, .e = e
    };
    r.frames = calloc(MUSTACHE_DEPTH_MAX, sizeof *r.frames);
    if (!r.frames) arena_exhausted(MUSTACHE_DEPTH_MAX * sizeof *r.frames);
    bool good = render(&r);
    while (r.depth) pop(&r);
    free(r.frames);
    buf_free(&r.text);
    return good;
}
