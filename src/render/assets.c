/* SPDX-License-Identifier: MIT */
#include "render/assets.h"

#define ASSET(name) const struct str asset_##name = { (const char *)name##_bytes, sizeof name##_bytes }

static const unsigned char report_html_bytes[] = {
#include "report.html.inc"
};
static const unsigned char index_html_bytes[] = {
#include "index.html.inc"
};
static const unsigned char paper_html_bytes[] = {
#include "paper.html.inc"
};
static const unsigned char card_html_bytes[] = {
#include "card.html.inc"
};
static const unsigned char marks_html_bytes[] = {
#include "marks.html.inc"
};
static const unsigned char paper_css_bytes[] = {
#include "paper.css.inc"
};
static const unsigned char card_css_bytes[] = {
#include "card.css.inc"
};
static const unsigned char page_css_bytes[] = {
#include "page.css.inc"
};
static const unsigned char page_js_bytes[] = {
#include "page.js.inc"
};
static const unsigned char google_js_bytes[] = {
#include "google.js.inc"
};

ASSET(report_html);
ASSET(index_html);
ASSET(paper_html);
ASSET(card_html);
ASSET(marks_html);
ASSET(page_css);
ASSET(page_js);
ASSET(paper_css);
ASSET(card_css);
ASSET(google_js);
