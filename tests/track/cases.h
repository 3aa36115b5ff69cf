/* SPDX-License-Identifier: MIT
 *
 * For the tests of libpipelens. A program lists its cases when it has no arguments; `PROGRAM CASE DIRECTORY` runs
 * one in that directory. Standard output and error of a case are watched, because the library must not print:
 * complaints go to the place where standard output was. A failed expectation of a forked child counts as well.
 */
#ifndef TESTS_TRACK_CASES_H
#define TESTS_TRACK_CASES_H

#define _DEFAULT_SOURCE     /* mmap of shared memory */
#define _XOPEN_SOURCE   700 /* setitimer, terminals */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "track/pipelens.h"

/* How long a test waits for what may take its time on a busy machine. */
enum { PATIENCE_S = 60 };

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- expectations ---- */

static int complaints = 1;
static atomic_int *failures; /* in memory that forked children share */

static inline bool expect_that(bool holds, const char *text, const char *file, int line)
{
    if (!holds && atomic_fetch_add(failures, 1) < 20) dprintf(complaints, "%s:%d: not so: %s\n", file, line, text);
    return holds;
}

static inline bool expect_ints(long long actual, long long expected, const char *text, const char *file, int line)
{
    if (actual != expected && atomic_fetch_add(failures, 1) < 20)
        dprintf(complaints, "%s:%d: %s is %lld, not %lld\n", file, line, text, actual, expected);
    return actual == expected;
}

static inline bool expect_texts(const char *actual, const char *expected, const char *text, const char *file, int line)
{
    bool same = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;
    if (!same && atomic_fetch_add(failures, 1) < 20)
        dprintf(complaints, "%s:%d: %s is\n  %s\nnot\n  %s\n", file, line, text, actual ? actual : "NULL",
                expected ? expected : "NULL");
    return same;
}

/* Each goes on when it fails; `need` ends the process. */
#define expect(condition) expect_that((condition), #condition, __FILE__, __LINE__)
#define expect_int(actual, expected)                                                                                   \
    expect_ints((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define expect_text(actual, expected) expect_texts((actual), (expected), #actual, __FILE__, __LINE__)
#define need(condition)                                                                                                \
    do {                                                                                                               \
        if (!expect(condition)) _exit(1);                                                                              \
    } while (0)

/* ---- processes, time ---- */

/* Zeroed memory that forked children share with their parent. */
static inline void *shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) _exit(1);
    return memory;
}

/* The exit status of a child, 128 and the signal when one has ended it. */
static inline int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static inline void sleep_us(long us)
{
    struct timespec t = { us / 1000000, us % 1000000 * 1000 };
    while (nanosleep(&t, &t) != 0 && errno == EINTR) continue;
}

static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- files and lines ---- */

/* What a file holds from an offset on, with a NUL behind it; the caller frees it. */
static inline char *file_from(const char *path, off_t offset, size_t *ret_size)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    need(fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= offset);
    size_t size = (size_t)(st.st_size - offset), got = 0;
    char *text = malloc(size + 1);
    need(text != NULL);
    while (got < size) {
        ssize_t n = pread(fd, text + got, size - got, offset + (off_t)got);
        need(n > 0);
        got += (size_t)n;
    }
    close(fd);
    text[size] = '\0';
    if (ret_size) *ret_size = size;
    return text;
}

static inline void file_put(const char *path, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    need(fd >= 0 && write(fd, text, size) == (ssize_t)size);
    close(fd);
}

struct lines {
    char *text;
    char **line; /* count of them, each ending with NUL in place of its '\n' */
    size_t count;
    bool torn; /* the last one has no '\n' */
};

/* Takes the text over. */
static inline struct lines lines_of(char *text)
{
    struct lines l = { .text = text };
    size_t cap = 0;
    for (char *at = text; *at;) {
        if (l.count == cap) {
            cap = cap ? cap * 2 : 64;
            l.line = realloc(l.line, cap * sizeof *l.line);
            need(l.line != NULL);
        }
        l.line[l.count++] = at;
        char *end = strchr(at, '\n');
        l.torn = !end;
        if (!end) break;
        *end = '\0';
        at = end + 1;
    }
    return l;
}

static inline struct lines lines_in(const char *path) { return lines_of(file_from(path, 0, NULL)); }

