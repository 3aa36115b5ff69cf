/* SPDX-License-Identifier: MIT
 *
 * How text reports speak: marks for statuses, counts of them, names cut to a width. Everything here counts in
 * terminal columns.
 */
#ifndef RENDER_WORDING_H
#define RENDER_WORDING_H

#include "base/buf.h"
#include "model/run.h"
#include "model/running.h"

/* One mark a status, one column wide, told apart without colours: ✓ ✗ … ○ – = ↻. */
const char *wording_step_mark(enum step_status status);
const char *wording_run_mark(enum run_status status);

/* "3 failed, 1 unfinished, 21 ok": the statuses that occur in the run, those that matter first. */
void wording_put_statuses(struct buf *b, const struct run *run);

/* The name itself, or "(no name)" when it is blank. */
struct str wording_name(struct str name);

/* text as one plain line of at most `columns` columns, cut in the middle with `…`; a blank one as wording_name
 * says. b is in memory: the cut is made in what it holds. Returns the columns put. */
size_t wording_put_short(struct buf *b, struct str text, size_t columns);
/* The same cut at the end, as sentences are; an empty text stays empty. */
size_t wording_put_start(struct buf *b, struct str text, size_t columns);

/* The step's names from the first level on: "parsing › page_7 › ocr"; more than four levels are cut at the front with
 * `…`. The root is its own name. At most `columns` columns; b is in memory. */
void wording_put_path(struct buf *b, const struct run *run, const struct step *step, size_t columns);

/* The title that the user gave, or the pipeline's name, as wording_name says it. */
struct str wording_title(const struct run *run, struct str title);

/* "3 lines of the log could not be read and were skipped", and with `leading` what leads over to the first of them. */
void wording_put_bad_lines(struct buf *b, uint64_t count, bool leading);

/* What there is to say of how the run's own logs were read: the first sentences, without a full stop, and how many more
 * there are. Returns how many *ret has. */
enum { WORDING_SAID = 8 };
struct input_notes;
size_t wording_said(const struct run *run, const struct input_notes *notes, struct arena *a,
                    struct str ret[WORDING_SAID]);

/* 0.123 as "12.3 %". */
void wording_put_percent(struct buf *b, double part);

/* "At most 4 steps ran at once, 1.8 on average; for 120 ms (1.9 %) none did." Nothing where that goes without
 * saying. */
void wording_put_running(struct buf *b, const struct run *run, const struct running *running, enum time_unit unit);

/* Puts the i-th thing that had to be put right while reading a run as a sentence of plain text; false, and nothing
 * put, when there was no such thing. */
enum { WORDING_NOTES = 6 };
bool wording_put_note(struct buf *b, const struct run_notes *n, size_t i);

#endif
