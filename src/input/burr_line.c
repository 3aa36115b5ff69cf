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
 *
 * An application that is resumed appends to its log. Where its sequence ids do not go on but begin again at an earlier
 * one, another attempt of the run begins.
 */
#include "input/burr.h"

#include "event/fields.h"

#include <stdlib.h>

enum { UNKNOWN_MAX = 32, ERROR_TYPE_MAX = 200 };

enum line_type { BEGIN_ENTRY, END_ENTRY, BEGIN_SPAN, END_SPAN, ATTRIBUTE, BEGIN_STREAM, FIRST_ITEM, END_STREAM, OTHER };

struct line {
    struct str text, type;
    struct str start_time, end_time, time_logged, stream_init_time, first_item_time;
    struct str action, inputs, result, exception, state, sequence_id;
    struct str action_sequence_id, span_id, span_name, parent_span_id, span_dependencies;
    struct str key, value, tags, items_streamed;
    struct {
        struct str key, value;
    } unknown[UNKNOWN_MAX];
    size_t unknown_count, unknown_more;
    struct str sequence, span; /* of the action, and the span_id: characters, in the line or in buffers of the app */
};

#define IN(type) (1u << (type))
#define ON_SPANS (IN(BEGIN_SPAN) | IN(END_SPAN) | IN(ATTRIBUTE) | IN(BEGIN_STREAM) | IN(FIRST_ITEM) | IN(END_STREAM))

static const struct field table[] = {
    FIELD(struct line, type, "type"),
    FIELD(struct line, start_time, "start_time"),
    FIELD(struct line, end_time, "end_time"),
    FIELD(struct line, time_logged, "time_logged"),
    FIELD(struct line, stream_init_time, "stream_init_time"),
    FIELD(struct line, first_item_time, "first_item_time"),
    FIELD(struct line, action, "action"),
    FIELD(struct line, inputs, "inputs"),
    FIELD(struct line, result, "result"),
    FIELD(struct line, exception, "exception"),
    FIELD(struct line, state, "state"),
    FIELD(struct line, sequence_id, "sequence_id"),
    FIELD(struct line, action_sequence_id, "action_sequence_id"),
    FIELD(struct line, span_id, "span_id"),
    FIELD(struct line, span_name, "span_name"),
    FIELD(struct line, parent_span_id, "parent_span_id"),
    FIELD(struct line, span_dependencies, "span_dependencies"),
    FIELD(struct line, key, "key"),
    FIELD(struct line, value, "value"),
    FIELD(struct line, tags, "tags"),
    FIELD(struct line, items_streamed, "items_streamed"),
};
enum { COLUMNS = sizeof table / sizeof *table };

/* By row of the table: the lines that have it. Elsewhere it is as unknown as any other. */
static const unsigned where[COLUMNS] = {
    ~0u,
    IN(BEGIN_ENTRY) | IN(BEGIN_SPAN),
    IN(END_ENTRY) | IN(END_SPAN) | IN(END_STREAM),
    IN(ATTRIBUTE),
    IN(BEGIN_STREAM),
    IN(FIRST_ITEM),
    IN(BEGIN_ENTRY) | IN(END_ENTRY),
    IN(BEGIN_ENTRY),
    IN(END_ENTRY),
    IN(END_ENTRY),
    IN(END_ENTRY),
    IN(BEGIN_ENTRY) | IN(END_ENTRY) | IN(OTHER),
    ON_SPANS | IN(OTHER),
    ON_SPANS,
    IN(BEGIN_SPAN),
    IN(BEGIN_SPAN),
    IN(BEGIN_SPAN),
    IN(ATTRIBUTE),
    IN(ATTRIBUTE),
    IN(ATTRIBUTE),
    IN(END_STREAM),
};

static void keep_unknown(void *context, struct str key, struct str value)
{
    struct line *l = context;
    if (l->unknown_count == UNKNOWN_MAX) {
        l->unknown_more++;
        return;
    }
    l->unknown[l->unknown_count].key = key;
    l->unknown[l->unknown_count++].value = value;
}

static enum line_type type_of(struct str type)
{
    static const struct str names[] = { { "begin_entry", 11 },       { "end_entry", 9 },  { "begin_span", 10 },
                                        { "end_span", 8 },           { "attribute", 9 },  { "begin_stream", 12 },
                                        { "first_item_stream", 17 }, { "end_stream", 10 } };
    if (json_type(type) != JSON_STRING) return OTHER;
    for (int i = 0; i < OTHER; i++)
        if (json_key_is(str_of(type.ptr + 1, type.len - 2), names[i])) return (enum line_type)i;
    return OTHER;
}

