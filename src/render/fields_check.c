/* SPDX-License-Identifier: MIT
 *
 * A walk through a template and its partials with the tables in place of data: every section is entered once.
 */
#include "render/fields.h"

#include <stdlib.h>

/* What a name stands for, or what a section makes the context. */
struct meaning {
    enum meaning_kind { MEANS_FIELDS, MEANS_FIELD, MEANS_ANY, MEANS_PIECES, MEANS_PIECE, MEANS_ITEM } kind;
    const struct field *fields; /* FIELDS: the table; FIELD: the field; ITEM: the list whose text it is */
};

struct level {
    struct meaning context;          /* of a section */
    const struct mustache *template; /* of a partial: where it returns to */
    uint32_t at;
    bool partial;
};

struct checker {
    const struct mustache *template;
    uint32_t at;
    const struct field *root;
    const struct pieces *pieces;
    const struct mustache_partials *partials;
    struct level *levels;
    size_t depth;
    template_problem *tell;
    void *context;
};

static void tell(const struct checker *c, const struct tag *tag, struct err *e)
{
    e->line = tag->line;
    e->column = tag->column;
    c->tell(c->context, e);
}

/* The member of something; false: it has none of that name. */
static bool member(const struct checker *c, struct meaning of, struct str name, struct meaning *ret)
{
    *ret = (struct meaning){ .kind = MEANS_ANY };
    const struct field *field = of.fields;
    if (of.kind == MEANS_FIELD && field->kind == FIELD_OBJECT) of = (struct meaning){ MEANS_FIELDS, field->fields };
    else if (of.kind == MEANS_FIELD && field->kind == FIELD_PIECES) of.kind = MEANS_PIECES;
    else if (of.kind == MEANS_FIELD && field->kind == FIELD_JSON) of.kind = MEANS_ANY;
    if (of.kind == MEANS_ANY) return true;
    for (field = of.kind == MEANS_FIELDS ? of.fields : NULL; field && field->name; field++)
        if (str_eq(str_z(field->name), name)) {
            *ret = (struct meaning){ MEANS_FIELD, field };
            return true;
        }
    for (size_t i = 0; of.kind == MEANS_PIECES && i < c->pieces->count; i++)
        if (str_eq(str_z(c->pieces->slots[i].name), name)) {
            ret->kind = MEANS_PIECE;
            return true;
        }
    return false;
}

/* What a name means where the walk is. */
static bool resolve(const struct checker *c, struct str name, struct meaning *ret)
{
    size_t i = c->depth;
    bool found = false, any = false;
    const struct meaning root = { MEANS_FIELDS, c->root };
    while (i > 0 && c->levels[i - 1].partial) i--;
    *ret = i > 0 ? c->levels[i - 1].context : root;
    if (str_eq(name, S("."))) return true;
    struct str part = mustache_name_part(&name);
    for (; i > 0 && !found; i--) {
        const struct level *level = &c->levels[i - 1];
        if (level->partial) continue;
        if (level->context.kind == MEANS_ANY) any = true; /* it may have the name; who is below it may as well */
        else found = member(c, level->context, part, ret);
    }
    if (!found) found = member(c, root, part, ret);
    if (!found && any) {
        ret->kind = MEANS_ANY;
        return true;
    }
    while (found && name.len) found = member(c, *ret, mustache_name_part(&name), ret);
    return found;
}

static void tell_unknown(const struct checker *c, const struct tag *tag)
{
    struct err e;
    struct meaning of;
    struct str first = tag->text;
    for (size_t i = 0; i < c->pieces->count; i++)
        if (str_eq(str_z(c->pieces->slots[i].name), tag->text)) {
            err_set(&e, ERR_USAGE, c->template->file, "there is no %.*s here: is {{{html.%.*s}}} meant?",
                    STR_ARG(tag->text), STR_ARG(tag->text));
            tell(c, tag, &e);
            return;
        }
    size_t dot = str_find(first, '.');
    first.len = dot;
    bool of_list = dot < tag->text.len && resolve(c, first, &of) && of.kind == MEANS_FIELD &&
                   of.fields->kind == FIELD_LIST;
    err_set(&e, ERR_USAGE, c->template->file,
            of_list ? "%.*s: %.*s is a list, go through it with {{#%.*s}} … {{/%.*s}}"
                    : "there is no %.*s here: 'pipelens-report help templates' lists the names",
            STR_ARG(tag->text), STR_ARG(first), STR_ARG(first), STR_ARG(first));
    tell(c, tag, &e);
}

