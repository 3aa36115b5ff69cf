/* SPDX-License-Identifier: MIT
 *
 * Sizes go from the leaves up, places from the root down: blocks of a stack one below the other and centred, lanes of a
 * fork side by side from the left.
 */
#include "layout/flow.h"

#include "layout/caption.h"
#include "layout/metrics.h"

#include <math.h>

/* px */
enum {
    CHAIN_GAP = 24, /* an arrow */
    LANE_GAP = 18,
    FORK_GAP = 20, /* between a bar and what is below or above it */
    GRID_GAP = 10,
    HEADER = 52, /* of a frame */
    PADDING = 18,
    TRACK_ROOM = 8, /* what a track adds to a box */
    STUB = 16,
};
enum {
    DEPTH_MAX = 20, /* frames in frames: beyond it nobody follows them */
    GRID_OVER = 6,  /* more lanes of one box each stand in rows */
    GRID_COLUMNS = 6,
    WAIT_PART = 20, /* waits of at least this part of the run are written down */
};

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

static bool is_fold(const struct flow *f, uint32_t i)
{
    const struct sheet_box *drawn = &f->places[i].drawn;
    return drawn->box && drawn->box->fold != FOLD_NONE;
}

/* For the arrow from one block to the next: "12 s later" when the run waited for long. One box of a fold says only once
 * what came again and again: "in turns" when two folds took turns, "some of them later" when what comes next began
 * before the last of them. Mostly "". */
static struct str wait_text(const struct flow *f, uint32_t first, uint32_t second)
{
    const struct block *before = &f->sequence.blocks[first], *b = &f->sequence.blocks[second];
    int64_t duration = f->sheet->run->duration;
    if (before->to == TIME_NONE || b->from == TIME_NONE || duration <= 0) return S("");
    if (b->from < before->to && !is_fold(f, first)) return S("");
    if (b->from < before->to) return is_fold(f, second) ? S("in turns") : S("some of them later");
    if (b->from == before->to || b->from - before->to < duration / WAIT_PART) return S("");
    struct buf text = BUF_INIT;
    clock_put_duration(&text, b->from - before->to, f->sheet->o->unit);
    buf_puts(&text, " later");
    return caption_take(&text, f->sheet->scratch);
}

/* One below the other; single steps of one width, and folds. */
static void measure_stack(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    struct place *p = &f->places[i];
    double widest[2] = { 0, 0 }, width = 0, height = 0;
    uint32_t before = BLOCK_NONE;
    FOR_CHILDREN(c, f, b)
    {
        double *of_kind = &widest[is_fold(f, c)];
        if (f->sequence.blocks[c].kind == BLOCK_BOX) *of_kind = fmax(*of_kind, f->places[c].width);
    }
    FOR_CHILDREN(c, f, b)
    {
        const struct block *child = &f->sequence.blocks[c];
        struct place *at = &f->places[c];
        if (child->kind == BLOCK_BOX) at->width = at->drawn.width = widest[is_fold(f, c)];
        if (before != BLOCK_NONE) {
            at->wait = wait_text(f, before, c);
            height += at->wait.len ? FLOW_WAIT_GAP : CHAIN_GAP;
            width = fmax(width, 2 * (FLOW_WAIT_LEFT + metrics_width(at->wait, BOX_LINE_SIZE, WEIGHT_REGULAR)));
        }
        width = fmax(width, at->width);
        height += at->height;
        before = c;
    }
    if (has_header(b)) {
        double name = metrics_width(p->drawn.text.name, BOX_NAME_SIZE, WEIGHT_BOLD);
        double header = BOX_TEXT_LEFT + fmin(name, BOX_MAX) + FLOW_HEADER_GAP + BOX_TEXT_RIGHT +
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
    p->height = highest + 2 * (FORK_GAP + FLOW_BAR);
    p->width = width;
    if (!is_grid(f, b)) return;
    uint32_t rows = (b->children + GRID_COLUMNS - 1) / GRID_COLUMNS;
    p->columns = (b->children + rows - 1) / rows;
    FOR_CHILDREN(c, f, b)
    {
        struct place *box = &f->places[f->sequence.blocks[c].first_child];
        if (!is_fold(f, f->sequence.blocks[c].first_child)) box->width = box->drawn.width = f->places[c].width = widest;
    }
    p->width = p->columns * (widest + GRID_GAP) - GRID_GAP;
    p->height = rows * (highest + GRID_GAP) - GRID_GAP + 2 * (FORK_GAP + FLOW_BAR);
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

static void place_stack(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    double y = p->y + (has_header(b) ? HEADER : 0);
    FOR_CHILDREN(c, f, b)
    {
        struct place *at = &f->places[c];
        if (c != b->first_child) y += at->wait.len ? FLOW_WAIT_GAP : CHAIN_GAP;
        at->x = p->x + floor((p->width - at->width) / 2);
        at->y = y;
        y += at->height;
    }
}

static void place_fork(struct flow *f, uint32_t i)
{
    const struct block *b = &f->sequence.blocks[i];
    const struct place *p = &f->places[i];
    double x = p->x, y = p->y + FLOW_BAR + FORK_GAP, widest = 0, highest = 0;
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
        uint32_t column = n % p->columns, row = n / p->columns;
        at->x = p->x + column * (widest + GRID_GAP);
        at->y = y + row * (highest + GRID_GAP);
        n++;
    }
}

void flow_place(struct flow *f, double x, double y)
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
void flow_choose(struct flow *f)
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
