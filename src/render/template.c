/* SPDX-License-Identifier: MIT */
#include "render/template.h"

/* Position of the two bytes `pair` in s, or s.len. */
static size_t find_pair(struct str s, char pair)
{
    for (size_t at = 0; at + 1 < s.len; at++)
        if (s.ptr[at] == pair && s.ptr[at + 1] == pair) return at;
    return s.len;
}

void template_write(struct str text, const struct template_slot *slots, size_t count, void *context, struct buf *out)
{
    while (text.len) {
        size_t open = find_pair(text, '{');
        buf_put(out, str_first(text, open));
        struct str inside = str_skip(text, open + 2);
        size_t close = find_pair(inside, '}');
        if (close == inside.len) { /* no hole is left */
            buf_put(out, str_skip(text, open));
            return;
        }
        struct str name = str_first(inside, close);
        size_t i = 0;
        while (i < count && !str_eq(str_z(slots[i].name), name)) i++;
        if (i < count) slots[i].write(context, out);
        else buf_put(out, str_first(str_skip(text, open), close + 4));
        text = str_skip(inside, close + 2);
    }
}
