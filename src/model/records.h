/* SPDX-License-Identifier: MIT
 *
 * A step's records, merged: later data wins over earlier data of one key, order of first appearance.
 */
#ifndef MODEL_RECORDS_H
#define MODEL_RECORDS_H

#include "model/run.h"

struct record_view {
    struct str raw_key; /* JSON text of the key without its quotes */
    struct str key;     /* decoded, for people */
    struct str value;   /* JSON text */
};

/* All records of the step; *ret_list (count long) and the texts live in `scratch`. */
size_t records_list(const struct run *run, const struct step *step, struct arena *scratch,
                    struct record_view **ret_list);

/* How many that are. Reads the log only where several lines gave a step whole objects, or very many records; a key that
 * stands twice in one object counts twice. */
size_t records_count(const struct run *run, const struct step *step, struct arena *scratch);

/* The text of an error payload for people: the characters of a string, "message" (or else the compact JSON) of an
 * object. Lives in `scratch`. "" when there is none, also for an error without text (see step->error). */
struct str error_text(const struct run *run, struct payload error, struct arena *scratch);

#endif
