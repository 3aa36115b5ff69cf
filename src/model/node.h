/* SPDX-License-Identifier: MIT
 *
 * A step while its run is being built, for the builder's own files (build.c, match.c, merge.c, join.c).
 */
#ifndef MODEL_NODE_H
#define MODEL_NODE_H

#include "model/build.h"
#include "model/index.h"
#include "model/run.h"

/* All runs of one run id: mostly one; more when an id ran again. */
struct group {
    struct group *next;
    struct str id;
    struct instance *current; /* the latest */
    struct entry *no_key;     /* of steps that have none; NULL until there is one */
};

/* One run. */
struct instance {
    struct run run; /* first, so that it is the run */
    struct instance *next_in_order;
    struct group *group;
    struct node *root;                   /* NULL until a pipeline event or the end says which */
    struct node *first_node, *last_node; /* in order of appearance */
    bool finished;                       /* a pipeline finish was seen */
    bool unordered;                      /* which tells nothing about what comes behind it */
    bool document;                       /* it came as a whole, not as events */
    bool trace;                          /* its root is the step that no other is above */
    struct str status;                   /* what the pipeline finish says, decoded; "" when nothing */
};

struct node {
    struct step step;                              /* first, so that it is the step */
    struct node *next;                             /* in its instance */
    struct node *next_key, *next_start, *next_end; /* in the chains of the index */
    struct entry *of_key, *starts; /* the chains of its key, and of its key and start (NULL without a start) */
    struct entry *up;              /* of the id that it names as its parent's, NULL when it names none */
    struct instance *instance;
    struct record *last_record;
    struct node *hint; /* parent by the place in a list of steps */
    uint64_t line;     /* where it was first seen */
    uint32_t source;
    uint64_t order;   /* among siblings that start together */
    uint64_t content; /* hash of the finish that closed it */
    uint64_t result_hash, error_hash, records_hash;
    uint32_t turn;      /* the list of steps that it was last found in */
    uint8_t visit;      /* join.c: 0 not seen, 1 on the way, 2 leads to the root */
    uint8_t own_status; /* 1 + enum step_status as the log says it, 0 when it does not */
    bool open;          /* no finish yet */
    bool llm;
};

struct builder {
    struct sources *sources;
    struct arena *arena;
    struct index index;
    struct group *groups, *last_group;
    struct group *same_group;      /* of the run id that the last event had, */
    struct str same_raw;           /* as it stood there */
    struct entry *same_key;        /* of the key that the last event's step had */
    struct instance *first, *last; /* in order of appearance */
    uint64_t seq;                  /* nodes made so far */
    uint32_t turn;                 /* lists of steps walked so far */
    struct step_more none;         /* shared by all steps that have nothing of it */
    builder_note *note;            /* NULL: nobody asks */
    void *note_context;
};

/* What of an event is needed everywhere: where its slices are in the source. */
struct payload payload_of(const struct event *e, struct str slice);
/* Is there a value, and is it not null? */
bool value_present(struct str value);

/* Tells about an oddity at the line of the event, or where the node was first seen. */
void event_note(struct builder *b, const struct event *e, const struct node *n, const char *what);
void node_note(struct builder *b, const struct node *n, const char *what);

/* match.c: which node an event speaks of. All of them may make one; none returns NULL but node_known. */
struct node *node_new(struct builder *b, struct instance *i, struct entry *key, int64_t start);
struct node *node_for_start(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key);
/* *ret_again: the very same finish was seen before. */
struct node *node_for_finish(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key,
                             uint64_t content, bool *ret_again);
/* A finish was seen: `content` tells it from others. */
void node_close(struct builder *b, struct node *n, uint64_t content);
/* For records, logs and links. */
struct node *node_for_mention(struct builder *b, struct instance *i, const struct event_step *s, struct entry *key);
/* Sets or changes the end, keeping the index right. */
void node_set_end(struct builder *b, struct node *n, int64_t end);
void node_set_start(struct builder *b, struct node *n, int64_t start);
/* The characters of a JSON string (the text of any other value), interned. */
struct str node_text(struct builder *b, struct str value);
/* The entry of an id, as a value of the log. */
struct entry *id_entry(struct builder *b, struct instance *i, struct str value);
/* The entry of the step's key; that of "" when it has none. */
struct entry *step_key(struct builder *b, struct instance *i, const struct event_step *s);

/* merge.c: what an event says goes into the node; later fields win, differences are counted. */
void node_merge(struct builder *b, struct node *n, const struct event *e, const struct event_step *s, bool finish);
void node_add_record(struct builder *b, struct node *n, const struct event *e);
void node_add_log(struct builder *b, struct node *n, const struct event *e);
void node_add_link(struct builder *b, struct node *n, const struct event *e);
/* A hash of what a finish says, to know the same one again. */
uint64_t finish_content(const struct event_step *s);

/* steps.c: a list of all steps of a run (in a pipeline's start or finish). */
void builder_steps(struct builder *b, struct instance *i, const struct event *e, bool finish);

/* join.c: the nodes of an instance become its tree. */
void instance_join(struct builder *b, struct instance *i);

#endif
