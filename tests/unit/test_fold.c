/* SPDX-License-Identifier: MIT
 *
 * Siblings that fold into one: what a kind is, what stays apart, what is told of a fold; and attempts.
 */
#include "made_run.h"

#include "model/attempts.h"
#include "model/fold.h"
#include "model/keep.h"
#include "model/pieces.h"

/* The pattern with # for the number, @ for eight hex digits made of it, ### for three digits. */
static struct str name_of(struct arena *a, const char *pattern, unsigned number)
{
    struct buf b = BUF_INIT;
    for (const char *p = pattern; *p; p++) {
        if (strncmp(p, "###", 3) == 0) {
            buf_printf(&b, "%03u", number);
            p += 2;
        } else if (*p == '#') buf_printf(&b, "%u", number);
        else if (*p == '@') buf_printf(&b, "%08x", number * 2654435761u);
        else buf_putc(&b, *p);
    }
    struct str name = arena_copy(a, buf_str(&b));
    buf_free(&b);
    return name;
}

/* A run of a root and `count` children that are named by the pattern. */
static void make_family(struct made *m, uint32_t count, const char *pattern)
{
    made_begin(m, count + 1);
    made_add(m, -1, S("root"), 0, 1000000);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = name_of(&m->arena, pattern, i);
        made_add(m, 0, name, i * INT64_C(10), i * INT64_C(10) + 5);
    }
    made_end(m);
}

/* Folds the whole run, all classes by one threshold. Returns how many folds. */
static uint32_t fold_all(struct made *m, struct folding *f, struct fold_rule rule, uint32_t over)
{
    folding_begin(f, m->run, NULL, NULL, over, &m->arena);
    for (uint32_t i = 0; i < m->run->step_count; i++) {
        uint32_t number = folding_number(f, i, rule);
        if (number != FOLD_NONE) folding_add(f, number, m->run->steps[i]);
    }
    folding_measure(f);
    return f->count;
}

static const struct fold_rule eight = { 8, 8, 8 };

/* --- names --- */

static void names_have_numbers_and_ids(void **state)
{
    (void)state;
    static const struct {
        const char *name, *pieces;
    } cases[] = {
        { "item 7 of 9", "item |7*| of |9*" },
        { "utf8", "utf|8*" },
        { "12", "12*" },
        { "job a1b2c3d", "job |a1b2c3d*" },
        { "job a1b2c3", "job a|1*|b|2*|c|3*" }, /* too short */
        { "0x7ffe", "0x7ffe*" },
        { "6fa459ea-ee8a-3ca4-894e-db77e160355e!", "6fa459ea-ee8a-3ca4-894e-db77e160355e*|!" },
        { "6fa459ea-ee8a-3ca4-894e-db77e160355e0", "6fa459ea*|-ee|8*|a-|3*|ca|4*|-|894*|e-|db77e160355e0*" },
        { "e3b0c44298fc1c149afbf4c8996fb924.bin", "e3b0c44298fc1c149afbf4c8996fb924*|.bin" },
        { "msg 01ARZ3NDEKTSV4RRFFQ69G5FAV", "msg |01ARZ3NDEKTSV4RRFFQ69G5FAV*" },
        { "decade2020", "decade|2020*" },
        { "deadbeef", "deadbeef" },
        { "renderUtf8ToLatin1Win1252", "renderUtf|8*|ToLatin|1*|Win|1252*" },
        { "größe12345678", "größe|12345678*" },
        { "éa1b2c3d4", "éa|1*|b|2*|c|3*|d|4*" }, /* the word is longer */
        { "step_a1b2c3d4_9", "step_|a1b2c3d4*|_|9*" },
        { "", "" },
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct str name = str_z(cases[c].name);
        struct buf b = BUF_INIT;
        for (size_t at = 0; at < name.len;) {
            bool number;
            struct str piece = piece_next(name, &at, false, &number);
            assert_true(piece.len > 0);
            if (b.len) buf_putc(&b, '|');
            buf_put(&b, piece);
            if (number) buf_putc(&b, '*');
        }
        if (!str_eq(buf_str(&b), str_z(cases[c].pieces))) fail_msg("%s: %.*s", cases[c].name, STR_ARG(buf_str(&b)));
        buf_free(&b);
    }
}

