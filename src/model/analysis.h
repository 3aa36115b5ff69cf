/* SPDX-License-Identifier: MIT
 *
 * What several outputs want to know of a run beyond its measures, worked out once: the critical path, the statistics by
 * name, the number of running steps. It is made by a thread of its own while others write what needs none of it.
 */
#ifndef MODEL_ANALYSIS_H
#define MODEL_ANALYSIS_H

#include "model/critical.h"
#include "model/running.h"
#include "model/statistics.h"

struct analysis;

enum { ANALYSIS_BINS = 1000 /* of the number of running steps */ };

/* Begins with a run that is measured and selected, and that nobody changes any more. Never NULL. */
struct analysis *analysis_begin(const struct run *run);
/* NULL is fine. */
void analysis_free(struct analysis *a);

/* These wait for the thread, and may be called from several ones. What they return lives as long as the analysis. */
const struct critical *analysis_critical(struct analysis *a);
const struct statistics *analysis_names(struct analysis *a);
const struct running *analysis_running(struct analysis *a);

#endif
