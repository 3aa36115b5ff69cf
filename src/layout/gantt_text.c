/* SPDX-License-Identifier: MIT
 *
 * The texts of a row: its name in the column of names, and beside the bar how long it took, what it is and why it
 * failed.
 */
#include "layout/gantt_chart.h"

#define INDENT_MAX 225.0 /* all levels together */
#define NAMES_MIN  70.0
#define NAMES_MAX  400.0
#define TIP_MAX    600.0

double gantt_indent_of(const struct chart *c, const struct row *row)
{
    return fmin(row->depth * c->indent, INDENT_MAX);
}

/* Steps deeper than the indent can show say their depth before their name. */
static struct str depth_text(const struct chart *c, const struct row *row)
{
    return row->depth * c->indent > INDENT_MAX ? arena_format(c->a, "%lu: ", (unsigned long)row->depth) : S("");
}

/* "+12": steps below this one that have no row; "(continued)" on a later page. */
static struct str behind_name(const struct chart *c, const struct row *row)
{
    if (!row->below && !row->repeated) return S("");
    struct buf b = BUF_INIT;
    if (row->repeated)
        buf_puts(&b, "\u00A0\u00A0(continued)"); /* other spaces at the start of a text are dropped in SVG */
    if (row->below) {
        buf_puts(&b, "\u00A0\u00A0+");
        buf_put_number(&b, row->below);
    }
    return caption_take(&b, c->a);
}

static struct str name_of(const struct chart *c, const struct row *row)
{
    struct str name = row->fold ? row->fold->pattern : row->step->name;
    if (metrics_shows(name)) return name;
    if (row->step == c->run->root) return caption_title(c->run, S(""), c->a);
    return CAPTION_NO_NAME;
}

static enum scene_weight name_weight(const struct row *row)
{
    return row->parent == ROW_NONE ? WEIGHT_BOLD : WEIGHT_REGULAR;
}

/* The names' column: as wide as the longest name, within limits. */
double gantt_names_width(const struct chart *c)
{
    double widest = fmax(NAMES_MIN, metrics_width(gantt_strip_text(c), GANTT_SMALL_SIZE, WEIGHT_REGULAR));
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        /* a name that is too wide needs no measuring to its end */
        struct str name = str_first(name_of(c, row), 1024);
        double width = gantt_indent_of(c, row) + metrics_width(name, GANTT_TEXT_SIZE, name_weight(row)) +
                       metrics_width(depth_text(c, row), GANTT_SMALL_SIZE, WEIGHT_REGULAR) +
                       metrics_width(behind_name(c, row), GANTT_SMALL_SIZE, WEIGHT_REGULAR);
        widest = fmax(widest, width);
    }
    return ceil(fmin(widest, NAMES_MAX));
}

/* "×20 · mean 48 ms · p95 90 ms · 2 errors". */
static void put_fold(const struct chart *c, const struct row *row, struct buf *b)
{
    const struct fold *fold = row->fold;
    buf_puts(b, "×");
    buf_put_number(b, fold->members.steps);
    if (fold->timed) {
        buf_puts(b, " · mean ");
        clock_put_duration(b, fold->mean, c->o->unit);
        buf_puts(b, " · p95 ");
        clock_put_duration(b, fold->p95, c->o->unit);
    }
    if (fold->members.errors) {
        buf_puts(b, " · ");
        buf_put_count(b, fold->members.errors, "error", "errors");
    } else if (!fold->members.unfinished && fold->other != STEP_OK) {
        buf_puts(b, " · ");
        buf_puts(b, step_status_name(fold->other));
    }
    if (fold->members.unfinished) {
        buf_puts(b, " · ");
        buf_put_number(b, fold->members.unfinished);
        buf_puts(b, " unfinished");
    }
    uint32_t retries = row->step_count - fold->members.steps; /* of attempts the last one is the member */
    if (retries) {
        buf_puts(b, " · ");
        buf_put_count(b, retries, "retry", "retries");
    }
}

/* What attempts took together: from the first one's start to the last one's end. */
static int64_t attempts_time(const struct row *row)
{
    const struct step *first = row->steps[0], *last = row->steps[row->step_count - 1];
    if (!gantt_has_time(first) || !gantt_has_time(last)) return TIME_NONE;
    return gantt_bar_end(last) - first->start;
}

static void put_own(const struct chart *c, const struct row *row, struct buf *b)
{
    const struct step *step = row->step;
    enum step_status status = run_shown_status(c->run, step);
    if (gantt_has_time(step)) {
        clock_put_duration(b, row->attempts ? attempts_time(row) : step->duration, c->o->unit);
    } else if (!step->older) buf_puts(b, "no time");
    else if (step->status == STEP_OK) buf_puts(b, "before the run");
    if (status != STEP_OK) {
        if (b->len) buf_puts(b, " · ");
        buf_puts(b, step_status_name(status));
    }
    if (row->attempts) {
        buf_puts(b, " · ");
        buf_put_count(b, row->step_count, "attempt", "attempts");
    }
}

