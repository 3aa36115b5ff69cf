/* SPDX-License-Identifier: MIT
 *
 * The summary in GitHub's Markdown, within a budget of bytes.
 *
 * Every part is written in full first. When they are too long together, the longest are written again with less: a cap
 * is found such that parts longer than it, cut down to it, make the whole fit. When that cap is so low that a part cut
 * down to it would tell nothing, whole parts are left out, the charts before the words, and the summary says which.
 */
#include "render/summary.h"

#include "base/utf8.h"
#include "render/mermaid.h"
#include "render/tree.h"
#include "render/wording.h"

enum {
    TREE_STEPS = 200, /* lines of the step tree */
    TREE_OPEN = 40,   /* up to so many lines it is shown unfolded */
    TREE_COLUMNS = 80,
    CHART_STEPS = 80,     /* bars of the timeline: more would be an endless picture */
    PART_BYTES_MIN = 500, /* a part cut down below this is left out */
    CLOSING_BYTES = 300,  /* kept for the sentence that says what was left out */
};

enum part_id { PART_TREE = SUMMARY_COUNT, PART_CHART, PART_COUNT };

/* How they stand in the document, and which of them go first when there is no room. */
static const int part_order[PART_COUNT] = {
    SUMMARY_ERRORS, SUMMARY_OPEN, SUMMARY_CRITICAL, SUMMARY_SLOW,  SUMMARY_NAMES,
    SUMMARY_USAGE,  PART_TREE,    PART_CHART,       SUMMARY_NOTES,
};
static const int sacrifice_order[PART_COUNT] = {
    PART_CHART,       PART_TREE,     SUMMARY_NAMES, SUMMARY_USAGE,  SUMMARY_SLOW,
    SUMMARY_CRITICAL, SUMMARY_NOTES, SUMMARY_OPEN,  SUMMARY_ERRORS,
};

struct document {
    const struct run *run;
    const struct report_options *o;
    struct summary summary;
    struct buf parts[PART_COUNT];
    bool left_out[PART_COUNT];
};

void md_put_fence(struct buf *b, struct str text)
{
    size_t longest = 0, length = 0;
    for (size_t i = 0; i < text.len; i++) {
        length = text.ptr[i] == '`' ? length + 1 : 0;
        if (length > longest) longest = length;
    }
    buf_put_repeat(b, '`', longest < 3 ? 3 : longest + 1);
}

/* One row of a table, each cell as wide as its column, so that the source reads as a table too. */
static void put_row(struct buf *b, const struct section *s, const struct str *cells, const size_t *widths)
{
    for (size_t i = 0; i < s->column_count; i++) {
        size_t columns = utf8_columns(cells[i]), pad = widths[i] > columns ? widths[i] - columns : 0;
        buf_puts(b, i ? " " : "| ");
        if (s->columns[i].right) buf_put_repeat(b, ' ', pad);
        buf_put(b, cells[i]);
        if (!s->columns[i].right) buf_put_repeat(b, ' ', pad);
        buf_puts(b, " |");
    }
    buf_putc(b, '\n');
}

static void put_table_head(struct buf *b, const struct section *s, const size_t *widths)
{
    struct str titles[TABLE_COLUMNS_MAX] = { 0 };
    for (size_t i = 0; i < s->column_count; i++) titles[i] = str_z(s->columns[i].title);
    put_row(b, s, titles, widths);
    for (size_t i = 0; i < s->column_count; i++) {
        if (i == 0) buf_putc(b, '|');
        buf_putc(b, s->columns[i].right ? '-' : ':');
        buf_put_repeat(b, '-', widths[i]);
        buf_puts(b, s->columns[i].right ? ":|" : "-|");
    }
    buf_putc(b, '\n');
}

static void measure_columns(const struct section *s, size_t widths[TABLE_COLUMNS_MAX])
{
    for (size_t i = 0; i < s->column_count; i++) {
        widths[i] = strlen(s->columns[i].title);
        for (size_t row = 0; row < s->unit_count; row++) {
            size_t columns = utf8_columns(s->units[row * s->column_count + i]);
            if (columns > widths[i]) widths[i] = columns;
        }
    }
}

void md_put_remains(struct buf *b, const struct section *s, uint64_t n)
{
    if (!n) return;
    buf_puts(b, "\n… and ");
    buf_put_count(b, n, "more ", "more ");
    buf_puts(b, n == 1 ? s->one : s->many);
    buf_putc(b, '\n');
}

