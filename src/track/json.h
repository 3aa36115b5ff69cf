/* SPDX-License-Identifier: MIT
 *
 * JSON texts of the caller: checked and put on one line, and looked up.
 */
#ifndef TRACK_JSON_H
#define TRACK_JSON_H

#include "track/text.h"

enum { PL_JSON_DEPTH_MAX = 512 };

/* Appends one JSON value (RFC 8259) without the white space between its tokens. False, with what was appended taken
 * back, when the text is no JSON or too deep. */
bool pl_json_compact(struct pl_text *out, const char *json, size_t count);

/* A member of an object that pl_json_compact has written (the last one of that name), NULL when there is none. */
const char *pl_json_member(const char *object, size_t count, const char *name, size_t *ret_count);

/* The characters of what stands between the quotes of a checked string; a lone surrogate becomes U+FFFD. */
void pl_json_unescape(struct pl_text *out, const char *inner, size_t count);

#endif
