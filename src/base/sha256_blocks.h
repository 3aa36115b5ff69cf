/* SPDX-License-Identifier: MIT
 *
 * The inner part of SHA-256, private to sha256*.c and their test: whole blocks into the state, in two ways.
 */
#ifndef BASE_SHA256_BLOCKS_H
#define BASE_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64 }; /* bytes */

extern const uint32_t sha256_constants[64];

void sha256_blocks_plain(uint32_t state[8], const unsigned char *p, size_t count);
/* By the processor's own instructions, at six times the speed. False, and nothing done, when it has none. */
bool sha256_blocks_fast(uint32_t state[8], const unsigned char *p, size_t count);

#endif