void md_put_section(struct buf *b, const struct section *s, size_t limit)
{
    enum { REMAINS_BYTES = 64 }; /* "… and 18,446,744,073,709,551,615 more failed steps" */
    size_t from = b->len, widths[TABLE_COLUMNS_MAX] = { 0 }, done = 0, fits;
    if (!s->unit_count) return;
    buf_puts(b, "### ");
    buf_puts(b, s->heading);
    buf_puts(b, "\n\n");
    if (s->intro.len) {
        buf_put(b, s->intro);
        buf_puts(b, "\n\n");
    }
    if (s->columns) {
        measure_columns(s, widths);
        put_table_head(b, s, widths);
    }
    for (fits = b->len; done < s->unit_count; done++, fits = b->len) {
        bool item = !s->columns && str_starts(s->units[done], S("- "));
        if (done && !s->columns && !item) buf_putc(b, '\n');
        if (s->columns) put_row(b, s, s->units + done * s->column_count, widths);
        else buf_put(b, s->units[done]);
        bool last = done + 1 == s->unit_count && !s->beyond;
        if (b->len - from + (last ? 0 : REMAINS_BYTES) > limit) break;
    }
    b->len = fits;
    md_put_remains(b, s, s->unit_count - done + s->beyond);
    if (!done || b->len - from > limit) b->len = from;
}

/* The step tree in at most `limit` bytes and TREE_STEPS lines. */
static void put_tree(struct buf *b, const struct run *run, enum time_unit unit, size_t limit)
{
    const struct tree_options o = { .columns = TREE_COLUMNS, .unit = unit };
    uint32_t lines = run->visible_count < TREE_STEPS ? run->visible_count : TREE_STEPS;
    size_t from = b->len;
    while (lines > 0) {
        struct arena arena = { 0 };
        struct buf tree = BUF_INIT;
        struct keep keep = keep_first(run, lines, &arena);
        tree_put_lines(run, &o, &keep, false, &tree);
        buf_puts(b, "### Step tree\n\n");
        buf_puts(b, keep.kept > TREE_OPEN ? "<details>\n<summary>" : "<details open>\n<summary>");
        if (keep.left_out) {
            buf_put_number(b, keep.kept);
            buf_puts(b, " of ");
        }
        buf_put_count(b, keep.left_out ? run->visible_count : run_shown_steps(run), "step", "steps");
        if (keep.left_out) buf_puts(b, ": " KEEP_RULE);
        buf_puts(b, "</summary>\n\n");
        md_put_fence(b, buf_str(&tree));
        buf_puts(b, "text\n");
        buf_put(b, buf_str(&tree));
        md_put_fence(b, buf_str(&tree));
        buf_puts(b, "\n\n</details>\n");
        buf_free(&tree);
        arena_free(&arena);
        size_t size = b->len - from;
        if (size <= limit) return;
        b->len = from;
        uint32_t fits = (uint32_t)((uint64_t)lines * limit / size);
        lines = fits < lines ? fits : lines - 1;
    }
}

static void put_chart(struct buf *b, const struct run *run, enum time_unit unit, size_t limit)
{
    enum { FRAME_BYTES = 200 }; /* heading, fence, sentence */
    struct buf chart = BUF_INIT;
    uint32_t left_out = limit > FRAME_BYTES ? mermaid_write(run, unit, CHART_STEPS, limit - FRAME_BYTES, &chart) : 0;
    if (chart.len) {
        buf_puts(b, "### Timeline\n\n```mermaid\n");
        buf_put(b, buf_str(&chart));
        buf_puts(b, "```\n");
        if (left_out) {
            buf_puts(b, "\n… and ");
            buf_put_count(b, left_out, "more step; ", "more steps; ");
            buf_puts(b, "drawn are " KEEP_RULE ".\n");
        }
    }
    buf_free(&chart);
}

static void make_part(struct document *d, int id, size_t limit)
{
    buf_clear(&d->parts[id]);
    if (id == PART_TREE) put_tree(&d->parts[id], d->run, d->o->unit, limit);
    else if (id == PART_CHART) put_chart(&d->parts[id], d->run, d->o->unit, limit);
    else md_put_section(&d->parts[id], &d->summary.sections[id], limit);
}

