/* SPDX-License-Identifier: MIT
 *
 * Where days, months and years begin, in UTC: what a time axis shows of the calendar.
 */
#ifndef LAYOUT_CALENDAR_H
#define LAYOUT_CALENDAR_H

#include "base/clock.h"

enum calendar_unit { CALENDAR_DAY, CALENDAR_MONTH, CALENDAR_YEAR };

/* Every so many days, months or years: the first beginning of one after `time` (µs since the Unix epoch). Weeks (7
 * days) begin on Monday, several months and years with those whose number is a multiple. */
int64_t calendar_next(enum calendar_unit unit, int64_t every, int64_t time);

/* "2026-05-19", "2026-05" or "2026". */
void calendar_put(enum calendar_unit unit, int64_t time, struct buf *b);

#endif
