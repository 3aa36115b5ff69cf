/* SPDX-License-Identifier: MIT
 *
 * The report page: a template whose holes are filled from the run. Scripts and styles are constant texts named by
 * their hashes in the page's Content-Security-Policy; whatever comes from the log is escaped where it is written.
 */
#include "render/html.h"

#include "base/sha256.h"
#include "model/keep.h"
#include "render/assets.h"
#include "render/html_sections.h"
#include "render/picture.h"
#include "render/template_data.h"
#include "render/wording.h"

#include <stdlib.h>
#include <string.h>

struct page {
    const struct run *run;
    const struct report_options *o;
    const struct scene *gantt;
    const struct html_graphs *graphs;
    struct arena arena;
    struct html_plan plan;
    bool live;   /* the page has a script, its data, and the log; the others are paper */
    bool google; /* Google Charts is wanted and can draw this run */
    struct buf style, script, data;
    struct html_rendered rendered;
    struct store *store;
};

/* Runs before the first thing is drawn: what is only for readers without script does not flash up. */
static const char head_script[] = "document.documentElement.classList.add('js')";

void html_put_bytes(struct buf *out, uint64_t bytes)
{
    if (bytes < 1000) buf_put_count(out, bytes, "byte", "bytes");
    else {
        bool kilo = bytes < 1000000;
        double size = (double)bytes / (kilo ? 1e3 : 1e6);
        buf_put_fixed(out, size, size < 10 ? 1 : 0, true);
        buf_puts(out, kilo ? " KB" : " MB");
    }
}

void html_put_offset(const struct run *run, int64_t time, enum time_unit unit, struct buf *out)
{
    if (time == TIME_NONE || run->start == TIME_NONE) {
        buf_puts(out, "–");
        return;
    }
    if (time >= run->start) buf_putc(out, '+');
    clock_put_duration(out, time - run->start, unit);
}

void html_put_theme(int theme, struct buf *out)
{
    if (theme == THEME_DARK) buf_puts(out, " data-theme=\"dark\"");
    if (theme == THEME_LIGHT) buf_puts(out, " data-theme=\"light\"");
}

static struct str page_name(const struct page *p) { return wording_title(p->run, p->o->title); }

static void put_theme(void *context, struct buf *out) { html_put_theme(((struct page *)context)->o->theme, out); }

/* What the page may do: run its two scripts, use its one style sheet, and reach Google's chart code when it is wanted.
 * Google's drawing sets style attributes; without it not even those are allowed. */
static void put_policy(void *context, struct buf *out)
{
    const struct page *p = context;
    const char *host = p->google ? " https://www.gstatic.com/charts/" : "";
    static const char ends[] = "base-uri 'none'; form-action 'none'";
    char head[SHA256_BASE64_SIZE], script[SHA256_BASE64_SIZE], style[SHA256_BASE64_SIZE];
    sha256_base64(str_z(head_script), head);
    sha256_base64(buf_str(&p->script), script);
    sha256_base64(buf_str(&p->style), style);
    if (!p->live) {
        buf_printf(out, "default-src 'none'; style-src 'sha256-%s'; %s", style, ends);
        return;
    }
    buf_printf(out, "default-src 'none'; script-src 'sha256-%s' 'sha256-%s'%s; style-src 'sha256-%s'%s; ", head, script,
               host, style, host);
    if (p->google) buf_puts(out, "style-src-attr 'unsafe-inline'; ");
    /* Its own code in a worker of its own, for regular expressions that must be stoppable. */
    buf_printf(out, "worker-src blob:; %s", ends);
}

static void put_version(void *context, struct buf *out)
{
    (void)context;
    buf_puts(out, VERSION);
}

static void put_title(void *context, struct buf *out)
{
    const struct page *p = context;
    buf_put_html(out, page_name(p));
    buf_printf(out, " – %s", run_status_name(p->run->status));
}

static void put_name(void *context, struct buf *out)
{
    const struct page *p = context;
    buf_put_html(out, page_name(p));
}

static void put_style(void *context, struct buf *out) { buf_put(out, buf_str(&((struct page *)context)->style)); }

static void put_script(void *context, struct buf *out) { buf_put(out, buf_str(&((struct page *)context)->script)); }

