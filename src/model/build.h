/* SPDX-License-Identifier: MIT
 *
 * Events to runs: which lines speak of the same step, what belongs below what. The rules are those of the event log:
 * ids where there are any; else key and start time, then order; a later field wins, and differences are counted.
 */
#ifndef MODEL_BUILD_H
#define MODEL_BUILD_H

#include "event/event.h"
#include "model/run.h"

struct builder;

/* `sources` and `arena` must outlive the runs. */
struct builder *builder_new(struct sources *sources, struct arena *arena);
void builder_event(struct builder *b, const struct event *event);
/* Called for each oddity that is put right while building, with the line it comes from: contradictions, ends before
 * starts, parents that are missing. `what` has no full stop. */
typedef void builder_note(void *context, uint32_t source, uint64_t line, struct str key, const char *what);
void builder_on_note(struct builder *b, builder_note *note, void *context);

/* Is it clear already that there is more than one run? */
bool builder_several(const struct builder *b);

/* All runs, linked in order of first appearance, with trees, statuses and measures complete; NULL when there was none.
 * Frees the builder. */
struct run *builder_finish(struct builder *b);

#endif
