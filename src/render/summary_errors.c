/* SPDX-License-Identifier: MIT
 *
 * What failed, and what had not ended: the cause first. An error on its way up makes every step above it fail, so the
 * deepest failed steps stand first, those with a failed step below them last, and steps with the same error are told in
 * one breath.
 */
#include "render/summary.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/records.h"
#include "render/payload.h"
#include "render/wording.h"

#include <stdlib.h>

enum {
    ERRORS_MAX = 20,    /* different errors that are listed */
    ERRORS_READ = 5000, /* failed steps whose error is read to find those alike */
    OTHERS_MAX = 4,     /* steps with the same error that are named */
    ERROR_LINES = 12,
    ERROR_LINE_COLUMNS = 240,
    PATH_COLUMNS = 100,
    OPEN_MAX = 10,
};

struct failure {
    const struct step *first; /* the deepest step with this error */
    const struct step *top;   /* the highest ancestor of it with the same error, NULL for none */
    const struct step *others[OTHERS_MAX];
    uint64_t other_count; /* steps with the same error that are no ancestors of the first */
    uint64_t hash;
    size_t length;
};

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
        remain--;
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
    if (f->other_count < OTHERS_MAX) f->others[f->other_count] = step;
    f->other_count++;
}

/* Groups failed steps by their error. Returns how many groups; *ret_beyond: failed steps in none of them. */
static size_t group_failures(const struct run *run, const struct step_list *failed, struct failure list[ERRORS_MAX],
                             uint64_t *ret_beyond)
{
    struct arena scratch = { 0 };
    size_t count = 0;
    *ret_beyond = failed->count > ERRORS_READ ? failed->count - ERRORS_READ : 0;
    for (size_t i = 0; i < failed->count && i < ERRORS_READ; i++) {
        const struct step *step = failed->items[i].step;
        struct str text = error_text(run, step->error, &scratch);
        if (!text.len) text = step->more->error_type;
        uint64_t hash = str_hash(text, 0);
        size_t at = 0;
        while (at < count && (list[at].hash != hash || list[at].length != text.len)) at++;
        if (at < count) join(&list[at], step);
        else if (count < ERRORS_MAX)
            list[count++] = (struct failure){ .first = step, .hash = hash, .length = text.len };
        else ++*ret_beyond;
        scratch_reset(&scratch);
    }
    arena_free(&scratch);
    return count;
}

/* Without the escape sequences that colour a terminal: ESC [ parameters letter. */
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

static void put_block(struct buf *b, struct str text)
{
    md_put_fence(b, text);
    buf_puts(b, "text\n");
    buf_put(b, text);
    md_put_fence(b, text);
    buf_putc(b, '\n');
}

