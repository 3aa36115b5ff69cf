/* SPDX-License-Identifier: MIT
 *
 * A column for each depth, as wide as its widest box; within it tidy_layout says how high a box stands. The steps of
 * a column are of one width, and so are its folds. What is not drawn below a box hangs there as a small stub:
 *
 *     ┌────────┐      ┌────────┐      ┌────────────────────┐
 *     │ root   │──┬───│ parse  │──────│ page_*         ×20 │
 *     │ 1.24 s │  │   │ 45 ms  │      │ min · mean · max   │
 *     └────────┘  │   └────────┘      └────────────────────┘
 *                 └─── +12 more
 */
#include "layout/graph.h"

#include "layout/box_text.h"
#include "layout/boxes.h"
#include "layout/caption.h"
#include "layout/metrics.h"
#include "layout/tidy.h"
#include "model/keep.h"

#include <math.h>

/* px. Heights are even, so that the middles of boxes, where edges end, are whole numbers. */
enum {
    MARGIN = 20,
    BOX_MIN = 112,
    BOX_MAX = 288,
    BOX_HEIGHT = 46,
    BOX_RADIUS = 6,
    FOLD_MAX = 400,   /* width of a fold: its durations are never cut */
    LINE_HEIGHT = 16, /* of each text line below the second */
    TEXT_LEFT = 20,
    TEXT_RIGHT = 14, /* from the box's edges */
    NAME_BASELINE = 19,
    LINE_BASELINE = 36, /* from the box's top */
    STRIP_LEFT = 7,
    STRIP_TOP = 8,
    STRIP_WIDTH = 5,
    STACK = 4, /* what the card behind a folded box peeks out */
    STUB_HEIGHT = 24,
    STUB_LEFT = 8,
    ROW_GAP = 12,
    COUSIN_GAP = 24,
    COLUMN_GAP_MIN = 48,
    COLUMN_GAP_MAX = 112,
    TIMES_GAP = 16,
    HEADER_GAP = 24,
    HEADER_MAX = 260,
    DEPTH_MIN = BOX_MIN + COLUMN_GAP_MIN,
    RUN_ID_MAX = 280,
    TIP_MAX = 600,
    NOTE_LEADING = 18,
    NOTE_LINES = 3,
    NAME_MEASURED = 512, /* bytes: far more than fit into the widest box */
    FACTS_MAX = 800,
};
#define TITLE_SIZE    18.0
#define SUBTITLE_SIZE 12.0
#define NAME_SIZE     13.0
#define LINE_SIZE     11.0

/* What is drawn at one place: a box, or the stub for what is missing below it. */
struct node {
    const struct box *box;
    bool stub;
    double height, x, width;
    struct box_text text; /* a stub has its first line only */
};

struct graph {
    const struct run *run;
    const struct graph_options *o;
    struct scene *s;
    struct boxes boxes;
    struct arena *scratch; /* that of the boxes */
    struct tidy_node *tidy;
    struct node *nodes;
    uint32_t *node_of;  /* by box */
    uint32_t count;     /* nodes */
    uint32_t depths;    /* columns */
    double width;       /* of the picture */
    double top, height; /* of the tree */
};

static double box_height(const struct graph *g, const struct box *b)
{
    return BOX_HEIGHT + LINE_HEIGHT * (box_line_count(&g->boxes, b) - 1) + (b->fold != FOLD_NONE ? STACK : 0);
}

static void add_node(struct graph *g, const struct box *b, bool stub, uint32_t parent, double height)
{
    uint32_t n = g->count++, depth = b->depth + stub;
    g->nodes[n] = (struct node){ .box = b, .stub = stub, .height = height };
    tidy_add(g->tidy, n, parent, height);
    if (depth + 1 > g->depths) g->depths = depth + 1;
}

