/* SPDX-License-Identifier: MIT
 *
 * Owned, growing text with a sticky error. Appends may be chained unchecked; the first failed write is remembered,
 * later ones are not tried, and one look at `error` (or what buf_flush returns) at the end tells. With a file
 * descriptor behind it the buffer hands over what it holds whenever it passes BUF_FLUSH bytes, so that a report of any
 * size takes little room.
 *
 * Escaping is a method here, one per medium, so that unescaped text is the longer thing to write. All of them first
 * turn bad UTF-8 into U+FFFD; control characters that the medium cannot hold become U+FFFD too.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

enum { BUF_FLUSH = 256 * 1024 };

struct buf {
    char *ptr;
    size_t len, cap;
    size_t written; /* bytes already handed to fd */
    int fd;         /* -1: memory only */
    int error;      /* errno of the first failed write, 0 when all is well */
};

/* Starts empty, in memory; needs buf_free. */
#define BUF_INIT ((struct buf){ .fd = -1 })

void buf_free(struct buf *b);
static inline void buf_clear(struct buf *b) { b->len = 0; }
static inline struct str buf_str(const struct buf *b) { return str_of(b->ptr, b->len); }
/* All bytes put so far, also those already written. */
static inline size_t buf_total(const struct buf *b) { return b->written + b->len; }

/* Room for n more bytes at the end, for writers that fill it themselves and then add to len. */
char *buf_room(struct buf *b, size_t n);
/* Writes what is held to fd (nothing without one). Returns 0 or the sticky errno. */
int buf_flush(struct buf *b);

void buf_put(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *z);
void buf_putc(struct buf *b, char c);
void buf_put_repeat(struct buf *b, char c, size_t times);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Numbers, never through a locale. */
void buf_put_int(struct buf *b, int64_t n);
void buf_put_uint(struct buf *b, uint64_t n);
/* With `decimals` (0..6) digits behind the point, trailing zeros cut when `trim`; not-a-number prints 0. */
void buf_put_fixed(struct buf *b, double value, int decimals, bool trim);
/* For people: 1234567 as "1,234,567". */
void buf_put_number(struct buf *b, uint64_t n);
/* "1 step", "1,234 steps". */
void buf_put_count(struct buf *b, uint64_t n, const char *one, const char *many);

/* HTML text and attribute values (in double quotes): & < > " '. */
void buf_put_html(struct buf *b, struct str s);
/* HTML text between tags, never in an attribute: quotes stay as they are. */
void buf_put_html_text(struct buf *b, struct str s);
/* XML (SVG) text and attribute values; characters XML 1.0 forbids become U+FFFD. */
void buf_put_xml(struct buf *b, struct str s);
/* A JSON string with its quotes. */
void buf_put_json(struct buf *b, struct str s);
/* The same, safe inside <script type="application/json">: also < > & and U+2028/9 as \u escapes. */
void buf_put_json_html(struct buf *b, struct str s);
/* Markdown inline text (GitHub's): markup characters escaped or as entities, line breaks as spaces, so that it is
 * safe in a paragraph, a list item or a table cell, and mentions (@name) and references (#12) stay text. */
void buf_put_md(struct buf *b, struct str s);
/* A CSV field, quoted when needed; a cell that a spreadsheet would take for a formula gets a leading '. */
void buf_put_csv(struct buf *b, struct str s);
/* Plain text for a terminal or a log line: control characters (also ESC and C1) become U+FFFD, line breaks and tabs
 * one space. */
void buf_put_plain(struct buf *b, struct str s);

#endif