static void beside_ids_what_could_be_one_is_one(void **state)
{
    (void)state;
    static const char *const names[] = { "deadbeef", "fade0123", "a1b2c3d4" };
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t at = 0;
        bool number;
        assert_int_equal(piece_next(str_z(names[i]), &at, true, &number).len, 8);
        assert_true(number);
    }
    assert_true(pieces_have_id(S("job a1b2c3d4")));
    assert_true(pieces_have_id(S("6fa459ea-ee8a-3ca4-894e-db77e160355e")));
    assert_false(pieces_have_id(S("page 12345678")));
    assert_false(pieces_have_id(S("decade2020 of deadbeef")));
}

static void kinds_are_names_that_differ_in_one_number(void **state)
{
    (void)state;
    static const struct {
        const char *title;
        unsigned count;
        const char *names;
        const char *pattern; /* NULL: nothing folds */
    } cases[] = {
        { "equal names", 9, "call-api", "call-api" },
        { "exactly as many as may stay", 8, "call-api", NULL },
        { "number at the end", 20, "page_#", "page_*" },
        { "number alone", 12, "#", "*" },
        { "number in front", 12, "#. line", "*. line" },
        { "number in the middle", 12, "item # of 9", "item * of 9" },
        { "the later of two", 12, "epoch 3 batch #", "epoch 3 batch *" },
        { "leading zeros", 12, "shard-###", "shard-*" },
        { "digits in a word", 12, "utf8 check #", "utf8 check *" },
        { "empty names", 9, "", "" },
        { "a decimal number's fraction", 12, "v1.#", "v1.*" },
        { "beyond 64 bits", 12, "id 99999999999999999999999#", "id *" },
        { "hex ids", 12, "blob @", "blob *" },
        { "UUIDs", 12, "order 6fa459ea-ee8a-3ca4-894e-db77@ done", "order * done" },
        { "an id and a number", 12, "a1b2c3d4 part #", "a1b2c3d4 part *" },
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct made m;
        struct folding f;
        make_family(&m, cases[c].count, cases[c].names);
        uint32_t folds = fold_all(&m, &f, eight, 8);
        if (folds != (cases[c].pattern != NULL)) fail_msg("%s: %u folds", cases[c].title, (unsigned)folds);
        if (folds && !str_eq(f.items[0].pattern, str_z(cases[c].pattern)))
            fail_msg("%s: %.*s", cases[c].title, STR_ARG(f.items[0].pattern));
        if (folds) assert_int_equal(f.items[0].members.steps, cases[c].count);
        made_free(&m);
    }
}

/* epoch 1..3 × batch 1..10, among other names: three kinds by the number that runs last. */
static void of_two_numbers_the_last_one_runs(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    made_begin(&m, 64);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned batch = 1; batch <= 10; batch++) {
        for (unsigned epoch = 1; epoch <= 3; epoch++)
            made_add(&m, 0, arena_format(&m.arena, "epoch %u batch %u", epoch, batch), batch, batch + 1);
        made_add(&m, 0, batch % 2 ? S("eval") : arena_format(&m.arena, "save_%u", batch), batch, batch + 1);
    }
    made_end(&m);
    assert_int_equal(fold_all(&m, &f, eight, 8), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(str_eq(f.items[i].pattern, arena_format(&m.arena, "epoch %u batch *", i + 1)));
        assert_int_equal(f.items[i].members.steps, 10);
        for (unsigned k = 1; k < 10; k++) assert_true(f.items[i].steps[k - 1]->start < f.items[i].steps[k]->start);
    }
    made_free(&m);
}

/* --- what is told of a fold --- */

