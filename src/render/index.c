/* SPDX-License-Identifier: MIT
 *
 * The page that lists several runs, in the look of the report; no script. The folder of a run holds its four files.
 */
#include "base/sha256.h"
#include "render/assets.h"
#include "render/html.h"
#include "render/picture.h"
#include "render/template.h"
#include "render/wording.h"

struct index_page {
    const struct run *runs;
    const struct str *folders;
    const struct report_options *o;
    struct buf style;
};

static void put_theme(void *context, struct buf *out) { html_put_theme(((struct index_page *)context)->o->theme, out); }

static void put_hash(void *context, struct buf *out)
{
    char hash[SHA256_BASE64_SIZE];
    sha256_base64(buf_str(&((struct index_page *)context)->style), hash);
    buf_puts(out, hash);
}

static void put_version(void *context, struct buf *out)
{
    (void)context;
    buf_puts(out, VERSION);
}

static void put_title(void *context, struct buf *out)
{
    const struct index_page *p = context;
    buf_put_html(out, p->o->title.len ? p->o->title : S("Pipeline runs"));
}

static void put_style(void *context, struct buf *out) { buf_put(out, buf_str(&((struct index_page *)context)->style)); }

static void put_counts(void *context, struct buf *out)
{
    uint64_t runs = 0, failed = 0, open = 0;
    for (const struct run *run = ((struct index_page *)context)->runs; run; run = run->next) {
        runs++;
        failed += run->status == RUN_FAILED;
        open += run->status == RUN_RUNNING || run->status == RUN_UNFINISHED;
    }
    buf_put_count(out, runs, "run", "runs");
    if (failed) buf_puts(out, ", ");
    if (failed) buf_put_count(out, failed, "failed", "failed");
    if (open) buf_puts(out, ", ");
    if (open) buf_put_count(out, open, "without an end", "without an end");
}

static void put_link(struct buf *out, struct str folder, const char *file, struct str text)
{
    buf_puts(out, "<a href=\"");
    buf_put_html(out, folder);
    buf_printf(out, "/%s\">", file);
    buf_put_html(out, text);
    buf_puts(out, "</a>");
}

static void put_run(const struct run *run, struct str folder, enum time_unit unit, struct buf *out)
{
    static const char *const marks[RUN_STATUS_COUNT] = { "ok", "error", "running", "unfinished" };
    buf_puts(out, "<tr><td>");
    put_link(out, folder, "report.html", wording_title(run, S("")));
    buf_puts(out, "</td><td class=\"id\">");
    buf_put_html(out, run->id.len ? run->id : S("–"));
    if (run->attempt > 1) buf_printf(out, " <span>attempt %u</span>", (unsigned)run->attempt);
    const char *mark = marks[run->status];
    buf_printf(out,
               "</td><td><span class=\"state is-%s\"><svg class=\"mark\" aria-hidden=\"true\"><use "
               "href=\"#m-%s\"/></svg>%s</span></td><td>",
               mark, mark, run_status_name(run->status));
    clock_put_utc(out, run->start);
    buf_puts(out, "</td><td class=\"right\">");
    clock_put_duration(out, run->duration, unit);
    buf_puts(out, "</td><td class=\"right\">");
    buf_put_number(out, run->step_count);
    buf_puts(out, "</td><td class=\"right\">");
    buf_put_number(out, run->status_count[STEP_ERROR]);
    buf_puts(out, "</td><td class=\"files\">");
    put_link(out, folder, "gantt.png", S("Gantt"));
    put_link(out, folder, "graph.png", S("graph"));
    put_link(out, folder, "summary.md", S("summary"));
    buf_puts(out, "</td></tr>\n");
}

static void put_rows(void *context, struct buf *out)
{
    const struct index_page *p = context;
    size_t i = 0;
    for (const struct run *run = p->runs; run; run = run->next) put_run(run, p->folders[i++], p->o->unit, out);
}

void index_write(const struct run *runs, const struct str *folders, const struct report_options *o, struct buf *out)
{
    static const struct template_slot slots[] = {
        { "theme", put_theme }, { "hash", put_hash },     { "version", put_version }, { "title", put_title },
        { "style", put_style }, { "counts", put_counts }, { "rows", put_rows },
    };
    struct index_page p = { .runs = runs, .folders = folders, .o = o, .style = BUF_INIT };
    theme_css(&p.style);
    buf_put(&p.style, asset_report_css);
    template_write(asset_index_html, slots, sizeof slots / sizeof *slots, &p, out);
    buf_free(&p.style);
}
