/* SPDX-License-Identifier: MIT
 *
 * What an event says of a step goes into its node. Absent and null fields change nothing; a field that is there again
 * and differs wins and is counted.
 */
#include "model/node.h"

#include "base/utf8.h"
#include "event/fields.h"

enum { EXTRAS_LOOKED_AT = 16 };

struct payload payload_of(const struct event *e, struct str slice)
{
    if (!slice.len || slice.len > UINT32_MAX) return (struct payload){ 0 };
    return (struct payload){ .offset = e->offset + (uint64_t)(slice.ptr - e->text.ptr),
                             .length = (uint32_t)slice.len,
                             .source = e->source };
}

bool value_present(struct str value) { return value.len != 0 && json_type(value) != JSON_NULL; }

static struct step_more *more_of(struct builder *b, struct node *n)
{
    if (n->step.more == &b->none) n->step.more = ARENA_NEW(b->arena, struct step_more);
    return n->step.more;
}

static void conflict(struct builder *b, struct node *n, const struct event *e, const char *what)
{
    n->instance->run.notes.conflicts++;
    event_note(b, e, n, what);
}

/* A payload field whose text is known by its hash. */
static void set_payload(struct builder *b, struct node *n, const struct event *e, struct str value,
                        struct payload *field, uint64_t *hash)
{
    if (!value.len) return;
    uint64_t h = str_hash(value, 1);
    if (payload_present(*field) && *hash == h) return;
    if (payload_present(*field))
        conflict(b, n, e,
                 field == &n->step.error ? "the error differs from an earlier line's: this one is used"
                                         : "the result differs from an earlier line's: this one is used");
    *field = payload_of(e, value);
    *hash = h;
}

static bool is_empty_object(struct str value)
{
    return json_type(value) == JSON_OBJECT && str_trim(str_of(value.ptr + 1, value.len - 2)).len == 0;
}

static struct record *add_record(struct builder *b, struct node *n)
{
    struct record *r = ARENA_NEW(b->arena, struct record);
    r->ts = TIME_NONE;
    r->members = 1;
    if (n->last_record) n->last_record->next = r;
    else n->step.records = r;
    return n->last_record = r;
}

/* Whole objects of records: what was already there is kept, see records_list(). The list stays short, because an object
 * that says the same as the last one is left out. */
static void merge_records(struct builder *b, struct node *n, const struct event *e, const struct event_step *s)
{
    struct str records = s->records;
    if (!value_present(records) || is_empty_object(records)) return;
    uint64_t h = str_hash(records, 1);
    if (h == n->records_hash) return;
    n->records_hash = h;
    struct record *r = add_record(b, n);
    r->data = payload_of(e, records);
    if (json_type(records) == JSON_OBJECT) r->members = s->records_count;
    else r->key = S("records"); /* nothing to take apart: one datum */
}

static uint8_t status_of(struct str value)
{
    static const struct {
        struct str word;
        enum step_status status;
    } words[] = {
        { { "ok", 2 }, STEP_OK },           { { "success", 7 }, STEP_OK },
        { { "completed", 9 }, STEP_OK },    { { "error", 5 }, STEP_ERROR },
        { { "failed", 6 }, STEP_ERROR },    { { "running", 7 }, STEP_RUNNING },
        { { "skipped", 7 }, STEP_SKIPPED }, { { "cached", 6 }, STEP_CACHED },
        { { "retried", 7 }, STEP_RETRIED }, { { "unfinished", 10 }, STEP_UNFINISHED },
    };
    if (json_type(value) != JSON_STRING) return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (json_key_is(str_of(value.ptr + 1, value.len - 2), words[i].word)) return (uint8_t)(1 + words[i].status);
    return 0;
}

/* The field of the name if it is there: a short list is looked through, a long one has its fields in the index. Names
 * are interned. */
static struct extra *find_extra(struct builder *b, struct extra **list, struct str name, size_t *ret_looked_at)
{
    struct extra *x = *list;
    *ret_looked_at = 0;
    for (; x && *ret_looked_at < EXTRAS_LOOKED_AT; x = x->next, ++*ret_looked_at)
        if (x->name.ptr == name.ptr) return x;
    struct entry *known = x ? index_find(&b->index, ENTRY_EXTRA, list, name, 0, 0, false) : NULL;
    return known ? known->item : NULL;
}

