/* SPDX-License-Identifier: MIT
 *
 * Pictures of runs as nobody would draw them: none and a hundred thousand steps, no time and three years, names without
 * end. Whatever is drawn stays within its picture, no text lies over another one or over a bar, and it becomes a file.
 */
#include "load_text.h"

#include "layout/gantt.h"
#include "layout/graph.h"
#include "model/machine.h"
#include "render/picture.h"

#include <math.h>

#define STARTED                                                                                                        \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"runId\":\"r\",\"logVersion\":1,\"name\":\"p\","        \
    "\"key\":\"p\",\"time\":{\"startTs\":%s}}}\n"
#define ENDED                                                                                                          \
    "{\"type\":\"pipeline\",\"operation\":\"finish\",\"status\":\"completed\",\"meta\":{\"runId\":\"r\","              \
    "\"logVersion\":1,"                                                                                                \
    "\"name\":\"p\",\"key\":\"p\",\"time\":{\"startTs\":%s,\"endTs\":%s}}}\n"

/* A log in the making. */
struct log {
    struct buf text;
    const char *start, *end; /* of the run, ms */
};

static struct log log_begin(const char *start, const char *end)
{
    struct log log = { .text = BUF_INIT, .start = start, .end = end };
    buf_printf(&log.text, STARTED, start);
    return log;
}

/* `name` is JSON without its quotes. */
static void add_step(struct log *log, const char *key, struct str name, double from, double to, const char *more)
{
    buf_printf(&log->text,
               "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"key\":\"p.%s\",\"name\":\"",
               key);
    buf_put(&log->text, name);
    buf_printf(&log->text, "\",\"time\":{\"startTs\":%.3f,\"endTs\":%.3f}%s}}\n", from, to, more);
}

static void log_end(struct log *log, struct log_fixture *ret_fixture)
{
    buf_printf(&log->text, ENDED, log->start, log->end);
    load_text(ret_fixture, buf_str(&log->text));
    assert_int_equal(ret_fixture->problems, 0);
    buf_free(&log->text);
}

/* ---- what holds for every picture ---- */

struct area {
    double left, right, top, bottom;
};

static struct area area_of(const struct scene_item *item)
{
    if (item->kind != SCENE_TEXT)
        return (struct area){ fmin(item->x, item->x + item->w), fmax(item->x, item->x + item->w),
                              fmin(item->y, item->y + item->h), fmax(item->y, item->y + item->h) };
    double left = item->x;
    if (item->align == ALIGN_CENTER) left -= item->width / 2;
    if (item->align == ALIGN_RIGHT) left -= item->width;
    return (struct area){ left, left + item->width, item->y - 0.7 * item->size, item->y + 0.15 * item->size };
}

static bool meet(struct area a, struct area b)
{
    const double hair = 0.5;
    return a.left < b.right - hair && b.left < a.right - hair && a.top < b.bottom - hair && b.top < a.bottom - hair;
}

static bool is_bar(const struct scene_item *item)
{
    return item->kind == SCENE_RECT && item->role >= ROLE_OK && item->role <= ROLE_RETRIED;
}

static void assert_inside(const char *what, const struct scene *s)
{
    assert_true(s->width >= 1 && s->height >= 1 && s->width <= PICTURE_SIDE_MAX && s->height <= PICTURE_SIDE_MAX);
    for (size_t i = 0; i < s->count; i++) {
        struct area a = area_of(&s->items[i]);
        bool finite = isfinite(a.left) && isfinite(a.right) && isfinite(a.top) && isfinite(a.bottom);
        if (!finite || a.left < -0.5 || a.right > s->width + 0.5 || a.top < -0.5 || a.bottom > s->height + 0.5)
            fail_msg("%s: %s %s at %.1f-%.1f, %.1f-%.1f is not within %.0f x %.0f: %.*s", what,
                     scene_kind_name(s->items[i].kind), scene_role_name(s->items[i].role), a.left, a.right, a.top,
                     a.bottom, s->width, s->height, (int)(s->items[i].text.len < 60 ? s->items[i].text.len : 60),
                     s->items[i].text.ptr ? s->items[i].text.ptr : "");
    }
}

static int by_top(const void *a, const void *b)
{
    const struct scene_item *x = *(const struct scene_item *const *)a, *y = *(const struct scene_item *const *)b;
    double p = area_of(x).top, q = area_of(y).top;
    return (p > q) - (p < q);
}

