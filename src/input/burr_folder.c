/* SPDX-License-Identifier: MIT
 *
 * What stands beside a log of Burr's:
 *
 *   PROJECT/APPLICATION/log.jsonl        the lines (burr_line.c)
 *                       graph.json       its state machine: entrypoint, actions, transitions
 *                       metadata.json    partition key; the applications that it was forked from or spawned by
 *                       children.jsonl   those that were forked from it or spawned by it, a line each
 *
 * None of them need be there, and a bad one is a problem that is told, no more. The definition is Burr's
 * burr/tracking/common/models.py.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "input/burr.h"

#include "event/fields.h"
#include "input/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char children_name[] = "children.jsonl", graph_name[] = "graph.json", metadata_name[] = "metadata.json";

static bool has_file(const char *folder, const char *name)
{
    struct arena scratch = { 0 };
    struct stat st;
    bool has = stat(arena_format(&scratch, "%s/%s", folder, name).ptr, &st) == 0 && S_ISREG(st.st_mode);
    arena_free(&scratch);
    return has;
}

/* An application that is not tracked leaves none but its children, of those that are. */
struct folder burr_folder_look(const char *path)
{
    static const char *const beside[] = { children_name, graph_name, metadata_name, NULL };
    bool log = has_file(path, BURR_LOG), children = has_file(path, children_name);
    if (!log && !children) return (struct folder){ 0 };
    bool sure = children || has_file(path, graph_name) || has_file(path, metadata_name);
    return (struct folder){ .log = BURR_LOG, .there = log, .beside = sure ? beside : NULL };
}

void burr_file_problem(struct teller *t, struct str folder, const char *name, const char *what)
{
    struct str text = arena_format(&t->arena, "%.*s/%s: %s", STR_ARG(folder), name, what);
    tell_problem(t, NULL, text.ptr);
}

static bool read_all(int fd, struct buf *b, size_t size)
{
    char *room = buf_room(b, size + 1);
    while (b->len < size) {
        ssize_t got = read(fd, room + b->len, size - b->len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break; /* shorter than it was */
        b->len += (size_t)got;
    }
    b->ptr[b->len] = '\0';
    return true;
}

struct buf burr_file_read(struct teller *t, struct str folder, const char *name, size_t max, bool *ret_there)
{
    struct buf b = BUF_INIT;
    struct buf path = BUF_INIT;
    struct stat st;
    *ret_there = false;
    buf_printf(&path, "%.*s/%s", STR_ARG(folder), name);
    buf_putc(&path, '\0');
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a named pipe is not waited for */
    if (fd < 0 && errno != ENOENT) burr_file_problem(t, folder, name, strerror(errno));
    if (fd >= 0 && fstat(fd, &st) == 0) {
        if (!S_ISREG(st.st_mode)) burr_file_problem(t, folder, name, "is no file: left out");
        else if ((uint64_t)st.st_size > max) burr_file_problem(t, folder, name, "is too long: left out");
        else if (!read_all(fd, &b, (size_t)st.st_size)) burr_file_problem(t, folder, name, strerror(errno));
        else *ret_there = true;
    }
    if (fd >= 0) close(fd);
    buf_free(&path);
    return b;
}

/* The JSON object that a file beside the log is, "" when there is none. */
static struct str read_object(struct teller *t, struct str folder, const char *name)
{
    bool there;
    struct buf b = burr_file_read(t, folder, name, BURR_BESIDE_MAX, &there);
    struct str text = str_trim(buf_str(&b)), object = { 0 };
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_skip(text, 3);
    struct json j = json_begin(text);
    if (there) json_skip(&j);
    if (there && !j.error && json_at_end(&j) && json_type(text) == JSON_OBJECT) object = arena_copy(&t->arena, text);
    else if (there) burr_file_problem(t, folder, name, "is no JSON object: left out");
    json_done(&j);
    buf_free(&b);
    return object;
}

/* ---- children ---- */

struct child_line {
    struct str child, event, time, sequence;
};

static bool is_folder_name(struct str name)
{
    return name.len && name.len <= 255 && str_find(name, '/') == name.len && str_find(name, '\0') == name.len &&
           !str_eq(name, S(".")) && !str_eq(name, S(".."));
}

static bool take_child(struct teller *t, struct str line, const struct burr_clock *clock, struct burr_child *ret)
{
    static const struct field table[] = {
        FIELD(struct child_line, child, "child"),
        FIELD(struct child_line, event, "event_type"),
        FIELD(struct child_line, time, "event_time"),
        FIELD(struct child_line, sequence, "sequence_id"),
    };
    struct child_line c = { 0 };
    struct json j = json_begin(line);
    json_skip(&j);
    bool good = !j.error && json_at_end(&j) && json_type(line) == JSON_OBJECT;
    json_done(&j);
    if (!good) return false;
    fields_take(line, table, sizeof table / sizeof *table, &c, NULL, NULL);
    struct str id = json_type(c.child) == JSON_OBJECT ? json_get(c.child, S("app_id")) : (struct str){ 0 };
    *ret = (struct burr_child){ .time = burr_clock_read(clock, c.time) };
    if (json_type(id) != JSON_STRING) return false;
    ret->app_id = arena_copy(&t->arena, json_text(id, &t->arena));
    if (!value_absent(c.sequence)) ret->sequence = arena_copy(&t->arena, json_text(c.sequence, &t->arena));
    ret->event = arena_copy(&t->arena, c.event);
    ret->time_text = arena_copy(&t->arena, c.time);
    return ret->app_id.len != 0;
}

static int by_sequence(const struct burr_child *a, const struct burr_child *b)
{
    int order = a->sequence.len != b->sequence.len ? (a->sequence.len < b->sequence.len ? -1 : 1)
                                                   : str_cmp(a->sequence, b->sequence);
    return order ? order : (a->time > b->time) - (a->time < b->time);
}

static int by_sequence_and_time(const void *a, const void *b) { return by_sequence(a, b); }

void burr_children_read(struct teller *t, struct burr_folder *folder, const struct burr_clock *clock)
{
    bool there;
    struct buf b = burr_file_read(t, folder->path, children_name, BURR_BESIDE_MAX, &there);
    struct str rest = buf_str(&b);
    size_t cap = 0, bad = 0, more = 0;
    struct burr_child *list = NULL;
    while (rest.len) {
        struct burr_child child;
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!line.len) continue;
        if (folder->child_count == BURR_CHILDREN_MAX) more++;
        else if (!take_child(t, line, clock, &child)) bad++;
        else {
            list = array_grow(list, &cap, folder->child_count + 1, sizeof *list);
            list[folder->child_count++] = child;
        }
    }
    if (bad)
        burr_file_problem(
            t, folder->path, children_name,
            arena_format(&t->arena, "%zu line%s no child: left out", bad, bad == 1 ? " is" : "s are").ptr);
    if (more)
        burr_file_problem(t, folder->path, children_name,
                          arena_format(&t->arena, "%zu children beyond %d are left out", more, BURR_CHILDREN_MAX).ptr);
    if (folder->child_count) {
        folder->children = ARENA_ARRAY(&t->arena, struct burr_child, folder->child_count);
        memcpy(folder->children, list, folder->child_count * sizeof *list);
        qsort(folder->children, folder->child_count, sizeof *list, by_sequence_and_time);
    }
    free(list);
    buf_free(&b);
}