/* The characters of a value: a slice of it, or in `b`. */
static struct str characters(struct buf *b, struct str value)
{
    if (value_absent(value)) return (struct str){ 0 };
    if (json_type(value) != JSON_STRING) return value;
    if (!memchr(value.ptr, '\\', value.len)) return str_of(value.ptr + 1, value.len - 2);
    buf_clear(b);
    json_put_text(b, value);
    return buf_str(b);
}

/* ---- ids ---- */

/* "3", "3:0.1" in the first attempt, "#2/3" in the second one. */
static struct str step_id(struct burr_app *app, struct str id, uint32_t attempt)
{
    buf_clear(&app->id);
    buf_put(&app->id, app->prefix);
    if (attempt > 1) buf_printf(&app->id, "#%u/", attempt);
    buf_put(&app->id, id);
    return buf_str(&app->id);
}

struct str burr_action_id(struct burr_app *app, struct str sequence, uint32_t attempt)
{
    return step_id(app, sequence, attempt);
}

static struct burr_action *action_of(struct burr_app *app, struct str sequence)
{
    uint64_t hash = str_hash(sequence, app->attempt) | 1;
    struct burr_action *a = &app->recent[(hash >> 8) % BURR_RECENT];
    if (a->hash != hash) *a = (struct burr_action){ .hash = hash, .stream = TIME_NONE, .first_item = TIME_NONE };
    return a;
}

static void begin_action(struct burr_app *app, struct str sequence)
{
    struct burr_action *a = action_of(app, sequence);
    *a = (struct burr_action){ .hash = a->hash, .begun = true, .stream = TIME_NONE, .first_item = TIME_NONE };
}

/* Is it "n:0", which stands for the action, unless a span of that id was begun? */
static bool is_action_span(struct burr_app *app, struct str span, struct str sequence)
{
    return span.len == sequence.len + 2 && str_starts(span, sequence) && str_ends(span, S(":0")) &&
           !action_of(app, sequence)->spanned;
}

/* ---- events ---- */

/* Of a log that is read for its parent's sake alone they are counted. */
static void problem(struct burr_app *app, const char *at, const char *what)
{
    if (app->top.len) app->left_out++;
    else tell_problem(app->t, at, what);
}

static void begin(struct burr_app *app, enum event_kind kind, const char *at)
{
    tell_begin(app->t, kind, app->top.len ? NULL : at);
    tell_text(app->t, &app->t->event.runId, app->run_id);
}

/* An event of the step of this id. */
static void begin_step(struct burr_app *app, enum event_kind kind, struct line *l, struct str id)
{
    begin(app, kind, l->text.ptr);
    tell_text(app->t, &app->t->event.step.id, step_id(app, id, app->attempt));
}

static void send(struct burr_app *app, enum line_type type, struct line *l)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct str *value = (const struct str *)(const void *)((const char *)l + table[i].offset);
        if (!(where[i] & IN(type))) tell_extra(app->t, table[i].name, *value);
    }
    for (size_t i = 0; i < l->unknown_count; i++) {
        buf_clear(&app->text);
        buf_puts(&app->text, "\"");
        buf_put(&app->text, l->unknown[i].key);
        buf_puts(&app->text, "\"");
        struct buf name = BUF_INIT;
        json_put_text(&name, buf_str(&app->text));
        tell_extra(app->t, buf_str(&name), l->unknown[i].value);
        buf_free(&name);
    }
    if (l->unknown_more) problem(app, l->text.ptr, "the line has more members than are kept");
    tell_send(app->t);
}

static void see(struct burr_app *app, int64_t us)
{
    if (us == TIME_NONE) return;
    if (app->start == TIME_NONE) app->start = us;
    if (app->end == TIME_NONE || us > app->end) app->end = us;
}

/* ---- attempts ---- */

static struct str root_id(struct burr_app *app, struct buf *b)
{
    buf_clear(b);
    if (app->attempt > 1) buf_printf(b, "#%u/", app->attempt);
    buf_puts(b, "application");
    return buf_str(b);
}

