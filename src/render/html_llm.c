/* SPDX-License-Identifier: MIT
 *
 * What language models were asked and what they answered. Messages are found in three shapes:
 *
 *   __LLM_REQUEST_…, __LLM_RESPONSE_…      requests ("messages") and responses ("choices") as OpenAI's API has them
 *   inputs.messages                        of a step that holds a response and no request
 *   gen_ai.prompt.N.role, .content         OpenTelemetry's attributes, gen_ai.completion.N the same
 *   gen_ai.input.messages                  later ones: a list of messages, as such or as its JSON text
 *   llm.input_messages.N.message.content   OpenInference's
 */
#include "render/html_sections.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/records.h"
#include "render/html.h"
#include "render/payload.h"
#include "render/richtext.h"
#include "render/wording.h"

#include <stdlib.h>

enum {
    STEP_ROWS = 10,
    MODEL_COLUMNS = 48,
    ROLE_COLUMNS = 24,
    MESSAGES_MAX = 100, /* of one call */
};

struct section {
    const struct run *run;
    enum time_unit unit;
    struct buf *out;
    struct arena scratch;
    size_t text;             /* bytes of texts put so far */
    bool full;               /* a text did not fit: what comes behind is not shown at all */
    uint64_t left_out;       /* messages without room */
    uint64_t calls, unshown; /* steps with messages; those beyond LLM_CALLS_MAX */
};

/* ---- tables ---- */

static void put_numbers(struct buf *out, const struct usage *u, bool responses)
{
    const uint64_t numbers[] = { u->responses, u->prompt_tokens, u->completion_tokens, u->total_tokens };
    for (size_t i = responses ? 0 : 1; i < sizeof numbers / sizeof *numbers; i++) {
        buf_puts(out, "<td class=\"num\">");
        buf_put_number(out, numbers[i]);
        buf_puts(out, "</td>");
    }
}

static void put_model(struct buf *out, struct str model)
{
    struct buf name = BUF_INIT;
    wording_put_short(&name, model, MODEL_COLUMNS);
    buf_puts(out, "<bdi>");
    buf_put_html(out, buf_str(&name));
    buf_puts(out, "</bdi>");
    buf_free(&name);
}

/* The mean duration of steps that hold one response, of that model, and have no steps below: that of the call. */
static int64_t mean_latency(const struct run *run, struct str model)
{
    double sum = 0;
    uint64_t count = 0;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        const struct usage *u = step->more->usage;
        if (!u || u->next || u->responses != 1 || step->first_child || step->duration < 0) continue;
        if (!str_eq(u->model, model)) continue;
        sum += (double)step->duration;
        count++;
    }
    return count ? (int64_t)(sum / (double)count) : TIME_NONE;
}

static void put_models(struct section *s)
{
    enum { MODEL_ROWS = 20 };
    size_t rows = 0, beyond = 0;
    buf_puts(s->out, "<div><h3>By model</h3>\n<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Model</th><th "
                     "scope=\"col\" class=\"num\">Responses</th><th scope=\"col\" class=\"num\">Tokens in</th><th "
                     "scope=\"col\" class=\"num\">Out</th><th scope=\"col\" class=\"num\">Total</th><th scope=\"col\" "
                     "class=\"num\">Mean time</th></tr></thead>\n<tbody>\n");
    for (const struct usage *u = s->run->usage; u; u = u->next) {
        if (rows == MODEL_ROWS) {
            beyond++;
            continue;
        }
        rows++;
        buf_puts(s->out, "<tr><th scope=\"row\">");
        put_model(s->out, u->model);
        buf_puts(s->out, "</th>");
        put_numbers(s->out, u, true);
        buf_puts(s->out, "<td class=\"num\">");
        clock_put_duration(s->out, mean_latency(s->run, u->model), s->unit);
        buf_puts(s->out, "</td></tr>\n");
    }
    if (rows > 1) {
        buf_puts(s->out, "<tr><th scope=\"row\">all models</th>");
        put_numbers(s->out, &s->run->usage_total, true);
        buf_puts(s->out, "<td></td></tr>\n");
    }
    buf_puts(s->out, "</tbody>\n</table></div>\n");
    if (beyond) {
        buf_puts(s->out, "<p class=\"hint\">… and ");
        buf_put_count(s->out, beyond, "more model", "more models");
        buf_puts(s->out, "</p>\n");
    }
    buf_puts(s->out, "</div>\n");
}

struct step_usage {
    const struct step *step;
    struct usage sum;
};

static int most_tokens_first(const void *pa, const void *pb)
{
    const struct step_usage *a = pa, *b = pb;
    if (a->sum.total_tokens != b->sum.total_tokens) return a->sum.total_tokens > b->sum.total_tokens ? -1 : 1;
    return a->step->index < b->step->index ? -1 : a->step->index > b->step->index;
}

