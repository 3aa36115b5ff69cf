/* SPDX-License-Identifier: MIT
 *
 * The parts of the reader of Burr's logs: what its clocks say (burr_clock.c), what stands beside a log (burr_folder.c),
 * what a line of it says (burr_line.h), and the reader itself (burr.c).
 */
#ifndef INPUT_BURR_H
#define INPUT_BURR_H

#include "input/format.h"

/* ---- burr_clock.c ---- */

/* Burr writes some times as local ones without a zone and others in UTC. */
struct burr_clock {
    const struct zone *zone; /* as the user says, NULL when nobody did: then */
    int64_t offset;          /* µs that the local times are ahead of UTC, */
    uint32_t pairs, fitting; /* by so many local times around one in UTC, and so many that this fits; */
    uint32_t siblings;       /* without pairs: by so many logs of other applications of the project */
};

/* Looks through the source that is about to be read. Says in a note what is assumed. */
struct burr_clock burr_clock_find(struct teller *t);
/* The value of a time as µs since the epoch; TIME_NONE when it is none. */
int64_t burr_clock_read(const struct burr_clock *clock, struct str value);
/* "UTC+09:00", "Europe/Berlin". */
void burr_clock_put(struct buf *b, const struct burr_clock *clock);

/* ---- burr_folder.c ---- */

#define BURR_LOG "log.jsonl"

enum {
    BURR_BESIDE_MAX = 16 << 20,    /* bytes of a file beside the log */
    BURR_CHILD_LOG_MAX = 64 << 20, /* bytes of a child's log that is shown with its parent */
    BURR_CHILDREN_MAX = 1000,      /* applications shown below another one */
    BURR_DEPTH_MAX = 8,            /* of applications below applications */
    BURR_ATTEMPT_NONE = 0
};

/* One line of children.jsonl: an application that was forked or spawned. */
struct burr_child {
    struct str app_id;           /* characters */
    struct str sequence;         /* of the parent's action, characters; "" when the file does not say */
    struct str event, time_text; /* JSON: "fork" or "spawn_start", and when */
    int64_t time;                /* µs, TIME_NONE unknown */
    uint32_t attempt;            /* of the parent that it belongs to: the last one that had begun this action then */
    bool settled, told;          /* that is known; it was told */
    uint32_t current;            /* of the first child of an action: the attempt that has begun it last */
    size_t passed;               /* likewise: so many of the action's children at least are settled */
};

struct burr_folder {
    struct str path;             /* "" when there is none */
    struct str app_id;           /* characters: the folder's name */
    struct str project;          /* that of the folder around it */
    struct str graph;            /* the JSON of graph.json, "" without */
    struct str metadata;         /* the JSON object of metadata.json, "" without */
    struct burr_child *children; /* by action, and of each in the order of their times */
    size_t child_count;
    int64_t next; /* µs: of all children of actions that have begun the first time that is not settled */
};

/* Is the directory that of an application? */
struct folder burr_folder_look(const char *path);
/* What stands beside the log at `log`, a path; "-" and compressed logs have nothing beside them. Problems are told. All
 * lives in the arena of the teller. */
struct burr_folder burr_folder_read(struct teller *t, struct str log, const struct burr_clock *clock);
/* "graph.json, children.jsonl": what was read of it; nothing where there is nothing. */
void burr_folder_put_read(struct buf *b, const struct burr_folder *folder);
/* Its children file alone. */
void burr_children_read(struct teller *t, struct burr_folder *folder, const struct burr_clock *clock);
/* The parent has begun the action `sequence` in its attempt `attempt`. */
void burr_children_begin(struct burr_folder *folder, struct str sequence, uint32_t attempt);
/* The attempt ends, the next one begins at `before` (INT64_MAX: none): children from before that belong to it, or to an
 * earlier one, where they have no action to nobody. False when there was none to settle. */
bool burr_children_settle(struct burr_folder *folder, int64_t before);
/* The folder of another application of the project, "" when it cannot be the name of one. */
struct str burr_folder_of(struct teller *t, const struct burr_folder *near, struct str app_id);
/* The whole file, with a NUL behind it; {0} when it is not there. A problem is told when it cannot be read or is longer
 * than `max` bytes. To be freed by the caller. */
struct buf burr_file_read(struct teller *t, struct str folder, const char *name, size_t max, bool *ret_there);
/* Tells a problem of a file beside the log. */
void burr_file_problem(struct teller *t, struct str folder, const char *name, const char *what);

/* ---- burr_line.c ---- */

enum { BURR_RECENT = 64 };

/* An action that began not long ago. */
struct burr_action {
    uint64_t hash; /* of its sequence id and attempt; 0: none */
    bool begun;
    bool spanned;                       /* a span "n:0" was begun: its end is not that of the action */
    int64_t stream;                     /* when its stream began, µs */
    int64_t first_item;                 /* when the first item came */
    char texts[2][48];                  /* both as they are written, */
    struct str stream_text, first_text; /* "" when not known, or longer than that */
};

/* An application whose lines are told. */
struct burr_app {
    struct teller *t;
    const struct burr_clock *clock;
    struct burr_folder folder;
    struct str name;   /* of the run, characters */
    struct str run_id; /* characters */
    struct str prefix; /* of the ids of its steps: "" of the application that is the run, "@CHILD/" of a child */
    struct str top;    /* of a child: the id of its own step */
    uint32_t attempt, depth;
    bool begun;          /* the run, or this attempt of it, was told */
    int64_t start, end;  /* of the attempt, µs */
    uint64_t open;       /* actions of the attempt that have not ended */
    bool failed;         /* its last action */
    int64_t last;        /* the last sequence id that was begun, -1 at first */
    uint64_t nameless;   /* actions without a sequence id */
    struct str sequence; /* of the action begun last, characters, in `held` */
    struct buf held, id, text, sequence_text, span_text;
    struct burr_action recent[BURR_RECENT];
    /* The attempt ends: what belongs to it has to be told now. NULL: nothing. */
    void (*attempt_ends)(struct burr_app *app);
    void *context;
    uint64_t left_out; /* of a child's log: bad lines */
};

void burr_app_line(struct burr_app *app, struct str text);
/* Ends the attempt that is going on; another one begins at `next`, INT64_MAX when none does. */
void burr_attempt_end(struct burr_app *app, int64_t next);
void burr_app_free(struct burr_app *app);

#endif