/* No text lies over a text or, where `bars` are asked about as well, over a bar. */
static void assert_legible(const char *what, const struct scene *s, bool bars)
{
    const struct scene_item **items = malloc((s->count + 1) * sizeof *items);
    size_t count = 0;
    assert_non_null(items);
    for (size_t i = 0; i < s->count; i++)
        if ((s->items[i].kind == SCENE_TEXT && s->items[i].role != ROLE_ON_STATUS) || (bars && is_bar(&s->items[i])))
            items[count++] = &s->items[i];
    qsort(items, count, sizeof *items, by_top);
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count && area_of(items[k]).top < area_of(items[i]).bottom; k++) {
            if (is_bar(items[i]) && is_bar(items[k])) continue;
            if (!meet(area_of(items[i]), area_of(items[k]))) continue;
            fail_msg("%s: «%.*s» (%.1f, %.1f) lies over «%.*s» (%.1f, %.1f)", what,
                     (int)(items[i]->text.len < 60 ? items[i]->text.len : 60),
                     items[i]->text.ptr ? items[i]->text.ptr : "", items[i]->x, items[i]->y,
                     (int)(items[k]->text.len < 60 ? items[k]->text.len : 60),
                     items[k]->text.ptr ? items[k]->text.ptr : "", items[k]->x, items[k]->y);
        }
    free(items);
}

/* A file in both themes; its size is that of the scene. */
static void assert_file(const char *what, const struct scene *s)
{
    static const struct picture_text none[] = { { NULL, { 0 } } };
    for (int theme = THEME_LIGHT; theme <= THEME_DARK; theme++) {
        struct buf png = BUF_INIT, svg = BUF_INIT;
        struct err e = { 0 };
        if (!png_write(s, (enum picture_theme)theme, 1, none, &png, &e)) fail_msg("%s: %s", what, e.text);
        const unsigned char *head = (const unsigned char *)png.ptr;
        assert_true(png.len > 24 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0);
        unsigned width = (unsigned)head[16] << 24 | (unsigned)head[17] << 16 | (unsigned)head[18] << 8 | head[19];
        unsigned height = (unsigned)head[20] << 24 | (unsigned)head[21] << 16 | (unsigned)head[22] << 8 | head[23];
        assert_int_equal(width, (unsigned)s->width);
        assert_int_equal(height, (unsigned)s->height);
        svg_write(s, (enum picture_theme)theme, &svg);
        assert_true(svg.len > 100);
        buf_free(&png);
        buf_free(&svg);
    }
}

static void draw_gantt(const char *what, const struct run *run, struct analysis *analysis, enum gantt_style style,
                       uint32_t max_rows)
{
    const struct gantt_options o = { .analysis = analysis,
                                     .style = style,
                                     .min_width = 500,
                                     .min_height = 300,
                                     .max_side = PICTURE_SIDE_MAX,
                                     .max_rows = max_rows };
    struct arena arena = { 0 };
    struct scene s;
    char full[200];
    snprintf(full, sizeof full, "%s, %s of %u rows", what, style == GANTT_MINI ? "mini" : "chart", max_rows);
    scene_init(&s, &arena);
    gantt_layout(run, &o, &s);
    assert_inside(full, &s);
    assert_legible(full, &s, style == GANTT_FULL);
    if (max_rows) assert_file(full, &s);
    scene_free(&s);
    arena_free(&arena);
}

static void draw_graph(const char *what, const struct run *run, struct analysis *analysis, enum graph_style style)
{
    static const char *const styles[] = { "tree", "flow", "states" };
    struct arena arena = { 0 };
    struct machine machine = machine_of(run, &arena);
    const struct graph_options o = { .analysis = analysis,
                                     .style = style,
                                     .min_width = 500,
                                     .min_height = 300,
                                     .max_side = PICTURE_SIDE_MAX,
                                     .max_boxes = GRAPH_BOXES,
                                     .fold_over = GRAPH_FOLD_OVER,
                                     .max_states = GRAPH_STATES,
                                     .machine = &machine };
    struct scene s;
    char full[200];
    snprintf(full, sizeof full, "%s, %s", what, styles[style]);
    scene_init(&s, &arena);
    graph_layout(run, &o, &s);
    assert_inside(full, &s);
    assert_legible(full, &s, false);
    assert_file(full, &s);
    scene_free(&s);
    arena_free(&arena);
}

static void draw_all(const char *what, const struct run *run)
{
    struct analysis *analysis = analysis_begin(run);
    draw_gantt(what, run, analysis, GANTT_FULL, 200);
    draw_gantt(what, run, analysis, GANTT_FULL, 0);
    draw_gantt(what, run, analysis, GANTT_MINI, 200);
    for (int style = GRAPH_TREE; style <= GRAPH_MACHINE; style++)
        draw_graph(what, run, analysis, (enum graph_style)style);
    analysis_free(analysis);
}

static void draw_log(const char *what, struct log *log)
{
    struct log_fixture f;
    log_end(log, &f);
    draw_all(what, f.runs);
    unload(&f);
}

