/* SPDX-License-Identifier: MIT
 *
 * How much of a run has to fold so that its rows fit. For rows.c.
 */
#ifndef LAYOUT_ROWS_ROOM_H
#define LAYOUT_ROWS_ROOM_H

#include "model/fold.h"

enum { ROWS_FOLD_OVER = 2 /* siblings of a kind that never fold */ };

/* The rule that folds no more than it takes to have no more than `room` rows; when none does, the one that leaves
 * fewest, but with the troubled ones apart while they alone fit. `merged` as for folding_begin. */
struct fold_rule rows_room(const struct folding *f, const uint32_t *merged, uint32_t room);

#endif
