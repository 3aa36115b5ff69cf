/* SPDX-License-Identifier: MIT
 *
 * Flows: an arrow from the slice in which it starts, over those it passes, to the one in which it ends. Each of them
 * follows the one before.
 *
 *   s ─→ t ─→ t ─→ f      all of one id, category and name
 */
#include "input/chrome.h"

#include <stdlib.h>

struct point {
    uint32_t flow, item;
    int64_t ts;
};

static int by_flow(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->flow != y->flow) return x->flow < y->flow ? -1 : 1;
    if (x->ts != y->ts) return x->ts < y->ts ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

static void send_link(struct chrome *c, uint32_t from, uint32_t to)
{
    struct teller *t = c->t;
    tell_begin(t, EVENT_STEP_LINK, NULL);
    chrome_tell_run(c, c->items[to].process);
    chrome_put_id(c, tell_open(t, &t->event.step.id), to);
    tell_close(t);
    struct buf *b = tell_open(t, &t->event.to);
    buf_puts(b, "{\"runId\":");
    buf_put(b, c->processes[c->items[from].process].run);
    buf_puts(b, ",\"stepId\":");
    chrome_put_id(c, b, from);
    buf_putc(b, '}');
    tell_close(t);
    tell_text(t, &t->event.relation, S("follows"));
    tell_send(t);
}

void chrome_tell_flows(struct chrome *c)
{
    struct point *points = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < c->item_count; i++) {
        const struct chrome_item *it = &c->items[i];
        if (!chrome_is_flow(it->ph) || (it->flags & CHROME_NO_LINK)) continue;
        c->notes.loose_flows += it->parent == CHROME_NONE;
        if (it->parent == CHROME_NONE) continue;
        points = array_grow(points, &cap, count + 1, sizeof *points);
        points[count++] = (struct point){ it->partner, (uint32_t)i, it->ts };
    }
    if (count) qsort(points, count, sizeof *points, by_flow);
    for (size_t i = 1; i < count; i++) {
        const struct chrome_item *from = &c->items[points[i - 1].item], *to = &c->items[points[i].item];
        if (from->partner != to->partner || to->ph == 's' || from->ph == 'f' || from->parent == to->parent) continue;
        send_link(c, from->parent, to->parent);
    }
    free(points);
}
