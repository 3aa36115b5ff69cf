/* SPDX-License-Identifier: MIT */
#include "model/build.h"

#include "model/measure.h"
#include "model/node.h"

#include <stdlib.h>

struct builder *builder_new(struct sources *sources, struct arena *arena)
{
    struct builder *b = calloc(1, sizeof *b);
    if (!b) arena_exhausted(sizeof *b);
    b->sources = sources;
    b->arena = arena;
    return b;
}

void builder_on_note(struct builder *b, builder_note *note, void *context)
{
    b->note = note;
    b->note_context = context;
}

/* What a step is called before its place gives it a key. */
static struct str called(const struct node *n)
{
    return n->step.key.len ? n->step.key : n->step.name.len ? n->step.name : n->step.more->id;
}

void event_note(struct builder *b, const struct event *e, const struct node *n, const char *what)
{
    if (b->note) b->note(b->note_context, e->source, e->line, called(n), what);
}

void node_note(struct builder *b, const struct node *n, const char *what)
{
    if (b->note) b->note(b->note_context, n->source, n->line, called(n), what);
}

static struct group *group_new(struct builder *b, struct str id)
{
    struct group *g = ARENA_NEW(b->arena, struct group);
    g->id = id;
    if (b->last_group) b->last_group->next = g;
    else b->groups = g;
    b->last_group = g;
    return g;
}

static struct instance *instance_new(struct builder *b, struct group *g)
{
    struct instance *i = ARENA_NEW(b->arena, struct instance);
    i->group = g;
    i->run.id = g->id;
    i->run.sources = b->sources;
    i->run.arena = b->arena;
    i->run.log_version = -1;
    i->run.start = i->run.end = i->run.duration = TIME_NONE;
    i->run.attempt = 1;
    if (g->current) i->run.attempt = g->current->run.attempt + 1;
    g->current = i;
    if (b->last) b->last->next_in_order = i;
    else b->first = i;
    b->last = i;
    return i;
}

/* The group of the event's run id. A whole run without an id is alone, whatever else has none. */
static struct group *group_of(struct builder *b, const struct event *e)
{
    if (e->document && !value_present(e->runId)) return group_new(b, S(""));
    if (b->same_group && str_eq(b->same_raw, e->runId))
        return b->same_group; /* most events follow one of their own run */
    struct str id = node_text(b, e->runId);
    struct entry *entry = index_find(&b->index, ENTRY_RUN, NULL, id, 0, 0, true);
    if (!entry->item) entry->item = group_new(b, id);
    b->same_group = entry->item;
    b->same_raw = index_intern(&b->index, e->runId, b->arena);
    return entry->item;
}

/* The run that a pipeline event is about: the one that started then; else the current one, unless that has already been
 * started or finished and this is another go of the same run id. */
static struct instance *instance_of(struct builder *b, struct group *g, const struct event *e)
{
    struct instance *now = g->current;
    int64_t start = e->step.start;
    struct entry *attempt = start == TIME_NONE ? NULL : index_find(&b->index, ENTRY_ATTEMPT, g, S(""), start, 0, false);
    if (attempt) return attempt->item;
    if (!now) return instance_new(b, g);
    if (!now->root || now->root->step.start == TIME_NONE || start == TIME_NONE) return now;
    if (e->kind == EVENT_PIPELINE_START || now->finished) return instance_new(b, g);
    return now;
}

static struct str name_as_key(struct builder *b, struct str name)
{
    struct str copy = arena_copy(b->arena, name);
    char *p = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (p[i] == '.') p[i] = '_';
    return copy;
}

/* The pipeline's own step: the one of its key and start, which a step event may have made already; one that has only
 * said something so far (a record, a message) has no start. */
