/* SPDX-License-Identifier: MIT
 *
 * The state machine: a box a state, with its visits and their mean time; an arrow a way, with how often it was taken,
 * and under which condition it was declared. What was declared but never happened is pale.
 */
#include "layout/caption.h"
#include "layout/layered.h"
#include "layout/metrics.h"
#include "layout/sheet.h"

#include <math.h>
#include <stdlib.h>

/* px */
enum {
    ENTRY_ROOM = 36, /* above the entry point: a dot and an arrow */
    ENTRY_RADIUS = 5,
    HEAD = 8,
    TURN = 12,
    LOOP = 26, /* how far a loop reaches to the left, */
    LOOP_HALF = 7,
    LOOP_GAP = 5, /* and between it and its label */
    LABEL_MAX = 190,
    LABEL_BASELINE = 12,
    COUNT_GAP = 5,
};
enum { WAYS_MAX = 500, STATE_LINES = 2 };

struct drawn_state {
    const struct machine_state *state;
    struct str lines[STATE_LINES];
};

struct drawn_way {
    const struct machine_way *way;
    struct str count, condition; /* of its label; cut to fit, may be empty */
    double count_width;
};

struct picture {
    struct sheet *sheet;
    const struct machine *m;
    struct layered layered;
    struct drawn_state *states; /* as the nodes of `layered` */
    struct drawn_way *ways;     /* as its edges */
    uint32_t *node_of;          /* by state, STATE_NONE when not drawn */
    uint32_t most;              /* the largest count of a way */
    uint32_t ways_left_out;     /* between drawn states */
    double left, top;
};

static struct str visits_line(const struct picture *p, const struct machine_state *s)
{
    if (!s->visits) return S("not visited");
    struct buf b = BUF_INIT;
    buf_put_count(&b, s->visits, "visit", "visits");
    if (s->timed) {
        buf_puts(&b, s->timed > 1 ? " · mean " : " · ");
        clock_put_duration(&b, s->mean, p->sheet->o->unit);
        if (s->timed < s->visits) {
            buf_puts(&b, " of ");
            buf_put_count(&b, s->timed, "ended", "ended");
        }
    }
    if (s->last) buf_puts(&b, " · last");
    return caption_take(&b, p->sheet->scratch);
}

static struct drawn_state describe_state(const struct picture *p, const struct machine_state *s)
{
    struct drawn_state drawn = { s, { visits_line(p, s), S("") } };
    struct tally tally = { s->visits, s->errors, s->unfinished };
    struct buf b = BUF_INIT;
    put_troubles(&b, tally, ", ");
    drawn.lines[1] = caption_take(&b, p->sheet->scratch);
    return drawn;
}

static struct str state_name(const struct machine_state *s) { return s->name.len ? s->name : CAPTION_NO_NAME; }

static void measure_state(const struct drawn_state *drawn, struct layered_node *node)
{
    enum { NAME_MEASURED = 512 };
    double name = metrics_width(str_first(state_name(drawn->state), NAME_MEASURED), BOX_NAME_SIZE, WEIGHT_BOLD);
    double lines = 0;
    for (int i = 0; i < STATE_LINES; i++)
        lines = fmax(lines, metrics_width(drawn->lines[i], BOX_LINE_SIZE, WEIGHT_REGULAR));
    double width = fmin(fmax(name, lines) + BOX_TEXT_LEFT + BOX_TEXT_RIGHT, BOX_MAX);
    node->width = 2 * ceil(fmax(width, BOX_MIN) / 2);
    node->height = BOX_HEIGHT + (drawn->lines[1].len ? BOX_LINE_HEIGHT : 0);
}

/* ---- which of them ---- */

struct candidate {
    uint32_t number;
    uint64_t weight;
};

