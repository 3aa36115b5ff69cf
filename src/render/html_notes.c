/* SPDX-License-Identifier: MIT
 *
 * The user's own notes, and which of the sections that not every page has this one has.
 */
#include "render/html_sections.h"

#include "render/richtext.h"

void html_notes_write(const struct report_options *o, struct buf *out)
{
    if (!str_trim(o->own_notes).len) return;
    buf_puts(out, "<section id=\"notes\" aria-labelledby=\"h-notes\">\n<h2 id=\"h-notes\">Notes</h2>\n");
    if (o->template == TEMPLATE_REPORT) richtext_put_both(o->own_notes, out);
    else {
        buf_puts(out, "<div class=\"md\" dir=\"auto\">\n"); /* nobody switches to the source on paper */
        richtext_put_html(o->own_notes, out);
        buf_puts(out, "</div>\n");
    }
    buf_puts(out, "</section>\n");
}

void html_put_more_sections(const struct run *run, const struct report_options *o, struct buf *out)
{
    bool names = false;
    for (uint32_t i = 1; i < run->step_count && !names; i++) names = !run->steps[i]->hidden;
    if (names) buf_puts(out, "<a href=\"#statistics\">Statistics</a>");
    if (run->usage) buf_puts(out, "<a href=\"#llm\">Language models</a>");
    if (str_trim(o->own_notes).len) buf_puts(out, "<a href=\"#notes\">Notes</a>");
}
