/* SPDX-License-Identifier: MIT
 *
 * The kinds of logs that are read: one row of the table each, one file each, which turns its kind into events.
 */
#ifndef INPUT_FORMAT_H
#define INPUT_FORMAT_H

#include "input/tell.h"

/* How a source begins: its first line, and, where that is the beginning of a JSON object (or of an array of such), the
 * object's members as far as they are in sight. */
struct glance {
    struct str text;       /* from the line on, all that is in sight */
    struct str line;       /* without its line end */
    bool object, in_array; /* begins an object; it is the first one of an array */
    size_t count;
    struct glance_member {
        struct str key;   /* raw, without quotes */
        struct str value; /* the last one may be cut off */
    } members[48];
};
/* The value of the member (its beginning at least), empty when none is in sight. */
struct str glance_get(const struct glance *g, struct str key);
/* The same of an object in such a value, or of the first object of an array in it. */
struct str glance_inside(struct str value, struct str key);

enum format_takes {
    TAKES_VALUES, /* JSON values, one a line or one for the whole file */
    TAKES_LINES,  /* lines of text, without their line ends */
    TAKES_WHOLE,  /* the whole file as one text, which may be JSON that is cut off */
};

/* What a directory is to a system that keeps each of its logs in a directory of its own. */
struct folder {
    const char *log; /* the name of the log in it; NULL: the directory is none of the system's */
    bool there;      /* it is there */
    /* The names of what stands beside such logs and is none, ending with NULL. NULL: nothing of that is there, so that
     * the directory may as well be one of any logs. */
    const char *const *beside;
};

struct format {
    const char *name;  /* --format NAME */
    const char *title; /* for people: "PipeLens and pipelens-report" */
    const char *about; /* help formats: what such a log is and how one gets it; lines of at most 76 characters */
    /* How files of such logs are called in a directory: patterns as of a shell, ending with NULL; of each also with .gz
     * behind it. NULL: none but those of format_pipelens, which everybody's JSON is called like. */
    const char *const *names;
    struct folder (*folder)(const char *path); /* NULL: its logs are files */
    enum format_takes takes;
    bool (*knows)(const struct glance *g);
    /* What is kept from text to text: zeroed memory of this size, behind t->arena. */
    size_t state_size;
    /* One text of the source after the other. A JSON value is whole and valid, unless the document was cut off (which
     * has been reported): then it ends early, and what stands before is to be used. */
    void (*text)(struct teller *t, void *state, struct str text);
    void (*end)(struct teller *t, void *state); /* behind the last one; NULL when there is nothing to do */
};

/* PipeLens's own and ours: what everything is that no other format knows. Read by event/decode.h, not by `text`. */
extern const struct format format_pipelens;
/* Those of other systems. */
extern const struct format format_burr, format_stage_tracker, format_span_tree, format_otlp, format_jaeger,
    format_zipkin, format_chrome, format_nextflow, format_ninja, format_github_actions;

enum { FORMATS_MAX = 31 };
/* The rows, at most so many, ending with NULL; the first is format_pipelens. */
extern const struct format *const formats[];
/* NULL when there is none of this name. */
const struct format *format_named(struct str name);
/* "*.ndjson*, *.json": what its logs in a directory are called. */
void format_put_names(struct buf *b, const struct format *f);
/* By the beginning of a source, NULL when it does not tell. */
const struct format *format_detect(struct str beginning);

#endif
