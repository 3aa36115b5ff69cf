/* SPDX-License-Identifier: MIT */
#include "cli/load.h"

#include "base/utf8.h"
#include "input/reader.h"

#include <signal.h>

struct loading {
    struct loaded *l;
    const struct options *o;
    struct builder *builder;
    struct progress *progress;
    uint64_t read, total; /* bytes */
};

static void on_event(void *context, struct event *event)
{
    struct loading *g = context;
    builder_event(g->builder, event);
}

static void on_progress(void *context, uint64_t bytes)
{
    struct loading *g = context;
    g->read += bytes;
    if (builder_several(g->builder)) archive_is_part(g->l->archive);
    progress_show(g->progress, "reading", g->read, g->total);
}

static struct str place(struct arena *a, struct str file, uint64_t line, uint64_t column, const char *what)
{
    struct str name = str_eq(file, S("-")) ? S("standard input") : file;
    if (!line) return arena_format(a, "%.*s: %s", STR_ARG(name), what);
    return arena_format(a, "%.*s:%llu:%llu: %s", STR_ARG(name), (unsigned long long)line, (unsigned long long)column,
                        what);
}

static void on_problem(void *context, struct str source, uint64_t line, uint64_t column, const char *what)
{
    struct loading *g = context;
    struct input_notes *n = &g->l->notes;
    if (n->bad_lines++ == 0) n->first_bad = place(&g->l->arena, source, line, column, what);
    bool all = g->o->verbose || g->l->checking;
    if (!g->o->quiet && (all || n->bad_lines <= BAD_LINES_SHOWN)) {
        progress_end(g->progress);
        complain_at(source, line, column, what);
    }
}

/* The name of the file, of one among several with its folder: a report says the same wherever the logs lie. */
static struct str short_name(struct str path, bool among_several)
{
    size_t slash = str_rfind(path, '/');
    if (slash == path.len) return path;
    if (!among_several) return str_skip(path, slash + 1);
    size_t folder = str_rfind(str_first(path, slash), '/');
    return folder == slash ? path : str_skip(path, folder + 1);
}

/* Silent when all is well: what was assumed is in the outputs, and told here when asked for. */
static void on_said(void *context, uint32_t source, struct str text)
{
    struct loading *g = context;
    struct input_notes *n = &g->l->notes;
    struct str name = g->l->sources.list[source].name;
    struct str file = str_eq(name, S("-")) ? S("standard input") : short_name(name, g->l->sources.count > 1);
    struct said *said = ARENA_NEW(&g->l->arena, struct said);
    said->source = source;
    said->text = arena_format(&g->l->arena, "%.*s: %.*s", STR_ARG(file), STR_ARG(text));
    if (n->last_said) n->last_said->next = said;
    else n->said = said;
    n->last_said = said;
    if (g->o->quiet || !(g->o->verbose || g->l->checking)) return;
    progress_end(g->progress);
    complain_at(name, 0, 0, arena_format(&g->l->arena, "note: %.*s", STR_ARG(text)).ptr);
}

static void on_note(void *context, uint32_t source, uint64_t line, struct str key, const char *what)
{
    struct loading *g = context;
    struct buf b = BUF_INIT;
    g->l->oddities++;
    if (g->o->quiet) return;
    progress_end(g->progress);
    buf_puts(&b, "step ");
    buf_put_json(&b, str_first(key, utf8_floor(key, 200)));
    buf_printf(&b, ": %s", what);
    buf_putc(&b, '\0');
    complain_at(g->l->sources.list[source].name, line, 1, b.ptr);
    buf_free(&b);
}