static void put_key(struct burr_app *app)
{
    struct buf *b = &app->text;
    buf_clear(b);
    buf_put(b, app->name);
    for (size_t i = 0; i < b->len; i++)
        if (b->ptr[i] == '.') b->ptr[i] = '_';
    tell_text(app->t, &app->t->event.step.key, buf_str(b));
}

/* What the application was forked from, or spawned by: a pointer of metadata.json. */
static void link_parent(struct burr_app *app, struct str pointer, const char *relation)
{
    struct str id = json_type(pointer) == JSON_OBJECT ? json_get(pointer, S("app_id")) : (struct str){ 0 };
    struct str sequence = id.len ? json_get(pointer, S("sequence_id")) : (struct str){ 0 };
    if (json_type(id) != JSON_STRING) return;
    struct teller *t = app->t;
    begin(app, EVENT_STEP_LINK, NULL);
    put_key(app);
    tell_text(t, &t->event.step.id, root_id(app, &app->text));
    struct buf *b = tell_open(t, &t->event.to);
    buf_puts(b, "{\"runId\":");
    buf_put(b, id);
    if (!value_absent(sequence)) {
        buf_puts(b, ",\"stepId\":");
        buf_put_json(b, characters(&app->text, sequence));
    }
    buf_puts(b, "}");
    tell_close(t);
    tell_text(t, &t->event.relation, str_z(relation));
    tell_send(t);
}

static void tell_metadata(struct burr_app *app)
{
    struct teller *t = app->t;
    struct json j = json_begin(app->folder.metadata);
    struct str key;
    for (json_enter(&j, '{'); json_member(&j, &key);) {
        struct str value = json_skip(&j);
        if (value_absent(value) || json_key_is(key, S("type"))) continue;
        if (json_key_is(key, S("partition_key"))) {
            struct buf *b = tell_open(t, &t->event.tags);
            buf_puts(b, "{\"partition_key\":");
            buf_put(b, value);
            buf_puts(b, "}");
            tell_close(t);
        } else tell_extra(t, json_key_text(key, &t->arena), value);
    }
    json_done(&j);
}

static void tell_run_start(struct burr_app *app, const char *at)
{
    struct teller *t = app->t;
    struct str metadata = app->folder.metadata;
    struct str spawned = metadata.len ? json_get(metadata, S("spawning_parent_pointer")) : (struct str){ 0 };
    struct str forked = metadata.len ? json_get(metadata, S("parent_pointer")) : (struct str){ 0 };
    struct str parent = json_type(spawned) == JSON_OBJECT ? spawned : forked;
    begin(app, EVENT_PIPELINE_START, at);
    t->event.root_made = true;
    t->event.step.start = app->start;
    tell_text(t, &t->event.step.name, app->name);
    put_key(app);
    tell_raw(t, &t->event.graph, app->folder.graph);
    if (json_type(parent) == JSON_OBJECT) tell_raw(t, &t->event.parentRun, json_get(parent, S("app_id")));
    struct buf *b = tell_open_extra(t, S("timeZone"));
    buf_puts(b, "\"");
    burr_clock_put(b, app->clock);
    buf_puts(b, "\"");
    tell_close(t);
    if (metadata.len) tell_metadata(app);
    tell_send(t);
    link_parent(app, forked, "follows");
    link_parent(app, spawned, "refers");
}

static void attempt_begin(struct burr_app *app, const char *at)
{
    app->begun = true;
    if (!app->top.len) tell_run_start(app, at);
}

void burr_attempt_end(struct burr_app *app)
{
    struct teller *t = app->t;
    bool ended = app->begun && !app->open;
    if (ended && !app->top.len) {
        begin(app, EVENT_PIPELINE_FINISH, NULL);
        t->event.root_made = true;
        t->event.step.start = app->start;
        t->event.step.end = app->end;
        tell_text(t, &t->event.step.name, app->name);
        put_key(app);
        tell_text(t, &t->event.status, app->failed ? S("failed") : S("completed"));
        tell_send(t);
    }
}

static void next_attempt(struct burr_app *app)
{
    burr_attempt_end(app);
    app->attempt++;
    app->begun = app->failed = false;
    app->open = 0;
    app->last = -1;
    if (!app->top.len) app->start = app->end = TIME_NONE;
}

/* A sequence id that is a number like Burr's; -1 for all others. */
static int64_t number_of(struct str sequence)
{
    int64_t n = 0;
    if (!sequence.len || sequence.len > 18) return -1;
    for (size_t i = 0; i < sequence.len; i++) {
        if (sequence.ptr[i] < '0' || sequence.ptr[i] > '9') return -1;
        n = n * 10 + (sequence.ptr[i] - '0');
    }
    return n;
}

