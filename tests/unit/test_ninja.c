/* SPDX-License-Identifier: MIT
 *
 * Ninja's build log: builds behind each other, when they began, outputs of one command, recompacted logs.
 */
#include "load_text.h"

#include "input/format.h"

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static void load_log(struct log_fixture *f, const char *text) { load_text(f, str_z(text)); }

#define V5 "# ninja log v5\n"
/* 1795256244 is 2026-11-21T10:17:24Z. */
#define T0 INT64_C(1795256244000000)

static void reads_a_build(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, V5 "0\t40\t1795256244040000499\tx.o\td0fec86c4102a0db\n"
                    "10\t50\t1795256244050000500\tdir/with space.o\t18f5\n"
                    "50\t250\t1795256244250000000\tgen/b.txt\t658d\n"
                    "50\t250\t1795256244250000000\tgen/b2.txt\t658d\n");
    assert_int_equal(f.problems, 0);
    assert_int_equal(run_count(&f), 1);
    const struct run *run = f.runs;
    assert_true(run->root_made);
    assert_int_equal(run->log_steps, 4);
    assert_int_equal(run->status, RUN_COMPLETED);
    assert_true(run->root->start == T0 && run->root->end == T0 + 250000);
    assert_str(f.said, "1 build: the log has no clock times, so when a build began is estimated from the mtimes of its "
                       "outputs");
    const struct step *x = run->steps[1], *space = run->steps[2], *second = run->steps[4];
    assert_str(x->name, "x.o");
    assert_true(x->start == T0 && x->end == T0 + 40000);
    assert_str(payload(run, x->records->data), "{\"mtime\":1795256244040000499,\"hash\":\"d0fec86c4102a0db\"}");
    assert_str(space->name, "dir/with space.o");
    assert_null(run->steps[3]->more->links);
    assert_str(payload(run, second->records->data), "{\"mtime\":1795256244250000000,\"hash\":\"658d\",\"output\":2}");
    assert_str(second->more->links->step_id, "4"); /* the line of the first output */
    assert_str(second->more->links->relation, "refers");
    unload(&f);
}

/* From 1.12 on mtime is taken when a command starts: then that gives one beginning for all. */
static void sees_what_mtime_means(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, "# ninja log v7\n"
                 "0\t40\t1795256244000000000\ta\t1\n"
                 "20\t900\t1795256244020000000\tb\t2\n"
                 "100\t1500\t1795256244100000000\tc\t3\n"
                 "101\t9000\t1795256244101000000\td\t4\n");
    assert_true(f.runs->root->start == T0);
    unload(&f);
}

static void keeps_builds_apart(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, V5 "0\t100\t1795256244100000000\ta\t1\n"
                    "0\t200\t1795256244200000000\tb\t2\n"
                    "0\t50\t1795256344050000000\ta\t1\n" /* 100 s later */
                    "1\t60\t0\tphony\t3\n"
                    "0\t10\t0\trestat\t4\n"); /* back in time, and nobody knows when */
    assert_int_equal(run_count(&f), 3);
    const struct run *second = f.runs->next, *third = second->next;
    assert_int_equal(f.runs->log_steps, 2);
    assert_int_equal(second->log_steps, 2);
    assert_true(second->root->start == T0 + INT64_C(100000000));
    assert_true(second->steps[2]->end == T0 + INT64_C(100060000));
    assert_true(third->root->start == 0);
    assert_str(f.said, "1 build has no mtimes: shown as if it began in 1970");
    unload(&f);
}

static void puts_recompacted_lines_into_builds(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, V5 "0\t300\t1795256244300000000\tc\t1\n"
                    "0\t100\t1795256244100000000\ta\t2\n"  /* earlier in the same build */
                    "0\t50\t1795256344050000000\tx\t3\n"   /* a later one */
                    "0\t20\t1795256244020000000\tb\t4\n"); /* the first one again */
    assert_int_equal(run_count(&f), 2);
    assert_int_equal(f.runs->log_steps, 3);
    assert_int_equal(f.runs->next->log_steps, 1);
    assert_true(f.runs->root->start == T0);
    assert_str(f.said, "2 lines are not in the order of time, as after ninja has recompacted the log: put into builds "
                       "by mtime");
    unload(&f);
}

static void survives_odd_lines(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, V5 "0\t40\t1795256244040000000\ta\t1\n"
                    "\n"
                    "# comment\n"
                    "0\t40\n"
                    "x\t40\t1\tb\t1\n"
                    "0\t99999999999999999999\t1\tb\t1\n"
                    "0\t9223372036854775807\t1\tb\t1\n"
                    "0\t41\t1795256244041000000\t\t1\n"
                    "-5\t42\t1795256244042000000\tminus\n"
                    "10\t43\t1795256244043000000\ttab\tin\thash\n");
    assert_int_equal(f.problems, 5);
    assert_int_equal(f.line, 5);
    assert_int_equal(f.runs->log_steps, 3);
    assert_str(payload(f.runs, f.runs->steps[1]->records->data), "{\"mtime\":1795256244042000000}");
    assert_str(payload(f.runs, f.runs->steps[3]->records->data),
               "{\"mtime\":1795256244043000000,\"hash\":\"in\\thash\"}");
    unload(&f);
    load_log(&f, "# ninja log v4\n0\t40\t1795256244\ta\tcc -c a.c\n");
    assert_str(payload(f.runs, f.runs->steps[1]->records->data), "{\"mtime\":1795256244,\"command\":\"cc -c a.c\"}");
    assert_true(f.runs->steps[1]->end == T0);
    unload(&f);
    load_log(&f, "# ninja log v3\n0 40 0 a cc\n");
    assert_null(f.runs);
    assert_int_equal(f.problems, 1);
    unload(&f);
}

/* Windows counts 100 ns from a day in 2001. */
static void reads_windows_times(void **state)
{
    struct log_fixture f;
    (void)state;
    load_log(&f, "# ninja log v6\n0\t1\t8169594440000000\ta\t1\n");
    assert_true(f.runs->steps[1]->end == T0);
    unload(&f);
}

/* More builds than are remembered, and more lines of one than are held back. */
static void reads_long_logs(void **state)
{
    enum { BUILDS = 200, LINES = 300 };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    buf_puts(&b, V5);
    for (int i = 0; i < BUILDS; i++)
        for (int k = 1; k <= (i ? 2 : LINES); k++)
            buf_printf(&b, "0\t%d\t%lld000000\to%d\t%d\n", k, 1795256244000LL + 10000LL * i + k, k, k);
    buf_putc(&b, '\0');
    load_log(&f, b.ptr);
    assert_int_equal(run_count(&f), BUILDS);
    assert_int_equal(f.runs->log_steps, LINES);
    const struct run *last = f.runs;
    while (last->next) last = last->next;
    assert_true(last->root->start == T0 + INT64_C(10000000) * (BUILDS - 1));
    assert_int_equal(last->status, RUN_COMPLETED);
    buf_free(&b);
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_build),      cmocka_unit_test(sees_what_mtime_means),
        cmocka_unit_test(keeps_builds_apart), cmocka_unit_test(puts_recompacted_lines_into_builds),
        cmocka_unit_test(survives_odd_lines), cmocka_unit_test(reads_windows_times),
        cmocka_unit_test(reads_long_logs),
    };
    return cmocka_run_group_tests_name("ninja", tests, NULL, NULL);
}
