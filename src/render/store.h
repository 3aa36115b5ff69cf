/* SPDX-License-Identifier: MIT
 *
 * Where the page's script finds the text of a payload. When the page carries the log as it was read, the text is in
 * there and nothing is copied. Else the texts themselves are put into an element of their own, in the form of the log's
 * (see archive.h), one after the other with a line end between, as long as they fit:
 *
 *     <script type="application/octet-stream" id="pl-text">
 *     {"format":1,"chunk":262144,"sizes":[300000],"packed":[90,10]}
 *     BASE64
 *     </script>
 */
#ifndef RENDER_STORE_H
#define RENDER_STORE_H

#include "input/archive.h"

#define STORE_OPEN "<script type=\"application/octet-stream\" id=\"pl-text\">\n"

struct store;

/* `at` counts the bytes of all files of the page's log, or of the store, in a row. length < whole: it was cut;
 * length 0: it is not there (whole tells how long it is in the log, 0 when there is no such payload). */
struct store_ref {
    uint64_t at, length, whole;
};

/* What the notes have to tell. */
struct store_totals {
    uint64_t cut;      /* payloads of which only the beginning is there */
    uint64_t left_out; /* payloads that are not there, as all of them together took too much */
    uint64_t bytes;    /* of both, what is not there */
};

/* `a` is the log in the page, NULL when the page has none. Without it, or where its bytes are not those that payloads
 * are counted in, a text is cut at `max_data` bytes (at a whole character) and all of them take at most `budget`. */
struct store *store_new(struct sources *s, const struct archive *a, uint64_t max_data, uint64_t budget);
/* Does store_add read the payloads? Then it goes fastest in the order of the log. */
bool store_copies(const struct store *st);
/* Places a payload; who comes first is more likely to get room. A text that can no longer be read has length 0, and
 * sources_text has noted that. */
struct store_ref store_add(struct store *st, struct payload p);
struct store_totals store_totals(const struct store *st);
/* The element with its tags, after the last store_add; nothing when the log serves or there is no text. */
void store_put(struct store *st, struct buf *out);
void store_free(struct store *st);

#endif
