/* SPDX-License-Identifier: MIT
 *
 * The files of templates/ as they stand, embedded at build time.
 */
#ifndef RENDER_ASSETS_H
#define RENDER_ASSETS_H

#include "base/str.h"

extern const struct str asset_report_html, asset_index_html;
extern const struct str asset_report_css;
/* The page's script is these in this order, and google.js where Google Charts is wanted. */
extern const struct str asset_scripts[];
extern const size_t asset_script_count;
extern const struct str asset_google_js;

#endif