/* The kept boxes and stubs as a tree with heights and places across; texts come later, for those that stay. */
static void place_rows(struct graph *g)
{
    g->count = g->depths = 0;
    for (uint32_t i = 0; i < g->boxes.count; i++) {
        const struct box *b = &g->boxes.items[i];
        if (!b->kept) continue;
        g->node_of[i] = g->count;
        add_node(g, b, false, b->parent == BOX_NONE ? TIDY_NONE : g->node_of[b->parent], box_height(g, b));
    }
    uint32_t boxes = g->count;
    for (uint32_t n = 0; n < boxes; n++)
        if (g->nodes[n].box->dropped.steps) add_node(g, g->nodes[n].box, true, n, STUB_HEIGHT);
    tidy_layout(g->tidy, g->count, ROW_GAP, COUSIN_GAP);
    g->height = 0;
    for (uint32_t n = 0; n < g->count; n++) g->height = fmax(g->height, g->tidy[n].centre + g->tidy[n].size / 2);
}

static uint32_t node_depth(const struct node *n) { return n->box->depth + n->stub; }

static bool is_fold(const struct node *n) { return n->box->fold != FOLD_NONE; }

/* The texts of a node and the width they want. */
static void describe(struct graph *g, struct node *n)
{
    if (n->stub) {
        n->text.lines[0] = stub_text(n->box, g->scratch);
        n->width = STUB_LEFT + ceil(metrics_width(n->text.lines[0].text, LINE_SIZE, WEIGHT_REGULAR));
        return;
    }
    n->text = box_text(&g->boxes, n->box, g->o->unit, g->scratch);
    double name = metrics_width(str_first(n->text.name, NAME_MEASURED), NAME_SIZE, WEIGHT_BOLD), lines = 0;
    bool folded = is_fold(n);
    if (folded) name += TIMES_GAP + metrics_width(n->text.times, NAME_SIZE, WEIGHT_BOLD);
    for (int l = 0; l < BOX_LINES; l++)
        lines = fmax(lines, metrics_width(n->text.lines[l].text, LINE_SIZE, WEIGHT_REGULAR));
    double want = fmin(name + TEXT_LEFT + TEXT_RIGHT, BOX_MAX);
    n->width = ceil(fmax(fmax(want, BOX_MIN), fmin(lines + TEXT_LEFT + TEXT_RIGHT, folded ? FOLD_MAX : BOX_MAX)));
}

/* Columns side by side, the farther the edges between two of them have to climb, the more room there. The steps of a
 * column get the width of the widest, and so do its folds. Returns how many columns end before `limit`. */
static uint32_t place_columns(struct graph *g, double limit)
{
    double *climb = ARENA_ARRAY(g->scratch, double, g->depths), *widest = ARENA_ARRAY(g->scratch, double, g->depths);
    double *left = ARENA_ARRAY(g->scratch, double, g->depths);
    double *widest_of[2] = { ARENA_ARRAY(g->scratch, double, g->depths), ARENA_ARRAY(g->scratch, double, g->depths) };
    for (uint32_t i = 0; i < g->count; i++) {
        struct node *n = &g->nodes[i];
        uint32_t depth = node_depth(n), parent = g->tidy[i].parent;
        describe(g, n);
        widest[depth] = fmax(widest[depth], n->width);
        if (!n->stub) widest_of[is_fold(n)][depth] = fmax(widest_of[is_fold(n)][depth], n->width);
        if (parent != TIDY_NONE) climb[depth] = fmax(climb[depth], fabs(g->tidy[i].centre - g->tidy[parent].centre));
    }
    uint32_t fitting = 0;
    g->width = MARGIN;
    for (uint32_t d = 0; d < g->depths; d++) {
        if (d > 0) g->width += fmin(floor(COLUMN_GAP_MIN + climb[d] / 16), COLUMN_GAP_MAX);
        left[d] = g->width;
        g->width += widest[d];
        fitting += g->width + MARGIN <= limit;
    }
    g->width += MARGIN;
    for (uint32_t i = 0; i < g->count; i++) {
        struct node *n = &g->nodes[i];
        n->x = left[node_depth(n)];
        if (!n->stub) n->width = widest_of[is_fold(n)][node_depth(n)];
    }
    return fitting;
}

