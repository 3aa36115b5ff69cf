/* SPDX-License-Identifier: MIT */
#include "input/format.h"

#include "event/json.h"

enum { LINES_TRIED = 16 };

/* A line of ours, or any body or document of PipeLens's. */
static bool knows_pipelens(const struct glance *g)
{
    static const struct str words[] = { { "operation", 9 },     { "steps", 5 }, { "step", 4 },
                                        { "pipelineMeta", 12 }, { "key", 3 },   { "substeps", 8 },
                                        { "logVersion", 10 } };
    for (size_t i = 0; g->object && i < sizeof words / sizeof *words; i++)
        if (glance_get(g, words[i]).len) return true;
    return false;
}

const struct format format_pipelens = {
    .name = "pipelens",
    .title = "PipeLens and pipelens-report",
    .about = "event logs (NDJSON), posted batches, outputPipelineMeta() and its\nnested and flat forms\n",
    .names = (const char *const[]){ "*.ndjson*", "*.jsonl*", "*.json", NULL },
    .takes = TAKES_VALUES,
    .knows = knows_pipelens,
};

const struct format *const formats[] = {
    &format_pipelens, &format_burr,   &format_stage_tracker, &format_span_tree, &format_otlp,           &format_jaeger,
    &format_zipkin,   &format_chrome, &format_nextflow,      &format_ninja,     &format_github_actions, NULL,
};

struct str glance_get(const struct glance *g, struct str key)
{
    for (size_t i = 0; i < g->count; i++)
        if (json_key_is(g->members[i].key, key)) return g->members[i].value;
    return (struct str){ 0 };
}

/* At the first object that the text begins with, behind the bracket of an array; false when there is none. */
static bool enter(struct json *j, bool *ret_in_array)
{
    *ret_in_array = !json_at_end(j) && *j->at == '[';
    if (*ret_in_array) json_enter(j, '[');
    return !json_at_end(j) && *j->at == '{' && json_enter(j, '{');
}

struct str glance_inside(struct str value, struct str key)
{
    struct json j = json_begin(value);
    struct str found = { 0 }, name;
    bool in_array;
    if (enter(&j, &in_array))
        while (!found.len && json_member(&j, &name)) {
            const char *from = j.at;
            json_skip(&j);
            if (json_key_is(name, key)) found = str_of(from, (size_t)(j.at - from));
        }
    json_done(&j);
    return found;
}

static struct glance look(struct str text)
{
    struct glance g = { .text = text, .line = str_first(text, str_find(text, '\n')) };
    struct json j = json_begin(text);
    struct str key;
    if (str_ends(g.line, S("\r"))) g.line.len--;
    g.object = enter(&j, &g.in_array);
    while (g.object && g.count < sizeof g.members / sizeof *g.members && json_member(&j, &key)) {
        const char *from = j.at;
        json_skip(&j);
        g.members[g.count++] = (struct glance_member){ key, str_of(from, (size_t)(j.at - from)) };
    }
    json_done(&j);
    return g;
}

const struct format *format_named(struct str name)
{
    for (const struct format *const *f = formats; *f; f++)
        if (str_eq(str_z((*f)->name), name)) return *f;
    return NULL;
}

void format_put_names(struct buf *b, const struct format *f)
{
    for (const char *const *pattern = f->names; pattern && *pattern; pattern++)
        buf_printf(b, "%s%s", pattern == f->names ? "" : ", ", *pattern);
    if (f->folder) buf_printf(b, "%sfolders of %s", f->names ? ", " : "", f->title);
}

const struct format *format_detect(struct str beginning)
{
    struct str rest = beginning;
    if (str_starts(rest, S("\xEF\xBB\xBF"))) rest = str_skip(rest, 3);
    for (int tried = 0; tried < LINES_TRIED && rest.len; tried++) {
        struct glance g = look(rest);
        for (const struct format *const *f = formats + 1; *f; f++)
            if ((*f)->knows(&g)) return *f;
        if (knows_pipelens(&g)) return &format_pipelens; /* last: its words are common ones */
        rest = str_skip(rest, str_find(rest, '\n') + 1);
    }
    return NULL;
}