/* ---- how many ---- */

static void numbers_of_steps(void **state)
{
    (void)state;
    static const int counts[] = { 0, 1, 2, 3, 30, 200, 201, 1200, 1201, 100000 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int alike = 0; alike < 2; alike++) {
            struct log log = log_begin("1000", "200000");
            char key[32], what[60];
            for (int n = 0; n < counts[i]; n++) {
                snprintf(key, sizeof key, "%c%d", alike ? 's' : 'a' + n * 7 % 26, n);
                add_step(&log, key, str_z(key), 1000 + n, 1000 + n + n * 31 % 977,
                         n % 97 == 5 ? ",\"error\":\"it did not work\"" : "");
            }
            snprintf(what, sizeof what, "%d steps%s", counts[i], alike ? " of a kind" : "");
            draw_log(what, &log);
        }
}

/* ---- how long ---- */

static void spans_of_time(void **state)
{
    (void)state;
    static const struct {
        const char *what, *start, *end;
        double from, length, apart;
    } spans[] = {
        { "no length", "1767225600000", "1767225600000", 1767225600000, 0, 0 },
        { "a microsecond", "1767225600000", "1767225600000.001", 1767225600000, 0.001, 0 },
        { "a second", "1767225600000", "1767225601000", 1767225600000, 100, 90 },
        { "over midnight", "1767225600000", "1767312000000", 1767225600000, 7200000, 8000000 },
        { "three years", "1767225600000", "1861833600000", 1767225600000, 9e9, 8e9 },
        { "from the year 1", "-62135596800000", "1767225600000", -62135596800000, 6e12, 5e12 },
    };
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct log log = log_begin(spans[i].start, spans[i].end);
        for (int n = 0; n < 10; n++) {
            char key[32];
            snprintf(key, sizeof key, "part_%c", 'a' + n);
            add_step(&log, key, str_z(key), spans[i].from + n * spans[i].apart,
                     spans[i].from + n * spans[i].apart + spans[i].length, n == 4 ? ",\"error\":\"no\"" : "");
        }
        draw_log(spans[i].what, &log);
    }
}

/* ---- how deep ---- */

static void levels(void **state)
{
    (void)state;
    struct log log = log_begin("1000", "2000");
    struct buf key = BUF_INIT;
    for (int n = 0; n < 300; n++) {
        char name[16];
        snprintf(name, sizeof name, "l%d", n);
        if (n) buf_putc(&key, '.');
        buf_puts(&key, name);
        buf_putc(&key, '\0');
        add_step(&log, key.ptr, str_z(name), 1000 + n, 2000 - n, "");
        key.len--;
    }
    buf_free(&key);
    draw_log("300 levels", &log);
}

/* ---- what they are called ---- */

static void names(void **state)
{
    (void)state;
    /* nothing, space, control characters; Hebrew, Arabic, Chinese, Greek and Cyrillic; joined emoji, marks;
     * markup, half a surrogate */
    static const char *const texts[] = {
        "",
        " ",
        "\\u0000\\u0001\\u001b[31m",
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD7\xA2\xD7\x95\xD7\x9C\xD7\x9D",
        "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7 \xD8\xA8\xD8\xA7\xD9\x84\xD8\xB9\xD8\xA7\xD9\x84\xD9\x85",
        "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C",
        "\xCE\xA9\xCE\xBC\xCE\xAD\xCE\xB3\xCE\xB1 \xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82",
        "\xF0\x9F\x9A\x80\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB done",
        "Z\xCC\x80\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86\xCC\x87\xCC\x88\xCC\x89\xCC\x8A",
        "<script>alert(1)</script>&amp;\\\"'",
        "\\ud800 half",
    };
    struct log log = log_begin("1000", "3000");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char key[16];
        struct buf more = BUF_INIT;
        snprintf(key, sizeof key, "k%c", (int)('a' + i));
        buf_printf(&more, ",\"error\":\"%s\"", texts[i]);
        buf_putc(&more, '\0');
        add_step(&log, key, str_z(texts[i]), 1000 + (double)i * 100, 1500 + (double)i * 100, i % 2 ? more.ptr : "");
        buf_free(&more);
    }
    struct buf endless = BUF_INIT;
    for (int i = 0; i < 10000; i++) buf_puts(&endless, i % 3 ? "w" : "\xE4\xB8\x96");
    add_step(&log, "long", buf_str(&endless), 1000, 3000, ",\"error\":\"e\"");
    add_step(&log, "long.below", buf_str(&endless), 1000, 1001, "");
    buf_free(&endless);
    draw_log("names", &log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_steps),
        cmocka_unit_test(spans_of_time),
        cmocka_unit_test(levels),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests_name("extremes", tests, NULL, NULL);
}
