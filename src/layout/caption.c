/* SPDX-License-Identifier: MIT */
#include "layout/caption.h"

#include "base/utf8.h"
#include "layout/metrics.h"

struct str caption_take(struct buf *b, struct arena *a)
{
    struct str text = arena_copy(a, buf_str(b));
    buf_free(b);
    return text;
}

struct str caption_title(const struct run *run, struct str title, struct arena *a)
{
    if (!title.len) title = metrics_clean(run->name, a);
    return title.len ? title : CAPTION_NO_NAME;
}

struct str caption_subtitle(const struct run *run, enum time_unit unit, double size, double max_id, struct arena *a)
{
    struct buf b = BUF_INIT;
    if (run->id.len) {
        buf_puts(&b, "run ");
        buf_put(&b, metrics_fit_middle(run->id, size, WEIGHT_REGULAR, max_id, a));
        if (run->attempt > 1) buf_printf(&b, ", attempt %u", (unsigned)run->attempt);
        buf_puts(&b, " · ");
    }
    buf_puts(&b, run_status_name(run->status));
    if (run->start != TIME_NONE) {
        buf_puts(&b, " · ");
        clock_put_utc(&b, run->start);
    }
    if (run->duration != TIME_NONE) {
        buf_puts(&b, " · ");
        clock_put_duration(&b, run->duration, unit);
    }
    buf_puts(&b, " · ");
    buf_put_count(&b, run->log_steps, "step", "steps");
    uint32_t failed = run->status_count[STEP_ERROR], open = run->status_count[STEP_UNFINISHED];
    if (failed) {
        buf_puts(&b, " · ");
        buf_put_number(&b, failed);
        buf_puts(&b, " failed");
    }
    if (open) {
        buf_puts(&b, " · ");
        buf_put_number(&b, open);
        buf_puts(&b, " unfinished");
    }
    if (run->status_count[STEP_RUNNING]) {
        buf_puts(&b, " · ");
        buf_put_number(&b, run->status_count[STEP_RUNNING]);
        buf_puts(&b, " running");
    }
    return caption_take(&b, a);
}

/* Cuts the next line of at most `width` px off *text: up to the last space that fits, or as many characters as fit
 * when the first word is too long. */
static struct str next_line(struct str *text, double size, double width)
{
    size_t fits = metrics_fit_bytes(*text, size, WEIGHT_REGULAR, width);
    struct str line = str_first(*text, fits);
    if (fits < text->len) {
        size_t space = text->ptr[fits] == ' ' ? fits : str_rfind(line, ' ');
        if (space < line.len || text->ptr[fits] == ' ') line.len = space;
        if (!line.len) line.len = fits;
    }
    if (!line.len) { /* not even one character fits: it is taken all the same */
        utf8_next(*text, &line.len, NULL);
    }
    *text = str_skip(*text, line.len);
    while (text->len && text->ptr[0] == ' ') *text = str_skip(*text, 1);
    return line;
}

size_t caption_put_lines(struct scene *s, enum scene_role role, double x, double baseline, double size, double leading,
                         double width, size_t max_lines, struct str text)
{
    size_t lines = 0;
    text = metrics_clean(text, s->arena);
    while (text.len && lines < max_lines) {
        struct str line = lines + 1 < max_lines ? next_line(&text, size, width)
                                                : metrics_fit_end(text, size, WEIGHT_REGULAR, width, s->arena);
        scene_text(s, role, x, baseline + (double)lines * leading, size, WEIGHT_REGULAR, ALIGN_LEFT, line);
        lines++;
    }
    return lines;
}
