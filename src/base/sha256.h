/* SPDX-License-Identifier: MIT
 *
 * SHA-256 (FIPS 180-4): names pieces of a page in its Content-Security-Policy and proves that data came back whole.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 64 + 1, SHA256_BASE64_SIZE = 44 + 1 };

struct sha256 {
    uint32_t state[8];
    uint64_t length;         /* bytes so far */
    unsigned char block[64]; /* length % 64 of them wait here */
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, struct str data);
/* h is used up. */
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE]);
/* The same as lower-case hexadecimal, NUL-terminated. */
void sha256_end_hex(struct sha256 *h, char out[SHA256_HEX_SIZE]);

/* The digest of one text, as lower-case hexadecimal or as base64 with padding, NUL-terminated. */
void sha256_hex(struct str data, char out[SHA256_HEX_SIZE]);
void sha256_base64(struct str data, char out[SHA256_BASE64_SIZE]);

#endif
