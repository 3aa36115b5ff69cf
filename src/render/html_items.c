/* SPDX-License-Identifier: MIT
 *
 * Where the page's script finds what a step holds: its payloads stay in the store (store.h), the data say where.
 *
 *     "labels": ["input", "items"],                       keys of records and names of fields, each once
 *     "items": [2, 0,0,4180,12, 2,-1,8,31,  0,  …],       for each step how many, then (kind, label, gap, length) each
 *     "cut": {"7": 812345},                               items of which the store has only the beginning: all bytes
 *     "facts": {"3": [["Location", "rag.c:41"]]}          short texts of the step itself
 *
 * The gap is counted from the end of the text before: 4180 to 4192, then 4200 to 4231. A log message has its
 * microseconds from the start of the run instead of a label, -1 when its time is unknown.
 */
#include "render/html.h"

#include "render/payload.h"

#include <stdlib.h>
#include <string.h>

enum item_kind {
    ITEM_RECORD,
    ITEM_RECORDS,
    ITEM_RESULT,
    ITEM_ERROR,
    ITEM_TRACE,
    ITEM_HANDLED,
    ITEM_INPUTS,
    ITEM_STATE,
    ITEM_USAGE,
    ITEM_ARGS,
    ITEM_TAGS,
    ITEM_HOST,
    ITEM_GRAPH,
    ITEM_FIELD,
    ITEM_LOG = 20, /* + enum log_level */
};

struct item {
    struct payload payload;
    struct store_ref ref;
    int64_t label;
    uint32_t kind;
};

struct items {
    const struct html_plan *plan;
    struct item *list;
    size_t count, cap;
    struct str *labels;
    size_t label_count, label_cap;
    uint32_t *slots; /* hash table of labels: their number + 1 */
    size_t mask;
};

static void grow_slots(struct items *t)
{
    size_t size = t->mask ? (t->mask + 1) * 2 : 256;
    free(t->slots);
    t->slots = calloc(size, sizeof *t->slots);
    if (!t->slots) arena_exhausted(size * sizeof *t->slots);
    t->mask = size - 1;
    for (size_t i = 0; i < t->label_count; i++) {
        size_t at = (size_t)str_hash(t->labels[i], 0) & t->mask;
        while (t->slots[at]) at = (at + 1) & t->mask;
        t->slots[at] = (uint32_t)i + 1;
    }
}

static int64_t label_number(struct items *t, struct str label)
{
    if (t->label_count * 2 >= t->mask) grow_slots(t);
    size_t at = (size_t)str_hash(label, 0) & t->mask;
    for (; t->slots[at]; at = (at + 1) & t->mask)
        if (str_eq(t->labels[t->slots[at] - 1], label)) return t->slots[at] - 1;
    t->labels = array_grow(t->labels, &t->label_cap, t->label_count + 1, sizeof *t->labels);
    t->labels[t->label_count++] = label;
    t->slots[at] = (uint32_t)t->label_count;
    return (int64_t)t->label_count - 1;
}

static void add(struct items *t, uint32_t kind, int64_t label, struct payload p)
{
    if (!payload_present(p)) return;
    t->list = array_grow(t->list, &t->cap, t->count + 1, sizeof *t->list);
    t->list[t->count++] = (struct item){ .payload = p, .kind = kind, .label = label };
}

static void add_extras(struct items *t, const struct extra *list)
{
    for (const struct extra *x = list; x; x = x->next) add(t, ITEM_FIELD, label_number(t, x->name), x->data);
}

static void add_step(struct items *t, const struct step *step)
{
    const struct run *run = t->plan->run;
    const struct step_more *more = step->more;
    for (const struct record *r = step->records; r; r = r->next)
        if (r->key.ptr) add(t, ITEM_RECORD, label_number(t, r->key), r->data);
        else add(t, ITEM_RECORDS, -1, r->data);
    add(t, ITEM_RESULT, -1, step->result);
    add(t, ITEM_ERROR, -1, step->error);
    add(t, ITEM_TRACE, -1, more->trace);
    add(t, ITEM_HANDLED, -1, more->handled_errors);
    add(t, ITEM_INPUTS, -1, more->inputs);
    add(t, ITEM_STATE, -1, more->state);
    add(t, ITEM_USAGE, -1, more->usage_field);
    for (const struct log_entry *l = more->logs; l; l = l->next) {
        bool timed = l->ts != TIME_NONE && run->start != TIME_NONE && l->ts >= run->start;
        add(t, ITEM_LOG + (uint32_t)l->level, timed ? l->ts - run->start : -1, l->message);
    }
    add_extras(t, more->extras);
    if (step != run->root) return;
    add(t, ITEM_ARGS, -1, run->args);
    add(t, ITEM_TAGS, -1, run->tags);
    add(t, ITEM_HOST, -1, run->host);
    add(t, ITEM_GRAPH, -1, run->graph);
    add_extras(t, run->extras);
}

static bool is_error(const struct item *item) { return item->kind == ITEM_ERROR || item->kind == ITEM_TRACE; }

