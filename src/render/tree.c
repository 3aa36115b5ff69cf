/* SPDX-License-Identifier: MIT
 *
 * The step tree as text:
 *
 *   ✗ etl-nightly                                        26 ms
 *   ├─ ✓ extract                                          8 ms
 *   └─ ✗ transform                                       17 ms
 *      ├─ ✗ shard-1                                      11 ms
 *      │    Cannot read properties of undefined
 *      └─ ○ shard-2 unfinished                           46 ms
 *
 * Beyond a number of levels that the width allows the indent stays where it is, and `⋯ 27` tells the level.
 */
#include "render/tree.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/records.h"
#include "render/payload.h"
#include "render/state_changes.h"
#include "render/wording.h"

enum {
    LEVELS_MAX = 20,   /* levels that are indented, at most */
    LEVEL_COLUMNS = 3, /* "│  " */
    COLUMNS_MIN = 40,
    NAME_COLUMNS_MIN = 8,
    DURATION_COLUMNS = 9,     /* "23 h 59 m", "1,240 ms" */
    ON_PATH_COLUMNS = 22,     /* "  ◆ 1,240 ms  100.0 % +" */
    ON_PATH_ROOM = 72,        /* narrower trees show the time on the path in place of the duration */
    MARK_COLUMNS = 5,         /* "  ◆ +" */
    ON_PATH = 128,            /* beside the flags CRITICAL_* */
    STEP_COLUMNS_MIN = 35,    /* "⋯ 100 ○ " beyond the indent, a name, " unfinished", two spaces, a duration */
    SAME_ERROR_CHILDREN = 64, /* failed children looked at for the same error */
};

/* On the critical path; the same by the times alone; and what goes on after its parent. */
#define MARK_ON_PATH  "◆"
#define MARK_BESIDE   "◇"
#define MARK_OUTLIVES "+"

#define SGR_RESET  "\033[0m"
#define SGR_DIM    "\033[2m"
#define SGR_BOLD   "\033[1m"
#define SGR_RED    "\033[31m"
#define SGR_GREEN  "\033[32m"
#define SGR_YELLOW "\033[33m"
#define SGR_CYAN   "\033[36m"
#define SGR_FAILED "\033[1m\033[31m"

struct tree {
    const struct run *run;
    const struct tree_options *o;
    const struct keep *keep;
    const bool *led_to;  /* by step index: on the critical path or above such a step; NULL: all are shown */
    uint32_t *passed_by; /* by step index: steps below it that are not led to, nor below another one that is shown */
    unsigned marks;      /* CRITICAL_* of the steps that were put, and ON_PATH */
    bool errors;
    size_t columns, levels;
    size_t step_columns; /* where the durations end: no further right than the longest name needs */
    const struct step *stated[LEVELS_MAX + 1]; /* by level: the last step that left a state */
    bool last[LEVELS_MAX + 1]; /* by level: the step on the way down is the last line among its siblings */
    struct buf line;           /* in memory; handed to out line by line */
    struct buf *out;
    struct arena scratch;
};

static const char *status_colour(enum step_status status)
{
    static const char *const colours[STEP_STATUS_COUNT] = {
        [STEP_OK] = SGR_GREEN,          [STEP_ERROR] = SGR_FAILED, [STEP_RUNNING] = SGR_CYAN,
        [STEP_UNFINISHED] = SGR_YELLOW, [STEP_SKIPPED] = SGR_DIM,  [STEP_CACHED] = SGR_CYAN,
        [STEP_RETRIED] = SGR_YELLOW,
    };
    return colours[status];
}

static void put_coloured(struct tree *t, const char *sgr, const char *text)
{
    if (t->o->colour) buf_puts(&t->line, sgr);
    buf_puts(&t->line, text);
    if (t->o->colour) buf_puts(&t->line, SGR_RESET);
}

static void end_line(struct tree *t)
{
    while (t->line.len && t->line.ptr[t->line.len - 1] == ' ') t->line.len--;
    buf_putc(&t->line, '\n');
    buf_put(t->out, buf_str(&t->line));
    buf_clear(&t->line);
}