/* ---- actions ---- */

static bool is_empty(struct str value)
{
    return json_type(value) == JSON_OBJECT && str_trim(str_of(value.ptr + 1, value.len - 2)).len == 0;
}

/* What the begin of an action says of it, and the end as well. */
static void tell_action(struct burr_app *app, const struct line *l)
{
    struct teller *t = app->t;
    tell_text(t, &t->event.step.kind, S("action"));
    tell_raw(t, &t->event.step.name, l->action);
    if (app->top.len) tell_text(t, &t->event.step.parentId, app->top);
    if (l->sequence.len) tell_extra(t, S("sequence_id"), l->sequence_id);
}

static void begin_entry(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    int64_t start = burr_clock_read(app->clock, l->start_time), number = number_of(l->sequence);
    if (app->begun && number >= 0 && number <= app->last) next_attempt(app);
    if (number >= 0) app->last = number;
    see(app, start);
    if (!app->begun) attempt_begin(app, l->text.ptr);
    buf_clear(&app->held);
    if (l->sequence.len) buf_put(&app->held, l->sequence);
    else buf_printf(&app->held, "?%llu", (unsigned long long)++app->nameless);
    app->sequence = buf_str(&app->held);
    begin_action(app, app->sequence);
    app->open++;
    app->failed = false;
    burr_children_begin(&app->folder, app->sequence, app->attempt, start);
    begin_step(app, EVENT_STEP_START, l, app->sequence);
    tell_action(app, l);
    if (!is_empty(l->inputs)) tell_raw(t, &t->event.step.inputs, l->inputs);
    t->event.step.start = start;
    send(app, BEGIN_ENTRY, l);
}

static bool is_type_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || (c & 0x80);
        if (!word && !(i && c >= '0' && c <= '9')) return false;
    }
    return s.len && s.len <= ERROR_TYPE_MAX;
}

/* What Python says last of an exception, "ValueError: it is too long", behind the frames of its last traceback; else
 * the last line. */
static struct str last_words(struct str text)
{
    text = str_trim(text);
    struct str rest = text, words = { 0 }, last = text;
    bool frames = false;
    while (rest.len) {
        struct str line = str_cut(&rest, '\n');
        bool indented = !line.len || line.ptr[0] == ' ' || line.ptr[0] == '\t';
        if (line.len) last = line;
        if (str_starts(line, S("Traceback (most recent call last):"))) {
            frames = true;
        } else if (frames && !indented) {
            words = str_of(line.ptr, (size_t)(text.ptr + text.len - line.ptr));
            frames = false;
        }
    }
    return words.len ? words : str_trim(last);
}

static void tell_exception(struct burr_app *app, struct str exception)
{
    struct teller *t = app->t;
    if (json_type(exception) != JSON_STRING) {
        tell_raw(t, &t->event.step.error, exception);
        return;
    }
    buf_clear(&app->text);
    json_put_text(&app->text, exception);
    struct str words = last_words(buf_str(&app->text));
    struct str type = str_first(words, str_find(words, ':'));
    tell_text(t, &t->event.step.error, words);
    if (is_type_name(type) && str_find(type, '\n') == type.len) tell_text(t, &t->event.step.errorType, type);
    tell_raw(t, &t->event.step.trace, exception);
}

static void end_entry(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    int64_t end = burr_clock_read(app->clock, l->end_time);
    struct str sequence = l->sequence.len ? l->sequence : app->sequence;
    if (!app->begun) attempt_begin(app, l->text.ptr);
    see(app, end);
    app->open -= app->open > 0;
    app->failed = !value_absent(l->exception);
    begin_step(app, EVENT_STEP_FINISH, l, sequence);
    if (!action_of(app, sequence)->begun) tell_action(app, l);
    if (!value_absent(l->result) && !is_empty(l->result)) tell_raw(t, &t->event.step.result, l->result);
    tell_raw(t, &t->event.step.state, l->state);
    if (app->failed) tell_exception(app, l->exception);
    t->event.step.end = end;
    send(app, END_ENTRY, l);
}

/* ---- spans ---- */

/* The step that a span or an attribute belongs to: the span of that id, or the action. */
static struct str owner_of(struct burr_app *app, struct line *l, struct str span)
{
    return !span.len || is_action_span(app, span, l->sequence) ? l->sequence : span;
}

