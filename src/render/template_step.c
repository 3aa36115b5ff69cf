/* SPDX-License-Identifier: MIT
 *
 * A step as templates see it. Payloads are read from the log when a template asks for them.
 */
#include "render/template_data.h"

#include "event/json.h"
#include "model/error_lines.h"
#include "model/records.h"
#include "render/wording.h"

static const struct template_data *data_of(const struct view *v) { return v->of; }
static const struct run *run_of(const struct view *v) { return data_of(v)->run.run; }
static const struct step *step_of(const struct view *v) { return data_of(v)->plan->steps[v->n]; }

/* --- words and numbers --- */

static void put_index(const struct view *v, struct buf *out) { buf_put_uint(out, step_of(v)->index); }
static void put_id(const struct view *v, struct buf *out) { buf_put(out, step_of(v)->more->id); }
static void put_name(const struct view *v, struct buf *out) { buf_put(out, wording_name(step_of(v)->name)); }
static void put_key(const struct view *v, struct buf *out) { buf_put(out, step_of(v)->key); }
static void put_kind(const struct view *v, struct buf *out) { buf_put(out, step_of(v)->more->kind); }
static void put_location(const struct view *v, struct buf *out) { buf_put(out, step_of(v)->more->location); }
static void put_depth(const struct view *v, struct buf *out) { buf_put_uint(out, data_of(v)->plan->depth[v->n]); }
static void put_children(const struct view *v, struct buf *out) { buf_put_uint(out, step_of(v)->child_count); }
static void put_error_type(const struct view *v, struct buf *out) { buf_put(out, step_of(v)->more->error_type); }

static void put_level(const struct view *v, struct buf *out)
{
    enum { LEVEL_MAX = 24 }; /* pages indent by classes, d0 to d24 */
    uint32_t depth = data_of(v)->plan->depth[v->n];
    buf_put_uint(out, depth < LEVEL_MAX ? depth : LEVEL_MAX);
}

static void put_path(const struct view *v, struct buf *out)
{
    enum { COLUMNS = 100 };
    struct buf path = BUF_INIT;
    wording_put_path(&path, run_of(v), step_of(v), COLUMNS);
    buf_put(out, buf_str(&path));
    buf_free(&path);
}

static void put_status(const struct view *v, struct buf *out)
{
    buf_puts(out, step_status_name((enum step_status)step_of(v)->status));
}

static void put_flag(bool flag, struct buf *out) { buf_putc(out, flag ? '1' : '0'); }

static void put_failed(const struct view *v, struct buf *out) { put_flag(step_of(v)->status == STEP_ERROR, out); }
static void put_context(const struct view *v, struct buf *out) { put_flag(step_of(v)->context, out); }

static void put_open(const struct view *v, struct buf *out)
{
    put_flag(step_of(v)->status == STEP_RUNNING || step_of(v)->status == STEP_UNFINISHED, out);
}

static void put_marked(const struct view *v, struct buf *out) { put_flag(step_of(v)->status != STEP_OK, out); }

static void put_main(const struct view *v, struct buf *out)
{
    put_flag(data_of(v)->plan->flags[v->n] & PLAN_STATIC, out);
}

/* The next failed step below is looked for from here to there only: all of them together cost one walk. */
static void put_echo(const struct view *v, struct buf *out)
{
    const struct html_plan *plan = data_of(v)->plan;
    const struct step *step = step_of(v);
    struct arena scratch = { 0 };
    uint32_t at = (uint32_t)v->n + 1;
    bool failed = step->status == STEP_ERROR;
    while (failed && at < plan->count && plan->steps[at]->status != STEP_ERROR) at++;
    failed = failed && at < plan->count && plan->steps[at]->index - step->index < step->subtree;
    if (failed)
        failed = str_eq(error_text(run_of(v), step->error, &scratch),
                        error_text(run_of(v), plan->steps[at]->error, &scratch));
    put_flag(failed, out);
    arena_free(&scratch);
}

/* --- times --- */

static int64_t duration_of(const struct step *step) { return step->start == TIME_NONE ? TIME_NONE : step->duration; }
static int64_t self_of(const struct step *step) { return step->start == TIME_NONE ? TIME_NONE : step->self; }

static int64_t offset_of(const struct view *v)
{
    const struct step *step = step_of(v);
    bool placed = step->start != TIME_NONE && run_of(v)->start != TIME_NONE && !step->older;
    return placed ? step->start - run_of(v)->start : TIME_NONE;
}

static void put_start(const struct view *v, struct buf *out)
{
    html_put_offset(run_of(v), step_of(v)->start, data_of(v)->o->unit, out);
}