/* The guides of the levels above `depth`. Returns the columns they take. */
static size_t put_guides(struct tree *t, size_t depth)
{
    size_t levels = depth < t->levels ? depth : t->levels;
    if (t->o->colour && levels > 1) buf_puts(&t->line, SGR_DIM);
    for (size_t level = 1; level < levels; level++) buf_puts(&t->line, t->last[level] ? "   " : "│  ");
    if (t->o->colour && levels > 1) buf_puts(&t->line, SGR_RESET);
    return levels > 1 ? (levels - 1) * LEVEL_COLUMNS : 0;
}

/* The branch to a line at `depth`; returns its columns, guides included. */
static size_t put_branch(struct tree *t, size_t depth, bool last)
{
    size_t columns = put_guides(t, depth);
    if (depth == 0) return columns;
    if (depth <= t->levels) {
        t->last[depth] = last;
        put_coloured(t, SGR_DIM, last ? "└─ " : "├─ ");
        return columns + LEVEL_COLUMNS;
    }
    size_t from = t->line.len;
    buf_puts(&t->line, "⋯ ");
    buf_put_uint(&t->line, depth);
    buf_putc(&t->line, ' ');
    return columns + utf8_columns(str_skip(buf_str(&t->line), from));
}

/* What begins the lines under a step, up to where its name stands: its own guide goes on when children follow. */
static size_t put_under(struct tree *t, const struct step *step, bool children)
{
    size_t depth = step->depth;
    size_t columns = put_guides(t, depth);
    if (depth > 0 && depth <= t->levels) {
        put_coloured(t, SGR_DIM, t->last[depth] ? "   " : "│  ");
        columns += LEVEL_COLUMNS;
    }
    put_coloured(t, SGR_DIM, children && depth < t->levels ? "│ " : "  ");
    return columns + 2;
}

static bool is_shown(const struct tree *t, const struct step *step)
{
    return keep_has(t->keep, step) && (!t->led_to || t->led_to[step->index]);
}

/* Steps below that are not shown and for which this step says so. */
static uint32_t left_below(const struct tree *t, const struct step *step)
{
    return t->led_to ? t->passed_by[step->index] : keep_below(t->keep, step);
}

static const struct step *first_shown(const struct tree *t, const struct step *among)
{
    while (among && !is_shown(t, among)) among = among->next;
    return among;
}

static bool is_last(const struct tree *t, const struct step *step)
{
    return !step->parent || (!first_shown(t, step->next) && !left_below(t, step->parent));
}

/* Is the step's error also that of a failed child, under which it will stand? */
static bool told_below(struct tree *t, const struct step *step, struct str error)
{
    unsigned looked = 0;
    for (const struct step *c = step->first_child; c && looked < SAME_ERROR_CHILDREN; c = c->next) {
        if (c->status != STEP_ERROR || !is_shown(t, c)) continue;
        looked++;
        if (str_eq(error_text(t->run, c->error, &t->scratch), error)) return true;
    }
    return false;
}

static void put_error(struct tree *t, const struct step *step, bool children)
{
    struct str text = error_text(t->run, step->error, &t->scratch);
    if (told_below(t, step, text)) return;
    struct str first = str_trim(text);
    first = str_trim(str_cut(&first, '\n'));
    if (!first.len && !step->more->error_type.len) return;
    size_t used = put_under(t, step, children);
    size_t room = t->columns > used + NAME_COLUMNS_MIN ? t->columns - used : NAME_COLUMNS_MIN;
    if (t->o->colour) buf_puts(&t->line, SGR_RED);
    if (step->more->error_type.len && !str_starts(first, step->more->error_type)) {
        size_t type = wording_put_short(&t->line, step->more->error_type, room / 2);
        if (first.len) buf_puts(&t->line, ": ");
        room -= type + 2;
    }
    wording_put_start(&t->line, first, room);
    if (t->o->colour) buf_puts(&t->line, SGR_RESET);
    end_line(t);
}

