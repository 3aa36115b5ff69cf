/* SPDX-License-Identifier: MIT
 *
 * Payloads of the log inside JSON documents of ours: the text of the log without the white space between its tokens,
 * digits, key order and escapes untouched. What the log may hold and JSON may not (bad UTF-8, NaN) is put right, so the
 * document is JSON whatever the log was.
 */
#ifndef RENDER_PAYLOAD_H
#define RENDER_PAYLOAD_H

#include "base/buf.h"
#include "model/records.h"

/* Python writes NaN, Infinity and -Infinity, JSON has none of them. */
enum not_numbers {
    NOT_NUMBERS_QUOTED, /* "NaN", "Infinity", "-Infinity": nothing lost */
    NOT_NUMBERS_NULL,   /* null, as JavaScript's JSON.stringify has it */
    NOT_NUMBERS_KEPT,   /* as they are: no JSON, but what our own reader takes */
};

/* A JSON value of the log; null when it is absent. */
void payload_put(struct buf *b, struct str value, enum not_numbers how);
void payload_put_of(struct buf *b, const struct run *run, struct payload p, enum not_numbers how);

/* The step's records as an object, {} when there are none. */
void payload_put_records(struct buf *b, const struct run *run, const struct step *step, enum not_numbers how,
                         struct arena *scratch);

/* Members `,"name":value`, nothing when the value is absent or empty. */
void member_payload(struct buf *b, const char *name, const struct run *run, struct payload p, enum not_numbers how);
void member_text(struct buf *b, const char *name, struct str text);
/* The step's unknown fields, each as a member. */
void member_extras(struct buf *b, const struct run *run, const struct extra *extras, enum not_numbers how);
/* `,"logs":[{"level","message","ts"}]` and `,"links":[{"runId","stepId","relation"}]`. */
void member_logs(struct buf *b, const struct run *run, const struct step *step, enum not_numbers how);
void member_links(struct buf *b, const struct step *step);

#endif
