/* SPDX-License-Identifier: MIT
 *
 * The way a run went, from top to bottom. A step with others below it is a frame around them; what ran side by side
 * stands side by side between two bars:
 *
 *     ┌───────────────────────────────────┐
 *     │ ▌ retrieve  1.21 s                │
 *     │     ━━━━━━━━━━━━━━━━━━━━━━━━━     │
 *     │          v             v          │
 *     │    ┌──────────┐  ┌──────────┐     │   The track in each box is the whole run, with the time of the step in it.
 *     │    │ vector   │  │ keyword  │     │
 *     │    │ ─━━━──── │  │ ─━────── │     │
 *     │    └──────────┘  └──────────┘     │
 *     │     ━━━━━━━━━━━━━━━━━━━━━━━━━     │
 *     └───────────────────────────────────┘
 */
#include "layout/flow.h"

#include "layout/caption.h"
#include "layout/metrics.h"

#include <math.h>

/* px */
enum {
    HEADER_BASELINE = 22, /* in a frame, from its top */
    HEADER_STRIP = 28,
    HEADER_TRACK = 34,
    TRACK = 3,
    TRACK_LEAST = 2,
    TRACK_JOIN = 2, /* members of a fold nearer than this are drawn as one */
    HEAD = 7,
};

static enum step_status block_status(const struct flow *f, const struct block *b)
{
    const struct box *box = &f->boxes.items[b->box];
    if (box->fold == FOLD_NONE) return (enum step_status)box->step->status;
    const struct fold *fold = &f->boxes.folds.items[box->fold];
    return fold->members.errors ? STEP_ERROR : fold->members.unfinished ? STEP_UNFINISHED : fold->other;
}

static void draw_frame(const struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    const struct box *box = &f->boxes.items[b->box];
    struct scene_item *r = scene_rect(f->sheet->s, ROLE_FRAME, p->x, p->y, p->width, p->height);
    r->radius = BOX_RADIUS + 2;
    double x = p->x + BOX_TEXT_LEFT;
    if (b->kind == BLOCK_FRAME) {
        r->step = box->step->index;
        r->tip = sheet_box_tip(f->sheet, &p->drawn);
        sheet_strip(f->sheet, &p->drawn, p->x + BOX_STRIP_LEFT, p->y + BOX_STRIP_TOP, HEADER_STRIP);
    }
    double more = metrics_width(p->more, BOX_LINE_SIZE, WEIGHT_REGULAR);
    double room = p->width - BOX_TEXT_LEFT - FLOW_HEADER_GAP - more - BOX_TEXT_RIGHT;
    struct str name = metrics_fit_middle(p->drawn.text.name, BOX_NAME_SIZE, WEIGHT_BOLD, room, f->sheet->scratch);
    scene_text(f->sheet->s, b->kind == BLOCK_FRAME ? sheet_name_role(box) : ROLE_LABEL, x, p->y + HEADER_BASELINE,
               BOX_NAME_SIZE, WEIGHT_BOLD, ALIGN_LEFT, name);
    x += metrics_width(name, BOX_NAME_SIZE, WEIGHT_BOLD) + FLOW_HEADER_GAP;
    scene_text(f->sheet->s, p->role, x, p->y + HEADER_BASELINE, BOX_LINE_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, p->more);
}

static double middle(const struct place *p) { return p->x + p->width / 2; }

/* Lines come first, then heads, which lets a page join them. */
static void arrow(const struct flow *f, bool head, double x, double from, double to)
{
    if (head) scene_arrow(f->sheet->s, ROLE_EDGE, x, to - HEAD, x, to);
    else scene_line(f->sheet->s, ROLE_EDGE, x, from, x, to - HEAD);
}

static void draw_chain(const struct flow *f, const struct block *b, bool heads)
{
    uint32_t before = BLOCK_NONE;
    FOR_CHILDREN(c, f, b)
    {
        const struct place *at = &f->places[c];
        if (before != BLOCK_NONE && f->sequence.blocks[c].kind != BLOCK_STUB)
            arrow(f, heads, middle(at), f->places[before].y + f->places[before].height, at->y);
        before = c;
    }
}

static void draw_fork(const struct flow *f, uint32_t i, bool heads)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    double bottom = p->y + p->height - FLOW_BAR;
    FOR_CHILDREN(c, f, b)
    {
        const struct place *lane = &f->places[c];
        if (p->columns) break;
        arrow(f, heads, middle(lane), p->y + FLOW_BAR, lane->y);
        if (!heads) scene_line(f->sheet->s, ROLE_EDGE, middle(lane), lane->y + lane->height, middle(lane), bottom);
    }
    if (!heads) return;
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, p->y, p->width, FLOW_BAR)->radius = FLOW_BAR / 2.0;
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, bottom, p->width, FLOW_BAR)->radius = FLOW_BAR / 2.0;
}

/* Beside the arrow. */
static void draw_waits(const struct flow *f, const struct block *b)
{
    FOR_CHILDREN(c, f, b)
    {
        const struct place *at = &f->places[c];
        if (at->wait.len)
            scene_text(f->sheet->s, ROLE_LABEL_MUTED, middle(at) + FLOW_WAIT_LEFT, at->y - FLOW_WAIT_GAP / 2.0 + 4,
                       BOX_LINE_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, at->wait);
    }
}

