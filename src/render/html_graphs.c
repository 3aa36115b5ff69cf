/* SPDX-License-Identifier: MIT */
#include "render/html.h"

#include "render/picture.h"

void html_graphs_write(const struct html_graphs *graphs, struct buf *out)
{
    static const struct {
        const char *id, *name, *what;
    } kinds[HTML_GRAPHS] = {
        { "tree", "Tree", "Which step called which." },
        { "flow", "Flow",
          "What came after what, and what ran side by side, inferred from times. The line in a box is "
          "the whole run, with the time of the step on it." },
        { "states", "States",
          "Each state once, with its visits and the mean time of those that ended; ×3: this way was taken three "
          "times. What was declared but not visited is pale." },
    };
    for (size_t i = 0; i < HTML_GRAPHS; i++) {
        if (!graphs->scenes[i]) continue;
        buf_printf(out, "<div class=\"graph%s\" id=\"graph-%s\" data-name=\"%s\">\n",
                   i == graphs->first ? "" : " later", kinds[i].id, kinds[i].name);
        buf_printf(out, "<h3 class=\"static\">%s</h3>\n<p class=\"hint\">%s</p>\n", kinds[i].name, kinds[i].what);
        buf_printf(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Graph: %s\">\n",
                   kinds[i].name);
        svg_write(graphs->scenes[i], THEME_AUTO, out);
        buf_puts(out, "</div>\n</div>\n");
    }
}
