/* SPDX-License-Identifier: MIT
 *
 * What leads from row to row. The critical path: a line under the parts of bars that are on it, and from the end of
 * each part a thin line to the next. Links that the log declares between steps:
 *
 *     ▬▬▬▬▬▬ 300 ms          ▬▬▬▬▬▬▬
 *          │                 ━━━━┓          upright lines leave room for the texts that they pass
 *          ╰──▸▬▬▬▬▬▬            ▬▬▬▬▬▬
 *                                ━━━━━━
 */
#include "layout/gantt_chart.h"

#include <stdlib.h>

#define PIECE_MIN 1.5 /* px: what is shorter on a step with children is left out of the path */
#define CLIMB_MIN 8.0 /* px: of what the path ends in above its last branch */
#define CONNECTOR 1.2 /* px thick */

#define LINK_ROOM   8.0 /* px before a bar, for the bend and the arrow head */
#define LINK_RADIUS 4.0
#define LINK_HEAD   4.5

enum {
    LINKS_MAX = 100, /* more would be a thicket */
    VISITS_MAX = 8,  /* of the path in one fold; more have no connectors */
};

/* The path's pieces by row, as far as they can be told apart: of what is shorter than PIECE_MIN at most one a px. */
static struct piece *find_pieces(const struct chart *c, size_t *ret_count)
{
    struct piece *list = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < c->path->count; i++) {
        const struct critical_segment *segment = &c->path->segments[i];
        uint32_t row = c->row_of[segment->step->index];
        if (row == ROW_NONE) continue;
        double from = scale_x(&c->scale, segment->from), to = scale_x(&c->scale, segment->to);
        struct piece *last = count ? &list[count - 1] : NULL;
        if (last && last->row == row && from <= last->to + 1) {
            last->to = fmax(to, last->to);
            continue;
        }
        if (to - from < PIECE_MIN) {
            if (c->rows.items[row].last_child != ROW_NONE || (last && from < last->from + 1)) continue;
            to = from + PIECE_MIN;
        }
        list = array_grow(list, &cap, count + 1, sizeof *list);
        list[count++] = (struct piece){ row, from, to };
    }
    *ret_count = count;
    return list;
}

static bool is_above(const struct chart *c, uint32_t above, uint32_t row)
{
    while (row != ROW_NONE && row > above) row = c->rows.items[row].parent; /* a parent comes first */
    return row == above;
}

/* The piece that the path leads to from piece i, `count` when it ends: on its way from one branch of the tree to the
 * next it does not climb to what is above them, however long that was waiting; at its end it does, if that is worth a
 * line. */
static size_t next_piece(const struct chart *c, const struct piece *list, size_t count, size_t i)
{
    for (size_t k = i + 1; k < count; k++)
        if (!is_above(c, list[k].row, list[i].row)) return k;
    for (size_t k = i + 1; k < count; k++)
        if (list[k].to - list[k].from >= CLIMB_MIN) return k;
    return count;
}

/* From the end of one piece level to the start of the other, then upright. */
static void put_connector(const struct chart *c, const struct piece *from, const struct piece *to)
{
    double x = floor(to->from) + 0.5, y = gantt_middle(c, from->row) + GANTT_PATH_BELOW;
    if (x > from->to) scene_line(c->s, ROLE_CRITICAL, from->to, y, x + CONNECTOR / 2, y)->thickness = CONNECTOR;
    gantt_put_upright(c, ROLE_CRITICAL, CONNECTOR, x, y, gantt_middle(c, to->row) + GANTT_PATH_BELOW);
}

/* Where the path enters a fold again and again, lines to each of its steps would say nothing. */
static bool is_thicket(const struct chart *c, const uint32_t *touched, uint32_t row)
{
    return c->rows.items[row].fold && touched[row] > VISITS_MAX;
}

void gantt_put_path(const struct chart *c)
{
    if (!c->path) return;
    size_t count;
    struct piece *list = find_pieces(c, &count);
    for (size_t i = 0; i < count; i++) {
        double y = gantt_middle(c, list[i].row) + GANTT_PATH_BELOW;
        scene_line(c->s, ROLE_CRITICAL, list[i].from, y, list[i].to, y)->thickness = GANTT_PATH_THICK;
    }
    uint32_t *touched = ARENA_ARRAY(c->a, uint32_t, c->rows.count);
    for (size_t i = next_piece(c, list, count, 0); i < count; i = next_piece(c, list, count, i)) touched[list[i].row]++;
    for (size_t i = 0, next; i < count; i = next) {
        next = next_piece(c, list, count, i);
        if (next < count && !is_thicket(c, touched, list[i].row) && !is_thicket(c, touched, list[next].row))
            put_connector(c, &list[i], &list[next]);
    }
    free(list);
}

