/* SPDX-License-Identifier: MIT
 *
 * What readers of logs without names of their own call their runs: by the file.
 */
#ifndef INPUT_TITLES_H
#define INPUT_TITLES_H

#include "input/tell.h"

/* The last part of the source's path; `standard_input` when it has none. */
struct str path_title(const struct teller *t, struct str standard_input);
/* The same without its endings ".json", ".ndjson.gz" and the like. */
struct str path_stem(const struct teller *t, struct str standard_input);

/* The id of a run that has none, a JSON string in the teller's arena: the title, which of the source's runs it is (from
 * 1), and when it began (or TIME_NONE), since files in other folders are called the same:
 * "history.json#2 2026-05-18T04:26:40.125Z". */
struct str path_run_id(struct teller *t, struct str standard_input, uint64_t nth, int64_t start);

#endif
