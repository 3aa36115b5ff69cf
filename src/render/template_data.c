/* SPDX-License-Identifier: MIT
 *
 * The object that templates see, and that of the index. Lists are made when they are first asked for: the report page
 * is made of pieces alone and pays for none of them.
 */
#include "render/template_data.h"

#include "model/keep.h"
#include "render/wording.h"

#include <stdlib.h>

static struct template_data *data_of(const struct view *v) { return v->of; }

/* --- texts --- */

static void put_version(const struct view *v, struct buf *out)
{
    (void)v;
    buf_puts(out, VERSION);
}

static void put_title(const struct view *v, struct buf *out)
{
    buf_put(out, wording_title(data_of(v)->run.run, data_of(v)->o->title));
}

static void put_left_out(const struct view *v, struct buf *out) { buf_put(out, data_of(v)->o->left_out); }

static void put_main_hint(const struct view *v, struct buf *out)
{
    const struct html_plan *plan = data_of(v)->plan;
    if (plan->static_count == plan->count) return;
    buf_put_number(out, plan->static_count);
    buf_puts(out, " of ");
    buf_put_count(out, plan->count, "step: ", "steps: ");
    buf_puts(out, KEEP_RULE);
}

/* --- lists of steps --- */

static bool position_item(const struct step_list *list, uint64_t i, struct view *ret)
{
    if (i < list->count) ret->n = list->positions[i];
    return i < list->count;
}

static bool any_step(const struct view *list, uint64_t i, struct view *ret)
{
    ret->n = i;
    return i < data_of(list)->plan->count;
}

static void list_room(struct template_data *d, struct step_list *list, uint32_t count)
{
    list->positions = ARENA_ARRAY(&d->arena, uint32_t, count);
    list->made = true;
}

static bool main_step(const struct view *v, uint64_t i, struct view *ret)
{
    struct template_data *d = data_of(v);
    struct step_list *list = &d->main;
    if (!list->made) {
        list_room(d, list, d->plan->static_count);
        for (uint32_t at = 0; at < d->plan->count; at++)
            if (d->plan->flags[at] & PLAN_STATIC) list->positions[list->count++] = at;
    }
    return position_item(list, i, ret);
}

static bool slowest_step(const struct view *v, uint64_t i, struct view *ret)
{
    enum { SLOWEST = 10 };
    struct template_data *d = data_of(v);
    struct step_list *list = &d->slowest;
    const struct step **steps = d->plan->steps;
    if (!list->made) {
        list_room(d, list, SLOWEST);
        for (uint32_t at = 0; at < d->plan->count; at++) {
            int64_t self = steps[at]->self;
            bool full = list->count == SLOWEST;
            if (self <= 0 || (full && self <= steps[list->positions[SLOWEST - 1]]->self)) continue;
            uint32_t place = full ? SLOWEST - 1 : list->count++;
            for (; place > 0 && steps[list->positions[place - 1]]->self < self; place--)
                list->positions[place] = list->positions[place - 1];
            list->positions[place] = at;
        }
    }
    return position_item(list, i, ret);
}

struct failed_step {
    uint32_t position, depth;
    bool consequence; /* a step below it failed, too */
};

