/* SPDX-License-Identifier: MIT
 *
 * Attempts of a run of Burr's: an application that is resumed appends to its log. Where its sequence ids do not go on
 * but begin again at an earlier one, another attempt of the run begins:
 *
 *   {"type":"begin_entry","sequence_id":0,…}     the first attempt
 *   {"type":"begin_entry","sequence_id":1,…}
 *   {"type":"begin_entry","sequence_id":1,…}     the second one
 */
#include "input/burr_line.h"

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
    burr_begin(app, EVENT_STEP_LINK, NULL);
    put_key(app);
    tell_text(t, &t->event.step.id, root_id(app, &app->text));
    struct buf *b = tell_open(t, &t->event.to);
    buf_puts(b, "{\"runId\":");
    buf_put(b, id);
    if (!value_absent(sequence)) {
        buf_puts(b, ",\"stepId\":");
        buf_put_json(b, burr_characters(&app->text, sequence));
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
    burr_begin(app, EVENT_PIPELINE_START, at);
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

void burr_attempt_begin(struct burr_app *app, const char *at)
{
    app->begun = true;
    if (!app->top.len) tell_run_start(app, at);
}

void burr_attempt_end(struct burr_app *app, int64_t next)
{
    struct teller *t = app->t;
    if (burr_children_settle(&app->folder, next) && app->attempt_ends && app->begun) app->attempt_ends(app);
    if (!app->begun || app->open || app->top.len) return;
    burr_begin(app, EVENT_PIPELINE_FINISH, NULL);
    t->event.root_made = true;
    t->event.step.start = app->start;
    t->event.step.end = app->end;
    tell_text(t, &t->event.step.name, app->name);
    put_key(app);
    tell_text(t, &t->event.status, app->failed ? S("failed") : S("completed"));
    tell_send(t);
}

void burr_attempt_next(struct burr_app *app, int64_t start)
{
    burr_attempt_end(app, start);
    app->attempt++;
    app->begun = app->failed = false;
    app->open = 0;
    app->last = -1;
    if (!app->top.len) app->start = app->end = TIME_NONE;
}
