/* SPDX-License-Identifier: MIT
 *
 * A run as a Mermaid Gantt chart, which GitHub, GitLab and many editors draw.
 */
#ifndef RENDER_MERMAID_H
#define RENDER_MERMAID_H

#include "render/report.h"

/* GitHub's Mermaid draws nothing at all when the text is longer than 50,000 characters (its maxTextSize). */
enum { MERMAID_BYTES_MAX = 49000 };

/* Puts a chart of at most max_steps steps and max_bytes bytes (never more than MERMAID_BYTES_MAX); "" when not even one
 * step fits or the run has no times. Returns how many visible steps are not in it. */
uint32_t mermaid_write(const struct run *run, enum time_unit unit, uint32_t max_steps, size_t max_bytes,
                       struct buf *out);

#endif
