/* SPDX-License-Identifier: MIT
 *
 * Tokens of LLM calls, from four places:
 *   records "__LLM_RESPONSE_…"    OpenAI-compatible chat completions, as PipeLens's LLMTrack records them
 *   records "gen_ai.usage.*"      OpenTelemetry's semantic conventions for generative AI
 *   records "llm.*"               OpenInference (llm.token_count.*) and the names before those conventions
 *   the step's own `usage`        {"model", "prompt_tokens", "completion_tokens", "total_tokens"}, where the step has
 *                                 none of the others
 */
#include "event/json.h"
#include "model/measure.h"
#include "model/records.h"

/* A count of tokens: digits only, up to a million million, so that no sum can wrap; anything else counts nothing. Tags
 * of Zipkin are texts. */
static uint64_t tokens(struct str value)
{
    uint64_t n = 0;
    if (json_type(value) == JSON_STRING) value = str_of(value.ptr + 1, value.len - 2);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || n > UINT64_C(100000000000)) return 0;
        n = n * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    return n;
}

static struct usage *usage_of(struct run *run, struct step *step, struct str model_value)
{
    struct str model = json_type(model_value) == JSON_STRING ? json_text(model_value, run->arena)
                                                             : S("(unknown model)");
    struct usage **at = &step->more->usage;
    size_t models = 1;
    for (; *at && models < USAGE_MODELS_MAX && !str_eq((*at)->model, model); at = &(*at)->next) models++;
    if (models == USAGE_MODELS_MAX) model = S("(all other models)");
    if (!*at) {
        *at = ARENA_NEW(run->arena, struct usage);
        (*at)->model = arena_copy(run->arena, model);
    }
    return *at;
}

static void add(struct usage *u, struct str prompt, struct str completion, struct str total)
{
    uint64_t in = tokens(prompt), out = tokens(completion);
    u->responses++;
    u->prompt_tokens += in;
    u->completion_tokens += out;
    u->total_tokens += total.len ? tokens(total) : in + out;
}

static void add_object(struct run *run, struct step *step, struct str model, struct str usage)
{
    add(usage_of(run, step, model), json_get(usage, S("prompt_tokens")), json_get(usage, S("completion_tokens")),
        json_get(usage, S("total_tokens")));
}

/* What attributes call a thing, the best name first. */
struct names {
    struct str names[5];
};

static const struct names model_names = { {
    { "gen_ai.response.model", 21 },
    { "llm.response.model", 18 },
    { "gen_ai.request.model", 20 },
    { "llm.model_name", 14 },
    { "llm.request.model", 17 },
} };
static const struct names prompt_names = { {
    { "gen_ai.usage.input_tokens", 25 },
    { "gen_ai.usage.prompt_tokens", 26 },
    { "llm.token_count.prompt", 22 },
    { "llm.usage.prompt_tokens", 23 },
    { "llm.usage.input_tokens", 22 },
} };
static const struct names completion_names = { {
    { "gen_ai.usage.output_tokens", 26 },
    { "gen_ai.usage.completion_tokens", 30 },
    { "llm.token_count.completion", 26 },
    { "llm.usage.completion_tokens", 27 },
    { "llm.usage.output_tokens", 23 },
} };
static const struct names total_names = { {
    { "gen_ai.usage.total_tokens", 25 },
    { "llm.usage.total_tokens", 22 },
    { "llm.token_count.total", 21 },
} };

/* The value of the best name that is there so far. */
struct best {
    struct str value;
    size_t rank; /* of its name + 1; 0: none */
};

static void keep_best(struct best *best, const struct names *names, const struct record_view *record)
{
    for (size_t i = 0; i < sizeof names->names / sizeof *names->names && names->names[i].len; i++)
        if (str_eq(record->key, names->names[i]) && (!best->rank || i + 1 <= best->rank))
            *best = (struct best){ record->value, i + 1 };
}

static void add_attributes(struct run *run, struct step *step, const struct record_view *list, size_t count)
{
    struct best model = { 0 }, in = { 0 }, out = { 0 }, total = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(list[i].key, S("gen_ai.")) && !str_starts(list[i].key, S("llm."))) continue;
        keep_best(&model, &model_names, &list[i]);
        keep_best(&in, &prompt_names, &list[i]);
        keep_best(&out, &completion_names, &list[i]);
        keep_best(&total, &total_names, &list[i]);
    }
    if (in.rank || out.rank || total.rank) add(usage_of(run, step, model.value), in.value, out.value, total.value);
}

void measure_usage(struct run *run, struct step *step)
{
    struct arena scratch = { 0 };
    struct record_view *list;
    size_t count = records_list(run, step, &scratch, &list);
    struct step_more *own = ARENA_NEW(run->arena, struct step_more);
    *own = *step->more; /* may be the shared empty one */
    step->more = own;
    for (size_t i = 0; i < count; i++)
        if (str_starts(list[i].key, S("__LLM_RESPONSE_")) && json_type(list[i].value) == JSON_OBJECT)
            add_object(run, step, json_get(list[i].value, S("model")), json_get(list[i].value, S("usage")));
    add_attributes(run, step, list, count);
    struct str usage = sources_text(run->sources, step->more->usage_field);
    bool counted = json_get(usage, S("prompt_tokens")).len || json_get(usage, S("completion_tokens")).len ||
                   json_get(usage, S("total_tokens")).len;
    /* a step whose responses were recorded one by one sums them up in its own usage */
    if (counted && !step->more->usage) add_object(run, step, json_get(usage, S("model")), usage);
    arena_free(&scratch);
}
