/* SPDX-License-Identifier: MIT */
#include "render/assets.h"

#define ASSET(name) const struct str asset_##name = { (const char *)name##_bytes, sizeof name##_bytes }

static const unsigned char report_html_bytes[] = {
#include "report.html.inc"
};
static const unsigned char index_html_bytes[] = {
#include "index.html.inc"
};
static const unsigned char report_css_bytes[] = {
#include "report.css.inc"
};
static const unsigned char steps_css_bytes[] = {
#include "steps.css.inc"
};
static const unsigned char work_css_bytes[] = {
#include "work.css.inc"
};
static const unsigned char timeline_css_bytes[] = {
#include "timeline.css.inc"
};
static const unsigned char panel_css_bytes[] = {
#include "panel.css.inc"
};
static const unsigned char print_css_bytes[] = {
#include "print.css.inc"
};
static const unsigned char format_js_bytes[] = {
#include "format.js.inc"
};
static const unsigned char dom_js_bytes[] = {
#include "dom.js.inc"
};
static const unsigned char data_js_bytes[] = {
#include "data.js.inc"
};
static const unsigned char store_js_bytes[] = {
#include "store.js.inc"
};
static const unsigned char view_js_bytes[] = {
#include "view.js.inc"
};
static const unsigned char textindex_js_bytes[] = {
#include "textindex.js.inc"
};
static const unsigned char regexp_js_bytes[] = {
#include "regexp.js.inc"
};
static const unsigned char query_js_bytes[] = {
#include "query.js.inc"
};
static const unsigned char search_js_bytes[] = {
#include "search.js.inc"
};
static const unsigned char toolbar_js_bytes[] = {
#include "toolbar.js.inc"
};
static const unsigned char range_js_bytes[] = {
#include "range.js.inc"
};
static const unsigned char axis_js_bytes[] = {
#include "axis.js.inc"
};
static const unsigned char bars_js_bytes[] = {
#include "bars.js.inc"
};
static const unsigned char overview_js_bytes[] = {
#include "overview.js.inc"
};
static const unsigned char card_js_bytes[] = {
#include "card.js.inc"
};
static const unsigned char ruler_js_bytes[] = {
#include "ruler.js.inc"
};
static const unsigned char timeline_js_bytes[] = {
#include "timeline.js.inc"
};
static const unsigned char gestures_js_bytes[] = {
#include "gestures.js.inc"
};
static const unsigned char table_js_bytes[] = {
#include "table.js.inc"
};
static const unsigned char json_js_bytes[] = {
#include "json.js.inc"
};
static const unsigned char changes_js_bytes[] = {
#include "changes.js.inc"
};
static const unsigned char panel_js_bytes[] = {
#include "panel.js.inc"
};
static const unsigned char route_js_bytes[] = {
#include "route.js.inc"
};
static const unsigned char report_js_bytes[] = {
#include "report.js.inc"
};
static const unsigned char google_js_bytes[] = {
#include "google.js.inc"
};

#define STYLE(name)                                                                                                    \
    {                                                                                                                  \
        (const char *)name##_css_bytes, sizeof name##_css_bytes                                                        \
    }
#define SCRIPT(name)                                                                                                   \
    {                                                                                                                  \
        (const char *)name##_js_bytes, sizeof name##_js_bytes                                                          \
    }

ASSET(report_html);
ASSET(index_html);
ASSET(report_css);
ASSET(google_js);

/* Paper has the last word. */
const struct str asset_styles[] = { STYLE(steps), STYLE(work), STYLE(timeline), STYLE(panel), STYLE(print) };
const size_t asset_style_count = sizeof asset_styles / sizeof *asset_styles;

/* What is declared comes before what runs at once and needs it. */
const struct str asset_scripts[] = {
    SCRIPT(format), SCRIPT(dom),      SCRIPT(data),    SCRIPT(store),   SCRIPT(view),     SCRIPT(textindex),
    SCRIPT(regexp), SCRIPT(query),    SCRIPT(search),  SCRIPT(toolbar), SCRIPT(range),    SCRIPT(axis),
    SCRIPT(bars),   SCRIPT(overview), SCRIPT(card),    SCRIPT(ruler),   SCRIPT(timeline), SCRIPT(gestures),
    SCRIPT(table),  SCRIPT(json),     SCRIPT(changes), SCRIPT(panel),   SCRIPT(route),    SCRIPT(report),
};
const size_t asset_script_count = sizeof asset_scripts / sizeof *asset_scripts;
