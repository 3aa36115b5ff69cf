/* SPDX-License-Identifier: MIT
 *
 * Views of tables, and of JSON texts.
 */
#include "render/fields.h"

#include "event/json.h"
#include "render/payload.h"

/* --- nothing --- */

static enum view_kind nothing_kind(const struct view *v)
{
    (void)v;
    return VIEW_NOTHING;
}

static const struct view_type nothing = { .kind = nothing_kind };

/* --- texts and numbers: `what` is the field, `of` and `n` its owner's --- */

static void text_put(const struct view *v, struct buf *out) { ((const struct field *)v->what)->put(v, out); }

static enum view_kind text_kind(const struct view *v)
{
    const struct field *field = v->what;
    struct buf text = BUF_INIT;
    field->put(v, &text);
    bool empty = !text.len || (field->kind == FIELD_NUMBER && str_eq(buf_str(&text), S("0")));
    buf_free(&text);
    return empty ? VIEW_NOTHING : VIEW_ONE;
}

static const struct view_type text = { .kind = text_kind, .put = text_put };

/* --- pieces: `what` is the slot --- */

static void piece_put(const struct view *v, struct buf *out)
{
    const struct template_slot *slot = v->what;
    slot->write(v->of, out);
}

static enum view_kind piece_kind(const struct view *v)
{
    struct buf html = BUF_INIT;
    piece_put(v, &html);
    bool empty = !html.len;
    buf_free(&html);
    return empty ? VIEW_NOTHING : VIEW_ONE;
}

static const struct view_type piece = { .kind = piece_kind, .put = piece_put };

static enum view_kind one_kind(const struct view *v)
{
    (void)v;
    return VIEW_ONE;
}

static bool pieces_member(const struct view *v, struct str name, struct arena *scratch, struct view *ret)
{
    const struct pieces *p = v->of;
    (void)scratch;
    for (size_t i = 0; i < p->count; i++)
        if (str_eq(str_z(p->slots[i].name), name)) {
            *ret = (struct view){ .type = &piece, .of = p->context, .what = &p->slots[i] };
            return true;
        }
    return false;
}

static const struct view_type all_pieces = { .kind = one_kind, .member = pieces_member };

/* --- lists: `what` is the field --- */

static enum view_kind list_kind(const struct view *v)
{
    (void)v;
    return VIEW_LIST;
}

static bool list_next(const struct view *v, uint64_t *cursor, struct view *ret)
{
    const struct field *field = v->what;
    struct view item = *v;
    if (!field->item(v, (*cursor)++, &item)) return false;
    *ret = field->fields ? fields_view(field->fields, item.of, item.n)
                         : (struct view){ .type = &text, .of = item.of, .what = field, .n = item.n };
    return true;
}

static const struct view_type list = { .kind = list_kind, .next = list_next };

/* --- objects: `what` is the table --- */

static void get_field(const struct view *v, const struct field *field, struct arena *scratch, struct view *ret)
{
    struct str json;
    *ret = *v;
    if (field->get && !field->get(v, scratch, ret)) {
        *ret = (struct view){ .type = &nothing };
        return;
    }
    ret->what = field;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_NUMBER: ret->type = &text; break;
    case FIELD_LIST: ret->type = &list; break;
    case FIELD_OBJECT: *ret = fields_view(field->fields, ret->of, ret->n); break;
    case FIELD_PIECES: ret->type = &all_pieces; break;
    case FIELD_JSON:
        if (field->json(v, scratch, &json)) *ret = json_view(json);
        else *ret = (struct view){ .type = &nothing };
        break;
    }
}

static bool object_member(const struct view *v, struct str name, struct arena *scratch, struct view *ret)
{
    for (const struct field *field = v->what; field->name; field++)
        if (str_eq(str_z(field->name), name)) {
            get_field(v, field, scratch, ret);
            return true;
        }
    return false;
}

static const struct view_type object = { .kind = one_kind, .member = object_member };

struct view fields_view(const struct field *fields, void *of, uint64_t n)
{
    return (struct view){ .type = &object, .of = of, .what = fields, .n = n };
}

/* --- JSON: `what` is the text, n its length --- */

static struct str json_of(const struct view *v) { return str_of(v->what, (size_t)v->n); }