static void put_badge(void *context, struct buf *out) { html_top_badge(((struct page *)context)->run, out); }

static void put_figures(void *context, struct buf *out)
{
    const struct page *p = context;
    html_top_figures(p->run, p->o, out);
}

static void put_labels(void *context, struct buf *out) { html_top_labels(((struct page *)context)->run, out); }

static void put_about(void *context, struct buf *out) { html_top_about(((struct page *)context)->o, out); }

static void put_note_items(const struct page *p, struct buf *out)
{
    const struct input_notes *input = p->o->notes;
    if (input->bad_lines) {
        buf_puts(out, "<li>");
        wording_put_bad_lines(out, input->bad_lines, true);
        buf_puts(out, "<code>");
        buf_put_html(out, input->first_bad);
        buf_puts(out, "</code></li>\n");
    }
    struct arena scratch = { 0 };
    struct str said[WORDING_SAID];
    size_t said_count = wording_said(p->run, input, &scratch, said);
    for (size_t i = 0; i < said_count; i++) {
        buf_puts(out, "<li>");
        buf_put_html(out, said[i]);
        buf_puts(out, ".</li>\n");
    }
    arena_free(&scratch);
    if (p->o->left_out.len) {
        buf_puts(out, "<li>");
        buf_put_html(out, p->o->left_out);
        buf_puts(out, "</li>\n");
    }
    if (p->plan.left_out_steps) {
        buf_puts(out, "<li>");
        html_put_bytes(out, p->plan.left_out_bytes);
        buf_puts(out, " of records, results and errors, of ");
        buf_put_count(out, p->plan.left_out_steps, "step", "steps");
        buf_puts(out, ", are not in the list of steps for readers without script, which holds at most ");
        html_put_bytes(out, HTML_PAYLOAD_MAX);
        buf_puts(out, " of them; the log has them all.</li>\n");
    }
    html_store_note(p->store, p->o, out);
    struct buf sentence = BUF_INIT;
    for (size_t i = 0; i < WORDING_NOTES; i++) {
        buf_clear(&sentence);
        if (!wording_put_note(&sentence, &p->run->notes, i)) continue;
        buf_puts(out, "<li>");
        buf_put_html(out, buf_str(&sentence));
        buf_puts(out, "</li>\n");
    }
    buf_free(&sentence);
}

static void put_notes(void *context, struct buf *out)
{
    struct buf items = BUF_INIT;
    put_note_items(context, &items);
    if (items.len) {
        buf_puts(out, "<ul class=\"notes\">\n");
        buf_put(out, buf_str(&items));
        buf_puts(out, "</ul>\n");
    }
    buf_free(&items);
}

static void put_overview(void *context, struct buf *out)
{
    const struct page *p = context;
    html_overview_write(p->run, p->o, out);
}

static void put_statistics(void *context, struct buf *out)
{
    const struct page *p = context;
    html_stats_write(p->o, out);
}

static void put_llm(void *context, struct buf *out)
{
    const struct page *p = context;
    html_llm_write(p->run, p->o->unit, out);
}

static void put_own_notes(void *context, struct buf *out) { html_notes_write(((struct page *)context)->o, out); }

static void put_more_sections(void *context, struct buf *out)
{
    const struct page *p = context;
    html_put_more_sections(p->run, p->o, out);
}

static void put_gantt(void *context, struct buf *out) { svg_write(((struct page *)context)->gantt, THEME_AUTO, out); }

/* The one that was asked for, alone. */
static void put_graph(void *context, struct buf *out)
{
    const struct html_graphs *graphs = ((struct page *)context)->graphs;
    if (graphs->scenes[graphs->first]) svg_write(graphs->scenes[graphs->first], THEME_AUTO, out);
}

static void put_graphs(void *context, struct buf *out) { html_graphs_write(((struct page *)context)->graphs, out); }

static void put_steps_hint(void *context, struct buf *out)
{
    const struct html_plan *plan = &((struct page *)context)->plan;
    if (plan->static_count < plan->count) {
        buf_put_number(out, plan->static_count);
        buf_puts(out, " of ");
        buf_put_count(out, plan->count, "step: ", "steps: ");
        buf_puts(out, KEEP_RULE ".");
    } else buf_put_count(out, run_shown_steps(plan->run), "step", "steps");
}

