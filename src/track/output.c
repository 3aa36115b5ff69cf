/* SPDX-License-Identifier: MIT
 *
 * What is known of a step so far, as JSON text for the caller.
 */
#include "track/track.h"

#include <errno.h>
#include <string.h>

static int put_output(struct pl_text *t, struct pipelens_step *step, enum pipelens_output what)
{
    switch (what) {
    case PIPELENS_NESTED: pl_put_nested(t, step); break;
    case PIPELENS_FLATTENED: pl_put_flat(t, step, PL_OUTPUT_STEP); break;
    case PIPELENS_PIPELINE_META: pl_put_meta(t, step->run, true, true, PL_OUTPUT_STEP); break;
    case PIPELENS_RECORDS: pl_put_records(t, step); break;
    case PIPELENS_TIME: pl_put_time(t, step); break;
    case PIPELENS_USAGE: pl_put_usage(t, step); break;
    default: return EINVAL;
    }
    pl_text_putc(t, '\0');
    if (!t->error) t->len--;
    return t->error;
}

/* The text in memory that the caller frees. */
static int make_output(struct pipelens_step *step, enum pipelens_output what, struct pl_text *ret_text)
{
    *ret_text = (struct pl_text){ 0 };
    if (!step) return EINVAL;
    pl_run_lock(step->run);
    int error = put_output(ret_text, step, what);
    pl_run_unlock(step->run);
    if (error) pl_text_free(ret_text);
    return error;
}

int pipelens_step_output(struct pipelens_step *step, enum pipelens_output what, char *buffer, size_t size,
                         size_t *ret_length)
{
    struct pl_text text;
    if (ret_length) *ret_length = 0;
    if (!buffer && size) return EINVAL;
    if (size) buffer[0] = '\0';
    int error = make_output(step, what, &text);
    if (error) return error;
    if (ret_length) *ret_length = text.len;
    bool fits = text.len < size;
    if (fits) memcpy(buffer, text.data, text.len + 1);
    pl_text_free(&text);
    return fits ? 0 : ENOBUFS;
}

char *pipelens_step_output_new(struct pipelens_step *step, enum pipelens_output what, size_t *ret_length)
{
    struct pl_text text;
    int error = make_output(step, what, &text);
    if (ret_length) *ret_length = error ? 0 : text.len;
    return error ? NULL : text.data;
}
