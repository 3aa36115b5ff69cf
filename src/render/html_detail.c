/* SPDX-License-Identifier: MIT
 *
 * One step's details in the order a reader wants them: facts, error, result, records, logs, the rest.
 */
#include "render/html.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/records.h"
#include "render/wording.h"

/* More records than this in a step share one block as a JSON object: a row each would drown the page. */
enum { RECORD_ROWS = 200 };

struct visit {
    const struct run *run;
    struct detail_sink *sink;
    struct arena *scratch;
    const char *group; /* the one that rows belong to; announced before its first row */
    bool announced;
};

static void begin(struct visit *v, const char *group)
{
    v->group = group;
    v->announced = false;
}

static void row(struct visit *v, struct str label, enum detail_kind kind, struct str text)
{
    if (!v->announced) v->sink->group(v->sink, v->group);
    v->announced = true;
    v->sink->row(v->sink, label, kind, text);
}

static void fact(struct visit *v, struct str label, struct str text)
{
    if (text.len) row(v, label, DETAIL_FACT, text);
}

static void value(struct visit *v, struct str label, struct payload p)
{
    if (payload_present(p)) row(v, label, DETAIL_VALUE, sources_text(v->run->sources, p));
}

static void extras(struct visit *v, const struct extra *list)
{
    for (const struct extra *x = list; x; x = x->next) value(v, x->name, x->data);
}

static void links(struct visit *v, const struct step_link *list)
{
    for (const struct step_link *l = list; l; l = l->next) {
        struct str text = l->step_id;
        if (l->run_id.len)
            text = arena_format(v->scratch, "run %.*s%s%.*s", STR_ARG(l->run_id), l->step_id.len ? ", step " : "",
                                STR_ARG(l->step_id));
        fact(v, arena_format(v->scratch, "Link %.*s", STR_ARG(l->relation)), text);
    }
}

static void usage(struct visit *v, const struct usage *list)
{
    for (const struct usage *u = list; u; u = u->next) {
        struct buf text = BUF_INIT;
        buf_put_count(&text, u->responses, "response", "responses");
        buf_puts(&text, ": ");
        buf_put_count(&text, u->prompt_tokens, "prompt token", "prompt tokens");
        buf_puts(&text, " + ");
        buf_put_count(&text, u->completion_tokens, "completion token", "completion tokens");
        buf_puts(&text, " = ");
        buf_put_count(&text, u->total_tokens, "token", "tokens");
        fact(v, arena_format(v->scratch, "Tokens of %.*s", STR_ARG(wording_name(u->model))), buf_str(&text));
        buf_free(&text);
    }
}

/* The records from `from` on as one object, each key and value as the log has them. */
static struct str rest_of_records(const struct record_view *list, size_t from, size_t count, struct arena *scratch)
{
    struct buf object = BUF_INIT;
    for (size_t i = from; i < count; i++) {
        buf_puts(&object, i == from ? "{\"" : ",\"");
        buf_put(&object, list[i].raw_key);
        buf_puts(&object, "\":");
        buf_put(&object, list[i].value);
    }
    buf_putc(&object, '}');
    struct str text = arena_copy(scratch, buf_str(&object));
    buf_free(&object);
    return text;
}

static void records(struct visit *v, const struct step *step)
{
    struct record_view *list;
    size_t count = records_list(v->run, step, v->scratch, &list);
    size_t rows = count > RECORD_ROWS ? RECORD_ROWS : count;
    for (size_t i = 0; i < rows; i++) row(v, list[i].key, DETAIL_VALUE, list[i].value);
    if (count == rows) return;
    struct str label = arena_format(v->scratch, "and %zu more", count - rows);
    row(v, label, DETAIL_VALUE, rest_of_records(list, rows, count, v->scratch));
}

static void logs(struct visit *v, const struct step *step)
{
    for (const struct log_entry *l = step->more->logs; l; l = l->next) {
        struct buf label = BUF_INIT;
        buf_puts(&label, log_level_name(l->level));
        buf_putc(&label, ' ');
        html_put_offset(v->run, l->ts, UNIT_AUTO, &label);
        value(v, buf_str(&label), l->message);
        buf_free(&label);
    }
}

static void run_facts(struct visit *v)
{
    const struct run *run = v->run;
    begin(v, "Run");
    value(v, S("arguments"), run->args);
    value(v, S("tags"), run->tags);
    value(v, S("host"), run->host);
    value(v, S("graph"), run->graph);
    extras(v, run->extras);
}

static void step_facts(struct visit *v, const struct step *step)
{
    const struct step_more *more = step->more;
    begin(v, "");
    fact(v, S("Id"), more->id);
    fact(v, S("Parent id"), more->parent_id);
    fact(v, S("Kind"), more->kind);
    fact(v, S("Location"), more->location);
    if (step == v->run->root) fact(v, S("Parent run"), v->run->parent_run);
    fact(v, S("Error type"), more->error_type);
    usage(v, more->usage);
    links(v, more->links);
}

void detail_visit_facts(const struct html_plan *plan, uint32_t at, struct arena *scratch, struct detail_sink *sink)
{
    struct visit v = { .run = plan->run, .sink = sink, .scratch = scratch };
    step_facts(&v, plan->steps[at]);
}

bool detail_has_facts(const struct html_plan *plan, uint32_t at)
{
    const struct step_more *m = plan->steps[at]->more;
    return m->id.len || m->parent_id.len || m->kind.len || m->location.len || m->links || m->error_type.len ||
           m->usage || (plan->steps[at] == plan->run->root && plan->run->parent_run.len);
}

static void left_out(struct visit *v, const struct html_plan *plan, uint32_t at)
{
    struct buf text = BUF_INIT;
    unsigned flags = plan->flags[at];
    uint64_t bytes = (flags & PLAN_ERROR ? 0 : plan->error_bytes[at]) +
                     (flags & PLAN_PAYLOADS ? 0 : plan->payload_bytes[at]);
    if (!bytes) return;
    html_put_bytes(&text, bytes);
    fact(v, S("Left out"), buf_str(&text));
    buf_free(&text);
}

void detail_visit(const struct html_plan *plan, uint32_t at, struct arena *scratch, struct detail_sink *sink)
{
    const struct run *run = plan->run;
    const struct step *step = plan->steps[at];
    const struct step_more *more = step->more;
    struct visit v = { .run = run, .sink = sink, .scratch = scratch };
    step_facts(&v, step);
    left_out(&v, plan, at);
    begin(&v, "Error");
    if (plan->flags[at] & PLAN_ERROR) {
        value(&v, S(""), step->error);
        value(&v, S("trace"), more->trace);
    }
    if (!(plan->flags[at] & PLAN_PAYLOADS)) return;
    begin(&v, "Result");
    value(&v, S(""), step->result);
    begin(&v, "Records");
    records(&v, step);
    begin(&v, "Log");
    logs(&v, step);
    begin(&v, "More");
    value(&v, S("inputs"), more->inputs);
    value(&v, S("state"), more->state);
    value(&v, S("handled errors"), more->handled_errors);
    value(&v, S("usage"), more->usage_field);
    extras(&v, more->extras);
    if (step == run->root) run_facts(&v);
}
