/* SPDX-License-Identifier: MIT
 *
 * The rows of the page and what unfolds under them. rows.js builds the same shapes for steps that have no row here;
 * who changes one changes the other.
 */
#include "render/html.h"

#include "event/json.h"
#include "render/payload.h"
#include "render/wording.h"

/* Indentation is by class, d0 to d24 (a page without style attributes has no other way); deeper steps tell their
 * level. */
enum { DEPTH_CLASSES = 24 };

struct html_sink {
    struct detail_sink sink;
    struct buf *out;
    struct buf text; /* scratch: a decoded string */
};

/* Indentation that json_put_pretty would add to the value, in bytes: brackets and commas times their depth. */
static size_t indentation(struct str json)
{
    size_t depth = 0, sum = 0;
    bool in_string = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (in_string) {
            if (c == '\\') i++;
            else if (c == '"') in_string = false;
        } else if (c == '"') in_string = true;
        else if (c == '{' || c == '[') sum += 2 * ++depth + 1;
        else if (c == '}' || c == ']') sum += depth ? 2 * --depth + 1 : 0;
        else if (c == ',') sum += 2 * depth + 1;
    }
    return sum;
}

/* Is the decoded string the whole truth? Not when it is empty, or holds a NUL or what may stand for a lone
 * surrogate. */
static bool shows_whole(struct str text)
{
    if (!text.len || memchr(text.ptr, 0, text.len)) return false;
    for (size_t at = 0; at + 2 < text.len; at++)
        if (!memcmp(text.ptr + at, "\xEF\xBF\xBD", 3)) return false;
    return true;
}

/* A string as its characters, anything else as indented JSON. Hostile nesting stays as it is: indented it could take
 * two hundred times its size. */
static void put_value(struct html_sink *s, struct str json)
{
    buf_clear(&s->text);
    bool is_text = json_type(json) == JSON_STRING;
    if (is_text) {
        json_put_text(&s->text, json);
        is_text = shows_whole(buf_str(&s->text));
        if (!is_text) buf_clear(&s->text);
    }
    if (!is_text) {
        if (indentation(json) <= 4 * json.len + 4096) json_put_pretty(&s->text, json);
        else buf_put(&s->text, json);
    }
    buf_puts(s->out, is_text ? "<pre class=\"text\">" : "<pre>");
    if (s->text.len && s->text.ptr[0] == '\n') buf_putc(s->out, '\n'); /* HTML drops a line break right after <pre> */
    buf_put_html(s->out, buf_str(&s->text));
    buf_puts(s->out, "</pre>");
}

static void html_group(struct detail_sink *sink, const char *title)
{
    struct buf *out = ((struct html_sink *)sink)->out;
    if (!*title) return; /* the list of facts is open already */
    buf_printf(out, "</dl>\n<p class=\"sec\">%s</p><dl class=\"vals\">", title);
}

static void html_row(struct detail_sink *sink, struct str label, enum detail_kind kind, struct str text)
{
    struct html_sink *s = (struct html_sink *)sink;
    buf_puts(s->out, "<dt>");
    buf_put_html(s->out, label);
    buf_puts(s->out, "</dt><dd>");
    if (kind == DETAIL_FACT) buf_put_html(s->out, text);
    else put_value(s, text);
    buf_puts(s->out, "</dd>");
}

static void put_fact(struct buf *out, const char *label, struct str text)
{
    buf_printf(out, "<dt>%s</dt><dd>", label);
    buf_put_html(out, text);
    buf_puts(out, "</dd>");
}

static void put_time(struct buf *out, const char *label, int64_t us)
{
    if (us == TIME_NONE) return;
    buf_printf(out, "<dt>%s</dt><dd>", label);
    clock_put_utc(out, us);
    buf_puts(out, "</dd>");
}

static void put_more(const struct html_plan *plan, uint32_t at, struct arena *scratch, struct html_sink *sink)
{
    const struct step *step = plan->steps[at];
    struct buf *out = sink->out;
    buf_puts(out, "<div class=\"more\"><dl class=\"facts\">");
    put_fact(out, "Key", step->key);
    put_time(out, "Started", step->start);
    put_time(out, "Ended", step->end);
    detail_visit(plan, at, scratch, &sink->sink);
    buf_puts(out, "</dl></div>");
}

