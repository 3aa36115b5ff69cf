/* SPDX-License-Identifier: MIT
 *
 * What the program says on standard error, and the exit statuses.
 */
#ifndef CLI_COMPLAIN_H
#define CLI_COMPLAIN_H

#include "base/buf.h"
#include "base/err.h"

enum exit_status { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_INPUT = 3, EXIT_OUTPUT = 4 };

/* "pipelens-report: FILE:LINE:COLUMN: TEXT" on one line; returns the exit status that belongs to the code. Names are
 * shown without control characters. */
enum exit_status complain(const struct err *e);

/* The same for a place and a sentence; column 0 and line 0 are left out. */
void complain_at(struct str file, uint64_t line, uint64_t column, const char *text);

/* Standard output, whole: a write that fails is an output error. */
enum exit_status print(struct str text);
/* The same for a buffer with standard output behind it: what it still holds, and whether all went well. */
enum exit_status print_end(struct buf *out);

#endif
