/* SPDX-License-Identifier: MIT
 *
 * The steps as a list for readers without script, and for paper. A page of 1,000 of them should stay small: end tags
 * that HTML lets out are left out, and what follows from the rest (keys, absolute times) is not said again.
 *
 *     <li id=s7 class="d2 is-error"><details><summary><b>load</b><s>error</s><i>+1.2 s</i><i>25 ms</i>…<em>why</em>
 *     </summary><dl><dt class=g>Error<dd>why it failed, all of it<dt class=g>Records<dt>rows<dd>4,000</dl></details>
 */
#include "render/html.h"

#include "base/utf8.h"
#include "event/json.h"
#include "model/error_lines.h"
#include "model/records.h"
#include "render/payload.h"
#include "render/wording.h"

#include <string.h>

/* Indentation is by class, d0 to d24 (a page without style attributes has no other way); deeper steps tell their
 * level. */
enum { DEPTH_CLASSES = 24 };

/* Bytes of JSON that stand on one line. */
enum { ONE_LINE = 72 };

struct html_sink {
    struct detail_sink sink;
    struct buf *out;
    struct buf text;   /* scratch: a decoded string */
    uint64_t max_data; /* bytes of a value */
    bool any;          /* the step's list of details is open */
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

/* A string as its characters, anything else as JSON, indented where it is long. Hostile nesting stays as it is:
 * indented it could take two hundred times its size. */
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
        json_put_compact(&s->text, json);
        if (s->text.len > ONE_LINE && indentation(json) <= 4 * json.len + 4096) {
            buf_clear(&s->text);
            json_put_pretty(&s->text, json);
        }
    }
    struct str text = buf_str(&s->text);
    buf_put_html_text(s->out, str_first(text, utf8_floor(text, (size_t)s->max_data)));
    if (text.len <= s->max_data) return;
    buf_puts(s->out, "… <small>(cut; the log has ");
    buf_put_count(s->out, json.len, "byte", "bytes");
    buf_puts(s->out, " of it)</small>");
}

static void html_group(struct detail_sink *sink, const char *title)
{
    struct html_sink *s = (struct html_sink *)sink;
    bool first = !s->any;
    s->any = true;
    if (first) buf_puts(s->out, "<dl>");
    /* what begins without a heading is records: most steps have nothing else */
    if (*title && (!first || strcmp(title, "Records") != 0)) buf_printf(s->out, "<dt class=g>%s", title);
}

static void html_row(struct detail_sink *sink, struct str label, enum detail_kind kind, struct str text)
{
    struct html_sink *s = (struct html_sink *)sink;
    if (label.len) {
        buf_puts(s->out, "<dt>");
        buf_put_html_text(s->out, label);
    }
    buf_puts(s->out, "<dd>");
    if (kind == DETAIL_FACT) buf_put_html_text(s->out, text);
    else put_value(s, text);
}

static void put_numbers(const struct html_plan *plan, const struct step *step, enum time_unit unit, size_t records,
                        struct buf *out)
{
    bool timed = step->start != TIME_NONE;
    buf_puts(out, "<i>");
    html_put_offset(plan->run, step->start, unit, out);
    buf_puts(out, "</i><i>");
    clock_put_duration(out, timed ? step->duration : TIME_NONE, unit);
    buf_puts(out, "</i><i>");
    clock_put_duration(out, timed ? step->self : TIME_NONE, unit);
    buf_puts(out, "</i><i>");
    if (records) buf_put_uint(out, records);
    buf_puts(out, "</i>");
}

/* A name that may run from right to left is kept apart from the numbers behind it. */
static void put_name(struct buf *out, struct str name)
{
    bool ascii = true;
    for (size_t i = 0; i < name.len && ascii; i++) ascii = (unsigned char)name.ptr[i] < 0x80;
    buf_puts(out, ascii ? "" : "<bdi>");
    buf_put_html_text(out, name);
    buf_puts(out, ascii ? "" : "</bdi>");
}

/* How a step looks, and what it is called: the root of a failed run may have ended without an error of its own. */
static enum step_status shown_status(const struct run *run, const struct step *step, const char **ret_word)
{
    static const enum step_status looks[RUN_STATUS_COUNT] = { STEP_OK, STEP_ERROR, STEP_RUNNING, STEP_UNFINISHED };
    bool as_run = step == run->root && run_tells_root(run);
    *ret_word = as_run ? run_status_name(run->status) : step_status_name(step->status);
    return as_run ? looks[run->status] : step->status;
}

static void put_row(const struct html_plan *plan, uint32_t at, enum time_unit unit, struct arena *scratch,
                    struct html_sink *sink)
{
    const struct step *step = plan->steps[at];
    struct buf *out = sink->out;
    const char *word;
    enum step_status status = shown_status(plan->run, step, &word);
    uint32_t depth = plan->depth[at];
    buf_printf(out, "<li id=s%u class=\"d%u", (unsigned)step->index,
               (unsigned)(depth < DEPTH_CLASSES ? depth : DEPTH_CLASSES));
    if (status != STEP_OK) buf_printf(out, " is-%s", step_status_name(status));
    buf_puts(out, step->context ? " context\"><details><summary><b>" : "\"><details><summary><b>");
    if (depth >= DEPTH_CLASSES) buf_printf(out, "<small>level %u </small>", (unsigned)depth);
    put_name(out, wording_name(step->name));
    buf_puts(out, "</b>");
    if (status != STEP_OK) buf_printf(out, "<s>%s</s>", word);
    put_numbers(plan, step, unit, records_count(plan->run, step, scratch), out);
    struct str why = plan->flags[at] & PLAN_ERROR ? error_line(plan->run, step, scratch) : (struct str){ 0 };
    if (why.len) {
        buf_puts(out, "<em>");
        buf_put_html_text(out, why);
        buf_puts(out, "</em>");
    }
    buf_puts(out, "</summary>");
    sink->any = false;
    detail_visit(plan, at, scratch, &sink->sink);
    buf_puts(out, sink->any ? "</dl></details>\n" : "</details>\n");
}

void html_steps_write(const struct html_plan *plan, enum time_unit unit, struct buf *out)
{
    struct arena scratch = { 0 };
    struct html_sink sink = {
        .sink = { html_group, html_row }, .out = out, .text = BUF_INIT, .max_data = plan->max_data
    };
    for (uint32_t at = 0; at < plan->count; at++) {
        if (!(plan->flags[at] & PLAN_STATIC)) continue;
        put_row(plan, at, unit, &scratch, &sink);
        arena_trim(&scratch);
    }
    arena_free(&scratch);
    buf_free(&sink.text);
}