/* A JSON value in a few columns: strings that are one word without their quotes. */
static size_t put_value(struct tree *t, struct str value, size_t columns)
{
    enum { VALUE_BYTES = 4096 }; /* of a longer one only the beginning is looked at */
    struct buf compact = BUF_INIT;
    payload_put(&compact, str_first(value, utf8_floor(value, VALUE_BYTES)), NOT_NUMBERS_QUOTED);
    struct str text = buf_str(&compact);
    bool word = json_type(value) == JSON_STRING && value.len > 2;
    for (size_t i = 1; i + 1 < text.len && word; i++) word = memchr(" \"\\,=", text.ptr[i], 5) == NULL;
    if (word && text.len == value.len) text = str_of(text.ptr + 1, text.len - 2);
    size_t used = wording_put_start(&t->line, text, columns);
    buf_free(&compact);
    return used;
}

static void put_records(struct tree *t, const struct step *step, bool children)
{
    enum { KEY_COLUMNS = 30, VALUE_COLUMNS = 36, MORE_COLUMNS = 10 };
    struct record_view *list = NULL;
    size_t count = step->records ? records_list(t->run, step, &t->scratch, &list) : 0;
    if (!count && !payload_present(step->result)) return;
    size_t used = put_under(t, step, children), i = 0;
    if (t->o->colour) buf_puts(&t->line, SGR_DIM);
    size_t half = t->columns > used + MORE_COLUMNS + 16 ? (t->columns - used - MORE_COLUMNS) / 2 : 8;
    for (; i < count; i++) {
        size_t from = t->line.len;
        size_t wide = wording_put_short(&t->line, list[i].key, half < KEY_COLUMNS ? half : KEY_COLUMNS) + 3;
        buf_putc(&t->line, '=');
        size_t kept = used + wide + (count > 1 ? MORE_COLUMNS : 0);
        size_t room = t->columns > kept ? t->columns - kept : 1;
        wide += put_value(t, list[i].value, room < VALUE_COLUMNS || count == 1 ? room : VALUE_COLUMNS);
        buf_puts(&t->line, "  ");
        if (i > 0 && used + wide + MORE_COLUMNS > t->columns) {
            t->line.len = from;
            break;
        }
        used += wide;
    }
    if (i < count) buf_printf(&t->line, "+%zu more", count - i);
    else if (payload_present(step->result) && used + NAME_COLUMNS_MIN < t->columns) {
        buf_puts(&t->line, "→ ");
        put_value(t, sources_text(t->run->sources, step->result), t->columns - used - 2);
    }
    if (t->o->colour) buf_puts(&t->line, SGR_RESET);
    end_line(t);
}

/* "state: mode=answer  −tries": what the action changed since the one before it on its level. */
static void put_state_changes(struct tree *t, const struct step *step, bool children)
{
    enum { KEY_COLUMNS = 30, MORE_COLUMNS = 10, VALUE_COLUMNS_MIN = 6 };
    struct state_change list[2 * STATE_MEMBERS_MAX];
    if (!payload_present(step->more->state) || step->depth > LEVELS_MAX) return;
    const struct step *before = t->stated[step->depth];
    t->stated[step->depth] = step;
    if (!before || before->parent != step->parent) return;
    size_t count = state_changes(t->run, before, step, &t->scratch, list), i = 0;
    if (!count) return;
    size_t used = put_under(t, step, children) + 7;
    if (t->o->colour) buf_puts(&t->line, SGR_DIM);
    buf_puts(&t->line, "state: ");
    for (; i < count; i++) {
        size_t from = t->line.len, room = t->columns > used + MORE_COLUMNS ? t->columns - used - MORE_COLUMNS : 0;
        if (i && room < VALUE_COLUMNS_MIN + 4) break;
        if (!list[i].value.len) buf_puts(&t->line, "−");
        size_t wide = wording_put_short(&t->line, list[i].key, KEY_COLUMNS) + 3, left = room > wide ? room - wide : 1;
        if (list[i].value.len) {
            buf_putc(&t->line, '=');
            wide += put_value(t, list[i].value, left < KEY_COLUMNS ? left : KEY_COLUMNS);
        }
        buf_puts(&t->line, "  ");
        if (i && wide > room) {
            t->line.len = from;
            break;
        }
        used += wide;
    }
    if (i < count) buf_printf(&t->line, "+%zu more", count - i);
    if (t->o->colour) buf_puts(&t->line, SGR_RESET);
    end_line(t);
}

