/* SPDX-License-Identifier: MIT
 *
 * What tracking costs: `track DIRECTORY [ROUNDS]` prints "NAME NANOSECONDS" lines, each the median over rounds in which
 * all take turns. A step is begun and ended, which makes two lines; a record holds 100 bytes. `write` are the same
 * lines, which the library has written before, each by a bare write(2) to a file that is appended to; `fprintf` are
 * equal lines that a program formats itself, with a flush behind each line or without.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "track/pipelens.h"

enum { TIMES = 20000, ROUNDS_MAX = 99, DATA = 100 };

static const char *directory;
static char data[DATA + 1];

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A new file of this name; returns its path until the next call. */
static const char *fresh(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s.ndjson", directory, name);
    unlink(path);
    return path;
}

/* ---- the library ---- */

enum what { STEPS, RECORDS };

static void use(struct pipelens_step *root, enum what what)
{
    for (int i = 0; i < TIMES; i++) {
        if (what == STEPS) pipelens_step_end(pipelens_step_begin(root, "step"));
        else pipelens_step_record(root, "record", pipelens_string(data));
    }
}

static double library(const char *name, enum what what, bool forget, const struct pipelens_buffering *buffering)
{
    struct pipelens_transport *transport;
    struct pipelens_run *run;
    if (pipelens_transport_file(fresh(name), buffering, &transport)) stop("a log");
    struct pipelens_options options = { .name = "bench", .transport = transport, .forget_steps = forget };
    if (pipelens_run_new(&options, &run) || pipelens_run_start(run)) stop("a run");
    int64_t begin = now_ns();
    use(pipelens_run_root(run), what);
    int64_t end = now_ns();
    if (pipelens_run_errors(run) || pipelens_run_free(run) || pipelens_transport_close(transport)) stop("a run");
    return (double)(end - begin) / TIMES;
}

static const struct pipelens_buffering by_size = { .flush_bytes = 65536 }, by_time = { .flush_ms = 100 };

static double step_now(void) { return library("step", STEPS, false, NULL); }
static double step_now_forgotten(void) { return library("step-forgotten", STEPS, true, NULL); }
static double step_by_size(void) { return library("step-size", STEPS, true, &by_size); }
static double step_by_time(void) { return library("step-time", STEPS, true, &by_time); }
static double record_now(void) { return library("record", RECORDS, false, NULL); }
static double record_by_size(void) { return library("record-size", RECORDS, false, &by_size); }
static double record_by_time(void) { return library("record-time", RECORDS, false, &by_time); }

/* ---- bare writes of the same lines ---- */

struct lines {
    char *text, **line; /* count + 1 of them: where each begins, and the end */
    size_t count;
};

/* The lines of steps or records, not those of the run. */
static struct lines lines_of(const char *name)
{
    struct lines l = { 0 };
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.ndjson", directory, name);
    FILE *f = fopen(path, "r");
    if (!f || fseek(f, 0, SEEK_END)) stop(path);
    size_t size = (size_t)ftell(f);
    rewind(f);
    l.text = malloc(size + 1);
    l.line = malloc((2 * TIMES + 1) * sizeof *l.line);
    if (!l.text || !l.line || fread(l.text, 1, size, f) != size) stop(path);
    fclose(f);
    l.text[size] = '\0';
    char *at = l.text;
    for (int skipped = 0; skipped < 2; skipped++) at = strchr(at, '\n') + 1; /* the starts of the run and its root */
    size_t wanted = strcmp(name, "record") == 0 ? TIMES : 2 * TIMES;
    for (; l.count < wanted; at = strchr(at, '\n') + 1) l.line[l.count++] = at;
    l.line[l.count] = at;
    return l;
}

static double written(const char *name, struct lines *l)
{
    char copy[32];
    if (!l->count) *l = lines_of(name);
    snprintf(copy, sizeof copy, "%s-write", name);
    int fd = open(fresh(copy), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) stop("a file");
    int64_t begin = now_ns();
    for (size_t i = 0; i < l->count; i++) {
        size_t length = (size_t)(l->line[i + 1] - l->line[i]);
        if (write(fd, l->line[i], length) != (ssize_t)length) stop("write");
    }
    int64_t end = now_ns();
    close(fd);
    return (double)(end - begin) / TIMES;
}