static enum exit_status open_all(struct loaded *l, const struct options *o)
{
    struct err e = { 0 };
    if (!o->log_count) {
        err_set(&e, ERR_USAGE, "",
                "no log is named: give a file, a directory or - for standard input; or has an option before it taken "
                "it as its value? (see --help)");
        return complain(&e);
    }
    for (size_t i = 0; i < o->log_count; i++)
        if (!o->logs[i][0]) {
            err_set(&e, ERR_USAGE, "", "a log has an empty name");
            return complain(&e);
        }
    for (size_t i = 0; i < o->log_count; i++)
        if (!sources_open(&l->sources, o->logs[i], &e)) return complain(&e);
    return EXIT_DONE;
}

static enum exit_status read_all(struct loading *g)
{
    struct loaded *l = g->l;
    struct err e = { 0 };
    struct reader reader = { .context = g,
                             .event = on_event,
                             .problem = on_problem,
                             .progress = on_progress,
                             .note = on_said,
                             .format = g->o->format };
    if (g->o->tz) zone_parse(g->o->tz, &reader.zone);
    for (size_t i = 0; i < l->sources.count; i++) g->total += l->sources.list[i].size;
    bool good = true;
    for (uint32_t i = 0; i < l->sources.count && good; i++) good = reader_run(&reader, &l->sources, i, &e);
    l->runs = builder_finish(g->builder);
    progress_end(g->progress);
    if (!good) return complain(&e);
    uint64_t bad = l->notes.bad_lines;
    if (bad > BAD_LINES_SHOWN && !g->o->verbose && !l->checking && !g->o->quiet) {
        struct str text = arena_format(&l->arena, "%llu more bad lines were skipped; -v shows them all",
                                       (unsigned long long)(bad - BAD_LINES_SHOWN));
        complain_at(S(""), 0, 0, text.ptr);
    }
    if (bad && g->o->strict) {
        err_set(&e, ERR_INPUT, "", "--strict: %llu bad line%s, nothing was written", (unsigned long long)bad,
                bad == 1 ? "" : "s");
        return complain(&e);
    }
    if (l->runs) return EXIT_DONE;
    err_set(&e, ERR_INPUT, l->sources.count == 1 ? l->sources.list[0].name.ptr : "", "holds no run: %s",
            g->total ? "is it a log of a kind that help formats lists?" : "it is empty");
    return complain(&e);
}

static bool matches_id(const struct run *run, struct str wanted) { return str_starts(run->id, wanted); }

/* "ID (attempt 2)", as list prints it, or ID#2: *ret_id and the number; 0 when it names none. */
static uint32_t attempt_of(struct str wanted, struct str *ret_id)
{
    static const struct str word = { " (attempt ", 10 };
    size_t at = str_rfind(wanted, '#'), open = str_rfind(wanted, '(');
    struct str digits = str_skip(wanted, at + 1);
    *ret_id = str_first(wanted, at);
    if (open < wanted.len && open && str_starts(str_skip(wanted, open - 1), word) && str_ends(wanted, S(")"))) {
        *ret_id = str_first(wanted, open - 1);
        digits = str_skip(wanted, open - 1 + word.len);
        digits.len--;
    }
    uint32_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || n > 100000) return 0;
        n = n * 10 + (uint32_t)(digits.ptr[i] - '0');
    }
    return n;
}

/* The run of exactly this id and attempt, NULL when there is none. */
static struct run *named_attempt(struct run *runs, struct str wanted)
{
    struct str id;
    uint32_t n = attempt_of(wanted, &id);
    for (struct run *r = n ? runs : NULL; r; r = r->next)
        if (str_eq(r->id, id) && r->attempt == n) return r;
    return NULL;
}

