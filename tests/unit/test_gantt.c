/* SPDX-License-Identifier: MIT
 *
 * What the Gantt chart says beyond bars: the strip of running steps, the critical path, errors, folds and attempts,
 * logged warnings, tokens, links, dates; and the sparkline. Names, ticks and limits are test_layout.c's.
 */
#include "load_text.h"

#include "layout/calendar.h"
#include "layout/gantt.h"

#include <math.h>

#define STARTED                                                                                                        \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"demo\",\"key\":\"demo\","                     \
    "\"time\":{\"startTs\":0},\"logVersion\":1,\"runId\":\"r\"}}\n"
#define ENDED(end)                                                                                                     \
    "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"demo\",\"key\":\"demo\",\"time\":"           \
    "{\"startTs\":0,\"endTs\":" #end "},\"runId\":\"r\"},\"status\":\"completed\"}\n"
#define STEP(id, parent, start, end, more)                                                                             \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":\"" id "\",\"parentId\":\"" parent   \
    "\",\"name\":\"" id "\",\"key\":\"demo." id "\",\"time\":{\"startTs\":" #start ",\"endTs\":" #end "}" more "}}\n"
#define TOP(id, start, end, more)                                                                                      \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":\"" id "\",\"name\":\"" id           \
    "\",\"key\":\"demo." id "\",\"time\":{\"startTs\":" #start ",\"endTs\":" #end "}" more "}}\n"
#define ENTRY(id, level, ts)                                                                                           \
    "{\"type\":\"step\",\"operation\":\"log\",\"runId\":\"r\",\"step\":{\"id\":\"" id "\"},\"level\":\"" level         \
    "\",\"message\":\"m\",\"ts\":" #ts "}\n"
#define LINK(id, to, relation)                                                                                         \
    "{\"type\":\"step\",\"operation\":\"link\",\"runId\":\"r\",\"step\":{\"id\":\"" id "\"},\"to\":{\"stepId\":\"" to  \
    "\"},\"relation\":\"" relation "\"}\n"
#define COUNT(array) (sizeof(array) / sizeof *(array))

static double min_width = 500;

struct drawn {
    struct log_fixture log;
    struct run *run;
    struct arena arena;
    struct scene scene;
};

static void draw(struct drawn *d, struct str log, enum gantt_style style, const struct rows *rows)
{
    *d = (struct drawn){ 0 };
    load_text(&d->log, log);
    d->run = d->log.runs;
    struct analysis *analysis = analysis_begin(d->run);
    const struct error_lines errors = error_lines_read(d->run, &d->arena);
    const struct gantt_options o = {
        .analysis = analysis, .errors = &errors, .style = style, .min_width = min_width, .min_height = 300, .rows = rows
    };
    scene_init(&d->scene, &d->arena);
    gantt_layout(d->run, &o, &d->scene);
    analysis_free(analysis);
    for (size_t i = 0; i < d->scene.count; i++) { /* what holds for all of them: nothing leaves the picture */
        const struct scene_item *item = &d->scene.items[i];
        double left = item->x - (item->align == ALIGN_CENTER ? item->width / 2 : item->align ? item->width : 0);
        double right = item->kind == SCENE_TEXT ? left + item->width : item->x + item->w;
        assert_true(isfinite(item->x + item->y + item->w + item->h));
        assert_true(left >= 0 && right >= 0 && right <= d->scene.width + 0.01);
        assert_true(item->y >= 0 && item->y + item->h >= 0 && item->y + item->h <= d->scene.height + 0.01);
    }
}

static void draw_full(struct drawn *d, struct str log) { draw(d, log, GANTT_FULL, NULL); }

static void erase(struct drawn *d)
{
    scene_free(&d->scene);
    arena_free(&d->arena);
    unload(&d->log);
}

static size_t count_of(const struct drawn *d, enum scene_kind kind, enum scene_role role)
{
    size_t count = 0;
    for (size_t i = 0; i < d->scene.count; i++)
        count += d->scene.items[i].kind == kind && d->scene.items[i].role == role;
    return count;
}

/* The text that contains the part, NULL when there is none. */
static const struct scene_item *text_with(const struct drawn *d, const char *part)
{
    for (size_t i = 0; i < d->scene.count; i++) {
        struct str text = d->scene.items[i].text;
        for (size_t at = 0; d->scene.items[i].kind == SCENE_TEXT && at < text.len; at++)
            if (str_starts(str_skip(text, at), str_z(part))) return &d->scene.items[i];
    }
    return NULL;
}

