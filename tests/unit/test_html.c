/* SPDX-License-Identifier: MIT
 *
 * The page's plan (which rows, whose payloads), its templates, and the page as a whole: hashes, escaping, write errors.
 */
#include "base/sha256.h"
#include "model/keep.h"
#include "render/html.h"
#include "render/picture.h"
#include "render/wording.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* --- runs made by hand --- */

struct fixture {
    struct arena arena;
    struct sources sources;
    struct step_more none;
    struct run run;
};

static struct fixture *fixture_make(uint32_t room)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->sources = SOURCES_INIT;
    f->run = (struct run){ .sources = &f->sources,
                           .arena = &f->arena,
                           .name = S("run"),
                           .id = S("r"),
                           .status = RUN_COMPLETED,
                           .log_version = -1 };
    f->run.steps = arena_alloc(&f->arena, room, sizeof *f->run.steps);
    return f;
}

static void fixture_free(struct fixture *f)
{
    sources_close(&f->sources);
    arena_free(&f->arena);
    free(f);
}

/* The next step in pre-order; parent NULL for the root. */
static struct step *add_step(struct fixture *f, struct step *parent, int64_t start, int64_t length)
{
    struct step *s = ARENA_NEW(&f->arena, struct step);
    *s = (struct step){ .parent = parent,
                        .name = S("step"),
                        .key = S("step"),
                        .start = start,
                        .end = start + length,
                        .shown_end = start + length,
                        .duration = length,
                        .more = &f->none,
                        .index = f->run.step_count };
    f->run.steps[f->run.step_count++] = s;
    f->run.status_count[STEP_OK]++;
    if (!parent) f->run.root = s;
    else if (parent->last_child) parent->last_child->next = s;
    else parent->first_child = s;
    if (parent) parent->last_child = s;
    if (s->index == 0 || s->shown_end > f->run.end) f->run.end = s->shown_end;
    if (s->index == 0) f->run.start = start;
    f->run.duration = f->run.end - f->run.start;
    return s;
}

static void make_plan(struct fixture *f, uint32_t max_static, uint64_t max_payload, struct html_plan *plan)
{
    keep_rank(&f->run);
    html_plan_make(&f->run, max_static, max_payload, UINT64_MAX, &f->arena, plan);
}

static bool is_row(const struct html_plan *plan, uint32_t at) { return (plan->flags[at] & PLAN_STATIC) != 0; }

/* --- which rows --- */

static void small_runs_are_all_rows(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(4);
    struct step *root = add_step(f, NULL, 0, 100);
    for (int i = 0; i < 3; i++) add_step(f, root, i, 10);
    struct html_plan plan;
    make_plan(f, 4, 1000, &plan);
    assert_int_equal(plan.count, 4);
    assert_int_equal(plan.static_count, 4);
    assert_int_equal(plan.left_out_steps, 0);
    fixture_free(f);
}

static void important_steps_come_first(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(200);
    struct step *root = add_step(f, NULL, 0, 100000), *failed = NULL, *open = NULL, *longest = NULL;
    for (int g = 0; g < 10; g++) {
        struct step *group = add_step(f, root, g, 500);
        for (int i = 0; i < 10; i++) {
            struct step *s = add_step(f, group, g, 1);
            if (g == 3 && i == 7) failed = s;
            if (g == 5 && i == 2) open = s;
            if (g == 8 && i == 9) longest = s;
        }
    }
    failed->status = STEP_ERROR;
    open->status = STEP_UNFINISHED;
    longest->duration = 499;
    struct html_plan plan;
    make_plan(f, 15, 1000, &plan);
    assert_int_equal(plan.static_count, 15);
    assert_true(is_row(&plan, failed->index) && is_row(&plan, open->index) && is_row(&plan, longest->index));
    uint32_t rows = 0;
    for (uint32_t i = 0; i < plan.count; i++) {
        rows += is_row(&plan, i);
        if (is_row(&plan, i) && i > 0) assert_true(is_row(&plan, plan.parent[i]));
    }
    assert_int_equal(rows, 15);
    fixture_free(f);
}

/* A chain longer than the room for rows: its upper end is shown, nothing hangs in the air. */
static void deep_chains_keep_their_upper_end(void **state)
{
    (void)state;
    enum { DEEP = 5000 };
    struct fixture *f = fixture_make(DEEP);
    struct step *s = NULL;
    for (int i = 0; i < DEEP; i++) s = add_step(f, s, i, DEEP);
    s->status = STEP_ERROR; /* needs 5,000 rows: cannot be one */
    struct html_plan plan;
    make_plan(f, 2000, 1000, &plan);
    assert_int_equal(plan.static_count, 2000);
    assert_true(is_row(&plan, 1999));
    assert_false(is_row(&plan, 2000));
    assert_int_equal(plan.depth[DEEP - 1], DEEP - 1);
    fixture_free(f);
}