static void add_extra(struct builder *b, const struct event *e, struct extra **list, struct str raw_name,
                      struct str value)
{
    bool plain = !memchr(raw_name.ptr, '\\', raw_name.len) && utf8_valid(raw_name);
    struct str name = index_intern(&b->index, plain ? raw_name : json_key_text(raw_name, b->arena), b->arena);
    size_t looked_at;
    struct extra *x = find_extra(b, list, name, &looked_at);
    if (!x) {
        x = ARENA_NEW(b->arena, struct extra);
        x->name = name;
        x->next = *list; /* newest first; join.c turns the list round */
        *list = x;
        for (struct extra *one = looked_at == EXTRAS_LOOKED_AT ? x : NULL; one; one = one->next) {
            struct entry *entry = index_find(&b->index, ENTRY_EXTRA, list, one->name, 0, 0, true);
            if (entry->item) break; /* and those behind it are there as well */
            entry->item = one;
        }
    }
    x->data = payload_of(e, value);
}

/* Was this very line said of the node before? Logs may be delivered twice; a time tells that from saying it again. */
static bool said_before(struct builder *b, struct node *n, const struct event *e, struct str what)
{
    if (e->ts == TIME_NONE && e->kind == EVENT_STEP_LOG) return false;
    uint64_t content = str_hash(what, str_hash(e->level, str_hash(e->relation, (uint64_t)e->kind)));
    struct entry *line = index_find(&b->index, ENTRY_LINE, n, (struct str){ 0 }, e->ts, (int64_t)content, true);
    bool before = line->item != NULL;
    line->item = n;
    if (before) event_note(b, e, n, "the same message or link at the same time as on an earlier line: taken once");
    return before;
}

static void set_text(struct builder *b, struct str value, struct str *field)
{
    if (value_present(value)) *field = node_text(b, value);
}

/* What most steps do not have. */
static void merge_more(struct builder *b, struct node *n, const struct event *e, const struct event_step *s)
{
    struct str rare[] = { s->parentId, s->location,      s->kind,  s->inputs, s->errorType,
                          s->trace,    s->handledErrors, s->usage, s->state };
    bool any = s->unknown_count != 0;
    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) any |= value_present(rare[i]);
    if (!any) return;
    struct step_more *more = more_of(b, n);
    if (value_present(s->parentId)) {
        n->up = id_entry(b, n->instance, s->parentId);
        more->parent_id = n->up->text;
    }
    set_text(b, s->location, &more->location);
    set_text(b, s->kind, &more->kind);
    set_text(b, s->errorType, &more->error_type);
    struct {
        struct str value;
        struct payload *field;
    } payloads[] = {
        { s->inputs, &more->inputs }, { s->trace, &more->trace },       { s->handledErrors, &more->handled_errors },
        { s->state, &more->state },   { s->usage, &more->usage_field },
    };
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (value_present(payloads[i].value)) *payloads[i].field = payload_of(e, payloads[i].value);
    n->llm |= value_present(s->usage);
    /* a run's own unknown fields belong to the run */
    struct extra **extras = n == n->instance->root &&
                                    (e->kind == EVENT_PIPELINE_START || e->kind == EVENT_PIPELINE_FINISH) &&
                                    s == &e->step
                                ? &n->instance->run.extras
                                : &more->extras;
    for (size_t i = 0; i < s->unknown_count; i++) add_extra(b, e, extras, s->unknown[i].raw_name, s->unknown[i].value);
}

static void check_usage(struct builder *b, struct node *n, const struct event *e, const struct event_step *s)
{
    enum { TOLERANCE_US = 1000 }; /* two clocks rounded to milliseconds */
    if (s->usage_us == TIME_NONE || s->start == TIME_NONE || s->end == TIME_NONE) return;
    int64_t off;
    bool beyond = __builtin_sub_overflow(s->usage_us, s->end - s->start, &off);
    if (!beyond && off <= TOLERANCE_US && off >= -TOLERANCE_US) return;
    n->instance->run.notes.time_disagreements++;
    event_note(b, e, n, "timeUsageMs is not endTs - startTs: the latter is used");
}

/* The years 2001 to 2103 in seconds; as milliseconds they are January and February of 1970. */
static bool looks_like_seconds(int64_t us) { return us >= INT64_C(1000000000000) && us < INT64_C(4200000000000); }

