/* SPDX-License-Identifier: MIT
 *
 * A wall clock that is put back or forward does not bend times. This program has a clock_gettime of its own, which the
 * library is linked with.
 */
#include "cases.h"

#include <sys/syscall.h>

static atomic_long wall_offset; /* seconds */
static atomic_uint wall_reads;

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    long result = syscall(SYS_clock_gettime, clock, ret_time);
    if (clock == CLOCK_REALTIME && result == 0) {
        ret_time->tv_sec += atomic_load(&wall_offset);
        atomic_fetch_add(&wall_reads, 1);
    }
    return (int)result;
}

static void expect_between(double value, double low, double high)
{
    if (!expect(value >= low && value <= high)) dprintf(complaints, "%f, not %f to %f\n", value, low, high);
}

/* The wall clock jumps within steps and between them, by hours, to and fro. */
static void jumps(void)
{
    static const long hours[] = { 0, 5, -5, 48, -480, 0 };
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "clock", .log = "clock.ndjson" };
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    double begun = (double)now.tv_sec * 1000, before = seconds();
    atomic_store(&wall_reads, 0);
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    expect(atomic_load(&wall_reads) > 0); /* the library does use this clock */
    for (size_t i = 0; i < LENGTH(hours); i++) {
        struct pipelens_step *step = pipelens_step_begin(pipelens_run_root(run), "step");
        atomic_store(&wall_offset, hours[i] * 3600);
        sleep_us(5000);
        expect_int(pipelens_step_log(step, PIPELENS_INFO, "now"), 0);
        expect_int(pipelens_step_end(step), 0);
    }
    expect_int(pipelens_run_free(run), 0);
    double took = (seconds() - before) * 1000, last = 0;
    struct lines l = lines_in("clock.ndjson");
    for (size_t i = 0; i < l.count; i++) {
        bool finish = strstr(l.line[i], "\"operation\":\"finish\"") != NULL, child = strstr(l.line[i], ".step") != NULL;
        double start = number_of(l.line[i], "startTs"), end = number_of(l.line[i], "endTs");
        double ts = number_of(l.line[i], "ts"), usage = number_of(l.line[i], "timeUsageMs");
        double at = finish ? end : start < 0 ? ts : start;
        expect_between(at, begun, begun + 1000 + took);
        expect(at >= last);
        last = at;
        if (finish) expect_between(usage, child ? 5 : 30, took);
        if (finish) expect_between(end - start, usage - 0.002, usage + 0.002);
    }
    expect(l.count == 4 + 3 * LENGTH(hours));
    lines_free(&l);
}

/* A buffer is flushed in time although the wall clock says otherwise. */
static void flush_interval(void)
{
    struct pipelens_transport *transport;
    struct pipelens_run *run;
    struct pipelens_buffering buffering = { .flush_ms = 20 };
    struct stat st = { 0 };
    need(pipelens_transport_file("flush.ndjson", &buffering, &transport) == 0);
    struct pipelens_options options = { .name = "clock", .transport = transport };
    atomic_store(&wall_offset, 5 * 3600);
    need(pipelens_run_new(&options, &run) == 0 && pipelens_run_start(run) == 0);
    atomic_store(&wall_offset, -5 * 3600);
    double until = seconds() + PATIENCE_S;
    while (stat("flush.ndjson", &st) == 0 && st.st_size == 0 && seconds() < until) sleep_us(2000);
    expect(st.st_size > 0);
    expect_int(pipelens_run_free(run), 0);
    expect_int(pipelens_transport_close(transport), 0);
}

static const struct test_case cases[] = {
    { "jumps", "a wall clock that jumps by hours bends no time and no order", jumps },
    { "flush_interval", "nor the time after which a buffer is written", flush_interval },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