static double step_write(void)
{
    static struct lines lines;
    return written("step", &lines);
}

static double record_write(void)
{
    static struct lines lines;
    return written("record", &lines);
}

/* ---- equal lines by fprintf ---- */

static double wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec * 1e3 + (double)(t.tv_nsec / 1000) / 1e3;
}

static void print_step(FILE *f, int i, double start, double end)
{
    fprintf(f,
            "{\"type\":\"step\",\"operation\":\"%s\",\"runId\":\"%s\",\"step\":{\"name\":\"step\",\"key\":\"bench.step_"
            "__%d\"",
            end < start ? "start" : "finish", "6e2a1f4c-7a55-4b0e-9a5b-0c9a7a5b1d11", i);
    fprintf(f, ",\"time\":{\"startTs\":%.3f", start);
    if (end >= start) fprintf(f, ",\"endTs\":%.3f,\"timeUsageMs\":%.3f", end, end - start);
    fprintf(f, "},\"records\":{},\"id\":\"%016x\",\"parentId\":\"%016x\"", (unsigned int)i, 1U);
    if (end < start) fprintf(f, ",\"location\":\"%s:%d %s\"", __FILE__, __LINE__, __func__);
    fputs("}}\n", f);
}

static double printed(const char *name, enum what what, bool flush)
{
    FILE *f = fopen(fresh(name), "a");
    static char buffer[65536];
    if (!f || setvbuf(f, buffer, _IOFBF, sizeof buffer)) stop("a file");
    int64_t begin = now_ns();
    for (int i = 0; i < TIMES; i++) {
        double start = wall_ms();
        if (what == STEPS) print_step(f, i, start, start - 1);
        if (flush) fflush(f);
        if (what == STEPS) print_step(f, i, start, wall_ms());
        else
            fprintf(f,
                    "{\"type\":\"step\",\"operation\":\"record\",\"runId\":\"%s\",\"step\":{\"id\":\"%016x\",\"key\":"
                    "\"bench\"},"
                    "\"recordKey\":\"record\",\"data\":\"%s\",\"ts\":%.3f}\n",
                    "6e2a1f4c-7a55-4b0e-9a5b-0c9a7a5b1d11", 1U, data, start);
        if (flush) fflush(f);
    }
    int64_t end = now_ns();
    if (fclose(f)) stop("a file");
    return (double)(end - begin) / TIMES;
}

static double step_print_now(void) { return printed("step-print-now", STEPS, true); }
static double step_print(void) { return printed("step-print", STEPS, false); }
static double record_print_now(void) { return printed("record-print-now", RECORDS, true); }
static double record_print(void) { return printed("record-print", RECORDS, false); }

/* ---- rounds ---- */

static const struct {
    const char *name;
    double (*measure)(void);
} subjects[] = { /* a log before those who copy its lines */
                 { "step_now", step_now },
                 { "step_write", step_write },
                 { "step_now_forgotten", step_now_forgotten },
                 { "step_print_now", step_print_now },
                 { "step_by_size", step_by_size },
                 { "step_by_time", step_by_time },
                 { "step_print", step_print },
                 { "record_now", record_now },
                 { "record_write", record_write },
                 { "record_print_now", record_print_now },
                 { "record_by_size", record_by_size },
                 { "record_by_time", record_by_time },
                 { "record_print", record_print }
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static int by_size_of_number(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
    static double samples[SUBJECTS][ROUNDS_MAX];
    int rounds = argc > 2 ? atoi(argv[2]) : 11;
    if (argc < 2 || argc > 3 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: %s DIRECTORY [ROUNDS, at most %d]\n", argv[0], ROUNDS_MAX);
        return 2;
    }
    directory = argv[1];
    memset(data, 'x', DATA);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < SUBJECTS; i++) samples[i][round] = subjects[i].measure();
    for (int i = 0; i < SUBJECTS; i++) {
        qsort(samples[i], (size_t)rounds, sizeof(double), by_size_of_number);
        printf("%s %.1f\n", subjects[i].name, samples[i][rounds / 2]);
    }
    return 0;
}
