/* SPDX-License-Identifier: MIT
 *
 * Burr's logs: a folder per application, in it log.jsonl and what burr_folder.c knows. The run is the application, its
 * id the folder's name, its name that of the project's folder.
 *
 *   run "demo_chatbot", id "chat-6"
 *     ├─ prompt                 action, id "0"
 *     └─ decide_mode            action, id "3"
 *          ├─ openai.chat       span, id "3:0.0"
 *          └─ chat-6-helper     application "@chat-6-helper", which the action spawned
 *               └─ draft        its action, id "@chat-6-helper/0"
 *
 * A child is a run of its own when its own log is read; here its log is read beside that of its parent.
 */
#include "input/burr_line.h"

#include "event/json.h"

#include <stdlib.h>

enum { CHILD_BYTES_MAX = 256 << 20 /* of all logs shown with one parent */ };

/* Children that are still to be shown, and all that were seen. */
struct waiting {
    struct str app_id, path; /* its folder, "" when it is not there */
    struct str parent;       /* id of the step that it is below, "" the run's root */
    struct str event, time_text;
    uint32_t depth;
};
struct family {
    struct teller *t;
    struct burr_app *top;
    struct waiting *list;
    size_t count, cap, shown;
    uint64_t bytes;
    size_t too_deep, too_many, too_long, bad;
};

struct reading {
    struct burr_clock clock;
    struct burr_app app;
    struct family family;
    bool ready;
};

static bool knows_burr(const struct glance *g)
{
    static const struct str types[] = { { "\"begin_entry\"", 13 }, { "\"end_entry\"", 11 },
                                        { "\"begin_span\"", 12 },  { "\"end_span\"", 10 },
                                        { "\"attribute\"", 11 },   { "\"begin_stream\"", 14 },
                                        { "\"end_stream\"", 12 },  { "\"first_item_stream\"", 19 } };
    struct str type = glance_get(g, S("type"));
    bool entry = glance_get(g, S("action")).len &&
                 (glance_get(g, S("start_time")).len || glance_get(g, S("end_time")).len);
    bool within = glance_get(g, S("action_sequence_id")).len != 0;
    for (size_t i = 0; g->object && !g->in_array && i < sizeof types / sizeof *types; i++)
        if (str_eq(type, types[i])) return i < 2 ? entry : within;
    return false;
}

static struct burr_app app_of(struct teller *t, const struct burr_clock *clock, struct burr_folder folder)
{
    return (struct burr_app){
        .t = t,
        .clock = clock,
        .folder = folder,
        .name = folder.project,
        .run_id = folder.app_id,
        .attempt = 1,
        .start = TIME_NONE,
        .end = TIME_NONE,
        .last = -1,
        .held = BUF_INIT,
        .id = BUF_INIT,
        .text = BUF_INIT,
        .sequence_text = BUF_INIT,
        .span_text = BUF_INIT,
    };
}

/* ---- children ---- */

static bool is_known(const struct family *f, struct str app_id)
{
    if (str_eq(app_id, f->top->run_id)) return true;
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->list[i].app_id, app_id)) return true;
    return false;
}

/* From the action that forked or spawned it. */
static void link_child(struct burr_app *app, const struct burr_child *child, struct str step)
{
    struct teller *t = app->t;
    tell_begin(t, EVENT_STEP_LINK, NULL);
    tell_text(t, &t->event.runId, app->run_id);
    tell_text(t, &t->event.step.id, step);
    struct buf *b = tell_open(t, &t->event.to);
    buf_puts(b, "{\"runId\":");
    buf_put_json(b, child->app_id);
    buf_puts(b, "}");
    tell_close(t);
    tell_text(t, &t->event.relation, S("spawned"));
    t->event.ts = child->time;
    tell_send(t);
}

static void wait_for(struct family *f, const struct burr_app *app, const struct burr_child *child, struct str parent)
{
    struct str path = burr_folder_of(f->t, &app->folder, child->app_id);
    if (is_known(f, child->app_id) || (!path.len && parent.len)) return;
    if (app->depth == BURR_DEPTH_MAX) f->too_deep++;
    else if (f->count == BURR_CHILDREN_MAX) f->too_many++;
    else {
        f->list = array_grow(f->list, &f->cap, f->count + 1, sizeof *f->list);
        f->list[f->count++] = (struct waiting){ .app_id = child->app_id,
                                                .path = path,
                                                .parent = parent,
                                                .event = child->event,
                                                .time_text = child->time_text,
                                                .depth = app->depth + 1 };
    }
}

/* The children of an application that are settled: links, and those whose folder is there will be shown. A child of an
 * earlier attempt of the run that came when that was over is shown below the root. */
static void find_children(struct family *f, struct burr_app *app)
{
    for (size_t i = 0; i < app->folder.child_count; i++) {
        struct burr_child *child = &app->folder.children[i];
        if (!child->settled || child->told) continue;
        child->told = true;
        struct str step = child->attempt == BURR_ATTEMPT_NONE
                              ? app->top
                              : arena_copy(&f->t->arena, burr_step_id(app, child->sequence, child->attempt));
        if (step.len) link_child(app, child, step);
        bool late = !app->top.len && child->attempt != app->attempt;
        wait_for(f, app, child, late ? app->top : step);
    }
}

