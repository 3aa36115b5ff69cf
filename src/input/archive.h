/* SPDX-License-Identifier: MIT
 *
 * The log inside the page: the bytes that were read, compressed in chunks that can be inflated one by one. What the
 * page holds is one element that no browser executes:
 *
 *     <script type="application/octet-stream" id="pl-log">
 *     {"format":1,"chunk":262144,"missing":"","names":["run.ndjson"],"sizes":[300000],"sha256":["…"],"packed":[90,10]}
 *     BASE64
 *     </script>
 *
 * "packed" has the compressed bytes of every chunk (a zlib stream of 262,144 bytes of log; of the last one of a file
 * what is left), file after file. BASE64 is all of them in a row: chunk k begins at the byte that the sum of those
 * before it tells, in the middle of a group of four characters if need be. "missing" tells why there are no chunks.
 */
#ifndef INPUT_ARCHIVE_H
#define INPUT_ARCHIVE_H

#include "base/sha256.h"
#include "input/pack.h"
#include "input/source.h"

enum { ARCHIVE_FORMAT = 1, ARCHIVE_CHUNK = PACK_CHUNK, ARCHIVE_NAME_MAX = 200 };
#define ARCHIVE_OPEN        "<script type=\"application/octet-stream\" id=\"pl-log\">\n"
#define ARCHIVE_CLOSE       "\n</script>"
#define ARCHIVE_AUTO_MIB    32 /* compressed, that are embedded without being told to */
#define ARCHIVE_AUTO_MAX    ((uint64_t)ARCHIVE_AUTO_MIB << 20)
#define ARCHIVE_FREE_SIZE   (UINT64_C(256) << 20) /* of a log; up to here it may compress as well as it likes, */
#define ARCHIVE_RATIO_MAX   400                   /* beyond it this well: else `extract` would not trust the page */
#define ARCHIVE_INTEGER_MAX (UINT64_C(1) << 53)   /* what JavaScript counts exactly */

/* Both in words. */
#define ARCHIVE_DIGITS_OF(number) #number
#define ARCHIVE_DIGITS(macro)     ARCHIVE_DIGITS_OF(macro)
#define ARCHIVE_AUTO_TEXT         ARCHIVE_DIGITS(ARCHIVE_AUTO_MIB) " MiB"
#define ARCHIVE_RATIO_TEXT        "a " ARCHIVE_DIGITS(ARCHIVE_RATIO_MAX) "th"

/* May the byte stand in the name of a file, wherever the log is extracted? */
static inline bool archive_name_takes(unsigned char c) { return c >= ' ' && c != 0x7F && !strchr("/\\:*?\"<>|", c); }

static inline bool archive_is_bomb(uint64_t size, uint64_t packed)
{
    return size > ARCHIVE_FREE_SIZE && size / ARCHIVE_RATIO_MAX > packed;
}

enum archive_choice { ARCHIVE_AUTO, ARCHIVE_ALWAYS, ARCHIVE_NEVER };

/* Why a page does not hold its log. */
enum archive_missing { ARCHIVE_INSIDE, ARCHIVE_UNWANTED, ARCHIVE_PART, ARCHIVE_LARGE, ARCHIVE_DENSE, ARCHIVE_CHANGED };
enum { ARCHIVE_MISSING_COUNT = ARCHIVE_CHANGED + 1 };
/* As the index has it: "" for ARCHIVE_INSIDE. */
const char *archive_missing_name(enum archive_missing missing);

struct archive_file {
    struct str name; /* without directories, safe as a file name anywhere, unique in its archive ignoring case */
    uint64_t size;
    char sha256[SHA256_HEX_SIZE]; /* "" for ARCHIVE_CHANGED where the file was not read to its end */
};

struct archive;

/* Begins to pack the sources' original bytes, in a thread of its own; all of them must be open, and stay open until
 * archive_free. */
struct archive *archive_begin(const struct sources *s, enum archive_choice choice);
/* Every page will show a part only: with ARCHIVE_AUTO there is no need to pack on. NULL is fine. */
void archive_is_part(struct archive *a);
/* The rest may only be called when this has returned. `*ret_count` files. Several threads may ask at once. */
const struct archive_file *archive_files(struct archive *a, size_t *ret_count);
/* What there is to say about the log in a page that shows only a `part` of it, or all. */
enum archive_missing archive_missing(struct archive *a, bool part);
/* Nothing went wrong but with the log itself. False with *e set. */
bool archive_check(struct archive *a, struct err *e);
/* The element with its tags. */
void archive_put(struct archive *a, enum archive_missing missing, struct buf *out);
/* Stops what still goes on. NULL is fine. */
void archive_free(struct archive *a);

#endif
