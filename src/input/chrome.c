/* SPDX-License-Identifier: MIT
 *
 * Chrome trace events ("Trace Event Format", the public document of the Chromium project): what Chrome, Perfetto,
 * clang -ftime-trace, Node.js, VizTracer, Bazel and many small profilers write.
 *
 *   {"traceEvents":[EVENT, …], anything else}      [EVENT, …]      [EVENT,⏎EVENT,⏎ and no end
 *   EVENT  {"ph":"X","name":…,"cat":…,"pid":1,"tid":2,"ts":µs,"dur":µs,"args":{…}}
 *
 * A process becomes a run, a thread a branch of it (when there are several), a slice a step, an instant a message, a
 * flow a link. The bracket at the end may be missing. See chrome.h for the way through the other files.
 */
#include "input/chrome.h"

#include "event/fields.h"
#include "input/format.h"

#include <stdlib.h>

struct members {
    struct str ph, ts, dur, pid, tid, name, cat, args, id, id2, scope, s, bp, bind_id, flow_in, flow_out;
};

static const struct field table[] = {
    FIELD(struct members, name, "name"),       FIELD(struct members, ph, "ph"),
    FIELD(struct members, ts, "ts"),           FIELD(struct members, pid, "pid"),
    FIELD(struct members, tid, "tid"),         FIELD(struct members, cat, "cat"),
    FIELD(struct members, dur, "dur"),         FIELD(struct members, args, "args"),
    FIELD(struct members, id, "id"),           FIELD(struct members, id2, "id2"),
    FIELD(struct members, scope, "scope"),     FIELD(struct members, s, "s"),
    FIELD(struct members, bp, "bp"),           FIELD(struct members, bind_id, "bind_id"),
    FIELD(struct members, flow_in, "flow_in"), FIELD(struct members, flow_out, "flow_out"),
};

static struct chrome_piece piece(const struct chrome *c, struct str s)
{
    return s.len ? (struct chrome_piece){ (uint32_t)(s.ptr - c->text.ptr), (uint32_t)s.len }
                 : (struct chrome_piece){ 0 };
}

/* A number of µs as ns. */
static int64_t ns_of(struct str value)
{
    int64_t ns;
    if (value_absent(value) || !json_to_us(value, JSON_MILLISECONDS, &ns)) return TIME_NONE;
    return ns;
}

static bool is_word(struct str value, struct str word)
{
    return json_type(value) == JSON_STRING && json_key_is(str_of(value.ptr + 1, value.len - 2), word);
}

/* The characters of a name, "" of what is none: to be compared more than once, each time as the same text. */
static struct str word_of(struct chrome *c, struct str value)
{
    return json_type(value) == JSON_STRING ? json_text(value, &c->t->arena) : S("");
}

static void bad_event(struct chrome *c, const char *at, const char *what)
{
    if (c->notes.bad++ < CHROME_BAD_SHOWN) tell_problem(c->t, at, what);
}

/* Members of X that tie it to flows without flow events ("flow events v2"). */
static void add_bound_flow(struct chrome *c, const struct chrome_item *slice, uint32_t number, const struct members *m)
{
    bool out = json_type(m->flow_out) == JSON_TRUE, in = json_type(m->flow_in) == JSON_TRUE;
    if (!m->bind_id.len || (!out && !in)) return;
    c->items = array_grow(c->items, &c->item_cap, c->item_count + 1, sizeof *c->items);
    c->items[c->item_count++] = (struct chrome_item){
        .ts = slice->ts,
        .end = TIME_NONE,
        .at = slice->at,
        .partner = chrome_flow_name(c, m->bind_id, S(""), S("")),
        .parent = number,
        .track = CHROME_NONE,
        .process = slice->process,
        .ph = in ? 't' : 's',
    };
}

/* Do X events come when they end, the inner ones first? */
static void look_at_order(struct chrome *c, const struct chrome_item *x)
{
    const struct chrome_item *before = c->item_count ? &c->items[c->item_count - 1] : NULL;
    if (!before || before->ph != 'X' || x->ph != 'X' || before->track != x->track) return;
    bool same = before->ts == x->ts && before->end == x->end;
    c->walk.later_contains += !same && x->ts <= before->ts && x->end >= before->end;
    c->walk.earlier_contains += !same && before->ts <= x->ts && before->end >= x->end;
}

static uint32_t async_track(struct chrome *c, const struct members *m, uint32_t process, char ph)
{
    bool legacy = ph != 'b' && ph != 'e' && ph != 'n';
    struct str id = m->id, local = { 0 };
    if (m->id2.len) {
        local = json_get(m->id2, S("local"));
        id = local.len ? local : json_get(m->id2, S("global"));
    }
    return chrome_async(c, local.len ? process : CHROME_NONE, id, m->cat, legacy ? m->name : m->scope);
}

