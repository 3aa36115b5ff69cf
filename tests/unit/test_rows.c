/* SPDX-License-Identifier: MIT
 *
 * Which rows the Gantt chart has: folds, attempts, what is left out, and the pages that they are divided into.
 */
#include "made_run.h"

#include "layout/rows.h"
#include "model/keep.h"

static void select_rows(struct made *m, uint32_t max_rows, bool analysed, struct rows *rows)
{
    struct analysis *analysis = analysed ? analysis_begin(m->run) : NULL;
    rows_select(rows, m->run, analysis, max_rows, &m->arena);
    analysis_free(analysis);
}

static const struct row *row_named(const struct rows *rows, struct str name)
{
    for (uint32_t i = 0; i < rows->count; i++)
        if (str_eq(rows->items[i].fold ? rows->items[i].fold->pattern : rows->items[i].step->name, name))
            return &rows->items[i];
    return NULL;
}

static void assert_note(const struct rows *rows, const char *expected)
{
    struct buf b = BUF_INIT;
    rows_put_note(rows, &b);
    if (!str_eq(buf_str(&b), str_z(expected))) fail_msg("%.*s", STR_ARG(buf_str(&b)));
    buf_free(&b);
}

/* What holds for all rows, whatever the run. */
static void check_rows(const struct made *m, const struct rows *rows, uint32_t max_rows)
{
    const struct run *run = m->run;
    unsigned char *shown = calloc(run->step_count + (size_t)1, 1);
    uint32_t steps = 0, folded = 0, folds = 0, below = 0;
    assert_non_null(shown);
    assert_true(!max_rows || rows->count <= max_rows);
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];
        assert_true(row->step_count > 0);
        assert_true((row->fold == NULL && !row->attempts) == (row->step_count == 1 && !row->fold));
        assert_true(i == 0 ? row->parent == ROW_NONE : row->parent < i || row->parent == ROW_NONE);
        assert_int_equal(row->depth, row->parent == ROW_NONE ? 0 : rows->items[row->parent].depth + 1);
        if (row->last_child != ROW_NONE) assert_int_equal(rows->items[row->last_child].parent, i);
        for (uint32_t k = 0; k < row->step_count; k++) {
            assert_false(row->steps[k]->hidden);
            assert_int_equal(shown[row->steps[k]->index]++, 0);
            if (k) assert_true(row->steps[k - 1]->index < row->steps[k]->index);
        }
        if (row->fold) assert_ptr_equal(row->step, row->fold->first);
        else assert_ptr_equal(row->step, row->steps[row->step_count - 1]);
        steps += row->step_count + (row->fold ? row->fold->below.steps : 0);
        folded += row->fold ? row->step_count + row->fold->below.steps : 0;
        folds += row->fold != NULL;
        below += row->below;
    }
    assert_int_equal(rows->steps, run->visible_count);
    assert_int_equal(steps + rows->left_out, run->visible_count);
    assert_int_equal(folded, rows->folded);
    assert_int_equal(folds, rows->folds);
    if (rows->count && rows->items[0].step == run->root) assert_int_equal(below, rows->left_out);
    free(shown);
}

/* A root with `count` - 1 pages side by side. */
static void make_pages(struct made *m, uint32_t count, const char *name)
{
    made_begin(m, count);
    made_add(m, -1, S("root"), 0, 1000000);
    for (uint32_t i = 1; i < count; i++)
        made_add(m, 0, arena_format(&m->arena, "%s_%u", name, (unsigned)i), 10, 20 + i);
    made_end(m);
}

