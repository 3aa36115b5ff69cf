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
static const unsigned char rows_js_bytes[] = {
#include "rows.js.inc"
};
static const unsigned char search_js_bytes[] = {
#include "search.js.inc"
};
static const unsigned char report_js_bytes[] = {
#include "report.js.inc"
};
static const unsigned char google_js_bytes[] = {
#include "google.js.inc"
};

ASSET(report_html);
ASSET(index_html);
ASSET(report_css);
ASSET(format_js);
ASSET(rows_js);
ASSET(search_js);
ASSET(report_js);
ASSET(google_js);
