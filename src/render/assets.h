/* SPDX-License-Identifier: MIT
 *
 * The files of templates/, embedded at build time.
 */
#ifndef RENDER_ASSETS_H
#define RENDER_ASSETS_H

#include "base/str.h"

extern const struct str asset_report_html, asset_index_html;
/* The style of the index; that of the page is this and more. */
extern const struct str asset_report_css, asset_page_css;
/* The page's script, and what is added to it where Google Charts is wanted. */
extern const struct str asset_page_js, asset_google_js;

#endif