static void durations_of_a_fold(void **state)
{
    (void)state;
#define MOST TIME_MAX
#define NONE TIME_NONE
    static const struct {
        int64_t durations[10];
        int64_t min, mean, p95, max;
    } cases[] = {
        { { 10, 2, 3, 4, 5, 6, 7, 8, 9, 1 }, 1, 6, 10, 10 }, /* 5.5 */
        { { -10, -9, -8, -7, -6, -5, -4, -3, -2, -1 }, -10, -6, -1, -1 },
        { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 4 }, 0, 0, 4, 4 }, /* 0.4 */
        { { MOST, MOST, MOST, MOST, MOST, MOST, MOST, MOST, MOST, MOST }, MOST, MOST, MOST, MOST },
        { { NONE, NONE, 30, 10, NONE, NONE, NONE, NONE, NONE, NONE }, 10, 20, 30, 30 },
        { { NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE }, NONE, NONE, NONE, NONE },
    };
#undef MOST
#undef NONE
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct made m;
        struct folding f;
        make_family(&m, 10, "x");
        for (uint32_t i = 0; i < 10; i++) {
            struct step *s = m.run->steps[i + 1];
            s->duration = cases[c].durations[i];
            s->status = i < 3 ? STEP_SKIPPED : STEP_CACHED;
        }
        assert_int_equal(fold_all(&m, &f, eight, 8), 1);
        assert_int_equal(f.items[0].min, cases[c].min);
        assert_int_equal(f.items[0].mean, cases[c].mean);
        assert_int_equal(f.items[0].p95, cases[c].p95);
        assert_int_equal(f.items[0].max, cases[c].max);
        assert_int_equal(f.items[0].other, STEP_OK); /* they differ */
        made_free(&m);
    }
}

static void the_95th_percentile_is_by_nearest_rank(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    make_family(&m, 40, "x_#");
    for (uint32_t i = 0; i < 40; i++) m.run->steps[i + 1]->duration = 40 - i;
    fold_all(&m, &f, eight, 8);
    assert_int_equal(f.items[0].p95, 38); /* 38 of 40 are 95 % */
    made_free(&m);
}

/* --- what stays apart --- */

static void set_status(struct made *m, uint32_t from, uint32_t to, enum step_status status)
{
    for (uint32_t i = from; i <= to; i++) m->run->steps[i]->status = (uint8_t)status;
}

static void what_failed_folds_only_among_its_like(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    make_family(&m, 30, "page_#");
    set_status(&m, 5, 7, STEP_ERROR);
    set_status(&m, 9, 9, STEP_UNFINISHED);
    assert_int_equal(fold_all(&m, &f, eight, 8), 1);
    assert_int_equal(f.items[0].members.steps, 26);
    assert_int_equal(f.items[0].members.errors, 0);
    set_status(&m, 5, 14, STEP_ERROR);
    set_status(&m, 15, 15, STEP_RUNNING);
    assert_int_equal(fold_all(&m, &f, eight, 8), 2);
    assert_int_equal(f.items[0].members.steps, 19);
    assert_int_equal(f.items[1].members.steps, 11);
    assert_int_equal(f.items[1].members.errors, 10);
    assert_int_equal(f.items[1].members.unfinished, 1);
    assert_true(str_eq(f.items[1].pattern, S("page_*")));
    /* the threshold is that of their class */
    struct fold_rule never = { 8, 8, FOLD_NEVER };
    assert_int_equal(fold_all(&m, &f, never, 8), 1);
    made_free(&m);
}

/* Below page_4 something failed, though the page itself went on. */
static void what_has_failed_below_it_stays_apart(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    made_begin(&m, 40);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 12; i++) {
        struct step *page = made_add(&m, 0, arena_format(&m.arena, "page_%u", i), i, i + 1);
        made_add(&m, (int)page->index, S("parse"), i, i + 1)->status = i == 4 ? STEP_ERROR : STEP_OK;
    }
    made_end(&m);
    assert_int_equal(fold_all(&m, &f, eight, 8), 1);
    assert_int_equal(f.items[0].members.steps, 11);
    for (uint32_t i = 0; i < 11; i++) assert_false(str_eq(f.items[0].steps[i]->name, S("page_4")));
    m.run->steps[10]->hidden = true; /* what selection hid is not to be seen */
    keep_rank(m.run);
    assert_int_equal(fold_all(&m, &f, eight, 8), 1);
    assert_int_equal(f.items[0].members.steps, 12);
    made_free(&m);
}

