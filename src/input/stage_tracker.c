/* SPDX-License-Identifier: MIT
 *
 * What stage-tracker leaves (its tracker.py, and its README, which differs): the record of a run, or the array of all
 * of them, history/pipeline_history.json.
 *
 *   {"run_id": "af3c…", "start_time": "2025-05-05T23:14:10.235518+00:00", "args": ANY,
 *    "stages": {"Detection": {"start_time": "…", "duration_sec": 3.42, "data": {"status": "clean"}, "error": null},
 *               "parse": {"start_time": "…", "duration_sec": null, "data": null, "error": "bad row", "end_time": "…"}},
 *    "completed_at": "…", "total_duration_sec": 9.42}
 *
 * A stage becomes a step, the run one that is no step of the log. A duration is what the program said when it ended the
 * stage; many say none, and then nobody knows when the stage ended: it stays without an end. `end_time` is there after
 * an error only. Data that are an object are records, any other datum is the result. Beyond the library's members our
 * own export writes `name` of the run, `result` and `status` of a stage, which are read back.
 */
#include "input/format.h"

#include "input/partial.h"
#include "input/titles.h"

#include <stdlib.h>

enum { EXTRAS_MAX = 40 };

struct history {
    uint64_t runs, endless, naive;
    struct other {
        struct str raw_name, value;
    } * others; /* members that are not known, of the object at hand */
    size_t other_count, other_cap;
};

struct tracked {
    struct str run_id, name, start_time, args, stages, completed_at, total;
    struct str id;    /* run_id, or what stands in for it: JSON */
    struct str title; /* its name: characters */
    int64_t start, end;
    bool failed;
};

struct stage {
    struct str start_time, duration, data, error, end_time, result, status;
};

static void keep_other(void *context, struct str raw_name, struct str value)
{
    struct history *h = context;
    h->others = array_grow(h->others, &h->other_cap, h->other_count + 1, sizeof *h->others);
    h->others[h->other_count++] = (struct other){ raw_name, value };
}

/* A member whose value says nothing that could be used as what it should be. */
static void keep_odd(struct history *h, struct str name, struct str value)
{
    if (!value_absent(value)) keep_other(h, name, value);
}

/* Tells the members that are not known, beyond the most that an event holds in one. */
static void tell_others(struct teller *t, struct history *h)
{
    size_t count = h->other_count < EXTRAS_MAX ? h->other_count : EXTRAS_MAX;
    for (size_t i = 0; i < count; i++)
        tell_extra(t, json_key_text(h->others[i].raw_name, &t->arena), h->others[i].value);
    if (count < h->other_count) {
        struct buf *b = tell_open_extra(t, S("more members"));
        for (size_t i = count; i < h->other_count; i++) {
            buf_puts(b, i == count ? "{\"" : ",\"");
            buf_put(b, h->others[i].raw_name);
            buf_puts(b, "\":");
            buf_put(b, h->others[i].value);
        }
        buf_putc(b, '}');
        tell_close(t);
    }
    h->other_count = 0;
}

/* A member that should be a time. One that is none is kept as it stands. */
static int64_t take_time(struct teller *t, struct history *h, struct str name, struct str value)
{
    int64_t us = TIME_NONE;
    if (json_type(value) == JSON_STRING && tell_time(t, json_text(value, &t->arena), &us, &h->naive)) return us;
    if (value_absent(value)) return TIME_NONE;
    tell_problem(t, value.ptr, "this is no time such as \"2026-05-18T04:26:40.125+00:00\": kept as text");
    keep_other(h, name, value);
    return TIME_NONE;
}

/* Where a duration leads; it is kept as it stands when it is none, or when `known` is another end. */
static int64_t take_duration(struct history *h, struct str name, struct str value, int64_t start, int64_t known)
{
    int64_t duration = TIME_NONE;
    if (value_absent(value)) return known;
    bool good = json_to_us(value, JSON_SECONDS, &duration);
    int64_t end = good ? clock_after(start, duration) : TIME_NONE;
    if (end != TIME_NONE && known == TIME_NONE) return end;
    if (end == TIME_NONE || end != known) keep_odd(h, name, value);
    return known;
}