static void limits_are_kept(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { 1, 2, 3, 1199, 1200, 1201, 100000 };
    for (size_t n = 0; n < COUNT(numbers); n++) {
        struct made m;
        struct rows rows;
        make_pages(&m, numbers[n], "page");
        for (size_t limit = 0; limit <= COUNT(numbers); limit++) {
            uint32_t max = limit ? numbers[limit - 1] : 0;
            select_rows(&m, max, true, &rows);
            check_rows(&m, &rows, max);
            if (!max || max >= numbers[n]) assert_int_equal(rows.count, numbers[n]);
            else if (max > 2) assert_int_equal(rows.count, 3); /* the root, the fold, the longest one */
            else assert_int_equal(rows.count, max);            /* the fold is left out before the longest one */
        }
        made_free(&m);
    }
}

/* 300 pages side by side, two of which failed; what is below another one failed; the longest is on the path. */
static void make_crawl(struct made *m)
{
    made_begin(m, 400);
    made_add(m, -1, S("crawl"), 0, 5000);
    made_add(m, 0, S("open"), 0, 10);
    for (unsigned i = 0; i < 300; i++) {
        struct step *page = made_add(m, 0, arena_format(&m->arena, "page_%u", i), 10, i == 200 ? 4000 : 20 + (int)i);
        if (i == 7 || i == 9) page->status = STEP_ERROR;
        if (i % 100 == 50) made_add(m, (int)page->index, S("load"), 11, 12)->status = i == 50 ? STEP_ERROR : STEP_OK;
    }
    made_add(m, 0, S("close"), 4000, 5000);
    made_end(m);
}

static void folds_open_for_what_failed_and_the_path(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    make_crawl(&m);
    select_rows(&m, 200, true, &rows);
    check_rows(&m, &rows, 200);
    assert_int_equal(rows.count, 9); /* crawl, open, the fold, four pages, a load, close */
    const struct row *fold = row_named(&rows, S("page_*"));
    assert_non_null(fold);
    assert_int_equal(fold->fold->members.steps, 296);
    assert_int_equal(fold->fold->members.errors, 0);
    assert_int_equal(fold->fold->below.steps, 2);
    assert_int_equal(fold->fold->critical, 0);
    assert_ptr_equal(fold, &rows.items[2]);
    static const char *const alone[] = { "page_7", "page_9", "page_50", "page_200", "load" };
    for (size_t i = 0; i < COUNT(alone); i++) assert_non_null(row_named(&rows, str_z(alone[i])));
    assert_note(&rows, "298 of 306 steps are folded by kind into 1 row (×N); what failed or is on the critical path "
                       "stands alone.");
    /* nobody knows the path */
    select_rows(&m, 200, false, &rows);
    assert_int_equal(rows.count, 8);
    assert_note(&rows, "299 of 306 steps are folded by kind into 1 row (×N); what failed stands alone.");
    /* there is room for all */
    select_rows(&m, 306, true, &rows);
    check_rows(&m, &rows, 306);
    assert_int_equal(rows.count, 306);
    assert_int_equal(rows.folds, 0);
    assert_note(&rows, "");
    made_free(&m);
}

/* Two kinds of 40 and 10: only the larger one folds while that is enough. */
static void large_kinds_fold_first(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 60);
    made_add(&m, -1, S("root"), 0, 100);
    for (unsigned i = 0; i < 50; i++)
        made_add(&m, 0, arena_format(&m.arena, "%s_%u", i < 40 ? "many" : "few", i), i, i + 1);
    made_end(&m);
    select_rows(&m, 30, false, &rows);
    check_rows(&m, &rows, 30);
    assert_int_equal(rows.count, 12);
    assert_non_null(row_named(&rows, S("many_*")));
    select_rows(&m, 8, false, &rows);
    assert_int_equal(rows.count, 3);
    assert_non_null(row_named(&rows, S("few_*")));
    made_free(&m);
}