static void hidden_steps_have_no_place(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(5);
    struct step *root = add_step(f, NULL, 0, 100), *middle = add_step(f, root, 0, 50),
                *leaf = add_step(f, middle, 0, 20);
    struct step *last = add_step(f, root, 60, 10);
    middle->hidden = true;
    struct html_plan plan;
    make_plan(f, 10, 1000, &plan);
    assert_int_equal(plan.count, 3);
    assert_ptr_equal(plan.steps[1], leaf);
    assert_ptr_equal(plan.steps[2], last);
    assert_int_equal(plan.parent[0], PLAN_NO_PARENT);
    assert_int_equal(plan.parent[1], 0);
    assert_int_equal(plan.depth[1], 1);
    fixture_free(f);
}

/* --- whose payloads --- */

static struct payload payload_of(uint64_t length)
{
    return (struct payload){ .offset = 0, .length = (uint32_t)length, .source = 9 };
}

static void errors_get_the_budget_before_results(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(3);
    struct step *root = add_step(f, NULL, 0, 100), *a = add_step(f, root, 0, 10), *b = add_step(f, root, 0, 20);
    root->result = payload_of(1000);
    a->result = payload_of(400);
    b->result = payload_of(400);
    b->error = payload_of(800);
    b->status = STEP_ERROR;
    struct html_plan plan;
    make_plan(f, 10, 1500, &plan);
    assert_int_equal(plan.flags[2], PLAN_STATIC | PLAN_ERROR); /* its result no longer fits: 864 + 464 + 464 > 1500 */
    assert_int_equal(plan.flags[1], PLAN_STATIC | PLAN_ERROR | PLAN_PAYLOADS);
    assert_int_equal(plan.flags[0], PLAN_STATIC | PLAN_ERROR);
    assert_int_equal(plan.left_out_steps, 2);
    assert_int_equal(plan.left_out_bytes, 1064 + 464);
    make_plan(f, 2, 1500, &plan); /* a has no row and so no share: b's result fits */
    assert_int_equal(plan.flags[2], PLAN_STATIC | PLAN_ERROR | PLAN_PAYLOADS);
    assert_int_equal(plan.flags[1], 0);
    assert_int_equal(plan.left_out_steps, 1);
    fixture_free(f);
}

/* Payloads that do not fit are counted, also a `7`. */
/* 100 bytes of each and 64 of markup; the object that holds all records is not cut. */
static void what_is_cut_costs_less(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(2);
    struct step *root = add_step(f, NULL, 0, 100), *child = add_step(f, root, 1, 10);
    root->error = root->result = payload_of(5000);
    child->records = ARENA_NEW(&f->arena, struct record);
    child->records->data = payload_of(5000);
    struct html_plan plan;
    html_plan_make(&f->run, 2, 600, 100, &f->arena, &plan);
    assert_int_equal(plan.error_bytes[0], 164);
    assert_int_equal(plan.payload_bytes[0], 164);
    assert_int_equal(plan.payload_bytes[1], 5064);
    assert_int_equal(plan.flags[0], PLAN_STATIC | PLAN_ERROR | PLAN_PAYLOADS);
    assert_int_equal(plan.flags[1], PLAN_STATIC | PLAN_ERROR);
    child->records->key = S("key");
    html_plan_make(&f->run, 2, 600, 100, &f->arena, &plan);
    assert_int_equal(plan.payload_bytes[1], 164);
    fixture_free(f);
}

static void the_shortest_payloads_count(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(4);
    struct step *root = add_step(f, NULL, 0, 100), *seven = add_step(f, root, 0, 10), *line = add_step(f, root, 0, 10);
    struct step_more logged = { 0 };
    struct log_entry entry = { .message = payload_of(2) };
    add_step(f, root, 0, 10); /* has nothing to say */
    seven->result = payload_of(1);
    logged.logs = &entry;
    line->more = &logged;
    struct html_plan plan;
    make_plan(f, 4, 1000, &plan);
    assert_int_equal(plan.left_out_steps, 0);
    make_plan(f, 4, 10, &plan);
    assert_int_equal(plan.left_out_steps, 2);
    assert_true(plan.left_out_bytes > 3);
    make_plan(f, 1, 10, &plan); /* neither has a row: the page's script finds them in the store */
    assert_int_equal(plan.left_out_steps, 0);
    fixture_free(f);
}