static void draw_leaf(const struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    if (b->kind == BLOCK_STUB) {
        sheet_text(f->sheet, p->role, p->x, p->y + BOX_LINE_SIZE, BOX_LINE_SIZE, WEIGHT_REGULAR, p->width, p->more);
        return;
    }
    sheet_box_draw(f->sheet, &p->drawn, p->x, p->y);
}

/* Where the track of a block is; false when it has none. The root's would be full. */
static bool track_place(const struct flow *f, uint32_t i, double *ret_x, double *ret_y, double *ret_width)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    const struct run *run = f->sheet->run;
    if ((b->kind != BLOCK_BOX && b->kind != BLOCK_FRAME) || i == 0 || b->from == TIME_NONE || run->end <= run->start)
        return false;
    double card = p->height - (p->drawn.box->fold != FOLD_NONE ? BOX_STACK : 0);
    *ret_x = p->x + BOX_TEXT_LEFT;
    *ret_y = p->y + (b->kind == BLOCK_FRAME ? HEADER_TRACK : card - FLOW_TRACK_BOTTOM);
    *ret_width = p->width - BOX_TEXT_LEFT - BOX_TEXT_RIGHT;
    return true;
}

/* The part of a track from one time to another, in px from its left end; short ones stay visible. */
static void draw_time(const struct flow *f, enum scene_role role, double x, double y, double from, double to,
                      double width)
{
    from = floor(fmin(from, width - TRACK_LEAST) + 0.5);
    to = fmax(floor(to + 0.5), from + TRACK_LEAST);
    scene_line(f->sheet->s, role, x + from, y, x + to, y)->thickness = TRACK;
}

static double on_track(const struct run *run, int64_t time, double width)
{
    double span = (double)run->end - (double)run->start;
    return fmin(fmax((double)(time - run->start) / span, 0), 1) * width;
}

/* The time of a block; of a fold those of its members, which may be far apart. */
static void draw_times(const struct flow *f, const struct block *b, double x, double y, double width)
{
    const struct run *run = f->sheet->run;
    const struct box *box = &f->boxes.items[b->box];
    enum scene_role role = (enum scene_role)(ROLE_OK + block_status(f, b));
    double from = on_track(run, b->from, width), to = on_track(run, b->to, width);
    if (box->fold != FOLD_NONE) {
        to = from;
        for (const struct step *s = f->boxes.folds.items[box->fold].first; s; s = s->next) {
            if (s->hidden || s->start == TIME_NONE || &f->boxes.items[f->boxes.owner[s->index]] != box) continue;
            double start = on_track(run, s->start, width), end = on_track(run, s->shown_end, width);
            if (start > to + TRACK_JOIN) {
                draw_time(f, role, x, y, from, to, width);
                from = start;
            }
            to = fmax(to, end);
        }
    }
    draw_time(f, role, x, y, from, to, width);
}

/* The whole run as a thin line, with the time of each block on it; all of one colour together. */
static void draw_tracks(const struct flow *f)
{
    double x, y, width;
    for (uint32_t i = 0; i < f->sequence.count; i++)
        if (track_place(f, i, &x, &y, &width))
            scene_line(f->sheet->s, ROLE_GRID, x, y, x + width, y)->thickness = TRACK;
    for (int status = 0; status < STEP_STATUS_COUNT; status++)
        for (uint32_t i = 0; i < f->sequence.count; i++) {
            const struct block *b = &f->sequence.blocks[i];
            if (track_place(f, i, &x, &y, &width) && (int)block_status(f, b) == status) draw_times(f, b, x, y, width);
        }
}

static void draw(const struct flow *f)
{
    const struct block *blocks = f->sequence.blocks;
    for (uint32_t i = 0; i < f->sequence.count; i++)
        if (has_header(&blocks[i])) draw_frame(f, i);
    for (int heads = 0; heads < 2; heads++)
        for (uint32_t i = 0; i < f->sequence.count; i++)
            if (is_stack(&blocks[i])) draw_chain(f, &blocks[i], heads);
            else if (blocks[i].kind == BLOCK_FORK) draw_fork(f, i, heads);
    for (uint32_t i = 0; i < f->sequence.count; i++)
        if (is_stack(&blocks[i])) draw_waits(f, &blocks[i]);
        else if (blocks[i].kind == BLOCK_BOX || blocks[i].kind == BLOCK_STUB) draw_leaf(f, i);
    draw_tracks(f);
}

static struct tally dropped(const struct flow *f)
{
    struct tally all = { 0 };
    for (uint32_t i = 0; i < f->sequence.count; i++)
        if (f->sequence.blocks[i].kind == BLOCK_STUB)
            tally_merge(&all, f->boxes.items[f->sequence.blocks[i].box].dropped);
    return all;
}

void flow_draw(struct sheet *sheet)
{
    struct flow f = { .sheet = sheet };
    boxes_collect(&f.boxes, sheet->run, sheet->o->analysis, sheet->o->fold_over, sheet->s->arena);
    flow_choose(&f);
    if (!f.sequence.count) sheet_put_nothing(sheet, S("No steps to show."));
    else {
        struct buf drawn = BUF_INIT;
        buf_put_count(&drawn, f.boxes.kept, "box", "boxes");
        double top = sheet_begin(sheet, f.places[0].width + 2 * SHEET_MARGIN, sheet_drop_note(sheet, dropped(&f)),
                                 caption_take(&drawn, sheet->scratch));
        flow_place(&f, SHEET_MARGIN, top);
        draw(&f);
        sheet_end(sheet, top + f.places[0].height);
    }
    boxes_free(&f.boxes);
}