/* All visible steps with tokens, those with the most first. free() the list. */
static struct step_usage *usage_by_step(const struct run *run, size_t *ret_count)
{
    struct step_usage *list = NULL;
    size_t count = 0, cap = 0;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->hidden || !step->more->usage) continue;
        list = array_grow(list, &cap, count + 1, sizeof *list);
        list[count] = (struct step_usage){ .step = step };
        for (const struct usage *u = step->more->usage; u; u = u->next) {
            list[count].sum.prompt_tokens += u->prompt_tokens;
            list[count].sum.completion_tokens += u->completion_tokens;
            list[count].sum.total_tokens += u->total_tokens;
        }
        count++;
    }
    if (count) qsort(list, count, sizeof *list, most_tokens_first);
    *ret_count = count;
    return list;
}

static void put_steps(struct section *s)
{
    size_t count;
    struct step_usage *list = usage_by_step(s->run, &count);
    buf_puts(s->out,
             "<div><h3>By step</h3>\n<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Step</th><th "
             "scope=\"col\" class=\"num\">Tokens in</th><th scope=\"col\" class=\"num\">Out</th><th "
             "scope=\"col\" class=\"num\">Total</th><th scope=\"col\" class=\"num\">Duration</th></tr></thead>\n"
             "<tbody>\n");
    for (size_t i = 0; i < count && i < STEP_ROWS; i++) {
        buf_puts(s->out, "<tr><th scope=\"row\">");
        html_put_step_link(s->run, list[i].step, 1, s->out);
        buf_puts(s->out, "</th>");
        put_numbers(s->out, &list[i].sum, false);
        buf_puts(s->out, "<td class=\"num\">");
        clock_put_duration(s->out, list[i].step->duration, s->unit);
        buf_puts(s->out, "</td></tr>\n");
    }
    buf_puts(s->out, "</tbody>\n</table></div>\n");
    if (count > STEP_ROWS) {
        buf_puts(s->out, "<p class=\"hint\">… and ");
        buf_put_count(s->out, count - STEP_ROWS, "more step", "more steps");
        buf_puts(s->out, "</p>\n");
    }
    buf_puts(s->out, "</div>\n");
    free(list);
}

/* ---- messages ---- */

static void put_rendered(struct buf *out, struct str text)
{
    if (richtext_is_markdown(text)) {
        richtext_put_both(text, out);
        return;
    }
    buf_puts(out, "<pre class=\"t\" dir=\"auto\">\n");
    buf_put_html(out, text);
    buf_puts(out, "</pre>");
}

/* A message: whole when it is short, else its beginning and a way to the whole. */
static void put_message(struct section *s, struct str role, struct str text)
{
    text = str_trim(text);
    if (!text.len) return;
    if (s->full || s->text + text.len > LLM_TEXT_MAX) {
        s->full = true;
        s->left_out++;
        return;
    }
    s->text += text.len;
    struct buf who = BUF_INIT;
    wording_put_start(&who, role.len ? role : S("text"), ROLE_COLUMNS);
    buf_printf(s->out, "<div class=\"said\"><b%s>", str_eq(role, S("assistant")) ? " class=\"assistant\"" : "");
    buf_put_html(s->out, buf_str(&who));
    buf_puts(s->out, "</b><div>");
    buf_free(&who);
    if (text.len <= LLM_LONG) put_rendered(s->out, text);
    else {
        buf_puts(s->out, "<details class=\"whole\"><summary>All of it: ");
        html_put_bytes(s->out, text.len);
        buf_puts(s->out, "</summary>");
        put_rendered(s->out, text);
        buf_puts(s->out, "</details><pre class=\"t cut\" dir=\"auto\">\n");
        buf_put_html(s->out, str_first(text, utf8_floor(text, LLM_LONG / 2)));
        buf_puts(s->out, " …</pre>");
    }
    buf_puts(s->out, "</div></div>\n");
}

/* The text of a message's content: a string, or a list of parts of which those with a text count. */
static void put_content(struct buf *text, struct str content)
{
    enum json_type type = json_type(content);
    if (type == JSON_STRING) json_put_text(text, content);
    if (type != JSON_ARRAY) return;
    struct json j = json_begin(content);
    json_enter(&j, '[');
    while (json_element(&j)) {
        struct str part = json_skip(&j);
        if (j.error) break;
        if (json_type(part) == JSON_STRING) put_content(text, part);
        if (json_type(part) != JSON_OBJECT) continue;
        struct str words = json_get(part, S("text"));
        if (json_type(words) != JSON_STRING) words = json_get(part, S("content"));
        if (text->len && json_type(words) == JSON_STRING) buf_putc(text, '\n');
        if (json_type(words) == JSON_STRING) json_put_text(text, words);
        else {
            buf_puts(text, text->len ? "\n[" : "[");
            struct str kind = json_get(part, S("type"));
            if (json_type(kind) == JSON_STRING) json_put_text(text, kind);
            else buf_puts(text, "no text");
            buf_putc(text, ']');
        }
    }
    json_done(&j);
}

