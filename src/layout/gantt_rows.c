/* SPDX-License-Identifier: MIT
 *
 * The bars of the rows, what lies on them and the tree's lines before the names:
 *
 *      ▾  ■        marks of logged warnings and errors
 *     ▬▬▬▬▬▬▬▬     the bar: one step, attempts one after the other, or a pale span with a mark for each folded step
 *     ━━━          what of it is on the critical path (gantt_links.c)
 */
#include "layout/gantt_chart.h"

#define BAR_MIN     3.0
#define BAR_RADIUS  2.5
#define TEAR_MIN    9.0  /* px: a narrower bar has no torn end */
#define GUIDE_LEAST 10.0 /* narrower levels get no tree lines */

#define MEMBER_HEIGHT 8.0 /* of a folded step's mark in the span */
#define MEMBER_MIN    1.5

#define MARK_SIZE 6.0 /* of a logged warning or error */
#define MARK_STEP 7.0 /* from one to the next */

struct scene_item *gantt_bar(struct scene *s, enum step_status status, double x, double y, double w, double h)
{
    struct scene_item *bar = scene_rect(s, (enum scene_role)(ROLE_OK + (int)status), x, y, w, h);
    bool open = status == STEP_RUNNING || status == STEP_UNFINISHED;
    bar->radius = fmin(BAR_RADIUS, w / 2);
    bar->hatched = status == STEP_ERROR;
    bar->outlined = open || status == STEP_SKIPPED;
    bar->open_end = open && w >= TEAR_MIN;
    return bar;
}

/* A warning is a triangle that points at its moment, an error a square. */
void gantt_mark(struct scene *s, bool error, double x, double y)
{
    if (error) scene_rect(s, ROLE_ERROR, x - MARK_SIZE / 2, y, MARK_SIZE, MARK_SIZE);
    else scene_arrow(s, ROLE_WARN, x, y - 0.5, x, y + MARK_SIZE + 0.5);
}

static double middle(const struct chart *c, uint32_t row) { return gantt_middle(c, row); }

/* Tree lines: one down from each parent to its last child, a short one across to each child. */
void gantt_put_guides(const struct chart *c)
{
    if (c->indent < GUIDE_LEAST) return;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        double x = floor(c->names + gantt_indent_of(c, row)) + 4.5;
        if (row->continues) scene_line(c->s, ROLE_GUIDE, x, middle(c, i) + 9, x, gantt_bottom(c));
        else if (row->last_child != ROW_NONE)
            scene_line(c->s, ROLE_GUIDE, x, middle(c, i) + 9, x, middle(c, row->last_child) + 0.5);
        if (row->parent == ROW_NONE) continue;
        double across = x - c->indent;
        scene_line(c->s, ROLE_GUIDE, across, middle(c, i) + 0.5, across + c->indent - 7, middle(c, i) + 0.5);
    }
}

/* On half pixels, so that edges are crisp at scale 1 and 2. */
static double place(const struct chart *c, int64_t time) { return floor(scale_x(&c->scale, time) * 2 + 0.5) / 2; }

/* Attempts are drawn one by one within the row's span, a gap between those that touch. Where there is no room for all
 * of them some are left out, never the last one, which counts. */
static void put_attempts(const struct chart *c, const struct row *row, const struct bar *bar, double y)
{
    double end = bar->left + bar->width, until = bar->left - 1;
    for (uint32_t k = 0; k < row->step_count; k++) {
        const struct step *step = row->steps[k];
        bool last = k + 1 == row->step_count;
        if (!gantt_has_time(step)) continue;
        double left = fmax(place(c, step->start), until + 1), right = fmin(place(c, gantt_bar_end(step)), end);
        if (last) left = fmin(left, end - BAR_MIN);
        right = fmin(fmax(right, left + BAR_MIN), end);
        if (right - left < BAR_MIN) continue;
        gantt_bar(c->s, (enum step_status)step->status, left, y, right - left, GANTT_BAR_HEIGHT)->step = step->index;
        until = right;
    }
}

/* Marks in the span, one for each step that failed or for each that did not. A mark within the one before is left out,
 * and a gap is where one begins as another ends, so that they can be counted. */
