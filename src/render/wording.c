/* SPDX-License-Identifier: MIT
 *
 * Marks, counts and cut names. A cut works on what buf_put_plain left behind, so that what is measured is what is seen.
 */
#include "render/wording.h"

#include "base/utf8.h"
#include "layout/caption.h"
#include "model/measure.h"
#include "render/report.h"

#define ELLIPSIS S("\xE2\x80\xA6")

const char *wording_step_mark(enum step_status status)
{
    static const char *const marks[STEP_STATUS_COUNT] = {
        [STEP_OK] = "✓",      [STEP_ERROR] = "✗",  [STEP_RUNNING] = "…", [STEP_UNFINISHED] = "○",
        [STEP_SKIPPED] = "–", [STEP_CACHED] = "=", [STEP_RETRIED] = "↻",
    };
    return marks[status];
}

const char *wording_run_mark(enum run_status status)
{
    static const char *const marks[RUN_STATUS_COUNT] = {
        [RUN_COMPLETED] = "✓",
        [RUN_FAILED] = "✗",
        [RUN_RUNNING] = "…",
        [RUN_UNFINISHED] = "○",
    };
    return marks[status];
}

void wording_put_statuses(struct buf *b, const struct run *run)
{
    static const struct {
        enum step_status status;
        const char *word;
    } order[] = {
        { STEP_ERROR, "failed" },    { STEP_UNFINISHED, "unfinished" }, { STEP_RUNNING, "running" },
        { STEP_RETRIED, "retried" }, { STEP_SKIPPED, "skipped" },       { STEP_CACHED, "cached" },
        { STEP_OK, "ok" },
    };
    bool first = true;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        uint32_t n = run->status_count[order[i].status];
        if (!n) continue;
        if (!first) buf_puts(b, ", ");
        buf_put_count(b, n, order[i].word, order[i].word);
        first = false;
    }
}

/* Puts text as plain characters, its first MARGIN bytes a column at most: a name of megabytes costs what is shown. */
static struct str put_bounded(struct buf *b, struct str text, size_t columns)
{
    enum { MARGIN = 64, KEPT = 4096 }; /* bytes a column with its combining marks, and bytes at least */
    size_t most = columns < SIZE_MAX / MARGIN / 2 ? columns * MARGIN + KEPT : SIZE_MAX;
    size_t from = b->len;
    if (text.len <= most) {
        buf_put_plain(b, text);
    } else {
        size_t tail = text.len - most / 2;
        while (tail < text.len && ((unsigned char)text.ptr[tail] & 0xC0) == 0x80) tail++;
        buf_put_plain(b, str_first(text, utf8_floor(text, most / 2)));
        buf_put(b, ELLIPSIS);
        buf_put_plain(b, str_skip(text, tail));
    }
    return str_of(b->ptr + from, b->len - from);
}

/* Bytes of s that take at most `columns` columns. */
static size_t bytes_of_columns(struct str s, size_t columns)
{
    size_t at = 0, used = 0;
    while (at < s.len) {
        size_t next = at;
        used += utf8_code_columns(utf8_next(s, &next, NULL));
        if (used > columns) break;
        at = next;
    }
    return at;
}

/* Cuts what b holds from `from` on to `head` columns, `…` and its last `tail` columns; it is `all` columns wide. */
static size_t cut(struct buf *b, size_t from, size_t all, size_t head, size_t tail)
{
    buf_room(b, ELLIPSIS.len);
    struct str text = str_of(b->ptr + from, b->len - from);
    size_t keep = bytes_of_columns(text, head), resume = bytes_of_columns(text, all - tail);
    while (resume < text.len) { /* no combining mark without its letter, no half of a wide one */
        size_t next = resume;
        size_t width = utf8_code_columns(utf8_next(text, &next, NULL));
        if (width && utf8_columns(str_skip(text, resume)) <= tail) break;
        resume = next;
    }
    size_t rest = text.len - resume;
    char *at = b->ptr + from + keep;
    memmove(at + ELLIPSIS.len, text.ptr + resume, rest);
    memcpy(at, ELLIPSIS.ptr, ELLIPSIS.len);
    b->len = from + keep + ELLIPSIS.len + rest;
    return utf8_columns(str_of(b->ptr + from, b->len - from));
}

struct str wording_name(struct str name) { return str_trim(name).len ? name : CAPTION_NO_NAME; }