/* Calls of tools, a line each: search({"q":"rag"}). */
static void put_tool_calls(struct buf *text, struct str calls)
{
    if (json_type(calls) != JSON_ARRAY) return;
    struct json j = json_begin(calls);
    json_enter(&j, '[');
    while (json_element(&j)) {
        struct str function = json_get(json_skip(&j), S("function"));
        if (j.error) break;
        if (json_type(function) != JSON_OBJECT) continue;
        if (text->len) buf_putc(text, '\n');
        json_put_text(text, json_get(function, S("name")));
        buf_putc(text, '(');
        json_put_text(text, json_get(function, S("arguments")));
        buf_putc(text, ')');
    }
    json_done(&j);
}

static void put_message_object(struct section *s, struct str message)
{
    if (json_type(message) != JSON_OBJECT) return;
    struct buf text = BUF_INIT;
    struct str role = json_get(message, S("role")), content = json_get(message, S("content"));
    put_content(&text, content.len ? content : json_get(message, S("parts")));
    put_tool_calls(&text, json_get(message, S("tool_calls")));
    put_message(s, json_type(role) == JSON_STRING ? json_text(role, &s->scratch) : S(""), buf_str(&text));
    buf_free(&text);
}

/* `inside`: the member of each element that is the message, "" for the element itself. */
static void put_messages(struct section *s, struct str list, struct str inside)
{
    if (json_type(list) != JSON_ARRAY) return;
    struct json j = json_begin(list);
    unsigned count = 0;
    json_enter(&j, '[');
    while (json_element(&j)) {
        struct str element = json_skip(&j);
        if (j.error) break;
        if (count++ >= MESSAGES_MAX) s->left_out++;
        else put_message_object(s, inside.len ? json_get(element, inside) : element);
    }
    json_done(&j);
}

static bool is_asked(const struct record_view *r)
{
    return str_starts(r->key, S("gen_ai.prompt.")) || str_starts(r->key, S("llm.prompts.")) ||
           str_starts(r->key, S("llm.input_messages."));
}

/* gen_ai.prompt.0.content: the message that the attribute is the content of, with the role that stands beside it. */
static void put_attribute(struct section *s, const struct record_view *list, size_t count, size_t at)
{
    struct str key = list[at].key, content = S(".content"), role = { 0 };
    struct str stem = str_first(key, key.len - content.len + 1);
    for (size_t i = 0; i < count; i++)
        if (list[i].key.len == stem.len + 4 && str_starts(list[i].key, stem) && str_ends(list[i].key, S("role")))
            role = json_text(list[i].value, &s->scratch);
    if (!role.len) role = is_asked(&list[at]) ? S("user") : S("assistant");
    put_message(s, role, json_text(list[at].value, &s->scratch));
}

static bool is_request(const struct record_view *r) { return str_starts(r->key, S("__LLM_REQUEST_")); }
static bool is_response(const struct record_view *r) { return str_starts(r->key, S("__LLM_RESPONSE_")); }
static bool is_attribute(const struct record_view *r)
{
    return (is_asked(r) || str_starts(r->key, S("gen_ai.completion.")) || str_starts(r->key, S("llm.completions.")) ||
            str_starts(r->key, S("llm.output_messages."))) &&
           str_ends(r->key, S(".content"));
}
static bool is_message_list(const struct record_view *r)
{
    return str_eq(r->key, S("gen_ai.input.messages")) || str_eq(r->key, S("gen_ai.output.messages")) ||
           str_eq(r->key, S("gen_ai.prompt")) || str_eq(r->key, S("gen_ai.completion"));
}

/* A list of messages, or its JSON as a text; a text that is none is one message. */
static void put_message_list(struct section *s, const struct record_view *r)
{
    struct str value = r->value;
    if (json_type(value) == JSON_STRING) value = str_trim(json_text(value, &s->scratch));
    struct json j = json_begin(value);
    bool list = json_type(value) == JSON_ARRAY && json_skip(&j).len && json_at_end(&j);
    json_done(&j);
    if (list) put_messages(s, value, S(""));
    else put_message(s, str_ends(r->key, S("completion")) ? S("assistant") : S("user"), value);
}

