/* SPDX-License-Identifier: MIT
 *
 * What stands above the chart: title, the run's facts, what is left out, and a legend of what occurs.
 */
#include "layout/gantt_chart.h"

#define NOTE_LEADING 18.0
#define NOTE_LINES   3
#define SWATCH       22.0 /* px, of a bar in the legend */
#define SWATCH_GAP   6.0
#define MARK         7.0
#define LEGEND_GAP   18.0
#define LEGEND_LINE  20.0

static bool status_shown(const struct chart *c, enum step_status status)
{
    for (uint32_t i = 0; i < c->rows.count; i++)
        for (uint32_t k = 0; k < c->rows.items[i].step_count; k++)
            if (run_shown_status(c->run, c->rows.items[i].steps[k]) == status) return true;
    return false;
}

/* The pen of a legend: each entry is a swatch and a word, on the next line where this one is full. */
struct legend {
    const struct chart *c;
    double x, y;
};

/* Moves the pen to where an entry with this word has room, and puts the word; the swatch belongs at *ret_x. */
static double put_entry(struct legend *l, double swatch, struct str word)
{
    const struct chart *c = l->c;
    double width = swatch + SWATCH_GAP + metrics_width(word, GANTT_SMALL_SIZE, WEIGHT_REGULAR), x = l->x;
    if (x + width > c->right && x > c->names) {
        x = c->names;
        l->y += LEGEND_LINE;
    }
    gantt_small(c, ROLE_LABEL_MUTED, x + swatch + SWATCH_GAP, l->y, word);
    l->x = x + width + LEGEND_GAP;
    return x;
}

static struct str links_word(const struct chart *c)
{
    if (c->link_count == c->links_found) return S("link");
    return arena_format(c->a, "link (%lu of %lu are drawn)", (unsigned long)c->link_count,
                        (unsigned long)c->links_found);
}

static void put_others(struct legend *l)
{
    const struct chart *c = l->c;
    if (c->folds) {
        double x = put_entry(l, SWATCH, S("folded steps, a mark each"));
        scene_rect(c->s, ROLE_FOLD, x, l->y - 10, SWATCH, 11)->radius = 2;
        for (int i = 0; i < 3; i++) scene_rect(c->s, ROLE_OK, x + 3 + 6 * i, l->y - 7.5, 4, 6);
    }
    if (c->path) {
        double x = put_entry(l, SWATCH, S("critical path"));
        scene_line(c->s, ROLE_CRITICAL, x, l->y - 4.5, x + SWATCH, l->y - 4.5)->thickness = GANTT_PATH_THICK;
    }
    if (c->link_count) {
        double x = put_entry(l, SWATCH, links_word(c));
        scene_curve(c->s, ROLE_LINK, x, l->y - 9, x + SWATCH, l->y);
    }
    for (int error = 0; error < 2; error++) {
        if (!(error ? c->errors_logged : c->warnings)) continue;
        double x = put_entry(l, MARK, error ? S("error logged") : S("warning logged"));
        gantt_mark(c->s, error, x + MARK / 2, l->y - 8);
    }
}

/* What bars and marks mean, when there is anything but plain bars that are "ok". Returns its last baseline, or y
 * without one. */
static double put_legend(const struct chart *c, double y)
{
    bool statuses = false;
    for (unsigned status = STEP_OK + 1; status < STEP_STATUS_COUNT; status++) statuses |= status_shown(c, status);
    if (!statuses && !c->path && !c->folds && !c->link_count && !c->warnings && !c->errors_logged) return y;
    struct legend l = { c, c->names, y + 24 };
    for (unsigned status = 0; statuses && status < STEP_STATUS_COUNT; status++) {
        if (!status_shown(c, status)) continue;
        double x = put_entry(&l, SWATCH, str_z(step_status_name(status)));
        gantt_bar(c->s, status, x, l.y - 10, SWATCH, 11);
    }
    put_others(&l);
    return l.y;
}

static struct str facts(const struct chart *c)
{
    struct buf b = BUF_INIT;
    buf_put(&b, caption_subtitle(c->run, c->o->unit, GANTT_SMALL_SIZE, GANTT_RUN_ID_MAX, c->a));
    if (c->o->pages > 1) buf_printf(&b, " · page %lu of %lu", (unsigned long)c->o->page, (unsigned long)c->o->pages);
    return caption_take(&b, c->a);
}

static double put_title(const struct chart *c, double y, double room)
{
    struct str title = caption_title(c->run, c->o->title, c->s->arena);
    y += 20;
    scene_text(c->s, ROLE_TITLE, c->names, y, GANTT_TITLE_SIZE, WEIGHT_BOLD, ALIGN_LEFT,
               metrics_fit_middle(title, GANTT_TITLE_SIZE, WEIGHT_BOLD, room, c->a));
    y += 20;
    size_t lines = caption_put_lines(c->s, ROLE_SUBTITLE, c->names, y, GANTT_SMALL_SIZE, NOTE_LEADING, room, NOTE_LINES,
                                     facts(c));
    return y + NOTE_LEADING * (double)(lines - 1);
}

void gantt_put_head(struct chart *c)
{
    double y = c->o->bare ? 0 : GANTT_MARGIN - 4, room = c->right - c->names;
    if (!c->o->bare) y = put_title(c, y, room);
    struct buf note = BUF_INIT;
    rows_put_note(&c->rows, &note);
    struct str notes[2] = { c->o->left_out, caption_take(&note, c->a) };
    for (int i = 0; i < 2; i++)
        y += NOTE_LEADING * (double)caption_put_lines(c->s, ROLE_LABEL_MUTED, c->names, y + NOTE_LEADING,
                                                      GANTT_SMALL_SIZE, NOTE_LEADING, room, NOTE_LINES, notes[i]);
    y = put_legend(c, y);
    if (c->strip) {
        gantt_put_strip(c, y + 16);
        y += 16 + GANTT_STRIP_HEIGHT;
    }
    c->top = y + gantt_axis_height(c);
}

void gantt_put_words(const struct chart *c)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "Gantt chart: ");
    buf_put(&b, caption_title(c->run, c->o->title, c->a));
    c->s->title = caption_take(&b, c->s->arena);
    c->s->description = caption_subtitle(c->run, c->o->unit, GANTT_SMALL_SIZE, GANTT_RUN_ID_MAX, c->s->arena);
}
