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
    TURN = 8, /* of a corner */
};

static enum step_status block_status(const struct flow *f, const struct block *b)
{
    const struct box *box = &f->boxes.items[b->box];
    if (box->fold == FOLD_NONE) return run_shown_status(f->sheet->run, box->step);
    const struct fold *fold = &f->boxes.folds.items[box->fold];
    return fold->members.errors ? STEP_ERROR : fold->members.unfinished ? STEP_UNFINISHED : fold->other;
}

static void draw_frame(const struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    const struct box *box = b->box == BOX_NONE ? NULL : &f->boxes.items[b->box];
    struct scene_item *r = scene_rect(f->sheet->s, ROLE_FRAME, p->x, p->y, p->width, p->height);
    r->radius = BOX_RADIUS + 2;
    double x = p->x + BOX_TEXT_LEFT;
    if (b->kind == BLOCK_FRAME) {
        r->step = box->step->index;
        r->tip = sheet_box_tip(f->sheet, &p->drawn);
        r->critical = sheet_is_critical(f->sheet, &f->boxes, box);
        sheet_strip(f->sheet, &p->drawn, p->x + BOX_STRIP_LEFT, p->y + BOX_STRIP_TOP, HEADER_STRIP);
    }
    double more = metrics_width(p->more, BOX_LINE_SIZE, WEIGHT_REGULAR);
    double room = p->width - BOX_TEXT_LEFT - FLOW_HEADER_GAP - more - BOX_TEXT_RIGHT;
    struct str name = metrics_fit_middle(p->drawn.text.name, BOX_NAME_SIZE, WEIGHT_BOLD, room, f->sheet->scratch);
    scene_text(f->sheet->s, b->kind == BLOCK_FRAME ? sheet_name_role(f->sheet, box) : ROLE_LABEL, x,
               p->y + HEADER_BASELINE, BOX_NAME_SIZE, WEIGHT_BOLD, ALIGN_LEFT, name);
    x += metrics_width(name, BOX_NAME_SIZE, WEIGHT_BOLD) + FLOW_HEADER_GAP;
    scene_text(f->sheet->s, p->role, x, p->y + HEADER_BASELINE, BOX_LINE_SIZE, WEIGHT_REGULAR, ALIGN_LEFT, p->more);
}

static double middle(const struct place *p) { return p->x + p->width / 2; }

/* Does the critical path go through a block? Through a fork and the like when through one of its children. */
static bool is_critical(const struct flow *f, uint32_t block)
{
    const struct block *blocks = f->sequence.blocks;
    for (uint32_t i = block;;) {
        const struct block *b = &blocks[i];
        bool boxed = b->kind == BLOCK_BOX || b->kind == BLOCK_FRAME;
        if (boxed && sheet_is_critical(f->sheet, &f->boxes, &f->boxes.items[b->box])) return true;
        if (!boxed && b->first_child != BLOCK_NONE) {
            i = b->first_child;
            continue;
        }
        while (i != block && blocks[i].next == BLOCK_NONE) i = blocks[i].parent;
        if (i == block) return false;
        i = blocks[i].next;
    }
}

struct pen {
    enum scene_role role;
    double thickness;
};

/* For what leads to a block. */
static struct pen pen_to(const struct flow *f, uint32_t block, bool critical)
{
    return (struct pen){ critical ? ROLE_CRITICAL : ROLE_EDGE, sheet_share_thickness(f->places[block].share) };
}

/* Lines come first, then heads, which lets a page join them. */
static void arrow(const struct flow *f, bool head, struct pen pen, double x, double from, double to)
{
    double length = HEAD + (pen.thickness > 3 ? 4 : pen.thickness > 2 ? 2 : 0);
    if (head) scene_arrow(f->sheet->s, pen.role, x, to - length, x, to);
    else scene_line(f->sheet->s, pen.role, x, from, x, to - length)->thickness = pen.thickness;
}

