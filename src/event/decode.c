/* SPDX-License-Identifier: MIT
 *
 * JSON value → events, for everything that PipeLens writes:
 *
 *   {"type":…,"operation":…}            a line
 *   [line, line, …]                     a posted batch
 *   {"path":"…/step/start","body":{…}}  a request of the non-batch mode, or its body alone:
 *   {"runId":…,"step":{…}}                a step's start or finish
 *   {"pipelineMeta":{…},"status":…}       a pipeline's finish
 *   {"runId":…,"steps":[…],…}             a pipeline's start, and outputPipelineMeta()
 *   {"key":…,"substeps":[…]}            outputNested()
 *   [{"key":…,"time":…}, …]             outputFlattened() and its older form
 *
 * A value is walked once: members that are known are kept as slices, the rest is checked and kept as unknown.
 */
#include "event/fields.h"

#include <stdlib.h>

/* The members of a line, and of the bare bodies, which are lines without a type. */
struct line_members {
#define LINE_FIELD(name) struct str name;
#include "event/kinds.def"
    bool step_seen, meta_seen, is_step, is_meta;
};

static const struct field line_table[] = {
#define LINE_FIELD(name) { { #name, sizeof #name - 1 }, offsetof(struct line_members, name) },
#include "event/kinds.def"
};

/* The members of one top-level object. What a line does not have (a step's own key, a whole run's steps) makes it a
 * bare body or a document, and is walked again as such by the caller. */
static void take_line(struct json *j, struct event *e, struct line_members *m)
{
    struct str key;
    while (json_member(j, &key)) {
        struct str *field = field_find(m, line_table, COUNT_OF(line_table), key);
        bool is_step = json_key_is(key, S("step")),
             is_meta = json_key_is(key, S("meta")) || json_key_is(key, S("pipelineMeta"));
        if ((is_step || is_meta) && !json_at_end(j) && *j->at == '{') {
            json_enter(j, '{');
            if (is_step) step_take(j, &e->step, NULL);
            else meta_take(j, e);
            m->is_step |= is_step;
            m->is_meta |= is_meta;
            continue;
        }
        struct str value = json_skip(j);
        if (j->error) return;
        if (field) *field = value;
        else if (!is_step && !is_meta) step_keep_unknown(&e->step, key, value);
        m->step_seen |= is_step || json_key_is(key, S("key")) || json_key_is(key, S("substeps"));
        m->meta_seen |= is_meta || json_key_is(key, S("steps"));
    }
}

static bool text_is(struct str value, struct str word)
{
    return json_type(value) == JSON_STRING && json_key_is(str_of(value.ptr + 1, value.len - 2), word);
}

static bool find_kind(struct str type, struct str operation, enum event_kind *ret_kind)
{
    static const struct {
        struct str type, operation;
    } kinds[] = {
#define EVENT_KIND(identifier, type_name, operation_name)                                                              \
    { { type_name, sizeof type_name - 1 }, { operation_name, sizeof operation_name - 1 } },
#include "event/kinds.def"
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_is(type, kinds[i].type) && text_is(operation, kinds[i].operation)) {
            *ret_kind = (enum event_kind)i;
            return true;
        }
    return false;
}

/* The kind that a request's path names ("/api/ingestion/step/finish"). */
static bool kind_of_path(struct str path, enum event_kind *ret_kind)
{
    static const struct {
        struct str end;
        enum event_kind kind;
    } ends[] = {
        { { "pipeline/start", 14 }, EVENT_PIPELINE_START },
        { { "pipeline/finish", 15 }, EVENT_PIPELINE_FINISH },
        { { "step/start", 10 }, EVENT_STEP_START },
        { { "step/finish", 11 }, EVENT_STEP_FINISH },
    };
    struct str inner = path.len > 1 ? str_of(path.ptr + 1, path.len - 2) : path;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (str_ends(inner, ends[i].end)) {
            *ret_kind = ends[i].kind;
            return true;
        }
    return false;
}

