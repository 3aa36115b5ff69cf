/* SPDX-License-Identifier: MIT
 *
 * Arabic letters as they look beside their neighbours: one code point of "Arabic Presentation Forms" each, so that a
 * font without a shaper draws joined script. Ligatures are those of lam with alef, which the script demands.
 */
#ifndef LAYOUT_JOINING_H
#define LAYOUT_JOINING_H

#include "base/str.h"

/* May the code point have forms, or stand between letters that do? Everything else needs no look at its neighbours. */
static inline bool joining_matters(uint32_t code) { return code >= 0x621 && code <= 0x6CC; }

/* What to draw for the letter `code`, of letters only: `before` and `after` are its neighbours, marks between them left
 * out, 0 for none. 0: nothing, it is part of the ligature before it. */
uint32_t joining_form(uint32_t before, uint32_t code, uint32_t after);

/* Marks, which letters join across. */
static inline bool joining_skips(uint32_t code)
{
    return (code >= 0x64B && code <= 0x65F) || code == 0x670 || (code >= 0x6D6 && code <= 0x6ED && code != 0x6DD);
}

#endif
