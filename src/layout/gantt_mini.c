/* SPDX-License-Identifier: MIT
 *
 * The chart as a sparkline, for a README or a comment: what ran, how it ended, how long it took, and the shape of it.
 *
 *     ● demo                                        failed · 1.24 s · 25 steps
 *     ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬
 *     ▬▬▬▬▬▬
 *           ▬▬▬▬▬▬▬▬▬▬▬▬▬                             what is on the critical path is dark
 *                        ▬▬▬▬▬▬▬▬▬▬▬▬▬
 *                                    ▴                a failed step ended here
 *
 * A step lies below its parent, in the first lane from there that is free as long as it runs; the last lane takes what
 * finds none. What lies on each other shows the worst. So it is a grid of lanes and columns, whatever the number of
 * steps.
 */
#include "layout/gantt_chart.h"

#define MARGIN      14.0
#define NAME_SIZE   15.0
#define BASELINE    27.0
#define LANES_TOP   40.0
#define LANES_LOW   103.0 /* where the last lane ends */
#define LANE_HEIGHT 16.0  /* at most */
#define MARK_SIZE   6.0
#define MARK_STEP   8.0

enum { LANES = 21, NO_LANE = 255, GAP_FROM = 4 /* px: bars from this width on leave one to the next */ };

struct grid {
    const struct chart *c;
    size_t lanes, columns;
    double top, lane_height;
    unsigned char *lane;  /* by step index */
    unsigned char *roles; /* by lane and column: enum scene_role, 0 where nothing is */
};

/* The worse of two things at one spot is the higher one. */
static int weight(enum scene_role role)
{
    switch (role) {
    case ROLE_FOLD: return 1;
    case ROLE_SKIPPED: return 2;
    case ROLE_CACHED: return 3;
    case ROLE_OK: return 4;
    case ROLE_RETRIED: return 5;
    case ROLE_RUNNING: return 6;
    case ROLE_UNFINISHED: return 7;
    case ROLE_ERROR: return 8;
    default: return 0;
    }
}

static size_t column_at(const struct grid *g, int64_t time)
{
    double x = (scale_x(&g->c->scale, time) - g->c->scale.x);
    return x >= (double)g->columns ? g->columns : x > 0 ? (size_t)x : 0;
}

static void paint(struct grid *g, const struct step *step, enum scene_role role, int64_t from, int64_t to)
{
    if (g->lane[step->index] == NO_LANE) return;
    unsigned char *lane = g->roles + g->columns * g->lane[step->index];
    size_t first = column_at(g, from), end = column_at(g, to);
    if (end >= first + GAP_FROM && to == gantt_bar_end(step)) end--;
    if (end < first + 2) end = first + 2; /* what took no time is still seen */
    if (end > g->columns) {
        end = g->columns;
        if (first + 2 > end) first = end - 2;
    }
    for (size_t i = first; i < end; i++)
        if (weight(role) > weight((enum scene_role)lane[i])) lane[i] = (unsigned char)role;
}

static bool is_shown(const struct step *step) { return !step->hidden && gantt_has_time(step); }

/* The first lane from `lane` on in which no step has the columns. */
static size_t free_lane(const struct grid *g, const char *taken, size_t lane, size_t first, size_t end)
{
    for (; lane + 1 < LANES; lane++)
        if (first == end || !memchr(taken + lane * g->columns + first, 1, end - first)) break;
    return lane < LANES ? lane : LANES - 1;
}

static void find_lanes(struct grid *g)
{
    const struct run *run = g->c->run;
    char *taken = ARENA_ARRAY(g->c->a, char, LANES * g->columns);
    unsigned char *below = ARENA_ARRAY(g->c->a, unsigned char, run->step_count); /* the lane that children begin at */
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        below[i] = step->parent ? below[step->parent->index] : 0;
        g->lane[i] = NO_LANE;
        if (!is_shown(step)) continue;
        size_t first = column_at(g, step->start), end = column_at(g, gantt_bar_end(step));
        size_t lane = free_lane(g, taken, below[i], first, end);
        memset(taken + lane * g->columns + first, 1, end - first);
        g->lane[i] = (unsigned char)lane;
        below[i] = (unsigned char)(lane + 1);
        if (lane + 1 > g->lanes) g->lanes = lane + 1;
    }
    if (!g->lanes) return;
    g->lane_height = fmin(floor((LANES_LOW - LANES_TOP) / (double)g->lanes), LANE_HEIGHT);
    g->top = LANES_TOP + floor((LANES_LOW - LANES_TOP - g->lane_height * (double)g->lanes) / 2);
}

static void fill(struct grid *g)
{
    const struct run *run = g->c->run;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (!is_shown(step)) continue;
        enum scene_role role = (enum scene_role)(ROLE_OK + run_shown_status(run, step));
        if (role == ROLE_OK && g->c->path) role = ROLE_FOLD;
        paint(g, step, role, step->start, gantt_bar_end(step));
    }
    for (size_t i = 0; g->c->path && i < g->c->path->count; i++) {
        const struct critical_segment *segment = &g->c->path->segments[i];
        /* what a step does itself between its children is often but a moment */
        bool moment = segment->step->first_child && column_at(g, segment->to) < column_at(g, segment->from) + 2;
        if (segment->step->status != STEP_OK || moment) continue;
        paint(g, segment->step, ROLE_OK, segment->from, segment->to);
    }
}

