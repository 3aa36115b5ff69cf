/* SPDX-License-Identifier: MIT */
#include "layout/sheet.h"

#include "layout/caption.h"
#include "layout/metrics.h"
#include "model/keep.h"

#include <math.h>

enum {
    HEADER_GAP = 24,
    RUN_ID_MAX = 280,
    TIP_MAX = 600,
    NOTE_LEADING = 18,
    NOTE_LINES = 3,
    NAME_MEASURED = 512, /* bytes: far more than fit into the widest box */
    FACTS_MAX = 800,
    KEY_LINE = 22, /* of the legend: a stroke, */
    KEY_GAP = 6,   /* from it to its text, */
    KEY_NEXT = 20, /* and from there to the next one */
};
enum { KEYS_MAX = 2, SHARE_THICK = 3, SHARE_THICKER = 5 };
#define TITLE_SIZE    18.0
#define SUBTITLE_SIZE 12.0

double sheet_side(const struct sheet *sheet) { return sheet->o->max_side > 0 ? sheet->o->max_side : INFINITY; }

void sheet_text(const struct sheet *sheet, enum scene_role role, double x, double baseline, double size,
                enum scene_weight weight, double max, struct str text)
{
    struct str fit = metrics_fit_middle(text, size, weight, max, sheet->scratch);
    scene_text(sheet->s, role, x, baseline, size, weight, ALIGN_LEFT, fit);
}

/* ---- the critical path ---- */

void sheet_find_path(struct sheet *sheet, const struct boxes *boxes)
{
    if (!sheet->o->analysis || !boxes->count) return;
    const struct critical *path = analysis_critical(sheet->o->analysis);
    unsigned char *on = ARENA_ARRAY(sheet->scratch, unsigned char, boxes->count);
    uint32_t count = 0;
    for (size_t i = 0; i < path->count; i++) on[boxes->owner[path->segments[i].step->index]] = 1;
    for (uint32_t i = boxes->count; i-- > 0;) {
        count += on[i];
        if (on[i] && i) on[boxes->items[i].parent] = 1;
    }
    if (count > 1 && count < boxes->count) sheet->on_path = on;
}

bool sheet_is_critical(const struct sheet *sheet, const struct boxes *boxes, const struct box *box)
{
    return sheet->on_path && sheet->on_path[box - boxes->items];
}

double sheet_share_thickness(double share) { return share >= 0.5 ? SHARE_THICKER : share >= 0.2 ? SHARE_THICK : 0; }

/* ---- around the drawing ---- */

struct key {
    enum scene_role role;
    struct str text;
    int strokes;
    double thickness[2];
    double width;
};

static size_t legend(const struct sheet *sheet, struct key keys[KEYS_MAX])
{
    size_t count = 0;
    if (sheet->on_path)
        keys[count++] =
            (struct key){ ROLE_CRITICAL, S("critical path: what the end of the run waited for"), 1, { 0 }, 0 };
    if (sheet->shares)
        keys[count++] = (struct key){ ROLE_EDGE,
                                      S("arrow to what took 20 %, 50 % of the run's time or more"),
                                      2,
                                      { SHARE_THICK, SHARE_THICKER },
                                      0 };
    for (size_t i = 0; i < count; i++)
        keys[i].width = KEY_LINE + KEY_GAP + ceil(metrics_width(keys[i].text, SUBTITLE_SIZE, WEIGHT_REGULAR));
    return count;
}

/* From left to right, as many lines as it takes. Returns the baseline of the last one. */
static double draw_legend(const struct sheet *sheet, double y)
{
    struct key keys[KEYS_MAX];
    double x = SHEET_MARGIN, right = sheet->width - SHEET_MARGIN;
    size_t count = legend(sheet, keys);
    for (size_t i = 0; i < count; i++) {
        if (i && x + keys[i].width > right) x = SHEET_MARGIN;
        if (x == SHEET_MARGIN) y += NOTE_LEADING;
        double part = KEY_LINE / (double)keys[i].strokes, from = x;
        for (int stroke = 0; stroke < keys[i].strokes; stroke++) {
            scene_line(sheet->s, keys[i].role, from, y - 4, from + part, y - 4)->thickness = keys[i].thickness[stroke];
            from += part;
        }
        sheet_text(sheet, ROLE_LABEL_MUTED, x + KEY_LINE + KEY_GAP, y, SUBTITLE_SIZE, WEIGHT_REGULAR,
                   right - x - KEY_LINE - KEY_GAP, keys[i].text);
        x += keys[i].width + KEY_NEXT;
    }
    return y;
}