static void choose_rows(struct graph *g, uint32_t max_boxes, uint32_t depths, double room)
{
    boxes_keep(&g->boxes, max_boxes, depths);
    place_rows(g);
    while (g->height > room && g->boxes.kept > 1) {
        boxes_keep(&g->boxes, (uint32_t)(g->boxes.kept * fmin(room > 0 ? room / g->height : 0, 0.98)), depths);
        place_rows(g);
    }
}

/* Chooses the boxes and places them: fewer of them until the tree is low enough, fewer columns until it is narrow
 * enough. */
static void choose(struct graph *g)
{
    const struct graph_options *o = g->o;
    uint32_t max_boxes = o->max_boxes ? o->max_boxes : UINT32_MAX;
    double side = o->max_side > 0 ? o->max_side : INFINITY, room = side - HEADER_MAX - 2 * MARGIN;
    uint32_t most = g->boxes.count < max_boxes ? g->boxes.count : max_boxes, depths = UINT32_MAX;
    g->tidy = ARENA_ARRAY(g->scratch, struct tidy_node, (size_t)most * 2);
    g->nodes = ARENA_ARRAY(g->scratch, struct node, (size_t)most * 2);
    g->node_of = ARENA_ARRAY(g->scratch, uint32_t, g->boxes.count);
    if (isfinite(side)) depths = side < DEPTH_MIN ? 1 : (uint32_t)fmin(side / DEPTH_MIN, 1e9);
    for (;;) {
        choose_rows(g, max_boxes, depths, room);
        uint32_t fitting = place_columns(g, side);
        if (fitting >= g->depths || depths <= 1) return;
        /* the last column that fits may be needed for stubs; a sixteenth at least, so that this ends soon */
        uint32_t fewer = depths - 1 - depths / 16;
        depths = fitting > 1 && fitting - 1 < fewer ? fitting - 1 : fewer;
        if (depths < 1) depths = 1;
    }
}

static double middle(const struct graph *g, uint32_t n) { return g->top + floor(g->tidy[n].centre + 0.5); }

static void draw_edge(const struct graph *g, uint32_t n)
{
    uint32_t parent = g->tidy[n].parent;
    if (parent == TIDY_NONE) return;
    const struct node *from = &g->nodes[parent];
    scene_curve(g->s, ROLE_EDGE, from->x + from->width, middle(g, parent), g->nodes[n].x, middle(g, n));
}

static void put_text(const struct graph *g, enum scene_role role, double x, double baseline, double size,
                     enum scene_weight weight, double max, struct str text)
{
    struct str fit = metrics_fit_middle(text, size, weight, max, g->scratch);
    scene_text(g->s, role, x, baseline, size, weight, ALIGN_LEFT, fit);
}

static struct scene_item *mark(const struct graph *g, enum step_status status, double x, double y, double w, double h)
{
    struct scene_item *r = scene_rect(g->s, (enum scene_role)(ROLE_OK + status), x, y, w, h);
    r->radius = w / 2;
    r->hatched = status == STEP_ERROR;
    r->outlined = status == STEP_RUNNING || status == STEP_UNFINISHED || status == STEP_SKIPPED;
    return r;
}

/* The status at the left side; a fold's is divided among its members, what went wrong on top and never less than a
 * dot. */
static void draw_strip(const struct graph *g, const struct node *n, double y, double height)
{
    double x = n->x + STRIP_LEFT, at = y + STRIP_TOP, left = height - 2 * STRIP_TOP;
    if (n->box->fold == FOLD_NONE) {
        mark(g, (enum step_status)n->box->step->status, x, at, STRIP_WIDTH, left);
        return;
    }
    const struct fold *f = &g->boxes.folds.items[n->box->fold];
    const struct {
        enum step_status status;
        uint32_t count;
    } parts[] = {
        { STEP_ERROR, f->members.errors },
        { STEP_UNFINISHED, f->members.unfinished },
    };
    double whole = left;
    uint32_t rest = f->members.steps;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].count) continue;
        rest -= parts[i].count;
        double part = fmax(floor(whole * parts[i].count / f->members.steps), STRIP_WIDTH + 1);
        part = rest ? fmin(part, left - STRIP_WIDTH - 2) : left;
        mark(g, parts[i].status, x, at, STRIP_WIDTH, part);
        at += part + 1;
        left -= part + 1;
    }
    if (rest) mark(g, f->other, x, at, STRIP_WIDTH, left);
}