static int heaviest_first(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The entry point, then those that failed, then by visits. */
static void choose_states(struct picture *p, uint32_t limit)
{
    const struct machine *m = p->m;
    struct candidate *list = ARENA_ARRAY(p->sheet->scratch, struct candidate, m->state_count);
    for (uint32_t i = 0; i < m->state_count; i++) {
        const struct machine_state *s = &m->states[i];
        uint64_t first = i == m->entry ? 2 : s->errors || s->unfinished;
        list[i] = (struct candidate){ i, first << 40 | s->visits };
        p->node_of[i] = STATE_NONE;
    }
    qsort(list, m->state_count, sizeof *list, heaviest_first);
    for (uint32_t i = 0; i < m->state_count && i < limit; i++) p->node_of[list[i].number] = 0;
    p->layered.node_count = 0;
    for (uint32_t i = 0; i < m->state_count; i++) {
        if (p->node_of[i] == STATE_NONE) continue;
        uint32_t n = p->node_of[i] = p->layered.node_count++;
        p->states[n] = describe_state(p, &m->states[i]);
        p->layered.nodes[n] = (struct layered_node){ 0 };
        measure_state(&p->states[n], &p->layered.nodes[n]);
    }
    p->layered.entry = m->entry == STATE_NONE ? 0 : p->node_of[m->entry];
}

static double label_width(const struct drawn_way *drawn)
{
    double condition = metrics_width(drawn->condition, BOX_LINE_SIZE, WEIGHT_REGULAR);
    return ceil(drawn->count_width + condition + (drawn->count.len && drawn->condition.len ? COUNT_GAP : 0));
}

static struct drawn_way describe_way(const struct picture *p, const struct machine_way *way)
{
    struct drawn_way drawn = { .way = way };
    struct buf b = BUF_INIT;
    if (way->count) {
        buf_puts(&b, "×");
        buf_put_number(&b, way->count);
    }
    drawn.count = caption_take(&b, p->sheet->scratch);
    drawn.count_width = metrics_width(drawn.count, BOX_LINE_SIZE, WEIGHT_BOLD);
    if (way->condition.len)
        drawn.condition = metrics_fit_end(way->condition, BOX_LINE_SIZE, WEIGHT_REGULAR,
                                          LABEL_MAX - drawn.count_width - COUNT_GAP, p->sheet->scratch);
    return drawn;
}

/* Those between drawn states, the most frequent first, up to a limit; then as the machine has them. */
static void choose_ways(struct picture *p)
{
    const struct machine *m = p->m;
    struct candidate *list = ARENA_ARRAY(p->sheet->scratch, struct candidate, m->way_count);
    unsigned char *taken = ARENA_ARRAY(p->sheet->scratch, unsigned char, m->way_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->way_count; i++)
        if (p->node_of[m->ways[i].from] != STATE_NONE && p->node_of[m->ways[i].to] != STATE_NONE)
            list[count++] = (struct candidate){ i, m->ways[i].count };
    qsort(list, count, sizeof *list, heaviest_first);
    p->ways_left_out = count > WAYS_MAX ? count - WAYS_MAX : 0;
    for (uint32_t i = 0; i < count && i < WAYS_MAX; i++) taken[list[i].number] = 1;
    p->layered.edge_count = p->most = 0;
    for (uint32_t i = 0; i < m->way_count; i++) {
        if (!taken[i]) continue;
        const struct machine_way *way = &m->ways[i];
        uint32_t e = p->layered.edge_count++, from = p->node_of[way->from];
        p->ways[e] = describe_way(p, way);
        p->layered.edges[e] =
            (struct layered_edge){ .from = from, .to = p->node_of[way->to], .label = label_width(&p->ways[e]) };
        if (way->from == way->to) p->layered.nodes[from].left_room = LOOP + LOOP_GAP + p->layered.edges[e].label;
        if (way->count > p->most) p->most = way->count;
    }
}

/* Fewer states until the picture is small enough. */
static void choose(struct picture *p)
{
    const struct graph_options *o = p->sheet->o;
    uint32_t limit = o->max_states && o->max_states < p->m->state_count ? o->max_states : p->m->state_count;
    double side = sheet_side(p->sheet);
    p->states = ARENA_ARRAY(p->sheet->scratch, struct drawn_state, limit);
    p->layered.nodes = ARENA_ARRAY(p->sheet->scratch, struct layered_node, limit);
    p->node_of = ARENA_ARRAY(p->sheet->scratch, uint32_t, p->m->state_count);
    p->ways = ARENA_ARRAY(p->sheet->scratch, struct drawn_way, WAYS_MAX);
    p->layered.edges = ARENA_ARRAY(p->sheet->scratch, struct layered_edge, WAYS_MAX);
    for (;;) {
        choose_states(p, limit);
        choose_ways(p);
        layered_layout(&p->layered, p->sheet->scratch);
        double height = p->layered.height + ENTRY_ROOM + HEADER_MAX + 2 * SHEET_MARGIN;
        if ((p->layered.width + 2 * SHEET_MARGIN <= side && height <= side) || limit <= 1) return;
        limit = (uint32_t)fmin(limit - 1, floor(limit * 0.8));
    }
}

/* ---- drawing ---- */

struct stroke {
    const struct picture *p;
    enum scene_role role;
    double thickness, x, y; /* where the pen is */
};

static void curve_to(struct stroke *pen, double x, double y, enum scene_bend bend)
{
    struct scene *s = pen->p->sheet->s;
    struct scene_item *item = pen->x == x ? scene_line(s, pen->role, pen->x, pen->y, x, y)
                                          : scene_curve(s, pen->role, pen->x, pen->y, x, y);
    if (item->kind == SCENE_CURVE) item->bend = bend;
    item->thickness = pen->thickness;
    pen->x = x;
    pen->y = y;
}

static void line_to(struct stroke *pen, double x, double y)
{
    if (pen->x != x || pen->y != y) curve_to(pen, x, y, BEND_UPRIGHT);
}

static void head_to(struct stroke *pen, double x, double y)
{
    scene_arrow(pen->p->sheet->s, pen->role, pen->x, pen->y, x, y);
}

static struct stroke pen_for(const struct picture *p, const struct machine_way *way, double x, double y)
{
    if (!way->count) return (struct stroke){ p, ROLE_GUIDE, 1, p->left + x, p->top + y };
    double share = (double)way->count / p->most;
    double thickness = p->most < 3 ? 0 : share > 0.6 ? 3 : share > 0.2 ? 2 : 0;
    return (struct stroke){ p, ROLE_EDGE, thickness, p->left + x, p->top + y };
}

static double head_length(const struct stroke *pen) { return HEAD + (pen->thickness > 2 ? 2 : 0); }

static void draw_loop(const struct picture *p, uint32_t e)
{
    const struct layered_edge *edge = &p->layered.edges[e];
    const struct layered_node *node = &p->layered.nodes[edge->from];
    double middle = node->y + node->height / 2, x = p->left + node->x, y = p->top + middle;
    struct stroke pen = pen_for(p, p->ways[e].way, node->x, middle + LOOP_HALF);
    curve_to(&pen, x - LOOP, y, BEND_LEVEL_UPRIGHT);
    curve_to(&pen, x - head_length(&pen), y - LOOP_HALF, BEND_UPRIGHT_LEVEL);
    head_to(&pen, x, y - LOOP_HALF);
}

/* The edge stops where its label stands. */
static void draw_forward(const struct picture *p, uint32_t e)
{
    const struct layered_edge *edge = &p->layered.edges[e];
    struct stroke pen = pen_for(p, p->ways[e].way, edge->x1, edge->y1);
    for (uint32_t i = 0; i < edge->stop_count; i++) {
        const struct layered_stop *stop = &edge->stops[i];
        double x = p->left + stop->x;
        if (i == edge->label_stop && edge->label > 0) {
            curve_to(&pen, x, p->top + stop->top, BEND_UPRIGHT);
            pen.y = p->top + stop->bottom;
        } else {
            curve_to(&pen, x, p->top + stop->top, BEND_UPRIGHT);
            line_to(&pen, x, p->top + stop->bottom);
        }
    }
    curve_to(&pen, p->left + edge->x2, p->top + edge->y2 - head_length(&pen), BEND_UPRIGHT);
    head_to(&pen, p->left + edge->x2, p->top + edge->y2);
}

static void draw_back(const struct picture *p, uint32_t e)
{
    const struct layered_edge *edge = &p->layered.edges[e];
    const struct layered_node *lower = &p->layered.nodes[edge->from], *upper = &p->layered.nodes[edge->to];
    struct stroke pen = pen_for(p, p->ways[e].way, edge->x1, edge->y1);
    double turn1 = p->left + edge->turn1, turn2 = p->left + edge->turn2, end = p->left + edge->x2;
    double out1 = edge->turn1 > edge->x1 ? 1 : -1, out2 = edge->turn2 > edge->x2 ? 1 : -1;
    if (edge->side1) {
        line_to(&pen, turn1 - out1 * TURN, pen.y);
        curve_to(&pen, turn1, pen.y - fmin(TURN, edge->y1 - lower->y), BEND_LEVEL_UPRIGHT);
        line_to(&pen, turn1, p->top + lower->y);
    }
    for (uint32_t i = 0; i < edge->stop_count; i++) {
        const struct layered_stop *stop = &edge->stops[i];
        double x = p->left + stop->x;
        curve_to(&pen, x, p->top + stop->bottom, BEND_UPRIGHT);
        if (i == edge->label_stop && edge->label > 0) pen.y = p->top + stop->top;
        else line_to(&pen, x, p->top + stop->top);
    }
    if (!edge->side2) {
        curve_to(&pen, end, p->top + edge->y2 + head_length(&pen), BEND_UPRIGHT);
        head_to(&pen, end, p->top + edge->y2);
        return;
    }
    curve_to(&pen, turn2, p->top + upper->y + upper->height, BEND_UPRIGHT);
    line_to(&pen, turn2, p->top + edge->y2 + fmin(TURN, upper->y + upper->height - edge->y2));
    curve_to(&pen, turn2 - out2 * TURN, p->top + edge->y2, BEND_UPRIGHT_LEVEL);
    line_to(&pen, end + out2 * head_length(&pen), pen.y);
    head_to(&pen, end, pen.y);
}

static void draw_label(const struct picture *p, uint32_t e)
{
    const struct layered_edge *edge = &p->layered.edges[e];
    const struct drawn_way *drawn = &p->ways[e];
    if (edge->label <= 0) return;
    double x, y;
    if (edge->from == edge->to) {
        const struct layered_node *node = &p->layered.nodes[edge->from];
        x = node->x - LOOP - LOOP_GAP - edge->label;
        y = node->y + (node->height - LAYERED_LABEL_HEIGHT) / 2;
    } else {
        x = edge->stops[edge->label_stop].x - floor(edge->label / 2);
        y = edge->stops[edge->label_stop].top;
    }
    x += p->left;
    y += p->top + LABEL_BASELINE;
    struct scene *s = p->sheet->s;
    if (drawn->count.len) {
        scene_text(s, ROLE_LABEL, x, y, BOX_LINE_SIZE, WEIGHT_BOLD, ALIGN_LEFT, drawn->count);
        x += drawn->count_width + COUNT_GAP;
    }
    if (!drawn->condition.len) return;
    struct scene_item *text = scene_text(s, ROLE_LABEL_MUTED, x, y, BOX_LINE_SIZE, WEIGHT_REGULAR, ALIGN_LEFT,
                                         drawn->condition);
    if (!str_eq(drawn->condition, drawn->way->condition)) text->tip = metrics_clean(drawn->way->condition, s->arena);
}

static struct str state_tip(const struct picture *p, const struct drawn_state *drawn)
{
    enum { TIP_MAX = 600 };
    struct buf b = BUF_INIT;
    buf_put(&b,
            metrics_fit_middle(state_name(drawn->state), BOX_NAME_SIZE, WEIGHT_REGULAR, TIP_MAX, p->sheet->scratch));
    for (int i = 0; i < STATE_LINES && drawn->lines[i].len; i++) {
        buf_puts(&b, " · ");
        buf_put(&b, drawn->lines[i]);
    }
    return caption_take(&b, p->sheet->s->arena);
}

/* The strip shows the worst that happened in the state; without visits there is none. */
static void draw_state(const struct picture *p, uint32_t n)
{
    const struct layered_node *node = &p->layered.nodes[n];
    const struct drawn_state *drawn = &p->states[n];
    const struct machine_state *state = drawn->state;
    double left = p->left + node->x, y = p->top + node->y, x = left + BOX_TEXT_LEFT;
    double room = node->width - BOX_TEXT_LEFT - BOX_TEXT_RIGHT;
    struct scene_item *r = scene_rect(p->sheet->s, ROLE_BOX, left, y, node->width, node->height);
    r->radius = BOX_RADIUS;
    r->outlined = !state->visits;
    r->tip = state_tip(p, drawn);
    if (state->step) {
        r->step = state->step->index;
        sheet_mark(p->sheet, (enum step_status)state->step->status, left + BOX_STRIP_LEFT, y + BOX_STRIP_TOP,
                   BOX_STRIP_WIDTH, node->height - 2 * BOX_STRIP_TOP);
    }
    enum scene_role role = !state->visits ? ROLE_LABEL_MUTED : state->errors ? ROLE_LABEL_ERROR : ROLE_LABEL;
    sheet_text(p->sheet, role, x, y + BOX_NAME_BASELINE, BOX_NAME_SIZE, state->visits ? WEIGHT_BOLD : WEIGHT_REGULAR,
               room, state_name(state));
    for (int i = 0; i < STATE_LINES && drawn->lines[i].len; i++)
        sheet_text(p->sheet, i && state->errors ? ROLE_LABEL_ERROR : ROLE_LABEL_MUTED, x,
                   y + BOX_LINE_BASELINE + i * BOX_LINE_HEIGHT, BOX_LINE_SIZE, WEIGHT_REGULAR, room, drawn->lines[i]);
}

static void draw_entry(const struct picture *p)
{
    if (p->m->entry == STATE_NONE) return;
    const struct layered_node *node = &p->layered.nodes[p->layered.entry];
    double x = p->left + node->x + node->width / 2, y = p->top + node->y;
    struct scene_item *dot = scene_rect(p->sheet->s, ROLE_LABEL_MUTED, x - ENTRY_RADIUS, y - ENTRY_ROOM + 2,
                                        2 * ENTRY_RADIUS, 2 * ENTRY_RADIUS);
    dot->radius = ENTRY_RADIUS;
    scene_line(p->sheet->s, ROLE_EDGE, x, y - ENTRY_ROOM + 2 + 2 * ENTRY_RADIUS, x, y - HEAD);
    scene_arrow(p->sheet->s, ROLE_EDGE, x, y - HEAD, x, y);
}

/* What is not drawn, as a sentence; "" when all is. */
static struct str drop_note(const struct picture *p)
{
    uint64_t visits = 0;
    uint32_t states = p->m->state_count - p->layered.node_count;
    for (uint32_t i = 0; i < p->m->state_count; i++)
        if (p->node_of[i] == STATE_NONE) visits += p->m->states[i].visits;
    struct buf b = BUF_INIT;
    if (states) {
        buf_puts(&b, "+ ");
        buf_put_count(&b, states, "state not drawn, with ", "states not drawn, with ");
        buf_put_count(&b, visits, "visit", "visits");
        buf_puts(&b, ": shown are those that failed, then those visited most.");
    }
    if (p->ways_left_out) {
        buf_puts(&b, b.len ? " + " : "+ ");
        buf_put_count(&b, p->ways_left_out, "rarer transition not drawn.", "rarer transitions not drawn.");
    }
    return caption_take(&b, p->sheet->scratch);
}

static struct str in_words(const struct picture *p)
{
    struct buf b = BUF_INIT;
    buf_put_count(&b, p->layered.node_count, "state", "states");
    buf_puts(&b, " and ");
    buf_put_count(&b, p->layered.edge_count, "transition", "transitions");
    return caption_take(&b, p->sheet->scratch);
}

void states_draw(struct sheet *sheet)
{
    struct picture p = { .sheet = sheet, .m = sheet->o->machine };
    if (!p.m || !p.m->state_count) {
        sheet_put_nothing(sheet, S("No states to show."));
        return;
    }
    choose(&p);
    double top = sheet_begin(sheet, p.layered.width + 2 * SHEET_MARGIN, drop_note(&p), in_words(&p));
    p.left = SHEET_MARGIN + (sheet->o->bare ? floor((sheet->width - p.layered.width) / 2) - SHEET_MARGIN : 0);
    p.top = top + ENTRY_ROOM;
    for (uint32_t e = 0; e < p.layered.edge_count; e++) {
        const struct layered_edge *edge = &p.layered.edges[e];
        if (edge->from == edge->to) draw_loop(&p, e);
        else if (edge->back) draw_back(&p, e);
        else draw_forward(&p, e);
    }
    draw_entry(&p);
    for (uint32_t n = 0; n < p.layered.node_count; n++) draw_state(&p, n);
    for (uint32_t e = 0; e < p.layered.edge_count; e++) draw_label(&p, e);
    sheet_end(sheet, p.top + p.layered.height);
}