static bool is_status(struct str value)
{
    static const struct str words[] = { { "\"ok\"", 4 },         { "\"error\"", 7 },   { "\"skipped\"", 9 },
                                        { "\"cached\"", 8 },     { "\"retried\"", 9 }, { "\"running\"", 9 },
                                        { "\"unfinished\"", 12 } };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(value, words[i])) return true;
    return false;
}

static bool is_empty(struct str data)
{
    return json_type(data) == JSON_OBJECT && !str_trim(str_of(data.ptr + 1, data.len - 2)).len;
}

static void take_data(struct teller *t, struct history *h, const struct stage *s)
{
    struct str result = value_absent(s->result) ? (struct str){ 0 } : s->result;
    if (json_type(s->data) == JSON_OBJECT) tell_raw(t, &t->event.step.records, s->data);
    else if (!value_absent(s->data) && !result.len) result = s->data;
    else keep_odd(h, S("data"), s->data);
    if (is_empty(s->data)) keep_odd(h, S("data"), s->data); /* no record, but not null either */
    tell_raw(t, &t->event.step.result, result);
}

/* A stage is known by its name and start. */
static void tell_key(struct teller *t, const struct tracked *run, struct str raw_name)
{
    struct buf *b = tell_open(t, &t->event.step.key);
    struct str parts[] = { run->title, json_key_text(raw_name, &t->arena) };
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < 2; i++) {
        if (i) buf_putc(&text, '.');
        for (size_t k = 0; k < parts[i].len; k++) buf_putc(&text, parts[i].ptr[k] == '.' ? '_' : parts[i].ptr[k]);
    }
    buf_put_json(b, buf_str(&text));
    buf_free(&text);
    tell_close(t);
}

static void tell_stage(struct teller *t, struct history *h, struct tracked *run, struct str raw_name, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct stage, start_time, "start_time"),
        FIELD(struct stage, duration, "duration_sec"),
        FIELD(struct stage, data, "data"),
        FIELD(struct stage, error, "error"),
        FIELD(struct stage, end_time, "end_time"),
        FIELD(struct stage, result, "result"),
        FIELD(struct stage, status, "status"),
    };
    struct stage s = { 0 };
    h->other_count = 0;
    const char *at = j->at;
    bool object = *at == '{';
    if (object) {
        partial_take(j, table, COUNT_OF(table), &s, S(""), keep_other, h);
    } else {
        tell_problem(t, at, "the stage is no object: kept as a step that only has this value");
        keep_odd(h, S("stage"), json_skip(j));
        if (j->error) return;
    }
    int64_t start = take_time(t, h, S("start_time"), s.start_time), end = take_time(t, h, S("end_time"), s.end_time);
    end = take_duration(h, S("duration_sec"), s.duration, start, end);
    bool failed = !value_absent(s.error) || str_eq(s.status, S("\"error\""));
    run->failed |= failed;
    h->endless += end == TIME_NONE && !failed;
    tell_begin(t, EVENT_STEP_FINISH, raw_name.ptr);
    tell_raw(t, &t->event.runId, run->id);
    tell_key(t, run, raw_name);
    tell_text(t, &t->event.step.name, json_key_text(raw_name, &t->arena));
    t->event.step.start = start;
    t->event.step.end = end;
    take_data(t, h, &s);
    if (!value_absent(s.error)) tell_raw(t, &t->event.step.error, s.error);
    if (is_status(s.status)) tell_raw(t, &t->event.step.status, s.status);
    else keep_odd(h, S("status"), s.status);
    tell_others(t, h);
    tell_send(t);
}

static void tell_stages(struct teller *t, struct history *h, struct tracked *run)
{
    struct json j = json_begin(run->stages);
    struct str name;
    if (json_enter(&j, '{'))
        while (json_member(&j, &name))
            if (!json_at_end(&j)) tell_stage(t, h, run, name, &j);
    json_done(&j);
}

