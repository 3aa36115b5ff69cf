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
#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/sequence.h"
#include "layout/sheet.h"

#include <math.h>

/* px */
enum {
    CHAIN_GAP = 24, /* an arrow */
    WAIT_GAP = 40,  /* an arrow with the time that passed */
    WAIT_LEFT = 8,  /* from the arrow to that text */
    LANE_GAP = 18,
    FORK_GAP = 20, /* between a bar and what is below or above it */
    BAR = 4,
    GRID_GAP = 10,
    HEADER = 52, /* of a frame */
    HEADER_BASELINE = 22,
    HEADER_GAP = 10, /* between its name and what follows */
    PADDING = 18,    /* of a frame */
    TRACK_ROOM = 8,  /* what a track adds to a box, */
    TRACK_BOTTOM = 10,
    TRACK = 3,
    HEADER_STRIP = 28,
    HEADER_TRACK = 34, /* from a frame's top */
    STUB = 16,
    HEAD = 7,
};
enum {
    DEPTH_MAX = 20, /* frames in frames: beyond it nobody follows them */
    GRID_OVER = 6,  /* more lanes of one box each stand in rows */
    GRID_COLUMNS = 6,
    WAIT_PART = 20,  /* waits of at least this part of the run are written down */
    TRACK_LEAST = 2, /* px */
};

struct place {
    double x, y, width, height; /* of the block */
    struct sheet_box drawn;     /* BOX, FRAME */
    struct str more;            /* behind the name of a frame; the text of a stub */
    enum scene_role role;       /* of that */
    uint32_t columns;           /* of a fork that is a grid, else 0 */
    struct str wait;            /* at the arrow that leads here */
};

struct flow {
    struct sheet *sheet;
    struct boxes boxes;
    struct sequence sequence;
    struct place *places; /* by block */
};

static bool has_header(const struct block *b) { return b->kind == BLOCK_FRAME || b->kind == BLOCK_ATTEMPTS; }

static bool is_stack(const struct block *b) { return has_header(b) || b->kind == BLOCK_LANE; }

#define FOR_CHILDREN(i, flow, block)                                                                                   \
    for (uint32_t i = (block)->first_child; i != BLOCK_NONE; i = (flow)->sequence.blocks[i].next)

/* ---- sizes, from the leaves up ---- */

static void describe(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    struct place *p = &f->places[i];
    *p = (struct place){ 0 };
    if (b->box == BOX_NONE) return;
    const struct box *box = &f->boxes.items[b->box];
    if (b->kind == BLOCK_STUB) {
        struct box_line line = stub_text(box, f->sheet->scratch);
        p->more = line.text;
        p->role = line.role;
        p->width = ceil(metrics_width(line.text, BOX_LINE_SIZE, WEIGHT_REGULAR));
        p->height = STUB;
        return;
    }
    p->drawn = sheet_box(f->sheet, &f->boxes, box);
    p->more = p->drawn.text.lines[0].text;
    p->role = p->drawn.text.lines[0].role;
    if (b->kind == BLOCK_ATTEMPTS) {
        struct buf text = BUF_INIT;
        buf_put_count(&text, b->children, "attempt", "attempts");
        p->more = caption_take(&text, f->sheet->scratch);
        p->role = ROLE_LABEL_MUTED;
    }
    p->drawn.height += TRACK_ROOM;
    p->width = p->drawn.width;
    p->height = p->drawn.height;
}

/* For the arrow from one block to the next: "12 s later" when the run waited for long; "in turns" when folds took turns,
 * since one box says only once what came again and again. Mostly "". */
static struct str wait_text(const struct flow *f, const struct block *before, const struct block *b)
{
    int64_t duration = f->sheet->run->duration;
    if (before->to == TIME_NONE || b->from == TIME_NONE || duration <= 0) return S("");
    if (b->from < before->to) return S("in turns");
    if (b->from == before->to || b->from - before->to < duration / WAIT_PART) return S("");
    struct buf text = BUF_INIT;
    clock_put_duration(&text, b->from - before->to, f->sheet->o->unit);
    buf_puts(&text, " later");
    return caption_take(&text, f->sheet->scratch);
}