static void google_draws_what_it_can(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(HTML_GOOGLE_ROWS + 1);
    struct html_plan plan;
    struct step *root = add_step(f, NULL, 5, 0);
    make_plan(f, 2000, 1000, &plan);
    assert_false(html_google_fits(&plan)); /* no span */
    root->shown_end = root->end = f->run.end = 10;
    assert_true(html_google_fits(&plan));
    for (int i = 1; i < HTML_GOOGLE_ROWS; i++) add_step(f, root, 5, 1);
    make_plan(f, 2000, 1000, &plan);
    assert_true(html_google_fits(&plan));
    add_step(f, root, 5, 1);
    make_plan(f, 2000, 1000, &plan);
    assert_false(html_google_fits(&plan));
    f->run.start = TIME_NONE;
    assert_false(html_google_fits(&plan));
    fixture_free(f);
}

static void sizes_read_well(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        { 1, "1 byte" },       { 999, "999 bytes" },          { 1000, "1 KB" }, { 1234, "1.2 KB" }, { 45678, "46 KB" },
        { 2500000, "2.5 MB" }, { HTML_PAYLOAD_MAX, "17 MB" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT;
        html_put_bytes(&b, cases[i].bytes);
        buf_putc(&b, '\0');
        assert_string_equal(b.ptr, cases[i].text);
        buf_free(&b);
    }
}

/* --- the page --- */

static struct str between(struct str text, const char *from, const char *to)
{
    const char *start = strstr(text.ptr, from);
    assert_non_null(start);
    start += strlen(from);
    const char *end = strstr(start, to);
    assert_non_null(end);
    return str_of(start, (size_t)(end - start));
}

static bool write_page(struct fixture *f, enum google_mode google, struct buf *out, struct err *e)
{
    static const struct input_notes notes = { 0 };
    struct report_options o = { .google = google,
                                .theme = THEME_AUTO,
                                .max_bytes = 1 << 20,
                                .max_data = 1 << 20,
                                .notes = &notes,
                                .analysis = analysis_begin(&f->run) };
    struct scene empty;
    scene_init(&empty, &f->arena);
    keep_rank(&f->run);
    struct page *page = page_make(&f->run, &o);
    bool good = page_write(page, &empty, &(struct html_graphs){ .scenes = { &empty } }, out, e);
    page_free(page);
    scene_free(&empty);
    analysis_free(o.analysis);
    return good;
}

/* `before` the hash of the content stands this in the policy. */
static void assert_policy_names(struct str policy, const char *before, struct str content)
{
    char hash[SHA256_BASE64_SIZE], expected[200];
    sha256_base64(content, hash);
    snprintf(expected, sizeof expected, "%s%s 'sha256-%s'", before, strchr(before, '=') ? "'" : "", hash);
    struct buf copy = BUF_INIT;
    buf_put(&copy, policy);
    buf_putc(&copy, '\0');
    assert_non_null(strstr(copy.ptr, expected));
    buf_free(&copy);
}

static void policy_names_script_and_style(void **state)
{
    (void)state;
    static const enum google_mode modes[] = { GOOGLE_AUTO, GOOGLE_OFF };
    for (size_t i = 0; i < 2; i++) {
        struct fixture *f = fixture_make(2);
        add_step(f, add_step(f, NULL, 0, 100), 5, 10);
        struct buf page = BUF_INIT;
        struct err e = { 0 };
        assert_true(write_page(f, modes[i], &page, &e));
        buf_putc(&page, '\0');
        struct str policy = between(buf_str(&page), "Content-Security-Policy\" content=\"", "\"");
        assert_policy_names(policy, "style-src", between(buf_str(&page), "<style>", "</style>"));
        struct str head_script = between(buf_str(&page), "<script>", "</script>");
        struct str after = str_skip(buf_str(&page), (size_t)(head_script.ptr - page.ptr));
        char head_hash[SHA256_BASE64_SIZE];
        sha256_base64(head_script, head_hash);
        assert_policy_names(policy, "script-src", head_script);
        assert_policy_names(policy, head_hash, between(after, "<script>", "</script>"));
        assert_int_equal(strstr(page.ptr, "gstatic") != NULL, modes[i] == GOOGLE_AUTO);
        struct str body = between(after, "</script>", "<script>");
        for (size_t at = 0; at + 1 < body.len; at++)
            assert_true(memcmp(body.ptr + at, "{{", 2) != 0); /* no hole is left */
        buf_free(&page);
        fixture_free(f);
    }
}

/* `text` ends with a zero. */
static void assert_says(const struct buf *text, const char *before, struct str sentence, const char *after)
{
    struct buf whole = BUF_INIT;
    buf_printf(&whole, "%s%.*s%s", before, STR_ARG(sentence), after);
    buf_putc(&whole, '\0');
    if (!strstr(text->ptr, whole.ptr)) fail_msg("not said: %s", whole.ptr);
    buf_free(&whole);
}