static const struct scene_item *bar_of(const struct drawn *d, const char *key)
{
    uint32_t step = step_at(d->run, key, 0)->index;
    for (size_t i = 0; i < d->scene.count; i++)
        if (d->scene.items[i].kind == SCENE_RECT && d->scene.items[i].step == step) return &d->scene.items[i];
    fail_msg("%s has no bar", key);
    return NULL;
}

/* px of thick critical line under the bar of the step. */
static double path_under(const struct drawn *d, const char *key)
{
    const struct scene_item *bar = bar_of(d, key);
    double sum = 0;
    for (size_t i = 0; i < d->scene.count; i++) {
        const struct scene_item *line = &d->scene.items[i];
        if (line->role != ROLE_CRITICAL || !(line->thickness > 2)) continue;
        if (line->y < bar->y + bar->h || line->y > bar->y + bar->h + 8) continue;
        assert_true(line->x >= bar->x - 0.5 && line->x + line->w <= bar->x + bar->w + 0.5);
        sum += line->w;
    }
    return sum;
}

/* No upright line of the role runs through a text. */
static void assert_clear_of_texts(const struct drawn *d, enum scene_role role)
{
    for (size_t i = 0; i < d->scene.count; i++) {
        const struct scene_item *line = &d->scene.items[i];
        if (line->kind != SCENE_LINE || line->role != role || fabs(line->w) > 0.1) continue;
        double top = fmin(line->y, line->y + line->h), bottom = fmax(line->y, line->y + line->h);
        for (size_t k = 0; k < d->scene.count; k++) {
            const struct scene_item *text = &d->scene.items[k];
            if (text->kind != SCENE_TEXT || text->align != ALIGN_LEFT) continue;
            bool beside = line->x <= text->x || line->x >= text->x + text->width;
            assert_true(beside || bottom <= text->y - text->size * 0.8 || top >= text->y + 1);
        }
    }
}

static void a_chain_has_no_strip_and_no_path(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 40, "") TOP("b", 40, 100, "") ENDED(100)));
    assert_int_equal(count_of(&d, SCENE_RECT, ROLE_STRIP), 0);
    assert_int_equal(count_of(&d, SCENE_LINE, ROLE_CRITICAL), 0);
    assert_null(text_with(&d, "critical path"));
    assert_null(text_with(&d, "at once"));
    erase(&d);
}

static void strip_and_path_say_what_overlapped(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 60, "") TOP("b", 20, 100, "") TOP("c", 30, 50, "") ENDED(100)));
    assert_non_null(text_with(&d, "up to 3 steps at once"));
    assert_non_null(text_with(&d, "critical path"));
    const struct scene_item *root = bar_of(&d, "demo");
    double most = 0, from = INFINITY, to = 0;
    for (size_t i = 0; i < d.scene.count; i++) {
        const struct scene_item *item = &d.scene.items[i];
        if (item->role != ROLE_STRIP) continue;
        if (item->h > most) {
            most = item->h;
            from = item->x;
            to = item->x + item->w;
        }
        assert_true(item->x >= root->x - 1 && item->x + item->w <= root->x + root->w + 1);
        assert_true(item->y + item->h < root->y);
    }
    assert_true(most > 30 && most < 36);
    assert_true(fabs((from - root->x) / root->w - 0.3) < 0.01 && fabs((to - root->x) / root->w - 0.5) < 0.01);
    /* b from 20 on; before it a's end is not what b waited for, so it is the run's own time */
    assert_true(fabs(path_under(&d, "demo.b") - bar_of(&d, "demo.b")->w) < 1);
    assert_true(fabs(path_under(&d, "demo") / root->w - 0.2) < 0.01);
    assert_true(path_under(&d, "demo.a") <= 0 && path_under(&d, "demo.c") <= 0);
    assert_clear_of_texts(&d, ROLE_CRITICAL);
    assert_clear_of_texts(&d, ROLE_GRID);
    erase(&d);
}

