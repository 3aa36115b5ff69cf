/* SPDX-License-Identifier: MIT
 *
 * The table by step name. The script sorts it by the data-v of its rows, the numbers of their cells, and searches for a
 * name as it is shown, by data-name where it is cut, by data-q where it is a pattern.
 */
#include "render/html_sections.h"

#include "base/utf8.h"
#include "model/statistics.h"
#include "render/wording.h"

enum { NAME_COLUMNS = 80, BAR_WIDTH = 4, BAR_HEIGHT = 18 }; /* terminal columns; px */
enum { QUERY_NAME_BYTES = 400 };                            /* of a name that is searched for */

/* What a regular expression takes for itself gets a backslash; the `*` of a pattern stands for a number, or for itself:
 * a name may hold one beside its numbers. */
void html_put_name_query(struct buf *out, struct str name, bool pattern)
{
    struct str whole = wording_name(name), shown = str_first(whole, utf8_floor(whole, QUERY_NAME_BYTES));
    buf_puts(out, "name:/^");
    for (size_t i = 0; i < shown.len; i++) {
        char c = shown.ptr[i];
        if (c == '*' && pattern) {
            buf_puts(out, "([0-9]+|\\*)");
            continue;
        }
        if (strchr("\\^$.|?*+()[]{}/", c)) buf_putc(out, '\\');
        buf_putc(out, c);
    }
    buf_puts(out, shown.len < whole.len ? "/" : "$/");
}

static void put_query(struct buf *out, struct str pattern)
{
    struct buf query = BUF_INIT;
    html_put_name_query(&query, pattern, true);
    buf_puts(out, " data-q=\"");
    buf_put_html(out, buf_str(&query));
    buf_putc(out, '"');
    buf_free(&query);
}

/* A name that is not shown as it is has its beginning in data-name; "" stands for a step without a name. */
static void put_name(struct buf *out, const struct name_statistics *s)
{
    enum { NAME_BYTES = 400 };
    struct buf shown = BUF_INIT;
    wording_put_short(&shown, s->name, NAME_COLUMNS);
    buf_puts(out, "<th scope=\"row\"");
    if (s->names) put_query(out, s->name);
    else if (!str_eq(buf_str(&shown), s->name)) {
        buf_puts(out, " data-name=\"");
        buf_put_html(out, str_first(str_trim(s->name), utf8_floor(str_trim(s->name), NAME_BYTES)));
        buf_putc(out, '"');
    }
    buf_puts(out, "><bdi>");
    buf_put_html(out, buf_str(&shown));
    buf_puts(out, "</bdi>");
    if (s->names) {
        buf_puts(out, " <span class=\"hint\">");
        buf_put_count(out, s->names, "name", "names");
        buf_puts(out, "</span>");
    }
    buf_free(&shown);
}

static uint32_t fullest_bin(const struct name_statistics *s)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < s->bins; i++)
        if (s->histogram[i] > s->histogram[best]) best = i;
    return best;
}

/* "20 steps from 1 ms to 20 ms; most often 4 ms to 5 ms: 12": the drawing for those who do not see it. */
static void put_alternative(struct buf *out, const struct name_statistics *s, enum time_unit unit)
{
    uint32_t best = fullest_bin(s);
    buf_put_count(out, s->timed, "step from ", "steps from ");
    clock_put_duration(out, s->min, unit);
    buf_puts(out, " to ");
    clock_put_duration(out, s->max, unit);
    buf_puts(out, "; most often ");
    clock_put_duration(out, statistics_bin_start(s, best), unit);
    buf_puts(out, " to ");
    clock_put_duration(out, best + 1 < s->bins ? statistics_bin_start(s, best + 1) : s->max, unit);
    buf_puts(out, ": ");
    buf_put_number(out, s->histogram[best]);
}

