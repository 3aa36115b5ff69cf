/* SPDX-License-Identifier: MIT
 *
 * The summary's sections as HTML. cmark turns their Markdown into HTML in its safe mode; it has no tables, so the table
 * is ours and only the cells are cmark's.
 */
#include "render/summary.h"

#include <cmark.h>
#include <limits.h>
#include <stdlib.h>

/* Appends cmark's HTML for the Markdown text; a single paragraph without its <p> when `cell`. */
static void put_html(struct buf *out, struct str markdown, bool cell)
{
    if (markdown.len > INT32_MAX / 16) return; /* cmark counts with 32 bits; sections are bounded far below */
    char *html = cmark_markdown_to_html(markdown.ptr ? markdown.ptr : "", markdown.len, CMARK_OPT_DEFAULT);
    if (!html) arena_exhausted(markdown.len);
    struct str text = str_z(html);
    if (cell && str_starts(text, S("<p>")) && str_ends(text, S("</p>\n"))) text = str_of(text.ptr + 3, text.len - 8);
    buf_put(out, text);
    free(html);
}

static void put_cells(struct buf *out, const struct section *s, const struct str *cells)
{
    buf_puts(out, "<tr>");
    for (size_t i = 0; i < s->column_count; i++) {
        const char *tag = i == 0 ? "th" : "td";
        buf_puts(out, i == 0 ? "<th scope=\"row\"" : "<td");
        buf_puts(out, s->columns[i].right ? " class=\"num\">" : ">");
        put_html(out, cells[i], true);
        buf_printf(out, "</%s>", tag);
    }
    buf_puts(out, "</tr>\n");
}

/* Rows of a table in the page: the timeline below should not be far down, and the page has a table of all steps. */
enum { PAGE_ROWS_MAX = 10 };

static void put_table(struct buf *out, const struct section *s)
{
    buf_puts(out, "<table>\n<thead><tr>");
    for (size_t i = 0; i < s->column_count; i++) {
        buf_puts(out, s->columns[i].right ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">");
        buf_put_html(out, str_z(s->columns[i].title));
        buf_puts(out, "</th>");
    }
    buf_puts(out, "</tr></thead>\n<tbody>\n");
    size_t rows = s->unit_count < PAGE_ROWS_MAX ? s->unit_count : PAGE_ROWS_MAX;
    for (size_t i = 0; i < rows; i++) put_cells(out, s, s->units + i * s->column_count);
    buf_puts(out, "</tbody>\n</table>\n");
}

/* A table as its Markdown without the rows: heading, introduction, and how many rows there are besides. */
static void put_table_section(struct buf *out, const struct section *s, struct buf *markdown)
{
    buf_puts(markdown, "### ");
    buf_puts(markdown, s->heading);
    buf_puts(markdown, "\n\n");
    buf_put(markdown, s->intro);
    put_html(out, buf_str(markdown), false);
    put_table(out, s);
    buf_clear(markdown);
    md_put_remains(markdown, s, s->beyond + (s->unit_count > PAGE_ROWS_MAX ? s->unit_count - PAGE_ROWS_MAX : 0));
    put_html(out, buf_str(markdown), false);
}

void markdown_summary_html(const struct run *run, const struct report_options *o, struct buf *out)
{
    struct summary summary;
    struct buf markdown = BUF_INIT;
    summary_make(run, o, &summary);
    for (int i = 0; i < SUMMARY_NOTES; i++) { /* the page has its own place for the notes */
        const struct section *s = &summary.sections[i];
        if (!s->unit_count) continue;
        buf_clear(&markdown);
        buf_puts(out, "<section>\n");
        if (s->columns) {
            put_table_section(out, s, &markdown);
        } else {
            md_put_section(&markdown, s, SIZE_MAX / 2);
            put_html(out, buf_str(&markdown), false);
        }
        buf_puts(out, "</section>\n");
    }
    buf_free(&markdown);
    summary_free(&summary);
}