/* root, 7 names, 100 of a kind, 4 of another: 13 rows when only the larger kind folds. */
static void no_more_folds_than_is_needed(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 120);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 7; i++) made_add(&m, 0, arena_format(&m.arena, "%c", 'a' + i), i, i + 1);
    for (unsigned i = 0; i < 104; i++)
        made_add(&m, 0, arena_format(&m.arena, "%s_%u", i < 100 ? "many" : "few", i), 10 + i, 11 + i);
    made_end(&m);
    select_rows(&m, 13, false, &rows);
    assert_int_equal(rows.count, 13);
    assert_non_null(row_named(&rows, S("few_102")));
    select_rows(&m, 12, false, &rows);
    assert_int_equal(rows.count, 10);
    assert_non_null(row_named(&rows, S("few_*")));
    made_free(&m);
}

/* Of two folds the one stays that has the longest step, though its first one is short. */
static void a_fold_weighs_what_its_longest_step_does(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 60);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 10; i++) made_add(&m, 0, arena_format(&m.arena, "even_%u", i), 10, 60);
    for (unsigned i = 0; i < 10; i++) made_add(&m, 0, arena_format(&m.arena, "odd_%u", i), 10, i == 9 ? 99 : 11);
    made_end(&m);
    select_rows(&m, 2, false, &rows);
    assert_int_equal(rows.count, 2);
    assert_true(str_eq(rows.items[1].fold->pattern, S("odd_*")));
    made_free(&m);
}

/* One after the other: all are on the path, so they fold when there is no room. */
static void a_chain_of_a_kind_folds(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 1000);
    made_add(&m, -1, S("root"), 0, 9990);
    for (unsigned i = 0; i < 999; i++)
        made_add(&m, 0, arena_format(&m.arena, "batch %u", i), i * INT64_C(10), i * INT64_C(10) + 10)->status =
            i == 500 ? STEP_ERROR : STEP_OK;
    made_end(&m);
    select_rows(&m, 200, true, &rows);
    check_rows(&m, &rows, 200);
    assert_int_equal(rows.count, 3);
    assert_int_equal(row_named(&rows, S("batch *"))->fold->critical, 998);
    assert_note(&rows, "998 of 1,000 steps are folded by kind into 1 row (×N); what failed stands alone.");
    made_free(&m);
}

/* 150 of 400 failed have their rows in 200; of 300 there are too many for that. */
static void failed_ones_fold_when_they_alone_are_too_many(void **state)
{
    (void)state;
    for (uint32_t failed = 150; failed <= 300; failed += 150) {
        struct made m;
        struct rows rows;
        make_pages(&m, 401, "page");
        for (uint32_t i = 1; i <= failed; i++) m.run->steps[i]->status = STEP_ERROR;
        keep_rank(m.run);
        select_rows(&m, 200, false, &rows);
        check_rows(&m, &rows, 200);
        assert_int_equal(rows.count, failed == 150 ? 152 : 3);
        if (failed == 300)
            assert_note(&rows, "400 of 401 steps are folded by kind into 2 rows (×N), 300 of them failed or "
                               "unfinished, which fold among themselves.");
        made_free(&m);
    }
}

/* 150 failed and 100 that nothing has in common are too many, but folding what failed is not what helps. */
static void failed_ones_do_not_fold_for_others(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 300);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 250; i++) {
        char name[] = { (char)('a' + i / 26), (char)('a' + i % 26), '\0' };
        struct str text = i < 100 ? arena_copy(&m.arena, str_z(name)) : arena_format(&m.arena, "page_%u", i);
        made_add(&m, 0, text, i, i + 1)->status = i < 100 ? STEP_OK : STEP_ERROR;
    }
    made_end(&m);
    select_rows(&m, 200, false, &rows);
    check_rows(&m, &rows, 200);
    assert_int_equal(rows.count, 200);
    assert_int_equal(rows.folds, 0);
    assert_int_equal(rows.troubled_left_out, 0);
    made_free(&m);
}

