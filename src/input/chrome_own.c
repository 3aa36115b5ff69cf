/* SPDX-License-Identifier: MIT
 *
 * Chrome trace events that pipelens-report wrote (render/export_chrome.c, which draws them): `args.pipelens` holds what
 * the format has no place for, so that a run comes back as it was.
 */
#include "input/chrome.h"

#include "event/fields.h"

struct own_step {
    struct str records, result, error, pipelens;
    struct str id, parentId, key, kind, location, status, errorType, trace, inputs, handledErrors, usage, state;
    struct str links, extras, time, made;
};

#define OWN(name) FIELD(struct own_step, name, #name)
static const struct field args_table[] = { OWN(records), OWN(result), OWN(error), OWN(pipelens) };
static const struct field step_table[] = {
    OWN(id),     OWN(parentId), OWN(key),           OWN(kind),  OWN(location), OWN(status), OWN(errorType), OWN(trace),
    OWN(inputs), OWN(usage),    OWN(handledErrors), OWN(state), OWN(links),    OWN(extras), OWN(time),      OWN(made),
};

struct own_run {
    struct str name, key, time, status, parentRun, args, tags, host, graph, logVersion, rootMade, extras;
};

#define OWN_RUN(name) FIELD(struct own_run, name, #name)
static const struct field run_table[] = {
    OWN_RUN(name), OWN_RUN(key),   OWN_RUN(time),      OWN_RUN(status), OWN_RUN(args),       OWN_RUN(tags),
    OWN_RUN(host), OWN_RUN(graph), OWN_RUN(parentRun), OWN_RUN(extras), OWN_RUN(logVersion), OWN_RUN(rootMade),
};

struct str chrome_own(const struct chrome *c, struct str args)
{
    struct str own = c->own ? json_get(args, S("pipelens")) : S("");
    return json_type(own) == JSON_OBJECT ? own : S("");
}

/* [start, end] in milliseconds, null where unknown. */
static void take_time(struct str time, int64_t *ret_start, int64_t *ret_end)
{
    struct json j = json_begin(time);
    int64_t *ret[] = { ret_start, ret_end };
    if (json_type(time) != JSON_ARRAY) return;
    json_enter(&j, '[');
    for (int i = 0; i < 2 && json_element(&j); i++) {
        *ret[i] = TIME_NONE;
        struct str value = json_skip(&j);
        if (!value_absent(value) && !json_to_us(value, JSON_MILLISECONDS, ret[i])) *ret[i] = TIME_NONE;
    }
    json_done(&j);
}

static void tell_extras(struct chrome *c, struct str extras)
{
    struct json j = json_begin(extras);
    struct str key;
    if (json_type(extras) != JSON_OBJECT) return;
    json_enter(&j, '{');
    while (json_member(&j, &key)) tell_extra(c->t, json_key_text(key, &c->t->arena), json_skip(&j));
    json_done(&j);
}

static void begin_run(struct chrome *c, enum event_kind kind, uint32_t process, const struct own_run *o)
{
    struct teller *t = c->t;
    tell_begin(t, kind, NULL);
    t->event.root_made = json_type(o->rootMade) == JSON_TRUE;
    chrome_tell_run(c, process);
    tell_raw(t, &t->event.step.name, o->name);
    tell_raw(t, &t->event.step.key, o->key);
    take_time(o->time, &t->event.step.start, &t->event.step.end);
}

static struct own_run run_of(struct str own)
{
    struct own_run o = { 0 };
    fields_take(own, run_table, sizeof run_table / sizeof *run_table, &o, NULL, NULL);
    return o;
}

void chrome_tell_own_run(struct chrome *c, uint32_t process)
{
    struct own_run o = run_of(c->processes[process].own);
    struct teller *t = c->t;
    begin_run(c, EVENT_PIPELINE_START, process, &o);
    t->event.step.end = TIME_NONE;
    tell_raw(t, &t->event.parentRun, o.parentRun);
    tell_raw(t, &t->event.args, o.args);
    tell_raw(t, &t->event.tags, o.tags);
    tell_raw(t, &t->event.host, o.host);
    tell_raw(t, &t->event.graph, o.graph);
    tell_raw(t, &t->event.logVersion, o.logVersion);
    tell_extras(c, o.extras);
    tell_send(t);
}

