/* SPDX-License-Identifier: MIT
 *
 * What was read of a file of Chrome trace events becomes events of runs, in the order of the file.
 *
 *   process ── run, its root made
 *     thread ── a step that is made, where a process has several: "kind": "thread"
 *       slice ── a step: cat is its kind, args are its records
 */
#include "input/chrome.h"

#include <stdio.h>

static const char *const core[] = { "name", "ph", "ts", "pid", "tid", "cat", "dur", "args" };

void chrome_put_id(const struct chrome *c, struct buf *b, uint32_t item)
{
    (void)c;
    buf_put_uint(b, (uint64_t)item + 1);
}

static void put_branch(const struct chrome *c, struct buf *b, const struct chrome_track *track)
{
    struct buf text = BUF_INIT;
    (void)c;
    if (track->totals) buf_puts(&text, "totals");
    else {
        buf_puts(&text, "thread ");
        buf_put(&text, track->tid);
    }
    buf_put_json(b, buf_str(&text));
    buf_free(&text);
}

static void tell_branch(struct chrome *c, const struct chrome_track *track)
{
    struct teller *t = c->t;
    tell_begin(t, track->open ? EVENT_STEP_START : EVENT_STEP_FINISH, NULL);
    t->event.made = true;
    chrome_tell_run(c, track->process);
    put_branch(c, tell_open(t, &t->event.step.id), track);
    tell_close(t);
    if (chrome_is_text(track->name) && !track->totals) tell_raw(t, &t->event.step.name, track->name);
    else {
        put_branch(c, tell_open(t, &t->event.step.name), track);
        tell_close(t);
    }
    tell_text(t, &t->event.step.kind, track->totals ? S("totals") : S("thread"));
    t->event.step.start = track->totals ? TIME_NONE : chrome_us(c, track->start);
    t->event.step.end = track->totals || track->open ? TIME_NONE : chrome_us(c, track->end);
    if (track->totals) tell_text(t, &t->event.step.status, S("ok"));
    tell_send(t);
}

/* All totals of a process are below one step. */
static void tell_branches(struct chrome *c)
{
    uint32_t process = CHROME_NONE;
    for (size_t i = 0; i < c->track_count; i++) {
        const struct chrome_track *track = &c->tracks[i];
        if (track->branch || (track->totals && track->process != process)) tell_branch(c, track);
        if (track->totals) process = track->process;
    }
}

static bool is_core(struct str key)
{
    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        if (json_key_is(key, str_z(core[i]))) return true;
    return false;
}

/* Members that are of no meaning here. Of an end they get their own name: "tts (end)". */
static void tell_others(struct chrome *c, const struct chrome_item *it, bool end)
{
    struct json j = json_begin(str_skip(c->text, it->at));
    struct str key;
    struct buf text = BUF_INIT;
    bool async = c->tracks[it->track].async;
    json_enter(&j, '{');
    while (json_member(&j, &key)) {
        struct str value = json_skip(&j);
        if (j.error) break;
        if (is_core(key) && !(async && !end && json_key_is(key, S("tid")))) continue;
        if (it->ph != 'X' && json_key_is(key, S("tdur")) && str_eq(value, S("0"))) continue;
        struct str name = json_key_text(key, &c->t->arena);
        if (end && async && (str_eq(name, S("id")) || str_eq(name, S("id2")) || str_eq(name, S("scope")))) continue;
        buf_clear(&text);
        buf_put(&text, async && str_eq(name, S("id")) ? S("async id") : name);
        if (end) buf_puts(&text, " (end)");
        tell_extra(c->t, buf_str(&text), value);
    }
    json_done(&j);
    buf_free(&text);
}

static bool is_filled(struct str args)
{
    return json_type(args) == JSON_OBJECT && str_trim(str_of(args.ptr + 1, args.len - 2)).len;
}