static bool is_async(char ph) { return memchr("bneSTpF", ph, 7) != NULL; }

static void add_item(struct chrome *c, const struct members *m, const char *at, uint8_t flags)
{
    char ph = m->ph.ptr[1];
    uint32_t process = chrome_process(c, m->pid);
    struct chrome_item item = { .ts = ns_of(m->ts),
                                .end = CHROME_OPEN,
                                .at = (uint32_t)(at - c->text.ptr),
                                .partner = CHROME_NONE,
                                .parent = CHROME_NONE,
                                .process = process,
                                .name = piece(c, m->name),
                                .cat = piece(c, m->cat),
                                .args = piece(c, m->args),
                                .ph = ph,
                                .flags = flags };
    item.track = is_async(ph) ? async_track(c, m, process, ph) : chrome_thread(c, process, m->tid);
    c->notes.bad_times += item.ts == TIME_NONE;
    if (ph == 'X' && item.ts != TIME_NONE) {
        int64_t duration = ns_of(m->dur);
        if (duration != TIME_NONE) item.end = item.ts + duration;
        look_at_order(c, &item);
    }
    if ((ph == 'i' || ph == 'I') && (is_word(m->s, S("p")) || is_word(m->s, S("g")))) item.flags |= CHROME_OF_RUN;
    if (chrome_is_flow(ph)) {
        item.partner = chrome_flow_name(c, m->id.len ? m->id : m->bind_id, m->cat, m->name);
        if (ph != 'f' || is_word(m->bp, S("e"))) item.flags |= CHROME_ENCLOSED;
        if (is_word(m->cat, S("pipelens.link"))) item.flags |= CHROME_NO_LINK;
    }
    struct chrome_track *track = &c->tracks[item.track];
    track->count++;
    track->slices += chrome_is_slice(ph);
    c->processes[process].any = true;
    c->items = array_grow(c->items, &c->item_cap, c->item_count + 1, sizeof *c->items);
    c->items[c->item_count++] = item;
    if (m->bind_id.len && ph == 'X') add_bound_flow(c, &item, (uint32_t)c->item_count - 1, m);
}

static void add_meta(struct chrome *c, const struct members *m)
{
    uint32_t process = chrome_process(c, m->pid), track = CHROME_NONE;
    struct str name = json_get(m->args, S("name")), what = word_of(c, m->name);
    if (str_starts(what, S("thread_"))) track = chrome_thread(c, process, m->tid);
    if (str_eq(what, S("process_name")) && !value_absent(name)) c->processes[process].name = name;
    if (str_eq(what, S("thread_name")) && !value_absent(name)) c->tracks[track].name = name;
    if (str_eq(what, S("pipelens_run"))) {
        c->own = true;
        c->processes[process].any = true;
        struct str own = chrome_own(c, m->args);
        c->processes[process].own = own;
        struct str id = json_get(own, S("runId"));
        c->processes[process].run = value_absent(id) ? S("") : id;
        return;
    }
    c->metas = array_grow(c->metas, &c->meta_cap, c->meta_count + 1, sizeof *c->metas);
    struct chrome_process *p = &c->processes[process];
    if (p->first_meta == CHROME_NONE) p->first_meta = (uint32_t)c->meta_count;
    else c->metas[p->last_meta].next = (uint32_t)c->meta_count;
    p->last_meta = (uint32_t)c->meta_count;
    c->metas[c->meta_count++] = (struct chrome_meta){ CHROME_NONE, track, m->name, m->args };
}

static void add_event(struct chrome *c, const struct members *m, const char *at, uint8_t flags)
{
    if (json_type(m->ph) != JSON_STRING || m->ph.len != 3) {
        bad_event(c, at, "an event needs a \"ph\" of one letter: left out");
        return;
    }
    unsigned char ph = (unsigned char)m->ph.ptr[1];
    if (ph == 'M') add_meta(c, m);
    else if (memchr("XBEbneSTpFiIRstf", ph, 16)) {
        if (c->item_count < CHROME_NONE / 2) add_item(c, m, at, flags);
    } else c->notes.letters[ph & 127]++;
}

/* The event at j->at, a brace. False when it is no JSON. */
static bool read_event(struct chrome *c, struct json *j)
{
    struct members m = { 0 };
    const char *at = j->at;
    struct str key;
    uint8_t flags = 0;
    json_enter(j, '{');
    while (json_member(j, &key)) {
        struct str value = json_skip(j);
        if (j->error) return false;
        struct str *field = field_find(&m, table, sizeof table / sizeof *table, key);
        if (!field || field >= &m.id) flags |= CHROME_OTHERS;
        if (field) *field = value;
    }
    if (j->error) return false;
    add_event(c, &m, at, flags);
    return true;
}