static void begin_run(struct teller *t, struct history *h, const struct tracked *run, const char *at)
{
    tell_begin(t, EVENT_PIPELINE_START, at);
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, run->id);
    tell_text(t, &t->event.step.name, run->title);
    t->event.step.start = run->start;
    if (!value_absent(run->args)) tell_raw(t, &t->event.args, run->args);
    tell_others(t, h);
    tell_send(t);
}

static void end_run(struct teller *t, const struct tracked *run)
{
    if (run->end == TIME_NONE) return;
    tell_begin(t, EVENT_PIPELINE_FINISH, run->completed_at.ptr);
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, run->id);
    t->event.step.end = run->end;
    tell_text(t, &t->event.status, run->failed ? S("failed") : S("completed"));
    tell_send(t);
}

static void tell_run(struct teller *t, void *context, struct json *j)
{
    static const struct field table[] = {
        FIELD(struct tracked, run_id, "run_id"),
        FIELD(struct tracked, name, "name"),
        FIELD(struct tracked, start_time, "start_time"),
        FIELD(struct tracked, args, "args"),
        FIELD(struct tracked, stages, "stages"),
        FIELD(struct tracked, completed_at, "completed_at"),
        FIELD(struct tracked, total, "total_duration_sec"),
    };
    struct history *h = context;
    struct tracked run = { 0 };
    h->runs++;
    h->other_count = 0;
    const char *at = j->at;
    partial_take(j, table, COUNT_OF(table), &run, S("stages"), keep_other, h);
    run.start = take_time(t, h, S("start_time"), run.start_time);
    bool known = !value_absent(run.run_id) && json_inside(run.run_id).len; /* the library gives each run an id */
    run.id = known ? run.run_id : path_run_id(t, S("stage-tracker"), h->runs, run.start);
    run.end = take_time(t, h, S("completed_at"), run.completed_at);
    run.end = take_duration(h, S("total_duration_sec"), run.total, run.start, run.end);
    bool named = json_type(run.name) == JSON_STRING && run.name.len > 2;
    run.title = named ? json_text(run.name, &t->arena) : path_stem(t, S("stage-tracker"));
    if (!named) keep_odd(h, S("name"), run.name);
    bool stages = run.stages.len && *run.stages.ptr == '{';
    if (!stages && !value_absent(run.stages)) tell_problem(t, run.stages.ptr, "the stages are no object: kept as text");
    if (!stages) keep_odd(h, S("stages"), run.stages);
    begin_run(t, h, &run, at);
    if (stages) tell_stages(t, h, &run);
    end_run(t, &run);
}

static void take_text(struct teller *t, void *state, struct str text) { partial_each(t, text, tell_run, state); }

static void finish(struct teller *t, void *state)
{
    struct history *h = state;
    tell_note_count(t, h->endless, "stage has", "stages have",
                    " neither a duration nor an error: the end is unknown, shown as unfinished");
    tell_note_count(t, h->naive, "time has", "times have", " no zone: taken as UTC; --tz says another one");
    free(h->others);
}

/* Stages, or, where the arguments of the run are longer than what is in sight, those. */
static bool knows_stage_tracker(const struct glance *g)
{
    if (!g->object || !glance_get(g, S("run_id")).len || !glance_get(g, S("start_time")).len) return false;
    struct str stages = glance_get(g, S("stages"));
    bool cut = g->count && json_key_is(g->members[g->count - 1].key, S("args"));
    return (stages.len && *stages.ptr == '{') || (cut && !stages.len);
}

const struct format format_stage_tracker = {
    .name = "stage-tracker",
    .title = "stage-tracker",
    .about = "the record that stage-tracker (Python) writes of a run, or the array of all\n"
             "runs: history/pipeline_history.json of the folder that the program ran in\n",
    .takes = TAKES_VALUES,
    .knows = knows_stage_tracker,
    .state_size = sizeof(struct history),
    .text = take_text,
    .end = finish,
};
