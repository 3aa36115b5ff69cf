/* SPDX-License-Identifier: MIT
 *
 * What a reader wants to know first: what failed, what the run was waiting for, what took its time itself.
 */
#include "render/html_sections.h"

#include "event/json.h"
#include "model/critical.h"
#include "model/records.h"
#include "model/failures.h"
#include "model/statistics.h"
#include "render/payload.h"
#include "render/wording.h"

#include <string.h>

enum {
    FAILURES_SHOWN = 5,
    OPEN_SHOWN = 6,
    ROWS = 8,
    NAME_COLUMNS = 48,
    LINE_COLUMNS = 400,
    ERROR_LINES = 24,
    TRACE_LINES = 120,
    STRIP = 1000, /* units of a strip's width: thousandths of the run */
};

struct overview {
    const struct run *run;
    const struct report_options *o;
    struct buf *out;
    struct arena scratch;
};

static void put_short_name(const struct step *step, struct buf *out)
{
    struct buf name = BUF_INIT;
    wording_put_short(&name, step->name, NAME_COLUMNS);
    buf_puts(out, "<bdi>");
    buf_put_html(out, buf_str(&name));
    buf_puts(out, "</bdi>");
    buf_free(&name);
}

void html_put_step_link(const struct run *run, const struct step *step, unsigned levels, struct buf *out)
{
    enum { LEVELS_MAX = 8 };
    const struct step *above[LEVELS_MAX], *at = step->parent;
    unsigned count = 0;
    for (; at && at != run->root && count < levels && count < LEVELS_MAX; at = at->parent) above[count++] = at;
    if (levels && count && at && at != run->root) buf_puts(out, "<span class=\"way\">… ›</span> ");
    while (count > 0) {
        buf_puts(out, "<span class=\"way\">");
        put_short_name(above[--count], out);
        buf_puts(out, " ›</span> ");
    }
    buf_printf(out, "<a href=\"#s%u\">", (unsigned)step->index);
    put_short_name(step, out);
    buf_puts(out, "</a>");
}

static void put_mark(const struct step *step, struct buf *out)
{
    const char *status = step_status_name(step->status);
    buf_printf(out, "<svg class=\"mark is-%s\" role=\"img\" aria-label=\"%s\"><use href=\"#m-%s\"/></svg>", status,
               status, status);
}

