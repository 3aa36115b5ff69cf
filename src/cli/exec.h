/* SPDX-License-Identifier: MIT
 *
 * What the commands share that write to a log: exec, record, log.
 */
#ifndef CLI_EXEC_H
#define CLI_EXEC_H

#include "cli/command.h"
#include "track/pipelens.h"

struct tracking {
    struct pipelens_run *run;   /* NULL only when memory is exhausted */
    struct pipelens_step *step; /* what is told goes here */
    const char *log;            /* as the user named it; NULL: nobody did */
    const char *aftermath;      /* what follows for the user when the log cannot be written */
    bool told;                  /* he was told */
};

/* The value of an environment variable, NULL when it is not set or empty. */
const char *variable(const char *name);

/* The log of -l, or else of PIPELENS_LOG; a usage error when there is none. */
enum exit_status tracking_find_log(struct tracking *t, const struct options *o);

/* An on_error callback of libpipelens with a struct tracking: one message, however often it is called. */
void tracking_error(struct pipelens_run *run, int error, const char *what, void *tracking);

/* exec --run-start and --run-finish, see exec_run.c. */
enum exit_status exec_run_start(const struct options *o);
enum exit_status exec_run_finish(const struct options *o);

#endif