/* " unfinished" behind the name: the marks of ok and error are known to everyone, the others are said. */
static size_t word_columns(enum step_status status)
{
    return status == STEP_OK || status == STEP_ERROR ? 0 : strlen(step_status_name(status)) + 1;
}

/* Does the time on the path have a column of its own beside the duration? */
static bool has_path_column(const struct tree *t) { return t->o->critical && t->columns >= ON_PATH_ROOM; }

/* "  ◆    2.11 s   33.9 %" behind the duration, or the mark alone where that is the time on the path. */
static void put_on_path(struct tree *t, const struct step *step)
{
    const struct critical *path = t->o->critical;
    int64_t time = path->time[step->index];
    unsigned flags = path->flags[step->index];
    if (time <= 0) return;
    t->marks |= ON_PATH | flags;
    buf_puts(&t->line, "  ");
    put_coloured(t, SGR_CYAN, flags & CRITICAL_BESIDE ? MARK_BESIDE : MARK_ON_PATH);
    if (has_path_column(t)) {
        struct buf cell = BUF_INIT;
        clock_put_duration(&cell, time, t->o->unit);
        size_t wide = utf8_columns(buf_str(&cell));
        buf_put_repeat(&t->line, ' ', 1 + (wide < DURATION_COLUMNS ? DURATION_COLUMNS - wide : 0));
        buf_put(&t->line, buf_str(&cell));
        buf_clear(&cell);
        buf_put_fixed(&cell, 100.0 * (double)time / (double)(t->run->end - t->run->start), 1, false);
        buf_put_repeat(&t->line, ' ', cell.len < 7 ? 7 - cell.len : 1);
        buf_put(&t->line, buf_str(&cell));
        buf_puts(&t->line, " %");
        buf_free(&cell);
    }
    if (flags & CRITICAL_OUTLIVES) buf_puts(&t->line, " " MARK_OUTLIVES);
}

static void put_step(struct tree *t, const struct step *step)
{
    struct buf duration = BUF_INIT;
    bool on_path_only = t->o->critical && !has_path_column(t);
    int64_t time = on_path_only ? t->o->critical->time[step->index] : step->duration;
    if (!on_path_only || time > 0) clock_put_duration(&duration, time, t->o->unit);
    size_t wide = utf8_columns(buf_str(&duration));
    if (wide < DURATION_COLUMNS) wide = DURATION_COLUMNS;

    size_t used = put_branch(t, step->depth, is_last(t, step));
    enum step_status status = run_shown_status(t->run, step);
    put_coloured(t, status_colour(status), wording_step_mark(status));
    buf_putc(&t->line, ' ');
    used += 2;
    size_t taken = used + word_columns(status) + 2 + wide;
    size_t room = t->step_columns > taken + NAME_COLUMNS_MIN ? t->step_columns - taken : NAME_COLUMNS_MIN;
    if (t->o->colour && step->context) buf_puts(&t->line, SGR_DIM);
    size_t name = wording_put_short(&t->line, step->name, room);
    if (t->o->colour && step->context) buf_puts(&t->line, SGR_RESET);
    if (word_columns(status)) {
        buf_putc(&t->line, ' ');
        put_coloured(t, status_colour(status), step_status_name(status));
    }
    buf_put_repeat(&t->line, ' ', room - name + 2 + wide - utf8_columns(buf_str(&duration)));
    buf_put(&t->line, buf_str(&duration));
    buf_free(&duration);
    if (t->o->critical) put_on_path(t, step);
    end_line(t);

    bool children = first_shown(t, step->first_child) || left_below(t, step);
    if (t->errors && step->status == STEP_ERROR) put_error(t, step, children);
    if (t->o->records) put_records(t, step, children);
    if (t->o->records) put_state_changes(t, step, children);
    arena_trim(&t->scratch);
}

