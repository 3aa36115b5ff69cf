/* SPDX-License-Identifier: MIT
 *
 * LLM responses and their tokens. A response counts for its step and for all above it, so that the total of a step is
 * there without a walk, also when what was below it is forgotten.
 */
#include "track/json.h"
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "__LLM_RESPONSE_";

/* A count of tokens: digits only, up to a million million, so that no sum can wrap; anything else counts nothing. */
static uint64_t tokens(const char *usage, size_t count, const char *name)
{
    size_t length;
    uint64_t n = 0;
    const char *digits = usage ? pl_json_member(usage, count, name, &length) : NULL;
    for (size_t i = 0; digits && i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9' || n > UINT64_C(100000000000)) return 0;
        n = n * 10 + (uint64_t)(digits[i] - '0');
    }
    return n;
}

/* The model between its quotes, NULL when the response names none, and its tokens. */
static const char *read_usage(const char *response, size_t count, size_t *ret_length, struct pipelens_usage *ret_tokens)
{
    size_t usage_length = 0;
    const char *model = pl_json_member(response, count, "model", ret_length);
    const char *usage = pl_json_member(response, count, "usage", &usage_length);
    *ret_tokens = (struct pipelens_usage){ .responses = 1,
                                           .prompt_tokens = tokens(usage, usage_length, "prompt_tokens"),
                                           .completion_tokens = tokens(usage, usage_length, "completion_tokens"),
                                           .total_tokens = tokens(usage, usage_length, "total_tokens") };
    if (!model || *model != '"' || *ret_length == 2) return NULL;
    *ret_length -= 2;
    return model + 1;
}

static struct pl_usage *usage_of(struct pipelens_step *step, const char *model, size_t length)
{
    struct pl_more *more = pl_step_more(step);
    if (!more) return NULL;
    struct pl_usage **at = &more->usage;
    while (*at && (strlen((*at)->model) != length || memcmp((*at)->model, model, length) != 0)) at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof **at + length + 1);
        if (*at) memcpy((*at)->model, model, length);
    }
    return *at;
}

/* Adds a response to (or takes it from) a step and all above it. Locked. */
static int count_response(struct pipelens_step *step, const char *response, size_t count, bool add)
{
    struct pipelens_usage u;
    size_t length;
    const char *model = read_usage(response, count, &length, &u);
    if (!model) return 0;
    for (; step; step = step->parent) {
        struct pl_usage *sum = usage_of(step, model, length);
        if (!sum) return ENOMEM;
        uint64_t sign = add ? 1 : UINT64_MAX; /* times -1, modulo 2^64 */
        sum->tokens.responses += sign * u.responses;
        sum->tokens.prompt_tokens += sign * u.prompt_tokens;
        sum->tokens.completion_tokens += sign * u.completion_tokens;
        sum->tokens.total_tokens += sign * u.total_tokens;
    }
    return 0;
}

/* What is kept of a response. */
static void put_response(struct pl_text *t, const char *json, size_t count)
{
    static const char *const kept[] = { "id", "object", "created", "model", "choices", "usage", "system_fingerprint" };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        size_t length;
        const char *member = pl_json_member(json, count, kept[i], &length);
        if (!member) continue;
        pl_text_puts(t, t->len ? ",\"" : "{\"");
        pl_text_puts(t, kept[i]);
        pl_text_puts(t, "\":");
        pl_text_put(t, member, length);
    }
    pl_text_puts(t, t->len ? "}" : "{}");
    pl_text_putc(t, '\0');
    if (!t->error) t->len--;
}

/* The key of a response: its id, or its number in the step when it has none. Locked. */
static void put_response_key(struct pl_text *t, const struct pipelens_step *step, const char *json, size_t count)
{
    size_t length;
    const char *id = pl_json_member(json, count, "id", &length);
    pl_text_puts(t, prefix);
    if (id && *id == '"') pl_json_unescape(t, id + 1, length - 2);
    else if (id && strncmp(id, "null", 4) != 0) pl_text_put(t, id, length);
    else pl_text_put_uint(t, (step->more ? step->more->record_count : 0) + 1);
    pl_text_putc(t, '\0');
}