/* Of 20 pages side by side the longest is what the run waits for. */
static void the_critical_path_stays_apart(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    made_begin(&m, 21);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 20; i++) made_add(&m, 0, arena_format(&m.arena, "page_%u", i), 10, i == 7 ? 900 : 100 + i);
    made_end(&m);
    struct analysis *analysis = analysis_begin(m.run);
    folding_begin(&f, m.run, analysis, NULL, 8, &m.arena);
    assert_int_equal(folding_number(&f, 8, eight), FOLD_NONE);
    assert_int_not_equal(folding_number(&f, 7, eight), FOLD_NONE);
    assert_int_equal(folding_number(&f, 0, eight), FOLD_NONE);
    analysis_free(analysis);
    made_free(&m);
}

/* One after the other all are on the path: none of them stands out. */
static void a_path_through_many_of_a_kind_folds(void **state)
{
    (void)state;
    struct made m;
    struct folding f;
    made_begin(&m, 21);
    made_add(&m, -1, S("root"), 0, 200);
    for (unsigned i = 0; i < 20; i++)
        made_add(&m, 0, arena_format(&m.arena, "page_%u", i), i * INT64_C(10), i * INT64_C(10) + 10);
    made_end(&m);
    struct analysis *analysis = analysis_begin(m.run);
    folding_begin(&f, m.run, analysis, NULL, 8, &m.arena);
    for (uint32_t i = 1; i <= 20; i++) {
        assert_int_equal(folding_number(&f, i, (struct fold_rule){ 8, 20, 8 }), FOLD_NONE);
        uint32_t number = folding_number(&f, i, eight);
        assert_int_not_equal(number, FOLD_NONE);
        folding_add(&f, number, m.run->steps[i]);
    }
    assert_int_equal(f.items[0].critical, 20);
    analysis_free(analysis);
    made_free(&m);
}

static void many_names_take_little_time(void **state)
{
    (void)state;
    enum { N = 100000 };
    struct made m;
    struct folding f;
    made_begin(&m, N + 1);
    made_add(&m, -1, S("root"), 0, N);
    for (unsigned i = 0; i < N; i++)
        made_add(&m, 0, arena_format(&m.arena, "%u of %u at %u", i, i % 7, i % 250), i, i + 1);
    made_end(&m);
    /* every first number is another one: nothing to fold */
    assert_int_equal(fold_all(&m, &f, eight, 8), 0);
    made_free(&m);
    make_family(&m, N, "job @-#");
    assert_int_equal(fold_all(&m, &f, eight, 8), 0); /* two of them run */
    made_free(&m);
    make_family(&m, N, "page_#");
    assert_int_equal(fold_all(&m, &f, eight, 8), 1);
    assert_int_equal(f.items[0].members.steps, N);
    made_free(&m);
}

/* --- attempts --- */

struct tried {
    struct given given;
    enum step_status status;
    uint32_t counts; /* the attempt that counts */
};

static void check_attempts(const struct tried *tried, uint32_t count, bool any)
{
    struct made m;
    made_begin(&m, count);
    for (uint32_t i = 0; i < count; i++)
        made_add(&m, tried[i].given.parent, str_z(tried[i].given.name), tried[i].given.start, tried[i].given.end)
            ->status = (uint8_t)tried[i].status;
    made_end(&m);
    uint32_t *counts = attempts_find(m.run, &m.arena);
    assert_int_equal(counts != NULL, any);
    for (uint32_t i = 0; any && i < count; i++)
        if (counts[i] != tried[i].counts) fail_msg("step %u counts for %u", (unsigned)i, (unsigned)counts[i]);
    made_free(&m);
}

