/* SPDX-License-Identifier: MIT
 *
 * Documents that were cut off: containers of which only the beginning is there can be entered all the same.
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

#endif
