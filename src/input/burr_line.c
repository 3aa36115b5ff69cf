/* SPDX-License-Identifier: MIT
 *
 * The lines of Burr's log.jsonl, as its tracking client writes them (burr/tracking/common/models.py):
 *
 *   begin_entry  start_time action inputs sequence_id                        an action begins: a step
 *     begin_span  start_time action_sequence_id span_id "3:0.1" span_name parent_span_id span_dependencies
 *     attribute   key value tags time_logged action_sequence_id span_id      a record of the span, or of the action
 *     end_span    end_time action_sequence_id span_id
 *     begin_stream, first_item_stream                                        messages
 *   end_entry    end_time action result exception state sequence_id
 *   end_span     "3:0": when no span of that id was begun it is the action itself
 *   end_stream   end_time items_streamed                                     a message, and the record "stream"
 */
#include "input/burr_line.h"

#define IN(type) (1u << (type))
#define ON_SPANS                                                                                                       \
    (IN(LINE_BEGIN_SPAN) | IN(LINE_END_SPAN) | IN(LINE_ATTRIBUTE) | IN(LINE_BEGIN_STREAM) | IN(LINE_FIRST_ITEM) |      \
     IN(LINE_END_STREAM))

static const struct field table[] = {
    FIELD(struct burr_line, type, "type"),
    FIELD(struct burr_line, start_time, "start_time"),
    FIELD(struct burr_line, end_time, "end_time"),
    FIELD(struct burr_line, time_logged, "time_logged"),
    FIELD(struct burr_line, stream_init_time, "stream_init_time"),
    FIELD(struct burr_line, first_item_time, "first_item_time"),
    FIELD(struct burr_line, action, "action"),
    FIELD(struct burr_line, inputs, "inputs"),
    FIELD(struct burr_line, result, "result"),
    FIELD(struct burr_line, exception, "exception"),
    FIELD(struct burr_line, state, "state"),
    FIELD(struct burr_line, sequence_id, "sequence_id"),
    FIELD(struct burr_line, action_sequence_id, "action_sequence_id"),
    FIELD(struct burr_line, span_id, "span_id"),
    FIELD(struct burr_line, span_name, "span_name"),
    FIELD(struct burr_line, parent_span_id, "parent_span_id"),
    FIELD(struct burr_line, span_dependencies, "span_dependencies"),
    FIELD(struct burr_line, key, "key"),
    FIELD(struct burr_line, value, "value"),
    FIELD(struct burr_line, tags, "tags"),
    FIELD(struct burr_line, items_streamed, "items_streamed"),
};
enum { COLUMNS = sizeof table / sizeof *table };

/* By row of the table: the lines that have it. Elsewhere it is as unknown as any other. */
static const unsigned where[COLUMNS] = {
    ~0u,
    IN(LINE_BEGIN_ENTRY) | IN(LINE_BEGIN_SPAN),
    IN(LINE_END_ENTRY) | IN(LINE_END_SPAN) | IN(LINE_END_STREAM),
    IN(LINE_ATTRIBUTE),
    IN(LINE_BEGIN_STREAM),
    IN(LINE_FIRST_ITEM),
    IN(LINE_BEGIN_ENTRY) | IN(LINE_END_ENTRY),
    IN(LINE_BEGIN_ENTRY),
    IN(LINE_END_ENTRY),
    IN(LINE_END_ENTRY),
    IN(LINE_END_ENTRY),
    IN(LINE_BEGIN_ENTRY) | IN(LINE_END_ENTRY) | IN(LINE_OTHER),
    ON_SPANS | IN(LINE_OTHER),
    ON_SPANS,
    IN(LINE_BEGIN_SPAN),
    IN(LINE_BEGIN_SPAN),
    IN(LINE_BEGIN_SPAN),
    IN(LINE_ATTRIBUTE),
    IN(LINE_ATTRIBUTE),
    IN(LINE_ATTRIBUTE),
    IN(LINE_END_STREAM),
};

static void keep_unknown(void *context, struct str key, struct str value)
{
    struct burr_line *l = context;
    if (l->unknown_count == BURR_UNKNOWN_MAX) {
        l->unknown_more++;
        return;
    }
    l->unknown[l->unknown_count].key = key;
    l->unknown[l->unknown_count++].value = value;
}

static enum burr_line_type type_of(struct str type)
{
    static const struct str names[] = { { "begin_entry", 11 },       { "end_entry", 9 },  { "begin_span", 10 },
                                        { "end_span", 8 },           { "attribute", 9 },  { "begin_stream", 12 },
                                        { "first_item_stream", 17 }, { "end_stream", 10 } };
    if (json_type(type) != JSON_STRING) return LINE_OTHER;
    for (int i = 0; i < LINE_OTHER; i++)
        if (json_key_is(str_of(type.ptr + 1, type.len - 2), names[i])) return (enum burr_line_type)i;
    return LINE_OTHER;
}

struct str burr_characters(struct buf *b, struct str value)
{
    if (value_absent(value)) return (struct str){ 0 };
    if (json_type(value) != JSON_STRING) return value;
    if (!memchr(value.ptr, '\\', value.len)) return str_of(value.ptr + 1, value.len - 2);
    buf_clear(b);
    json_put_text(b, value);
    return buf_str(b);
}

bool burr_is_empty(struct str value)
{
    return json_type(value) == JSON_OBJECT && str_trim(str_of(value.ptr + 1, value.len - 2)).len == 0;
}

