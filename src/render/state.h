/* SPDX-License-Identifier: MIT
 *
 * The state of a state machine after one of its actions, and the action that follows: what one needs to bring a
 * program into the same situation again.
 */
#ifndef RENDER_STATE_H
#define RENDER_STATE_H

#include "base/buf.h"
#include "model/actions.h"

/* The place of number n: 0 is the first action, or the one of that sequence id where they have their own (see
 * actions_number; of several the first one with a state); -1 the last one that has a state, -2 the one before that.
 * False when there is none. */
bool actions_find(const struct actions *actions, int64_t n, size_t *ret_at);

/* One JSON object and a line break:
 *
 *   runId, sequenceId, action, key, id   which action it is: `action` is the step's name; `id` only if the log has one
 *   status                               of the step: "ok", "error", …
 *   state                                as it stands in the log, without the members that Burr keeps for itself,
 *                                        `__…`; of logs with sequence ids with `__SEQUENCE_ID`, as load_state gives it
 *   next                                 the name of the action to go on with, null when that cannot be told
 *   transitions                          [{"to","condition"}]: all that lead on from this action in the graph of the
 *                                        run; [] when there is none
 *
 * `next` is the action that began next and is no part of this one. When none did: the action itself if it failed; else
 * where all its transitions lead, if that is one action. The state is null when the log can no longer be read (see
 * sources_text). */
void state_write(const struct run *run, const struct actions *actions, size_t at, struct buf *out);

#endif