/* The first lines of a text, and how many more there are; escaped. Nothing for an empty text. */
static void put_lines(struct overview *v, struct str text, unsigned max)
{
    struct buf block = BUF_INIT;
    for (unsigned lines = 0; text.len && lines < max; lines++) {
        struct str line = str_cut(&text, '\n');
        size_t indent = 0;
        while (indent < line.len && indent < 40 && (line.ptr[indent] == ' ' || line.ptr[indent] == '\t')) indent++;
        buf_put_repeat(&block, ' ', indent);
        while (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        wording_put_start(&block, str_skip(line, indent), LINE_COLUMNS);
        buf_putc(&block, '\n');
    }
    uint64_t more = text.len ? 1 : 0;
    for (size_t i = 0; i < text.len; i++) more += text.ptr[i] == '\n';
    if (more) {
        buf_puts(&block, "… ");
        buf_put_count(&block, more, "more line", "more lines");
    }
    buf_puts(v->out, "<pre dir=\"auto\">\n");
    buf_put_html(v->out, str_trim(buf_str(&block)));
    buf_puts(v->out, "</pre>");
    buf_free(&block);
}

static void put_error(struct overview *v, const struct step *step)
{
    struct buf text = BUF_INIT;
    struct str type = step->more->error_type;
    struct str error = failure_plain(error_text(v->run, step->error, &v->scratch), &v->scratch);
    if (type.len && !str_starts(error, type)) {
        buf_put(&text, type);
        if (error.len) buf_puts(&text, ": ");
    }
    buf_put(&text, error);
    if (text.len) put_lines(v, buf_str(&text), ERROR_LINES);
    else buf_puts(v->out, "<p>The log holds no text for this error.</p>");
    buf_free(&text);
    struct str trace = json_text(sources_text(v->run->sources, step->more->trace), &v->scratch);
    trace = failure_plain(trace, &v->scratch);
    if (!trace.len || !memchr(trace.ptr, '\n', trace.len)) return; /* a mere place stands in the line above */
    buf_puts(v->out, "<details class=\"trace\"><summary>Trace</summary>");
    put_lines(v, trace, TRACE_LINES);
    buf_puts(v->out, "</details>");
}

/* What the step itself said last: the only error text of many a command. */
static void put_last_words(struct overview *v, const struct step *step)
{
    struct str text = failure_last_words(v->run, step, &v->scratch);
    size_t from = text.len;
    for (unsigned lines = 0; from && lines < ERROR_LINES; from--) lines += text.ptr[from - 1] == '\n';
    if (!text.len) return;
    buf_puts(v->out, "<p class=\"hint\">Its last error message:</p>");
    put_lines(v, from ? str_skip(text, from + 1) : text, ERROR_LINES);
}

static void put_circumstances(struct overview *v, const struct step *step)
{
    const struct run *run = v->run;
    buf_puts(v->out, " <span class=\"hint\">failed");
    if (step->duration != TIME_NONE) {
        buf_puts(v->out, " after ");
        clock_put_duration(v->out, step->duration, v->o->unit);
    }
    if (step != run->root && step->start != TIME_NONE && step->duration >= 0 && run->start != TIME_NONE) {
        buf_puts(v->out, ", ");
        clock_put_duration(v->out, step->start + step->duration - run->start, v->o->unit);
        buf_puts(v->out, " into the run");
    }
    struct str place = failure_place(run, step, &v->scratch);
    if (place.len) {
        struct buf text = BUF_INIT;
        wording_put_short(&text, place, 2 * NAME_COLUMNS);
        buf_puts(v->out, ", at <code>");
        buf_put_html(v->out, buf_str(&text));
        buf_puts(v->out, "</code>");
        buf_free(&text);
    }
    buf_puts(v->out, "</span>");
}

static void put_company(struct overview *v, const struct failure *f)
{
    if (!f->top && !f->other_count) return;
    buf_puts(v->out, "<p class=\"hint\">");
    if (f->top) {
        buf_puts(v->out, "Passed up to ");
        html_put_step_link(v->run, f->top, 0, v->out);
        buf_puts(v->out, ". ");
    }
    if (f->other_count) {
        size_t named = f->other_count < FAILURE_OTHERS_MAX ? (size_t)f->other_count : FAILURE_OTHERS_MAX;
        buf_puts(v->out, "The same error in ");
        buf_put_count(v->out, f->other_count, "other step: ", "other steps: ");
        for (size_t i = 0; i < named; i++) {
            if (i) buf_puts(v->out, ", ");
            html_put_step_link(v->run, f->others[i], 1, v->out);
        }
        buf_puts(v->out, named < f->other_count ? ", …" : ".");
    }
    buf_puts(v->out, "</p>");
}

static void put_failures(struct overview *v)
{
    struct failure list[FAILURES_MAX];
    uint64_t beyond;
    size_t count = failures_find(v->run, list, &beyond), shown = count < FAILURES_SHOWN ? count : FAILURES_SHOWN;
    if (!count && v->run->status != RUN_FAILED) return;
    buf_puts(v->out, "<div class=\"failed\"><h3>What failed</h3>\n");
    if (!count) buf_puts(v->out, "<p>The log calls the run failed; none of the steps shown holds an error.</p>");
    else if (v->run->status == RUN_COMPLETED) buf_puts(v->out, "<p class=\"hint\">The run completed all the same.</p>");
    for (size_t i = 0; i < shown; i++) {
        buf_puts(v->out, "<div class=\"failure\"><p>");
        put_mark(list[i].first, v->out);
        html_put_step_link(v->run, list[i].first, 2, v->out);
        put_circumstances(v, list[i].first);
        buf_puts(v->out, "</p>");
        put_error(v, list[i].first);
        put_last_words(v, list[i].first);
        put_company(v, &list[i]);
        buf_puts(v->out, "</div>\n");
        arena_trim(&v->scratch);
    }
    for (size_t i = shown; i < count; i++) beyond += 1 + list[i].other_count;
    if (beyond) {
        buf_puts(v->out, "<p class=\"hint\">… and ");
        buf_put_count(v->out, beyond, "more failed step with another error", "more failed steps with other errors");
        buf_puts(v->out, "</p>");
    }
    buf_puts(v->out, "</div>\n");
}

static void put_open(struct overview *v)
{
    const struct step *list[OPEN_SHOWN];
    uint64_t beyond;
    bool running = v->run->status == RUN_RUNNING;
    size_t count = open_leaves(v->run, list, OPEN_SHOWN, &beyond);
    if (!count) return;
    buf_printf(v->out, "<div class=\"failed\"><h3>%s</h3>\n<p class=\"hint\">%s</p>\n<ul class=\"plain\">\n",
               running ? "Running now" : "Never ended",
               running ? "Steps that had not ended at the last event of the log."
                       : "Steps without an end in the log. The innermost ones show where the work stood.");
    for (size_t i = 0; i < count; i++) {
        buf_puts(v->out, "<li>");
        put_mark(list[i], v->out);
        html_put_step_link(v->run, list[i], 2, v->out);
        if (list[i]->duration != TIME_NONE) {
            buf_puts(v->out, " <span class=\"hint\">");
            buf_puts(v->out, running ? "for " : "open for ");
            clock_put_duration(v->out, list[i]->duration, v->o->unit);
            buf_puts(v->out, "</span>");
        }
        buf_puts(v->out, "</li>\n");
    }
    if (beyond) {
        buf_puts(v->out, "<li class=\"hint\">… and ");
        buf_put_count(v->out, beyond, "more step", "more steps");
        buf_puts(v->out, "</li>\n");
    }
    buf_puts(v->out, "</ul></div>\n");
}

static void put_share(struct overview *v, int64_t time, int64_t whole)
{
    buf_puts(v->out, "<td class=\"num\">");
    buf_put_fixed(v->out, whole > 0 ? 100.0 * (double)time / (double)whole : 0, 1, false);
    buf_puts(v->out, " %</td>");
}

static void put_time(struct overview *v, int64_t time)
{
    buf_puts(v->out, "<td class=\"num\">");
    clock_put_duration(v->out, time, v->o->unit);
    buf_puts(v->out, "</td>");
}

/* Where in the run the step's pieces of the path lie. */
static void put_strip(struct overview *v, const struct critical *path, const struct step *step)
{
    double span = (double)(v->run->end - v->run->start);
    unsigned drawn_to = 0;
    buf_printf(v->out,
               "<td><svg class=\"strip\" viewBox=\"0 0 %d 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
               "<path d=\"",
               STRIP);
    for (size_t i = 0; i < path->count; i++) {
        const struct critical_segment *s = &path->segments[i];
        if (s->step != step) continue;
        unsigned from = (unsigned)((double)(s->from - v->run->start) / span * STRIP);
        unsigned to = (unsigned)((double)(s->to - v->run->start) / span * STRIP);
        if (to < from + 5) to = from + 5;
        if (to <= drawn_to) continue; /* thousands of pieces take no more room than the strip has */
        if (from < drawn_to) from = drawn_to;
        buf_printf(v->out, "M%u 0H%uV8H%uz", from, to, from);
        drawn_to = to;
    }
    buf_puts(v->out, "\"/></svg></td>");
}

/* The steps with the most of some time, in order, and what all others have of it. */
struct top {
    const struct step *steps[ROWS];
    int64_t times[ROWS];
    size_t count;
    uint64_t others;
    int64_t others_time; /* capped at INT64_MAX */
};

static void top_add(struct top *t, const struct step *step, int64_t time)
{
    if (t->count == ROWS) {
        int64_t least = t->times[ROWS - 1] < time ? t->times[ROWS - 1] : time;
        t->others++;
        t->others_time = t->others_time > INT64_MAX - least ? INT64_MAX : t->others_time + least;
        if (least == time) return; /* of equal ones the first stay */
        t->count--;
    }
    size_t at = t->count++;
    for (; at > 0 && t->times[at - 1] < time; at--) {
        t->times[at] = t->times[at - 1];
        t->steps[at] = t->steps[at - 1];
    }
    t->times[at] = time;
    t->steps[at] = step;
}

static struct top top_of(const struct run *run, int64_t (*time_of)(const struct step *, const void *),
                         const void *context)
{
    struct top top = { 0 };
    for (uint32_t i = 0; i < run->step_count; i++) {
        int64_t time = run->steps[i]->hidden ? 0 : time_of(run->steps[i], context);
        if (time > 0) top_add(&top, run->steps[i], time);
    }
    return top;
}

static int64_t time_on_path(const struct step *step, const void *path)
{
    return ((const struct critical *)path)->time[step->index];
}

static int64_t self_time(const struct step *step, const void *nothing)
{
    (void)nothing;
    return step->self;
}

static void put_others(struct overview *v, const struct top *top, const char *one, const char *many)
{
    if (!top->others) return;
    buf_puts(v->out, "<p class=\"hint\">… and ");
    buf_put_count(v->out, top->others, one, many);
    clock_put_duration(v->out, top->others_time, v->o->unit);
    buf_puts(v->out, "</p>\n");
}

/* Says of a step on the path why it may surprise there. */
static void put_remark(struct overview *v, const struct critical *path, const struct step *step, bool *beside)
{
    unsigned flags = path->flags[step->index];
    if (step == v->run->root) buf_puts(v->out, " <span class=\"hint\">the run itself</span>");
    if (flags & CRITICAL_OUTLIVES) buf_puts(v->out, " <span class=\"hint\">goes on after its parent</span>");
    if (flags & CRITICAL_BESIDE) buf_puts(v->out, " <sup>*</sup>");
    *beside |= (flags & CRITICAL_BESIDE) != 0;
}

/* As the address of the page has a search: whatever could mean something there is written by its bytes. */
static void put_search_address(struct overview *v, const struct name_time *name)
{
    struct buf query = BUF_INIT;
    html_put_name_query(&query, name->name, name->names > 0);
    buf_puts(v->out, "#q=");
    for (size_t i = 0; i < query.len; i++) {
        unsigned char c = (unsigned char)query.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c);
        if (plain && c) buf_putc(v->out, (char)c);
        else buf_printf(v->out, "%%%02X", c);
    }
    buf_free(&query);
}