static enum view_kind json_kind(const struct view *v)
{
    struct str json = json_of(v);
    size_t i = 0;
    switch (json_type(json)) {
    case JSON_BAD:
    case JSON_NULL:
    case JSON_FALSE: return VIEW_NOTHING;
    case JSON_STRING: return json.len > 2 ? VIEW_ONE : VIEW_NOTHING;
    case JSON_ARRAY: return VIEW_LIST;
    case JSON_NUMBER:
        while (i < json.len && memchr("-0.", json.ptr[i], 3)) i++;
        return i == json.len || (json.ptr[i] | 0x20) == 'e' ? VIEW_NOTHING : VIEW_ONE; /* -0.00e7 */
    case JSON_TRUE:
    case JSON_OBJECT: break;
    }
    return VIEW_ONE;
}

static bool json_member_view(const struct view *v, struct str name, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    if (json_type(json_of(v)) != JSON_OBJECT) return false;
    struct str member = json_get(json_of(v), name);
    if (member.len) *ret = json_view(member);
    return member.len > 0;
}

/* The cursor is where the scanner stands. */
static bool json_next(const struct view *v, uint64_t *cursor, struct view *ret)
{
    struct str json = json_of(v);
    struct json j = json_begin(str_skip(json, (size_t)*cursor));
    bool more = (*cursor > 0 || json_enter(&j, '[')) && json_element(&j);
    struct str item = more ? json_skip(&j) : S("");
    *cursor = (uint64_t)(j.at - json.ptr);
    more = more && !j.error;
    json_done(&j);
    if (more) *ret = json_view(item);
    return more;
}

static void json_put(const struct view *v, struct buf *out)
{
    struct str json = json_of(v);
    enum json_type type = json_type(json);
    if (type == JSON_STRING) json_put_text(out, json);
    else if (type != JSON_NULL && type != JSON_BAD) json_put_compact(out, json);
}

static const struct view_type json = { json_kind, json_member_view, json_next, json_put };

struct view json_view(struct str value)
{
    value = str_trim(value);
    return (struct view){ .type = &json, .what = value.ptr, .n = value.len };
}

/* --- as JSON --- */

/* Calls itself once for each level of the tables, which are constant and not deep. */
static void put_view(const struct field *field, const struct view *v, struct buf *out);

static void put_members(const struct field *fields, const struct view *of, struct buf *out)
{
    struct view v, inside = fields_view(fields, of->of, of->n);
    for (const struct field *field = fields; field->name; field++) {
        struct arena scratch = { 0 };
        buf_putc(out, field == fields ? '{' : ',');
        buf_put_json(out, str_z(field->name));
        buf_putc(out, ':');
        get_field(&inside, field, &scratch, &v);
        if (v.type == &nothing) buf_puts(out, field->kind == FIELD_LIST ? "[]" : "null");
        else put_view(field, &v, out);
        arena_free(&scratch);
    }
    buf_putc(out, '}');
}

static void put_scalar(const struct field *field, const struct view *v, struct buf *out)
{
    struct buf value = BUF_INIT;
    text_put(v, &value);
    if (field->kind != FIELD_NUMBER) buf_put_json(out, buf_str(&value));
    else if (value.len) buf_put(out, buf_str(&value));
    else buf_puts(out, "null");
    buf_free(&value);
}

static void put_pieces(const struct field *field, const struct view *v, struct buf *out)
{
    const struct pieces *p = v->of;
    buf_putc(out, '{');
    for (size_t i = 0; i < p->count; i++)
        buf_printf(out, "%s\"%s\":\"{{{%s.%s}}}\"", i ? "," : "", p->slots[i].name, field->name, p->slots[i].name);
    buf_putc(out, '}');
}

static void put_view(const struct field *field, const struct view *v, struct buf *out)
{
    struct view item;
    uint64_t cursor = 0;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_NUMBER: put_scalar(field, v, out); break;
    case FIELD_OBJECT: put_members(field->fields, v, out); break;
    case FIELD_PIECES: put_pieces(field, v, out); break;
    case FIELD_JSON: payload_put(out, json_of(v), NOT_NUMBERS_QUOTED); break;
    case FIELD_LIST:
        buf_putc(out, '[');
        while (list_next(v, &cursor, &item)) {
            if (cursor > 1) buf_puts(out, field->fields ? ",\n" : ",");
            if (field->fields) put_members(field->fields, &item, out);
            else put_scalar(field, &item, out);
        }
        buf_putc(out, ']');
        break;
    }
}

void fields_put_json(const struct field *fields, const struct view *of, struct buf *out)
{
    put_members(fields, of, out);
}
