/* SPDX-License-Identifier: MIT
 *
 * The steps of a run that are actions of a state machine, in the order they began.
 */
#ifndef MODEL_ACTIONS_H
#define MODEL_ACTIONS_H

#include "model/run.h"

/* Actions are the steps with a state, and those of kind "action", which may have none because they have not ended. An
 * action's place in the list is its sequence number. */
struct actions {
    const struct step **list; /* in the order they began */
    size_t count;
    size_t with_state;
};
struct actions actions_of(const struct run *run, struct arena *a);

bool action_has_state(const struct step *action);

#endif