/* One below the other; single steps of one width. */
static void measure_stack(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    struct place *p = &f->places[i];
    double widest = 0, width = 0, height = 0;
    uint32_t before = BLOCK_NONE;
    FOR_CHILDREN(c, f, b)
    {
        bool single = f->sequence.blocks[c].kind == BLOCK_BOX && f->places[c].drawn.box->fold == FOLD_NONE;
        if (single) widest = fmax(widest, f->places[c].width);
    }
    FOR_CHILDREN(c, f, b)
    {
        const struct block *child = &f->sequence.blocks[c];
        struct place *at = &f->places[c];
        if (child->kind == BLOCK_BOX && at->drawn.box->fold == FOLD_NONE) at->width = at->drawn.width = widest;
        if (before != BLOCK_NONE) {
            at->wait = wait_text(f, &f->sequence.blocks[before], child);
            height += at->wait.len ? WAIT_GAP : CHAIN_GAP;
            width = fmax(width, 2 * (WAIT_LEFT + metrics_width(at->wait, BOX_LINE_SIZE, WEIGHT_REGULAR)));
        }
        width = fmax(width, at->width);
        height += at->height;
        before = c;
    }
    if (has_header(b)) {
        double name = metrics_width(p->drawn.text.name, BOX_NAME_SIZE, WEIGHT_BOLD);
        double header = BOX_TEXT_LEFT + fmin(name, BOX_MAX) + HEADER_GAP + BOX_TEXT_RIGHT +
                        metrics_width(p->more, BOX_LINE_SIZE, WEIGHT_REGULAR);
        width = fmax(width + 2 * PADDING, ceil(header));
        height += HEADER + PADDING;
    }
    p->width = 2 * ceil(width / 2);
    p->height = height;
}

static bool is_grid(const struct flow *f, const struct block *fork)
{
    FOR_CHILDREN(c, f, fork)
    {
        const struct block *lane = &f->sequence.blocks[c];
        if (lane->children != 1 || f->sequence.blocks[lane->first_child].kind != BLOCK_BOX) return false;
    }
    return fork->children > GRID_OVER;
}

static void measure_fork(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    struct place *p = &f->places[i];
    double widest = 0, highest = 0, width = -LANE_GAP;
    FOR_CHILDREN(c, f, b)
    {
        widest = fmax(widest, f->places[c].width);
        highest = fmax(highest, f->places[c].height);
        width += f->places[c].width + LANE_GAP;
    }
    p->height = highest + 2 * (FORK_GAP + BAR);
    p->width = width;
    if (!is_grid(f, b)) return;
    uint32_t rows = (b->children + GRID_COLUMNS - 1) / GRID_COLUMNS;
    p->columns = (b->children + rows - 1) / rows;
    FOR_CHILDREN(c, f, b)
    {
        struct place *box = &f->places[f->sequence.blocks[c].first_child];
        if (box->drawn.box->fold == FOLD_NONE) box->width = box->drawn.width = f->places[c].width = widest;
    }
    p->width = p->columns * (widest + GRID_GAP) - GRID_GAP;
    p->height = rows * (highest + GRID_GAP) - GRID_GAP + 2 * (FORK_GAP + BAR);
}

static void measure(struct flow *f)
{
    for (uint32_t i = 0; i < f->sequence.count; i++) describe(f, i);
    for (uint32_t i = f->sequence.count; i-- > 0;) {
        const struct block *b = &f->sequence.blocks[i];
        if (is_stack(b)) measure_stack(f, i);
        else if (b->kind == BLOCK_FORK) measure_fork(f, i);
    }
}

/* ---- places, from the root down ---- */

static void place_stack(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    double y = p->y + (has_header(b) ? HEADER : 0);
    FOR_CHILDREN(c, f, b)
    {
        struct place *at = &f->places[c];
        if (c != b->first_child) y += at->wait.len ? WAIT_GAP : CHAIN_GAP;
        at->x = p->x + floor((p->width - at->width) / 2);
        at->y = y;
        y += at->height;
    }
}

static void place_fork(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    double x = p->x, y = p->y + BAR + FORK_GAP, widest = 0, highest = 0;
    uint32_t n = 0;
    FOR_CHILDREN(c, f, b)
    {
        widest = fmax(widest, f->places[c].width);
        highest = fmax(highest, f->places[c].height);
    }
    FOR_CHILDREN(c, f, b)
    {
        struct place *at = &f->places[c];
        at->x = x;
        at->y = y;
        x += at->width + LANE_GAP;
        if (!p->columns) continue;
        at->x = p->x + n % p->columns * (widest + GRID_GAP);
        at->y = y + n / p->columns * (highest + GRID_GAP);
        n++;
    }
}

static void place(struct flow *f, double x, double y)
{
    f->places[0].x = x;
    f->places[0].y = y;
    for (uint32_t i = 0; i < f->sequence.count; i++) {
        const struct block *b = &f->sequence.blocks[i];
        if (is_stack(b)) place_stack(f, i);
        else if (b->kind == BLOCK_FORK) place_fork(f, i);
    }
}

