/* SPDX-License-Identifier: MIT
 *
 * Spans of Burr's: steps below their action; attributes are records of theirs, or of the action.
 *
 *   begin_span   start_time action_sequence_id span_id "3:0.1" span_name parent_span_id span_dependencies
 *   attribute    key value tags time_logged action_sequence_id span_id
 *   end_span     end_time action_sequence_id span_id
 */
#include "input/burr_line.h"

static void link_dependencies(struct burr_app *app, struct burr_line *l, struct str span)
{
    struct teller *t = app->t;
    struct json j = json_begin(l->span_dependencies);
    for (bool list = json_type(l->span_dependencies) == JSON_ARRAY && json_enter(&j, '['); list && json_element(&j);) {
        struct str one = json_skip(&j);
        if (json_type(one) != JSON_STRING) continue;
        burr_begin_step(app, EVENT_STEP_LINK, l, span);
        struct buf *b = tell_open(t, &t->event.to);
        buf_puts(b, "{\"runId\":");
        buf_put_json(b, app->run_id);
        buf_puts(b, ",\"stepId\":");
        buf_put_json(b, burr_step_id(app, burr_characters(&app->text, one), app->attempt));
        buf_puts(b, "}");
        tell_close(t);
        tell_text(t, &t->event.relation, S("follows"));
        tell_send(t);
    }
    json_done(&j);
}

void burr_begin_span(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    struct str span = l->span;
    int64_t start = burr_clock_read(app->clock, l->start_time);
    burr_see(app, start);
    if (burr_is_action_span(app, span, l->sequence)) burr_action_of(app, l->sequence)->spanned = true;
    burr_begin_step(app, EVENT_STEP_START, l, span);
    tell_text(t, &t->event.step.kind, S("span"));
    tell_raw(t, &t->event.step.name, l->span_name);
    struct str parent = burr_owner_of(app, l, burr_characters(&app->text, l->parent_span_id));
    if (str_eq(parent, span)) parent = l->sequence;
    tell_text(t, &t->event.step.parentId, burr_step_id(app, parent, app->attempt));
    t->event.step.start = start;
    burr_send(app, LINE_BEGIN_SPAN, l);
    link_dependencies(app, l, span);
}

void burr_end_span(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    struct str span = l->span;
    int64_t end = burr_clock_read(app->clock, l->end_time);
    burr_see(app, end);
    if (burr_is_action_span(app, span, l->sequence)) { /* the end of what Burr does around the action */
        burr_begin_step(app, EVENT_STEP_START, l, l->sequence);
        tell_extra(t, S("end_span"), l->end_time);
    } else {
        burr_begin_step(app, EVENT_STEP_FINISH, l, span);
        tell_text(t, &t->event.step.kind, S("span"));
        t->event.step.end = end;
    }
    burr_send(app, LINE_END_SPAN, l);
}

void burr_attribute(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    struct str owner = burr_owner_of(app, l, l->span);
    int64_t ts = burr_clock_read(app->clock, l->time_logged);
    bool tagged = !value_absent(l->tags) && !burr_is_empty(l->tags);
    burr_see(app, ts);
    burr_begin_step(app, EVENT_STEP_RECORD, l, owner);
    tell_raw(t, &t->event.recordKey, l->key.len ? l->key : S("\"\""));
    tell_raw(t, &t->event.data, l->value.len ? l->value : S("null"));
    t->event.ts = ts;
    burr_send(app, LINE_ATTRIBUTE, l);
    if (!tagged) return;
    burr_begin_step(app, EVENT_STEP_RECORD, l, owner);
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