static struct str facts(const struct sheet *sheet)
{
    return caption_subtitle(sheet->run, sheet->o->unit, SUBTITLE_SIZE, RUN_ID_MAX, sheet->scratch);
}

/* A small graph is as wide as the line of facts, within limits. */
static double header_width(const struct sheet *sheet)
{
    struct key keys[KEYS_MAX];
    double widest = 0;
    for (size_t i = 0, count = legend(sheet, keys); i < count; i++)
        widest = fmin(fmax(widest, keys[i].width + 2 * SHEET_MARGIN), sheet_side(sheet));
    if (sheet->o->bare) return widest;
    double width = ceil(metrics_width(facts(sheet), SUBTITLE_SIZE, WEIGHT_REGULAR)) + 2 * SHEET_MARGIN;
    return fmax(fmin(width, fmin(FACTS_MAX, sheet_side(sheet))), widest);
}

/* Title, line of facts, notes and legend, as over a Gantt chart; returns where the drawing begins. */
static double draw_header(const struct sheet *sheet, struct str note)
{
    double room = sheet->width - 2 * SHEET_MARGIN, y = 0;
    if (!sheet->o->bare) {
        struct str title = caption_title(sheet->run, sheet->o->title, sheet->scratch);
        sheet_text(sheet, ROLE_TITLE, SHEET_MARGIN, SHEET_MARGIN + 16, TITLE_SIZE, WEIGHT_BOLD, room, title);
        y = SHEET_MARGIN + 36;
        size_t lines = caption_put_lines(sheet->s, ROLE_SUBTITLE, SHEET_MARGIN, y, SUBTITLE_SIZE, NOTE_LEADING, room,
                                         NOTE_LINES, facts(sheet));
        y += NOTE_LEADING * (double)(lines - 1);
    }
    const struct str notes[] = { sheet->o->left_out, note };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        y += NOTE_LEADING * (double)caption_put_lines(sheet->s, ROLE_LABEL_MUTED, SHEET_MARGIN, y + NOTE_LEADING,
                                                      SUBTITLE_SIZE, NOTE_LEADING, room, NOTE_LINES, notes[i]);
    y = draw_legend(sheet, y);
    return y > 0 ? y + HEADER_GAP : SHEET_MARGIN;
}

/* The picture in words, for readers who do not see it. */
static void describe_scene(const struct sheet *sheet, struct str drawn)
{
    static const char *const kinds[] = { "Execution graph: ", "Flow: ", "State machine: " };
    static const char *const prefixes[] = { "x", "f", "m" };
    struct buf b = BUF_INIT;
    buf_puts(&b, kinds[sheet->o->style]);
    buf_put(&b, caption_title(sheet->run, sheet->o->title, sheet->scratch));
    sheet->s->title = caption_take(&b, sheet->s->arena);
    buf_put(&b, facts(sheet));
    buf_puts(&b, ", drawn as ");
    buf_put(&b, drawn);
    sheet->s->description = caption_take(&b, sheet->s->arena);
    sheet->s->id_prefix = prefixes[sheet->o->style];
}

double sheet_begin(struct sheet *sheet, double width, struct str note, struct str drawn)
{
    describe_scene(sheet, drawn);
    sheet->width = ceil(fmax(fmax(width, sheet->o->min_width), header_width(sheet)));
    scene_rect(sheet->s, ROLE_BACKGROUND, 0, 0, 0, 0);
    return draw_header(sheet, note);
}

void sheet_end(struct sheet *sheet, double bottom)
{
    sheet->s->width = sheet->width;
    sheet->s->height = ceil(fmax(bottom + SHEET_MARGIN, sheet->o->min_height));
    sheet->s->items[0].w = sheet->s->width;
    sheet->s->items[0].h = sheet->s->height;
}