static void link_dependencies(struct burr_app *app, struct line *l, struct str span)
{
    struct teller *t = app->t;
    struct json j = json_begin(l->span_dependencies);
    for (bool list = json_type(l->span_dependencies) == JSON_ARRAY && json_enter(&j, '['); list && json_element(&j);) {
        struct str one = json_skip(&j);
        if (json_type(one) != JSON_STRING) continue;
        begin_step(app, EVENT_STEP_LINK, l, span);
        struct buf *b = tell_open(t, &t->event.to);
        buf_puts(b, "{\"runId\":");
        buf_put_json(b, app->run_id);
        buf_puts(b, ",\"stepId\":");
        buf_put_json(b, step_id(app, characters(&app->text, one), app->attempt));
        buf_puts(b, "}");
        tell_close(t);
        tell_text(t, &t->event.relation, S("follows"));
        tell_send(t);
    }
    json_done(&j);
}

static void begin_span(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    struct str span = l->span;
    int64_t start = burr_clock_read(app->clock, l->start_time);
    see(app, start);
    if (is_action_span(app, span, l->sequence)) action_of(app, l->sequence)->spanned = true;
    begin_step(app, EVENT_STEP_START, l, span);
    tell_text(t, &t->event.step.kind, S("span"));
    tell_raw(t, &t->event.step.name, l->span_name);
    struct str parent = owner_of(app, l, characters(&app->text, l->parent_span_id));
    if (str_eq(parent, span)) parent = l->sequence;
    tell_text(t, &t->event.step.parentId, step_id(app, parent, app->attempt));
    t->event.step.start = start;
    send(app, BEGIN_SPAN, l);
    link_dependencies(app, l, span);
}

static void end_span(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    struct str span = l->span;
    int64_t end = burr_clock_read(app->clock, l->end_time);
    see(app, end);
    if (is_action_span(app, span, l->sequence)) { /* the end of what Burr does around the action */
        begin_step(app, EVENT_STEP_START, l, l->sequence);
        tell_extra(t, S("end_span"), l->end_time);
    } else {
        begin_step(app, EVENT_STEP_FINISH, l, span);
        tell_text(t, &t->event.step.kind, S("span"));
        t->event.step.end = end;
    }
    send(app, END_SPAN, l);
}

static void attribute(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    struct str owner = owner_of(app, l, l->span);
    int64_t ts = burr_clock_read(app->clock, l->time_logged);
    bool tagged = !value_absent(l->tags) && !is_empty(l->tags);
    see(app, ts);
    begin_step(app, EVENT_STEP_RECORD, l, owner);
    tell_raw(t, &t->event.recordKey, l->key.len ? l->key : S("\"\""));
    tell_raw(t, &t->event.data, l->value.len ? l->value : S("null"));
    t->event.ts = ts;
    send(app, ATTRIBUTE, l);
    if (!tagged) return;
    begin_step(app, EVENT_STEP_RECORD, l, owner);
    struct buf *b = tell_open(t, &t->event.recordKey);
    struct buf key = BUF_INIT;
    json_put_text(&key, l->key);
    buf_puts(&key, " (tags)");
    buf_put_json(b, buf_str(&key));
    buf_free(&key);
    tell_close(t);
    tell_raw(t, &t->event.data, l->tags);
    t->event.ts = ts;
    tell_send(t);
}

/* ---- streams ---- */

static void put_member(struct buf *b, const char *name, struct str value)
{
    if (!value.len) return;
    buf_puts(b, b->len && b->ptr[b->len - 1] == '{' ? "\"" : ",\"");
    buf_puts(b, name);
    buf_puts(b, "\":");
    buf_put(b, value);
}

static void message(struct burr_app *app, enum line_type type, struct line *l, struct str owner, int64_t ts,
                    const char *text)
{
    struct teller *t = app->t;
    begin_step(app, EVENT_STEP_LOG, l, owner);
    tell_text(t, &t->event.level, S("info"));
    tell_text(t, &t->event.message, str_z(text));
    t->event.ts = ts;
    send(app, type, l);
}

