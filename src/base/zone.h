/* SPDX-License-Identifier: MIT
 *
 * Time zones, for logs that write local times without saying of where.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/clock.h"

struct zone {
    bool known;       /* false: nobody said */
    const char *name; /* of the system's zone database, NULL when `offset` is all there is */
    int64_t offset;   /* µs that its clocks are ahead of UTC */
};

/* "UTC", "Z", "+09:00", "-0330", or a name such as "Europe/Berlin", which must be in the system's zone database (and
 * must stay where it is: it is not copied). False when it is none of them. */
bool zone_parse(const char *text, struct zone *ret);

/* UTC of a local time that is given in µs as if it were UTC; the zone must be known. Of an hour that a change of clocks
 * makes twice it is the C library's choice; TIME_NONE when that cannot tell. Of a named zone the process's TZ is set to
 * it and stays so: nothing else in this program asks for local times, and only one thread may call this. */
int64_t zone_to_utc(const struct zone *zone, int64_t local_us);

/* "UTC", "UTC+09:00", "Europe/Berlin". */
void zone_put(struct buf *b, const struct zone *zone);

#endif
