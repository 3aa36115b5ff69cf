/* SPDX-License-Identifier: MIT
 *
 * The cells of a Nextflow trace: times, durations, numbers.
 */
#ifndef INPUT_NEXTFLOW_VALUES_H
#define INPUT_NEXTFLOW_VALUES_H

#include "input/tell.h"

/* Without white space around it; empty for "-", which stands for nothing. */
struct str nextflow_cell(struct str text);
/* "2021-03-29 20:06:06.979" (local), or milliseconds since 1970. A local one without a known zone counts in *naive. */
bool nextflow_time(const struct teller *t, struct str cell, int64_t *ret_us, uint64_t *naive);
/* "1h 3m 20s", "5.8s", "95ms", or plain milliseconds. False when it is none of them or out of range. */
bool nextflow_duration(struct str cell, int64_t *ret_us);
/* The other way, of µs that are not negative: "1h 3m 20s", "5.8s", "95ms". */
void nextflow_put_duration(struct buf *b, int64_t us);
/* A whole number; *ret stays what it was when it is none. */
void nextflow_number(struct str cell, uint64_t *ret);
/* As a JSON value: a number that JSON can hold as it stands, else a string. */
void nextflow_put_value(struct buf *b, struct str cell);
/* What a failed or aborted task ended with: "exit status 137 (killed by signal 9)". */
void nextflow_put_error(struct buf *b, bool aborted, struct str exit);

#endif