/* A page repeats the ancestors of its rows: what is on the path on other pages is not theirs. */
static void pages_show_their_own_part_of_the_path(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 50, "") TOP("b", 50, 100, "") TOP("c", 0, 20, "") ENDED(100)));
    assert_true(path_under(&d, "demo") <= 0 && path_under(&d, "demo.a") > 100);
    const struct step *root = d.run->root, *b = step_at(d.run, "demo.b", 0);
    struct row items[] = {
        { .step = root, .steps = &root, .step_count = 1, .parent = ROW_NONE, .last_child = 1 },
        { .step = b, .steps = &b, .step_count = 1, .last_child = ROW_NONE, .depth = 1 },
    };
    const struct rows rows = { .items = items, .count = 2, .steps = 4 };
    for (int paged = 0; paged < 2; paged++) {
        struct analysis *analysis = analysis_begin(d.run);
        const struct gantt_options o = { .analysis = analysis, .min_width = 500, .rows = &rows };
        items[0].repeated = paged;
        scene_free(&d.scene);
        scene_init(&d.scene, &d.arena);
        gantt_layout(d.run, &o, &d.scene);
        analysis_free(analysis);
        assert_true(path_under(&d, "demo.b") > 100);
        assert_int_equal(path_under(&d, "demo") > 100, !paged); /* a is left out here, on another page there */
        assert_int_equal(text_with(&d, "(continued)") != NULL, paged);
    }
    erase(&d);
}

static void errors_stand_beside_the_deepest_bar(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 50, ",\"error\":\"no route\\nstack\"")
                        STEP("b", "a", 10, 50, ",\"error\":\"no route\\nstack\"")
                            STEP("c", "a", 20, 40, ",\"error\":\"another one\"") ENDED(100)));
    const struct scene_item *why = text_with(&d, "no route");
    assert_non_null(why);
    assert_str(why->text, "· no route …");
    assert_int_equal(why->role, ROLE_LABEL_ERROR);
    const struct scene_item *bar = bar_of(&d, "demo.b");
    assert_true(why->x > bar->x + bar->w && fabs(why->y - (bar->y + bar->h)) < 8);
    size_t said = 0;
    for (size_t i = 0; i < d.scene.count; i++) said += str_starts(d.scene.items[i].text, S("· no route"));
    assert_int_equal(said, 1);
    assert_non_null(text_with(&d, "another one"));
    erase(&d);
}

static void long_errors_are_cut_and_leave_the_plot_its_room(void **state)
{
    (void)state;
    struct drawn with, without;
    char log[4096], error[301];
    memset(error, 'e', 300);
    error[300] = 0;
    snprintf(log, sizeof log, STARTED TOP("a", 0, 100, ",\"error\":\"%s\"") ENDED(100), error);
    for (min_width = 500; min_width < 1000; min_width += 400) { /* may widen, may not */
        draw_full(&with, str_z(log));
        draw_full(&without, S(STARTED TOP("a", 0, 100, ",\"status\":\"error\"") ENDED(100)));
        const struct scene_item *why = text_with(&with, "· eee");
        assert_non_null(why);
        assert_true(str_ends(why->text, S("…")) && why->width > 150);
        assert_true(bar_of(&with, "demo.a")->w >= 0.69 * bar_of(&without, "demo.a")->w);
        assert_true(with.scene.width <= without.scene.width + 140);
        erase(&with);
        erase(&without);
    }
    min_width = 500;
}