/* Behind something that is no JSON: the next line that begins with a brace. False when there is none. */
static bool find_next_event(struct json *j)
{
    while (j->at < j->end) {
        const char *newline = memchr(j->at, '\n', (size_t)(j->end - j->at));
        if (!newline) break;
        j->at = newline + 1;
        while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == ',' || *j->at == '\r')) j->at++;
        if (j->at < j->end && *j->at == '{') {
            j->error = NULL;
            return true;
        }
    }
    j->at = j->end;
    return false;
}

/* Events with or without commas between them, up to the bracket, which may be missing. */
static void read_events(struct chrome *c, struct json *j)
{
    for (;;) {
        while (!json_at_end(j) && *j->at == ',') j->at++;
        if (j->at >= j->end) return;
        if (*j->at == ']') {
            j->at++;
            j->first = false;
            return;
        }
        const char *at = j->at;
        bool good = true;
        if (*j->at == '{') good = read_event(c, j);
        else {
            json_skip(j);
            good = !j->error;
            if (good) bad_event(c, at, "an event should be an object: left out");
        }
        if (good) continue;
        if (j->at >= j->end) {
            tell_problem(c->t, at, "the last event is cut off: left out");
            return;
        }
        bad_event(c, j->at, j->error);
        if (!find_next_event(j)) return;
    }
}

/* Is the first object of the text an event, not a document that holds them? */
static bool is_event(struct str text)
{
    struct json j = json_begin(text);
    struct str key;
    bool event = false, known = false;
    json_enter(&j, '{');
    while (!known && json_member(&j, &key)) {
        event = json_key_is(key, S("ph"));
        known = event || json_key_is(key, S("traceEvents"));
        if (!known) json_skip(&j);
    }
    json_done(&j);
    return event;
}

static void keep_member(struct chrome *c, struct str key, struct str value)
{
    if (json_key_is(key, S("beginningOfTime"))) json_to_us(value, JSON_MICROSECONDS, &c->begin_us);
    if (c->member_count < sizeof c->members / sizeof *c->members)
        c->members[c->member_count++] = (struct chrome_member){ key, value };
    else c->notes.members_left++;
}

static void read_document(struct chrome *c, struct json *j)
{
    struct str key;
    json_enter(j, '{');
    while (json_member(j, &key)) {
        if (json_key_is(key, S("traceEvents")) && *j->at == '[') {
            j->at++;
            read_events(c, j);
            if (json_at_end(j)) return; /* the closing brace may be missing as well */
            continue;
        }
        struct str value = json_skip(j);
        if (!j->error) keep_member(c, key, value);
    }
    if (j->error) tell_problem(c->t, j->at, j->at >= j->end ? "the document ends too early: it was cut off" : j->error);
}

static void read_text(struct teller *t, void *state, struct str text)
{
    struct chrome *c = state;
    struct json j = json_begin(text);
    c->t = t;
    c->text = text;
    if (json_at_end(&j)) return;
    if (*j.at == '[') {
        j.at++;
        read_events(c, &j);
    } else if (*j.at == '{' && !is_event(text)) read_document(c, &j);
    else read_events(c, &j);
    json_done(&j);
    chrome_nest(c);
    chrome_tell(c);
    void *memory[] = { c->items,      c->tracks,      c->processes,  c->metas,
                       c->names.list, c->names.slots, c->walk.order, c->walk.stack };
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

static bool is_letter(struct str value) { return json_type(value) == JSON_STRING && value.len == 3; }

static bool knows(const struct glance *g)
{
    if (!g->object) return false;
    struct str events = glance_get(g, S("traceEvents"));
    if (events.len && !g->in_array) return events.ptr[0] == '[';
    return is_letter(glance_get(g, S("ph"))) && glance_get(g, S("pid")).len &&
           (glance_get(g, S("ts")).len || glance_get(g, S("name")).len);
}

const struct format format_chrome = {
    .name = "chrome",
    .title = "Chrome trace events",
    .about = "profiles of Chrome, Perfetto's JSON, clang -ftime-trace, node\n"
             "--trace-events-enabled, VizTracer, Bazel --profile: {\"traceEvents\":[…]},\n"
             "an array or an event a line; one run per process\n",
    .names = (const char *const[]){ "*.trace", NULL },
    .takes = TAKES_WHOLE,
    .knows = knows,
    .state_size = sizeof(struct chrome),
    .text = read_text,
};