static void draw_chain(const struct flow *f, const struct block *b, bool heads)
{
    uint32_t before = BLOCK_NONE;
    FOR_CHILDREN(c, f, b)
    {
        const struct place *at = &f->places[c];
        if (before != BLOCK_NONE && f->sequence.blocks[c].kind != BLOCK_STUB)
            arrow(f, heads, pen_to(f, c, is_critical(f, c) && is_critical(f, before)), middle(at),
                  f->places[before].y + f->places[before].height, at->y);
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
        const struct block *lane = &f->sequence.blocks[c];
        const struct place *at = &f->places[c];
        if (p->columns) break;
        arrow(f, heads, pen_to(f, c, is_critical(f, lane->first_child)), middle(at), p->y + FLOW_BAR, at->y);
        enum scene_role role = is_critical(f, lane->last_child) ? ROLE_CRITICAL : ROLE_EDGE;
        if (!heads) scene_line(f->sheet->s, role, middle(at), at->y + at->height, middle(at), bottom);
    }
    if (!heads) return;
    scene_text(f->sheet->s, ROLE_LABEL_MUTED, p->x, p->y - FLOW_FORK_LABEL, BOX_LINE_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
               p->more);
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, p->y, p->width, FLOW_BAR)->radius = FLOW_BAR / 2.0;
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, bottom, p->width, FLOW_BAR)->radius = FLOW_BAR / 2.0;
}

/* From the last of the rounds' children back to the first. */
static void draw_way_back(const struct flow *f, const struct block *b)
{
    const struct place *first = &f->places[b->first_child], *last = &f->places[b->last_child];
    double right = fmax(first->x + first->width, last->x + last->width), y1 = last->y + last->height - FLOW_BAR / 2.0;
    FOR_CHILDREN(c, f, b) right = fmax(right, f->places[c].x + f->places[c].width);
    right += FLOW_LOOP / 2.0 + 2;
    double y2 = first->y + FLOW_BAR / 2.0, x1 = last->x + last->width, x2 = first->x + first->width;
    if (f->sequence.blocks[b->last_child].kind != BLOCK_FORK) y1 = last->y + floor(last->height / 2);
    if (f->sequence.blocks[b->first_child].kind != BLOCK_FORK) y2 = first->y + floor(first->height / 2);
    struct scene *s = f->sheet->s;
    scene_line(s, ROLE_EDGE, x1, y1, right - TURN, y1);
    scene_curve(s, ROLE_EDGE, right - TURN, y1, right, y1 - TURN)->bend = BEND_LEVEL_UPRIGHT;
    scene_line(s, ROLE_EDGE, right, y1 - TURN, right, y2 + TURN);
    scene_curve(s, ROLE_EDGE, right, y2 + TURN, right - TURN, y2)->bend = BEND_UPRIGHT_LEVEL;
    scene_line(s, ROLE_EDGE, right - TURN, y2, x2 + HEAD, y2);
    scene_arrow(s, ROLE_EDGE, x2 + HEAD, y2, x2, y2);
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
            if (s->hidden || s->start == TIME_NONE || s->older || &f->boxes.items[f->boxes.owner[s->index]] != box)
                continue;
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
        if (blocks[i].kind == BLOCK_ROUNDS) draw_way_back(f, &blocks[i]);
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

/* Is any arrow thick? */
static bool has_shares(const struct flow *f)
{
    for (uint32_t i = 0; i < f->sequence.count; i++) {
        const struct block *b = &f->sequence.blocks[i];
        bool led_to = b->parent != BLOCK_NONE &&
                      (b->kind == BLOCK_LANE || f->sequence.blocks[b->parent].first_child != i);
        if (led_to && b->kind != BLOCK_STUB && sheet_share_thickness(f->places[i].share) > 0) return true;
    }
    return false;
}

void flow_draw(struct sheet *sheet)
{
    struct flow f = { .sheet = sheet };
    boxes_collect(&f.boxes, sheet->run, sheet->o->analysis, sheet->o->fold_over, sheet->s->arena);
    sheet_find_path(sheet, &f.boxes);
    flow_choose(&f);
    if (!f.sequence.count) sheet_put_nothing(sheet, S("No steps to show."));
    else {
        struct buf drawn = BUF_INIT;
        buf_put_count(&drawn, f.boxes.kept, "box", "boxes");
        sheet->shares = has_shares(&f);
        double top = sheet_begin(sheet, f.places[0].width + 2 * SHEET_MARGIN, sheet_drop_note(sheet, dropped(&f)),
                                 caption_take(&drawn, sheet->scratch));
        flow_place(&f, SHEET_MARGIN, top);
        draw(&f);
        sheet_end(sheet, top + f.places[0].height);
    }
    boxes_free(&f.boxes);
}