static struct node *find_root(struct builder *b, struct instance *i, const struct event *e)
{
    if (i->root) return i->root;
    struct entry *key = step_key(b, i, &e->step);
    if (!key->text.len && value_present(e->step.name))
        key = index_key(&b->index, i->group, name_as_key(b, node_text(b, e->step.name)), b->arena);
    for (struct node *n = i->first_node; n; n = n->next) {
        bool same_start = n->step.start == e->step.start || e->step.start == TIME_NONE || n->step.start == TIME_NONE;
        if (n->of_key == key && same_start && !n->step.more->parent_id.ptr) return i->root = n;
    }
    return i->root = node_new(b, i, key, e->step.start);
}

static void merge_meta(struct builder *b, struct instance *i, const struct event *e)
{
    struct run *run = &i->run;
    struct {
        struct str value;
        struct payload *field;
    } payloads[] = {
        { e->args, &run->args },
        { e->tags, &run->tags },
        { e->host, &run->host },
        { e->graph, &run->graph },
    };
    for (size_t k = 0; k < sizeof payloads / sizeof *payloads; k++)
        if (value_present(payloads[k].value)) *payloads[k].field = payload_of(e, payloads[k].value);
    if (value_present(e->parentRun)) run->parent_run = node_text(b, e->parentRun);
    int64_t version;
    if (json_type(e->logVersion) == JSON_NUMBER && json_ms_to_us(e->logVersion, &version))
        run->log_version = version / 1000;
}

static void pipeline_event(struct builder *b, const struct event *e)
{
    struct group *g = group_of(b, e);
    struct instance *i = instance_of(b, g, e);
    bool ended = e->kind == EVENT_PIPELINE_FINISH && !(e->document && e->step.end == TIME_NONE);
    struct node *root = find_root(b, i, e);
    i->run.root_made |= e->root_made || json_type(e->rootMade) == JSON_TRUE;
    if (e->step.start != TIME_NONE) index_find(&b->index, ENTRY_ATTEMPT, g, S(""), e->step.start, 0, true)->item = i;
    merge_meta(b, i, e);
    node_merge(b, root, e, &e->step, ended);
    if (ended && e->step.end != TIME_NONE) node_close(b, root, finish_content(&e->step));
    builder_steps(b, i, e, e->kind == EVENT_PIPELINE_FINISH);
    if (e->kind != EVENT_PIPELINE_FINISH) return;
    i->document |= e->document;
    i->finished |= ended;
    if (value_present(e->status)) i->status = node_text(b, e->status);
    else if (!ended) i->status = S("running");
}

static void step_event(struct builder *b, const struct event *e)
{
    struct group *g = group_of(b, e);
    struct instance *i = g->current ? g->current : instance_new(b, g);
    struct entry *key = step_key(b, i, &e->step);
    struct node *n;
    bool again, was_open = true;
    if (e->kind == EVENT_STEP_START) {
        n = node_for_start(b, i, &e->step, key);
    } else if (e->kind == EVENT_STEP_FINISH) {
        uint64_t content = finish_content(&e->step);
        n = node_for_finish(b, i, &e->step, key, content, &again);
        was_open = n->open;
        node_close(b, n, content);
    } else {
        n = node_for_mention(b, i, &e->step, key);
    }
    if (e->trace) {
        i->trace = true;
        merge_meta(b, i, e);
        if (value_present(e->status)) i->status = node_text(b, e->status);
    }
    if (n->instance->finished && (!n->line || (e->kind == EVENT_STEP_FINISH && was_open)))
        n->instance->run.notes.late_events++;
    n->step.made |= e->made;
    node_merge(b, n, e, &e->step, e->kind == EVENT_STEP_FINISH);
    if (e->kind == EVENT_STEP_RECORD) node_add_record(b, n, e);
    if (e->kind == EVENT_STEP_LOG) node_add_log(b, n, e);
    if (e->kind == EVENT_STEP_LINK) node_add_link(b, n, e);
}

void builder_event(struct builder *b, const struct event *event)
{
    if (event->kind == EVENT_PIPELINE_START || event->kind == EVENT_PIPELINE_FINISH) pipeline_event(b, event);
    else step_event(b, event);
}