/* A bar a bin, all of one width: the wider the drawing, the wider apart are the durations. */
static void put_histogram(struct buf *out, const struct name_statistics *s, enum time_unit unit)
{
    buf_puts(out, "<td>");
    if (s->timed > 1) {
        uint32_t top = s->histogram[fullest_bin(s)];
        buf_printf(out, "<svg class=\"hist\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"",
                   STATISTICS_BINS * BAR_WIDTH, BAR_HEIGHT + 1);
        put_alternative(out, s, unit);
        buf_puts(out, "\"><path d=\"");
        for (uint32_t i = 0; i < s->bins; i++) {
            if (!s->histogram[i]) continue;
            unsigned height = 2 + (unsigned)((uint64_t)s->histogram[i] * (BAR_HEIGHT - 2) / top);
            buf_printf(out, "M%u %dv-%uh%dv%uz", (unsigned)i * BAR_WIDTH, BAR_HEIGHT, height, BAR_WIDTH - 1, height);
        }
        buf_printf(out, "\"/><line x2=\"%u\" y1=\"%d.5\" y2=\"%d.5\"/></svg>", (unsigned)s->bins * BAR_WIDTH - 1,
                   BAR_HEIGHT, BAR_HEIGHT);
    }
    buf_putc(out, '\n');
}

enum { COUNT, FAILED, TOTAL, SHARE, SELF, MEAN, MIN, P50, P90, P95, MAX, COLUMNS };

/* A row's numbers in one attribute, what is unknown as -1: µs, and parts of a million. */
static void put_values(struct buf *out, const int64_t *values)
{
    buf_puts(out, "<tr data-v=\"");
    for (int i = 0; i < COLUMNS; i++) {
        if (i) buf_putc(out, ',');
        buf_put_int(out, values[i]);
    }
    buf_puts(out, "\">");
}

static void put_value(struct buf *out, int column, int64_t value, enum time_unit unit)
{
    if (column == COUNT || (column == FAILED && value)) buf_put_number(out, (uint64_t)value);
    else if (column == SHARE) {
        buf_put_fixed(out, (double)value / 1e4, 1, false);
        buf_puts(out, " %");
    } else if (column != FAILED) clock_put_duration(out, value < 0 ? TIME_NONE : value, unit);
}

static void put_row(struct buf *out, const struct name_statistics *s, enum time_unit unit)
{
    int64_t values[COLUMNS] = { (int64_t)s->count,
                                (int64_t)s->errors,
                                s->total,
                                (int64_t)(s->share * 1e6),
                                s->self,
                                s->mean,
                                s->min,
                                s->p50,
                                s->p90,
                                s->p95,
                                s->max };
    for (int i = TOTAL; i < COLUMNS && !s->timed; i++)
        if (i != SHARE && (i != SELF || !s->self)) values[i] = -1;
    put_values(out, values);
    put_name(out, s);
    for (int i = 0; i < COLUMNS; i++) {
        buf_puts(out, "<td>");
        /* five times the same would hide the rows that have something to say */
        if (i < MIN || s->timed != 1) put_value(out, i, values[i], unit);
    }
    put_histogram(out, s, unit);
}

void html_stats_write(const struct report_options *o, struct buf *out)
{
    const struct statistics *s = analysis_names(o->analysis);
    size_t rows = s->count < STATS_ROWS_MAX ? s->count : STATS_ROWS_MAX;
    if (rows) {
        buf_puts(out, "<section id=\"statistics\" aria-labelledby=\"h-statistics\">\n<div class=\"bar\"><h2 "
                      "id=\"h-statistics\">Statistics</h2><span class=\"hint\">");
        buf_put_count(out, s->count, "step name", "step names");
        if (rows < s->count) buf_printf(out, ": the %zu with the largest total time", rows);
        buf_puts(out, "</span></div>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                      "aria-labelledby=\"h-statistics\">\n<table class=\"stats\" id=\"pl-stats\">\n<thead><tr>"
                      "<th scope=\"col\">Step</th>");
        static const char *const titles[] = { "Count", "Failed", "Total", "Share", "Self", "Mean",
                                              "Min",   "p50",    "p90",   "p95",   "Max" };
        for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
            buf_printf(out, "<th scope=\"col\" class=\"num\"%s%s>%s</th>",
                       i == TOTAL ? " aria-sort=\"descending\"" : "",
                       i == TOTAL || i >= MEAN ? " title=\"Of the steps that ended\"" : "", titles[i]);
        buf_puts(out, "<th scope=\"col\">Durations</th></tr></thead>\n<tbody>\n");
        for (size_t i = 0; i < rows; i++) put_row(out, &s->list[i], o->unit);
        buf_puts(out, "</tbody>\n</table>\n</div>\n<p class=\"hint\">Share is that of the self time in the time of the "
                      "run. A drawing goes from the shortest to the longest duration; each bar is a fifth longer than "
                      "the one before, or more where the durations are far apart.</p>\n</section>\n");
    }
}