/* The members of the object, but for those of VizTracer that are told as what they are. */
static void put_members(struct chrome *c, struct buf *b, struct str args, bool viztracer)
{
    struct json j = json_begin(args);
    struct str key;
    (void)c;
    if (!viztracer) {
        buf_put(b, str_of(args.ptr + 1, args.len - 2));
        return;
    }
    bool first = true;
    json_enter(&j, '{');
    while (json_member(&j, &key)) {
        struct str value = json_skip(&j);
        if (json_key_is(key, S("func_args")) || json_key_is(key, S("return_value"))) continue;
        buf_puts(b, first ? "\"" : ",\"");
        buf_put(b, key);
        buf_puts(b, "\":");
        buf_put(b, value);
        first = false;
    }
    json_done(&j);
}

static void tell_args(struct chrome *c, struct str args, struct str end, bool viztracer)
{
    struct teller *t = c->t;
    if (viztracer) {
        tell_raw(t, &t->event.step.inputs, json_get(args, S("func_args")));
        tell_raw(t, &t->event.step.result, json_get(args, S("return_value")));
    }
    if (is_filled(args) || is_filled(end)) {
        struct buf *b = tell_open(t, &t->event.step.records);
        buf_putc(b, '{');
        size_t empty = b->len;
        if (is_filled(args)) put_members(c, b, args, viztracer);
        if (b->len > empty && is_filled(end)) buf_putc(b, ',');
        if (is_filled(end)) put_members(c, b, end, false);
        buf_putc(b, '}');
        tell_close(t);
    }
    if (args.len && json_type(args) != JSON_OBJECT) tell_extra(t, S("args"), args);
    if (end.len && json_type(end) != JSON_OBJECT) tell_extra(t, S("args (end)"), end);
}

/* VizTracer: "fib (/home/me/fib.py:6)", category FEE: the name and where it is. False when it is nothing of that. */
static bool tell_located_name(struct chrome *c, struct str name)
{
    if (!str_ends(name, S(")\""))) return false;
    size_t open = str_rfind(name, '(');
    struct str place = str_of(name.ptr + open + 1, name.len - open < 4 ? 0 : name.len - open - 3);
    size_t colon = str_rfind(place, ':');
    if (open < 3 || open >= name.len || name.ptr[open - 1] != ' ' || colon + 1 >= place.len) return false;
    for (size_t i = colon + 1; i < place.len; i++)
        if (place.ptr[i] < '0' || place.ptr[i] > '9') return false;
    struct buf *b = tell_open(c->t, &c->t->event.step.name);
    buf_put(b, str_first(name, open - 1));
    buf_putc(b, '"');
    tell_close(c->t);
    b = tell_open(c->t, &c->t->event.step.location);
    buf_putc(b, '"');
    buf_put(b, place);
    buf_putc(b, '"');
    tell_close(c->t);
    return true;
}

/* A sum of clang's: its time is made up, so it is left out; how long it is, is a record. */
static void tell_total(struct chrome *c, const struct chrome_item *it)
{
    struct teller *t = c->t;
    struct str args = chrome_str(c, it->args);
    t->event.step.start = t->event.step.end = TIME_NONE;
    tell_text(t, &t->event.step.status, S("ok"));
    struct buf *b = tell_open(t, &t->event.step.records);
    buf_puts(b, "{\"ms\":");
    clock_put_ms(b, it->end == CHROME_OPEN ? 0 : (it->end - it->ts) / 1000);
    buf_putc(b, ',');
    put_members(c, b, args, false);
    buf_putc(b, '}');
    tell_close(t);
}

