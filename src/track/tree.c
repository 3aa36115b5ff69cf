/* SPDX-License-Identifier: MIT
 *
 * A run as a tree on a terminal:
 *
 *   ✗ import                  191 ms
 *   ├─ ✓ load                 120 ms
 *   └─ ✗ store               70.5 ms
 *        OSError: disk full
 */
#include "track/json.h"
#include "track/track.h"

#include <string.h>

enum { NAME_COLUMNS_MAX = 60, DEPTH_SHOWN_MAX = 40 };

static size_t columns_of(const char *text)
{
    size_t columns = 0;
    for (; *text; text++) columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}

/* Text of the caller without what would steer the terminal. */
static void put_plain(struct pl_text *t, const char *text, size_t count)
{
    const char *end = text + count;
    while (text < end) {
        size_t length = pl_utf8_length(text, end);
        unsigned char c = (unsigned char)*text;
        bool control = !length || c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char)text[1] < 0xA0);
        if (control) pl_text_putc(t, c == '\n' || c == '\t' ? ' ' : '?');
        else pl_text_put(t, text, length);
        text += length ? length : 1;
    }
}

/* Three digits and a unit: 85 µs, 70.5 ms, 1.24 s; 3 m 05 s, 2 h 07 m. Returns the columns. */
static size_t put_duration(struct pl_text *t, int64_t us)
{
    size_t before = t->len;
    int64_t s = us / 1000000, unit = us < 1000 ? 1 : us < 1000000 ? 1000 : 1000000;
    int64_t hundredths = (us * 100 + unit / 2) / unit, tenths = (us * 10 + unit / 2) / unit;
    /* by whole numbers: the host's locale may have a decimal comma */
    if (s < 60) {
        if (unit == 1 || tenths >= 1000) pl_text_put_int(t, (us + unit / 2) / unit);
        else if (hundredths >= 1000) pl_text_printf(t, "%d.%d", (int)(tenths / 10), (int)(tenths % 10));
        else pl_text_printf(t, "%d.%02d", (int)(hundredths / 100), (int)(hundredths % 100));
        pl_text_puts(t, unit == 1 ? " µs" : unit == 1000 ? " ms" : " s");
    } else if (s < 3600) pl_text_printf(t, "%d m %02d s", (int)(s / 60), (int)(s % 60));
    else pl_text_printf(t, "%lld h %02d m", (long long)(s / 3600), (int)(s / 60 % 60));
    return t->error ? 0 : t->len - before - (us < 1000);
}

static size_t depth_of(const struct pipelens_step *step)
{
    size_t depth = 0;
    while ((step = step->parent)) depth++;
    return depth;
}

/* The lines that lead to a step, or (below) past it to what comes next. */
static void put_branches(struct pl_text *t, const struct pipelens_step *step, size_t depth, bool below)
{
    const struct pipelens_step *path[DEPTH_SHOWN_MAX];
    bool open = below && step->first_child != NULL;
    if (depth > DEPTH_SHOWN_MAX) {
        pl_text_printf(t, "… %zu deep ", depth);
        return;
    }
    for (size_t i = depth; i-- > 0; step = step->parent) path[i] = step;
    for (size_t i = 0; i + !below < depth; i++) pl_text_puts(t, path[i]->next ? "│  " : "   ");
    if (below) pl_text_puts(t, open ? "│ " : "  ");
    else if (depth) pl_text_puts(t, path[depth - 1]->next ? "├─ " : "└─ ");
}

static size_t columns_before_name(size_t depth) { return 3 * (depth < DEPTH_SHOWN_MAX ? depth : DEPTH_SHOWN_MAX) + 2; }

static void put_spaces(struct pl_text *t, size_t count)
{
    while (count--) pl_text_putc(t, ' ');
}

static const char *mark_of(const struct pipelens_step *step)
{
    static const char *const marks[] = { "✓", "–", "=", "↻" };
    if (step->more && step->more->error) return "✗";
    if (step->end == PL_TIME_NONE) return "…";
    return marks[step->more ? step->more->status : PIPELENS_STATUS_OK];
}

static void put_line(struct pl_text *t, const struct pipelens_step *step, size_t depth, size_t width, bool colour)
{
    char space[64];
    struct pl_text duration = pl_text_in(space, sizeof space);
    bool failed = step->more && step->more->error;
    size_t used = columns_before_name(depth) + columns_of(step->name), columns = 0;
    if (step->end != PL_TIME_NONE) columns = put_duration(&duration, step->end - step->start);
    put_branches(t, step, depth, false);
    if (colour && failed) pl_text_puts(t, "\033[31m");
    pl_text_puts(t, mark_of(step));
    pl_text_putc(t, ' ');
    put_plain(t, step->name, strlen(step->name));
    if (colour && failed) pl_text_puts(t, "\033[0m");
    if (columns) put_spaces(t, (used < width ? width - used : 0) + 2 + (columns < 9 ? 9 - columns : 0));
    pl_text_put(t, duration.data, duration.len);
    pl_text_putc(t, '\n');
    pl_text_free(&duration);
}

static void put_error(struct pl_text *t, const struct pipelens_step *step, size_t depth)
{
    struct pl_text message = { 0 };
    const char *error = step->more ? step->more->error : NULL;
    if (!error) return;
    pl_json_unescape(&message, error + 1, strlen(error) - 2);
    if (message.len) {
        put_branches(t, step, depth, true);
        if (step->more->error_type) {
            put_plain(t, step->more->error_type, strlen(step->more->error_type));
            pl_text_puts(t, ": ");
        }
        put_plain(t, message.data, message.len);
        pl_text_putc(t, '\n');
    }
    if (message.error) t->error = message.error;
    pl_text_free(&message);
}

void pl_put_tree(struct pl_text *t, const struct pipelens_run *run, bool colour)
{
    size_t width = 0;
    for (const struct pipelens_step *s = run->root; s; s = pl_step_next(run->root, s)) {
        size_t columns = columns_before_name(depth_of(s)) + columns_of(s->name);
        if (columns > width && columns <= NAME_COLUMNS_MAX) width = columns;
    }
    for (const struct pipelens_step *s = run->root; s; s = pl_step_next(run->root, s)) {
        size_t depth = depth_of(s);
        put_line(t, s, depth, width, colour);
        put_error(t, s, depth);
    }
}