/* The error's first lines in a code block. */
static void put_error_block(struct buf *b, const struct run *run, const struct step *step, struct arena *scratch)
{
    struct buf block = BUF_INIT;
    struct str rest = str_trim(without_colours(error_text(run, step->error, scratch), scratch));
    if (step->more->error_type.len && !str_starts(rest, step->more->error_type)) {
        wording_put_start(&block, step->more->error_type, ERROR_LINE_COLUMNS);
        buf_puts(&block, rest.len ? ": " : "\n");
    }
    for (unsigned lines = 0; rest.len && lines < ERROR_LINES; lines++) {
        struct str line = str_cut(&rest, '\n');
        while (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        wording_put_start(&block, line, ERROR_LINE_COLUMNS);
        buf_putc(&block, '\n');
    }
    uint64_t more = rest.len ? 1 : 0;
    for (size_t i = 0; i < rest.len; i++) more += rest.ptr[i] == '\n';
    if (more) {
        buf_puts(&block, "… ");
        buf_put_count(&block, more, "more line", "more lines");
        buf_putc(&block, '\n');
    }
    if (!block.len) buf_puts(b, "The log holds no text for this error.\n");
    else put_block(b, buf_str(&block));
    buf_free(&block);
}

/* The end of the last message of level error or worse: what a command has said before it failed. */
static void put_last_words(struct buf *b, const struct run *run, const struct step *step, struct arena *scratch)
{
    const struct log_entry *last = NULL;
    struct buf block = BUF_INIT;
    for (const struct log_entry *l = step->more->logs; l; l = l->next)
        if (l->level >= LEVEL_ERROR) last = l;
    if (!last) return;
    struct str text = json_text(sources_text(run->sources, last->message), scratch);
    text = str_trim(without_colours(text, scratch));
    size_t from = text.len;
    for (unsigned lines = 0; from && lines < ERROR_LINES; from--) lines += text.ptr[from - 1] == '\n';
    if (from) from += 2; /* behind the line end that was one too many */
    struct str rest = str_skip(text, from);
    if (from) buf_puts(&block, "…\n");
    while (rest.len) {
        wording_put_start(&block, str_cut(&rest, '\n'), ERROR_LINE_COLUMNS);
        buf_putc(&block, '\n');
    }
    if (block.len) {
        buf_puts(b, "\nIts last error message:\n\n");
        put_block(b, buf_str(&block));
    }
    buf_free(&block);
}

static void put_path(struct buf *b, const struct run *run, const struct step *step)
{
    struct buf path = BUF_INIT;
    wording_put_path(&path, run, step, PATH_COLUMNS);
    md_put_code(b, buf_str(&path));
    buf_free(&path);
}

/* Where the error arose, when its trace is that alone, else where the step is. */
static struct str place_of(const struct run *run, const struct step *step, struct arena *scratch)
{
    if (!payload_present(step->more->trace)) return step->more->location;
    struct str trace = str_trim(json_text(sources_text(run->sources, step->more->trace), scratch));
    bool alone = trace.len && trace.len < PATH_COLUMNS && !memchr(trace.ptr, '\n', trace.len);
    return alone ? trace : step->more->location;
}

/* "failed after 11 ms, 15 ms into the run, at `etl.py:12`" */
static void put_circumstances(struct buf *b, const struct run *run, const struct step *step, enum time_unit unit,
                              struct arena *scratch)
{
    buf_puts(b, " failed");
    if (step->duration != TIME_NONE) {
        buf_puts(b, " after ");
        clock_put_duration(b, step->duration, unit);
    }
    if (step != run->root && step->start != TIME_NONE && step->duration >= 0 && run->start != TIME_NONE) {
        buf_puts(b, ", ");
        clock_put_duration(b, step->start + step->duration - run->start, unit);
        buf_puts(b, " into the run");
    }
    struct str place = place_of(run, step, scratch);
    if (place.len) {
        struct buf location = BUF_INIT;
        wording_put_short(&location, place, PATH_COLUMNS);
        buf_puts(b, ", at ");
        md_put_code(b, buf_str(&location));
        buf_free(&location);
    }
}

static void put_company(struct buf *b, const struct run *run, const struct failure *f)
{
    if (!f->top && !f->other_count) return;
    buf_putc(b, '\n');
    if (f->top) {
        buf_puts(b, "Passed up to ");
        put_path(b, run, f->top);
        buf_puts(b, f->other_count ? ". " : ".");
    }
    if (f->other_count) {
        buf_puts(b, "The same error in ");
        buf_put_count(b, f->other_count, "other step: ", "other steps: ");
        size_t named = f->other_count < OTHERS_MAX ? (size_t)f->other_count : OTHERS_MAX;
        for (size_t i = 0; i < named; i++) {
            if (i) buf_puts(b, ", ");
            put_path(b, run, f->others[i]);
        }
        buf_puts(b, named < f->other_count ? ", …" : ".");
    }
    buf_putc(b, '\n');
}

void summary_errors(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    struct failure list[ERRORS_MAX];
    struct step_list failed = failed_steps(run);
    *s = (struct section){
        .heading = "What failed", .name = "the errors", .one = "failed step", .many = "failed steps"
    };
    size_t count = group_failures(run, &failed, list, &s->beyond);
    free(failed.items);
    s->units = ARENA_ARRAY(arena, struct str, count + 1);
    if (run->status == RUN_COMPLETED) s->intro = S("The run completed all the same: what failed was handled.");
    struct buf b = BUF_INIT;
    struct arena scratch = { 0 };
    for (size_t i = 0; i < count; i++) {
        buf_clear(&b);
        buf_puts(&b, "**");
        put_path(&b, run, list[i].first);
        buf_puts(&b, "**");
        put_circumstances(&b, run, list[i].first, o->unit, &scratch);
        buf_puts(&b, "\n\n");
        put_error_block(&b, run, list[i].first, &scratch);
        put_last_words(&b, run, list[i].first, &scratch);
        put_company(&b, run, &list[i]);
        s->units[s->unit_count++] = arena_copy(arena, buf_str(&b));
        scratch_reset(&scratch);
    }
    if (!count && run->status == RUN_FAILED)
        s->units[s->unit_count++] = S("The log calls the run failed; none of the steps shown holds an error.\n");
    arena_free(&scratch);
    buf_free(&b);
}

static bool is_open(const struct step *step)
{
    return !step->hidden && (step->status == STEP_RUNNING || step->status == STEP_UNFINISHED);
}

/* Open steps with no open step below: where the work stood. */
static struct step_list open_leaves(const struct run *run)
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

void summary_open(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    struct step_list open = open_leaves(run);
    bool running = run->status == RUN_RUNNING;
    size_t count = open.count < OPEN_MAX ? open.count : OPEN_MAX;
    *s = (struct section){ .heading = running ? "Running now" : "Never ended",
                           .name = running ? "the running steps" : "the unfinished steps",
                           .one = "step",
                           .many = "steps",
                           .beyond = open.count - count };
    s->intro = running ? S("Steps that had not ended at the last event of the log:")
                       : S("Steps without an end in the log. The innermost ones show where the work stood:");
    s->units = ARENA_ARRAY(arena, struct str, count + 1);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&b);
        buf_puts(&b, "- ");
        put_path(&b, run, open.items[i].step);
        if (open.items[i].step->duration != TIME_NONE) {
            buf_puts(&b, running ? ", for " : ", open for ");
            clock_put_duration(&b, open.items[i].step->duration, o->unit);
        }
        buf_putc(&b, '\n');
        s->units[s->unit_count++] = arena_copy(arena, buf_str(&b));
    }
    free(open.items);
    buf_free(&b);
}
