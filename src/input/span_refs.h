/* SPDX-License-Identifier: MIT
 *
 * The events of a span-tree span that become events of their own: messages, with their times, and links, also those
 * whose other end stands in another trace.
 */
#ifndef INPUT_SPAN_REFS_H
#define INPUT_SPAN_REFS_H

#include "input/tell.h"

struct span_place {
    struct str run, step; /* ids, JSON */
    int64_t start, end;
};

/* References by their id, until all spans are read. */
struct span_refs {
    struct span_ref {
        uint64_t hash;
        size_t order;
        struct str run, step;
    } * src, *dest;
    size_t src_count, src_cap, dest_count, dest_cap;
};

/* Messages begin with a local time; which zone that is shows in a span that is shorter than zones are apart. */
struct span_times {
    bool known;
    int64_t offset; /* µs that those clocks are ahead of UTC */
};

/* Is the event one that span_event_tell makes something of? */
bool span_event_follows(struct str type, struct str value);
/* Is it one end of a reference? It is kept besides. */
bool span_event_refers(struct str type);
void span_event_tell(struct teller *t, struct span_refs *refs, struct span_times *times, const struct span_place *at,
                     struct str type, struct str value);
/* When all is read: each destination's link to its source. Frees the references. */
void span_refs_tell(struct teller *t, struct span_refs *refs);
void span_times_note(struct teller *t, const struct span_times *times);

#endif
