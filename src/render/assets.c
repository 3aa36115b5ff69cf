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
static const unsigned char timeline_css_bytes[] = {
#include "timeline.css.inc"
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
static const unsigned char report_js_bytes[] = {
#include "report.js.inc"
};
static const unsigned char google_js_bytes[] = {
#include "google.js.inc"
};

#define SCRIPT(name)                                                                                                   \
    {                                                                                                                  \
        (const char *)name##_js_bytes, sizeof name##_js_bytes                                                          \
    }

ASSET(report_html);
ASSET(index_html);
ASSET(report_css);
ASSET(timeline_css);
ASSET(google_js);

/* What is declared comes before what runs at once and needs it. */
const struct str asset_scripts[] = {
    SCRIPT(format), SCRIPT(dom),      SCRIPT(data), SCRIPT(store), SCRIPT(view),     SCRIPT(range),    SCRIPT(axis),
    SCRIPT(bars),   SCRIPT(overview), SCRIPT(card), SCRIPT(ruler), SCRIPT(timeline), SCRIPT(gestures), SCRIPT(report),
};
const size_t asset_script_count = sizeof asset_scripts / sizeof *asset_scripts;
