/* SPDX-License-Identifier: MIT
 *
 * Times and durations as text. Times are int64 microseconds since the Unix epoch, UTC; there is no "now" in here.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"

/* Unknown time or duration. */
#define TIME_NONE INT64_MIN
/* Times outside ±TIME_MAX (some 126,000 years around 1970) are refused when read. The difference of two does fit an
 * int64. */
#define TIME_MAX INT64_C(4000000000000000000)

enum time_unit { UNIT_AUTO, UNIT_MS, UNIT_S };

/* A duration for people, three significant digits: "0 ms", "12 µs", "1.5 ms", "41.3 ms", "45 ms", "1.80 s", "12.0 s",
 * "3 m 05 s", "2 h 04 m", "5 d 03 h"; only seconds keep zeros at the end. UNIT_MS "1,240 ms" and UNIT_S "1.240 s" keep
 * to one unit. Negative ones with U+2212. TIME_NONE gives "–". */
void clock_put_duration(struct buf *b, int64_t us, enum time_unit unit);

/* "2026-05-18 04:26:40.125 UTC": fraction to milliseconds, to microseconds when there are any. */
void clock_put_utc(struct buf *b, int64_t us);
/* "2026-05-18T04:26:40.125Z", for machines. */
void clock_put_iso(struct buf *b, int64_t us);

/* Milliseconds as the shortest exact decimal: 1716000000000 or 1716000000000.125. */
void clock_put_ms(struct buf *b, int64_t us);

/* Parses "250", "250ms", "1.5s", "2m", "1h", "10us" (a bare number is milliseconds) into *ret_us; false when it is no
 * duration or out of range. */
bool clock_parse_duration(struct str s, int64_t *ret_us);

/* a + b of a time and a duration; TIME_NONE when one of them is unknown or the sum is no time. */
int64_t clock_after(int64_t us, int64_t duration);

/* A date and time of ISO 8601 as logs write it: "2026-11-21T19:09:00.252485", also with a space for the T, a comma for
 * the point, any number of decimals (rounded to µs), and then nothing, "Z", "+09:00", "+0900" or "+09". *ret_us are µs
 * since the epoch; of a time without zone (*ret_zoned false) as if it were UTC. 24:00:00 is the end of a day, a second
 * 60 is that of a leap second. False when it is something else, also a date that no calendar has. */
bool clock_parse_iso(struct str s, int64_t *ret_us, bool *ret_zoned);

#endif
