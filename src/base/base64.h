/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648, section 4): bytes as text that HTML and JSON leave alone.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Characters that n bytes take, with padding. */
static inline uint64_t base64_length(uint64_t n) { return (n + 2) / 3 * 4; }

/* Writes base64_length(data.len) characters to out, no NUL. */
void base64_encode(struct str data, char *out);

/* The bytes of whole groups of four characters, at most text.len / 4 * 3 of them, to out. '=' only at the very end;
 * no white space. False when it is no base64. */
bool base64_decode(struct str text, unsigned char *out, size_t *ret_length);

/* Appends the data; of a long text in pieces all but the last must be a multiple of three bytes long. */
void buf_put_base64(struct buf *b, struct str data);

#endif