/* A name as a text: it must have one, and HTML alone goes unescaped. */
static void check_value(const struct checker *c, const struct tag *tag)
{
    struct meaning m;
    struct err e;
    if (!resolve(c, tag->text, &m)) {
        tell_unknown(c, tag);
        return;
    }
    enum field_kind kind = m.kind == MEANS_FIELD ? m.fields->kind : FIELD_TEXT;
    if (m.kind == MEANS_FIELDS || m.kind == MEANS_PIECES || kind == FIELD_OBJECT || kind == FIELD_PIECES ||
        kind == FIELD_LIST)
        err_set(&e, ERR_USAGE, c->template->file,
                "%.*s is %s and has no text: use it as a section or name a part of it", STR_ARG(tag->text),
                kind == FIELD_LIST ? "a list" : "an object");
    else if (m.kind == MEANS_PIECE && tag->kind == TAG_VALUE)
        err_set(&e, ERR_USAGE, c->template->file, "%.*s is HTML already: write {{{%.*s}}}", STR_ARG(tag->text),
                STR_ARG(tag->text));
    else if (m.kind != MEANS_PIECE && tag->kind == TAG_RAW)
        err_set(&e, ERR_USAGE, c->template->file, "%.*s is a text and must be escaped: write {{%.*s}}",
                STR_ARG(tag->text), STR_ARG(tag->text));
    else return;
    tell(c, tag, &e);
}

static bool push(struct checker *c, const struct tag *tag, struct level level)
{
    struct err e;
    if (c->depth < MUSTACHE_DEPTH_MAX) {
        c->levels[c->depth++] = level;
        return true;
    }
    err_set(&e, ERR_USAGE, c->template->file, "sections and partials nest deeper than %d here", MUSTACHE_DEPTH_MAX);
    tell(c, tag, &e);
    return false;
}

static bool begin_section(struct checker *c, const struct tag *tag)
{
    struct meaning m;
    if (!resolve(c, tag->text, &m)) {
        tell_unknown(c, tag);
        m = (struct meaning){ .kind = MEANS_ANY }; /* what follows from it is not worth telling */
    }
    if (tag->kind == TAG_INVERTED) return true;
    if (m.kind == MEANS_FIELD && m.fields->kind == FIELD_LIST)
        m = m.fields->fields ? (struct meaning){ MEANS_FIELDS, m.fields->fields }
                             : (struct meaning){ MEANS_ITEM, m.fields };
    else if (m.kind == MEANS_FIELD && m.fields->kind == FIELD_OBJECT)
        m = (struct meaning){ MEANS_FIELDS, m.fields->fields };
    else if (m.kind == MEANS_FIELD && m.fields->kind == FIELD_JSON) m = (struct meaning){ .kind = MEANS_ANY };
    else if (m.kind == MEANS_FIELD && m.fields->kind == FIELD_PIECES) m = (struct meaning){ .kind = MEANS_PIECES };
    return push(c, tag, (struct level){ .context = m });
}

static bool begin_partial(struct checker *c, const struct tag *tag)
{
    const struct mustache *t = c->partials->find(c->partials->context, tag->text);
    struct err e;
    if (!t) {
        err_set(&e, ERR_USAGE, c->template->file,
                "there is no partial %.*s.html beside the template, and none built in", STR_ARG(tag->text));
        tell(c, tag, &e);
        return true;
    }
    if (t == c->template) return true;
    for (size_t i = 0; i < c->depth; i++) /* inside itself it means what it means outside */
        if (c->levels[i].partial && c->levels[i].template == t) return true;
    if (!push(c, tag, (struct level){ .partial = true, .template = c->template, .at = c->at })) return false;
    c->template = t;
    c->at = 0;
    return true;
}

static bool check_tag(struct checker *c, const struct tag *tag)
{
    switch (tag->kind) {
    case TAG_TEXT: return true;
    case TAG_VALUE:
    case TAG_RAW: check_value(c, tag); return true;
    case TAG_SECTION:
    case TAG_INVERTED: return begin_section(c, tag);
    case TAG_END:
        if (c->template->tags[tag->partner].kind == TAG_SECTION) c->depth--;
        return true;
    case TAG_PARTIAL: return begin_partial(c, tag);
    }
    return true;
}

void fields_check(const struct mustache *t, const struct field *root, const struct pieces *pieces,
                  const struct mustache_partials *partials, template_problem *problem, void *context)
{
    struct checker c = {
        .template = t, .root = root, .pieces = pieces, .partials = partials, .tell = problem, .context = context
    };
    c.levels = calloc(MUSTACHE_DEPTH_MAX, sizeof *c.levels);
    if (!c.levels) arena_exhausted(MUSTACHE_DEPTH_MAX * sizeof *c.levels);
    for (bool good = true; good;) {
        if (c.at < c.template->count) {
            good = check_tag(&c, &c.template->tags[c.at++]);
            continue;
        }
        if (!c.depth) break;
        const struct level *level = &c.levels[--c.depth];
        c.template = level->template;
        c.at = level->at;
    }
    free(c.levels);
}