void event_clear(struct event *e)
{
    *e = (struct event){ .text = e->text,
                         .offset = e->offset,
                         .line = e->line,
                         .source = e->source,
                         .step = { .unknown = e->step.unknown,
                                   .unknown_cap = e->step.unknown_cap,
                                   .start = TIME_NONE,
                                   .end = TIME_NONE,
                                   .usage_us = TIME_NONE },
                         .ts = TIME_NONE };
}

static void report(struct event *e, struct str near, const char *what, void *context, problem_sink *on_problem)
{
    size_t at = near.ptr && near.ptr >= e->text.ptr ? (size_t)(near.ptr - e->text.ptr) : 0;
    on_problem(context, &(struct event_problem){ .at = at, .what = what });
}

/* Fills what a line has besides its step or meta. */
static void take_rest(struct event *e, const struct line_members *m)
{
    if (m->runId.len && !m->is_meta) e->runId = m->runId;
    e->status = m->status;
    e->recordKey = m->recordKey;
    e->data = m->data;
    e->level = m->level;
    e->message = m->message;
    e->to = m->to;
    e->relation = m->relation;
    if (!value_absent(m->ts)) json_ms_to_us(m->ts, &e->ts);
}

/* Is a line of its kind complete enough to be used? Says what is missing. */
static const char *lacking(const struct event *e, const struct line_members *m)
{
    bool pipeline = e->kind == EVENT_PIPELINE_START || e->kind == EVENT_PIPELINE_FINISH;
    if (pipeline && !m->is_meta) return "a pipeline event needs `meta` to be an object: skipped";
    if (!pipeline && !m->is_step) return "a step event needs `step` to be an object: skipped";
    if (!pipeline && json_type(e->step.key) != JSON_STRING && value_absent(e->step.id))
        return "the step has neither a key nor an id: skipped";
    if (json_type(e->runId) == JSON_OBJECT || json_type(e->runId) == JSON_ARRAY) return "runId should be text: skipped";
    if (!pipeline && value_absent(e->runId)) return "the event has no runId: skipped";
    if (e->kind == EVENT_STEP_RECORD && (json_type(e->recordKey) != JSON_STRING || !e->data.len))
        return "a record needs recordKey and data: skipped";
    if (e->kind == EVENT_STEP_LOG && !e->message.len) return "a log event needs a message: skipped";
    if (e->kind == EVENT_STEP_LINK && json_type(e->to) != JSON_OBJECT)
        return "a link needs `to` to be an object: skipped";
    return NULL;
}

static void emit(struct event *e, const struct line_members *m, struct str text, void *context, event_sink *on_event,
                 problem_sink *on_problem)
{
    const char *why = lacking(e, m);
    if (why) {
        report(e, text, why, context, on_problem);
        return;
    }
    if (e->step.bad_time)
        report(e, e->step.time, "a time is not a number of milliseconds: taken as unknown", context, on_problem);
    on_event(context, e);
}

/* A run that is nothing but its steps: the first one is the run itself. */
static bool take_first_step(struct event *e)
{
    struct event_steps it = event_steps_begin(e);
    bool any = event_steps_next(&it);
    if (any) {
        struct event_step *own = &e->step;
        step_clear(own);
        own->name = it.step.name;
        own->key = it.step.key;
        own->time = it.step.time;
        own->error = it.step.error;
        own->start = it.step.start;
        own->end = it.step.end;
        own->usage_us = it.step.usage_us;
        e->kind = EVENT_PIPELINE_FINISH;
        e->document = true;
    }
    event_steps_done(&it);
    return any;
}

/* An object that is no line: a bare body or a whole run. False when it is none of them. */
static bool decode_bare(struct event *e, struct line_members *m, struct str text)
{
    struct json j = json_begin(text);
    if (m->is_step) {
        e->kind = value_absent(e->step.time) || e->step.end == TIME_NONE ? EVENT_STEP_START : EVENT_STEP_FINISH;
    } else if (m->is_meta) {
        e->kind = EVENT_PIPELINE_FINISH;
    } else if (m->meta_seen) { /* a pipeline's meta: as a body of pipeline/start, or outputPipelineMeta() */
        step_clear(&e->step);
        json_enter(&j, '{');
        meta_take(&j, e);
        e->kind = EVENT_PIPELINE_FINISH;
        e->document = true;
        m->is_meta = true;
    } else if (m->step_seen) { /* one step with its substeps */
        e->nested = true;
        e->steps = text;
        m->is_meta = take_first_step(e);
    } else return false;
    json_done(&j);
    return true;
}

