/* SPDX-License-Identifier: MIT
 *
 * What an action changed in the state: the members that are new, other or gone since the action before it.
 */
#ifndef RENDER_STATE_CHANGES_H
#define RENDER_STATE_CHANGES_H

#include "model/run.h"

enum {
    STATE_MEMBERS_MAX = 64,        /* of larger states nothing is said */
    STATE_BYTES_MAX = 1024 * 1024, /* nor of longer ones */
};

struct state_change {
    struct str key;   /* characters */
    struct str value; /* JSON; empty when the member is gone */
};

/* From the state that `before` left to that of `after`, into list[STATE_MEMBERS_MAX * 2], in the order of the state,
 * what is gone behind it. Members that Burr keeps for itself, `__…`, are left out. Returns how many; 0 also when one of
 * them has no state, or none that can be compared in short. Texts live in the arena. */
size_t state_changes(const struct run *run, const struct step *before, const struct step *after, struct arena *a,
                     struct state_change *list);

#endif