static void put_started(const struct view *v, struct buf *out)
{
    if (step_of(v)->start != TIME_NONE) clock_put_utc(out, step_of(v)->start);
}

static void put_ended(const struct view *v, struct buf *out)
{
    if (step_of(v)->end != TIME_NONE) clock_put_utc(out, step_of(v)->end);
}

static void put_duration(const struct view *v, struct buf *out)
{
    clock_put_duration(out, duration_of(step_of(v)), data_of(v)->o->unit);
}

static void put_self(const struct view *v, struct buf *out)
{
    clock_put_duration(out, self_of(step_of(v)), data_of(v)->o->unit);
}

static void put_start_us(const struct view *v, struct buf *out) { data_put_us(offset_of(v), out); }
static void put_duration_us(const struct view *v, struct buf *out) { data_put_us(duration_of(step_of(v)), out); }
static void put_self_us(const struct view *v, struct buf *out) { data_put_us(self_of(step_of(v)), out); }
static void put_share(const struct view *v, struct buf *out) { data_put_share(run_of(v), self_of(step_of(v)), out); }

/* Where the step lies in the run, in thousandths of the run's span: 0 <= x, w >= 4, x + w <= 1000. */
static void bar(const struct view *v, int *ret_x, int *ret_w)
{
    const struct run *run = run_of(v);
    const struct step *step = step_of(v);
    *ret_x = *ret_w = 0;
    if (offset_of(v) == TIME_NONE || run->end <= run->start) return;
    double span = (double)(run->end - run->start), length = step->duration > 0 ? (double)step->duration : 0;
    double x = (double)offset_of(v) / span * 1000, w = length / span * 1000;
    *ret_w = w < 4 ? 4 : w > 1000 ? 1000 : (int)w;
    *ret_x = x < 0 ? 0 : x > 1000 - *ret_w ? 1000 - *ret_w : (int)x;
}

static void put_bar_x(const struct view *v, struct buf *out)
{
    int x, w;
    bar(v, &x, &w);
    buf_put_int(out, x);
}

static void put_bar_width(const struct view *v, struct buf *out)
{
    int x, w;
    bar(v, &x, &w);
    buf_put_int(out, w);
}

/* --- what the log holds of it --- */

/* Rows of the page share its budget for errors; whoever goes through all steps has none. */
static bool error_fits(const struct view *v)
{
    unsigned flags = data_of(v)->plan->flags[v->n];
    return !(flags & PLAN_STATIC) || (flags & PLAN_ERROR);
}

static void put_error(const struct view *v, struct buf *out)
{
    struct arena scratch = { 0 };
    if (error_fits(v)) data_put_text(out, str_trim(error_text(run_of(v), step_of(v)->error, &scratch)));
    else buf_puts(out, "(left out, as the errors before it take too much room)");
    arena_free(&scratch);
}

static void put_error_line(const struct view *v, struct buf *out)
{
    struct arena scratch = { 0 };
    if (error_fits(v)) buf_put(out, error_line(run_of(v), step_of(v), &scratch));
    arena_free(&scratch);
}

static void put_trace(const struct view *v, struct buf *out)
{
    struct arena scratch = { 0 };
    struct str json;
    if (error_fits(v) && data_json(run_of(v), step_of(v)->more->trace, &scratch, &json))
        data_put_text(out, str_trim(json_text(json, &scratch)));
    arena_free(&scratch);
}

#define PAYLOAD(name, payload)                                                                                         \
    static bool name(const struct view *v, struct arena *scratch, struct str *ret)                                     \
    {                                                                                                                  \
        return data_json(run_of(v), step_of(v)->payload, scratch, ret);                                                \
    }
PAYLOAD(result_json, result)
PAYLOAD(inputs_json, more->inputs)
PAYLOAD(state_json, more->state)

static size_t list_records(const struct view *v, struct arena *scratch, struct record_view **ret)
{
    return step_of(v)->records ? records_list(run_of(v), step_of(v), scratch, ret) : 0;
}

static void put_records(const struct view *v, struct buf *out)
{
    struct arena scratch = { 0 };
    struct record_view *list;
    buf_put_uint(out, list_records(v, &scratch, &list));
    arena_free(&scratch);
}

static bool get_records(const struct view *v, struct arena *scratch, struct view *ret)
{
    struct record_view *list;
    size_t count = list_records(v, scratch, &list);
    struct data_pairs *pairs = ARENA_NEW(scratch, struct data_pairs);
    *pairs = (struct data_pairs){ ARENA_ARRAY(scratch, struct str, count), ARENA_ARRAY(scratch, struct str, count),
                                  count };
    for (size_t i = 0; i < count; i++) {
        pairs->names[i] = list[i].key;
        pairs->values[i] = list[i].value;
    }
    ret->of = pairs;
    return count > 0;
}