static void put_name_row(struct overview *v, const struct name_time *name, int64_t whole)
{
    buf_puts(v->out, "<tr><th scope=\"row\">");
    if (name->steps == 1) html_put_step_link(v->run, name->step, 1, v->out);
    else {
        struct buf shown = BUF_INIT;
        wording_put_short(&shown, name->name, NAME_COLUMNS);
        buf_puts(v->out, "<a href=\"");
        put_search_address(v, name);
        buf_puts(v->out, "\"><bdi>");
        buf_put_html(v->out, buf_str(&shown));
        buf_puts(v->out, "</bdi></a> <span class=\"hint\">×");
        buf_put_number(v->out, name->steps);
        buf_puts(v->out, "</span>");
        buf_free(&shown);
    }
    buf_puts(v->out, "</th>");
    put_time(v, name->time);
    put_share(v, name->time, whole);
    buf_puts(v->out, "</tr>\n");
}

/* The names instead of single steps, where each of those has next to nothing of the time. */
static void put_names(struct overview *v, const int64_t *time, int64_t whole, const char *column)
{
    struct arena arena = { 0 };
    struct name_time *list;
    size_t count = statistics_name_times(v->run, time, &arena, &list), shown = count < ROWS ? count : ROWS;
    struct top rest = { .others = count - shown };
    buf_printf(v->out,
               "<p class=\"hint\">By name: each step alone has less than %d %%.</p>\n<div class=\"wide\">\n"
               "<table class=\"top\">\n<thead><tr><th scope=\"col\">Steps of a name</th>"
               "<th scope=\"col\" class=\"num\">%s</th><th scope=\"col\" class=\"num\">Share</th></tr></thead>\n"
               "<tbody>\n",
               NAMES_TELL_PERCENT, column);
    for (size_t i = 0; i < shown; i++) put_name_row(v, &list[i], whole);
    buf_puts(v->out, "</tbody>\n</table>\n</div>\n");
    for (size_t i = shown; i < count; i++)
        rest.others_time = rest.others_time > INT64_MAX - list[i].time ? INT64_MAX : rest.others_time + list[i].time;
    put_others(v, &rest, "more name: ", "more names: ");
    arena_free(&arena);
}