static int causes_first(const void *pa, const void *pb)
{
    const struct failed_step *a = pa, *b = pb;
    if (a->consequence != b->consequence) return a->consequence - b->consequence;
    if (a->depth != b->depth) return a->depth > b->depth ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

static void make_failures(struct template_data *d)
{
    const struct html_plan *plan = d->plan;
    uint32_t count = 0;
    for (uint32_t at = 0; at < plan->count; at++) count += plan->steps[at]->status == STEP_ERROR;
    struct failed_step *failed = ARENA_ARRAY(&d->arena, struct failed_step, count);
    count = 0;
    for (uint32_t at = 0; at < plan->count; at++) {
        const struct step *step = plan->steps[at];
        if (step->status != STEP_ERROR) continue;
        const struct step *above = count ? plan->steps[failed[count - 1].position] : NULL;
        if (above && step->index - above->index < above->subtree) failed[count - 1].consequence = true;
        failed[count++] = (struct failed_step){ .position = at, .depth = plan->depth[at] };
    }
    qsort(failed, count, sizeof *failed, causes_first);
    list_room(d, &d->failures, count);
    for (uint32_t i = 0; i < count; i++) d->failures.positions[d->failures.count++] = failed[i].position;
}

static bool failed_step(const struct view *v, uint64_t i, struct view *ret)
{
    if (!data_of(v)->failures.made) make_failures(data_of(v));
    return position_item(&data_of(v)->failures, i, ret);
}

static bool first_failure(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    return failed_step(v, 0, ret);
}

/* --- names --- */

static const struct name_statistics *name_of(const struct view *v) { return &data_of(v)->names->list[v->n]; }

static void put_stat_name(const struct view *v, struct buf *out) { buf_put(out, wording_name(name_of(v)->name)); }
static void put_stat_count(const struct view *v, struct buf *out) { buf_put_uint(out, name_of(v)->count); }
static void put_stat_errors(const struct view *v, struct buf *out) { buf_put_uint(out, name_of(v)->errors); }
static void put_stat_share(const struct view *v, struct buf *out)
{
    buf_put_fixed(out, name_of(v)->share * 100, 1, false);
    buf_puts(out, " %");
}

/* A time as text and in µs; neither when no step of the name has a duration. */
#define STAT_TIME(field)                                                                                               \
    static void put_stat_##field(const struct view *v, struct buf *out)                                                \
    {                                                                                                                  \
        clock_put_duration(out, name_of(v)->timed ? name_of(v)->field : TIME_NONE, data_of(v)->o->unit);               \
    }                                                                                                                  \
    static void put_stat_##field##_us(const struct view *v, struct buf *out)                                           \
    {                                                                                                                  \
        data_put_us(name_of(v)->timed ? name_of(v)->field : TIME_NONE, out);                                           \
    }
STAT_TIME(total)
STAT_TIME(self)
STAT_TIME(min)
STAT_TIME(mean)
STAT_TIME(p50)
STAT_TIME(p90)
STAT_TIME(p95)
STAT_TIME(max)

#define TIME_FIELDS(field, text)                                                                                       \
    { .name = #field, .kind = FIELD_TEXT, .put = put_stat_##field, .help = text },                                     \
    {                                                                                                                  \
        .name = #field "_us", .kind = FIELD_NUMBER, .put = put_stat_##field##_us, .help = "the same in µs"            \
    }

static const struct field name_fields[] = {
    { .name = "name", .kind = FIELD_TEXT, .put = put_stat_name, .help = "of the steps; page_* for page_1, page_2, …" },
    { .name = "count", .kind = FIELD_NUMBER, .put = put_stat_count, .help = "steps" },
    { .name = "errors", .kind = FIELD_NUMBER, .put = put_stat_errors, .help = "those that failed" },
    TIME_FIELDS(total, "of their durations"),
    TIME_FIELDS(self, "of their self times"),
    TIME_FIELDS(min, "the shortest duration"),
    TIME_FIELDS(mean, "the mean"),
    TIME_FIELDS(p50, "the median"),
    TIME_FIELDS(p90, "the 90th percentile"),
    TIME_FIELDS(p95, "the 95th percentile"),
    TIME_FIELDS(max, "the longest"),
    { .name = "share", .kind = FIELD_TEXT, .put = put_stat_share, .help = "self time by the run's: \"12.3 %\"" },
    { 0 },
};

static bool name_item(const struct view *v, uint64_t i, struct view *ret)
{
    struct template_data *d = data_of(v);
    d->names = analysis_names(d->o->analysis);
    ret->n = i;
    return i < d->names->count;
}

enum { MAIN_NAMES = 50 };

static bool main_name(const struct view *v, uint64_t i, struct view *ret)
{
    return i < MAIN_NAMES && name_item(v, i, ret);
}

static void put_main_names_hint(const struct view *v, struct buf *out)
{
    struct view ignored = *v;
    name_item(v, 0, &ignored);
    size_t count = data_of(v)->names->count;
    if (count <= MAIN_NAMES) return;
    buf_puts(out, "50 of ");
    buf_put_number(out, count);
    buf_puts(out, " names: those that took longest in total");
}

/* --- notes --- */

static void make_notes(struct template_data *d)
{
    const struct input_notes *input = d->o->notes;
    struct buf b = BUF_INIT;
    d->notes = ARENA_ARRAY(&d->arena, struct str, WORDING_NOTES + 1 + WORDING_SAID);
    d->notes_made = true;
    if (input->bad_lines) {
        wording_put_bad_lines(&b, input->bad_lines, true);
        data_put_text(&b, input->first_bad);
        d->notes[d->note_count++] = arena_copy(&d->arena, buf_str(&b));
    }
    struct str said[WORDING_SAID];
    size_t said_count = wording_said(d->run.run, input, &d->arena, said);
    for (size_t i = 0; i < said_count; i++)
        d->notes[d->note_count++] = arena_format(&d->arena, "%.*s.", STR_ARG(said[i]));
    for (size_t i = 0; i < WORDING_NOTES; i++) {
        buf_clear(&b);
        if (wording_put_note(&b, &d->run.run->notes, i)) d->notes[d->note_count++] = arena_copy(&d->arena, buf_str(&b));
    }
    buf_free(&b);
}

static bool note_item(const struct view *v, uint64_t i, struct view *ret)
{
    if (!data_of(v)->notes_made) make_notes(data_of(v));
    ret->n = i;
    return i < data_of(v)->note_count;
}

static void put_note(const struct view *v, struct buf *out) { buf_put(out, data_of(v)->notes[v->n]); }

/* --- the object --- */

static bool get_run(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = &data_of(v)->run;
    return true;
}

static bool get_pieces(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = (void *)(uintptr_t)data_of(v)->pieces;
    return true;
}

#define STEPS(field, from, text)                                                                                       \
    {                                                                                                                  \
        .name = field, .kind = FIELD_LIST, .fields = step_fields, .item = from, .help = text                           \
    }

const struct field page_fields[] = {
    { .name = "version", .kind = FIELD_TEXT, .put = put_version, .help = "of this program" },
    { .name = "title", .kind = FIELD_TEXT, .put = put_title, .help = "--title, or the pipeline's name" },
    { .name = "run", .kind = FIELD_OBJECT, .fields = run_fields, .get = get_run, .help = "the run" },
    STEPS("steps", any_step, "all steps in tree order"),
    STEPS("main_steps", main_step, "of them at most 2,000: " KEEP_RULE),
    { .name = "main_steps_hint",
      .kind = FIELD_TEXT,
      .put = put_main_hint,
      .help = "says so when that leaves some out" },
    STEPS("slowest", slowest_step, "at most 10, the longest self time first"),
    STEPS("failures", failed_step, "failed steps, the causes first: deepest, and those above a failed one last"),
    { .name = "first_failure",
      .kind = FIELD_OBJECT,
      .fields = step_fields,
      .get = first_failure,
      .help = "their first" },
    { .name = "names",
      .kind = FIELD_LIST,
      .fields = name_fields,
      .item = name_item,
      .help = "statistics by step name" },
    { .name = "main_names",
      .kind = FIELD_LIST,
      .fields = name_fields,
      .item = main_name,
      .help = "of them at most 50" },
    { .name = "main_names_hint",
      .kind = FIELD_TEXT,
      .put = put_main_names_hint,
      .help = "says so when there are more" },
    { .name = "notes",
      .kind = FIELD_LIST,
      .put = put_note,
      .item = note_item,
      .help = "what had to be put right while reading" },
    { .name = "left_out", .kind = FIELD_TEXT, .put = put_left_out, .help = "what --filter and the like hide" },
    { .name = "html", .kind = FIELD_PIECES, .get = get_pieces, .help = "ready pieces, as {{{html.gantt}}}" },
    { 0 },
};

/* --- the index --- */

static const struct index_data *index_of(const struct view *v) { return v->of; }

static void put_index_title(const struct view *v, struct buf *out)
{
    buf_put(out, index_of(v)->o->title.len ? index_of(v)->o->title : S("Pipeline runs"));
}

static bool index_run(const struct view *v, uint64_t i, struct view *ret)
{
    if (i < index_of(v)->count) ret->of = &index_of(v)->runs[i];
    return i < index_of(v)->count;
}

static bool index_pieces(const struct view *v, struct arena *scratch, struct view *ret)
{
    (void)scratch;
    ret->of = (void *)(uintptr_t)index_of(v)->pieces;
    return true;
}

const struct field index_fields[] = {
    { .name = "version", .kind = FIELD_TEXT, .put = put_version, .help = "of this program" },
    { .name = "title", .kind = FIELD_TEXT, .put = put_index_title, .help = "--title, or \"Pipeline runs\"" },
    { .name = "runs", .kind = FIELD_LIST, .fields = run_fields, .item = index_run, .help = "all runs" },
    { .name = "html", .kind = FIELD_PIECES, .get = index_pieces, .help = "ready pieces" },
    { 0 },
};

void template_data_check(enum template_id id, const struct mustache *t, const struct mustache_partials *partials,
                         template_problem *tell, void *context)
{
    const struct pieces of_page = { html_slots, html_slot_count, NULL },
                        of_index = { index_slots, index_slot_count, NULL };
    bool index = id == TEMPLATE_INDEX;
    fields_check(t, index ? index_fields : page_fields, index ? &of_index : &of_page, partials, tell, context);
}

void template_data_write(const struct run *run, const struct report_options *o, struct buf *out)
{
    const struct pieces pieces = { html_slots, html_slot_count, NULL };
    struct html_plan plan;
    struct template_data d = { .o = o, .plan = &plan, .pieces = &pieces, .run = { .run = run, .unit = o->unit } };
    html_plan_make(run, HTML_STATIC_STEPS, HTML_PAYLOAD_MAX, o->max_data, &d.arena, &plan);
    struct view view = fields_view(page_fields, &d, 0);
    fields_put_json(page_fields, &view, out);
    buf_putc(out, '\n');
    arena_free(&d.arena);
}

/* --- help --- */

static void put_help(const struct field *fields, int indent, struct buf *out)
{
    static const char *const kinds[] = {
        [FIELD_TEXT] = "text", [FIELD_NUMBER] = "number", [FIELD_OBJECT] = "object",
        [FIELD_LIST] = "list", [FIELD_JSON] = "JSON",     [FIELD_PIECES] = "HTML",
    };
    for (const struct field *f = fields; f->name; f++)
        buf_printf(out, "%*s%-*s %-7s %s\n", indent, "", 22 - indent, f->name, kinds[f->kind], f->help);
}

static void put_slots(const char *title, const struct template_slot *slots, size_t count, struct buf *out)
{
    enum { COLUMNS = 96 };
    size_t column = COLUMNS;
    buf_printf(out, "\n%s:", title);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(slots[i].name) + 1;
        if (column + length > COLUMNS) {
            buf_puts(out, "\n ");
            column = 1;
        }
        buf_printf(out, " %s", slots[i].name);
        column += length;
    }
    buf_putc(out, '\n');
}

void template_data_help(struct buf *out)
{
    static const struct {
        const char *title;
        const struct field *fields;
    } tables[] = {
        { "report.html, paper.html and card.html see", page_fields },
        { "index.html sees", index_fields },
        { "a run", run_fields },
        { "its counts", count_fields },
        { "a step, in steps, main_steps, slowest, failures and first_failure", step_fields },
        { "an entry of names", name_fields },
        { "an entry of usage, and tokens", usage_fields },
        { "an entry of tag_list, arg_list, host_list and record_list", pair_fields },
        { "an entry of logs", message_fields },
        { "an entry of links", link_fields },
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        buf_printf(out, "%s%s:\n", i ? "\n" : "", tables[i].title);
        put_help(tables[i].fields, 2, out);
    }
    put_slots("html of report.html, paper.html and card.html", html_slots, html_slot_count, out);
    put_slots("html of index.html", index_slots, index_slot_count, out);
    buf_puts(out, "\nstyle sheets, those of report.html first:\n  ");
    templates_put_style_names(NULL, out);
    buf_putc(out, '\n');
}
