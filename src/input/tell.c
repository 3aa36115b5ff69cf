/* SPDX-License-Identifier: MIT */
#include "input/tell.h"

#include "event/fields.h"

#include <stdlib.h>

#define NOT_OPEN SIZE_MAX
enum { TEXT_MAX = 256 * 1024 };

/* What was told so far goes to the temporary file. */
static void flush(struct teller *t)
{
    struct str text = str_first(buf_str(&t->text), t->event_at);
    if (!text.len || t->err->code != ERR_NONE || !sources_tell(t->sources, t->source, text, t->err)) return;
    memmove(t->text.ptr, t->text.ptr + t->event_at, t->text.len - t->event_at);
    t->text.len -= t->event_at;
    t->text_at += t->event_at;
    t->event_at = 0;
}

void tell_begin(struct teller *t, enum event_kind kind, const char *at)
{
    t->event_at = t->text.len;
    if (t->event_at >= TEXT_MAX) flush(t);
    event_clear(&t->event);
    t->event.kind = kind;
    t->event.line = t->line_of(t->context, at);
    t->field_count = 0;
    t->open = NOT_OPEN;
}

/* The values of an event are not next to each other: a comma between them keeps one from running into the next. */
static struct told_field *add(struct teller *t, struct str *field)
{
    t->fields = array_grow(t->fields, &t->field_cap, t->field_count + 1, sizeof *t->fields);
    struct told_field *f = &t->fields[t->field_count++];
    buf_putc(&t->text, ',');
    *f = (struct told_field){ .field = field, .from = t->text.len };
    return f;
}

static void end(struct teller *t, struct told_field *f) { f->len = t->text.len - f->from; }

void tell_raw(struct teller *t, struct str *field, struct str value)
{
    if (!value.len) return;
    struct told_field *f = add(t, field);
    buf_put(&t->text, value);
    end(t, f);
}

void tell_text(struct teller *t, struct str *field, struct str text)
{
    struct told_field *f = add(t, field);
    buf_put_json(&t->text, text);
    end(t, f);
}

struct buf *tell_open(struct teller *t, struct str *field)
{
    add(t, field);
    t->open = t->field_count - 1;
    return &t->text;
}

void tell_close(struct teller *t)
{
    end(t, &t->fields[t->open]);
    t->open = NOT_OPEN;
}

/* Is it the name of a field of our own log? Beside that field another of its name would be taken for it. */
static bool is_own(const struct teller *t, struct str name)
{
    static const struct str of_steps[] = {
#define SHARED_FIELD(field) { #field, sizeof #field - 1 },
#define STEP_FIELD(field)   { #field, sizeof #field - 1 },
#include "event/kinds.def"
    };
    static const struct str of_runs[] = {
#define SHARED_FIELD(field) { #field, sizeof #field - 1 },
#define META_FIELD(field)   { #field, sizeof #field - 1 },
#include "event/kinds.def"
    };
    bool run = t->event.kind == EVENT_PIPELINE_START || t->event.kind == EVENT_PIPELINE_FINISH;
    const struct str *list = run ? of_runs : of_steps;
    for (size_t i = run ? sizeof of_runs / sizeof *of_runs : sizeof of_steps / sizeof *of_steps; i-- > 0;)
        if (str_eq(list[i], name)) return true;
    return false;
}

/* Names stand in the text as well, in front of their values. */
static struct told_field *add_extra(struct teller *t, struct str name)
{
    size_t from = t->text.len + 1;
    buf_put_json(&t->text, name);
    if (is_own(t, name)) {
        t->text.len--;
        buf_puts(&t->text, "_\"");
    }
    struct told_field *f = add(t, NULL);
    f->name_at = from;
    f->name_len = f->from - 2 - from; /* without the quote and the comma behind it */
    return f;
}

void tell_extra(struct teller *t, struct str name, struct str value)
{
    if (!value.len) return;
    struct told_field *f = add_extra(t, name);
    buf_put(&t->text, value);
    end(t, f);
}

struct buf *tell_open_extra(struct teller *t, struct str name)
{
    add_extra(t, name);
    t->open = t->field_count - 1;
    return &t->text;
}

static bool is_whole(struct str value)
{
    struct json j = json_begin(value);
    json_skip(&j);
    bool whole = !j.error && json_at_end(&j);
    json_done(&j);
    return whole;
}

void tell_send(struct teller *t)
{
    struct event *e = &t->event;
    e->text = buf_str(&t->text);
    e->offset = t->text_at;
    e->source = t->source;
    for (size_t i = 0; i < t->field_count; i++) {
        const struct told_field *f = &t->fields[i];
        struct str value = str_of(t->text.ptr + f->from, f->len);
        if (t->cut && !is_whole(value)) continue;
        if (f->field) *f->field = value;
        else step_keep_unknown(&e->step, str_of(t->text.ptr + f->name_at, f->name_len), value);
    }
    if (e->step.records.len) event_count_records(&e->step);
    t->on_event(t->context, e);
    t->event_at = t->text.len;
}

bool tell_end(struct teller *t)
{
    t->event_at = t->text.len;
    flush(t);
    buf_free(&t->text);
    arena_free(&t->arena);
    free(t->fields);
    free(t->event.step.unknown);
    return t->err->code == ERR_NONE;
}

void tell_problem(struct teller *t, const char *at, const char *what) { t->on_problem(t->context, at, what); }
void tell_note(struct teller *t, struct str text) { t->on_note(t->context, text); }
