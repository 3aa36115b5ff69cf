/* SPDX-License-Identifier: MIT
 *
 * A run as templates see it, and the small objects that runs and steps share.
 */
#include "render/template_data.h"

#include "base/utf8.h"
#include "event/json.h"
#include "render/wording.h"

/* --- shared --- */

void data_put_text(struct buf *out, struct str text)
{
    if (text.len <= TEMPLATE_TEXT_MAX) {
        buf_put(out, text);
        return;
    }
    size_t kept = utf8_floor(text, TEMPLATE_TEXT_MAX);
    buf_put(out, str_first(text, kept));
    buf_puts(out, "… (");
    buf_put_count(out, text.len - kept, "byte more)", "bytes more)");
}

bool data_json(const struct run *run, struct payload p, struct arena *scratch, struct str *ret_json)
{
    if (!payload_present(p)) return false;
    *ret_json = arena_copy(scratch, sources_text(run->sources, p));
    return ret_json->len > 0;
}

void data_put_share(const struct run *run, int64_t us, struct buf *out)
{
    int64_t wall = run_wall_time(run);
    if (wall == TIME_NONE || us == TIME_NONE) return;
    buf_put_fixed(out, wall > 0 ? 100.0 * (double)us / (double)wall : 0, 1, false);
    buf_puts(out, " %");
}

void data_put_us(int64_t us, struct buf *out)
{
    if (us != TIME_NONE) buf_put_int(out, us);
}

static void put_pair_name(const struct view *v, struct buf *out)
{
    data_put_text(out, ((const struct data_pairs *)v->of)->names[v->n]);
}

static bool pair_value(const struct view *v, struct arena *scratch, struct str *ret)
{
    (void)scratch;
    *ret = ((const struct data_pairs *)v->of)->values[v->n];
    return true;
}

const struct field pair_fields[] = {
    { .name = "name", .kind = FIELD_TEXT, .put = put_pair_name, .help = "its name" },
    { .name = "value", .kind = FIELD_JSON, .json = pair_value, .help = "its value" },
    { 0 },
};

static void add_pair(struct data_pairs *pairs, struct str name, struct str value, size_t *cap, struct arena *scratch)
{
    if (pairs->count == *cap) {
        size_t more = *cap ? *cap * 2 : 8;
        struct str *names = ARENA_ARRAY(scratch, struct str, more), *values = ARENA_ARRAY(scratch, struct str, more);
        if (*cap) memcpy(names, pairs->names, *cap * sizeof *names);
        if (*cap) memcpy(values, pairs->values, *cap * sizeof *values);
        pairs->names = names;
        pairs->values = values;
        *cap = more;
    }
    pairs->names[pairs->count] = name;
    pairs->values[pairs->count++] = value;
}

struct data_pairs *data_pairs_of(struct str object, struct arena *scratch)
{
    struct data_pairs *pairs = ARENA_NEW(scratch, struct data_pairs);
    size_t cap = 0;
    struct str raw;
    if (json_type(object) != JSON_OBJECT) {
        if (object.len) add_pair(pairs, S(""), object, &cap, scratch);
        return pairs;
    }
    struct json j = json_begin(object);
    json_enter(&j, '{');
    while (json_member(&j, &raw)) {
        struct str value = json_skip(&j);
        if (!j.error) add_pair(pairs, json_key_text(raw, scratch), value, &cap, scratch);
    }
    json_done(&j);
    return pairs;
}

bool data_pair(const struct view *list, uint64_t i, struct view *ret)
{
    ret->n = i;
    return i < ((const struct data_pairs *)list->of)->count;
}

#define USAGE_NUMBER(name)                                                                                             \
    static void put_##name(const struct view *v, struct buf *out)                                                      \
    {                                                                                                                  \
        buf_put_uint(out, ((const struct usage *)v->of)->name);                                                        \
    }
#define USAGE_TEXT(name)                                                                                               \
    static void put_##name##_text(const struct view *v, struct buf *out)                                               \
    {                                                                                                                  \
        buf_put_number(out, ((const struct usage *)v->of)->name);                                                      \
    }
USAGE_NUMBER(responses)
USAGE_NUMBER(prompt_tokens)
USAGE_NUMBER(completion_tokens)
USAGE_NUMBER(total_tokens)
USAGE_TEXT(total_tokens)

static void put_model(const struct view *v, struct buf *out)
{
    buf_put(out, wording_name(((const struct usage *)v->of)->model));
}

