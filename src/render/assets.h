/* SPDX-License-Identifier: MIT
 *
 * The files of templates/, embedded at build time.
 */
#ifndef RENDER_ASSETS_H
#define RENDER_ASSETS_H

#include "base/str.h"

extern const struct str asset_report_html, asset_paper_html, asset_card_html, asset_index_html;
extern const struct str asset_marks_html; /* a partial: the symbols of statuses */
/* The style sheets of the page one after the other, each behind a line of its own: a form feed and its name. The first
 * is that of the index as well. */
extern const struct str asset_page_css;
extern const struct str asset_paper_css, asset_card_css;
/* The page's script, and what is added to it where Google Charts is wanted. */
extern const struct str asset_page_js, asset_google_js;

#endif
