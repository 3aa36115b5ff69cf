/* SPDX-License-Identifier: MIT
 *
 * What failed, and what had not ended, as the summary tells it.
 */
#include "render/summary.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/records.h"
#include "model/failures.h"
#include "render/payload.h"
#include "render/wording.h"

enum {
    ERROR_LINES = 12,
    ERROR_LINE_COLUMNS = 240,
    PATH_COLUMNS = 100,
    OPEN_MAX = 10,
};

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
    struct str rest = failure_plain(error_text(run, step->error, scratch), scratch);
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
    struct str text = failure_last_words(run, step, scratch);
    struct buf block = BUF_INIT;
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
    struct str place = failure_place(run, step, scratch);
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
        size_t named = f->other_count < FAILURE_OTHERS_MAX ? (size_t)f->other_count : FAILURE_OTHERS_MAX;
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
    struct failure list[FAILURES_MAX];
    *s = (struct section){
        .heading = "What failed", .name = "the errors", .one = "failed step", .many = "failed steps"
    };
    size_t count = failures_find(run, list, &s->beyond);
    s->units = ARENA_ARRAY(arena, struct str, count + 1);
    if (run->status == RUN_COMPLETED) s->intro = S("The run completed all the same.");
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
        arena_trim(&scratch);
    }
    if (!count && run->status == RUN_FAILED)
        s->units[s->unit_count++] = S("The log calls the run failed; none of the steps shown holds an error.\n");
    arena_free(&scratch);
    buf_free(&b);
}

void summary_open(const struct run *run, const struct report_options *o, struct arena *arena, struct section *s)
{
    const struct step *open[OPEN_MAX];
    uint64_t beyond;
    size_t count = open_leaves(run, open, OPEN_MAX, &beyond);
    bool running = run->status == RUN_RUNNING;
    *s = (struct section){ .heading = running ? "Running now" : "Never ended",
                           .name = running ? "the running steps" : "the unfinished steps",
                           .one = "step",
                           .many = "steps",
                           .beyond = beyond };
    s->intro = running ? S("Steps that had not ended at the last event of the log:")
                       : S("Steps without an end in the log. The innermost ones show where the work stood:");
    s->units = ARENA_ARRAY(arena, struct str, count + 1);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&b);
        buf_puts(&b, "- ");
        put_path(&b, run, open[i]);
        if (open[i]->duration != TIME_NONE) {
            buf_puts(&b, running ? ", for " : ", open for ");
            clock_put_duration(&b, open[i]->duration, o->unit);
        }
        buf_putc(&b, '\n');
        s->units[s->unit_count++] = arena_copy(arena, buf_str(&b));
    }
    buf_free(&b);
}