bool pl_usage_is_response(const char *key) { return strncmp(key, prefix, sizeof prefix - 1) == 0; }

int pl_usage_replace(struct pipelens_step *step, const struct pl_record *before, const struct pl_text *response)
{
    int error = before ? count_response(step, before->value, before->value_len, false) : 0;
    return error ? error : count_response(step, response->data, response->len, true);
}

int pipelens_llm_track(struct pipelens_step *step, const char *json)
{
    struct pl_text whole = { 0 }, kept = { 0 }, key = { 0 }, line = { 0 };
    if (!step || !json) return EINVAL;
    bool good = pl_json_compact(&whole, json, strlen(json)), listened = false;
    int error = whole.error ? whole.error : good && whole.data[0] == '{' ? 0 : EINVAL;
    if (!error) {
        put_response(&kept, whole.data, whole.len);
        pl_run_lock_started(step->run);
        put_response_key(&key, step, whole.data, whole.len);
        error = kept.error ? kept.error : key.error;
        if (!error) error = pl_step_keep_record(step, key.data, &kept, &line);
        listened = step->run->listeners != NULL;
        pl_run_unlock(step->run);
    }
    if (error) pl_run_error(step->run, error, "taking an LLM response");
    int record_error = error ? 0 : pl_step_end_record(step, key.data, &kept, &line, listened);
    pl_text_free(&line);
    pl_text_free(&whole);
    pl_text_free(&kept);
    pl_text_free(&key);
    return error ? error : record_error;
}

int pipelens_step_usage(struct pipelens_step *step, const char *model, struct pipelens_usage *ret_usage)
{
    struct pl_text escaped = { 0 };
    if (ret_usage) *ret_usage = (struct pipelens_usage){ 0 };
    if (!step || !ret_usage) return EINVAL;
    if (model) pl_text_put_string(&escaped, model, strlen(model));
    if (escaped.error) {
        int error = escaped.error;
        pl_text_free(&escaped);
        return pl_run_error(step->run, error, "looking up the tokens of a model");
    }
    pl_run_lock(step->run);
    for (const struct pl_usage *u = step->more ? step->more->usage : NULL; u; u = u->next) {
        size_t length = strlen(u->model);
        if (model && (escaped.len != length + 2 || memcmp(escaped.data + 1, u->model, length) != 0)) continue;
        ret_usage->responses += u->tokens.responses;
        ret_usage->prompt_tokens += u->tokens.prompt_tokens;
        ret_usage->completion_tokens += u->tokens.completion_tokens;
        ret_usage->total_tokens += u->tokens.total_tokens;
    }
    pl_run_unlock(step->run);
    pl_text_free(&escaped);
    return ret_usage->responses ? 0 : ENOENT;
}

void pl_put_usage(struct pl_text *t, const struct pipelens_step *step)
{
    bool first = true;
    pl_text_putc(t, '{');
    for (const struct pl_usage *u = step->more ? step->more->usage : NULL; u; u = u->next) {
        if (!u->tokens.responses) continue;
        pl_text_puts(t, first ? "\"" : ",\"");
        pl_text_puts(t, u->model);
        pl_text_printf(t, "\":{\"prompt_tokens\":%llu,\"completion_tokens\":%llu,\"total_tokens\":%llu}",
                       (unsigned long long)u->tokens.prompt_tokens, (unsigned long long)u->tokens.completion_tokens,
                       (unsigned long long)u->tokens.total_tokens);
        first = false;
    }
    pl_text_putc(t, '}');
}

void pl_usage_free(struct pl_usage *list)
{
    while (list) {
        struct pl_usage *next = list->next;
        free(list);
        list = next;
    }
}