static void tell_slice(struct chrome *c, uint32_t number)
{
    const struct chrome_item *it = &c->items[number];
    const struct chrome_item *end = it->ph != 'X' && it->partner != CHROME_NONE ? &c->items[it->partner] : NULL;
    struct teller *t = c->t;
    struct str name = chrome_str(c, it->name), cat = chrome_str(c, it->cat);
    const struct chrome_track *track = &c->tracks[it->track];
    bool viztracer = str_eq(cat, S("\"FEE\""));
    tell_begin(t, it->end == CHROME_OPEN ? EVENT_STEP_START : EVENT_STEP_FINISH, c->text.ptr + it->at);
    chrome_tell_run(c, it->process);
    chrome_put_id(c, tell_open(t, &t->event.step.id), number);
    tell_close(t);
    if (it->parent != CHROME_NONE) {
        chrome_put_id(c, tell_open(t, &t->event.step.parentId), it->parent);
        tell_close(t);
    } else if (track->branch || track->totals) {
        put_branch(c, tell_open(t, &t->event.step.parentId), track);
        tell_close(t);
    }
    if (!viztracer || !tell_located_name(c, name)) {
        if (chrome_is_text(name) || json_type(name) == JSON_NUMBER) tell_raw(t, &t->event.step.name, name);
        else tell_text(t, &t->event.step.name, S("(no name)"));
    }
    if (chrome_is_text(cat)) tell_raw(t, &t->event.step.kind, cat);
    t->event.step.start = chrome_us(c, it->ts);
    t->event.step.end = chrome_us(c, it->end);
    if (track->totals) tell_total(c, it);
    else tell_args(c, chrome_str(c, it->args), end ? chrome_str(c, end->args) : S(""), viztracer);
    if (it->flags & CHROME_OTHERS) tell_others(c, it, false);
    if (end && (end->flags & CHROME_OTHERS)) tell_others(c, end, true);
    tell_send(t);
}

/* "[category] name {args}" */
static void put_message(struct chrome *c, struct buf *b, const struct chrome_item *it)
{
    struct buf text = BUF_INIT;
    struct str cat = chrome_str(c, it->cat), args = chrome_str(c, it->args);
    if (chrome_is_text(cat)) {
        buf_putc(&text, '[');
        json_put_text(&text, cat);
        buf_puts(&text, "] ");
    }
    json_put_text(&text, chrome_str(c, it->name));
    if (args.len && (is_filled(args) || json_type(args) != JSON_OBJECT)) {
        buf_putc(&text, ' ');
        buf_put(&text, args);
    }
    buf_put_json(b, buf_str(&text));
    buf_free(&text);
}

static void tell_instant(struct chrome *c, const struct chrome_item *it)
{
    struct teller *t = c->t;
    const struct chrome_track *track = &c->tracks[it->track];
    tell_begin(t, EVENT_STEP_LOG, c->text.ptr + it->at);
    chrome_tell_run(c, it->process);
    if (it->parent != CHROME_NONE && !(it->flags & CHROME_OF_RUN)) {
        chrome_put_id(c, tell_open(t, &t->event.step.id), it->parent);
        tell_close(t);
    } else if (track->branch && !(it->flags & CHROME_OF_RUN)) {
        put_branch(c, tell_open(t, &t->event.step.id), track);
        tell_close(t);
    } else tell_raw(t, &t->event.step.key, c->processes[it->process].key);
    tell_text(t, &t->event.level, S("info"));
    t->event.ts = chrome_us(c, it->ts);
    put_message(c, tell_open(t, &t->event.message), it);
    tell_close(t);
    tell_send(t);
}

/* "left out: 12 counter events (C)" */
static void note_count(struct chrome *c, const char *what, uint64_t n, const char *one, const char *many,
                       const char *more)
{
    if (!n) return;
    struct buf b = BUF_INIT;
    buf_puts(&b, what);
    buf_put_count(&b, n, one, many);
    buf_puts(&b, more);
    tell_note(c->t, buf_str(&b));
    buf_free(&b);
}

/* Events of kinds that are no steps, by their letters. */
static void note_letters(struct chrome *c)
{
    for (size_t i = 0; i < sizeof c->notes.letters / sizeof *c->notes.letters; i++) {
        char letter[20];
        snprintf(letter, sizeof letter, i > ' ' && i < 127 ? " (%c)" : " of kind %d", (int)i);
        if (i == 'C') note_count(c, "left out: ", c->notes.letters[i], "counter event", "counter events", letter);
        else note_count(c, "left out: ", c->notes.letters[i], "event", "events", letter);
    }
}

