/* SPDX-License-Identifier: MIT */
#include "model/measure.h"

#include "model/keep.h"

static void widen(struct run *run, int64_t t)
{
    if (t == TIME_NONE) return;
    if (run->start == TIME_NONE || t < run->start) run->start = t;
    if (run->end == TIME_NONE || t > run->end) run->end = t;
}

/* A step that was taken from an earlier run may carry the times of then, and so may what is below it. */
static bool is_older(const struct run *run, const struct step *s)
{
    bool taken = s->status == STEP_CACHED || s->status == STEP_SKIPPED || (s->parent && s->parent->older);
    int64_t first = s->start != TIME_NONE ? s->start : s->end, last = s->end != TIME_NONE ? s->end : s->start;
    return taken && s != run->root && run->root->start != TIME_NONE && first != TIME_NONE && first < run->root->start &&
           last <= run->root->start;
}

/* Of an older step only what the log says of it since the run began. */
static void measure_span(struct run *run)
{
    for (uint32_t i = 0; i < run->step_count; i++) {
        struct step *s = run->steps[i];
        s->older = is_older(run, s);
        int64_t since = s->older ? run->root->start : INT64_MIN;
        if (!s->older) widen(run, s->start);
        if (!s->older) widen(run, s->end);
        for (const struct record *r = s->records; r; r = r->next)
            if (r->ts >= since) widen(run, r->ts);
        for (const struct log_entry *l = s->more->logs; l; l = l->next)
            if (l->ts >= since) widen(run, l->ts);
    }
}

/* A root that stands for the run lasts as long as all that the log says of it. */
static void stretch_root(struct run *run)
{
    struct step *root = run->root;
    if (!run->root_made || run->start == TIME_NONE) return;
    if (root->start != TIME_NONE && run->start < root->start) root->start = run->start;
    if (root->end != TIME_NONE && run->end > root->end) root->end = run->end;
}

static void measure_times(struct run *run)
{
    for (uint32_t i = 0; i < run->step_count; i++) {
        struct step *s = run->steps[i];
        if (!s->made) run->status_count[s->status]++;
        run->log_steps += !s->made;
        if (s->depth > run->max_depth) run->max_depth = s->depth;
        if (s->start == TIME_NONE && s->end != TIME_NONE) s->start = s->end; /* a finish that says its end only */
        if (s->start == TIME_NONE) {
            s->shown_end = s->duration = TIME_NONE;
            continue;
        }
        s->shown_end = s->end != TIME_NONE ? s->end : run->end;
        s->duration = s->shown_end - s->start;
        if (s->duration < 0 && s->end != TIME_NONE) run->notes.negative_durations++;
        if (s->shown_end < s->start) s->shown_end = s->start;
    }
}

/* Time of a step that none of its children covers. Children are in start order, so one pass with the furthest end so
 * far does. Example: a step 0..100 with children 10..40, 30..60 and 90..120 has self time 10 + 30 = 40: before 10,
 * and 60..90; what the last child does after 100 is not the step's. */
static void measure_self(struct step *s)
{
    s->self = 0;
    if (s->start == TIME_NONE || (s->made && s->parent)) return; /* a thread between its steps does nothing */
    int64_t covered_to = s->start, uncovered = 0;
    for (const struct step *c = s->first_child; c; c = c->next) {
        if (c->start == TIME_NONE) continue;
        int64_t from = c->start < s->shown_end ? c->start : s->shown_end;
        if (from > covered_to) uncovered += from - covered_to;
        if (c->shown_end > covered_to) covered_to = c->shown_end < s->shown_end ? c->shown_end : s->shown_end;
    }
    s->self = uncovered + (s->shown_end > covered_to ? s->shown_end - covered_to : 0);
}

static void add_usage(struct usage *to, const struct usage *from)
{
    to->responses += from->responses;
    to->prompt_tokens += from->prompt_tokens;
    to->completion_tokens += from->completion_tokens;
    to->total_tokens += from->total_tokens;
}

static void total_usage(struct run *run)
{
    struct usage **end = &run->usage, *last = NULL;
    size_t models = 0;
    for (uint32_t i = 0; i < run->step_count; i++)
        for (const struct usage *u = run->steps[i]->more->usage; u; u = u->next) {
            struct usage *of_model = run->usage;
            while (of_model && !str_eq(of_model->model, u->model)) of_model = of_model->next;
            if (!of_model && models == USAGE_MODELS_MAX) of_model = last;
            if (!of_model) {
                *end = of_model = last = ARENA_NEW(run->arena, struct usage);
                end = &of_model->next;
                of_model->model = ++models == USAGE_MODELS_MAX ? S("(all other models)") : u->model;
            }
            add_usage(of_model, u);
            add_usage(&run->usage_total, u);
        }
}

void measure_run(struct run *run)
{
    run->log_steps = 0;
    run->root_made |= run->root->made;
    run->root->made = run->root_made;
    measure_span(run);
    stretch_root(run);
    measure_times(run);
    for (uint32_t i = 0; i < run->step_count; i++) measure_self(run->steps[i]);
    const struct step *root = run->root;
    if (root->end != TIME_NONE && root->start != TIME_NONE) run->duration = root->end - root->start;
    else if (run->start != TIME_NONE) run->duration = run->end - run->start;
    total_usage(run);
    keep_rank(run);
}

double measure_share(const struct run *run, int64_t us)
{
    int64_t wall = run_wall_time(run);
    return wall > 0 ? (double)us / (double)wall : 0;
}
