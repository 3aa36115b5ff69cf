/* SPDX-License-Identifier: MIT
 *
 * A file of Chrome trace events while it is read, for the files chrome*.c.
 *
 *   bytes --chrome.c--> items --chrome_nest.c--> items with parents and ends --chrome_tell.c--> events
 *                         |    --chrome_flow.c--> links of slices    --chrome_run.c--> of runs
 *                         '-- tracks (threads, asynchronous ids) of processes: chrome_track.c
 *
 * Items are small and hold places in the text, not slices, so that a file needs little beside itself. Inside, times are
 * nanoseconds: fractions of a microsecond decide what lies in what.
 */
#ifndef INPUT_CHROME_H
#define INPUT_CHROME_H

#include "input/tell.h"

#define CHROME_NONE UINT32_MAX

enum { CHROME_BAD_SHOWN = 5, CHROME_MEMBERS = 32 };

/* The end of a slice that has none. */
#define CHROME_OPEN INT64_MAX

/* A place in the text; texts are below 1 GiB. */
struct chrome_piece {
    uint32_t at, len;
};

enum chrome_flag {
    CHROME_OTHERS = 1,   /* the event has members besides those of every event */
    CHROME_CLOSED = 2,   /* its end was met, on the walk along its track */
    CHROME_OF_RUN = 4,   /* an instant of the whole process */
    CHROME_ENCLOSED = 8, /* a flow's end that belongs to the slice around it, not to the next one */
    CHROME_NO_LINK = 16, /* a flow that is known otherwise */
};

/* An event that is, ends or hangs on a slice. */
struct chrome_item {
    int64_t ts, end;  /* ns, TIME_NONE unknown; end: of slices; of their ends (E) when the slice began */
    uint32_t at;      /* of the event's brace */
    uint32_t partner; /* of a B its E, and the other way round; of a flow the number of its name */
    uint32_t parent;  /* the slice around it, CHROME_NONE when there is none */
    uint32_t track, process;
    struct chrome_piece name, cat, args;
    char ph;
    uint8_t flags;
};

struct chrome_track {
    bool async, totals; /* totals: clang's sums, each on a thread that there was not */
    bool branch;        /* its slices stand below a step of its own */
    bool open;
    uint32_t process;
    struct str tid;  /* raw */
    struct str name; /* JSON, empty when nobody named it */
    uint32_t first, count, slices;
    int64_t start, end; /* ns */
};

struct chrome_process {
    struct str pid;  /* raw */
    struct str name; /* JSON; "pid 1" when it has none */
    int64_t start, end;
    bool open, any;   /* a slice has no end; there is anything to tell */
    bool begun;       /* its run was told of */
    uint32_t left;    /* items that were not told yet */
    uint32_t threads; /* with slices, without the totals */
    uint32_t first_meta, last_meta;
    struct str own; /* what our own writer said of the run, */
    struct str run; /* its run id (JSON) */
    struct str key; /* JSON; of its root */
};

/* Names of processes, tracks and flows: what is equal has one number. */
struct chrome_name {
    uint64_t hash;
    enum chrome_what { CHROME_PROCESS, CHROME_THREAD, CHROME_ASYNC, CHROME_FLOW } what;
    uint32_t of, number;
    struct str a, b, c;
};

struct chrome_meta {
    uint32_t next, track; /* next: of the same process */
    struct str name, args;
};

struct chrome {
    struct teller *t;
    struct str text;
    struct chrome_item *items;
    struct chrome_track *tracks;
    struct chrome_process *processes;
    struct chrome_meta *metas;
    size_t item_count, item_cap, track_count, track_cap, process_count, process_cap, meta_count, meta_cap;
    struct chrome_member {
        struct str key, value;
    } members[CHROME_MEMBERS]; /* of the document, besides its events */
    size_t member_count;
    bool members_told;
    int64_t begin_us; /* added to all times */
    bool own;         /* written by pipelens-report */
    struct {
        struct chrome_name *list;
        uint32_t *slots; /* a hash table: 0 empty, else 1 + place in the list */
        size_t count, cap, slot_cap, flows;
    } names;
    struct {
        struct str pid, tid;
        uint32_t process, track;
    } last;              /* most events are of the thread of the one before */
    struct {             /* along the tracks */
        uint32_t *order; /* items by track, then as they follow each other */
        uint32_t *stack; /* slices that are open */
        size_t depth, stack_cap;
        uint64_t later_contains, earlier_contains; /* of X events that follow one another in the file */
    } walk;
    struct {                   /* for the reader of the report: how many there were of what */
        uint64_t letters[128]; /* events of kinds that are left out */
        uint64_t bad, bad_times, orphan_ends, overlaps, loose_flows, members_left;
        const char *first_orphan_end;
    } notes;
};

/* chrome_track.c */
uint32_t chrome_process(struct chrome *c, struct str pid);
uint32_t chrome_thread(struct chrome *c, uint32_t process, struct str tid);
uint32_t chrome_async(struct chrome *c, uint32_t process, struct str id, struct str cat, struct str scope);
/* A number for the flow of these; flows of one number belong together. */
uint32_t chrome_flow_name(struct chrome *c, struct str id, struct str cat, struct str name);

/* chrome_nest.c: partner, parent and end of all items; the branches. */
void chrome_nest(struct chrome *c);

/* chrome_flow.c: sends the links. */
void chrome_tell_flows(struct chrome *c);

/* chrome_tell.c: sends everything. */
void chrome_tell(struct chrome *c);
/* The step's id as JSON. */
void chrome_put_id(const struct chrome *c, struct buf *b, uint32_t item);

/* chrome_run.c: ids for the runs of all processes that have none of our own writer, then each run's beginning and, of
 * one that is not our own, its end. */
void chrome_name_runs(struct chrome *c);
void chrome_begin_run(struct chrome *c, uint32_t process);
void chrome_end_run(struct chrome *c, uint32_t process);
/* The run id of the event at hand. */
void chrome_tell_run(struct chrome *c, uint32_t process);

/* chrome_own.c: what our own writer put into the `args` of a slice, an instant or a run, "" where it put nothing. */
struct str chrome_own(const struct chrome *c, struct str args);
void chrome_tell_own_run(struct chrome *c, uint32_t process);
void chrome_tell_own_end(struct chrome *c, uint32_t process);
/* Fills t->event with all of it and sends it, links included. */
void chrome_tell_own_step(struct chrome *c, const struct chrome_item *item, struct str args, struct str own);
void chrome_tell_own_log(struct chrome *c, const struct chrome_item *item, struct str args, struct str own);

static inline struct str chrome_str(const struct chrome *c, struct chrome_piece p)
{
    return str_of(c->text.ptr + p.at, p.len);
}

static inline bool chrome_is_text(struct str value) { return json_type(value) == JSON_STRING && value.len > 2; }
static inline bool chrome_is_slice(char ph) { return ph == 'X' || ph == 'B' || ph == 'b' || ph == 'S'; }
static inline bool chrome_is_end(char ph) { return ph == 'E' || ph == 'e' || ph == 'F'; }
static inline bool chrome_is_flow(char ph) { return ph == 's' || ph == 't' || ph == 'f'; }

/* µs since the epoch; TIME_NONE stays. */
static inline int64_t chrome_us(const struct chrome *c, int64_t ns)
{
    if (ns == TIME_NONE || ns == CHROME_OPEN) return TIME_NONE;
    int64_t us = (ns >= 0 ? ns + 500 : ns - 499) / 1000 + c->begin_us;
    return us <= TIME_MAX && us >= -TIME_MAX ? us : TIME_NONE;
}

#endif
