/* SPDX-License-Identifier: MIT
 *
 * What a step holds and a span has no place for travels in attributes "pipelens.*": render/export_otlp.c writes them,
 * otlp.c takes them back. All are strings; those of RESTORED_JSON hold the text of a JSON value.
 *
 *   pipelens.key       marks a span of a run that was no trace: it has a pipeline and keys of its own
 *   pipelens.run       of the root: {"status", "attempt", "rootMade", "args", "tags", "host", "graph", "parentRun",
 *                      "extras"}
 *   pipelens.records   records that attributes cannot hold exactly
 *   pipelens.time      {"startTs", "endTs"} where the times of a span cannot say it
 *   pipelens.made      on a span: it stands for a branch, such as a thread, and is no step of the log; on an event: it
 *                      repeats the step's error; on a resource: it was made up
 *
 * Attempts of one run are traces of their own with one pipelens.runId. They are told apart by their order: the root's
 * span is in front of the others of its attempt, as the exporter writes them.
 */
#ifndef INPUT_RESTORE_H
#define INPUT_RESTORE_H

#include "event/fields.h"

#define RESTORED_TEXTS(X)                                                                                              \
    X(key, "pipelens.key")                                                                                             \
    X(run_id, "pipelens.runId")                                                                                        \
    X(id, "pipelens.id")                                                                                               \
    X(parent_id, "pipelens.parentId")                                                                                  \
    X(status, "pipelens.status")                                                                                       \
    X(kind, "pipelens.kind")                                                                                           \
    X(location, "pipelens.location")                                                                                   \
    X(error_type, "pipelens.errorType")                                                                                \
    X(made, "pipelens.made")
#define RESTORED_JSON(X)                                                                                               \
    X(result, "pipelens.result")                                                                                       \
    X(error, "pipelens.error")                                                                                         \
    X(trace, "pipelens.trace")                                                                                         \
    X(inputs, "pipelens.inputs")                                                                                       \
    X(state, "pipelens.state")                                                                                         \
    X(handled_errors, "pipelens.handledErrors")                                                                        \
    X(usage, "pipelens.usage")                                                                                         \
    X(extras, "pipelens.extras")                                                                                       \
    X(records, "pipelens.records")                                                                                     \
    X(time, "pipelens.time")                                                                                           \
    X(run, "pipelens.run")

struct restored {
#define X(member, literal) struct str member;
    RESTORED_TEXTS(X)
    RESTORED_JSON(X)
#undef X
};

/* Takes an attribute (JSON strings both) if it is one of these; decoded texts live in `scratch`. */
bool restored_take(struct restored *r, struct str key, struct str value, struct arena *scratch);

#endif