/* "demo.load.page_1 · 480 ms · error", "page_* ×20 · min …". */
static struct str box_tip(const struct graph *g, const struct node *n)
{
    const struct step *step = n->box->step;
    struct str name = n->box->fold == FOLD_NONE && step->key.len ? step->key : n->text.name;
    struct buf b = BUF_INIT;
    buf_put(&b, metrics_fit_middle(name, NAME_SIZE, WEIGHT_REGULAR, TIP_MAX, g->scratch));
    if (n->text.times.len) buf_putc(&b, ' ');
    buf_put(&b, n->text.times);
    for (int l = 0; l < BOX_LINES && n->text.lines[l].text.len; l++) {
        buf_puts(&b, " · ");
        buf_put(&b, n->text.lines[l].text);
    }
    return caption_take(&b, g->s->arena);
}

static enum scene_role name_role(const struct box *b)
{
    if (b->fold != FOLD_NONE) return ROLE_LABEL;
    return b->step->context ? ROLE_LABEL_MUTED : b->step->status == STEP_ERROR ? ROLE_LABEL_ERROR : ROLE_LABEL;
}

static void draw_box(const struct graph *g, uint32_t i)
{
    const struct node *n = &g->nodes[i];
    bool folded = is_fold(n);
    double y = middle(g, i) - n->height / 2, height = n->height - (folded ? STACK : 0);
    double x = n->x + TEXT_LEFT, right = n->x + n->width - TEXT_RIGHT, room = right - x;
    if (folded) scene_rect(g->s, ROLE_BOX, n->x + STACK, y + STACK, n->width - 2 * STACK, height)->radius = BOX_RADIUS;
    struct scene_item *r = scene_rect(g->s, ROLE_BOX, n->x, y, n->width, height);
    r->radius = BOX_RADIUS;
    r->step = n->box->step->index;
    r->tip = box_tip(g, n);
    draw_strip(g, n, y, height);
    double name_room = room;
    if (folded) {
        name_room -= TIMES_GAP + metrics_width(n->text.times, NAME_SIZE, WEIGHT_BOLD);
        scene_text(g->s, ROLE_LABEL, right, y + NAME_BASELINE, NAME_SIZE, WEIGHT_BOLD, ALIGN_RIGHT, n->text.times);
    }
    put_text(g, name_role(n->box), x, y + NAME_BASELINE, NAME_SIZE, WEIGHT_BOLD, name_room, n->text.name);
    for (int l = 0; l < BOX_LINES && n->text.lines[l].text.len; l++)
        put_text(g, n->text.lines[l].role, x, y + LINE_BASELINE + l * LINE_HEIGHT, LINE_SIZE, WEIGHT_REGULAR, room,
                 n->text.lines[l].text);
}

static void draw_stub(const struct graph *g, uint32_t i)
{
    const struct node *n = &g->nodes[i];
    const struct box_line *line = &n->text.lines[0];
    put_text(g, line->role, n->x + STUB_LEFT, middle(g, i) + 4, LINE_SIZE, WEIGHT_REGULAR, n->width - STUB_LEFT,
             line->text);
}