const struct field usage_fields[] = {
    { .name = "model", .kind = FIELD_TEXT, .put = put_model, .help = "the model" },
    { .name = "responses", .kind = FIELD_NUMBER, .put = put_responses, .help = "LLM responses" },
    { .name = "prompt_tokens", .kind = FIELD_NUMBER, .put = put_prompt_tokens, .help = "tokens in" },
    { .name = "completion_tokens", .kind = FIELD_NUMBER, .put = put_completion_tokens, .help = "tokens out" },
    { .name = "total_tokens", .kind = FIELD_NUMBER, .put = put_total_tokens, .help = "both" },
    { .name = "total_tokens_text", .kind = FIELD_TEXT, .put = put_total_tokens_text, .help = "both: \"12,345\"" },
    { 0 },
};

bool data_usage(const struct view *list, uint64_t i, struct view *ret)
{
    struct usage *usage = list->of;
    while (usage && i--) usage = usage->next;
    ret->of = usage;
    return usage != NULL;
}

/* --- the run --- */

static const struct run_view *view_of(const struct view *v) { return v->of; }
static const struct run *run_of(const struct view *v) { return view_of(v)->run; }

static void put_name(const struct view *v, struct buf *out) { buf_put(out, wording_name(run_of(v)->name)); }
static void put_id(const struct view *v, struct buf *out) { buf_put(out, run_of(v)->id); }
static void put_status(const struct view *v, struct buf *out) { buf_puts(out, run_status_name(run_of(v)->status)); }
static void put_folder(const struct view *v, struct buf *out) { buf_put(out, view_of(v)->folder); }
static void put_parent(const struct view *v, struct buf *out) { buf_put(out, run_of(v)->parent_run); }
static void put_class(const struct view *v, struct buf *out) { buf_puts(out, html_run_class(run_of(v)->status)); }

static void put_attempt(const struct view *v, struct buf *out)
{
    if (run_of(v)->attempt > 1) buf_put_uint(out, run_of(v)->attempt);
}

static void put_failed(const struct view *v, struct buf *out)
{
    buf_puts(out, run_of(v)->status == RUN_FAILED ? "1" : "0");
}

static void put_time(int64_t us, struct buf *out)
{
    if (us != TIME_NONE) clock_put_utc(out, us);
}

static void put_start(const struct view *v, struct buf *out) { put_time(run_of(v)->start, out); }
static void put_end(const struct view *v, struct buf *out) { put_time(run_of(v)->end, out); }
static void put_start_us(const struct view *v, struct buf *out) { data_put_us(run_of(v)->start, out); }
static void put_end_us(const struct view *v, struct buf *out) { data_put_us(run_of(v)->end, out); }
static void put_duration_us(const struct view *v, struct buf *out) { data_put_us(run_of(v)->duration, out); }

static void put_duration(const struct view *v, struct buf *out)
{
    clock_put_duration(out, run_of(v)->duration, view_of(v)->unit);
}

static void put_step_count(const struct view *v, struct buf *out) { buf_put_uint(out, run_of(v)->log_steps); }
static void put_step_count_text(const struct view *v, struct buf *out) { buf_put_number(out, run_of(v)->log_steps); }
static void put_shown_count(const struct view *v, struct buf *out) { buf_put_uint(out, run_shown_steps(run_of(v))); }
static void put_max_depth(const struct view *v, struct buf *out) { buf_put_uint(out, run_of(v)->max_depth); }
static void put_counts_text(const struct view *v, struct buf *out) { wording_put_statuses(out, run_of(v)); }

#define COUNT(name, status)                                                                                            \
    static void put_##name(const struct view *v, struct buf *out)                                                      \
    {                                                                                                                  \
        buf_put_uint(out, run_of(v)->status_count[status]);                                                            \
    }
COUNT(ok, STEP_OK)
COUNT(error, STEP_ERROR)
COUNT(running, STEP_RUNNING)
COUNT(unfinished, STEP_UNFINISHED)
COUNT(skipped, STEP_SKIPPED)
COUNT(cached, STEP_CACHED)
COUNT(retried, STEP_RETRIED)

const struct field count_fields[] = {
    { .name = "ok", .kind = FIELD_NUMBER, .put = put_ok, .help = "steps that ended well" },
    { .name = "error", .kind = FIELD_NUMBER, .put = put_error, .help = "steps that failed" },
    { .name = "running", .kind = FIELD_NUMBER, .put = put_running, .help = "steps that may still run" },
    { .name = "unfinished", .kind = FIELD_NUMBER, .put = put_unfinished, .help = "steps that never ended" },
    { .name = "skipped", .kind = FIELD_NUMBER, .put = put_skipped, .help = "steps that were skipped" },
    { .name = "cached", .kind = FIELD_NUMBER, .put = put_cached, .help = "steps that were not needed" },
    { .name = "retried", .kind = FIELD_NUMBER, .put = put_retried, .help = "steps that were tried again" },
    { 0 },
};

