/* SPDX-License-Identifier: MIT
 *
 * The sections of the page that say what a run was like, private to the html_*.c files. Each writes its whole
 * <section>, or nothing when there is nothing to say. A link to a step is #s and its index: its row without script, a
 * selection with it.
 */
#ifndef RENDER_HTML_SECTIONS_H
#define RENDER_HTML_SECTIONS_H

#include "render/report.h"

/* What failed, what the run was waiting for, what was slow. */
void html_overview_write(const struct run *run, const struct report_options *o, struct buf *out);

/* Durations by step name: the first STATS_ROWS_MAX names, largest total first. */
enum { STATS_ROWS_MAX = 200 };
void html_stats_write(const struct report_options *o, struct buf *out);

/* Tokens by model and by step, prompts and answers in reading order; within LLM_TEXT_MAX bytes of texts in all. */
enum { LLM_CALLS_MAX = 200, LLM_LONG = 1500, LLM_TEXT_MAX = 256 * 1024 };
void html_llm_write(const struct run *run, enum time_unit unit, struct buf *out);

/* The user's own words. */
void html_notes_write(const struct report_options *o, struct buf *out);

/* Links to the sections that are there besides those that always are. */
void html_put_more_sections(const struct run *run, const struct report_options *o, struct buf *out);

/* A link to the step, its name as the text; at most `levels` names of the steps above before it. */
void html_put_step_link(const struct run *run, const struct step *step, unsigned levels, struct buf *out);

/* The search for the steps of a name, or of all names with a number where `pattern` has a `*`; not escaped. */
void html_put_name_query(struct buf *out, struct str name, bool pattern);

#endif