static bool get_usage(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = step_of(v)->more->usage;
    return ret->of != NULL;
}

static void put_tokens(const struct view *v, struct buf *out)
{
    uint64_t sum = 0;
    for (const struct usage *u = step_of(v)->more->usage; u; u = u->next) sum += u->total_tokens;
    buf_put_uint(out, sum);
}

/* --- its messages: `of` is an array of entries, `n` which --- */

struct message {
    const struct template_data *data;
    const struct log_entry *entry; /* NULL behind the last */
};

static const struct message *message_of(const struct view *v) { return (const struct message *)v->of + v->n; }

static void put_message_level(const struct view *v, struct buf *out)
{
    buf_puts(out, log_level_name(message_of(v)->entry->level));
}

static void put_message_time(const struct view *v, struct buf *out)
{
    const struct message *m = message_of(v);
    html_put_offset(m->data->run.run, m->entry->ts, m->data->o->unit, out);
}

static void put_message_text(const struct view *v, struct buf *out)
{
    const struct message *m = message_of(v);
    struct arena scratch = { 0 };
    struct str json;
    if (data_json(m->data->run.run, m->entry->message, &scratch, &json)) data_put_text(out, json_text(json, &scratch));
    arena_free(&scratch);
}

const struct field message_fields[] = {
    { .name = "level",
      .kind = FIELD_TEXT,
      .put = put_message_level,
      .help = "trace, debug, info, warn, error, critical" },
    { .name = "time", .kind = FIELD_TEXT, .put = put_message_time, .help = "since the start of the run: \"+1.24 s\"" },
    { .name = "message", .kind = FIELD_TEXT, .put = put_message_text, .help = "the message" },
    { 0 },
};

static bool get_messages(const struct view *v, struct arena *scratch, struct view *ret)
{
    size_t count = 0;
    for (const struct log_entry *l = step_of(v)->more->logs; l; l = l->next) count++;
    struct message *list = ARENA_ARRAY(scratch, struct message, count + 1);
    size_t i = 0;
    for (const struct log_entry *l = step_of(v)->more->logs; l; l = l->next)
        list[i++] = (struct message){ data_of(v), l };
    ret->of = list;
    return count > 0;
}

static bool message_item(const struct view *list, uint64_t i, struct view *ret)
{
    ret->n = i;
    return ((const struct message *)list->of)[i].entry != NULL;
}

/* --- its links: `of` is the first --- */

static const struct step_link *link_of(const struct view *v) { return v->of; }

static void put_relation(const struct view *v, struct buf *out) { buf_put(out, link_of(v)->relation); }
static void put_link_run(const struct view *v, struct buf *out) { buf_put(out, link_of(v)->run_id); }
static void put_link_step(const struct view *v, struct buf *out) { buf_put(out, link_of(v)->step_id); }

const struct field link_fields[] = {
    { .name = "relation", .kind = FIELD_TEXT, .put = put_relation, .help = "follows, spawned, refers, …" },
    { .name = "run", .kind = FIELD_TEXT, .put = put_link_run, .help = "the other run's id" },
    { .name = "step", .kind = FIELD_TEXT, .put = put_link_step, .help = "the other step's id" },
    { 0 },
};

static bool get_links(const struct view *v, struct arena *scratch, struct view *ret)
{
    size_t count = 0, i = 0;
    for (const struct step_link *l = step_of(v)->more->links; l; l = l->next) count++;
    const struct step_link **list = ARENA_ARRAY(scratch, const struct step_link *, count + 1);
    for (const struct step_link *l = step_of(v)->more->links; l; l = l->next) list[i++] = l;
    ret->of = list;
    return count > 0;
}

static bool link_item(const struct view *list, uint64_t i, struct view *ret)
{
    ret->of = ((struct step_link **)list->of)[i];
    return ret->of != NULL;
}

