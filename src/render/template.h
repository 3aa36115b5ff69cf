/* SPDX-License-Identifier: MIT
 *
 * Pages with holes: a text in which {{name}} stands for what a function writes. There is no logic in a template.
 */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "base/buf.h"

struct template_slot {
    const char *name;
    void (*write)(void *context, struct buf *out);
};

/* Writes `text` to out, each {{name}} replaced by what its slot writes. A name without a slot stays as it is, so that
 * a slip is seen in the page. What a slot writes is not looked at again. */
void template_write(struct str text, const struct template_slot *slots, size_t count, void *context, struct buf *out);

#endif
