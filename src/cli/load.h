/* SPDX-License-Identifier: MIT
 *
 * From the logs named on the command line to the runs that were asked for, telling of bad lines on the way.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/complain.h"
#include "cli/option.h"
#include "cli/progress.h"
#include "model/build.h"
#include "render/report.h"

enum { BAD_LINES_SHOWN = 10 };

struct loaded {
    struct arena arena;
    struct sources sources;
    struct run *runs; /* the chosen ones */
    size_t run_count;
    size_t runs_read;     /* before some were chosen */
    struct str *left_out; /* per run: what selection hid, see selection_apply */
    struct input_notes notes;
    struct str own_notes; /* --notes */
    uint64_t oddities;    /* contradictions and the like, told by check alone */
    bool checking;        /* tell everything */
    bool archiving;       /* pack the logs for the page: */
    struct archive *archive;
    bool hashing;           /* name the logs by their SHA-256 where no archive does: */
    struct archive *hashes; /* which holds nothing else */
    const struct templates *templates; /* of the pages; not its own */
};

/* Reads all of o->logs, chooses and selects. Anything but EXIT_DONE has been complained about. */
enum exit_status load(struct loaded *l, const struct options *o, struct progress *progress);
void loaded_free(struct loaded *l);

/* After the outputs: EXIT_INPUT when payloads could not be read again for them, EXIT_NO when o->fail_on says so of the
 * runs, else EXIT_DONE. */
enum exit_status verdict(const struct loaded *l, const struct options *o);

#endif