static void folds_and_attempts_are_one_row(void **state)
{
    (void)state;
    struct log_fixture f;
    struct str log = S(STARTED TOP("p_1", 0, 10, "") TOP("p_2", 20, 40, "") TOP("p_3", 50, 80, ",\"error\":\"x\"") TOP(
        "t_1", 0, 30, ",\"error\":\"x\"") TOP("t_2", 30, 30, ",\"error\":\"x\"") TOP("t_3", 30, 90, "") ENDED(100));
    struct drawn d;
    draw_full(&d, log); /* finds the places of the steps */
    const struct step *root = d.run->root;
    const struct step *members[3], *tries[3];
    for (int i = 0; i < 3; i++) {
        char key[] = "demo.p_1";
        key[7] = (char)('1' + i);
        members[i] = step_at(d.run, key, 0);
        key[5] = 't';
        tries[i] = step_at(d.run, key, 0);
    }
    const struct fold fold = { .pattern = S("p_*"),
                               .first = members[0],
                               .members = { .steps = 3, .errors = 1 },
                               .timed = 3,
                               .min = 10000,
                               .mean = 20000,
                               .p95 = 30000,
                               .max = 30000 };
    struct row items[] = {
        { .step = root, .steps = &root, .step_count = 1, .parent = ROW_NONE, .last_child = 2 },
        { .step = members[0], .steps = members, .step_count = 3, .fold = &fold, .last_child = ROW_NONE, .depth = 1 },
        { .step = tries[2], .steps = tries, .step_count = 3, .attempts = true, .last_child = ROW_NONE, .depth = 1 },
    };
    const struct rows rows = { .items = items, .count = 3, .steps = 7, .folds = 1, .folded = 3 };
    f = d.log;
    const struct gantt_options o = { .min_width = 500, .min_height = 300, .rows = &rows, .page = 2, .pages = 5 };
    scene_free(&d.scene);
    scene_init(&d.scene, &d.arena);
    gantt_layout(f.runs, &o, &d.scene);
    assert_non_null(text_with(&d, "p_*"));
    assert_non_null(text_with(&d, "×3 · mean 20 ms · p95 30 ms · 1 error"));
    assert_non_null(text_with(&d, "90 ms · 3 attempts"));
    assert_non_null(text_with(&d, "folded steps"));
    assert_non_null(text_with(&d, "page 2 of 5"));
    const struct scene_item *span = NULL;
    double free = 0;
    size_t marks = 0, bars = 0;
    for (size_t i = 0; i < d.scene.count; i++) {
        const struct scene_item *item = &d.scene.items[i];
        if (item->kind != SCENE_RECT) continue;
        if (item->role == ROLE_FOLD && item->step == members[0]->index) span = item;
        if (span && item->role != ROLE_FOLD && item->y > span->y && item->y + item->h < span->y + span->h) {
            assert_true(item->x >= span->x && item->x + item->w <= span->x + span->w);
            marks++;
        }
        if (item->step != tries[0]->index && item->step != tries[1]->index && item->step != tries[2]->index) continue;
        assert_true(item->x >= free); /* one after the other, told apart where they touch */
        assert_int_equal(item->role, bars < 2 ? ROLE_ERROR : ROLE_OK);
        free = item->x + item->w + 0.4;
        bars++;
    }
    assert_non_null(span);
    assert_int_equal(marks, 3);
    assert_int_equal(bars, 3);
    assert_true(fabs(span->w / bar_of(&d, "demo")->w - 0.8) < 0.01);
    erase(&d);
}

static void warnings_and_errors_are_marked_at_their_time(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 20, 80, "") ENTRY("a", "info", 30) ENTRY("a", "warn", 50) ENTRY("a", "error", 65)
                        ENTRY("a", "debug", 70) ENDED(100)));
    const struct scene_item *bar = bar_of(&d, "demo.a"), *warning = NULL, *error = NULL;
    for (size_t i = 0; i < d.scene.count; i++) {
        const struct scene_item *item = &d.scene.items[i];
        if (item->y < bar->y - 10 || item->y > bar->y + 14) continue;
        if (item->kind == SCENE_ARROW && item->role == ROLE_WARN) warning = item;
        if (item->kind == SCENE_RECT && item->role == ROLE_ERROR) error = item;
    }
    assert_non_null(warning);
    assert_non_null(error);
    assert_true(fabs(warning->x - (bar->x + bar->w / 2)) < 1);
    assert_true(fabs(error->x + error->w / 2 - (bar->x + bar->w * 0.75)) < 1);
    assert_int_equal(count_of(&d, SCENE_ARROW, ROLE_WARN), 2); /* with the legend's */
    assert_non_null(text_with(&d, "warning logged"));
    assert_non_null(text_with(&d, "error logged"));
    erase(&d);
    struct buf many = BUF_INIT;
    buf_puts(&many, STARTED TOP("a", 0, 1000, ""));
    for (int i = 0; i < 1000; i++)
        buf_printf(&many,
                   "{\"type\":\"step\",\"operation\":\"log\",\"runId\":\"r\",\"step\":{\"id\":\"a\"},"
                   "\"level\":\"warn\",\"message\":\"m\",\"ts\":%d}\n",
                   i);
    buf_puts(&many, ENDED(1000));
    draw_full(&d, buf_str(&many));
    size_t count = count_of(&d, SCENE_ARROW, ROLE_WARN);
    assert_in_range(count, 20, bar_of(&d, "demo.a")->w / 7 + 2);
    erase(&d);
    buf_free(&many);
}

static void tokens_stand_beside_their_step(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d,
              S(STARTED TOP("a", 0, 80,
                            ",\"records\":{\"__LLM_RESPONSE_1\":{\"model\":\"m\",\"choices\":[],\"usage\":"
                            "{\"prompt_tokens\":1800,\"completion_tokens\":30,\"total_tokens\":1830}}}") ENDED(100)));
    assert_non_null(text_with(&d, "80 ms · 1,830 tokens"));
    erase(&d);
}

