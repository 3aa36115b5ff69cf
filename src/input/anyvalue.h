/* SPDX-License-Identifier: MIT
 *
 * Attributes of OTLP as plain JSON: {"key":"n","value":{"intValue":"1"}} is the member "n":1.
 */
#ifndef INPUT_ANYVALUE_H
#define INPUT_ANYVALUE_H

#include "base/buf.h"

struct attribute {
    struct str key, value; /* a JSON string; an AnyValue */
    struct str scalar;     /* what the value is, where that was seen at once */
};

/* An AnyValue as JSON: digits stay as they are, bytes are their base64, nothing ({}) is null. What is nested deeper
 * than 32 levels, and what is no AnyValue, stays as it is. */
void anyvalue_put(struct buf *b, struct str any);
/* The JSON string (or other scalar) in an AnyValue; empty when there is none. */
struct str anyvalue_scalar(struct str any);

/* The next attribute of a list that trace_list() began. */
struct json;
bool attribute_next(struct json *list, struct attribute *ret);
/* Its value as anyvalue_put and anyvalue_scalar have it. */
void attribute_put(struct buf *b, const struct attribute *a);
struct str attribute_scalar(const struct attribute *a);
/* All attributes of a list as members of an object, without its braces, to what is there already. */
void attributes_put(struct buf *members, struct str list);

#endif