static size_t part_bytes(const struct document *d, int id)
{
    return d->parts[id].len ? d->parts[id].len + 1 : 0; /* and the empty line before it */
}

/* The largest cap such that the parts, none counted longer than it, fit the budget; SIZE_MAX when all fit whole. */
static size_t find_cap(const struct document *d, size_t budget)
{
    size_t total = 0, longest = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        total += part_bytes(d, i);
        if (part_bytes(d, i) > longest) longest = part_bytes(d, i);
    }
    if (total <= budget) return SIZE_MAX;
    size_t low = 0, high = longest; /* low fits, high does not */
    while (high - low > 1) {
        size_t cap = low + (high - low) / 2, sum = 0;
        for (int i = 0; i < PART_COUNT; i++) sum += part_bytes(d, i) < cap ? part_bytes(d, i) : cap;
        if (sum <= budget) low = cap;
        else high = cap;
    }
    return low;
}

static void leave_out(struct document *d, int id)
{
    buf_clear(&d->parts[id]);
    d->left_out[id] = true;
}

static void fit(struct document *d, size_t budget)
{
    size_t cap = find_cap(d, budget);
    for (size_t i = 0; cap < PART_BYTES_MIN && i + 1 < PART_COUNT; i++) { /* the errors stay while one of them fits */
        if (part_bytes(d, sacrifice_order[i]) <= cap) continue;
        leave_out(d, sacrifice_order[i]);
        cap = find_cap(d, budget);
    }
    for (int i = 0; i < PART_COUNT && cap != SIZE_MAX; i++) {
        if (part_bytes(d, i) <= cap) continue;
        make_part(d, i, cap ? cap - 1 : 0); /* the empty line before it */
        if (!d->parts[i].len) d->left_out[i] = true;
    }
}

static void put_closing(const struct document *d, struct buf *out)
{
    bool first = true;
    for (int i = 0; i < PART_COUNT; i++) {
        int id = part_order[i];
        if (!d->left_out[id]) continue;
        buf_puts(out, first ? "\nLeft out, because a summary may have " : ", ");
        if (first) buf_put_count(out, d->o->max_bytes, "byte: ", "bytes: ");
        buf_puts(out, id == PART_TREE    ? "the step tree"
                      : id == PART_CHART ? "the timeline"
                                         : d->summary.sections[id].name);
        first = false;
    }
    if (!first) buf_puts(out, ".\n");
}

static void put_head(const struct summary *s, struct buf *b)
{
    buf_puts(b, "## ");
    buf_put(b, s->title);
    buf_puts(b, "\n\n");
    buf_put(b, s->status);
    buf_putc(b, '\n');
    if (s->running.len) {
        buf_putc(b, '\n');
        buf_put(b, s->running);
        buf_putc(b, '\n');
    }
    if (s->left_out.len) {
        buf_putc(b, '\n');
        buf_put(b, s->left_out);
        buf_putc(b, '\n');
    }
}

void markdown_write(const struct run *run, const struct report_options *o, struct buf *out)
{
    struct document d = { .run = run, .o = o };
    struct buf head = BUF_INIT;
    size_t max = o->max_bytes < SIZE_MAX / 2 ? (size_t)o->max_bytes : SIZE_MAX / 2;
    summary_make(run, o, &d.summary);
    put_head(&d.summary, &head);
    for (int i = 0; i < PART_COUNT; i++) {
        d.parts[i] = BUF_INIT;
        make_part(&d, i, SIZE_MAX / 2);
    }
    if (head.len + CLOSING_BYTES <= max) {
        fit(&d, max - head.len - CLOSING_BYTES);
        buf_put(out, buf_str(&head));
        for (int i = 0; i < PART_COUNT; i++) {
            if (!d.parts[part_order[i]].len) continue;
            buf_putc(out, '\n');
            buf_put(out, buf_str(&d.parts[part_order[i]]));
        }
        put_closing(&d, out);
    } else { /* no room for a document: one line, and of that what fits */
        struct str line = d.summary.plain_status;
        buf_put(out, str_first(line, utf8_floor(line, max ? max - 1 : 0)));
        if (max) buf_putc(out, '\n');
    }
    for (int i = 0; i < PART_COUNT; i++) buf_free(&d.parts[i]);
    buf_free(&head);
    summary_free(&d.summary);
}