static size_t columns_up_to_duration(const struct tree *t)
{
    if (!t->o->critical) return t->columns;
    return t->columns - (has_path_column(t) ? ON_PATH_COLUMNS : MARK_COLUMNS);
}

/* What the longest line of a step takes, up to the given width: short names have their durations near. */
static size_t needed_columns(const struct tree *t)
{
    size_t room = columns_up_to_duration(t), most = room < COLUMNS_MIN ? room : COLUMNS_MIN;
    for (uint32_t i = 0; i < t->run->step_count && most < room; i++) {
        const struct step *step = t->run->steps[i];
        if (!is_shown(t, step)) continue;
        size_t level = step->depth < t->levels ? step->depth : t->levels;
        size_t word = word_columns((enum step_status)step->status);
        size_t name = step->name.len > t->columns * 4 ? t->columns : utf8_columns(step->name);
        size_t needs = level * LEVEL_COLUMNS + 2 + name + word + 2 + DURATION_COLUMNS;
        if (needs > most) most = needs;
    }
    return most < room ? most : room;
}

/* Behind the last line of a step's subtree. */
static void leave(struct tree *t, const struct step *step)
{
    uint32_t n = left_below(t, step);
    if (!n) return;
    put_branch(t, (size_t)step->depth + 1, true);
    buf_puts(&t->line, "… ");
    buf_put_count(&t->line, n, "more step", "more steps");
    end_line(t);
}

/* Which steps --critical shows: those with time on the path, and what leads to them. */
static void find_path(struct tree *t, struct arena *arena)
{
    const struct run *run = t->run;
    bool *led_to = ARENA_ARRAY(arena, bool, run->step_count);
    t->passed_by = ARENA_ARRAY(arena, uint32_t, run->step_count);
    led_to[0] = true;
    for (uint32_t i = run->step_count; i-- > 1;) {
        const struct step *step = run->steps[i];
        led_to[i] |= t->o->critical->time[i] > 0;
        if (led_to[i]) led_to[step->parent->index] = true;
        else t->passed_by[step->parent->index] += t->passed_by[i] + !step->hidden;
    }
    t->led_to = led_to;
}

static void put_lines(struct tree *t)
{
    const struct run *run = t->run;
    t->levels = (columns_up_to_duration(t) - STEP_COLUMNS_MIN) / LEVEL_COLUMNS;
    if (t->levels > LEVELS_MAX) t->levels = LEVELS_MAX;
    t->step_columns = needed_columns(t);
    const struct step *at = keep_has(t->keep, run->root) ? run->root : NULL;
    while (at) {
        put_step(t, at);
        const struct step *next = first_shown(t, at->first_child);
        while (!next) { /* up to the first step that has a sibling below it */
            leave(t, at);
            if (at == run->root) break;
            next = first_shown(t, at->next);
            if (!next) at = at->parent;
        }
        at = next;
    }
}

/* What the marks mean that were put. */
static void put_marks(struct tree *t)
{
    static const struct {
        unsigned mark;
        const char *words;
    } legend[] = {
        { ON_PATH, MARK_ON_PATH " on the critical path: time on it, share of the run" },
        { CRITICAL_BESIDE,
          MARK_BESIDE " other steps ran beside it; that this one was waited for is told by times alone" },
        { CRITICAL_OUTLIVES, MARK_OUTLIVES " goes on after its parent" },
    };
    end_line(t);
    if (!t->marks) buf_puts(&t->line, "no critical path: the log holds no times\n");
    for (size_t i = 0; i < sizeof legend / sizeof *legend; i++) {
        if (!(t->marks & legend[i].mark)) continue;
        wording_put_start(&t->line, str_z(legend[i].words), t->columns);
        end_line(t);
    }
    buf_put(t->out, buf_str(&t->line));
}

void tree_put_lines(const struct run *run, const struct tree_options *o, const struct keep *keep, bool errors,
                    struct buf *out)
{
    struct tree t = { .run = run, .o = o, .keep = keep, .errors = errors, .line = BUF_INIT, .out = out };
    struct arena arena = { 0 };
    t.columns = o->columns > COLUMNS_MIN ? o->columns : COLUMNS_MIN;
    if (o->critical) find_path(&t, &arena);
    put_lines(&t);
    if (o->critical) put_marks(&t);
    buf_free(&t.line);
    arena_free(&t.scratch);
    arena_free(&arena);
}

