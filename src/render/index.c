/* SPDX-License-Identifier: MIT
 *
 * The page that lists several runs, in the look of the report; no script. The folder of a run holds its four files.
 * Above the list stands how long the runs took over time; each mark leads to the page of its run.
 */
#include "base/sha256.h"
#include "layout/trend.h"
#include "render/picture.h"
#include "render/template_data.h"

struct index_page {
    const struct run *runs;
    const struct report_options *o;
    struct buf style;
    struct scene trend;
    bool telling; /* there are runs to be compared */
};

static void put_theme(void *context, struct buf *out) { html_put_theme(((struct index_page *)context)->o->theme, out); }

static void put_hash(void *context, struct buf *out)
{
    char hash[SHA256_BASE64_SIZE];
    sha256_base64(buf_str(&((struct index_page *)context)->style), hash);
    buf_puts(out, hash);
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

static void put_trend(void *context, struct buf *out)
{
    const struct index_page *p = context;
    if (!p->telling) return;
    buf_puts(out, "<section class=\"trend\" aria-labelledby=\"h-trend\">\n<h2 id=\"h-trend\">Durations over time</h2>\n"
                  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-trend\">\n");
    svg_write(&p->trend, THEME_AUTO, out);
    buf_puts(out, "</div>\n<p class=\"hint\">Each mark leads to the report of its run, one for several to that of the "
                  "slowest. <a href=\"trend.png\">As a "
                  "picture</a></p>\n</section>\n");
}

const struct template_slot index_slots[] = {
    { "theme", put_theme },   { "hash", put_hash },   { "style", put_style },
    { "counts", put_counts }, { "trend", put_trend },
};
const size_t index_slot_count = sizeof index_slots / sizeof *index_slots;

static void draw_trend(struct index_page *p, const struct run_view *runs, size_t count, struct arena *arena)
{
    enum { WIDTH = 1160 };
    struct trends trends;
    struct str *links = ARENA_ARRAY(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) links[i] = arena_format(arena, "%.*s/report.html", STR_ARG(runs[i].folder));
    const struct trend_options t = { .unit = p->o->unit, .min_width = WIDTH, .links = links, .bare = true };
    trends_of(p->runs, arena, &trends);
    p->telling = trends_tell(&trends);
    if (p->telling) trend_layout(&trends, &t, &p->trend);
}

bool index_write(const struct run *runs, const struct str *folders, const struct report_options *o, struct buf *out,
                 struct err *e)
{
    struct arena arena = { 0 };
    struct index_page p = { .runs = runs, .o = o, .style = BUF_INIT };
    const struct pieces pieces = { index_slots, index_slot_count, &p };
    struct index_data data = { .o = o, .pieces = &pieces };
    const struct view view = fields_view(index_fields, &data, 0);
    for (const struct run *run = runs; run; run = run->next) data.count++;
    data.runs = ARENA_ARRAY(&arena, struct run_view, data.count);
    size_t i = 0;
    for (const struct run *run = runs; run; run = run->next, i++)
        data.runs[i] = (struct run_view){ .run = run, .unit = o->unit, .folder = folders[i] };
    scene_init(&p.trend, &arena);
    draw_trend(&p, data.runs, data.count, &arena);
    theme_css(&p.style);
    templates_put_style(o->templates, TEMPLATE_INDEX, &p.style);
    bool good = templates_write(o->templates, TEMPLATE_INDEX, &view, out, e);
    buf_free(&p.style);
    scene_free(&p.trend);
    arena_free(&arena);
    return good;
}
