/* SPDX-License-Identifier: MIT
 *
 * The state machine that a run went through: its actions by name, and which came after which. What the program declared
 * of it (`graph` of the run's meta: actions, transitions, the entry point) and what really happened, in one.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "model/run.h"

#define STATE_NONE UINT32_MAX

/* All actions of one name. */
struct machine_state {
    struct str name;
    const struct step *step; /* that stands for them: the first that failed, else the first without an end, else the
                              * first; NULL when it was never visited */
    uint32_t visits, errors, unfinished;
    uint32_t timed; /* visits that ended and have a duration */
    int64_t mean;   /* µs, of those; TIME_NONE when there are none */
    bool declared;  /* the graph has it */
    bool last;      /* the last action of the run is of this name */
};

/* From one state to another, or to itself. */
struct machine_way {
    uint32_t from, to;
    uint32_t count;       /* how often the run went there */
    struct str condition; /* as declared; "" when there is none, or it is `default` */
    bool declared;
};

struct machine {
    struct machine_state *states; /* declared ones first, as declared, then the others, as they were first visited */
    uint32_t state_count;
    struct machine_way *ways; /* likewise */
    uint32_t way_count;
    uint32_t entry;  /* the declared entry point, else the first action; STATE_NONE without states */
    uint64_t visits; /* of all states */
    bool evident;    /* worth drawing unasked: a graph, actions, or a top level that comes back to a name */
};

/* States are the names of the run's actions; of a run without actions the names of the steps below its root. Hidden
 * steps do not count. Reads the graph from the log. Lives in `arena`. O(n log n). */
struct machine machine_of(const struct run *run, struct arena *arena);

#endif
