/* SPDX-License-Identifier: MIT
 *
 * Mermaid reads its Gantt line by line with a lexer that knows no quotes: `:` ends a name, `;` and `#` end a task, `%`
 * begins a comment, and a line that begins with a keyword (`section`, `title`, `click`, `end`, a date) is not a task.
 * So names get look-alikes for those characters (entities would be measured by their source text), and every line
 * begins with the status mark, which is no keyword.
 *
 * The axis: Mermaid counts whole milliseconds and shows them in the reader's time zone. Zones differ by whole minutes
 * at least, so a run of less than a minute is drawn from 0 on, in seconds; a run of less than 60 ms is drawn with each
 * microsecond as one of Mermaid's milliseconds, so that its seconds read as milliseconds; a longer run is drawn by the
 * clock.
 */
#include "render/mermaid.h"

#include "base/utf8.h"
#include "render/wording.h"

#define SECOND INT64_C(1000000)
#define DAY    (INT64_C(86400) * SECOND)

enum {
    NAME_COLUMNS = 60,
    SECTION_COLUMNS = 16,               /* what fits beside the bars */
    STEPS_MAX = MERMAID_BYTES_MAX / 30, /* more lines would not fit anyway */
};

struct axis {
    int64_t origin; /* µs that are 0 on the axis */
    int64_t unit;   /* µs that are one of Mermaid's milliseconds */
    const char *format;
};

static struct axis axis_of(const struct run *run)
{
    int64_t span = run->end - run->start;
    if (span < 60 * SECOND / 1000) return (struct axis){ run->start, 1, span < SECOND / 100 ? "%-S.%L ms" : "%-S ms" };
    if (span < 60 * SECOND) return (struct axis){ run->start, 1000, span < 10 * SECOND ? "%-S.%L s" : "%-S s" };
    const char *format = span < DAY ? "%H:%M:%S" : span < 365 * DAY ? "%m-%d %H:%M" : "%Y-%m-%d";
    return (struct axis){ run->start < 0 ? run->start : 0, 1000, format }; /* Mermaid takes no negative times */
}

/* A name as one line without any of Mermaid's own characters, or those that its surroundings might take for markup. */
static void put_name(struct buf *b, struct str name, size_t columns)
{
    static const struct {
        char from;
        const char *to;
    } like[] = {
        { ':', "∶" }, { ';', "," }, { '#', "♯" }, { '%', "٪" }, { '<', "‹" }, { '>', "›" }, { '`', "ˋ" },
    };
    struct buf plain = BUF_INIT;
    wording_put_short(&plain, str_trim(name), columns);
    for (size_t i = 0; i < plain.len; i++) {
        const char *to = NULL;
        for (size_t k = 0; k < sizeof like / sizeof *like && !to; k++)
            if (plain.ptr[i] == like[k].from) to = like[k].to;
        if (to) buf_puts(b, to);
        else buf_putc(b, plain.ptr[i]);
    }
    buf_free(&plain);
}

static void put_task(struct buf *b, const struct axis *axis, const struct step *step, enum time_unit unit)
{
    static const char *const tags[STEP_STATUS_COUNT] = {
        [STEP_OK] = "done",      [STEP_ERROR] = "crit",  [STEP_RUNNING] = "active", [STEP_UNFINISHED] = "active",
        [STEP_SKIPPED] = "done", [STEP_CACHED] = "done", [STEP_RETRIED] = "done",
    };
    int64_t from = (step->start - axis->origin) / axis->unit, to = (step->shown_end - axis->origin) / axis->unit;
    if (to <= from) to = from + 1;
    buf_puts(b, "    ");
    buf_puts(b, wording_step_mark((enum step_status)step->status));
    buf_putc(b, ' ');
    put_name(b, step->name, NAME_COLUMNS);
    buf_puts(b, " · ");
    clock_put_duration(b, step->duration, unit);
    buf_puts(b, " :");
    buf_puts(b, tags[step->status]);
    buf_puts(b, ", ");
    buf_put_int(b, from);
    buf_puts(b, ", ");
    buf_put_int(b, to);
    buf_putc(b, '\n');
}

/* Mermaid takes two sections of one name for one: the second gets a number. `names` are those used so far. */
static void put_section(struct buf *b, const struct step *step, struct str *names, size_t *count, struct arena *arena)
{
    struct buf name = BUF_INIT;
    put_name(&name, step->name, SECTION_COLUMNS);
    size_t same = 0;
    for (size_t i = 0; i < *count; i++) same += str_eq(names[i], buf_str(&name));
    names[(*count)++] = arena_copy(arena, buf_str(&name));
    buf_puts(b, "    section ");
    buf_put(b, buf_str(&name));
    if (same) buf_printf(b, " (%zu)", same + 1);
    buf_putc(b, '\n');
    buf_free(&name);
}

static bool has_kept_child(const struct step *step, uint32_t limit)
{
    const struct step *child = step->first_child;
    while (child && child->rank >= limit) child = child->next;
    return child != NULL;
}

/* Puts the steps that rank before `limit`; returns how many, without those that have no time. A section per top-level
 * step that has steps of its own; those between two such have one together, named after the pipeline. */
static uint32_t put_chart(const struct run *run, enum time_unit unit, uint32_t limit, struct arena *arena,
                          struct buf *b)
{
    struct axis axis = axis_of(run);
    struct str *names = ARENA_ARRAY(arena, struct str, limit);
    size_t name_count = 0;
    uint32_t put = 0;
    bool own = true; /* the section is the pipeline's */
    buf_puts(b, "gantt\n    dateFormat x\n    axisFormat ");
    buf_puts(b, axis.format);
    buf_puts(b, "\n    todayMarker off\n");
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        if (step->rank >= limit) continue;
        bool group = step->depth == 1 && has_kept_child(step, limit);
        if (group || step == run->root || (step->depth == 1 && !own)) {
            put_section(b, group ? step : run->root, names, &name_count, arena);
            own = !group;
        }
        if (step->start == TIME_NONE || step->older) continue;
        put_task(b, &axis, step, unit);
        put++;
    }
    return put;
}

uint32_t mermaid_write(const struct run *run, enum time_unit unit, uint32_t max_steps, size_t max_bytes,
                       struct buf *out)
{
    if (run->start == TIME_NONE) return run->visible_count;
    if (max_bytes > MERMAID_BYTES_MAX) max_bytes = MERMAID_BYTES_MAX;
    uint32_t limit = max_steps < STEPS_MAX ? max_steps : STEPS_MAX, put = 0;
    if (limit > run->visible_count) limit = run->visible_count;
    struct buf chart = BUF_INIT;
    while (limit > 0) {
        struct arena arena = { 0 };
        buf_clear(&chart);
        put = put_chart(run, unit, limit, &arena, &chart);
        arena_free(&arena);
        if (chart.len <= max_bytes) break;
        /* lines are of about one length: as many as should fit, one less at least */
        uint32_t fits = (uint32_t)((uint64_t)limit * max_bytes / chart.len);
        limit = fits < limit ? fits : limit - 1;
    }
    if (limit > 0 && put > 0) buf_put(out, buf_str(&chart));
    else put = 0;
    buf_free(&chart);
    return run->visible_count - put;
}