/* The first child of the sequence id, NULL when there is none. */
static struct burr_child *group_of(struct burr_folder *folder, struct str sequence)
{
    struct burr_child wanted = { .sequence = sequence, .time = TIME_NONE };
    size_t low = 0, high = folder->child_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_sequence(&folder->children[middle], &wanted) < 0) low = middle + 1;
        else high = middle;
    }
    bool found = low < folder->child_count && str_eq(folder->children[low].sequence, sequence);
    return found ? &folder->children[low] : NULL;
}

void burr_children_begin(struct burr_folder *folder, struct str sequence, uint32_t attempt)
{
    struct burr_child *first = folder->child_count ? group_of(folder, sequence) : NULL;
    if (!first) return;
    first->current = attempt;
    size_t left = folder->child_count - (size_t)(first - folder->children);
    while (first->passed < left && first[first->passed].settled && str_eq(first[first->passed].sequence, sequence))
        first->passed++;
    const struct burr_child *open = &first[first->passed];
    if (first->passed < left && str_eq(open->sequence, sequence) && open->time < folder->next)
        folder->next = open->time;
}

bool burr_children_settle(struct burr_folder *folder, int64_t before)
{
    if (before <= folder->next && before != INT64_MAX) return false;
    const struct burr_child *first = folder->children;
    folder->next = INT64_MAX;
    for (size_t i = 0; i < folder->child_count; i++) {
        struct burr_child *child = &folder->children[i];
        if (!str_eq(child->sequence, first->sequence)) first = child;
        if (child->settled || (first->current == BURR_ATTEMPT_NONE && before != INT64_MAX)) continue;
        child->settled = child->time < before;
        if (child->settled) child->attempt = first->current;
        else if (child->time < folder->next) folder->next = child->time;
    }
    return folder->child_count > 0;
}

/* ---- the folder ---- */

static struct str last_part(struct str path)
{
    size_t slash = str_rfind(path, '/');
    return slash == path.len ? path : str_skip(path, slash + 1);
}

/* Without what stands behind the first dot of the file's name. */
static struct str stem(struct str file)
{
    struct str name = last_part(file);
    return str_find(name, '.') ? str_first(name, str_find(name, '.')) : name;
}

struct burr_folder burr_folder_read(struct teller *t, struct str log, const struct burr_clock *clock)
{
    struct burr_folder f = { .next = INT64_MAX };
    f.app_id = f.project = str_eq(log, S("-")) ? S("application") : stem(log);
    if (!str_eq(last_part(log), S(BURR_LOG))) return f;
    size_t slash = str_rfind(log, '/');
    f.path = slash == log.len ? S(".") : arena_copy(&t->arena, str_first(log, slash ? slash : 1));
    char *real = realpath(f.path.ptr, NULL);
    struct str whole = arena_copy(&t->arena, str_z(real)), around = str_first(whole, str_rfind(whole, '/'));
    free(real);
    if (last_part(whole).len) f.app_id = f.project = last_part(whole);
    if (burr_folder_look(f.path.ptr).beside && last_part(around).len) f.project = last_part(around);
    f.graph = read_object(t, f.path, graph_name);
    f.metadata = read_object(t, f.path, metadata_name);
    burr_children_read(t, &f, clock);
    return f;
}

void burr_folder_put_read(struct buf *b, const struct burr_folder *folder)
{
    const char *names[] = { folder->graph.len ? graph_name : NULL, folder->metadata.len ? metadata_name : NULL,
                            folder->child_count ? children_name : NULL };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i]) buf_printf(b, "%s%s", b->len ? ", " : "", names[i]);
}

struct str burr_folder_of(struct teller *t, const struct burr_folder *near, struct str app_id)
{
    if (!near->path.len || !is_folder_name(app_id)) return (struct str){ 0 };
    struct str path = arena_format(&t->arena, "%.*s/../%.*s", STR_ARG(near->path), STR_ARG(app_id));
    struct stat st;
    if (lstat(path.ptr, &st) != 0 || !S_ISDIR(st.st_mode)) return (struct str){ 0 }; /* no link out of the project */
    return has_file(path.ptr, BURR_LOG) ? path : (struct str){ 0 };
}
