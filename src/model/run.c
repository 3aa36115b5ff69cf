/* SPDX-License-Identifier: MIT */
#include "model/run.h"

const char *step_status_name(enum step_status status)
{
    static const char *const names[STEP_STATUS_COUNT] = { "ok",      "error",  "running", "unfinished",
                                                          "skipped", "cached", "retried" };
    return names[status];
}

const char *run_status_name(enum run_status status)
{
    static const char *const names[RUN_STATUS_COUNT] = { "completed", "failed", "running", "unfinished" };
    return names[status];
}

const char *log_level_name(enum log_level level)
{
    static const char *const names[LEVEL_COUNT] = { "trace", "debug", "info", "warn", "error", "critical" };
    return names[level];
}

bool run_tells_root(const struct run *run) { return run->root->status == STEP_OK && run->status != RUN_COMPLETED; }

int64_t run_wall_time(const struct run *run)
{
    if (run->start == TIME_NONE) return TIME_NONE;
    int64_t span = run->end - run->start;
    return run->duration > span ? run->duration : span;
}

struct step *step_next(const struct step *top, const struct step *at, bool skip_children)
{
    if (at->first_child && !skip_children) return at->first_child;
    while (at != top && !at->next) at = at->parent;
    return at == top ? NULL : at->next;
}