/* What boxes_keep left out, as a sentence; "" when all is drawn. */
static struct str drop_note(const struct graph *g)
{
    struct tally dropped = { 0 };
    for (uint32_t n = 0; n < g->count; n++)
        if (g->nodes[n].stub) tally_merge(&dropped, g->nodes[n].box->dropped);
    if (!dropped.steps) return S("");
    struct buf b = BUF_INIT;
    buf_puts(&b, "+ ");
    buf_put_count(&b, dropped.steps, "step not drawn", "steps not drawn");
    put_troubles(&b, dropped, ", ");
    buf_puts(&b, ": shown are " KEEP_RULE ".");
    return caption_take(&b, g->scratch);
}

static struct str facts(const struct graph *g)
{
    return caption_subtitle(g->run, g->o->unit, SUBTITLE_SIZE, RUN_ID_MAX, g->scratch);
}

/* A small graph is as wide as the line of facts, within limits. */
static double header_width(const struct graph *g)
{
    if (g->o->bare) return 0;
    double width = ceil(metrics_width(facts(g), SUBTITLE_SIZE, WEIGHT_REGULAR)) + 2 * MARGIN;
    return fmin(width, g->o->max_side > 0 ? fmin(FACTS_MAX, g->o->max_side) : FACTS_MAX);
}

/* Title, line of facts and notes, as over a Gantt chart; returns where the tree begins. */
static double draw_header(const struct graph *g)
{
    double room = g->width - 2 * MARGIN, y = 0;
    if (!g->o->bare) {
        struct str title = caption_title(g->run, g->o->title, g->scratch);
        put_text(g, ROLE_TITLE, MARGIN, MARGIN + 16, TITLE_SIZE, WEIGHT_BOLD, room, title);
        y = MARGIN + 36;
        size_t lines = caption_put_lines(g->s, ROLE_SUBTITLE, MARGIN, y, SUBTITLE_SIZE, NOTE_LEADING, room, NOTE_LINES,
                                         facts(g));
        y += NOTE_LEADING * (double)(lines - 1);
    }
    const struct str notes[] = { g->o->left_out, drop_note(g) };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        y += NOTE_LEADING * (double)caption_put_lines(g->s, ROLE_LABEL_MUTED, MARGIN, y + NOTE_LEADING, SUBTITLE_SIZE,
                                                      NOTE_LEADING, room, NOTE_LINES, notes[i]);
    return y > 0 ? y + HEADER_GAP : MARGIN;
}

/* The picture in words, for readers who do not see it. */
static void describe_scene(const struct graph *g)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "Execution graph: ");
    buf_put(&b, caption_title(g->run, g->o->title, g->scratch));
    g->s->title = caption_take(&b, g->s->arena);
    buf_put(&b, facts(g));
    buf_puts(&b, ", drawn as ");
    buf_put_count(&b, g->boxes.kept, "box", "boxes");
    g->s->description = caption_take(&b, g->s->arena);
}

void graph_layout(const struct run *run, const struct graph_options *o, struct scene *s)
{
    struct graph g = { .run = run, .o = o, .s = s };
    s->id_prefix = "x";
    boxes_collect(&g.boxes, run, o->fold_over, s->arena);
    g.scratch = &g.boxes.scratch;
    choose(&g);
    describe_scene(&g);
    g.width = fmax(fmax(g.width, o->min_width), header_width(&g));
    scene_rect(s, ROLE_BACKGROUND, 0, 0, 0, 0);
    g.top = draw_header(&g);
    for (uint32_t n = 0; n < g.count; n++) draw_edge(&g, n);
    for (uint32_t n = 0; n < g.count; n++) {
        if (g.nodes[n].stub) draw_stub(&g, n);
        else draw_box(&g, n);
    }
    if (!g.count)
        put_text(&g, ROLE_LABEL_MUTED, MARGIN, g.top + NAME_BASELINE, NAME_SIZE, WEIGHT_REGULAR, g.width - 2 * MARGIN,
                 S("No steps to show."));
    s->width = ceil(g.width);
    s->height = ceil(fmax(g.top + (g.count ? g.height : BOX_HEIGHT) + MARGIN, o->min_height));
    s->items[0].w = s->width;
    s->items[0].h = s->height;
    boxes_free(&g.boxes);
}