const struct field step_fields[] = {
    { .name = "index", .kind = FIELD_NUMBER, .put = put_index, .help = "its place in the run, the pipeline is 0" },
    { .name = "id", .kind = FIELD_TEXT, .put = put_id, .help = "its id in the log" },
    { .name = "name", .kind = FIELD_TEXT, .put = put_name, .help = "its name" },
    { .name = "key", .kind = FIELD_TEXT, .put = put_key, .help = "its key" },
    { .name = "path", .kind = FIELD_TEXT, .put = put_path, .help = "\"parsing › page_7 › ocr\", 100 columns at most" },
    { .name = "depth", .kind = FIELD_NUMBER, .put = put_depth, .help = "steps above it" },
    { .name = "level", .kind = FIELD_NUMBER, .put = put_level, .help = "the same, at most 24: for classes" },
    { .name = "children", .kind = FIELD_NUMBER, .put = put_children, .help = "steps right below it" },
    { .name = "status", .kind = FIELD_TEXT, .put = put_status, .help = "ok, error, running, unfinished, …" },
    { .name = "failed", .kind = FIELD_NUMBER, .put = put_failed, .help = "1 when it failed" },
    { .name = "open", .kind = FIELD_NUMBER, .put = put_open, .help = "1 when it did not end" },
    { .name = "marked", .kind = FIELD_NUMBER, .put = put_marked, .help = "1 when its status is not ok" },
    { .name = "echo",
      .kind = FIELD_NUMBER,
      .put = put_echo,
      .help = "1 when it failed with the error of one below it" },
    { .name = "main", .kind = FIELD_NUMBER, .put = put_main, .help = "1 when it is one of main_steps" },
    { .name = "context", .kind = FIELD_NUMBER, .put = put_context, .help = "1 when only a step below it is selected" },
    { .name = "start", .kind = FIELD_TEXT, .put = put_start, .help = "since the start of the run: \"+1.24 s\"" },
    { .name = "start_us", .kind = FIELD_NUMBER, .put = put_start_us, .help = "the same in µs" },
    { .name = "started", .kind = FIELD_TEXT, .put = put_started, .help = "\"2026-05-18 04:26:40.125 UTC\"" },
    { .name = "ended", .kind = FIELD_TEXT, .put = put_ended, .help = "the same of its end" },
    { .name = "duration", .kind = FIELD_TEXT, .put = put_duration, .help = "\"6.24 s\"" },
    { .name = "duration_us", .kind = FIELD_NUMBER, .put = put_duration_us, .help = "µs" },
    { .name = "self", .kind = FIELD_TEXT, .put = put_self, .help = "time that no step below it covers" },
    { .name = "self_us", .kind = FIELD_NUMBER, .put = put_self_us, .help = "µs" },
    { .name = "share", .kind = FIELD_TEXT, .put = put_share, .help = "self time by the run's: \"12.3 %\"" },
    { .name = "bar_x", .kind = FIELD_NUMBER, .put = put_bar_x, .help = "its bar in the run: where it begins, of 1000" },
    { .name = "bar_width", .kind = FIELD_NUMBER, .put = put_bar_width, .help = "and how long it is, 0 without times" },
    { .name = "error", .kind = FIELD_TEXT, .put = put_error, .help = "the whole error" },
    { .name = "error_line", .kind = FIELD_TEXT, .put = put_error_line, .help = "its first line, 400 bytes at most" },
    { .name = "error_type", .kind = FIELD_TEXT, .put = put_error_type, .help = "its type" },
    { .name = "trace", .kind = FIELD_TEXT, .put = put_trace, .help = "its trace" },
    { .name = "records", .kind = FIELD_NUMBER, .put = put_records, .help = "how many records it has" },
    { .name = "record_list",
      .kind = FIELD_LIST,
      .fields = pair_fields,
      .get = get_records,
      .item = data_pair,
      .help = "the records" },
    { .name = "result", .kind = FIELD_JSON, .json = result_json, .help = "as in the log" },
    { .name = "inputs", .kind = FIELD_JSON, .json = inputs_json, .help = "as in the log" },
    { .name = "state", .kind = FIELD_JSON, .json = state_json, .help = "as in the log" },
    { .name = "logs",
      .kind = FIELD_LIST,
      .fields = message_fields,
      .get = get_messages,
      .item = message_item,
      .help = "its messages" },
    { .name = "links",
      .kind = FIELD_LIST,
      .fields = link_fields,
      .get = get_links,
      .item = link_item,
      .help = "steps and runs that it names" },
    { .name = "usage",
      .kind = FIELD_LIST,
      .fields = usage_fields,
      .get = get_usage,
      .item = data_usage,
      .help = "LLM tokens by model" },
    { .name = "tokens", .kind = FIELD_NUMBER, .put = put_tokens, .help = "of all models" },
    { .name = "kind", .kind = FIELD_TEXT, .put = put_kind, .help = "of the log" },
    { .name = "location", .kind = FIELD_TEXT, .put = put_location, .help = "of the log" },
    { 0 },
};