/* 300 names that nothing has in common: failed ones stay, then the path, then the longest. */
static void what_does_not_fold_is_left_out(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 300);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 1; i < 300; i++) {
        char name[] = { (char)('a' + i / 26), (char)('a' + i % 26), '\0' };
        int64_t end = i == 250 ? 12 : i == 299 ? 1000 : 10 + i;
        struct step *step = made_add(&m, 0, arena_copy(&m.arena, str_z(name)), i == 299 ? 990 : 10, end);
        if (i == 250) step->status = STEP_ERROR;
    }
    made_end(&m);
    select_rows(&m, 5, true, &rows);
    check_rows(&m, &rows, 5);
    static const uint32_t kept[] = { 0, 250, 297, 298, 299 }; /* 299 and 298 are the path */
    for (uint32_t i = 0; i < 5; i++) assert_int_equal(rows.items[i].step->index, kept[i]);
    assert_int_equal(rows.items[0].below, 295);
    assert_note(&rows,
                "295 of 300 steps are hidden: shown are failed and unfinished ones first, then the critical path, "
                "then the longest, each with its ancestors. +N behind a name counts hidden steps below it.");
    select_rows(&m, 1, false, &rows);
    assert_note(&rows, "299 of 300 steps are hidden, 1 of them failed or unfinished: shown are failed and unfinished "
                       "ones first, then the longest, each with its ancestors. +N behind a name counts hidden steps "
                       "below it.");
    made_free(&m);
}

static void attempts_are_one_row(void **state)
{
    (void)state;
    static const struct given given[] = {
        { "root", -1, 0, 100 }, { "fetch", 0, 0, 10 },  { "fetch", 0, 12, 20 },
        { "fetch", 0, 25, 30 }, { "store", 0, 30, 90 }, { "fetch", 0, 90, 95 },
    };
    struct made m;
    struct rows rows;
    make_run(&m, given, COUNT(given));
    m.run->steps[1]->status = STEP_RETRIED;
    m.run->steps[2]->status = STEP_ERROR;
    keep_rank(m.run);
    for (uint32_t max = 0; max <= 4; max += 4) { /* they fit: nothing is left out */
        select_rows(&m, max, false, &rows);
        check_rows(&m, &rows, max);
        assert_int_equal(rows.count, 4);
        assert_true(rows.items[1].attempts);
        assert_int_equal(rows.items[1].step_count, 3);
        assert_int_equal(rows.items[1].step->index, 3);
        assert_int_equal(rows.items[1].steps[0]->index, 1);
        assert_false(rows.items[3].attempts);
        assert_int_equal(rows.left_out, 0);
    }
    /* too little room: the row of attempts, one of which failed, stays */
    select_rows(&m, 2, false, &rows);
    check_rows(&m, &rows, 2);
    assert_true(rows.items[1].attempts);
    made_free(&m);
}

/* 100 items, each tried twice; then the first attempt of one failed instead of being marked as retried. */
static void attempts_fold_together(void **state)
{
    (void)state;
    struct made m;
    struct rows rows;
    made_begin(&m, 300);
    made_add(&m, -1, S("root"), 0, 1000);
    for (unsigned i = 0; i < 100; i++)
        for (unsigned k = 0; k < 2; k++)
            made_add(&m, 0, arena_format(&m.arena, "item_%u", i), i * 10 + k * 3, i * 10 + k * 3 + 2)->status =
                k ? STEP_OK : STEP_RETRIED;
    made_end(&m);
    select_rows(&m, 50, false, &rows);
    check_rows(&m, &rows, 50);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.items[1].step_count, 200);
    assert_int_equal(rows.items[1].fold->members.steps, 100);
    assert_false(rows.items[1].attempts);
    m.run->steps[11]->status = STEP_ERROR;
    keep_rank(m.run);
    select_rows(&m, 50, false, &rows);
    check_rows(&m, &rows, 50);
    assert_int_equal(rows.count, 3);
    assert_true(rows.items[2].attempts);
    assert_int_equal(rows.items[1].fold->members.steps, 99);
    made_free(&m);
}