static void put_step_messages(struct section *s, const struct step *step)
{
    struct record_view *list;
    size_t count = records_list(s->run, step, &s->scratch, &list);
    bool request = false, response = false;
    unsigned attributes = 0;
    for (size_t i = 0; i < count; i++) {
        request |= is_request(&list[i]);
        response |= is_response(&list[i]);
    }
    if (response && !request && payload_present(step->more->inputs)) {
        struct str inputs = arena_copy(&s->scratch, sources_text(s->run->sources, step->more->inputs));
        if (json_type(inputs) == JSON_OBJECT) put_messages(s, json_get(inputs, S("messages")), S(""));
    }
    for (size_t i = 0; i < count; i++) {
        if (is_attribute(&list[i])) {
            if (attributes++ >= MESSAGES_MAX) s->left_out++; /* for each of them the whole list is looked through */
            else put_attribute(s, list, count, i);
        }
        if (is_message_list(&list[i])) put_message_list(s, &list[i]);
        if (json_type(list[i].value) != JSON_OBJECT) continue;
        if (is_request(&list[i])) put_messages(s, json_get(list[i].value, S("messages")), S(""));
        if (is_response(&list[i])) put_messages(s, json_get(list[i].value, S("choices")), S("message"));
    }
}

static void put_call_head(struct section *s, const struct step *step)
{
    buf_puts(s->out, "<li class=\"call\"><p>");
    html_put_step_link(s->run, step, 0, s->out);
    for (const struct usage *u = step->more->usage; u; u = u->next) {
        buf_puts(s->out, "<span class=\"hint\">");
        put_model(s->out, u->model);
        buf_puts(s->out, ": ");
        buf_put_number(s->out, u->prompt_tokens);
        buf_puts(s->out, " tokens in, ");
        buf_put_number(s->out, u->completion_tokens);
        buf_puts(s->out, " out</span>");
    }
    buf_puts(s->out, "<span class=\"hint\">");
    html_put_offset(s->run, step->start, s->unit, s->out);
    buf_puts(s->out, " for ");
    clock_put_duration(s->out, step->duration, s->unit);
    buf_puts(s->out, "</span></p>\n");
}

/* The messages of one step; nothing when it has none. */
static void put_call(struct section *s, const struct step *step)
{
    struct buf messages = BUF_INIT, *out = s->out;
    uint64_t left_out = s->left_out;
    s->out = &messages;
    put_step_messages(s, step);
    s->out = out;
    if (messages.len || s->left_out > left_out) {
        if (s->calls++ == 0) buf_puts(out, "<ol class=\"calls\">\n");
        put_call_head(s, step);
        buf_put(out, buf_str(&messages));
        if (s->left_out > left_out) {
            buf_puts(out, "<p class=\"hint\">");
            buf_put_count(out, s->left_out - left_out, "message is", "messages are");
            buf_puts(out, " not shown here; the step has all of them.</p>");
        }
        buf_puts(out, "</li>\n");
    }
    buf_free(&messages);
    arena_trim(&s->scratch);
}

static void put_calls(struct section *s)
{
    const struct run *run = s->run;
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (run->steps[i]->hidden || !run->steps[i]->more->usage) continue;
        if (s->calls < LLM_CALLS_MAX && !s->full) put_call(s, run->steps[i]);
        else s->unshown++;
    }
    if (s->calls) buf_puts(s->out, "</ol>\n");
    if (!s->unshown) return;
    buf_puts(s->out, "<p class=\"hint\">Messages of ");
    buf_put_count(s->out, s->unshown, "more step", "more steps");
    buf_puts(s->out, " are not shown here: this section holds those of ");
    buf_put_number(s->out, LLM_CALLS_MAX);
    buf_puts(s->out, " steps and ");
    html_put_bytes(s->out, LLM_TEXT_MAX);
    buf_puts(s->out, " at most.</p>\n");
}

void html_llm_write(const struct run *run, enum time_unit unit, struct buf *out)
{
    struct section s = { .run = run, .unit = unit, .out = out };
    if (!run->usage) return;
    buf_puts(out, "<section id=\"llm\" aria-labelledby=\"h-llm\">\n<div class=\"bar\"><h2 id=\"h-llm\">Language models"
                  "</h2><span class=\"hint\">");
    buf_put_count(out, run->usage_total.responses, "response", "responses");
    buf_puts(out, ", ");
    buf_put_count(out, run->usage_total.total_tokens, "token", "tokens");
    buf_puts(out, "</span></div>\n<div class=\"tables\">\n");
    put_models(&s);
    put_steps(&s);
    buf_puts(out, "</div>\n");
    put_calls(&s);
    buf_puts(out, "</section>\n");
    arena_free(&s.scratch);
}