void sheet_put_nothing(struct sheet *sheet, struct str sentence)
{
    double top = sheet_begin(sheet, 0, S(""), S("nothing"));
    sheet_text(sheet, ROLE_LABEL_MUTED, SHEET_MARGIN, top + BOX_NAME_BASELINE, BOX_NAME_SIZE, WEIGHT_REGULAR,
               sheet->width - 2 * SHEET_MARGIN, sentence);
    sheet_end(sheet, top + BOX_HEIGHT);
}

struct str sheet_drop_note(const struct sheet *sheet, struct tally dropped)
{
    if (!dropped.steps) return S("");
    struct buf b = BUF_INIT;
    buf_puts(&b, "+ ");
    buf_put_count(&b, dropped.steps, "step not drawn", "steps not drawn");
    put_troubles(&b, dropped, ", ");
    buf_puts(&b, ": shown are " KEEP_RULE ".");
    return caption_take(&b, sheet->scratch);
}

/* ---- boxes ---- */

static bool is_fold(const struct sheet_box *b) { return b->box->fold != FOLD_NONE; }

double sheet_box_height(const struct boxes *boxes, const struct box *box)
{
    return BOX_HEIGHT + BOX_LINE_HEIGHT * (box_line_count(boxes, box) - 1) + (box->fold != FOLD_NONE ? BOX_STACK : 0);
}

void sheet_box_measure(struct sheet_box *b)
{
    double name = metrics_width(str_first(b->text.name, NAME_MEASURED), BOX_NAME_SIZE, WEIGHT_BOLD), lines = 0;
    if (is_fold(b)) name += BOX_TIMES_GAP + metrics_width(b->text.times, BOX_NAME_SIZE, WEIGHT_BOLD);
    for (int l = 0; l < BOX_LINES; l++)
        lines = fmax(lines, metrics_width(b->text.lines[l].text, BOX_LINE_SIZE, WEIGHT_REGULAR));
    double want = fmin(name + BOX_TEXT_LEFT + BOX_TEXT_RIGHT, BOX_MAX);
    double most = is_fold(b) ? FOLD_MAX : BOX_MAX;
    b->width = ceil(fmax(fmax(want, BOX_MIN), fmin(lines + BOX_TEXT_LEFT + BOX_TEXT_RIGHT, most)));
}

struct sheet_box sheet_box(const struct sheet *sheet, const struct boxes *boxes, const struct box *box)
{
    struct sheet_box b = { .boxes = boxes, .box = box };
    b.text = box_text(boxes, box, sheet->o->unit, sheet->scratch);
    b.height = sheet_box_height(boxes, box);
    sheet_box_measure(&b);
    return b;
}

struct scene_item *sheet_mark(const struct sheet *sheet, enum step_status status, double x, double y, double w,
                              double h)
{
    struct scene_item *r = scene_rect(sheet->s, (enum scene_role)(ROLE_OK + status), x, y, w, h);
    r->radius = fmin(w, h) / 2;
    r->hatched = status == STEP_ERROR;
    r->outlined = status == STEP_RUNNING || status == STEP_UNFINISHED || status == STEP_SKIPPED;
    return r;
}

/* A fold's is divided among its members, what went wrong on top and never less than a dot. */
void sheet_strip(const struct sheet *sheet, const struct sheet_box *b, double x, double y, double height)
{
    if (!is_fold(b)) {
        sheet_mark(sheet, run_shown_status(sheet->run, b->box->step), x, y, BOX_STRIP_WIDTH, height);
        return;
    }
    const struct fold *f = &b->boxes->folds.items[b->box->fold];
    const struct {
        enum step_status status;
        uint32_t count;
    } parts[] = {
        { STEP_ERROR, f->members.errors },
        { STEP_UNFINISHED, f->members.unfinished },
    };
    double whole = height;
    uint32_t rest = f->members.steps;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].count) continue;
        rest -= parts[i].count;
        double part = fmax(floor(whole * parts[i].count / f->members.steps), BOX_STRIP_WIDTH + 1);
        part = rest ? fmin(part, height - BOX_STRIP_WIDTH - 2) : height;
        sheet_mark(sheet, parts[i].status, x, y, BOX_STRIP_WIDTH, part);
        y += part + 1;
        height -= part + 1;
    }
    if (rest) sheet_mark(sheet, f->other, x, y, BOX_STRIP_WIDTH, height);
}