static void older_steps_do_not_widen_the_run(void **state)
{
    (void)state;
    static const struct given given[] = {
        { "root", -1, 1000, 2000 }, { "cached", 0, 10, 500 }, { "part", 1, 20, 30 },    { "skipped", 0, 900, OPEN },
        { "early", 0, 950, 960 },   { "late", 0, 990, 1100 }, { "now", 0, 1200, 1300 },
    };
    static const bool older[] = { false, true, true, true, false, false, false };
    struct made m;
    struct rows rows;
    made_begin(&m, COUNT(given));
    for (size_t i = 0; i < COUNT(given); i++)
        made_add(&m, given[i].parent, str_z(given[i].name), given[i].start, given[i].end);
    m.run->steps[1]->status = STEP_CACHED;
    m.run->steps[3]->status = STEP_SKIPPED;
    m.run->steps[5]->status = STEP_CACHED; /* it reaches into the run */
    m.run->steps[6]->status = STEP_CACHED;
    made_end(&m);
    for (size_t i = 0; i < COUNT(given); i++)
        if (m.run->steps[i]->older != older[i]) fail_msg("%s", given[i].name);
    assert_int_equal(m.run->start, 950); /* of the one that is neither cached nor skipped */
    assert_int_equal(m.run->end, 2000);
    struct analysis *analysis = analysis_begin(m.run);
    const struct critical *path = analysis_critical(analysis);
    assert_int_equal(path->time[1] + path->time[2] + path->time[3], 0);
    int64_t told = 0;
    for (size_t i = 0; i < path->count; i++) told += path->segments[i].to - path->segments[i].from;
    assert_int_equal(told, 1050);
    analysis_free(analysis);
    select_rows(&m, 0, false, &rows);
    assert_int_equal(rows.count, COUNT(given)); /* they have rows all the same */
    select_rows(&m, 2, false, &rows);
    assert_true(str_eq(rows.items[1].step->name, S("late"))); /* their durations weigh nothing */
    made_free(&m);
}

/* --- any run --- */

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % n;
}

static void make_random(struct made *m, uint64_t seed, uint32_t count)
{
    static const char *const names[] = { "page_%", "load", "job a1b2c%", "item 9 of %", "x" };
    made_begin(m, count);
    made_add(m, -1, S("root"), 0, 100000);
    int at = 0; /* the step that gets children */
    for (uint32_t i = 1; i < count; i++) {
        while (at > 0 && random_below(&seed, 12) == 0) at = (int)m->run->steps[at]->parent->index;
        const char *pattern = names[random_below(&seed, COUNT(names))], *number = strchr(pattern, '%');
        struct str name = str_z(pattern);
        if (number)
            name = arena_format(&m->arena, "%.*s%03u", (int)(number - pattern), pattern,
                                (unsigned)random_below(&seed, 1000));
        int64_t start = m->run->steps[at]->last_child ? m->run->steps[at]->last_child->start : 0;
        start += random_below(&seed, 20);
        struct step *step = made_add(m, at, name, start, start + random_below(&seed, 30));
        uint32_t status = random_below(&seed, 60);
        step->status = status < STEP_STATUS_COUNT ? (uint8_t)status : STEP_OK;
        step->hidden = random_below(&seed, 50) == 0;
        if (random_below(&seed, 6) == 0) at = (int)step->index;
    }
    made_end(m);
}