static void put_path_steps(struct overview *v, const struct critical *path, const struct top *top)
{
    bool beside = false;
    buf_puts(v->out, "<div class=\"wide\">\n<table class=\"top\">\n<thead><tr><th scope=\"col\">Step</th>"
                     "<th scope=\"col\"><span class=\"v\">When</span></th><th scope=\"col\" class=\"num\">On the "
                     "path</th><th scope=\"col\" class=\"num\">Share</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < top->count; i++) {
        buf_puts(v->out, "<tr><th scope=\"row\">");
        html_put_step_link(v->run, top->steps[i], 1, v->out);
        put_remark(v, path, top->steps[i], &beside);
        buf_puts(v->out, "</th>");
        put_strip(v, path, top->steps[i]);
        put_time(v, top->times[i]);
        put_share(v, top->times[i], v->run->end - v->run->start);
        buf_puts(v->out, "</tr>\n");
    }
    buf_puts(v->out, "</tbody>\n</table>\n</div>\n");
    put_others(v, top, "more step: ", "more steps: ");
    if (beside)
        buf_puts(v->out, "<p class=\"hint\"><sup>*</sup> Other steps ran beside it. It ended last of those before the "
                         "next one began; the log does not say which of them that one waited for.</p>\n");
}

static void put_path(struct overview *v)
{
    const struct critical *path = analysis_critical(v->o->analysis);
    int64_t span = v->run->end - v->run->start;
    struct top top = top_of(v->run, time_on_path, path);
    if (top.count > 1) {
        buf_puts(v->out, "<div class=\"half\"><h3>What the run was waiting for</h3>\n<p class=\"hint\">The critical "
                         "path: at each moment the one step that had to end for the run to go on. Only what is on it "
                         "makes the run longer. ");
        wording_put_running(v->out, v->run, analysis_running(v->o->analysis), v->o->unit);
        buf_puts(v->out, "</p>\n");
        if (statistics_names_tell(v->run, path->time, span)) put_names(v, path->time, span, "On the path");
        else put_path_steps(v, path, &top);
        buf_puts(v->out, "</div>\n");
    }
}

