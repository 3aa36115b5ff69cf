/* SPDX-License-Identifier: MIT
 *
 * For tests: a log given as text becomes runs, with everything that was reported on the way.
 */
#ifndef TESTS_LOAD_TEXT_H
#define TESTS_LOAD_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "input/reader.h"
#include "model/build.h"
#include "model/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct log_fixture {
    struct arena arena;
    struct sources sources;
    struct builder *builder;
    struct run *runs;
    size_t problems, notes;
    uint64_t line, column; /* of the first problem */
    char what[200];
    struct str what_text; /* the same */
    struct str said;      /* the last thing a reader of another system's log assumed or left out */
};

static inline void fixture_event(void *context, struct event *event)
{
    builder_event(((struct log_fixture *)context)->builder, event);
}

static inline void fixture_problem(void *context, struct str source, uint64_t line, uint64_t column, const char *what)
{
    struct log_fixture *f = context;
    (void)source;
    if (f->problems++) return;
    f->line = line;
    f->column = column;
    snprintf(f->what, sizeof f->what, "%s", what);
    f->what_text = str_z(f->what);
}

static inline void fixture_said(void *context, uint32_t source, struct str text)
{
    struct log_fixture *f = context;
    (void)source;
    f->said = arena_copy(&f->arena, text);
}

static inline void fixture_note(void *context, uint32_t source, uint64_t line, struct str key, const char *what)
{
    (void)source, (void)line, (void)key, (void)what;
    ((struct log_fixture *)context)->notes++;
}

/* Each text is a file of its own; the list ends with a NULL ptr. `format` and `zone` may be NULL. */
static inline void load_with(struct log_fixture *f, const struct format *format, const char *zone,
                             const struct str *texts)
{
    struct reader reader = {
        .context = f, .event = fixture_event, .problem = fixture_problem, .note = fixture_said, .format = format
    };
    if (zone) assert_true(zone_parse(zone, &reader.zone));
    *f = (struct log_fixture){ .sources = SOURCES_INIT };
    f->builder = builder_new(&f->sources, &f->arena);
    builder_on_note(f->builder, fixture_note, f);
    for (uint32_t i = 0; texts[i].ptr; i++) {
        struct err e = { 0 };
        char path[] = "/tmp/pipelens-test-XXXXXX";
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, texts[i].ptr, texts[i].len), (ssize_t)texts[i].len);
        close(fd);
        assert_true(sources_open(&f->sources, path, &e));
        assert_true(reader_run(&reader, &f->sources, i, &e));
    }
    f->runs = builder_finish(f->builder);
}

static inline void load_files(struct log_fixture *f, const struct str *texts) { load_with(f, NULL, NULL, texts); }

static inline void load_as(struct log_fixture *f, const struct format *format, struct str text)
{
    const struct str texts[] = { text, { 0 } };
    load_with(f, format, NULL, texts);
}

static inline void load_text(struct log_fixture *f, struct str text)
{
    const struct str texts[] = { text, { 0 } };
    load_files(f, texts);
}

static inline void unload(struct log_fixture *f)
{
    for (size_t i = 0; i < f->sources.count; i++) unlink(f->sources.list[i].name.ptr);
    sources_close(&f->sources);
    arena_free(&f->arena);
}

static inline size_t run_count(const struct log_fixture *f)
{
    size_t count = 0;
    for (const struct run *r = f->runs; r; r = r->next) count++;
    return count;
}

/* The nth step (from 0) of this key in pre-order; fails the test when there is none. */
static inline const struct step *step_at(const struct run *run, const char *key, int nth)
{
    for (uint32_t i = 0; i < run->step_count; i++)
        if (str_eq(run->steps[i]->key, str_z(key)) && nth-- == 0) return run->steps[i];
    fail_msg("no step %s", key);
    return NULL;
}

#define assert_str(actual, expected)                                                                                   \
    do {                                                                                                               \
        struct str got_ = (actual), want_ = str_z(expected);                                                           \
        if (!str_eq(got_, want_)) fail_msg("%.*s is not %s", STR_ARG(got_), want_.ptr);                                \
    } while (0)

#endif
