/* SPDX-License-Identifier: MIT
 *
 * A process of a file of Chrome trace events as a run: what it is called, its beginning and its end.
 *
 *   pid 1               of the only file
 *   pid 1, a.json       of one of several: every file has its own processes
 *   pid 1, day1/a.json  where another file has that name as well
 */
#include "input/chrome.h"

#include "event/json.h"
#include "input/titles.h"

/* Has another file this name, in another directory? */
static bool is_shared(const struct teller *t, struct str title)
{
    size_t count = 0;
    for (size_t i = 0; i < t->sources->count; i++) {
        struct str name = t->sources->list[i].name;
        bool ends = str_ends(name, title);
        count += ends && (name.len == title.len || name.ptr[name.len - title.len - 1] == '/');
    }
    return count > 1;
}

/* Behind the id of a run: ", FILE" when there are several files. */
static struct str suffix_of(struct teller *t)
{
    if (t->sources->count < 2) return S("");
    struct str title = path_title(t, S("standard input"));
    if (is_shared(t, title)) title = str_z(t->path);
    return arena_format(&t->arena, ", %.*s", STR_ARG(title));
}

void chrome_name_runs(struct chrome *c)
{
    struct buf text = BUF_INIT;
    struct str suffix = suffix_of(c->t);
    for (size_t i = 0; i < c->process_count; i++) {
        struct chrome_process *p = &c->processes[i];
        buf_clear(&text);
        if (p->pid.len) buf_puts(&text, "pid ");
        json_put_text(&text, p->pid.len ? p->pid : S("trace"));
        if (!chrome_is_text(p->name)) p->name = json_of_text(buf_str(&text), &c->t->arena);
        buf_put(&text, suffix);
        if (!p->run.len) p->run = json_of_text(buf_str(&text), &c->t->arena);
    }
    buf_free(&text);
}

void chrome_tell_run(struct chrome *c, uint32_t process)
{
    tell_raw(c->t, &c->t->event.runId, c->processes[process].run);
}

/* JSON of the characters with the dots replaced, as names stand in keys. */
static struct str key_of(struct chrome *c, struct str name)
{
    struct buf text = BUF_INIT;
    json_put_text(&text, name);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.') text.ptr[i] = '_';
    struct str key = json_of_text(buf_str(&text), &c->t->arena);
    buf_free(&text);
    return key;
}

/* Metadata that has no better place: [{"tid": …, "name": …, "args": …}, …] */
static void tell_metas(struct chrome *c, const struct chrome_process *p)
{
    struct buf *b = NULL;
    for (uint32_t i = p->first_meta; i != CHROME_NONE; i = c->metas[i].next) {
        const struct chrome_meta *m = &c->metas[i];
        if (str_eq(m->name, S("\"process_name\""))) continue;
        if (!b) b = tell_open_extra(c->t, S("metadata"));
        buf_puts(b, b->ptr[b->len - 1] == '}' ? ",{" : "[{");
        if (m->track != CHROME_NONE) {
            buf_puts(b, "\"tid\":");
            buf_put_json(b, c->tracks[m->track].tid);
            buf_putc(b, ',');
        }
        buf_puts(b, "\"name\":");
        buf_put(b, m->name.len ? m->name : S("null"));
        buf_puts(b, ",\"args\":");
        buf_put(b, m->args.len ? m->args : S("null"));
        buf_putc(b, '}');
    }
    if (!b) return;
    buf_putc(b, ']');
    tell_close(c->t);
}

void chrome_begin_run(struct chrome *c, uint32_t number)
{
    struct chrome_process *p = &c->processes[number];
    struct teller *t = c->t;
    p->begun = true;
    if (p->own.len) {
        chrome_tell_own_run(c, number);
        return;
    }
    p->key = key_of(c, p->name);
    tell_begin(t, EVENT_PIPELINE_START, NULL);
    t->event.root_made = true;
    chrome_tell_run(c, number);
    tell_raw(t, &t->event.step.name, p->name);
    tell_raw(t, &t->event.step.key, p->key);
    t->event.step.start = chrome_us(c, p->start);
    for (size_t i = 0; !c->members_told && i < c->member_count; i++)
        tell_extra(t, json_key_text(c->members[i].key, &t->arena), c->members[i].value);
    c->members_told = true;
    tell_metas(c, p);
    tell_send(t);
}

void chrome_end_run(struct chrome *c, uint32_t number)
{
    struct chrome_process *p = &c->processes[number];
    struct teller *t = c->t;
    if (!p->any || p->open) return;
    tell_begin(t, EVENT_PIPELINE_FINISH, NULL);
    t->event.root_made = true;
    chrome_tell_run(c, number);
    tell_raw(t, &t->event.step.key, p->key);
    t->event.step.start = chrome_us(c, p->start);
    t->event.step.end = chrome_us(c, p->end);
    tell_text(t, &t->event.status, S("completed"));
    tell_send(t);
}