/* A request of the non-batch mode: the body is decoded as what the path says. */
static bool decode_request(struct event *e, struct line_members *m)
{
    struct str body = m->body;
    enum event_kind kind;
    if (json_type(m->path) != JSON_STRING || json_type(body) != JSON_OBJECT || !kind_of_path(m->path, &kind))
        return false;
    struct json j = json_begin(body);
    step_clear(&e->step);
    json_enter(&j, '{');
    if (kind == EVENT_PIPELINE_START) { /* this one's body is the meta itself */
        meta_take(&j, e);
        m->is_meta = true;
    } else take_line(&j, e, m);
    json_done(&j);
    e->kind = kind;
    return true;
}

static void decode_object(struct decoder *d, void *context, event_sink *on_event, problem_sink *on_problem)
{
    struct event *e = &d->event;
    struct line_members m = { 0 };
    const char *from = d->json.at;
    event_clear(e);
    json_enter(&d->json, '{');
    take_line(&d->json, e, &m);
    if (d->json.error) return;
    struct str text = str_of(from, (size_t)(d->json.at - from));
    bool typed = m.type.len != 0;
    if (typed && !find_kind(m.type, m.operation, &e->kind)) {
        report(e, m.type, "no known kind of event (type and operation): skipped", context, on_problem);
        return;
    }
    if (!typed && !decode_request(e, &m) && !decode_bare(e, &m, text)) {
        report(e, text, "neither an event nor a run: skipped", context, on_problem);
        return;
    }
    take_rest(e, &m);
    emit(e, &m, text, context, on_event, on_problem);
}

/* Is the array a list of a run's steps (its first element has a key and no type)? */
static bool is_step_list(struct json j)
{
    struct str key;
    bool has_key = false, has_type = false;
    if (!json_enter(&j, '[') || !json_element(&j) || *j.at != '{') return false;
    j.nesting = NULL;
    j.nesting_cap = 0;
    json_enter(&j, '{');
    while (json_member(&j, &key)) {
        has_key |= json_key_is(key, S("key"));
        has_type |= json_key_is(key, S("type")) || json_key_is(key, S("runId")) || json_key_is(key, S("path"));
        json_skip(&j);
    }
    json_done(&j);
    return has_key && !has_type;
}

static void decode_step_list(struct decoder *d, void *context, event_sink *on_event)
{
    struct event *e = &d->event;
    event_clear(e);
    e->steps = json_skip(&d->json);
    if (!d->json.error && take_first_step(e)) on_event(context, e);
}

bool decode_value(struct decoder *d, void *context, event_sink *on_event, problem_sink *on_problem)
{
    struct json *j = &d->json;
    if (json_at_end(j)) return true;
    if (*j->at == '[' && is_step_list(*j)) {
        decode_step_list(d, context, on_event);
    } else if (*j->at == '[') {
        json_enter(j, '[');
        while (json_element(j)) {
            if (!json_at_end(j) && *j->at == '{') {
                decode_object(d, context, on_event, on_problem);
                j->first = false;
                continue;
            }
            struct str value = json_skip(j);
            if (!j->error) report(&d->event, value, "neither an event nor a run: skipped", context, on_problem);
        }
    } else if (*j->at == '{') {
        decode_object(d, context, on_event, on_problem);
    } else {
        struct str value = json_skip(j);
        if (!j->error) report(&d->event, value, "neither an event nor a run: skipped", context, on_problem);
    }
    return !j->error;
}

void decoder_done(struct decoder *d)
{
    json_done(&d->json);
    free(d->event.step.unknown);
    *d = (struct decoder){ 0 };
}
