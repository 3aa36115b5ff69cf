/* SPDX-License-Identifier: MIT
 *
 * What templates see of a run: one object, described by tables (fields.h), its lists made when they are asked for.
 *
 *   template_data.c   the object itself: lists of steps, names, notes; and that of the index
 *   template_run.c    a run
 *   template_step.c   a step
 */
#ifndef RENDER_TEMPLATE_DATA_H
#define RENDER_TEMPLATE_DATA_H

#include "model/statistics.h"
#include "render/fields.h"
#include "render/html.h"

/* `of` of a run's view. */
struct run_view {
    const struct run *run;
    enum time_unit unit;
    struct str folder; /* of the index: where the run's files are */
};

/* Positions of steps in the plan. */
struct step_list {
    uint32_t *positions;
    uint32_t count;
    bool made;
};

/* `of` of the object and of its steps, whose `n` is a position. Lives for one page. */
struct template_data {
    struct arena arena;
    const struct report_options *o;
    const struct html_plan *plan;
    const struct pieces *pieces;
    struct run_view run;
    struct step_list main, slowest, failures;
    const struct statistics *names; /* once they were asked for */
    struct str *notes;
    size_t note_count;
    bool notes_made;
};

/* `of` of the index. */
struct index_data {
    struct run_view *runs;
    size_t count;
    const struct report_options *o;
    const struct pieces *pieces;
};

extern const struct field run_fields[], count_fields[], step_fields[], message_fields[], link_fields[], page_fields[],
    index_fields[];

/* The slots of the pages (html.c) and of the index (index.c). */
extern const struct template_slot html_slots[], index_slots[];
extern const size_t html_slot_count, index_slot_count;

/* Checks a template of that kind of page: see fields_check. */
void template_data_check(enum template_id id, const struct mustache *t, const struct mustache_partials *partials,
                         template_problem *tell, void *context);

/* Texts of the log longer than this are cut, and say so. */
enum { TEMPLATE_TEXT_MAX = 64 * 1024 };

/* What several tables need. */
void data_put_text(struct buf *out, struct str text); /* at most TEMPLATE_TEXT_MAX of it */
bool data_json(const struct run *run, struct payload p, struct arena *scratch, struct str *ret_json);
/* Share of the run's time, "12.3 %"; nothing for a run without times. */
void data_put_share(const struct run *run, int64_t us, struct buf *out);
void data_put_us(int64_t us, struct buf *out); /* nothing for TIME_NONE */

/* {name, value}: the members of a JSON object, in its order; `of` is a struct data_pairs. Something else is one value
 * without a name. */
struct data_pairs {
    struct str *names, *values; /* values are JSON */
    size_t count;
};
extern const struct field pair_fields[];
struct data_pairs *data_pairs_of(struct str object, struct arena *scratch);
bool data_pair(const struct view *list, uint64_t i, struct view *ret);

/* {model, responses, prompt_tokens, completion_tokens, total_tokens}; `of` is a struct usage. */
extern const struct field usage_fields[];
bool data_usage(const struct view *list, uint64_t i, struct view *ret); /* of the list, which may be NULL */

#endif
