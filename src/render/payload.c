/* SPDX-License-Identifier: MIT */
#include "render/payload.h"

#include "base/utf8.h"

/* Characters of a string, as they stand; bad UTF-8 becomes U+FFFD. */
static void put_characters(struct buf *b, struct str text)
{
    if (utf8_valid(text)) {
        buf_put(b, text);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at, NULL);
        b->len += utf8_encode(code, buf_room(b, 4));
    }
}

/* The end of the string that begins at text.ptr[from]: behind its closing quote. */
static size_t string_end(struct str text, size_t from)
{
    size_t at = from + 1;
    while (at < text.len && text.ptr[at] != '"') at += text.ptr[at] == '\\' ? 2 : 1;
    return at < text.len ? at + 1 : text.len;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_not_number(char c, char next) { return c == 'N' || c == 'I' || (c == '-' && next == 'I'); }

/* Length of the word at text.ptr[from]: letters and a leading minus. */
static size_t word_length(struct str text, size_t from)
{
    size_t at = from + 1;
    while (at < text.len && ((text.ptr[at] | 0x20) >= 'a' && (text.ptr[at] | 0x20) <= 'z')) at++;
    return at - from;
}

void payload_put(struct buf *b, struct str value, enum not_numbers how)
{
    value = str_trim(value);
    if (!value.len) {
        buf_puts(b, "null");
        return;
    }
    size_t at = 0, start = 0; /* the bytes from start on go out as they are */
    while (at < value.len) {
        char c = value.ptr[at];
        if (c == '"') {
            at = string_end(value, at);
            continue;
        }
        bool space = is_space(c);
        if (!space && !is_not_number(c, at + 1 < value.len ? value.ptr[at + 1] : '\0')) {
            at++;
            continue;
        }
        size_t length = space ? 1 : word_length(value, at);
        if (!space && how == NOT_NUMBERS_KEPT) {
            at += length;
            continue;
        }
        put_characters(b, str_of(value.ptr + start, at - start));
        if (!space && how == NOT_NUMBERS_NULL) buf_puts(b, "null");
        else if (!space) buf_put_json(b, str_of(value.ptr + at, length));
        start = at += length;
    }
    put_characters(b, str_of(value.ptr + start, at - start));
}

void payload_put_of(struct buf *b, const struct run *run, struct payload p, enum not_numbers how)
{
    payload_put(b, payload_present(p) ? sources_text(run->sources, p) : S(""), how);
}

void payload_put_records(struct buf *b, const struct run *run, const struct step *step, enum not_numbers how,
                         struct arena *scratch)
{
    buf_putc(b, '{');
    if (step->records) {
        struct record_view *list;
        size_t count = records_list(run, step, scratch, &list);
        for (size_t i = 0; i < count; i++) {
            buf_puts(b, i ? ",\"" : "\"");
            put_characters(b, list[i].raw_key);
            buf_puts(b, "\":");
            payload_put(b, list[i].value, how);
        }
    }
    buf_putc(b, '}');
}

static void put_name(struct buf *b, struct str name)
{
    buf_putc(b, ',');
    buf_put_json(b, name);
    buf_putc(b, ':');
}

void member_payload(struct buf *b, const char *name, const struct run *run, struct payload p, enum not_numbers how)
{
    if (!payload_present(p)) return;
    put_name(b, str_z(name));
    payload_put_of(b, run, p, how);
}

void member_text(struct buf *b, const char *name, struct str text)
{
    if (!text.len) return;
    put_name(b, str_z(name));
    buf_put_json(b, text);
}

void member_extras(struct buf *b, const struct run *run, const struct extra *extras, enum not_numbers how)
{
    for (const struct extra *x = extras; x; x = x->next) {
        put_name(b, x->name);
        payload_put_of(b, run, x->data, how);
    }
}

void member_logs(struct buf *b, const struct run *run, const struct step *step, enum not_numbers how)
{
    if (!step->more->logs) return;
    buf_puts(b, ",\"logs\":[");
    for (const struct log_entry *l = step->more->logs; l; l = l->next) {
        buf_puts(b, l == step->more->logs ? "{\"level\":" : ",{\"level\":");
        buf_put_json(b, str_z(log_level_name(l->level)));
        buf_puts(b, ",\"message\":");
        payload_put_of(b, run, l->message, how);
        if (l->ts != TIME_NONE) {
            buf_puts(b, ",\"ts\":");
            clock_put_ms(b, l->ts);
        }
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

void member_links(struct buf *b, const struct step *step)
{
    if (!step->more->links) return;
    buf_puts(b, ",\"links\":[");
    for (const struct step_link *l = step->more->links; l; l = l->next) {
        buf_puts(b, l == step->more->links ? "{\"runId\":" : ",{\"runId\":");
        buf_put_json(b, l->run_id);
        buf_puts(b, ",\"stepId\":");
        buf_put_json(b, l->step_id);
        buf_puts(b, ",\"relation\":");
        buf_put_json(b, l->relation);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}