static void put_members(const struct chart *c, const struct row *row, const struct bar *bar, double y, bool failed)
{
    double until = -1;
    for (uint32_t k = 0; k < row->step_count; k++) {
        const struct step *step = row->steps[k];
        if (!gantt_has_time(step) || (step->status == STEP_ERROR) != failed) continue;
        double left = place(c, step->start), right = fmax(place(c, gantt_bar_end(step)), left + MEMBER_MIN);
        right = fmin(right, bar->left + bar->width);
        if (right <= until) continue;
        left = fmin(left, right - MEMBER_MIN);
        left = fmax(left, fmin(until + 0.5, right - MEMBER_MIN));
        scene_rect(c->s, (enum scene_role)(ROLE_OK + (int)step->status), left, y, right - left, MEMBER_HEIGHT);
        until = right;
    }
}

static void put_fold(const struct chart *c, const struct row *row, const struct bar *bar, double y)
{
    struct scene_item *span = scene_rect(c->s, ROLE_FOLD, bar->left, y, bar->width, GANTT_BAR_HEIGHT);
    span->radius = fmin(BAR_RADIUS, bar->width / 2);
    double top = y + (GANTT_BAR_HEIGHT - MEMBER_HEIGHT) / 2;
    put_members(c, row, bar, top, false);
    put_members(c, row, bar, top, true); /* over the others */
}

static void put_bar(const struct chart *c, uint32_t i, double y)
{
    const struct row *row = &c->rows.items[i];
    const struct bar *bar = &c->bars[i];
    if (!(bar->width > 0)) return;
    size_t first = c->s->count;
    if (row->fold) put_fold(c, row, bar, y);
    else if (row->attempts) put_attempts(c, row, bar, y);
    else gantt_bar(c->s, run_shown_status(c->run, row->step), bar->left, y, bar->width, GANTT_BAR_HEIGHT);
    struct scene_item *item = &c->s->items[first];
    item->step = row->step->index;
    if (!c->o->bare) item->tip = gantt_tip(c, i); /* the page's list says it */
}

static bool is_marked(const struct log_entry *entry) { return entry->level >= LEVEL_WARN && entry->ts != TIME_NONE; }

void gantt_find_marks(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        c->folds |= row->fold != NULL;
        for (uint32_t k = 0; k < row->step_count && c->bars[i].width > 0; k++)
            for (const struct log_entry *entry = row->steps[k]->more->logs; entry; entry = entry->next) {
                c->warnings |= entry->level == LEVEL_WARN && is_marked(entry);
                c->errors_logged |= entry->level > LEVEL_WARN && is_marked(entry);
            }
    }
}

/* Logs of level warn and above, over the bar at their time: at most one in each MARK_STEP px, the worst there. */
static void put_marks(const struct chart *c, uint32_t i, double y)
{
    const struct row *row = &c->rows.items[i];
    const struct bar *bar = &c->bars[i];
    size_t slots = (size_t)(bar->width / MARK_STEP) + 1;
    struct slot {
        bool any, error;
        double x;
    } *list = NULL;
    for (uint32_t k = 0; k < row->step_count && bar->width > 0; k++)
        for (const struct log_entry *entry = row->steps[k]->more->logs; entry; entry = entry->next) {
            if (!is_marked(entry)) continue;
            if (!list) list = ARENA_ARRAY(c->a, struct slot, slots);
            double x = fmin(fmax(scale_x(&c->scale, entry->ts), bar->left), bar->left + bar->width);
            struct slot *slot = &list[(size_t)fmin((x - bar->left) / MARK_STEP, (double)(slots - 1))];
            bool error = entry->level > LEVEL_WARN;
            if (!slot->any || (error && !slot->error)) *slot = (struct slot){ true, error, x };
        }
    double free = -INFINITY;
    for (size_t n = 0; list && n < slots; n++) {
        if (!list[n].any || (list[n].x < free && !list[n].error)) continue;
        gantt_mark(c->s, list[n].error, fmax(list[n].x, free), y);
        free = fmax(list[n].x, free) + MARK_STEP;
    }
}

void gantt_put_row(const struct chart *c, uint32_t i)
{
    double y = middle(c, i), baseline = y + 4.5, top = y - GANTT_BAR_HEIGHT / 2;
    gantt_put_name(c, i, baseline);
    put_bar(c, i, top);
    put_marks(c, i, top - MARK_SIZE);
    gantt_put_beside(c, i, baseline - 0.5);
}
