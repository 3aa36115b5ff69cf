/* SPDX-License-Identifier: MIT
 *
 * Plain JSON as the AnyValue of OTLP/JSON: "a" is {"stringValue":"a"}, [1] is
 * {"arrayValue":{"values":[{"intValue":"1"}]}}.
 */
#ifndef RENDER_ANYVALUE_H
#define RENDER_ANYVALUE_H

#include "base/buf.h"

/* Can an AnyValue hold the value so that reading it gives the same text? Not what is nested very deep, and no numbers
 * beyond a double's range: receivers refuse those. */
bool any_holds(struct str value);
/* Appends a value that any_holds; digits stay as they are. */
void any_put(struct buf *b, struct str value);

#endif
