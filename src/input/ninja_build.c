/* SPDX-License-Identifier: MIT */
#include "input/ninja_build.h"

#include "input/titles.h"

#include <stdlib.h>

#define SECOND INT64_C(1000000)

/* The number alone would be the same in the logs of other build directories: when it began is part of the name. */
static struct str make_id(struct teller *t, const struct build *build)
{
    struct buf text = BUF_INIT;
    buf_put(&text, path_title(t, S(".ninja_log")));
    buf_puts(&text, " build ");
    buf_put_uint(&text, build->number);
    if (build->zero) buf_puts(&text, ", ");
    if (build->zero) clock_put_iso(&text, build->zero);
    struct str id = json_of_text(buf_str(&text), &t->arena);
    buf_free(&text);
    return id;
}

static void put_member_json(struct buf *b, const char *name, struct str text)
{
    buf_puts(b, ",\"");
    buf_puts(b, name);
    buf_puts(b, "\":");
    buf_put_json(b, text);
}

static void put_records(struct buf *b, const struct builds *all, const struct entry_line *e, uint64_t output)
{
    buf_puts(b, "{\"mtime\":"); /* digits as they stand: nanoseconds are more than a double holds */
    int zeros = 0;
    while ((size_t)zeros + 1 < e->mtime_text.len && e->mtime_text.ptr[zeros] == '0') zeros++;
    buf_put(b, str_starts(e->mtime_text, S("-0")) ? S("0") : str_skip(e->mtime_text, (size_t)zeros));
    if (e->hash.len) put_member_json(b, all->command_column ? "command" : "hash", e->hash);
    if (output > 1) buf_printf(b, ",\"output\":%llu", (unsigned long long)output);
    buf_putc(b, '}');
}

static void put_id(struct teller *t, struct str *field, uint64_t id)
{
    buf_put_uint(tell_open(t, field), id);
    tell_close(t);
}

/* Lines that follow one another with the same times and hash are outputs of one command: the first one stands for it,
 * the others refer to it. Returns the number of the output. */
static uint64_t count_output(struct builds *all, const struct build *build, const struct entry_line *e)
{
    uint64_t hash = str_hash(e->hash, 1);
    bool same = all->edge_line && all->edge_build == build->number && all->edge_hash == hash &&
                all->edge_start == e->start && all->edge_end == e->end;
    if (same) return ++all->edge_outputs;
    all->edge_line = e->line;
    all->edge_build = build->number;
    all->edge_hash = hash;
    all->edge_start = e->start;
    all->edge_end = e->end;
    return all->edge_outputs = 1;
}

static void tell_entry(struct teller *t, struct builds *all, struct build *build, const struct entry_line *e)
{
    uint64_t output = count_output(all, build, e);
    tell_begin(t, EVENT_STEP_FINISH, NULL);
    t->event.line = e->line; /* the line at hand may be a later one */
    tell_raw(t, &t->event.runId, build->id);
    put_id(t, &t->event.step.id, e->line);
    tell_text(t, &t->event.step.name, e->output);
    t->event.step.start = clock_after(build->zero, e->start);
    t->event.step.end = clock_after(build->zero, e->end);
    put_records(tell_open(t, &t->event.step.records), all, e, output);
    tell_close(t);
    tell_send(t);
    if (e->end > build->max_end) build->max_end = e->end;
    if (output < 2) return;
    tell_begin(t, EVENT_STEP_LINK, NULL);
    t->event.line = e->line;
    tell_raw(t, &t->event.runId, build->id);
    put_id(t, &t->event.step.id, e->line);
    struct buf *b = tell_open(t, &t->event.to);
    buf_printf(b, "{\"stepId\":%llu}", (unsigned long long)all->edge_line);
    tell_close(t);
    tell_text(t, &t->event.relation, S("refers"));
    tell_send(t);
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* When the build began, going by mtimes as the ends (or starts) of their commands: the median. *ret_spread is how far
 * the middle half of them is apart. */
static int64_t median_zero(const struct builds *all, bool ends, int64_t *ret_spread)
{
    int64_t zero[LINES_HELD];
    size_t count = 0;
    for (size_t i = 0; i < all->held_count; i++) {
        const struct entry_line *e = &all->held[i].entry;
        if (e->mtime == TIME_NONE) continue;
        int64_t z = clock_after(e->mtime, ends ? -e->end : -e->start);
        if (z != TIME_NONE) zero[count++] = z;
    }
    *ret_spread = 0;
    if (!count) return TIME_NONE;
    qsort(zero, count, sizeof *zero, by_time);
    *ret_spread = zero[(count * 3) / 4] - zero[count / 4];
    return zero[(count - 1) / 2];
}

/* The first lines of the current build are told. */
static void flush(struct teller *t, struct builds *all)
{
    struct build *build = &all->known[all->known_count - 1];
    int64_t spread_ends, spread_starts;
    if (build->zero != TIME_NONE) return;
    int64_t by_ends = median_zero(all, true, &spread_ends), by_starts = median_zero(all, false, &spread_starts);
    build->zero = spread_starts < spread_ends ? by_starts : by_ends;
    if (build->zero == TIME_NONE) {
        build->zero = 0;
        all->unplaced++;
    }
    build->id = make_id(t, build);
    tell_begin(t, EVENT_PIPELINE_START, NULL);
    t->event.line = all->held[0].entry.line;
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, build->id);
    tell_text(t, &t->event.step.name, path_title(t, S(".ninja_log")));
    t->event.step.start = build->zero;
    tell_send(t);
    for (size_t i = 0; i < all->held_count; i++) {
        struct entry_line e = all->held[i].entry;
        const char *text = all->text.ptr + all->held[i].text_at;
        e.mtime_text.ptr = text;
        e.output.ptr = text + e.mtime_text.len;
        e.hash.ptr = e.output.ptr + e.output.len;
        tell_entry(t, all, build, &e);
    }
    all->held_count = 0;
    buf_clear(&all->text);
}