/* What had to be put right while reading is said in the same words by the page and by the summary. */
static void notes_are_worded_alike(void **state)
{
    (void)state;
    static const struct input_notes none = { 0 };
    struct report_options o = {
        .google = GOOGLE_OFF, .theme = THEME_AUTO, .max_bytes = 1 << 20, .max_data = 1 << 20, .notes = &none
    };
    for (uint64_t n = 1; n <= 2; n++) {
        struct fixture *f = fixture_make(1);
        add_step(f, NULL, 0, 100);
        f->run.notes = (struct run_notes){ n, n, n, n, n, n };
        struct buf page = BUF_INIT, summary = BUF_INIT, sentence = BUF_INIT;
        struct err e = { 0 };
        assert_true(write_page(f, GOOGLE_OFF, &page, &e));
        o.analysis = analysis_begin(&f->run);
        markdown_write(&f->run, &o, &summary);
        analysis_free(o.analysis);
        buf_putc(&page, '\0');
        buf_putc(&summary, '\0');
        for (size_t i = 0; i < WORDING_NOTES; i++) {
            buf_clear(&sentence);
            assert_true(wording_put_note(&sentence, &f->run.notes, i));
            assert_says(&page, "\n<li>", buf_str(&sentence), "</li>\n");
            assert_says(&summary, "\n- ", buf_str(&sentence), "\n");
        }
        buf_free(&page);
        buf_free(&summary);
        buf_free(&sentence);
        fixture_free(f);
    }
}

static void names_have_one_fallback(void **state)
{
    (void)state;
    struct run run = { .name = S("  ") };
    assert_true(str_eq(wording_title(&run, S("")), S("(no name)")));
    assert_true(str_eq(wording_title(&run, S("title")), S("title")));
    run.name = S("run");
    assert_true(str_eq(wording_title(&run, S(" ")), S("run")));
    assert_true(str_eq(wording_name(S("")), S("(no name)")));
    assert_true(str_eq(wording_name(S(" a")), S(" a")));
}

static void the_index_takes_title_unit_and_theme(void **state)
{
    (void)state;
    static const struct {
        enum picture_theme theme;
        enum time_unit unit;
        const char *root, *duration, *title;
    } cases[] = {
        { THEME_AUTO, UNIT_AUTO, "<html lang=\"en\">", ">1.50 s<", "" },
        { THEME_DARK, UNIT_MS, "<html lang=\"en\" data-theme=\"dark\">", ">1,500 ms<", "My runs" },
        { THEME_LIGHT, UNIT_S, "<html lang=\"en\" data-theme=\"light\">", ">1.500 s<", "" },
    };
    static const struct input_notes none = { 0 };
    const struct str folders[] = { S("one") };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *f = fixture_make(1);
        add_step(f, NULL, 0, 1500000);
        const struct report_options o = {
            .title = str_z(cases[i].title), .unit = cases[i].unit, .theme = (int)cases[i].theme, .notes = &none
        };
        struct buf page = BUF_INIT;
        assert_true(index_write(&f->run, folders, &o, &page, NULL));
        buf_putc(&page, '\0');
        assert_non_null(strstr(page.ptr, cases[i].root));
        assert_non_null(strstr(page.ptr, cases[i].duration));
        assert_true(str_eq(between(buf_str(&page), "<title>", "</title>"),
                           *cases[i].title ? str_z(cases[i].title) : S("Pipeline runs")));
        buf_free(&page);
        fixture_free(f);
    }
}

static void a_failed_write_is_told(void **state)
{
    (void)state;
    struct fixture *f = fixture_make(1);
    add_step(f, NULL, 0, 100);
    struct buf page = BUF_INIT;
    struct err e = { 0 };
    page.fd = open("/dev/null", O_RDONLY); /* writing to it is an error */
    assert_true(page.fd >= 0);
    buf_put_repeat(&page, ' ', BUF_FLUSH + 1);
    assert_false(write_page(f, GOOGLE_OFF, &page, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    close(page.fd);
    buf_free(&page);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_runs_are_all_rows),
        cmocka_unit_test(important_steps_come_first),
        cmocka_unit_test(deep_chains_keep_their_upper_end),
        cmocka_unit_test(hidden_steps_have_no_place),
        cmocka_unit_test(errors_get_the_budget_before_results),
        cmocka_unit_test(what_is_cut_costs_less),
        cmocka_unit_test(the_shortest_payloads_count),
        cmocka_unit_test(google_draws_what_it_can),
        cmocka_unit_test(sizes_read_well),
        cmocka_unit_test(policy_names_script_and_style),
        cmocka_unit_test(notes_are_worded_alike),
        cmocka_unit_test(names_have_one_fallback),
        cmocka_unit_test(the_index_takes_title_unit_and_theme),
        cmocka_unit_test(a_failed_write_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