struct str sheet_box_tip(const struct sheet *sheet, const struct sheet_box *b)
{
    if (sheet->o->bare && !is_fold(b)) return S("");
    const struct step *step = b->box->step;
    struct str name = !is_fold(b) && step->key.len ? step->key : b->text.name;
    struct buf tip = BUF_INIT;
    buf_put(&tip, metrics_fit_middle(name, BOX_NAME_SIZE, WEIGHT_REGULAR, TIP_MAX, sheet->scratch));
    if (b->text.times.len) buf_putc(&tip, ' ');
    buf_put(&tip, b->text.times);
    for (int l = 0; l < BOX_LINES && b->text.lines[l].text.len; l++) {
        buf_puts(&tip, " · ");
        buf_put(&tip, b->text.lines[l].text);
    }
    const struct fold *fold = is_fold(b) ? &b->boxes->folds.items[b->box->fold] : NULL;
    if (fold && fold->timed && fold->min != fold->max) {
        buf_puts(&tip, " · min ");
        clock_put_duration(&tip, fold->min, sheet->o->unit);
    }
    return caption_take(&tip, sheet->s->arena);
}

static bool did_not_run(const struct box *b)
{
    return b->fold == FOLD_NONE && (b->step->status == STEP_SKIPPED || b->step->status == STEP_CACHED);
}

enum scene_role sheet_name_role(const struct sheet *sheet, const struct box *b)
{
    if (b->fold != FOLD_NONE) return ROLE_LABEL;
    return b->step->context || did_not_run(b)                    ? ROLE_LABEL_MUTED
           : run_shown_status(sheet->run, b->step) == STEP_ERROR ? ROLE_LABEL_ERROR
                                                                 : ROLE_LABEL;
}

void sheet_box_draw(const struct sheet *sheet, const struct sheet_box *b, double left, double y)
{
    double height = b->height - (is_fold(b) ? BOX_STACK : 0);
    double x = left + BOX_TEXT_LEFT, right = left + b->width - BOX_TEXT_RIGHT, room = right - x, name_room = room;
    if (is_fold(b))
        scene_rect(sheet->s, ROLE_BOX, left + BOX_STACK, y + BOX_STACK, b->width - 2 * BOX_STACK, height)->radius =
            BOX_RADIUS;
    struct scene_item *r = scene_rect(sheet->s, ROLE_BOX, left, y, b->width, height);
    r->radius = BOX_RADIUS;
    r->step = b->box->step->index;
    r->tip = sheet_box_tip(sheet, b);
    r->outlined = b->pale || did_not_run(b->box);
    r->critical = sheet_is_critical(sheet, b->boxes, b->box);
    sheet_strip(sheet, b, left + BOX_STRIP_LEFT, y + BOX_STRIP_TOP, height - 2 * BOX_STRIP_TOP);
    if (is_fold(b)) {
        name_room -= BOX_TIMES_GAP + metrics_width(b->text.times, BOX_NAME_SIZE, WEIGHT_BOLD);
        scene_text(sheet->s, ROLE_LABEL, right, y + BOX_NAME_BASELINE, BOX_NAME_SIZE, WEIGHT_BOLD, ALIGN_RIGHT,
                   b->text.times);
    }
    sheet_text(sheet, b->pale ? ROLE_LABEL_MUTED : sheet_name_role(sheet, b->box), x, y + BOX_NAME_BASELINE,
               BOX_NAME_SIZE, WEIGHT_BOLD, name_room, b->text.name);
    for (int l = 0; l < BOX_LINES && b->text.lines[l].text.len; l++)
        sheet_text(sheet, b->text.lines[l].role, x, y + BOX_LINE_BASELINE + l * BOX_LINE_HEIGHT, BOX_LINE_SIZE,
                   WEIGHT_REGULAR, room, b->text.lines[l].text);
}