struct named {
    struct str id;
    uint32_t row;
};

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static int by_rows(const void *pa, const void *pb)
{
    const struct gantt_link *a = pa, *b = pb;
    if (a->to != b->to) return a->to < b->to ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static bool declares(const struct chart *c, const struct step_link *link)
{
    return link->step_id.len && (!link->run_id.len || str_eq(link->run_id, c->run->id));
}

/* The steps with a row by their id, sorted; only when there is a link at all. */
static struct named *name_rows(const struct chart *c, size_t *ret_count)
{
    struct named *list = NULL;
    size_t count = 0, cap = 0;
    bool any = false;
    for (uint32_t i = 0; i < c->rows.count; i++)
        for (uint32_t k = 0; k < c->rows.items[i].step_count; k++) {
            const struct step_more *more = c->rows.items[i].steps[k]->more;
            any |= more->links != NULL;
            if (!more->id.len) continue;
            list = array_grow(list, &cap, count + 1, sizeof *list);
            list[count++] = (struct named){ more->id, i };
        }
    if (any && count) qsort(list, count, sizeof *list, by_id);
    *ret_count = any ? count : 0;
    return list;
}

/* Two rows of which the tree says it already. */
static bool is_child(const struct chart *c, uint32_t a, uint32_t b)
{
    return c->rows.items[a].parent == b || c->rows.items[b].parent == a;
}

void gantt_find_links(struct chart *c)
{
    size_t named, cap = 0, count = 0;
    struct named *names = name_rows(c, &named);
    struct gantt_link *links = NULL;
    for (uint32_t i = 0; i < c->rows.count && named; i++)
        for (uint32_t k = 0; k < c->rows.items[i].step_count; k++)
            for (const struct step_link *l = c->rows.items[i].steps[k]->more->links; l; l = l->next) {
                struct named wanted = { .id = l->step_id };
                const struct named *other = declares(c, l) ? bsearch(&wanted, names, named, sizeof *names, by_id)
                                                           : NULL;
                if (!other || other->row == i || is_child(c, i, other->row)) continue;
                if (!(c->bars[i].width > 0) || !(c->bars[other->row].width > 0)) continue;
                bool onward = str_eq(l->relation, S("spawned")) || str_eq(l->relation, S("child"));
                links = array_grow(links, &cap, count + 1, sizeof *links);
                links[count++] = onward ? (struct gantt_link){ i, other->row } : (struct gantt_link){ other->row, i };
            }
    size_t kept = 0;
    if (count) qsort(links, count, sizeof *links, by_rows);
    for (size_t i = 0; i < count; i++) /* a fold's steps may all say the same */
        if (!kept || by_rows(&links[kept - 1], &links[i]) != 0) links[kept++] = links[i];
    c->links_found = (uint32_t)kept;
    c->link_count = (uint32_t)(kept < LINKS_MAX ? kept : LINKS_MAX);
    struct gantt_link *own = ARENA_ARRAY(c->a, struct gantt_link, c->link_count + 1);
    if (kept) memcpy(own, links, c->link_count * sizeof *own);
    c->links = own;
    free(links);
    free(names);
}

/* From x, y1 upright to the other row, round the bend, and level to the bar there. */
static void put_bend(const struct chart *c, double x, double y1, double y2, double left)
{
    double turn = y2 > y1 ? -LINK_RADIUS : LINK_RADIUS, head = left - LINK_HEAD;
    gantt_put_upright(c, ROLE_LINK, 0, x, y1, y2 + turn);
    scene_curve(c->s, ROLE_LINK, x, y2 + turn, x + LINK_RADIUS, y2)->bend = BEND_UPRIGHT_LEVEL;
    if (head > x + LINK_RADIUS) scene_line(c->s, ROLE_LINK, x + LINK_RADIUS, y2, head, y2);
    scene_arrow(c->s, ROLE_LINK, head, y2, left - 0.5, y2);
}

static void put_link(const struct chart *c, const struct gantt_link *link)
{
    const struct bar *from = &c->bars[link->from], *to = &c->bars[link->to];
    double y1 = gantt_middle(c, link->from) + 0.5, y2 = gantt_middle(c, link->to) + 0.5;
    double half = y2 > y1 ? GANTT_BAR_HEIGHT / 2 : -GANTT_BAR_HEIGHT / 2;
    if (to->left - LINK_ROOM >= from->left) {
        double x = fmin(from->left + from->width - 1, to->left - LINK_ROOM);
        put_bend(c, floor(x) + 0.5, y1 + half, y2, to->left);
        return;
    }
    if (from->left < to->left + to->width) { /* straight from bar to bar */
        double x = floor(fmax(from->left, to->left) + 1) + 0.5, edge = y2 - half,
               head = half > 0 ? -LINK_HEAD : LINK_HEAD;
        gantt_put_upright(c, ROLE_LINK, 0, x, y1 + half, edge + head);
        scene_arrow(c->s, ROLE_LINK, x, edge + head, x, edge);
        return;
    }
    double x = floor(to->left - LINK_ROOM) + 0.5; /* back in time: out to the left of both */
    scene_line(c->s, ROLE_LINK, from->left, y1, x, y1);
    put_bend(c, x, y1, y2, to->left);
}

void gantt_put_links(const struct chart *c)
{
    for (uint32_t i = 0; i < c->link_count; i++) put_link(c, &c->links[i]);
}
