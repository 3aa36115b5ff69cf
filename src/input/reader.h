/* SPDX-License-Identifier: MIT
 *
 * Bytes to events: lines with their numbers, or a whole JSON document over many lines, by what stands there. Which
 * system wrote them is seen in their beginning.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "event/event.h"
#include "input/format.h"
#include "input/source.h"

/* A line longer than this is skipped, with a message. */
#define LINE_BYTES_MAX (UINT64_C(1) << 30)

struct reader {
    void *context;
    void (*event)(void *context, struct event *event);
    /* line and column are 1-based; 0, 0 is the source as a whole. `what` is a sentence without a full stop. */
    void (*problem)(void *context, struct str source, uint64_t line, uint64_t column, const char *what);
    void (*progress)(void *context, uint64_t bytes); /* bytes read since the last call; may be NULL */
    /* What a reader assumed or left out, a sentence without a full stop; may be NULL. */
    void (*note)(void *context, uint32_t source, struct str text);
    const struct format *format; /* NULL: told by what stands there */
    struct zone zone;            /* of times without one */
};

/* Reads one source to its end. False when it could not be read (*e set); bad lines are problems, not errors. */
bool reader_run(const struct reader *r, struct sources *s, uint32_t source, struct err *e);

#endif