/* Is the JSON string these very bytes in quotes? Saves most names from being decoded again. */
static bool is_plainly(struct str value, struct str text)
{
    return value.len == text.len + 2 && value.ptr[0] == '"' && memcmp(value.ptr + 1, text.ptr, text.len) == 0 &&
           !memchr(text.ptr, '\\', text.len);
}

void node_merge(struct builder *b, struct node *n, const struct event *e, const struct event_step *s, bool finish)
{
    if (!n->line) {
        n->line = e->line;
        n->source = e->source;
    }
    if (value_present(s->name) && !(n->step.name.ptr && is_plainly(s->name, n->step.name))) {
        struct str name = node_text(b, s->name);
        if (n->step.name.ptr && !str_eq(n->step.name, name))
            conflict(b, n, e, "the name differs from an earlier line's: this one is used");
        n->step.name = name;
    }
    if (s->time.len && looks_like_seconds(s->start)) /* other systems' clocks may have begun when the machine did */
        event_note(b, e, n, "startTs looks like seconds; times are milliseconds since 1970");
    if (s->start != TIME_NONE && n->step.start != s->start) {
        if (n->step.start != TIME_NONE) conflict(b, n, e, "startTs differs from an earlier line's: this one is used");
        node_set_start(b, n, s->start);
    }
    if (finish && s->end != TIME_NONE && n->step.end != s->end) {
        if (n->step.end != TIME_NONE) conflict(b, n, e, "endTs differs from an earlier line's: this one is used");
        node_set_end(b, n, s->end);
        check_usage(b, n, e, s);
    }
    merge_records(b, n, e, s);
    /* Python writes null for what is not there, result and error alike; without an `error` null is a result */
    if (value_present(s->result) || !s->error.len) set_payload(b, n, e, s->result, &n->step.result, &n->result_hash);
    if (value_present(s->error)) set_payload(b, n, e, s->error, &n->step.error, &n->error_hash);
    if (status_of(s->status)) n->own_status = status_of(s->status);
    else if (value_present(s->status)) event_note(b, e, n, "unknown step status: taken from the step's end and error");
    n->llm |= s->llm;
    n->step.made |= json_type(s->made) == JSON_TRUE;
    merge_more(b, n, e, s);
}

void node_add_record(struct builder *b, struct node *n, const struct event *e)
{
    struct record *r = add_record(b, n);
    r->key = node_text(b, e->recordKey);
    r->data = payload_of(e, e->data);
    r->ts = e->ts;
    n->llm |= key_tells_llm(r->key);
}

void node_add_log(struct builder *b, struct node *n, const struct event *e)
{
    if (said_before(b, n, e, e->message)) return;
    struct step_more *more = more_of(b, n);
    struct log_entry *entry = ARENA_NEW(b->arena, struct log_entry);
    entry->level = LEVEL_INFO;
    for (int level = 0; level < LEVEL_COUNT; level++)
        if (json_type(e->level) == JSON_STRING &&
            json_key_is(str_of(e->level.ptr + 1, e->level.len - 2), str_z(log_level_name((enum log_level)level))))
            entry->level = (enum log_level)level;
    entry->ts = e->ts;
    entry->message = payload_of(e, e->message);
    if (more->last_log) more->last_log->next = entry;
    else more->logs = entry;
    more->last_log = entry;
}

void node_add_link(struct builder *b, struct node *n, const struct event *e)
{
    if (said_before(b, n, e, e->to)) return;
    struct step_more *more = more_of(b, n);
    struct step_link *link = ARENA_NEW(b->arena, struct step_link);
    set_text(b, json_get(e->to, S("runId")), &link->run_id);
    set_text(b, json_get(e->to, S("stepId")), &link->step_id);
    set_text(b, e->relation, &link->relation);
    link->next = more->links; /* newest first, as the extras */
    more->links = link;
}

uint64_t finish_content(const struct event_step *s)
{
    uint64_t times[3] = { (uint64_t)s->start, (uint64_t)s->end, (uint64_t)s->usage_us };
    uint64_t h = str_hash(str_of((const char *)times, sizeof times), 7);
    h = str_hash(s->records, h);
    h = str_hash(s->result, h);
    h = str_hash(s->error, h);
    return str_hash(s->status, h);
}
