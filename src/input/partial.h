/* SPDX-License-Identifier: MIT
 *
 * Documents that were cut off: containers of which only the beginning is there can be entered all the same.
 * And what readers of logs without names of their own call their runs: by the file.
 */
#ifndef INPUT_PARTIAL_H
#define INPUT_PARTIAL_H

#include "event/fields.h"
#include "input/tell.h"

/* The members of the object at j, which goes behind it, as fields_take has them (event/fields.h): each byte is looked
 * at once. Where the text is cut off, j->error is set, and what stands before is taken; of the member `deep`, if it is
 * an object, as far as it goes. */
void partial_take(struct json *j, const struct field *table, size_t count, void *base, struct str deep,
                  other_member *other, void *context);

/* Calls `each` for every object of an array, or for the only one there is: it stands at j, `each` goes behind it. What
 * is no object is a problem. */
typedef void partial_object(struct teller *t, void *context, struct json *j);
void partial_each(struct teller *t, struct str text, partial_object *each, void *context);

/* The last part of the source's path; `standard_input` when it has none. */
struct str path_title(const struct teller *t, struct str standard_input);
/* The same without its endings ".json", ".ndjson.gz" and the like. */
struct str path_stem(const struct teller *t, struct str standard_input);

/* A time in the log's text, such as "2026-11-21T10:10:02.090909+00:00", in µs UTC. One without a zone is of the zone
 * that the user named, else of UTC, and *naive is counted up. False when it is no time. */
bool time_of_text(const struct teller *t, struct str text, int64_t *ret_us, uint64_t *naive);

/* a + b of times and durations; TIME_NONE when one of them is unknown or the sum is no time. */
int64_t time_after(int64_t us, int64_t duration);

#endif