static void hold(struct builds *all, const struct entry_line *e)
{
    if (!all->text_made) all->text = BUF_INIT;
    all->text_made = true;
    all->held[all->held_count++] = (struct held){ *e, all->text.len };
    buf_put(&all->text, e->mtime_text);
    buf_put(&all->text, e->output);
    buf_put(&all->text, e->hash);
}

static void tell_build_end(struct teller *t, const struct build *build)
{
    tell_begin(t, EVENT_PIPELINE_FINISH, NULL);
    t->event.root_made = true;
    tell_raw(t, &t->event.runId, build->id);
    t->event.step.start = build->zero;
    t->event.step.end = clock_after(build->zero, build->max_end);
    tell_text(t, &t->event.status, S("completed"));
    tell_send(t);
}

void builds_end_current(struct teller *t, struct builds *all)
{
    if (all->current) flush(t, all);
    all->current = false;
}

static struct build *new_build(struct teller *t, struct builds *all)
{
    builds_end_current(t, all);
    if (all->known_count == BUILDS_KNOWN) {
        tell_build_end(t, &all->known[0]);
        memmove(all->known, all->known + 1, (BUILDS_KNOWN - 1) * sizeof *all->known);
        all->known_count--;
    }
    struct build *build = &all->known[all->known_count++];
    *build = (struct build){
        .number = ++all->count, .zero = TIME_NONE, .from = INT64_MAX, .to = INT64_MIN, .last_end = INT64_MIN
    };
    all->current = true;
    return build;
}

/* The build that ran at the time of an mtime, the newest first; NULL when none did. */
static struct build *build_at(struct builds *all, int64_t mtime)
{
    for (size_t i = all->known_count; i-- > 0 && mtime != TIME_NONE;)
        if (mtime >= all->known[i].from && mtime <= all->known[i].to) return &all->known[i];
    return NULL;
}

void builds_add(struct teller *t, struct builds *all, const struct entry_line *e)
{
    struct build *now = all->current ? &all->known[all->known_count - 1] : NULL;
    if (!now) {
        now = new_build(t, all);
    } else if (e->end < now->last_end) {
        struct build *known = build_at(all, e->mtime);
        all->displaced += known != NULL;
        if (known && known != now) { /* it has been told as far as it was held */
            tell_entry(t, all, known, e);
            return;
        }
        if (!known) now = new_build(t, all);
    }
    now->last_end = e->end;
    if (e->mtime != TIME_NONE) {
        int64_t took = e->end > e->start ? e->end - e->start : 0;
        if (e->mtime - took - SECOND < now->from) now->from = e->mtime - took - SECOND;
        if (e->mtime > now->to) now->to = e->mtime;
    }
    if (now->zero != TIME_NONE) tell_entry(t, all, now, e);
    else hold(all, e);
    if (all->held_count == LINES_HELD) flush(t, all);
}

void builds_finish(struct teller *t, struct builds *all)
{
    builds_end_current(t, all);
    for (size_t i = 0; i < all->known_count; i++) tell_build_end(t, &all->known[i]);
    tell_note_count(t, all->count - all->unplaced, "build", "builds",
                    ": the log has no clock times, so when a build began is estimated from the mtimes of its outputs");
    tell_note_count(t, all->unplaced, "build has", "builds have", " no mtimes: shown as if it began in 1970");
    tell_note_count(t, all->displaced, "line is", "lines are",
                    " not in the order of time, as after ninja has recompacted the log: put into builds by mtime");
    if (all->text_made) buf_free(&all->text);
}