static inline void lines_free(struct lines *l)
{
    free(l->line);
    free(l->text);
}

/* One JSON object from its first to its last character: what two mixed lines or half a line are not. */
static inline bool line_is_whole(const char *line)
{
    int depth = 0;
    bool quoted = false;
    if (strncmp(line, "{\"type\":\"", 9) != 0) return false;
    for (const char *c = line; *c; c++) {
        if (quoted && *c == '\\' && c[1]) c++;
        else if (*c == '"') quoted = !quoted;
        else if (quoted) continue;
        else if (*c == '{' || *c == '[') depth++;
        else if ((*c == '}' || *c == ']') && --depth == 0) return c[1] == '\0';
    }
    return false;
}

/* Are all lines whole, the last one too? */
static inline bool lines_are_whole(const struct lines *l)
{
    if (l->torn) return false;
    for (size_t i = 0; i < l->count; i++)
        if (!line_is_whole(l->line[i])) return false;
    return true;
}

struct field {
    char text[128];
};

/* The first member of this name that is a string, "" when there is none. */
static inline struct field field_of(const char *line, const char *name)
{
    struct field f = { "" };
    char opening[40];
    snprintf(opening, sizeof opening, "\"%s\":\"", name);
    const char *at = strstr(line, opening);
    if (!at) return f;
    at += strlen(opening);
    size_t length = strcspn(at, "\"");
    if (length < sizeof f.text) memcpy(f.text, at, length);
    return f;
}

/* The first member of this name that is a number; -1 when there is none. */
static inline double number_of(const char *line, const char *name)
{
    char opening[40];
    snprintf(opening, sizeof opening, "\"%s\":", name);
    const char *at = strstr(line, opening);
    return at ? strtod(at + strlen(opening), NULL) : -1;
}

/* How many lines hold both texts; the second may be NULL. */
static inline size_t lines_with(const struct lines *l, const char *one, const char *two)
{
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++) count += strstr(l->line[i], one) && (!two || strstr(l->line[i], two));
    return count;
}

#define START  "\"type\":\"step\",\"operation\":\"start\""
#define FINISH "\"type\":\"step\",\"operation\":\"finish\""

/* The first line that holds both texts; "" when there is none. */
static inline const char *line_with(const struct lines *l, const char *one, const char *two)
{
    for (size_t i = 0; i < l->count; i++)
        if (strstr(l->line[i], one) && (!two || strstr(l->line[i], two))) return l->line[i];
    return "";
}

static inline int by_text(const void *a, const void *b) { return strcmp(a, b); }

/* How many different ids the step start lines have. */
static inline size_t distinct_ids(const struct lines *l)
{
    struct field *ids = calloc(l->count + 1, sizeof *ids);
    size_t count = 0, distinct = 0;
    need(ids != NULL);
    for (size_t i = 0; i < l->count; i++)
        if (strstr(l->line[i], START)) ids[count++] = field_of(l->line[i], "id");
    qsort(ids, count, sizeof *ids, by_text);
    for (size_t i = 0; i < count; i++) distinct += ids[i].text[0] && (!i || by_text(&ids[i], &ids[i - 1]) != 0);
    free(ids);
    return distinct;
}

/* ---- cases ---- */

struct test_case {
    const char *name, *says;
    void (*run)(void);
};

static inline int test_main(int argc, char **argv, const struct test_case *cases, size_t count)
{
    for (size_t i = 0; argc == 1 && i < count; i++) printf("%s %s\n", cases[i].name, cases[i].says);
    if (argc == 1) return 0;
    const struct test_case *chosen = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(argv[1], cases[i].name) == 0) chosen = &cases[i];
    if (argc != 3 || !chosen || chdir(argv[2]) != 0) {
        fprintf(stderr, "usage: %s [CASE DIRECTORY]\n", argv[0]);
        return 2;
    }
    struct stat said;
    int watched = open("said", O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    complaints = fcntl(1, F_DUPFD_CLOEXEC, 100);
    if (watched < 0 || complaints < 0 || dup2(watched, 1) < 0 || dup2(watched, 2) < 0) return 2;
    failures = shared_memory(sizeof *failures);
    chosen->run();
    fflush(NULL);
    expect(fstat(watched, &said) == 0 && said.st_size == 0);
    return atomic_load(failures) != 0;
}

#endif
