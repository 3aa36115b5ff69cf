/* SPDX-License-Identifier: MIT */
#include "model/error_lines.h"

#include "base/utf8.h"
#include "model/failures.h"
#include "model/records.h"

struct str error_line(const struct run *run, const struct step *step, struct arena *arena)
{
    struct str text = str_trim(error_text(run, step->error, arena));
    struct str line = str_cut(&text, '\n');
    if (line.len <= ERROR_LINE_MAX) return text.len ? arena_format(arena, "%.*s …", STR_ARG(line)) : line;
    line.len = utf8_floor(line, ERROR_LINE_MAX);
    return arena_format(arena, "%.*s…", STR_ARG(line));
}

static bool is_wanted(const struct step *step)
{
    return step->status == STEP_ERROR && step->error.length && !step->hidden && step->rank < ERROR_LINES_MAX;
}

struct error_lines error_lines_read(const struct run *run, struct arena *arena)
{
    struct error_lines lines = { .items = NULL };
    struct arena scratch = { 0 };
    if (!run->status_count[STEP_ERROR]) return lines;
    lines.items = ARENA_ARRAY(arena, struct known_error, ERROR_LINES_MAX);
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (!is_wanted(run->steps[i])) continue;
        struct str line = failure_plain(error_line(run, run->steps[i], &scratch), &scratch);
        if (line.len) lines.items[lines.count++] = (struct known_error){ i, arena_copy(arena, line) };
        arena_trim(&scratch);
    }
    arena_free(&scratch);
    return lines;
}

struct str error_lines_find(const struct error_lines *lines, const struct step *step)
{
    size_t low = 0, high = lines->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines->items[middle].step < step->index) low = middle + 1;
        else high = middle;
    }
    return low < lines->count && lines->items[low].step == step->index ? lines->items[low].text : S("");
}