struct str burr_step_id(struct burr_app *app, struct str id, uint32_t attempt)
{
    buf_clear(&app->id);
    buf_put(&app->id, app->prefix);
    if (attempt > 1) buf_printf(&app->id, "#%u/", attempt);
    buf_put(&app->id, id);
    return buf_str(&app->id);
}

struct burr_action *burr_action_of(struct burr_app *app, struct str sequence)
{
    uint64_t hash = str_hash(sequence, app->attempt) | 1;
    struct burr_action *a = &app->recent[(hash >> 8) % BURR_RECENT];
    if (a->hash != hash) *a = (struct burr_action){ .hash = hash, .stream = TIME_NONE, .first_item = TIME_NONE };
    return a;
}

bool burr_is_action_span(struct burr_app *app, struct str span, struct str sequence)
{
    return span.len == sequence.len + 2 && str_starts(span, sequence) && str_ends(span, S(":0")) &&
           !burr_action_of(app, sequence)->spanned;
}

struct str burr_owner_of(struct burr_app *app, struct burr_line *l, struct str span)
{
    return !span.len || burr_is_action_span(app, span, l->sequence) ? l->sequence : span;
}

void burr_problem(struct burr_app *app, const char *at, const char *what)
{
    if (app->top.len) app->left_out++;
    else tell_problem(app->t, at, what);
}

void burr_begin(struct burr_app *app, enum event_kind kind, const char *at)
{
    tell_begin(app->t, kind, app->top.len ? NULL : at);
    tell_text(app->t, &app->t->event.runId, app->run_id);
}

void burr_begin_step(struct burr_app *app, enum event_kind kind, struct burr_line *l, struct str id)
{
    burr_begin(app, kind, l->text.ptr);
    tell_text(app->t, &app->t->event.step.id, burr_step_id(app, id, app->attempt));
}

void burr_send(struct burr_app *app, enum burr_line_type type, struct burr_line *l)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct str *value = (const struct str *)(const void *)((const char *)l + table[i].offset);
        if (!(where[i] & IN(type))) tell_extra(app->t, table[i].name, *value);
    }
    for (size_t i = 0; i < l->unknown_count; i++) {
        struct str key = l->unknown[i].key; /* in the line, so between quotes */
        key = burr_characters(&app->text, str_of(key.ptr - 1, key.len + 2));
        tell_extra(app->t, key, l->unknown[i].value);
    }
    if (l->unknown_more) burr_problem(app, l->text.ptr, "the line has more members than are kept");
    tell_send(app->t);
}

void burr_see(struct burr_app *app, int64_t us)
{
    if (us == TIME_NONE) return;
    if (app->start == TIME_NONE) app->start = us;
    if (app->end == TIME_NONE || us > app->end) app->end = us;
}

/* A type that a later version may write: the whole line is a record of its action. */
static void other(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    if (!l->sequence.len || json_type(l->type) != JSON_STRING) {
        burr_problem(app, l->text.ptr, "the line is none that Burr writes: left out");
        return;
    }
    burr_begin_step(app, EVENT_STEP_RECORD, l, l->sequence);
    tell_raw(t, &t->event.recordKey, l->type);
    tell_raw(t, &t->event.data, l->text);
    tell_send(t);
}

/* The action that the line is of: as it says, else as the id of the span begins, else the one begun last. */
static struct str sequence_of(struct burr_app *app, struct burr_line *l, bool entry)
{
    struct str said = entry ? l->sequence_id : l->action_sequence_id.len ? l->action_sequence_id : l->sequence_id;
    struct str sequence = burr_characters(&app->sequence_text, said);
    if (entry || sequence.len) return sequence;
    size_t colon = str_find(l->span, ':');
    return colon < l->span.len ? str_first(l->span, colon) : app->sequence;
}

void burr_app_line(struct burr_app *app, struct str text)
{
    struct burr_line l;
    memset(&l, 0, offsetof(struct burr_line, unknown));
    l.unknown_count = l.unknown_more = 0;
    l.text = text;
    if (json_type(text) != JSON_OBJECT) {
        burr_problem(app, text.ptr, "a line of Burr's log is an object: left out");
        return;
    }
    fields_take(text, table, COLUMNS, &l, keep_unknown, &l);
    enum burr_line_type type = type_of(l.type);
    bool entry = type == LINE_BEGIN_ENTRY || type == LINE_END_ENTRY;
    l.span = burr_characters(&app->span_text, l.span_id);
    l.sequence = sequence_of(app, &l, entry);
    if (!app->begun && !entry && type != LINE_OTHER) burr_attempt_begin(app, text.ptr);
    switch (type) {
    case LINE_BEGIN_ENTRY: burr_begin_entry(app, &l); break;
    case LINE_END_ENTRY: burr_end_entry(app, &l); break;
    case LINE_BEGIN_SPAN: burr_begin_span(app, &l); break;
    case LINE_END_SPAN: burr_end_span(app, &l); break;
    case LINE_ATTRIBUTE: burr_attribute(app, &l); break;
    case LINE_BEGIN_STREAM:
    case LINE_FIRST_ITEM:
    case LINE_END_STREAM: burr_stream(app, type, &l); break;
    case LINE_OTHER: other(app, &l); break;
    }
}

void burr_app_free(struct burr_app *app)
{
    buf_free(&app->held);
    buf_free(&app->id);
    buf_free(&app->text);
    buf_free(&app->sequence_text);
    buf_free(&app->span_text);
}