static void put_steps(void *context, struct buf *out)
{
    const struct page *p = context;
    html_steps_write(&p->plan, p->o->unit, out);
}

static void put_data(void *context, struct buf *out) { buf_put(out, buf_str(&((struct page *)context)->data)); }

static void put_texts(void *context, struct buf *out)
{
    const struct page *p = context;
    if (!p->live) return;
    buf_put(out, buf_str(&p->rendered.html));
    store_put(p->store, out);
}

static void put_head_script(void *context, struct buf *out)
{
    if (((struct page *)context)->live) buf_puts(out, head_script);
}

static void put_log(void *context, struct buf *out)
{
    const struct page *p = context;
    if (p->live) html_log_write(p->o, out);
}

const struct template_slot html_slots[] = {
    { "theme", put_theme },
    { "policy", put_policy },
    { "version", put_version },
    { "title", put_title },
    { "style", put_style },
    { "name", put_name },
    { "badge", put_badge },
    { "figures", put_figures },
    { "notes", put_notes },
    { "gantt", put_gantt },
    { "overview", put_overview },
    { "graphs", put_graphs },
    { "statistics", put_statistics },
    { "llm", put_llm },
    { "own_notes", put_own_notes },
    { "more_sections", put_more_sections },
    { "graph", put_graph },
    { "steps", put_steps },
    { "data", put_data },
    { "steps_hint", put_steps_hint },
    { "script", put_script },
    { "about", put_about },
    { "labels", put_labels },
    { "log", put_log },
    { "texts", put_texts },
    { "head_script", put_head_script },
};
const size_t html_slot_count = sizeof html_slots / sizeof *html_slots;

/* What the page's script needs. */
static void make_live(struct page *p)
{
    const struct report_options *o = p->o;
    bool log_inside = o->archive && archive_missing(o->archive, o->archive_part) == ARCHIVE_INSIDE;
    p->google = o->google != GOOGLE_OFF && html_google_fits(&p->plan);
    p->store = store_new(p->run->sources, log_inside ? o->archive : NULL, o->max_data, HTML_PAYLOAD_MAX);
    const struct html_data data = { &p->plan,    o->analysis, p->store, o->unit, p->google, o->google == GOOGLE_ONLY,
                                    &p->rendered };
    html_data_write(&data, &p->data);
    buf_put(&p->script, asset_page_js);
    if (p->google) buf_put(&p->script, asset_google_js);
}

struct page *page_make(const struct run *run, const struct report_options *o)
{
    struct page *p = calloc(1, sizeof *p);
    if (!p) arena_exhausted(sizeof *p);
    p->run = run;
    p->o = o;
    p->live = o->template == TEMPLATE_REPORT;
    p->style = p->script = p->data = p->rendered.html = BUF_INIT;
    html_plan_make(run, HTML_STATIC_STEPS, HTML_PAYLOAD_MAX, o->max_data, &p->arena, &p->plan);
    if (p->live) make_live(p);
    theme_css(&p->style);
    templates_put_style(o->templates, o->template, &p->style);
    return p;
}

void page_free(struct page *p)
{
    if (p->live) store_free(p->store);
    buf_free(&p->style);
    buf_free(&p->script);
    buf_free(&p->data);
    buf_free(&p->rendered.html);
    arena_free(&p->arena);
    free(p);
}

bool page_write(struct page *p, const struct scene *gantt, const struct html_graphs *graphs, struct buf *out,
                struct err *e)
{
    const struct report_options *o = p->o;
    const struct pieces pieces = { html_slots, html_slot_count, p };
    struct template_data data = {
        .o = o, .plan = &p->plan, .pieces = &pieces, .run = { .run = p->run, .unit = o->unit }
    };
    const struct view view = fields_view(page_fields, &data, 0);
    p->gantt = gantt;
    p->graphs = graphs;
    bool good = templates_write(o->templates, o->template, &view, out, e);
    arena_free(&data.arena);
    if (!good || (o->archive && !archive_check(o->archive, e))) return false;
    if (out->error) return err_set(e, ERR_OUTPUT, "", "the page could not be written: %s", strerror(out->error));
    return true;
}
