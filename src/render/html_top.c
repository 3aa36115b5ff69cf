/* SPDX-License-Identifier: MIT
 *
 * The top of the page: what ran, when, how it ended, with what, and what the page is made from.
 */
#include "render/html.h"

#include "base/utf8.h"
#include "event/json.h"
#include "render/wording.h"

/* Tags and arguments at the top are a glance; the pipeline's own step has them whole. */
enum { LABELS_MAX = 24, LABEL_BYTES = 120 };

const char *html_run_class(enum run_status status)
{
    static const char *const marks[RUN_STATUS_COUNT] = { "ok", "error", "running", "unfinished" };
    return marks[status];
}

void html_top_badge(const struct run *run, struct buf *out)
{
    const char *mark = html_run_class(run->status);
    buf_printf(
        out,
        "<span class=\"badge is-%s\"><svg class=\"mark\" aria-hidden=\"true\"><use href=\"#m-%s\"/></svg>%s</span>",
        mark, mark, run_status_name(run->status));
}

static void open_figure(struct buf *out, const char *label, const char *class)
{
    buf_printf(out, "<div%s><dt>%s</dt><dd>", class, label);
}

static void close_figure(struct buf *out) { buf_puts(out, "</dd></div>"); }

static void put_number_figure(struct buf *out, const char *label, uint64_t n)
{
    open_figure(out, label, "");
    buf_put_number(out, n);
    close_figure(out);
}

static void put_start(const struct run *run, struct buf *out)
{
    open_figure(out, "Started", "");
    if (run->start == TIME_NONE) buf_puts(out, "–");
    else {
        buf_puts(out, "<time id=\"pl-start\">");
        clock_put_utc(out, run->start);
        buf_puts(out, "</time>");
    }
    close_figure(out);
}

void html_top_figures(const struct run *run, const struct report_options *o, struct buf *out)
{
    if (o->title.len && run->name.len) {
        open_figure(out, "Pipeline", "");
        buf_put_html(out, run->name);
        close_figure(out);
    }
    put_start(run, out);
    open_figure(out, "Duration", "");
    clock_put_duration(out, run->duration, o->unit);
    close_figure(out);
    put_number_figure(out, "Steps", run->log_steps);
    if (run->status_count[STEP_ERROR]) {
        open_figure(out, "Failed", " class=\"bad\"");
        buf_put_number(out, run->status_count[STEP_ERROR]);
        close_figure(out);
    } else put_number_figure(out, "Failed", 0);
    uint32_t open = run->status_count[STEP_UNFINISHED] + run->status_count[STEP_RUNNING];
    if (open) put_number_figure(out, run->status_count[STEP_RUNNING] ? "Running" : "Unfinished", open);
    if (run->usage) put_number_figure(out, "LLM tokens", run->usage_total.total_tokens);
    open_figure(out, "Run", " class=\"id\"");
    buf_put_html(out, run->id.len ? run->id : S("–"));
    if (run->attempt > 1) buf_printf(out, " <span>attempt %u</span>", (unsigned)run->attempt);
    close_figure(out);
}

/* Text of the log, in one line, cut. */
static void put_cut(struct str text, struct buf *out)
{
    struct buf plain = BUF_INIT;
    buf_put_plain(&plain, str_first(text, utf8_floor(text, LABEL_BYTES)));
    buf_puts(out, "<bdi>");
    buf_put_html(out, buf_str(&plain));
    buf_puts(out, text.len > LABEL_BYTES ? "…</bdi>" : "</bdi>");
    buf_free(&plain);
}

static void put_members(struct str object, const char *class, struct arena *scratch, struct buf *out)
{
    struct json j = json_begin(object);
    struct str key;
    size_t count = 0;
    for (json_enter(&j, '{'); json_member(&j, &key);) {
        struct str value = json_skip(&j);
        if (++count > LABELS_MAX) continue;
        buf_printf(out, "<li%s>", class);
        put_cut(json_key_text(key, scratch), out);
        buf_puts(out, " <b>");
        put_cut(json_text(value, scratch), out);
        buf_puts(out, "</b></li>");
    }
    if (count > LABELS_MAX) buf_printf(out, "<li>and %zu more</li>", count - LABELS_MAX);
    json_done(&j);
}

static void put_labels(const struct run *run, struct payload p, const char *title, const char *class,
                       struct arena *scratch, struct buf *out)
{
    if (!payload_present(p)) return;
    struct str json = sources_text(run->sources, p);
    struct buf items = BUF_INIT;
    if (json_type(json) == JSON_OBJECT) put_members(json, class, scratch, &items);
    else if (json.len > 2) { /* neither [] nor "" */ buf_printf(&items, "<li%s><b>", class);
        put_cut(json_text(json, scratch), &items);
        buf_puts(&items, "</b></li>");
    }
    if (items.len) {
        buf_printf(out, "<div class=\"labels\"><span>%s</span><ul>", title);
        buf_put(out, buf_str(&items));
        buf_puts(out, "</ul></div>\n");
    }
    buf_free(&items);
}

void html_top_labels(const struct run *run, struct buf *out)
{
    struct arena scratch = { 0 };
    put_labels(run, run->tags, "Tags", " class=\"tag\"", &scratch, out);
    put_labels(run, run->args, "Arguments", "", &scratch, out);
    arena_free(&scratch);
}

void html_top_about(const struct report_options *o, struct buf *out)
{
    buf_puts(out, "<details class=\"about\" id=\"about\"><summary>About this report</summary>");
    html_log_note(o, out);
    buf_puts(out, "\n<p>Written by pipelens-report " VERSION ". Times are UTC; starts count from the start of the run; "
                  "self is the time no child step covers.</p>\n");
    if (o->given.len) {
        buf_puts(out, "<p>Options: <code>");
        buf_put_html(out, o->given);
        buf_puts(out, "</code></p>\n");
    }
    buf_puts(out, "</details>\n");
}