/* Errors first, should there not be room for all; then in the order of the log, which is so read once. */
static int by_turn(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    if (is_error(x) != is_error(y)) return is_error(x) ? -1 : 1;
    if (x->payload.source != y->payload.source) return x->payload.source < y->payload.source ? -1 : 1;
    if (x->payload.offset != y->payload.offset) return x->payload.offset < y->payload.offset ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void place(struct items *t, struct store *store)
{
    struct item **turns = malloc((t->count + 1) * sizeof *turns);
    if (!turns) arena_exhausted(t->count * sizeof *turns);
    for (size_t i = 0; i < t->count; i++) turns[i] = &t->list[i];
    if (store_copies(store)) qsort(turns, t->count, sizeof *turns, by_turn);
    for (size_t i = 0; i < t->count; i++) turns[i]->ref = store_add(store, turns[i]->payload);
    free(turns);
}

static void put_labels(const struct items *t, struct buf *out)
{
    buf_puts(out, ",\n\"labels\":[");
    for (size_t i = 0; i < t->label_count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_json_html(out, t->labels[i]);
    }
    buf_putc(out, ']');
}

static void put_items(const struct items *t, const uint32_t *counts, struct buf *out)
{
    const struct item *item = t->list;
    uint64_t end = 0; /* of the text before */
    buf_puts(out, ",\n\"items\":[");
    for (uint32_t at = 0; at < t->plan->count; at++) {
        if (at) buf_putc(out, ',');
        buf_put_uint(out, counts[at]);
        for (uint32_t n = 0; n < counts[at]; n++, item++) {
            buf_putc(out, ',');
            buf_put_uint(out, item->kind);
            buf_putc(out, ',');
            buf_put_int(out, item->label);
            buf_putc(out, ',');
            buf_put_int(out, (int64_t)(item->ref.at - end));
            end = item->ref.at + item->ref.length;
            buf_putc(out, ',');
            buf_put_uint(out, item->ref.length);
        }
    }
    buf_puts(out, "],\n\"cut\":{");
    bool first = true;
    for (size_t i = 0; i < t->count; i++) {
        if (t->list[i].ref.length >= t->list[i].ref.whole) continue;
        buf_puts(out, first ? "\"" : ",\"");
        buf_put_uint(out, i);
        buf_puts(out, "\":");
        buf_put_uint(out, t->list[i].ref.whole);
        first = false;
    }
    buf_putc(out, '}');
}

struct facts_sink {
    struct detail_sink sink;
    struct buf *out;
    bool any;
};

static void facts_group(struct detail_sink *sink, const char *title)
{
    (void)sink;
    (void)title;
}

static void facts_row(struct detail_sink *sink, struct str label, enum detail_kind kind, struct str text)
{
    struct facts_sink *s = (struct facts_sink *)sink;
    if (kind != DETAIL_FACT) return;
    buf_puts(s->out, s->any ? ",[" : "[");
    buf_put_json_html(s->out, label);
    buf_putc(s->out, ',');
    buf_put_json_html(s->out, text);
    buf_putc(s->out, ']');
    s->any = true;
}

static void put_facts(const struct html_plan *plan, struct arena *scratch, struct buf *out)
{
    bool any = false;
    buf_puts(out, ",\n\"facts\":{");
    for (uint32_t at = 0; at < plan->count; at++) {
        if (!detail_has_facts(plan, at)) continue;
        struct facts_sink sink = { .sink = { facts_group, facts_row }, .out = out };
        buf_puts(out, any ? ",\n\"" : "\"");
        buf_put_uint(out, at);
        buf_puts(out, "\":[");
        detail_visit_facts(plan, at, scratch, &sink.sink);
        buf_putc(out, ']');
        arena_trim(scratch);
        any = true;
    }
    buf_putc(out, '}');
}

/* Only of steps that stand in the page as rows: that many texts are soon read. */
static void render_texts(const struct items *t, const uint32_t *counts, struct arena *scratch,
                         struct html_rendered *rendered)
{
    const struct html_plan *plan = t->plan;
    const struct item *item = t->list;
    for (uint32_t at = 0; at < plan->count; at++) {
        bool wanted = (plan->flags[at] & PLAN_STATIC) && (plan->flags[at] & PLAN_PAYLOADS);
        for (uint32_t n = 0; n < counts[at]; n++, item++) {
            bool text = item->kind == ITEM_RECORD || item->kind == ITEM_RECORDS || item->kind == ITEM_RESULT;
            if (!wanted || !text || item->ref.length < item->ref.whole) continue;
            html_rendered_add(rendered, plan->steps[at], (size_t)(item - t->list),
                              sources_text(plan->run->sources, item->payload), scratch);
            arena_trim(scratch);
        }
    }
}

void html_items_write(const struct html_data *d, struct arena *scratch, struct buf *out)
{
    const struct html_plan *plan = d->plan;
    struct items t = { .plan = plan };
    uint32_t *counts = calloc(plan->count + (size_t)1, sizeof *counts);
    if (!counts) arena_exhausted(plan->count * sizeof *counts);
    for (uint32_t at = 0; at < plan->count; at++) {
        size_t before = t.count;
        add_step(&t, plan->steps[at]);
        counts[at] = (uint32_t)(t.count - before);
    }
    place(&t, d->store);
    put_labels(&t, out);
    put_items(&t, counts, out);
    put_facts(plan, scratch, out);
    render_texts(&t, counts, scratch, d->rendered);
    free(t.list);
    free(t.labels);
    free(t.slots);
    free(counts);
}