static void put_header(struct tree *t)
{
    const struct run *run = t->run;
    static const char *const colours[RUN_STATUS_COUNT] = {
        [RUN_COMPLETED] = SGR_GREEN,
        [RUN_FAILED] = SGR_FAILED,
        [RUN_RUNNING] = SGR_CYAN,
        [RUN_UNFINISHED] = SGR_YELLOW,
    };
    if (t->o->colour) buf_puts(&t->line, SGR_BOLD);
    wording_put_short(&t->line, run->name, t->columns - COLUMNS_MIN / 2);
    if (t->o->colour) buf_puts(&t->line, SGR_RESET);
    buf_puts(&t->line, "  ");
    put_coloured(t, colours[run->status], wording_run_mark(run->status));
    buf_putc(&t->line, ' ');
    put_coloured(t, colours[run->status], run_status_name(run->status));
    buf_puts(&t->line, "  ");
    clock_put_duration(&t->line, run->duration, t->o->unit);
    end_line(t);
    if (run->id.len) {
        buf_puts(&t->line, "run ");
        wording_put_short(&t->line, run->id, t->columns - 16);
        if (run->attempt > 1) buf_printf(&t->line, ", attempt %u", (unsigned)run->attempt);
        end_line(t);
    }
    struct buf counts = BUF_INIT;
    buf_put_count(&counts, run->log_steps, "step", "steps");
    if (run->log_steps) buf_puts(&counts, ": ");
    wording_put_statuses(&counts, run);
    if (run->start != TIME_NONE) {
        clock_put_utc(&t->line, run->start);
        if (utf8_columns(buf_str(&t->line)) + 2 + counts.len > t->columns) end_line(t);
        else buf_puts(&t->line, "  ");
    }
    buf_put(&t->line, buf_str(&counts));
    buf_free(&counts);
    end_line(t);
    end_line(t);
}

/* A line per model: columns of numbers under each other. */
static void put_usage(struct tree *t)
{
    enum { MODEL_COLUMNS = 32, NUMBERS = 4 };
    static const char *const words[NUMBERS] = { " responses  ", " prompt + ", " completion = ", " tokens" };
    static const char one_response[] = " response   ";
    size_t widths[NUMBERS] = { 0 }, name_width = 0;
    for (int pass = 0; pass < 2; pass++) /* measure, then put */
        for (const struct usage *u = t->run->usage; u; u = u->next) {
            const uint64_t numbers[NUMBERS] = { u->responses, u->prompt_tokens, u->completion_tokens, u->total_tokens };
            buf_puts(&t->line, "LLM ");
            size_t name = wording_put_short(&t->line, u->model, MODEL_COLUMNS);
            if (name > name_width) name_width = name;
            buf_put_repeat(&t->line, ' ', name_width - name + 2);
            for (int i = 0; i < NUMBERS; i++) {
                struct buf number = BUF_INIT;
                buf_put_number(&number, numbers[i]);
                if (number.len > widths[i]) widths[i] = number.len;
                buf_put_repeat(&t->line, ' ', widths[i] - number.len);
                buf_put(&t->line, buf_str(&number));
                buf_puts(&t->line, i == 0 && numbers[i] == 1 ? one_response : words[i]);
                buf_free(&number);
            }
            if (pass) end_line(t);
            else buf_clear(&t->line);
        }
}

void tree_write(const struct run *run, const struct tree_options *o, struct buf *out)
{
    struct tree t = { .run = run, .o = o, .line = BUF_INIT, .out = out };
    const struct keep all = keep_first(run, run->visible_count, &t.scratch);
    t.columns = o->columns > COLUMNS_MIN ? o->columns : COLUMNS_MIN;
    put_header(&t);
    tree_put_lines(run, o, &all, true, out);
    if (run->usage) {
        end_line(&t);
        put_usage(&t);
    }
    buf_free(&t.line);
    arena_free(&t.scratch);
}