/* {"stream_init_time","first_item_time","end_time","items_streamed","msToFirstItem"} */
static void stream_record(struct burr_app *app, struct line *l, struct str owner, int64_t ts)
{
    struct teller *t = app->t;
    struct burr_action *a = action_of(app, l->sequence);
    begin_step(app, EVENT_STEP_RECORD, l, owner);
    tell_text(t, &t->event.recordKey, S("stream"));
    struct buf *b = tell_open(t, &t->event.data);
    buf_puts(b, "{");
    put_member(b, "stream_init_time", a->stream_text);
    put_member(b, "first_item_time", a->first_text);
    put_member(b, "end_time", l->end_time);
    put_member(b, "items_streamed", l->items_streamed);
    if (a->stream != TIME_NONE && a->first_item != TIME_NONE) {
        buf_puts(b, ",\"msToFirstItem\":");
        clock_put_ms(b, a->first_item - a->stream);
    }
    buf_puts(b, "}");
    tell_close(t);
    t->event.ts = ts;
    tell_send(t);
}

/* A time of the stream is kept as text until it ends. */
static struct str keep(char *room, size_t size, struct str text)
{
    if (!text.len || text.len > size) return (struct str){ 0 };
    memcpy(room, text.ptr, text.len);
    return str_of(room, text.len);
}

static void stream(struct burr_app *app, enum line_type type, struct line *l)
{
    struct str owner = owner_of(app, l, l->span);
    struct burr_action *a = action_of(app, l->sequence);
    struct str time = type == BEGIN_STREAM ? l->stream_init_time
                      : type == FIRST_ITEM ? l->first_item_time
                                           : l->end_time;
    int64_t ts = burr_clock_read(app->clock, time);
    see(app, ts);
    if (type == BEGIN_STREAM) {
        a->stream = ts;
        a->stream_text = keep(a->texts[0], sizeof a->texts[0], time);
        message(app, type, l, owner, ts, "the stream begins");
    } else if (type == FIRST_ITEM) {
        a->first_item = ts;
        a->first_text = keep(a->texts[1], sizeof a->texts[1], time);
        message(app, type, l, owner, ts, "the first item of the stream");
    } else {
        message(app, type, l, owner, ts, "the stream ends");
        stream_record(app, l, owner, ts);
        a->stream = a->first_item = TIME_NONE;
        a->stream_text = a->first_text = (struct str){ 0 };
    }
}

/* ---- lines ---- */

/* A type that a later version may write: the whole line is a record of its action. */
static void other(struct burr_app *app, struct line *l)
{
    struct teller *t = app->t;
    if (!l->sequence.len || json_type(l->type) != JSON_STRING) {
        problem(app, l->text.ptr, "the line is none that Burr writes: left out");
        return;
    }
    begin_step(app, EVENT_STEP_RECORD, l, l->sequence);
    tell_raw(t, &t->event.recordKey, l->type);
    tell_raw(t, &t->event.data, l->text);
    tell_send(t);
}

/* The action that the line is of: as it says, else as the id of the span begins, else the one begun last. */
static struct str sequence_of(struct burr_app *app, struct line *l, bool entry)
{
    struct str said = entry ? l->sequence_id : l->action_sequence_id.len ? l->action_sequence_id : l->sequence_id;
    struct str sequence = characters(&app->sequence_text, said);
    if (entry || sequence.len) return sequence;
    size_t colon = str_find(l->span, ':');
    return colon < l->span.len ? str_first(l->span, colon) : app->sequence;
}

void burr_line(struct burr_app *app, struct str text)
{
    struct line l;
    memset(&l, 0, offsetof(struct line, unknown));
    l.unknown_count = l.unknown_more = 0;
    l.text = text;
    if (json_type(text) != JSON_OBJECT) {
        problem(app, text.ptr, "a line of Burr's log is an object: left out");
        return;
    }
    fields_take(text, table, COLUMNS, &l, keep_unknown, &l);
    enum line_type type = type_of(l.type);
    bool entry = type == BEGIN_ENTRY || type == END_ENTRY;
    l.span = characters(&app->span_text, l.span_id);
    l.sequence = sequence_of(app, &l, entry);
    if (!app->begun && !entry && type != OTHER) attempt_begin(app, text.ptr);
    switch (type) {
    case BEGIN_ENTRY: begin_entry(app, &l); break;
    case END_ENTRY: end_entry(app, &l); break;
    case BEGIN_SPAN: begin_span(app, &l); break;
    case END_SPAN: end_span(app, &l); break;
    case ATTRIBUTE: attribute(app, &l); break;
    case BEGIN_STREAM:
    case FIRST_ITEM:
    case END_STREAM: stream(app, type, &l); break;
    case OTHER: other(app, &l); break;
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