/* Leaves the run of o->run, or the latest, in the list. An exact id beats an attempt's, and that a beginning. */
static enum exit_status choose(struct loaded *l, const struct options *o)
{
    struct run *chosen = NULL;
    size_t candidates = 0;
    for (struct run *r = l->runs; r; r = r->next) l->run_count++;
    l->runs_read = l->run_count;
    if (o->run) {
        struct str wanted = str_z(o->run);
        for (struct run *r = l->runs; r; r = r->next) {
            if (!matches_id(r, wanted)) continue;
            bool exact = str_eq(r->id, wanted), had_exact = chosen && str_eq(chosen->id, wanted);
            if (exact || !had_exact) chosen = r; /* of one id's attempts the last */
            candidates += !exact;
        }
        struct run *attempt = chosen && str_eq(chosen->id, wanted) ? NULL : named_attempt(l->runs, wanted);
        if (attempt) chosen = attempt;
        bool sure = chosen && (attempt || str_eq(chosen->id, wanted) || candidates == 1);
        if (!sure) {
            struct err e;
            err_set(&e, ERR_INPUT, "",
                    chosen ? "--run %s: %zu runs begin like this; give more of the id (list shows them)"
                           : "--run %s: there is no such run (list shows them)",
                    o->run, candidates);
            return complain(&e);
        }
    } else if (o->which == RUNS_LATEST) {
        for (struct run *r = l->runs; r; r = r->next)
            if (!chosen || r->start >= chosen->start) chosen = r;
    }
    if (!chosen) return EXIT_DONE; /* all of them */
    chosen->next = NULL;
    l->runs = chosen;
    l->run_count = 1;
    return EXIT_DONE;
}

enum exit_status load(struct loaded *l, const struct options *o, struct progress *progress)
{
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    l->sources = SOURCES_INIT;
    l->sources.keep_originals = l->archiving || l->hashing;
    l->notes.first_bad = S("");
    enum exit_status status = open_all(l, o);
    if (status != EXIT_DONE) return status;
    if (l->archiving) l->archive = archive_begin(&l->sources, (enum archive_choice)o->embed_log);
    else if (l->hashing) l->hashes = archive_begin(&l->sources, ARCHIVE_NEVER);
    struct loading g = { .l = l, .o = o, .progress = progress, .builder = builder_new(&l->sources, &l->arena) };
    if (l->checking) builder_on_note(g.builder, on_note, &g);
    status = read_all(&g);
    if (status == EXIT_DONE) status = choose(l, o);
    if (status != EXIT_DONE) return status;
    l->left_out = ARENA_ARRAY(&l->arena, struct str, l->run_count);
    size_t i = 0;
    uint64_t selected = 0;
    for (struct run *r = l->runs; r; r = r->next) {
        l->left_out[i++] = selection_apply(&o->select, r);
        for (uint32_t k = 0; k < r->step_count; k++) selected += !r->steps[k]->hidden && !r->steps[k]->context;
    }
    if (l->run_count == 1 && l->left_out[0].len) archive_is_part(l->archive);
    if (!selected && !o->quiet)
        complain_at(S(""), 0, 0,
                    "no step is selected by --filter, --keys, --status, --min-duration and --depth: the outputs show "
                    "the pipelines alone");
    return EXIT_DONE;
}

void loaded_free(struct loaded *l)
{
    archive_free(l->archive);
    archive_free(l->hashes);
    sources_close(&l->sources);
    arena_free(&l->arena);
}

enum exit_status verdict(const struct loaded *l, const struct options *o)
{
    struct err e;
    if (l->sources.failed) {
        err_set(&e, ERR_INPUT, l->sources.failed->name.ptr,
                "changed while it was read: records and results are missing from what was written; render it again");
        return complain(&e);
    }
    if (l->archive && archive_missing(l->archive, false) == ARCHIVE_CHANGED) {
        err_set(&e, ERR_INPUT, l->sources.count == 1 ? l->sources.list[0].name.ptr : "",
                "changed while it was read: the page does not carry the log; render it again");
        return complain(&e);
    }
    for (const struct run *r = l->runs; r; r = r->next) {
        if (o->fail_on >= FAIL_ERROR && r->status == RUN_FAILED) return EXIT_NO;
        if (o->fail_on == FAIL_UNFINISHED && (r->status == RUN_UNFINISHED || r->status == RUN_RUNNING)) return EXIT_NO;
    }
    return EXIT_DONE;
}