static void tell_notes(struct chrome *c)
{
    const int64_t year_2001 = INT64_C(978307200) * 1000000;
    int64_t start = TIME_NONE;
    uint64_t totals = 0;
    for (size_t i = 0; i < c->process_count; i++)
        if (c->processes[i].start > start) start = c->processes[i].start;
    for (size_t i = 0; i < c->track_count; i++) totals += c->tracks[i].totals;
    if (c->notes.first_orphan_end)
        tell_problem(c->t, c->notes.first_orphan_end, "an end (E) without a begin: left out");
    if (start != TIME_NONE && chrome_us(c, start) < year_2001)
        tell_note(c->t, S("the times are of a clock without a date: they are shown as if it had begun in 1970"));
    note_count(c, "left out: ", c->notes.orphan_ends > 1 ? c->notes.orphan_ends : 0, "end", "ends",
               " (E) without a begin");
    note_count(c, "left out: ", c->notes.bad > CHROME_BAD_SHOWN ? c->notes.bad - CHROME_BAD_SHOWN : 0, "more bad event",
               "more bad events", "");
    note_count(c, "without a time: ", c->notes.bad_times, "event", "events", "");
    note_count(c, "beside one another: ", c->notes.overlaps, "slice", "slices",
               " that overlap others of their thread partly");
    note_count(c, "left out: ", c->notes.loose_flows, "end of an arrow", "ends of arrows",
               " (flow events) in no slice");
    note_count(c, "without a time, as theirs is made up: ", totals, "sum", "sums", " of clang (Total \xE2\x80\xA6)");
    char beyond[60];
    snprintf(beyond, sizeof beyond, " of the document beyond the first %d", CHROME_MEMBERS);
    note_count(c, "left out: ", c->notes.members_left, "member", "members", beyond);
    note_letters(c);
}

static void tell_item(struct chrome *c, uint32_t number)
{
    const struct chrome_item *it = &c->items[number];
    struct str args = chrome_str(c, it->args);
    struct str own = c->own ? chrome_own(c, args) : S("");
    if (chrome_is_slice(it->ph)) {
        if (own.len) chrome_tell_own_step(c, it, args, own);
        else tell_slice(c, number);
    } else if (!chrome_is_end(it->ph) && !chrome_is_flow(it->ph)) {
        if (own.len) chrome_tell_own_log(c, it, args, own);
        else tell_instant(c, it);
    }
}

/* Runs of our own writer each as a whole: several of one id are attempts, and what is told of an id is of the attempt
 * that began last. In the order of the file, which has one behind the other. */
static void tell_items(struct chrome *c)
{
    for (uint32_t i = 0; i < c->item_count; i++) c->processes[c->items[i].process].left++;
    for (uint32_t i = 0; i < c->item_count; i++) {
        struct chrome_process *p = &c->processes[c->items[i].process];
        if (!p->begun) chrome_begin_run(c, c->items[i].process);
        tell_item(c, i);
        if (--p->left == 0 && p->own.len) chrome_tell_own_end(c, c->items[i].process);
    }
}

void chrome_tell(struct chrome *c)
{
    chrome_name_runs(c);
    for (uint32_t i = 0; i < c->process_count; i++)
        if (c->processes[i].any && !c->processes[i].own.len) chrome_begin_run(c, i);
    tell_items(c);
    tell_branches(c);
    chrome_tell_flows(c);
    for (uint32_t i = 0; i < c->process_count; i++) {
        if (!c->processes[i].own.len) chrome_end_run(c, i);
        else if (!c->processes[i].begun) { /* without a step */ chrome_begin_run(c, i);
            chrome_tell_own_end(c, i);
        }
    }
    tell_notes(c);
}
