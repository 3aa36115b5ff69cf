/* SPDX-License-Identifier: MIT
 *
 * The options of all commands in one table: parser, help and suggestions come from its rows. The last one given wins.
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include "base/buf.h"
#include "base/err.h"
#include "input/format.h"
#include "model/select.h"

/* Which commands take an option. */
enum command_bit {
    FOR_RENDER = 1,
    FOR_TREE = 2,
    FOR_LIST = 4,
    FOR_CHECK = 8,
    FOR_EXPORT = 16,
    FOR_STATE = 32,
    FOR_EXEC = 64,
    FOR_RECORD = 128,
    FOR_LOG = 256,
    FOR_READING = 63, /* those that read logs */
    FOR_EXTRACT = 512,
    FOR_ALL = 1023
};

enum fail_on { FAIL_NEVER, FAIL_ERROR, FAIL_UNFINISHED };
enum which_runs { RUNS_ALL, RUNS_LATEST };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum declared_status { DECLARED_COMPLETED, DECLARED_FAILED }; /* exec --run-finish --status */

/* A choice that was not made. */
#define NOT_TOLD UINT32_MAX

enum { OPTIONS_MAX = 80 }; /* rows of the table, at most */

struct options {
    const char *out_dir, *html, *gantt, *graph, *trend, *summary, *json, *csv; /* NULL when not asked for */
    const char *run, *title, *templates, *to, *out, *own_notes;
    const struct format *format; /* NULL: seen in each log */
    const char *tz;              /* zone of times without one; NULL: not told */
    struct selection select;
    uint32_t which; /* enum which_runs; the choices of an option are 0, 1, 2, … as the table lists them */
    uint32_t unit, theme, template, google, gantt_style, graph_style, embed_log, fail_on, progress, colour;
    uint64_t max_rows, max_bytes, max_data;
    bool max_rows_set, max_data_set;
    double min_width, min_height, scale;
    bool append, strict, quiet, verbose, records, critical, help, version;
    int64_t at; /* state: which action, negative from the end */
    bool at_set;
    const char *log, *name, *json_text, *record_file; /* exec, record */
    uint64_t capture, limit;                          /* bytes; capture 0: none */
    uint32_t declared_status;                         /* enum declared_status or NOT_TOLD */
    bool limit_set, run_start, run_finish, shell;
    const char **logs; /* what is no option; for exec the command, for record and log what they write; NULL behind it */
    size_t log_count;
    struct {
        bool set;
        const char *value; /* NULL for an option without one */
    } given[OPTIONS_MAX];  /* by row of the table */
};

/* The defaults. */
struct options options_default(void);

/* Takes the words behind the command. False with *e set: an unknown option (with the one that may have been meant), one
 * that the command does not take, a missing or bad value. o->logs points into argv. Behind the first word of exec and
 * log nothing is an option: it belongs to the command that is run, or to the message. */
bool options_parse(struct options *o, enum command_bit command, int argc, char **argv, struct err *e);

/* What render writes. */
enum output_bit {
    TO_HTML = 1,
    TO_GANTT = 2,
    TO_GRAPH = 4,
    TO_TREND = 8,
    TO_SUMMARY = 16,
    TO_JSON = 32,
    TO_CSV = 64,
    TO_ALL = 127
};
/* Does each option that was given decide something of the outputs `wanted`, of which `pngs` are PNGs? False with *e set
 * for the first one that nothing heeds. */
bool options_heeded(const struct options *o, unsigned wanted, unsigned pngs, struct err *e);
/* Appends the options given that decide what such an output shows, in the order of the table: "--depth 2 --theme
 * dark". */
void options_put_given(const struct options *o, unsigned what, struct buf *out);

/* The options of a command, as --help shows them. */
void options_help(enum command_bit command, struct buf *out);

/* The candidate nearest to `word` if it is near enough to be what was meant, else NULL. `candidates` ends with NULL. */
const char *nearest_word(struct str word, const char *const *candidates);

#endif