static void put_slowest_steps(struct overview *v, const struct top *top)
{
    buf_puts(v->out, "<div class=\"wide\">\n<table class=\"top\">\n<thead><tr><th scope=\"col\">Step</th>"
                     "<th scope=\"col\" class=\"num\">Self</th><th scope=\"col\" class=\"num\">Share</th>"
                     "<th scope=\"col\" class=\"num\">Duration</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < top->count; i++) {
        buf_puts(v->out, "<tr><th scope=\"row\">");
        html_put_step_link(v->run, top->steps[i], 1, v->out);
        if (top->steps[i] == v->run->root) buf_puts(v->out, " <span class=\"hint\">the run itself</span>");
        buf_puts(v->out, "</th>");
        put_time(v, top->times[i]);
        put_share(v, top->times[i], run_wall_time(v->run));
        put_time(v, top->steps[i]->duration);
        buf_puts(v->out, "</tr>\n");
    }
    buf_puts(v->out, "</tbody>\n</table>\n</div>\n");
    put_others(v, top, "more step: ", "more steps: ");
}

static void put_slowest(struct overview *v)
{
    struct top top = top_of(v->run, self_time, NULL);
    int64_t wall = run_wall_time(v->run);
    if (!top.count) return;
    buf_puts(v->out, "<div class=\"half\"><h3>What took the most time itself</h3>\n<p class=\"hint\">By self time: the "
                     "time of a step in which none of its own steps was running.</p>\n");
    if (statistics_names_tell(v->run, NULL, wall)) put_names(v, NULL, wall, "Self");
    else put_slowest_steps(v, &top);
    buf_puts(v->out, "</div>\n");
}

void html_overview_write(const struct run *run, const struct report_options *o, struct buf *out)
{
    struct overview v = { .run = run, .o = o, .out = out };
    buf_puts(out, "<section id=\"summary\" aria-labelledby=\"h-summary\">\n<h2 id=\"h-summary\">Overview</h2>\n");
    put_failures(&v);
    put_open(&v);
    put_path(&v);
    put_slowest(&v);
    buf_puts(out, "</section>\n");
    arena_free(&v.scratch);
}
