/* SPDX-License-Identifier: MIT
 *
 * What follows from a run's tree and times: ends as drawn, durations, self time, counts, tokens.
 */
#ifndef MODEL_MEASURE_H
#define MODEL_MEASURE_H

#include "model/run.h"

/* Models told apart in a run's token totals; the rest is summed as "(all other models)". */
enum { USAGE_MODELS_MAX = 256 };

/* Fills the step's more->usage from its LLM records and its usage field. Before measure_run. */
void measure_usage(struct run *run, struct step *step);

/* Fills shown_end, duration, self and rank of every step, and the run's times, counts and token totals. */
void measure_run(struct run *run);

/* A time as a part of the run's wall time: 1 is all of it; 0 for a run without times. */
double measure_share(const struct run *run, int64_t us);

#endif