static void open_cell(struct buf *out, const char *class, const char *meaning)
{
    buf_printf(out, "<span class=\"%s\"><span class=\"v\">, %s </span>", class, meaning);
}

/* Where in the run the step lies, as a thin bar: thousandths of the run's span. */
static void put_span(const struct run *run, const struct step *step, struct buf *out)
{
    buf_puts(out, "<svg class=\"span\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    if (step->start != TIME_NONE && run->start != TIME_NONE && run->end > run->start) {
        double span = (double)(run->end - run->start), length = step->duration > 0 ? (double)step->duration : 0;
        int x = (int)((double)(step->start - run->start) / span * 1000), w = (int)(length / span * 1000);
        if (w < 4) w = 4;
        if (x > 1000 - w) x = w < 1000 ? 1000 - w : 0;
        buf_printf(out, "<rect x=\"%d\" width=\"%d\" height=\"8\"/>", x, w);
    }
    buf_puts(out, "</svg>");
}

static void put_numbers(const struct html_plan *plan, const struct step *step, enum time_unit unit, size_t records,
                        struct buf *out)
{
    open_cell(out, "num", "start");
    html_put_offset(plan->run, step->start, unit, out);
    buf_puts(out, "</span>");
    open_cell(out, "num long", "duration");
    clock_put_duration(out, step->start == TIME_NONE ? TIME_NONE : step->duration, unit);
    buf_puts(out, "</span>");
    open_cell(out, "num self", "self");
    clock_put_duration(out, step->start == TIME_NONE ? TIME_NONE : step->self, unit);
    buf_puts(out, "</span>");
    if (!records) {
        buf_puts(out, "<span class=\"num recs\"></span>");
        return;
    }
    open_cell(out, "num recs", "records");
    buf_put_uint(out, records);
    buf_puts(out, "</span>");
}

static void put_row(const struct html_plan *plan, uint32_t at, enum time_unit unit, struct arena *scratch,
                    struct html_sink *sink)
{
    const struct step *step = plan->steps[at];
    struct buf *out = sink->out;
    const char *status = step_status_name(step->status);
    uint32_t depth = plan->depth[at];
    buf_printf(out, "<li id=\"s%u\" class=\"step d%u is-%s%s\"><details><summary><span class=\"name\">",
               (unsigned)step->index, (unsigned)(depth < DEPTH_CLASSES ? depth : DEPTH_CLASSES), status,
               step->context ? " context" : "");
    buf_printf(out, "<svg class=\"mark\" aria-hidden=\"true\"><use href=\"#m-%s\"/></svg>", status);
    if (depth >= DEPTH_CLASSES) buf_printf(out, "<span class=\"level\">level %u</span>", (unsigned)depth);
    buf_puts(out, "<span class=\"n\">");
    buf_put_html(out, wording_name(step->name));
    buf_printf(out, "</span><span class=\"state\"><span class=\"v\">, </span>%s</span></span>", status);
    put_span(plan->run, step, out);
    put_numbers(plan, step, unit, plan->flags[at] & PLAN_PAYLOADS ? html_record_count(plan->run, step, scratch) : 0,
                out);
    struct str why = plan->flags[at] & PLAN_ERROR ? html_error_line(plan->run, step, scratch) : (struct str){ 0 };
    if (why.len) {
        buf_puts(out, "<span class=\"why\"><span class=\"v\">, </span>");
        buf_put_html(out, why);
        buf_puts(out, "</span>");
    }
    buf_puts(out, "</summary>");
    put_more(plan, at, scratch, sink);
    buf_puts(out, "</details></li>\n");
}

void html_steps_write(const struct html_plan *plan, enum time_unit unit, struct buf *out)
{
    struct arena scratch = { 0 };
    struct html_sink sink = { .sink = { html_group, html_row, false }, .out = out, .text = BUF_INIT };
    for (uint32_t at = 0; at < plan->count; at++) {
        if (!(plan->flags[at] & PLAN_STATIC)) continue;
        put_row(plan, at, unit, &scratch, &sink);
        scratch_reset(&scratch);
    }
    arena_free(&scratch);
    buf_free(&sink.text);
}