/* Fewer boxes until the picture is small enough. */
static void choose(struct flow *f)
{
    const struct graph_options *o = f->sheet->o;
    uint32_t boxes = o->max_boxes ? o->max_boxes : UINT32_MAX, depth = DEPTH_MAX;
    double side = sheet_side(f->sheet), room = side - HEADER_MAX - 2 * SHEET_MARGIN;
    for (;;) {
        boxes_keep(&f->boxes, boxes, depth);
        f->sequence = sequence_of(&f->boxes, f->sheet->scratch);
        f->places = ARENA_ARRAY(f->sheet->scratch, struct place, f->sequence.count);
        measure(f);
        if (!f->sequence.count || f->boxes.kept <= 1) return;
        if (f->places[0].width + 2 * SHEET_MARGIN <= side && f->places[0].height <= room) return;
        boxes = (uint32_t)(f->boxes.kept * 0.8);
    }
}

/* ---- drawing ---- */

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
    double room = p->width - BOX_TEXT_LEFT - HEADER_GAP - more - BOX_TEXT_RIGHT;
    struct str name = metrics_fit_middle(p->drawn.text.name, BOX_NAME_SIZE, WEIGHT_BOLD, room, f->sheet->scratch);
    scene_text(f->sheet->s, b->kind == BLOCK_FRAME ? sheet_name_role(box) : ROLE_LABEL, x, p->y + HEADER_BASELINE,
               BOX_NAME_SIZE, WEIGHT_BOLD, ALIGN_LEFT, name);
    x += metrics_width(name, BOX_NAME_SIZE, WEIGHT_BOLD) + HEADER_GAP;
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
    double bottom = p->y + p->height - BAR;
    FOR_CHILDREN(c, f, b)
    {
        const struct place *lane = &f->places[c];
        if (p->columns) break;
        arrow(f, heads, middle(lane), p->y + BAR, lane->y);
        if (!heads) scene_line(f->sheet->s, ROLE_EDGE, middle(lane), lane->y + lane->height, middle(lane), bottom);
    }
    if (!heads) return;
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, p->y, p->width, BAR)->radius = BAR / 2.0;
    scene_rect(f->sheet->s, ROLE_AXIS, p->x, bottom, p->width, BAR)->radius = BAR / 2.0;
}

static void draw_waits(const struct flow *f, const struct block *b)
{
    FOR_CHILDREN(c, f, b)
    {
        const struct place *at = &f->places[c];
        if (at->wait.len)
            scene_text(f->sheet->s, ROLE_LABEL_MUTED, middle(at) + WAIT_LEFT, at->y - WAIT_GAP / 2.0 + 4, BOX_LINE_SIZE,
                       WEIGHT_REGULAR, ALIGN_LEFT, at->wait);
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
    *ret_y = p->y + (b->kind == BLOCK_FRAME ? HEADER_TRACK : card - TRACK_BOTTOM);
    *ret_width = p->width - BOX_TEXT_LEFT - BOX_TEXT_RIGHT;
    return true;
}

/* The whole run as a thin line, with the time of each block on it; all of one colour together. */
static void draw_tracks(const struct flow *f)
{
    const struct run *run = f->sheet->run;
    double x, y, width, span = (double)run->end - (double)run->start;
    for (uint32_t i = 0; i < f->sequence.count; i++)
        if (track_place(f, i, &x, &y, &width))
            scene_line(f->sheet->s, ROLE_GRID, x, y, x + width, y)->thickness = TRACK;
    for (int status = 0; status < STEP_STATUS_COUNT; status++)
        for (uint32_t i = 0; i < f->sequence.count; i++) {
            const struct block *b = &f->sequence.blocks[i];
            if (!track_place(f, i, &x, &y, &width) || (int)block_status(f, b) != status) continue;
            double from = fmin(fmax((double)(b->from - run->start) / span, 0), 1) * width;
            double to = fmin(fmax((double)(b->to - run->start) / span, 0), 1) * width;
            from = floor(fmin(from, width - TRACK_LEAST) + 0.5);
            to = fmax(floor(to + 0.5), from + TRACK_LEAST);
            scene_line(f->sheet->s, (enum scene_role)(ROLE_OK + status), x + from, y, x + to, y)->thickness = TRACK;
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
    boxes_collect(&f.boxes, sheet->run, sheet->o->fold_over, sheet->s->arena);
    choose(&f);
    if (!f.sequence.count) sheet_put_nothing(sheet, S("No steps to show."));
    else {
        struct buf drawn = BUF_INIT;
        buf_put_count(&drawn, f.boxes.kept, "box", "boxes");
        double top = sheet_begin(sheet, f.places[0].width + 2 * SHEET_MARGIN, sheet_drop_note(sheet, dropped(&f)),
                                 caption_take(&drawn, sheet->scratch));
        place(&f, SHEET_MARGIN, top);
        draw(&f);
        sheet_end(sheet, top + f.places[0].height);
    }
    boxes_free(&f.boxes);
}