static void links_join_rows(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 20, "") TOP("b", 5, 15, "") TOP("c", 60, 90, "") STEP("k", "c", 70, 80, "")
                        TOP("e", 2, 8, "") LINK("c", "a", "follows") LINK("c", "nobody", "follows")
                            LINK("k", "c", "refers") LINK("e", "c", "refers") LINK("b", "e", "follows") ENDED(100)));
    /* c after a, e after c, b after e: an arrow each, and the legend's curve; k is c's child anyway */
    assert_int_equal(count_of(&d, SCENE_ARROW, ROLE_LINK), 3);
    assert_non_null(text_with(&d, "link"));
    const struct scene_item *to = bar_of(&d, "demo.c"), *arrow = NULL;
    for (size_t i = 0; i < d.scene.count; i++) {
        const struct scene_item *item = &d.scene.items[i];
        if (item->kind == SCENE_ARROW && item->role == ROLE_LINK && fabs(item->x + item->w - to->x) < 1) arrow = item;
    }
    assert_non_null(arrow);
    assert_true(arrow->y > to->y && arrow->y < to->y + to->h);
    assert_clear_of_texts(&d, ROLE_LINK);
    erase(&d);
    draw_full(&d, S(STARTED TOP("a", 0, 20, "") TOP("b", 5, 15, "") LINK("b", "nobody", "follows") ENDED(100)));
    assert_int_equal(count_of(&d, SCENE_ARROW, ROLE_LINK), 0);
    assert_null(text_with(&d, "link"));
    erase(&d);
}

static void too_many_links_are_told(void **state)
{
    (void)state;
    struct buf log = BUF_INIT;
    struct drawn d;
    buf_puts(&log, STARTED);
    for (int i = 0; i < 151; i++)
        buf_printf(&log,
                   "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":\"s%d\",\"name\":"
                   "\"s%d\",\"key\":\"demo.s%d\",\"time\":{\"startTs\":%d,\"endTs\":%d}}}\n",
                   i, i, i, i, i + 1);
    for (int i = 1; i < 151; i++)
        buf_printf(&log,
                   "{\"type\":\"step\",\"operation\":\"link\",\"runId\":\"r\",\"step\":{\"id\":\"s%d\"},\"to\":"
                   "{\"stepId\":\"s%d\"},\"relation\":\"follows\"}\n",
                   i, i - 1);
    buf_puts(&log, ENDED(151));
    draw_full(&d, buf_str(&log));
    assert_non_null(text_with(&d, "link (100 of 150 are drawn)"));
    assert_int_equal(count_of(&d, SCENE_ARROW, ROLE_LINK), 100);
    erase(&d);
    buf_free(&log);
}

static void long_axes_say_the_date(void **state)
{
    (void)state;
    struct drawn d;
    draw_full(&d, S(STARTED TOP("a", 0, 3600000, "") ENDED(82800000)));
    assert_null(text_with(&d, "1970-01-02"));
    erase(&d);
    draw_full(&d, S(STARTED TOP("a", 0, 3600000, "") ENDED(108000000))); /* 30 hours */
    assert_non_null(text_with(&d, "1970-01-02"));
    assert_non_null(text_with(&d, "1970-01-01"));
    assert_non_null(text_with(&d, "1 d"));
    assert_null(text_with(&d, "1970-01-03"));
    erase(&d);
    draw_full(&d, S(STARTED TOP("a", 0, 3600000, "") ENDED(94608000000))); /* 3 years */
    assert_non_null(text_with(&d, "1972-01"));
    assert_null(text_with(&d, "1972-01-01"));
    erase(&d);
}

#define DAY INT64_C(86400000000)

static void calendar_says(enum calendar_unit unit, int64_t every, int64_t after, const char *expected)
{
    struct buf b = BUF_INIT;
    calendar_put(unit, calendar_next(unit, every, after), &b);
    assert_str(buf_str(&b), expected);
    buf_free(&b);
}

