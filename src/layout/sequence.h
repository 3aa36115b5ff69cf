/* SPDX-License-Identifier: MIT
 *
 * The way a run went, inferred from times: of the steps below one parent, those that overlap ran side by side, the rest
 * one after the other. Knows nothing of sizes and places.
 *
 *     frame root                      a step with what it called
 *       box  load
 *       fork                          what is below it began before the rest of it had ended
 *         lane                        within a lane again one after the other
 *           box  page_1
 *           box  page_3
 *         lane
 *           box  page_2
 *       attempts                      the same name again after it failed
 *         box  store
 *         box  store
 *       rounds                        folds that took turns: each box says once what came again and again
 *         box  ask ×20
 *         box  answer ×20
 *       stub                          "+12 more": boxes_keep has left them out
 */
#ifndef LAYOUT_SEQUENCE_H
#define LAYOUT_SEQUENCE_H

#include "layout/boxes.h"

#define BLOCK_NONE UINT32_MAX

enum block_kind { BLOCK_BOX, BLOCK_FRAME, BLOCK_FORK, BLOCK_LANE, BLOCK_ATTEMPTS, BLOCK_ROUNDS, BLOCK_STUB };

struct block {
    enum block_kind kind;
    uint32_t box;    /* BOX, FRAME, STUB (of the parent); ATTEMPTS: of the first one; else BOX_NONE */
    uint32_t parent; /* block, BLOCK_NONE for the first */
    uint32_t first_child, last_child, next;
    uint32_t children;
    uint32_t rounds;  /* ROUNDS: how many; the run went back to an earlier box one time less */
    int64_t from, to; /* µs: first start and last end of all in it, TIME_NONE when it has no time */
};

struct sequence {
    struct block *blocks; /* parents before their children, siblings in order */
    uint32_t count;
};

/* The kept boxes of `boxes`, which must be all or the outcome of boxes_keep. Lives in `arena`. O(n log n) */
struct sequence sequence_of(const struct boxes *boxes, struct arena *arena);

#endif