/* A rectangle for what is the same from column to column. */
static void put_lane(const struct grid *g, size_t lane)
{
    const unsigned char *roles = g->roles + g->columns * lane;
    double y = g->top + g->lane_height * (double)lane, height = g->lane_height - (g->lane_height > 4 ? 2 : 1);
    for (size_t i = 0, end; i < g->columns; i = end) {
        for (end = i + 1; end < g->columns && roles[end] == roles[i];) end++;
        if (!roles[i]) continue;
        double x = g->c->scale.x + (double)i;
        scene_rect(g->c->s, (enum scene_role)roles[i], x, y, (double)(end - i), height);
    }
}

/* Where failed steps ended, with the cause alone of those that failed above it. */
static void put_marks(const struct grid *g)
{
    const struct run *run = g->c->run;
    size_t slots = (size_t)(g->c->scale.width / MARK_STEP) + 1;
    bool *taken = ARENA_ARRAY(g->c->a, bool, slots);
    double y = g->top + g->lane_height * (double)g->lanes + 2;
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->status != STEP_ERROR || !is_shown(step)) continue;
        const struct step *child = step->first_child;
        while (child && (child->status != STEP_ERROR || !is_shown(child))) child = child->next;
        if (child) continue;
        double x = fmax(scale_x(&g->c->scale, gantt_bar_end(step)), g->c->scale.x + 2) - 1;
        size_t slot = (size_t)fmin(fmax((x - g->c->scale.x) / MARK_STEP, 0), (double)(slots - 1));
        if (taken[slot]) continue;
        taken[slot] = true;
        scene_arrow(g->c->s, ROLE_ERROR, x, y + MARK_SIZE, x, y);
    }
}

static struct str facts(const struct chart *c)
{
    const struct run *run = c->run;
    struct buf b = BUF_INIT;
    buf_puts(&b, run_status_name(run->status));
    if (run->duration != TIME_NONE) {
        buf_puts(&b, " · ");
        clock_put_duration(&b, run->duration, c->o->unit);
    }
    buf_puts(&b, " · ");
    buf_put_count(&b, run->log_steps, "step", "steps");
    return caption_take(&b, c->a);
}

/* A dot in the colour of the run's status, its name, and on the right what became of it. */
static void put_line(const struct chart *c)
{
    static const enum step_status statuses[RUN_STATUS_COUNT] = {
        [RUN_COMPLETED] = STEP_OK,
        [RUN_FAILED] = STEP_ERROR,
        [RUN_RUNNING] = STEP_RUNNING,
        [RUN_UNFINISHED] = STEP_UNFINISHED,
    };
    struct scene_item *dot = gantt_bar(c->s, statuses[c->run->status], MARGIN, BASELINE - 10.5, 10, 10);
    dot->radius = 5;
    dot->open_end = dot->hatched = false;
    double right = c->s->width - MARGIN;
    const struct scene_item *item = scene_text(c->s, c->run->status == RUN_FAILED ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED,
                                               right, BASELINE, GANTT_TEXT_SIZE, WEIGHT_REGULAR, ALIGN_RIGHT, facts(c));
    double room = right - item->width - 2 * MARGIN - (MARGIN + 18);
    struct str title = caption_title(c->run, c->o->title, c->a);
    scene_text(c->s, ROLE_TITLE, MARGIN + 18, BASELINE, NAME_SIZE, WEIGHT_BOLD, ALIGN_LEFT,
               metrics_fit_middle(title, NAME_SIZE, WEIGHT_BOLD, room, c->a));
}

void gantt_mini(struct chart *c)
{
    const struct run *run = c->run;
    c->s->width = fmax(GANTT_MINI_WIDTH, floor(c->o->min_width));
    c->s->height = GANTT_MINI_HEIGHT;
    gantt_put_words(c);
    scene_rect(c->s, ROLE_BACKGROUND, 0, 0, c->s->width, c->s->height);
    put_line(c);
    c->start = run->start;
    c->end = run->end;
    gantt_find_analysis(c);
    struct grid g = { .c = c, .columns = (size_t)((c->s->width - 2 * MARGIN)) };
    c->scale = scale_make(c->start, c->end, MARGIN, (double)g.columns, c->o->unit, GANTT_TICK_SIZE);
    g.lane = ARENA_ARRAY(c->a, unsigned char, run->step_count);
    find_lanes(&g);
    if (!g.lanes) {
        gantt_small(c, ROLE_LABEL_MUTED, MARGIN, LANES_TOP + GANTT_SMALL_SIZE, S("No step with a time to show."));
        return;
    }
    g.roles = ARENA_ARRAY(c->a, unsigned char, g.lanes *g.columns);
    fill(&g);
    for (size_t lane = 0; lane < g.lanes; lane++) put_lane(&g, lane);
    put_marks(&g);
}