static void rows_of_any_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct made m;
        struct rows rows;
        uint64_t random = seed;
        make_random(&m, seed * 7919, 1 + random_below(&random, 600));
        for (int i = 0; i < 4; i++) {
            uint32_t max = i ? 1 + random_below(&random, i == 1 ? 20 : 300) : 0;
            select_rows(&m, max, i & 1, &rows);
            check_rows(&m, &rows, max);
            uint32_t next = 0, room = 2 + random_below(&random, 50), seen = 0;
            while (next < rows.count) {
                uint32_t first = next, own = 0;
                struct rows page = rows_page(&rows, first, room, &m.arena, &next);
                assert_true(page.count <= room && next > first);
                for (uint32_t k = 0; k < page.count; k++) {
                    const struct row *row = &page.items[k];
                    uint32_t last = ROW_NONE; /* child, among all */
                    for (uint32_t n = 0; n < rows.count; n++)
                        if (rows.items[n].step == row->step) last = rows.items[n].last_child;
                    assert_int_equal(row->continues, last != ROW_NONE && last > next - 1);
                    own += !row->repeated;
                    assert_true(row->repeated || own > 0);
                    if (row->parent != ROW_NONE) assert_true(row->parent < k);
                    if (row->last_child != ROW_NONE) assert_int_equal(page.items[row->last_child].parent, k);
                    if (!row->repeated) assert_ptr_equal(row->step, rows.items[seen++].step);
                }
            }
            assert_int_equal(seen, rows.count);
        }
        made_free(&m);
    }
}

/* --- pages --- */

/* 2,400 leaves below 300 levels. */
static void pages_repeat_the_way_to_their_rows(void **state)
{
    (void)state;
    enum { LEVELS = 300, LEAVES = 2400 };
    struct made m;
    struct rows all;
    made_begin(&m, LEVELS + LEAVES + 1);
    for (int i = 0; i < LEVELS; i++) made_add(&m, i - 1, arena_format(&m.arena, "level %d", i), 0, 1000000);
    for (int i = 0; i < LEAVES; i++) made_add(&m, LEVELS - 1, S("leaf"), i, i + 1);
    made_add(&m, 0, S("end"), 999999, 1000000);
    made_end(&m);
    select_rows(&m, 0, false, &all);
    uint32_t next = 0;
    struct rows page = rows_page(&all, 0, 1200, &m.arena, &next);
    assert_int_equal(page.count, 1200);
    assert_int_equal(next, 1200);
    assert_false(page.items[0].repeated);
    assert_true(page.items[0].continues);          /* "end" is on a later page */
    assert_true(page.items[LEVELS - 1].continues); /* as are leaves */
    assert_false(page.items[1].continues);
    page = rows_page(&all, next, 1200, &m.arena, &next);
    assert_int_equal(page.count, 1200);
    assert_int_equal(next, 2400 - ROWS_REPEATED);
    for (uint32_t i = 0; i < ROWS_REPEATED; i++) {
        const struct row *row = &page.items[i];
        assert_true(row->repeated);
        assert_int_equal(row->step->index, i ? LEVELS - ROWS_REPEATED + i : 0);
        assert_int_equal(row->parent, i ? i - 1 : ROW_NONE);
        assert_int_equal(row->depth, row->step->index);
    }
    assert_int_equal(page.items[ROWS_REPEATED].parent, ROWS_REPEATED - 1);
    page = rows_page(&all, next, 1200, &m.arena, &next);
    assert_int_equal(next, all.count);
    assert_int_equal(page.items[0].last_child, page.count - 1);
    assert_false(page.items[0].continues);
    assert_int_equal(page.items[page.count - 1].parent, 0); /* "end" is the root's */
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(folds_open_for_what_failed_and_the_path),
        cmocka_unit_test(large_kinds_fold_first),
        cmocka_unit_test(no_more_folds_than_is_needed),
        cmocka_unit_test(a_fold_weighs_what_its_longest_step_does),
        cmocka_unit_test(a_chain_of_a_kind_folds),
        cmocka_unit_test(failed_ones_fold_when_they_alone_are_too_many),
        cmocka_unit_test(failed_ones_do_not_fold_for_others),
        cmocka_unit_test(what_does_not_fold_is_left_out),
        cmocka_unit_test(attempts_are_one_row),
        cmocka_unit_test(attempts_fold_together),
        cmocka_unit_test(older_steps_do_not_widen_the_run),
        cmocka_unit_test(rows_of_any_run),
        cmocka_unit_test(pages_repeat_the_way_to_their_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
