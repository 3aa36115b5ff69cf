/* SPDX-License-Identifier: MIT */
#include "model/failures.h"

#include "event/json.h"
#include "model/records.h"

#include <stdlib.h>

enum { PLACE_BYTES = 100 };

struct listed {
    const struct step *step;
    bool consequence; /* a step below it failed, too */
};

struct step_list {
    struct listed *items;
    size_t count, cap;
};

static void list_add(struct step_list *list, const struct step *step)
{
    list->items = array_grow(list->items, &list->cap, list->count + 1, sizeof *list->items);
    list->items[list->count++] = (struct listed){ .step = step };
}

static bool is_above(const struct step *above, const struct step *step)
{
    return step->index > above->index && step->index - above->index < above->subtree;
}

static int causes_first(const void *pa, const void *pb)
{
    const struct listed *a = pa, *b = pb;
    if (a->consequence != b->consequence) return a->consequence - b->consequence;
    if (a->step->depth != b->step->depth) return a->step->depth > b->step->depth ? -1 : 1;
    return a->step->index < b->step->index ? -1 : a->step->index > b->step->index;
}

static struct step_list failed_steps(const struct run *run)
{
    struct step_list list = { 0 };
    uint32_t remain = run->status_count[STEP_ERROR];
    for (uint32_t i = 0; i < run->step_count && remain; i++) {
        if (run->steps[i]->status != STEP_ERROR) continue;
        if (run->steps[i]->made && !payload_present(run->steps[i]->error)) continue; /* by what is below it */
        remain -= !run->steps[i]->made;
        if (!run->steps[i]->hidden) list_add(&list, run->steps[i]);
    }
    for (size_t i = 0; i + 1 < list.count; i++) /* pre-order: what failed below a step stands right behind it */
        list.items[i].consequence = is_above(list.items[i].step, list.items[i + 1].step);
    if (list.count) qsort(list.items, list.count, sizeof *list.items, causes_first);
    return list;
}

static void join(struct failure *f, const struct step *step)
{
    if (is_above(step, f->first)) {
        f->top = step; /* deeper ones first: each one that comes is further up */
        return;
    }
    if (f->other_count < FAILURE_OTHERS_MAX) f->others[f->other_count] = step;
    f->other_count++;
}

static size_t group_failures(const struct run *run, const struct step_list *failed, struct failure list[FAILURES_MAX],
                             uint64_t *ret_beyond)
{
    struct arena scratch = { 0 };
    size_t count = 0;
    *ret_beyond = failed->count > FAILURES_READ ? failed->count - FAILURES_READ : 0;
    for (size_t i = 0; i < failed->count && i < FAILURES_READ; i++) {
        const struct step *step = failed->items[i].step;
        struct str text = error_text(run, step->error, &scratch);
        if (!text.len) text = step->more->error_type;
        uint64_t hash = str_hash(text, 0);
        size_t at = 0;
        while (at < count && (list[at].hash != hash || list[at].length != text.len)) at++;
        if (at < count) join(&list[at], step);
        else if (count < FAILURES_MAX)
            list[count++] = (struct failure){ .first = step, .hash = hash, .length = text.len };
        else ++*ret_beyond;
        arena_trim(&scratch);
    }
    arena_free(&scratch);
    return count;
}

/* ESC [ parameters letter. */
static struct str without_colours(struct str text, struct arena *arena)
{
    if (!text.len || !memchr(text.ptr, '\033', text.len)) return text;
    char *to = arena_alloc(arena, text.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\033' && i + 1 < text.len && text.ptr[i + 1] == '[') {
            i += 2;
            while (i < text.len && text.ptr[i] >= 0x20 && text.ptr[i] < 0x40) i++;
        } else to[len++] = text.ptr[i];
    }
    return str_of(to, len);
}

static bool is_open(const struct step *step)
{
    return !step->hidden && (step->status == STEP_RUNNING || step->status == STEP_UNFINISHED);
}

static struct step_list all_open_leaves(const struct run *run)
{
    struct step_list list = { 0 };
    if (!run->status_count[STEP_RUNNING] && !run->status_count[STEP_UNFINISHED]) return list;
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (!is_open(run->steps[i])) continue;
        /* pre-order: a step's open ancestors are those listed last */
        while (list.count && is_above(list.items[list.count - 1].step, run->steps[i])) list.count--;
        list_add(&list, run->steps[i]);
    }
    return list;
}

struct str failure_place(const struct run *run, const struct step *step, struct arena *scratch)
{
    if (!payload_present(step->more->trace)) return step->more->location;
    struct str trace = str_trim(json_text(sources_text(run->sources, step->more->trace), scratch));
    bool alone = trace.len && trace.len < PLACE_BYTES && !memchr(trace.ptr, '\n', trace.len);
    return alone ? trace : step->more->location;
}

size_t failures_find(const struct run *run, struct failure list[FAILURES_MAX], uint64_t *ret_beyond)
{
    struct step_list failed = failed_steps(run);
    size_t count = group_failures(run, &failed, list, ret_beyond);
    free(failed.items);
    return count;
}

size_t open_leaves(const struct run *run, const struct step **list, size_t max, uint64_t *ret_beyond)
{
    struct step_list open = all_open_leaves(run);
    size_t count = open.count < max ? open.count : max;
    for (size_t i = 0; i < count; i++) list[i] = open.items[i].step;
    *ret_beyond = open.count - count;
    free(open.items);
    return count;
}

struct str failure_plain(struct str text, struct arena *arena) { return str_trim(without_colours(text, arena)); }

struct str failure_last_words(const struct run *run, const struct step *step, struct arena *scratch)
{
    const struct log_entry *last = NULL;
    for (const struct log_entry *l = step->more->logs; l; l = l->next)
        if (l->level >= LEVEL_ERROR) last = l;
    if (!last) return S("");
    struct str message = arena_copy(scratch, sources_text(run->sources, last->message)), said = message;
    if (json_type(message) == JSON_OBJECT) {
        said = json_get(message, S("exception.message"));
        if (json_type(said) != JSON_STRING) said = json_get(message, S("message"));
        if (json_type(said) != JSON_STRING) said = message;
    }
    struct str text = json_text(said, scratch);
    return str_eq(text, error_text(run, step->error, scratch)) ? S("") : failure_plain(text, scratch);
}