size_t wording_put_short(struct buf *b, struct str text, size_t columns)
{
    size_t from = b->len;
    size_t all = utf8_columns(put_bounded(b, wording_name(text), columns));
    if (all <= columns) return all;
    size_t tail = columns > 1 ? (columns - 1) / 2 : 0;
    return cut(b, from, all, columns > 1 ? columns - 1 - tail : 0, tail);
}

size_t wording_put_start(struct buf *b, struct str text, size_t columns)
{
    size_t from = b->len;
    size_t all = utf8_columns(put_bounded(b, text, columns));
    return all <= columns ? all : cut(b, from, all, columns > 1 ? columns - 1 : 0, 0);
}

void wording_put_path(struct buf *b, const struct run *run, const struct step *step, size_t columns)
{
    enum { LEVELS = 4, NAME_COLUMNS = 60 };
    const struct step *levels[LEVELS];
    size_t count = 0;
    const struct step *at = step;
    do {
        levels[count++] = at;
        at = at->parent;
    } while (at && at != run->root && count < LEVELS);
    struct buf path = BUF_INIT;
    if (count == LEVELS && at && at != run->root) buf_puts(&path, "… › ");
    while (count--) {
        wording_put_short(&path, levels[count]->name, NAME_COLUMNS);
        if (count) buf_puts(&path, " › ");
    }
    wording_put_short(b, buf_str(&path), columns);
    buf_free(&path);
}

struct str wording_title(const struct run *run, struct str title)
{
    return wording_name(str_trim(title).len ? title : run->name);
}

void wording_put_bad_lines(struct buf *b, uint64_t count, bool leading)
{
    buf_put_count(b, count, "line of the log could not be read and was skipped",
                  "lines of the log could not be read and were skipped");
    if (leading) buf_puts(b, count == 1 ? ": " : "; the first: ");
}

size_t wording_said(const struct run *run, const struct input_notes *notes, struct arena *a,
                    struct str ret[WORDING_SAID])
{
    size_t count = 0;
    for (const struct said *s = notes->said; s; s = s->next) {
        if (s->source < run->first_source || s->source > run->last_source) continue;
        if (count++ < WORDING_SAID) ret[count - 1] = s->text;
    }
    if (count <= WORDING_SAID) return count;
    ret[WORDING_SAID - 1] = arena_format(a, "%zu more notes on how logs were read: see check",
                                         count - WORDING_SAID + 1);
    return WORDING_SAID;
}

bool wording_put_note(struct buf *b, const struct run_notes *n, size_t i)
{
    const struct {
        uint64_t count;
        const char *one, *many; /* many NULL: `one` is a sentence without a number */
    } notes[WORDING_NOTES] = {
        { n->status_overruled, "The log calls this run completed although its root step failed; it counts as failed.",
          NULL },
        { n->conflicts, "field is given twice with different values; the later value counts.",
          "fields are given twice with different values; the later values count." },
        { n->unknown_parents, "step names a parent that the log does not hold; it stands below the root.",
          "steps name parents that the log does not hold; they stand below the root." },
        { n->negative_durations, "step ends before it starts, as the log has it.",
          "steps end before they start, as the log has it." },
        { n->time_disagreements, "duration in the log differs from end minus start; end minus start is shown.",
          "durations in the log differ from end minus start; end minus start is shown." },
        { n->late_events, "event came after the end of the pipeline, as happens with parallel steps; it is counted in.",
          "events came after the end of the pipeline, as happens with parallel steps; they are counted in." },
    };
    if (!notes[i].count) return false;
    if (notes[i].many) buf_put_count(b, notes[i].count, notes[i].one, notes[i].many);
    else buf_puts(b, notes[i].one);
    return true;
}

void wording_put_percent(struct buf *b, double part)
{
    buf_put_fixed(b, 100.0 * part, 1, false);
    buf_puts(b, " %");
}

void wording_put_running(struct buf *b, const struct run *run, const struct running *running, enum time_unit unit)
{
    bool idle = running->idle > 0 && measure_share(run, running->idle) >= 0.01;
    if (running->max < 2 && !idle) return;
    if (running->max > 1) {
        buf_puts(b, "At most ");
        buf_put_number(b, running->max);
        buf_puts(b, " steps ran at once, ");
        buf_put_fixed(b, running->mean, 1, false);
        buf_puts(b, " on average");
    } else buf_puts(b, "One step ran at a time");
    if (idle) {
        buf_puts(b, "; for ");
        clock_put_duration(b, running->idle, unit);
        buf_puts(b, " (");
        wording_put_percent(b, measure_share(run, running->idle));
        buf_puts(b, ") none did");
    }
    buf_putc(b, '.');
}