static void the_calendar_is_right(void **state)
{
    (void)state;
    calendar_says(CALENDAR_DAY, 1, 0, "1970-01-02");
    calendar_says(CALENDAR_DAY, 1, -1, "1970-01-01");
    calendar_says(CALENDAR_DAY, 1, 19781 * DAY + 5, "2024-02-29"); /* 2024-02-28 is day 19,781 */
    calendar_says(CALENDAR_DAY, 7, 0, "1970-01-05");
    calendar_says(CALENDAR_MONTH, 1, 19781 * DAY, "2024-03");
    calendar_says(CALENDAR_MONTH, 3, 19781 * DAY, "2024-04");
    calendar_says(CALENDAR_MONTH, 6, 364 * DAY, "1971-01");
    calendar_says(CALENDAR_MONTH, 1, -DAY, "1970-01");
    calendar_says(CALENDAR_YEAR, 1, 0, "1971");
    calendar_says(CALENDAR_YEAR, 100, 0, "2000");
    for (int64_t time = -200000 * DAY - 1; time < 200000 * DAY; time += 37 * DAY + 12345678) {
        struct buf day = BUF_INIT, iso = BUF_INIT;
        calendar_put(CALENDAR_DAY, time, &day);
        clock_put_iso(&iso, time);
        assert_true(str_starts(buf_str(&iso), buf_str(&day)));
        for (int unit = CALENDAR_DAY; unit <= CALENDAR_YEAR; unit++) {
            int64_t next = calendar_next((enum calendar_unit)unit, 1, time);
            static const int64_t most[] = { DAY, 31 * DAY, 366 * DAY };
            assert_true(next > time && next - time <= most[unit] && next % DAY == 0);
        }
        buf_free(&day);
        buf_free(&iso);
    }
    assert_true(calendar_next(CALENDAR_YEAR, 100000, TIME_MAX) > TIME_MAX);
}

static void a_sparkline_is_small_and_shows_what_failed(void **state)
{
    (void)state;
    struct drawn d;
    draw(&d,
         S(STARTED TOP("a", 0, 60, "") TOP("b", 20, 100, ",\"error\":\"x\"") STEP("k", "b", 30, 50, ",\"error\":\"x\"")
               ENDED(100)),
         GANTT_MINI, NULL);
    assert_true(fabs(d.scene.width - 600) < 0.1 && fabs(d.scene.height - 120) < 0.1);
    assert_non_null(text_with(&d, "demo"));
    assert_non_null(text_with(&d, "completed · 100 ms · 4 steps"));
    assert_int_equal(count_of(&d, SCENE_TEXT, ROLE_LABEL), 0);
    assert_int_equal(count_of(&d, SCENE_ARROW, ROLE_ERROR), 1);
    assert_true(count_of(&d, SCENE_RECT, ROLE_ERROR) == 2);
    assert_true(count_of(&d, SCENE_RECT, ROLE_FOLD) >= 2); /* off the path */
    assert_true(count_of(&d, SCENE_RECT, ROLE_OK) >= 2);   /* on it, and the dot */
    erase(&d);
    draw(&d, S(STARTED), GANTT_MINI, NULL);
    assert_true(d.scene.count >= 3);
    erase(&d);
    struct buf log = BUF_INIT;
    buf_puts(&log, STARTED);
    for (int i = 0; i < 20000; i++)
        buf_printf(&log,
                   "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"id\":\"s%d\",\"name\":"
                   "\"s\",\"key\":\"demo.s\",\"time\":{\"startTs\":%d,\"endTs\":%d}%s}}\n",
                   i, i * 7 % 5000, i * 7 % 5000 + i % 900, i % 50 ? "" : ",\"error\":\"x\"");
    buf_puts(&log, ENDED(6000));
    draw(&d, buf_str(&log), GANTT_MINI, NULL);
    assert_true(d.scene.count < 21 * 600);
    assert_in_range(count_of(&d, SCENE_ARROW, ROLE_ERROR), 10, 600 / 8 + 1);
    erase(&d);
    buf_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_has_no_strip_and_no_path),
        cmocka_unit_test(strip_and_path_say_what_overlapped),
        cmocka_unit_test(pages_show_their_own_part_of_the_path),
        cmocka_unit_test(errors_stand_beside_the_deepest_bar),
        cmocka_unit_test(long_errors_are_cut_and_leave_the_plot_its_room),
        cmocka_unit_test(folds_and_attempts_are_one_row),
        cmocka_unit_test(warnings_and_errors_are_marked_at_their_time),
        cmocka_unit_test(tokens_stand_beside_their_step),
        cmocka_unit_test(links_join_rows),
        cmocka_unit_test(too_many_links_are_told),
        cmocka_unit_test(long_axes_say_the_date),
        cmocka_unit_test(the_calendar_is_right),
        cmocka_unit_test(a_sparkline_is_small_and_shows_what_failed),
    };
    return cmocka_run_group_tests_name("gantt", tests, NULL, NULL);
}
