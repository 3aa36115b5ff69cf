/* SPDX-License-Identifier: MIT
 *
 * What happened: runs and their steps. Built by build.c, completed by measure.c, const for everyone behind it.
 *
 *   run ── root (the pipeline itself) ── first_child ── next ── next
 *                                             └─ first_child …
 *
 * Times are microseconds since the Unix epoch, TIME_NONE when the log does not say. Texts are valid UTF-8 of the
 * arena; payloads (records, results, errors) stay in the log and are read when needed with sources_text().
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "base/arena.h"
#include "base/clock.h"
#include "input/source.h"

enum step_status {
    STEP_OK,
    STEP_ERROR,
    STEP_RUNNING,    /* no end, in a run that may still go on */
    STEP_UNFINISHED, /* no end, in a run that ended or just stops */
    STEP_SKIPPED,
    STEP_CACHED,
    STEP_RETRIED,
    STEP_STATUS_COUNT
};

enum run_status { RUN_COMPLETED, RUN_FAILED, RUN_RUNNING, RUN_UNFINISHED, RUN_STATUS_COUNT };

enum log_level { LEVEL_TRACE, LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR, LEVEL_CRITICAL, LEVEL_COUNT };

/* One source of records of a step: a single datum, or (key.ptr NULL) a whole object as a line gave it. Enumerate them
 * merged with records_list() (model/records.h), not by hand. */
struct record {
    struct record *next;
    struct str key;
    struct payload data;
    int64_t ts;
    uint32_t members; /* of a whole object; 1 for a datum */
};

struct log_entry {
    struct log_entry *next;
    enum log_level level;
    int64_t ts;
    struct payload message; /* a JSON value, usually a string */
};

struct step_link {
    struct step_link *next;
    struct str run_id, step_id, relation;
};

/* A field of the log that this program does not know, kept as it stands. */
struct extra {
    struct extra *next;
    struct str name;
    struct payload data;
};

/* Tokens by model; counts of LLM responses recorded in a step, or totals of a run. */
struct usage {
    struct usage *next;
    struct str model;
    uint64_t responses;
    uint64_t prompt_tokens, completion_tokens, total_tokens;
};

/* The less common things a step may have; one shared all-empty instance when it has none. */
struct step_more {
    struct str id, parent_id, location, kind;
    struct str error_type;
    struct payload trace, inputs, handled_errors, usage_field, state;
    struct log_entry *logs, *last_log;
    struct step_link *links;
    struct extra *extras;
    struct usage *usage;
};

#define RANK_NONE UINT32_MAX

struct step {
    struct step *parent, *first_child, *last_child, *next;
    struct str name, key;
    int64_t start, end; /* µs; end is TIME_NONE when the log has none */
    int64_t shown_end;  /* µs: end, or the run's last event for a step without one; never before start */
    int64_t duration;   /* µs: end - start (negative when the log says so); shown_end - start without an end */
    int64_t self;       /* µs: time of [start, shown_end] that no child covers; never negative */
    struct record *records;
    struct payload result, error; /* error: JSON value, usually a string */
    struct step_more *more;       /* never NULL */
    uint32_t index;               /* position in pre-order, the root is 0 */
    uint32_t child_count;
    uint32_t subtree; /* steps in this subtree, itself included */
    uint32_t rank;    /* in the order of keep_rank(), the root 0; RANK_NONE when hidden */
    uint16_t depth;   /* root 0; saturates at 65535 */
    uint8_t status;   /* enum step_status */
    bool hidden;      /* left out by selection; select.c sets it */
    bool older;       /* cached or skipped, and over before the run began: its times are not those of the run */
    bool context;     /* not selected itself, kept because a selected step is below it */
    bool made;        /* stands for the run or for a branch of it (a thread), and is no step of the log: not counted */
};

/* Counted, not listed: what had to be put right while reading this run. Zero when all was well. */
struct run_notes {
    uint64_t conflicts;          /* two lines that say different things about one field; the later one won */
    uint64_t unknown_parents;    /* parent ids that no step has, or cycles: put below the root */
    uint64_t negative_durations; /* an end before its start */
    uint64_t time_disagreements; /* timeUsageMs differs from endTs - startTs by more than 1 ms */
    uint64_t status_overruled;   /* the log says completed, the root failed */
    uint64_t late_events;        /* events after the pipeline's finish (normal for parallel steps) */
};

struct run {
    struct run *next;
    struct sources *sources;
    struct arena *arena;
    struct str id;    /* "" when the log has none */
    struct str name;  /* the pipeline's */
    uint32_t attempt; /* 1, or 2.. when one run id ran more than once */
    enum run_status status;
    struct step *root;   /* never NULL */
    struct step **steps; /* all of them in pre-order, step_count long: steps[i]->index == i */
    uint32_t step_count;
    bool root_made; /* the root stands for the run and is no step of the log. What is made counts in none of these: */
    uint32_t log_steps;
    uint32_t status_count[STEP_STATUS_COUNT];
    uint32_t visible_count; /* steps not hidden by selection, with the root and what else is made, */
    uint32_t visible_made;  /* so many */
    uint32_t max_depth;
    uint32_t first_source, last_source; /* its lines stand in these, or in those between them */
    int64_t start, end; /* µs: earliest start and last event of all steps that are not older; TIME_NONE without times */
    int64_t duration;   /* µs: of the root when it has an end, else end - start; TIME_NONE without times */
    struct payload args, tags, host, graph; /* meta's own additions, absent when length 0 */
    struct str parent_run;
    int64_t log_version;  /* 0, 1, …; -1 when the log does not say */
    struct extra *extras; /* unknown fields of meta */
    struct usage *usage;  /* per model, in order of first use; NULL when there was no LLM */
    struct usage usage_total;
    struct run_notes notes;
};

/* "ok", "error", "running", "unfinished", "skipped", "cached", "retried". */
const char *step_status_name(enum step_status status);
/* "completed", "failed", "running", "unfinished". */
const char *run_status_name(enum run_status status);
const char *log_level_name(enum log_level level);

/* Does the status of the run tell more than that of its root? It does when a run that is not completed has a root that
 * merely ended: the root's row then says what the run's head says. */
bool run_tells_root(const struct run *run);
/* What a step is drawn as: its own status, or that of the run where run_tells_root. */
enum step_status run_shown_status(const struct run *run, const struct step *step);

/* Steps of the log that are not hidden. */
static inline uint32_t run_shown_steps(const struct run *run) { return run->visible_count - run->visible_made; }

/* µs that the run is known to have taken: its own duration, or more when steps outlived it. TIME_NONE without times. */
int64_t run_wall_time(const struct run *run);

/* The next step in pre-order below `top` (inclusive), NULL at the end; no recursion. skip_children leaves out what is
 * under `at`. */
struct step *step_next(const struct step *top, const struct step *at, bool skip_children);

#endif
