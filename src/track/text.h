/* SPDX-License-Identifier: MIT
 *
 * A text that grows: lines and JSON are put together here. Appends may be chained unchecked; the first failure
 * sticks in `error` and later appends do nothing.
 */
#ifndef TRACK_TEXT_H
#define TRACK_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pl_text {
    char *data;
    size_t len, cap;
    int error;     /* 0 or ENOMEM */
    bool borrowed; /* data is the caller's space until it gets too small */
};

/* An empty text in the caller's space, which must live as long as the text; a longer one moves to the heap. */
struct pl_text pl_text_in(char *space, size_t size);
void pl_text_free(struct pl_text *t);

/* Makes room for `more` bytes behind the end; false when there is none. */
bool pl_text_grow(struct pl_text *t, size_t more);

/* Room for `more` bytes behind the end; NULL when there is none. Here, like the next ones, because a line is made of
 * dozens of short pieces. */
static inline char *pl_text_room(struct pl_text *t, size_t more)
{
    if (t->error || (t->cap - t->len < more && !pl_text_grow(t, more))) return NULL;
    return t->data + t->len;
}

static inline void pl_text_put(struct pl_text *t, const char *bytes, size_t count)
{
    char *room = pl_text_room(t, count);
    if (!room || !count) return;
    memcpy(room, bytes, count);
    t->len += count;
}

static inline void pl_text_puts(struct pl_text *t, const char *text) { pl_text_put(t, text, strlen(text)); }

static inline void pl_text_putc(struct pl_text *t, char c) { pl_text_put(t, &c, 1); }

void pl_text_vprintf(struct pl_text *t, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void pl_text_printf(struct pl_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes; what is no UTF-8 becomes U+FFFD. */
void pl_text_put_string(struct pl_text *t, const char *text, size_t count);
/* The same without the quotes. */
void pl_text_put_characters(struct pl_text *t, const char *text, size_t count);
void pl_text_put_int(struct pl_text *t, int64_t value);
void pl_text_put_uint(struct pl_text *t, uint64_t value);
/* The shortest decimal that reads back as the same double, whatever the locale; NaN and infinities as strings. */
void pl_text_put_double(struct pl_text *t, double value);
/* Microseconds as milliseconds with up to three decimals. */
void pl_text_put_ms(struct pl_text *t, int64_t us);
void pl_text_put_base64(struct pl_text *t, const unsigned char *bytes, size_t count);

/* The length of the UTF-8 sequence that begins here, 0 when it is none (cut, overlong, a surrogate, too large). */
size_t pl_utf8_length(const char *at, const char *end);

#endif
