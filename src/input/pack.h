/* SPDX-License-Identifier: MIT
 *
 * Bytes compressed in chunks that can be inflated one by one: zlib streams in a row, and how long each of them is. The
 * page holds them as base64 behind an index that lists the lengths.
 */
#ifndef INPUT_PACK_H
#define INPUT_PACK_H

#include "base/buf.h"

enum { PACK_CHUNK = 256 * 1024, PACK_STORED = 0 /* the level for what is compressed already */ };

struct libdeflate_compressor;

struct pack {
    struct libdeflate_compressor *packer; /* NULL before the first chunk */
    int level;                            /* of the packer */
    struct buf bytes; /* a file may be put behind it, which is then p's and is read again in the end */
    uint32_t *lengths;
    size_t count, cap; /* of the chunks */
};

/* Starts empty; needs pack_free. */
#define PACK_INIT ((struct pack){ .bytes = BUF_INIT })

/* The level for `size` bytes: few are worth some time. */
int pack_level(uint64_t size);
/* Adds a chunk: PACK_CHUNK bytes, or fewer at the end of a file. */
void pack_chunk(struct pack *p, struct str chunk, int level);
/* After the last chunk: lets go of the compressor's memory. */
void pack_end(struct pack *p);
void pack_free(struct pack *p); /* which is empty afterwards */

/* The array of the lengths, "[90,10]". */
void pack_put_lengths(const struct pack *p, struct buf *out);
/* All of it as base64. When it cannot be read again p->bytes.error tells. */
void pack_put_base64(struct pack *p, struct buf *out);

#endif