#define CHECK_ATTEMPTS(any, ...)                                                                                       \
    do {                                                                                                               \
        static const struct tried tried_[] = { { { "r", -1, 0, 99 }, STEP_OK, 0 }, __VA_ARGS__ };                      \
        check_attempts(tried_, COUNT(tried_), any);                                                                    \
    } while (0)

static void attempts_follow_what_failed(void **state)
{
    (void)state;
    CHECK_ATTEMPTS(true, { { "a", 0, 1, 2 }, STEP_ERROR, 3 }, { { "a", 0, 2, 3 }, STEP_RETRIED, 3 },
                   { { "a", 0, 5, 6 }, STEP_OK, 3 }, { { "a", 0, 7, 8 }, STEP_OK, 4 });
    CHECK_ATTEMPTS(true, { { "a", 0, 1, 2 }, STEP_ERROR, 2 }, { { "a", 0, 2, 3 }, STEP_ERROR, 2 });
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 2 }, STEP_OK, 1 }, { { "a", 0, 2, 3 }, STEP_ERROR, 2 });
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 2 }, STEP_ERROR, 1 }, { { "b", 0, 2, 3 }, STEP_OK, 2 });
}

static void attempts_do_not_overlap(void **state)
{
    (void)state;
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 3 }, STEP_ERROR, 1 }, { { "a", 0, 2, 4 }, STEP_OK, 2 });
}

/* Two things are tried side by side; in the second case something was done before the next attempt. */
static void attempts_may_run_beside_others_only(void **state)
{
    (void)state;
    CHECK_ATTEMPTS(true, { { "a", 0, 1, 3 }, STEP_ERROR, 3 }, { { "b", 0, 1, 4 }, STEP_ERROR, 4 },
                   { { "a", 0, 3, 5 }, STEP_OK, 3 }, { { "b", 0, 5, 6 }, STEP_OK, 4 });
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 3 }, STEP_ERROR, 1 }, { { "repair", 0, 3, 5 }, STEP_OK, 2 },
                   { { "a", 0, 5, 6 }, STEP_OK, 3 });
}

static void attempts_have_no_children(void **state)
{
    (void)state;
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 3 }, STEP_ERROR, 1 }, { { "child", 1, 1, 3 }, STEP_OK, 2 },
                   { { "a", 0, 5, 6 }, STEP_OK, 3 });
    CHECK_ATTEMPTS(false, { { "a", 0, 1, 3 }, STEP_ERROR, 1 }, { { "a", 0, 5, 6 }, STEP_OK, 2 },
                   { { "child", 2, 5, 6 }, STEP_OK, 3 });
}

static void attempts_without_times(void **state)
{
    (void)state;
    CHECK_ATTEMPTS(true, { { "a", 0, TIME_NONE, TIME_NONE }, STEP_ERROR, 2 },
                   { { "a", 0, TIME_NONE, TIME_NONE }, STEP_OK, 2 });
    CHECK_ATTEMPTS(false, { { "a", 0, TIME_NONE, TIME_NONE }, STEP_ERROR, 1 }, { { "a", 0, 5, 6 }, STEP_OK, 2 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_numbers_and_ids),
        cmocka_unit_test(beside_ids_what_could_be_one_is_one),
        cmocka_unit_test(kinds_are_names_that_differ_in_one_number),
        cmocka_unit_test(of_two_numbers_the_last_one_runs),
        cmocka_unit_test(durations_of_a_fold),
        cmocka_unit_test(the_95th_percentile_is_by_nearest_rank),
        cmocka_unit_test(what_failed_folds_only_among_its_like),
        cmocka_unit_test(what_has_failed_below_it_stays_apart),
        cmocka_unit_test(the_critical_path_stays_apart),
        cmocka_unit_test(a_path_through_many_of_a_kind_folds),
        cmocka_unit_test(many_names_take_little_time),
        cmocka_unit_test(attempts_follow_what_failed),
        cmocka_unit_test(attempts_do_not_overlap),
        cmocka_unit_test(attempts_may_run_beside_others_only),
        cmocka_unit_test(attempts_have_no_children),
        cmocka_unit_test(attempts_without_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