/* Of all language model responses that the row's steps recorded. */
static void put_tokens(const struct row *row, struct buf *b)
{
    uint64_t tokens = 0;
    for (uint32_t k = 0; k < row->step_count; k++)
        for (const struct usage *u = row->steps[k]->more->usage; u; u = u->next) tokens += u->total_tokens;
    if (!tokens) return;
    buf_puts(b, " · ");
    buf_put_count(b, tokens, "token", "tokens");
}

/* An error on its way up makes every step above it fail: the deepest row says it. */
static void find_errors(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        if (c->o->errors && row->step->status == STEP_ERROR && !row->fold)
            c->bars[i].error = error_lines_find(c->o->errors, row->step);
    }
    for (uint32_t i = c->rows.count; i-- > 0;) { /* a row's descendants come behind it */
        struct bar *bar = &c->bars[i];
        for (uint32_t up = c->rows.items[i].parent; up != ROW_NONE && bar->error.len; up = c->rows.items[up].parent)
            if (str_eq(c->bars[up].error, bar->error)) c->bars[up].error = S("");
            else break;
    }
    for (uint32_t i = 0; i < c->rows.count; i++) {
        struct bar *bar = &c->bars[i];
        if (!bar->error.len) continue;
        struct buf b = BUF_INIT;
        buf_puts(&b, "· ");
        buf_put(&b, metrics_clean(bar->error, c->a));
        bar->error = caption_take(&b, c->a);
        bar->error_room = GANTT_ERROR_GAP + metrics_width(bar->error, GANTT_SMALL_SIZE, WEIGHT_REGULAR);
    }
}

void gantt_find_texts(struct chart *c)
{
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct row *row = &c->rows.items[i];
        struct buf b = BUF_INIT;
        if (row->fold) put_fold(c, row, &b);
        else put_own(c, row, &b);
        put_tokens(row, &b);
        c->bars[i].text = caption_take(&b, c->a);
    }
    find_errors(c);
}

struct str gantt_tip(const struct chart *c, uint32_t i)
{
    const struct row *row = &c->rows.items[i];
    const struct step *step = row->step;
    struct buf b = BUF_INIT;
    struct str key = step->key.len && !row->fold ? step->key : name_of(c, row);
    buf_put(&b, metrics_fit_middle(key, GANTT_TEXT_SIZE, WEIGHT_REGULAR, TIP_MAX, c->a));
    buf_puts(&b, " · ");
    buf_put(&b, c->bars[i].text);
    if (gantt_has_time(step)) {
        buf_puts(&b, " · starts at +");
        clock_put_duration(&b, row->steps[0]->start - c->start, c->o->unit);
    }
    return caption_take(&b, c->s->arena);
}

static bool failed(const struct chart *c, const struct row *row)
{
    return row->fold ? row->fold->members.errors : run_shown_status(c->run, row->step) == STEP_ERROR;
}

void gantt_put_name(const struct chart *c, uint32_t i, double baseline)
{
    const struct row *row = &c->rows.items[i];
    double x = c->names + gantt_indent_of(c, row), end = c->plot - GANTT_NAMES_GAP;
    struct str depth = depth_text(c, row), behind = behind_name(c, row), whole = name_of(c, row);
    enum scene_role role = failed(c, row) ? ROLE_LABEL_ERROR : ROLE_LABEL;
    if (row->step->context || row->repeated) role = ROLE_LABEL_MUTED;
    if (depth.len) x += gantt_small(c, ROLE_LABEL_MUTED, x, baseline, depth)->width;
    double room = end - x - metrics_width(behind, GANTT_SMALL_SIZE, WEIGHT_REGULAR);
    struct str name = metrics_fit_middle(whole, GANTT_TEXT_SIZE, name_weight(row), room, c->a);
    struct scene_item *item = scene_text(c->s, role, x, baseline, GANTT_TEXT_SIZE, name_weight(row), ALIGN_LEFT, name);
    item->step = row->step->index;
    if (name.len < whole.len) item->tip = gantt_tip(c, i);
    if (behind.len) gantt_small(c, ROLE_LABEL_MUTED, x + item->width, baseline, behind);
}

void gantt_put_beside(const struct chart *c, uint32_t i, double baseline)
{
    const struct row *row = &c->rows.items[i];
    const struct bar *bar = &c->bars[i];
    enum scene_role role = failed(c, row) ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED;
    gantt_small(c, role, bar->text_left, baseline, bar->text)->step = row->step->index;
    if (bar->error.len) gantt_small(c, ROLE_LABEL_ERROR, bar->error_left, baseline, bar->error);
}
