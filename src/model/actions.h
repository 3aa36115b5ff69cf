/* SPDX-License-Identifier: MIT
 *
 * The steps of a run that are actions of a state machine, in the order they began.
 */
#ifndef MODEL_ACTIONS_H
#define MODEL_ACTIONS_H

#include "model/run.h"

/* Actions are the steps with a state, and those of kind "action", which may have none because they have not ended. What
 * is below a step of kind "application" belongs to the state machine of another program. */
struct actions {
    const struct step **list; /* in the order they began */
    size_t count;
    size_t with_state;
    uint64_t *numbers; /* their sequence ids, see actions_number; NULL: they are their places */
};
struct actions actions_of(const struct run *run, struct arena *a);

bool action_has_state(const struct step *action);

/* Looks up the numbers of actions: their `sequence_id`, where the log gives one to each (Burr's do), else their places
 * in the list. */
void actions_number(const struct run *run, struct actions *actions, struct arena *a);
uint64_t action_number(const struct actions *actions, size_t at);

#endif
