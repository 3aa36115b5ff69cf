/* SPDX-License-Identifier: MIT
 *
 * The table by step name.
 */
#include "render/summary.h"

#include "model/statistics.h"
#include "render/wording.h"

enum { ROWS_MAX = 30, NAME_COLUMNS = 60 };

static struct str duration_text(int64_t us, enum time_unit unit, struct arena *arena)
{
    struct buf b = BUF_INIT;
    clock_put_duration(&b, us, unit);
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&b);
    return text;
}

static struct str number_text(uint64_t n, struct arena *arena)
{
    struct buf b = BUF_INIT;
    buf_put_number(&b, n);
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&b);
    return text;
}

static struct str name_text(struct str name, struct arena *arena)
{
    struct buf plain = BUF_INIT, b = BUF_INIT;
    wording_put_short(&plain, name, NAME_COLUMNS);
    md_put_code(&b, buf_str(&plain));
    struct str text = arena_copy(arena, buf_str(&b));
    buf_free(&plain);
    buf_free(&b);
    return text;
}

void summary_names(const struct report_options *o, struct arena *arena, struct section *s)
{
    static const struct column columns[] = {
        { "Step", false }, { "Count", true }, { "Errors", true }, { "Total", true }, { "Mean", true }, { "Max", true },
    };
    enum { COLUMNS = sizeof columns / sizeof *columns };
    const struct statistics *names = analysis_names(o->analysis);
    size_t shown = names->count < ROWS_MAX ? names->count : ROWS_MAX;
    *s = (struct section){ .heading = "Steps by name",
                           .name = "the table by step name",
                           .columns = columns,
                           .column_count = COLUMNS,
                           .unit_count = shown,
                           .beyond = names->count - shown,
                           .one = "name",
                           .many = "names" };
    s->units = ARENA_ARRAY(arena, struct str, shown * COLUMNS + 1);
    for (size_t i = 0; i < shown; i++) {
        const struct name_statistics *r = &names->list[i];
        struct str *cells = s->units + i * COLUMNS;
        cells[0] = name_text(r->name, arena);
        cells[1] = number_text(r->count, arena);
        cells[2] = number_text(r->errors, arena);
        cells[3] = duration_text(r->timed ? r->total : TIME_NONE, o->unit, arena);
        cells[4] = duration_text(r->timed ? r->mean : TIME_NONE, o->unit, arena);
        cells[5] = duration_text(r->timed ? r->max : TIME_NONE, o->unit, arena);
    }
}