/* The step that stands for the child. */
static void tell_child(struct burr_app *app, const struct waiting *w)
{
    struct teller *t = app->t;
    bool ended = app->begun && !app->open;
    tell_begin(t, ended ? EVENT_STEP_FINISH : EVENT_STEP_START, NULL);
    tell_text(t, &t->event.runId, app->run_id);
    tell_text(t, &t->event.step.id, app->top);
    if (w->parent.len) tell_text(t, &t->event.step.parentId, w->parent);
    tell_text(t, &t->event.step.name, w->app_id);
    tell_text(t, &t->event.step.kind, S("application"));
    t->event.step.start = app->start;
    if (ended) t->event.step.end = app->end;
    if (ended && app->failed) tell_text(t, &t->event.step.status, S("error"));
    tell_extra(t, S("event_type"), w->event);
    tell_extra(t, S("event_time"), w->time_text);
    tell_send(t);
}

static void read_lines(struct burr_app *app, struct str rest)
{
    while (rest.len) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        struct json j = json_begin(line);
        while (!json_at_end(&j)) {
            struct str value = json_skip(&j);
            if (j.error) break;
            burr_app_line(app, value);
        }
        app->left_out += j.error != NULL;
        json_done(&j);
    }
}

static void show_child(struct family *f, size_t number)
{
    struct teller *t = f->t;
    const struct waiting w = f->list[number];
    struct burr_folder folder = { .path = w.path, .app_id = f->top->folder.app_id, .next = INT64_MAX };
    bool there = false;
    struct buf log = BUF_INIT;
    if (w.path.len && f->bytes > CHILD_BYTES_MAX) f->too_long++;
    else if (w.path.len) log = burr_file_read(t, w.path, BURR_LOG, BURR_CHILD_LOG_MAX, &there);
    if (there) burr_children_read(t, &folder, f->top->clock);
    struct burr_app app = app_of(t, f->top->clock, folder);
    app.run_id = f->top->run_id;
    app.depth = w.depth;
    app.top = arena_format(&t->arena, "@%.*s", STR_ARG(w.app_id));
    app.prefix = arena_format(&t->arena, "@%.*s/", STR_ARG(w.app_id));
    f->bytes += log.len;
    read_lines(&app, buf_str(&log));
    burr_attempt_end(&app, INT64_MAX);
    tell_child(&app, &w);
    find_children(f, &app);
    f->bad += app.left_out;
    buf_free(&log);
    burr_app_free(&app);
}

/* Those of the attempt that ends, and their own children. */
static void show_children(struct burr_app *app)
{
    struct family *f = app->context;
    find_children(f, app);
    while (f->shown < f->count) show_child(f, f->shown++);
}

static void say(struct teller *t, size_t count, const char *one, const char *many, const char *what)
{
    if (!count) return;
    struct buf b = BUF_INIT;
    buf_put_count(&b, count, one, many);
    buf_puts(&b, what);
    tell_note(t, buf_str(&b));
    buf_free(&b);
}

/* A page that is made from the log carries no other file. */
static void say_beside(struct teller *t, const struct burr_folder *folder)
{
    struct buf b = BUF_INIT;
    burr_folder_put_read(&b, folder);
    if (b.len) {
        buf_puts(&b, " beside it: read as well; a page carries the log alone");
        tell_note(t, buf_str(&b));
    }
    buf_free(&b);
}

static void take_text(struct teller *t, void *state, struct str text)
{
    struct reading *r = state;
    if (!r->ready) {
        r->ready = true;
        r->clock = burr_clock_find(t);
        r->app = app_of(t, &r->clock, burr_folder_read(t, str_z(t->path), &r->clock));
        say_beside(t, &r->app.folder);
        r->app.attempt_ends = show_children;
        r->app.context = &r->family;
        r->family = (struct family){ .t = t, .top = &r->app };
    }
    burr_app_line(&r->app, text);
}

static void end(struct teller *t, void *state)
{
    struct reading *r = state;
    const struct family *f = &r->family;
    if (!r->ready) return;
    burr_attempt_end(&r->app, INT64_MAX);
    say(t, f->too_deep, "application", "applications",
        arena_format(&t->arena, " below more than %d others: not shown", BURR_DEPTH_MAX).ptr);
    say(t, f->too_many, "child", "children", arena_format(&t->arena, " beyond %d: not shown", BURR_CHILDREN_MAX).ptr);
    say(t, f->too_long, "child", "children", " not shown, because the logs of those before are long");
    say(t, f->bad, "bad line", "bad lines", " in the logs of children left out: see check of their own logs");
    free(f->list);
    burr_app_free(&r->app);
}

const struct format format_burr = {
    .name = "burr",
    .title = "Burr",
    .about = "log.jsonl of the LocalTrackingClient (~/.burr/PROJECT/APPLICATION), or the\n"
             "folder of an application or of a project\n",
    .folder = burr_folder_look,
    .takes = TAKES_VALUES,
    .knows = knows_burr,
    .state_size = sizeof(struct reading),
    .text = take_text,
    .end = end,
};