/* What a pipeline's finish may call its end: PipeLens's words, and what other writers make of them, in any case. */
static bool status_of(struct str word, enum run_status *ret)
{
    static const struct {
        struct str word;
        enum run_status status;
    } words[] = {
        { { "completed", 9 }, RUN_COMPLETED }, { { "complete", 8 }, RUN_COMPLETED },
        { { "success", 7 }, RUN_COMPLETED },   { { "succeeded", 9 }, RUN_COMPLETED },
        { { "ok", 2 }, RUN_COMPLETED },        { { "failed", 6 }, RUN_FAILED },
        { { "failure", 7 }, RUN_FAILED },      { { "error", 5 }, RUN_FAILED },
        { { "running", 7 }, RUN_RUNNING },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_ignoring_case(word, words[i].word)) {
            *ret = words[i].status;
            return true;
        }
    return false;
}

/* A trace has ended when what is at its top has; and failed when any of that has, unless it is said how it went. */
static void settle_trace(struct instance *i)
{
    struct node *top = i->run.root_made ? (struct node *)i->run.root->first_child : i->root;
    i->finished = true;
    for (; top; top = i->run.root_made ? (struct node *)top->step.next : NULL) {
        i->finished &= top->step.end != TIME_NONE;
        if (i->run.root_made && !i->status.len &&
            (top->own_status == 1 + STEP_ERROR || payload_present(top->step.error)))
            i->root->own_status = 1 + STEP_ERROR;
    }
    if (i->run.root_made && !i->finished) i->root->step.end = TIME_NONE;
}

static void settle_status(struct builder *b, struct instance *i)
{
    struct run *run = &i->run;
    if (i->trace) settle_trace(i);
    bool failed = payload_present(run->root->error) || i->root->own_status == 1 + STEP_ERROR;
    enum run_status said = RUN_UNFINISHED;
    bool known = status_of(i->status, &said);
    if (i->status.len && !known)
        node_note(b, i->root, "the pipeline's status is none of completed, failed and running: taken from its error");
    if (known && said != RUN_COMPLETED) run->status = said;
    else if (i->finished) run->status = failed ? RUN_FAILED : RUN_COMPLETED;
    else run->status = RUN_UNFINISHED;
    run->notes.status_overruled = i->finished && failed && said == RUN_COMPLETED;
}

static void settle_steps(struct builder *b, struct instance *i, struct step_more *none)
{
    struct run *run = &i->run;
    for (uint32_t k = 0; k < run->step_count; k++) {
        struct node *n = (struct node *)run->steps[k];
        struct step *s = &n->step;
        enum step_status own = n->own_status ? (enum step_status)(n->own_status - 1) : STEP_OK;
        bool known = n->own_status != 0;
        if (known && (own == STEP_SKIPPED || own == STEP_CACHED || own == STEP_RETRIED)) s->status = (uint8_t)own;
        else if (payload_present(s->error) || (known && own == STEP_ERROR)) s->status = STEP_ERROR;
        else if (s == run->root && run->root_made && run->status == RUN_FAILED) s->status = STEP_ERROR;
        else if (s == run->root && run->root_made && run->status == RUN_COMPLETED) s->status = STEP_OK;
        else if (s->end != TIME_NONE || (known && own == STEP_OK)) s->status = STEP_OK;
        else s->status = run->status == RUN_RUNNING ? STEP_RUNNING : STEP_UNFINISHED;
        if (s->end != TIME_NONE && s->start != TIME_NONE && s->end < s->start)
            node_note(b, n, "the step ends before it starts");
        if (s->more == &b->none) s->more = none;
        if (n->llm) measure_usage(run, s);
    }
}

bool builder_several(const struct builder *b) { return b->first && b->first->next_in_order; }

struct run *builder_finish(struct builder *b)
{
    struct run *first = NULL, **end = &first;
    struct step_more *none = ARENA_NEW(b->arena, struct step_more);
    for (struct instance *i = b->first; i; i = i->next_in_order) {
        instance_join(b, i);
        settle_status(b, i);
        settle_steps(b, i, none);
        measure_run(&i->run);
        *end = &i->run;
        end = &i->run.next;
    }
    index_free(&b->index);
    free(b);
    return first;
}
