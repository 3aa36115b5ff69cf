/* SPDX-License-Identifier: MIT
 *
 * Which process, thread, asynchronous id or flow an event belongs to: one hash table for all of them.
 */
#include "input/chrome.h"

#include <stdlib.h>

static bool is_name(const struct chrome_name *n, const struct chrome_name *want)
{
    return n->hash == want->hash && n->what == want->what && n->of == want->of && str_eq(n->a, want->a) &&
           str_eq(n->b, want->b) && str_eq(n->c, want->c);
}

static void grow(struct chrome *c)
{
    size_t cap = c->names.slot_cap ? c->names.slot_cap * 2 : 64;
    free(c->names.slots);
    c->names.slots = calloc(cap, sizeof *c->names.slots);
    if (!c->names.slots) arena_exhausted(cap * sizeof *c->names.slots);
    c->names.slot_cap = cap;
    for (size_t i = 0; i < c->names.count; i++) {
        size_t slot = c->names.list[i].hash & (cap - 1);
        while (c->names.slots[slot]) slot = (slot + 1) & (cap - 1);
        c->names.slots[slot] = (uint32_t)i + 1;
    }
}

/* The name, made with number CHROME_NONE when it is new. */
static struct chrome_name *find(struct chrome *c, struct chrome_name want)
{
    if (2 * (c->names.count + 1) > c->names.slot_cap) grow(c);
    want.hash = str_hash(want.c, str_hash(want.b, str_hash(want.a, (uint64_t)want.what << 32 | want.of)));
    size_t slot = want.hash & (c->names.slot_cap - 1);
    for (; c->names.slots[slot]; slot = (slot + 1) & (c->names.slot_cap - 1))
        if (is_name(&c->names.list[c->names.slots[slot] - 1], &want)) return &c->names.list[c->names.slots[slot] - 1];
    c->names.list = array_grow(c->names.list, &c->names.cap, c->names.count + 1, sizeof *c->names.list);
    want.number = CHROME_NONE;
    c->names.list[c->names.count++] = want;
    c->names.slots[slot] = (uint32_t)c->names.count;
    return &c->names.list[c->names.count - 1];
}

/* "12" and 12 are one process. */
static struct str bare(struct str value)
{
    return json_type(value) == JSON_STRING ? str_of(value.ptr + 1, value.len - 2) : value;
}

uint32_t chrome_process(struct chrome *c, struct str pid)
{
    pid = bare(pid);
    if (c->process_count && str_eq(c->last.pid, pid)) return c->last.process;
    struct chrome_name *n = find(c, (struct chrome_name){ .what = CHROME_PROCESS, .a = pid });
    if (n->number == CHROME_NONE) {
        c->processes = array_grow(c->processes, &c->process_cap, c->process_count + 1, sizeof *c->processes);
        c->processes[c->process_count] = (struct chrome_process){
            .pid = pid, .start = TIME_NONE, .end = TIME_NONE, .first_meta = CHROME_NONE, .last_meta = CHROME_NONE
        };
        n->number = (uint32_t)c->process_count++;
    }
    c->last.pid = pid;
    c->last.process = n->number;
    c->last.track = CHROME_NONE;
    return n->number;
}

static uint32_t track_of(struct chrome *c, struct chrome_name *n, struct chrome_track track)
{
    if (n->number != CHROME_NONE) return n->number;
    c->tracks = array_grow(c->tracks, &c->track_cap, c->track_count + 1, sizeof *c->tracks);
    track.start = track.end = TIME_NONE;
    c->tracks[c->track_count] = track;
    return n->number = (uint32_t)c->track_count++;
}

uint32_t chrome_thread(struct chrome *c, uint32_t process, struct str tid)
{
    tid = bare(tid);
    bool last = process == c->last.process;
    if (last && c->last.track != CHROME_NONE && str_eq(c->last.tid, tid)) return c->last.track;
    struct chrome_name *n = find(c, (struct chrome_name){ .what = CHROME_THREAD, .of = process, .a = tid });
    uint32_t number = track_of(c, n, (struct chrome_track){ .process = process, .tid = tid });
    if (last) {
        c->last.tid = tid;
        c->last.track = number;
    }
    return number;
}

uint32_t chrome_async(struct chrome *c, uint32_t process, struct str id, struct str cat, struct str scope)
{
    struct chrome_name *n = find(
        c, (struct chrome_name){ .what = CHROME_ASYNC, .of = process, .a = bare(id), .b = cat, .c = scope });
    return track_of(c, n, (struct chrome_track){ .process = process, .tid = id, .async = true });
}

uint32_t chrome_flow_name(struct chrome *c, struct str id, struct str cat, struct str name)
{
    struct chrome_name *n = find(c, (struct chrome_name){ .what = CHROME_FLOW, .a = bare(id), .b = cat, .c = name });
    if (n->number == CHROME_NONE) n->number = (uint32_t)c->names.flows++;
    return n->number;
}
