/* SPDX-License-Identifier: MIT
 *
 * Words and numbers for boxes; sizes and places are graph.c's.
 */
#include "layout/box_text.h"

#include "layout/caption.h"
#include "layout/metrics.h"

void put_troubles(struct buf *b, struct tally t, const char *between)
{
    if (t.errors) {
        if (b->len) buf_puts(b, between);
        buf_put_count(b, t.errors, "error", "errors");
    }
    if (t.unfinished) {
        if (b->len) buf_puts(b, between);
        buf_put_count(b, t.unfinished, "unfinished", "unfinished");
    }
}

static void put_duration(struct buf *b, int64_t us, enum time_unit unit)
{
    if (us == TIME_NONE) buf_puts(b, "no time");
    else clock_put_duration(b, us, unit);
}

/* "1.24 s · error"; the duration alone where all is well. */
static struct box_line step_line(const struct run *run, const struct step *step, enum time_unit unit, struct arena *a)
{
    enum step_status status = run_shown_status(run, step);
    struct buf b = BUF_INIT;
    put_duration(&b, step->duration, unit);
    if (status != STEP_OK) {
        buf_puts(&b, " · ");
        buf_puts(&b, step_status_name(status));
    }
    return (struct box_line){ caption_take(&b, a), status == STEP_ERROR ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED };
}

static struct box_line durations_line(const struct fold *f, enum time_unit unit, struct arena *a)
{
    struct buf b = BUF_INIT;
    if (f->timed && f->min == f->max) buf_puts(&b, "each ");
    else if (f->timed) {
        buf_puts(&b, "mean ");
        put_duration(&b, f->mean, unit);
        buf_puts(&b, " · p95 ");
        put_duration(&b, f->p95, unit);
        buf_puts(&b, " · max ");
    }
    put_duration(&b, f->max, unit);
    return (struct box_line){ caption_take(&b, a), ROLE_LABEL_MUTED };
}

static enum scene_role role_of(struct tally t) { return t.errors ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED; }

static bool has_troubles(struct tally t) { return t.errors || t.unfinished; }

int box_line_count(const struct boxes *boxes, const struct box *b)
{
    if (b->fold == FOLD_NONE) return 1;
    const struct fold *f = &boxes->folds.items[b->fold];
    return 1 + has_troubles(f->members) + (f->below.steps > 0);
}

static struct box_text fold_text(const struct fold *f, enum time_unit unit, struct arena *a)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "×");
    buf_put_number(&b, f->members.steps);
    struct box_text text = { .name = f->pattern,
                             .times = caption_take(&b, a),
                             .lines = { durations_line(f, unit, a) } };
    int line = 1;
    if (has_troubles(f->members)) {
        put_troubles(&b, f->members, " · ");
        text.lines[line++] = (struct box_line){ caption_take(&b, a), role_of(f->members) };
    }
    if (f->below.steps) { /* these may have failed on their own */
        buf_put_count(&b, f->below.steps, "step below", "steps below");
        put_troubles(&b, f->below, ", ");
        text.lines[line] = (struct box_line){ caption_take(&b, a), role_of(f->below) };
    }
    return text;
}

struct box_text box_text(const struct boxes *boxes, const struct box *b, enum time_unit unit, struct arena *a)
{
    struct box_text text;
    if (b->fold != FOLD_NONE) text = fold_text(&boxes->folds.items[b->fold], unit, a);
    else text = (struct box_text){ .name = b->step->name, .lines = { step_line(boxes->run, b->step, unit, a) } };
    if (!metrics_shows(text.name))
        text.name = b->parent == BOX_NONE ? caption_title(boxes->run, S(""), a) : CAPTION_NO_NAME;
    return text;
}

struct box_line stub_text(const struct box *box, struct arena *a)
{
    struct buf b = BUF_INIT;
    buf_putc(&b, '+');
    buf_put_count(&b, box->dropped.steps, "more", "more");
    put_troubles(&b, box->dropped, ", ");
    return (struct box_line){ caption_take(&b, a), role_of(box->dropped) };
}
