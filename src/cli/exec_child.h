/* SPDX-License-Identifier: MIT
 *
 * A command as a child process that is to notice nothing of being one: streams, terminal, process group, signals.
 */
#ifndef CLI_EXEC_CHILD_H
#define CLI_EXEC_CHILD_H

#include "cli/exec_capture.h"

#include <sys/resource.h>

struct ended {
    int error;           /* why the command could not be begun (errno), else 0 */
    int lost;            /* why nobody knows how it ended (errno), else 0 */
    int status;          /* as wait gives it */
    int typed;           /* the signal that was typed at the terminal and has killed it, else 0 */
    struct rusage usage; /* of the command and all that it waited for */
};

/* To be called before the log is opened: what happens to the log must not end this process. */
void child_prepare(void);

/* Runs words[0] (looked for in PATH), which ends with NULL, to its end. Signals that are sent to this process meanwhile
 * are passed on; afterwards they are not acted on any more, so that the log can be finished. `c` is NULL when standard
 * error is not captured. Standard input and output of this process are /dev/null from then on, and what else it has
 * inherited is closed. */
struct ended child_run(char *const *words, struct capture *c);

/* Ends this process by the signal that was typed. A shell that runs commands one after the other goes on with the next
 * unless the signal has killed this one. Returns only if that is impossible. */
void child_share_end(int number);

/* To a blocking call that was interrupted: is it time to give up, because this process was told to end and the command
 * is gone already? */
bool child_is_over(void);

#endif
