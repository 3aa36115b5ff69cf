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
    int refused;                /* why the library did not take what it was given to write (errno), else 0 */
};

/* The value of an environment variable, NULL when it is not set or empty. */
const char *variable(const char *name);

/* The log of -l, or else of PIPELENS_LOG; a usage error when there is none. */
enum exit_status tracking_find_log(struct tracking *t, const struct options *o);

/* A log that has reached the limit of the size of files must not end this process, but be told of like one without
 * room. (A command that is run needs the signal as it was: exec_child.c.) */
void tracking_shield(void);

/* An on_error callback of libpipelens with a struct tracking: one message about the log, however often it
 * is called. A value that is refused is left to the caller to tell of. */
void tracking_error(struct pipelens_run *run, int error, const char *what, void *tracking);

/* exec --run-start and --run-finish, see exec_run.c. */
enum exit_status exec_run_start(const struct options *o, const char *log);
enum exit_status exec_run_finish(const struct options *o);

#endif
