/* SPDX-License-Identifier: MIT
 *
 * The flow between its two halves: flow_place.c says how large everything is and where it stands, flow.c draws it.
 */
#ifndef LAYOUT_FLOW_H
#define LAYOUT_FLOW_H

#include "layout/sequence.h"
#include "layout/sheet.h"

/* px */
enum {
    FLOW_WAIT_GAP = 40,     /* an arrow with the time that passed */
    FLOW_WAIT_LEFT = 8,     /* from the arrow to that text */
    FLOW_BAR = 4,           /* of a fork */
    FLOW_HEADER_GAP = 10,   /* between the name of a frame and what follows */
    FLOW_TRACK_BOTTOM = 10, /* of the track in a box */
    FLOW_LOOP = 22,         /* beside a chain that went in rounds: the way back */
    FLOW_FORK_LABEL = 5,    /* from it to the bar below */
};

struct place {
    double x, y, width, height; /* of the block */
    struct sheet_box drawn;     /* BOX, FRAME */
    struct str more;            /* behind the name of a frame; the text of a stub; over a fork */
    enum scene_role role;       /* of that */
    uint32_t columns;           /* of a fork that is a grid, else 0 */
    struct str wait;            /* at the arrow that leads here */
    double share;               /* of the run's time, 0 … 1 */
};

struct flow {
    struct sheet *sheet;
    struct boxes boxes;
    struct sequence sequence;
    struct place *places; /* by block */
    uint32_t *at_once;    /* by fold: how many of its members ran at once, 0 while nobody has asked */
};

static inline bool has_header(const struct block *b)
{
    return b->kind == BLOCK_FRAME || b->kind == BLOCK_ATTEMPTS || b->kind == BLOCK_ROUNDS;
}

static inline bool is_stack(const struct block *b) { return has_header(b) || b->kind == BLOCK_LANE; }

#define FOR_CHILDREN(i, flow, block)                                                                                   \
    for (uint32_t i = (block)->first_child; i != BLOCK_NONE; i = (flow)->sequence.blocks[i].next)

/* Chooses the boxes, and fills sequence and places; the first block stands at 0, 0. */
void flow_choose(struct flow *f);
/* Moves everything so that the first block stands at x, y. */
void flow_place(struct flow *f, double x, double y);

#endif
