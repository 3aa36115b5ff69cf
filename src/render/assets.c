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
ASSET(google_js);

/* What is declared comes before what runs at once and needs it. */
const struct str asset_scripts[] = {
    SCRIPT(format), SCRIPT(dom), SCRIPT(data), SCRIPT(store), SCRIPT(view), SCRIPT(report),
};
const size_t asset_script_count = sizeof asset_scripts / sizeof *asset_scripts;