void chrome_tell_own_end(struct chrome *c, uint32_t process)
{
    struct own_run o = run_of(c->processes[process].own);
    if (!o.status.len || str_eq(o.status, S("\"unfinished\""))) return;
    begin_run(c, EVENT_PIPELINE_FINISH, process, &o);
    tell_raw(c->t, &c->t->event.status, o.status);
    tell_send(c->t);
}

static void tell_links(struct chrome *c, const struct chrome_item *item, const struct own_step *o)
{
    struct json j = json_begin(o->links);
    struct teller *t = c->t;
    if (json_type(o->links) != JSON_ARRAY) return;
    json_enter(&j, '[');
    while (json_element(&j)) {
        struct str link = json_skip(&j);
        if (j.error) break;
        tell_begin(t, EVENT_STEP_LINK, c->text.ptr + item->at);
        chrome_tell_run(c, item->process);
        tell_raw(t, &t->event.step.id, o->id);
        tell_raw(t, &t->event.step.key, o->key);
        tell_raw(t, &t->event.to, link);
        tell_raw(t, &t->event.relation, json_get(link, S("relation")));
        tell_send(t);
    }
    json_done(&j);
}

void chrome_tell_own_step(struct chrome *c, const struct chrome_item *item, struct str args, struct str own)
{
    struct own_step o = { 0 };
    struct teller *t = c->t;
    struct event_step *s = &t->event.step;
    fields_take(args, args_table, sizeof args_table / sizeof *args_table, &o, NULL, NULL);
    fields_take(own, step_table, sizeof step_table / sizeof *step_table, &o, NULL, NULL);
    int64_t start = chrome_us(c, item->ts), end = chrome_us(c, item->end);
    take_time(o.time, &start, &end);
    tell_begin(t, end == TIME_NONE ? EVENT_STEP_START : EVENT_STEP_FINISH, c->text.ptr + item->at);
    chrome_tell_run(c, item->process);
    t->event.made = json_type(o.made) == JSON_TRUE;
    s->start = start;
    s->end = end;
    tell_raw(t, &s->name, chrome_str(c, item->name));
    const struct {
        struct str *field, value;
    } fields[] = {
        { &s->id, o.id },
        { &s->parentId, o.parentId },
        { &s->key, o.key },
        { &s->kind, o.kind },
        { &s->location, o.location },
        { &s->status, o.status },
        { &s->errorType, o.errorType },
        { &s->trace, o.trace },
        { &s->inputs, o.inputs },
        { &s->handledErrors, o.handledErrors },
        { &s->usage, o.usage },
        { &s->state, o.state },
        { &s->records, o.records },
        { &s->result, o.result },
        { &s->error, o.error },
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) tell_raw(t, fields[i].field, fields[i].value);
    tell_extras(c, o.extras);
    tell_send(t);
    tell_links(c, item, &o);
}

/* {"level": …, "message": …, "pipelens": {"id", "key", "time": [ts]}} */
void chrome_tell_own_log(struct chrome *c, const struct chrome_item *item, struct str args, struct str own)
{
    struct teller *t = c->t;
    int64_t ts = chrome_us(c, item->ts), unused = TIME_NONE;
    take_time(json_get(own, S("time")), &ts, &unused);
    tell_begin(t, EVENT_STEP_LOG, c->text.ptr + item->at);
    chrome_tell_run(c, item->process);
    tell_raw(t, &t->event.step.id, json_get(own, S("id")));
    tell_raw(t, &t->event.step.key, json_get(own, S("key")));
    tell_raw(t, &t->event.level, json_get(args, S("level")));
    tell_raw(t, &t->event.message, json_get(args, S("message")));
    t->event.ts = ts;
    tell_send(t);
}