#define PAYLOAD(name)                                                                                                  \
    static bool name##_json(const struct view *v, struct arena *scratch, struct str *ret)                              \
    {                                                                                                                  \
        return data_json(run_of(v), run_of(v)->name, scratch, ret);                                                    \
    }                                                                                                                  \
    static bool name##_pairs(const struct view *v, struct arena *scratch, struct view *ret)                            \
    {                                                                                                                  \
        struct str object;                                                                                             \
        if (!name##_json(v, scratch, &object)) return false;                                                           \
        ret->of = data_pairs_of(object, scratch);                                                                      \
        return true;                                                                                                   \
    }
PAYLOAD(tags)
PAYLOAD(args)
PAYLOAD(host)

static bool get_usage(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = run_of(v)->usage;
    return ret->of != NULL;
}

static bool get_tokens(const struct view *v, struct arena *scratch, struct view *ret)
{
    ret->of = (void *)(uintptr_t)&run_of(v)->usage_total;
    (void)scratch;
    return run_of(v)->usage != NULL;
}

#define PAIRS(field, from, text)                                                                                       \
    {                                                                                                                  \
        .name = field, .kind = FIELD_LIST, .fields = pair_fields, .get = from, .item = data_pair, .help = text         \
    }

const struct field run_fields[] = {
    { .name = "name", .kind = FIELD_TEXT, .put = put_name, .help = "of the pipeline" },
    { .name = "id", .kind = FIELD_TEXT, .put = put_id, .help = "the run's id" },
    { .name = "attempt", .kind = FIELD_NUMBER, .put = put_attempt, .help = "2, 3, … where one id ran more than once" },
    { .name = "status", .kind = FIELD_TEXT, .put = put_status, .help = "completed, failed, running, unfinished" },
    { .name = "class", .kind = FIELD_TEXT, .put = put_class, .help = "ok, error, running, unfinished: for marks" },
    { .name = "failed", .kind = FIELD_NUMBER, .put = put_failed, .help = "1 when it failed" },
    { .name = "start", .kind = FIELD_TEXT, .put = put_start, .help = "\"2026-05-18 04:26:40.125 UTC\"" },
    { .name = "start_us", .kind = FIELD_NUMBER, .put = put_start_us, .help = "µs since 1970" },
    { .name = "end", .kind = FIELD_TEXT, .put = put_end, .help = "of its last event" },
    { .name = "end_us", .kind = FIELD_NUMBER, .put = put_end_us, .help = "µs since 1970" },
    { .name = "duration", .kind = FIELD_TEXT, .put = put_duration, .help = "\"6.24 s\"" },
    { .name = "duration_us", .kind = FIELD_NUMBER, .put = put_duration_us, .help = "µs" },
    { .name = "step_count", .kind = FIELD_NUMBER, .put = put_step_count, .help = "all steps" },
    { .name = "step_count_text", .kind = FIELD_TEXT, .put = put_step_count_text, .help = "\"12,345\"" },
    { .name = "shown_count", .kind = FIELD_NUMBER, .put = put_shown_count, .help = "steps that are selected" },
    { .name = "max_depth", .kind = FIELD_NUMBER, .put = put_max_depth, .help = "levels below the pipeline" },
    { .name = "counts", .kind = FIELD_OBJECT, .fields = count_fields, .help = "steps by status" },
    { .name = "counts_text", .kind = FIELD_TEXT, .put = put_counts_text, .help = "\"1 failed, 21 ok\"" },
    { .name = "tags", .kind = FIELD_JSON, .json = tags_json, .help = "as in the log: {{run.tags.branch}}" },
    PAIRS("tag_list", tags_pairs, "the tags one by one"),
    { .name = "args", .kind = FIELD_JSON, .json = args_json, .help = "as in the log" },
    PAIRS("arg_list", args_pairs, "the arguments one by one"),
    { .name = "host", .kind = FIELD_JSON, .json = host_json, .help = "as in the log" },
    PAIRS("host_list", host_pairs, "what the log says of the host"),
    { .name = "parent_run", .kind = FIELD_TEXT, .put = put_parent, .help = "the id of the run that began it" },
    { .name = "usage",
      .kind = FIELD_LIST,
      .fields = usage_fields,
      .get = get_usage,
      .item = data_usage,
      .help = "LLM tokens by model" },
    { .name = "tokens", .kind = FIELD_OBJECT, .fields = usage_fields, .get = get_tokens, .help = "of all models" },
    { .name = "folder", .kind = FIELD_TEXT, .put = put_folder, .help = "index.html: where the run's files are" },
    { 0 },
};
