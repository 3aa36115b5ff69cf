/* SPDX-License-Identifier: MIT
 *
 * Forms follow each other in Unicode as isolated, final, initial, medial; letters that join to the right only, as alef,
 * have the first two.
 */
#include "layout/joining.h"

enum { FIRST = 0x621, LAST = 0x64A, TATWEEL = 0x640, LAM = 0x644, ALEF = 0x627 };

struct letter {
    uint16_t isolated; /* 0: no letter that joins */
    bool both;         /* joins on both sides */
};

static const struct letter letters[LAST - FIRST + 1] = {
    [0x00] = { 0xFE80, false }, [0x01] = { 0xFE81, false }, [0x02] = { 0xFE83, false }, [0x03] = { 0xFE85, false },
    [0x04] = { 0xFE87, false }, [0x05] = { 0xFE89, true },  [0x06] = { 0xFE8D, false }, [0x07] = { 0xFE8F, true },
    [0x08] = { 0xFE93, false }, [0x09] = { 0xFE95, true },  [0x0A] = { 0xFE99, true },  [0x0B] = { 0xFE9D, true },
    [0x0C] = { 0xFEA1, true },  [0x0D] = { 0xFEA5, true },  [0x0E] = { 0xFEA9, false }, [0x0F] = { 0xFEAB, false },
    [0x10] = { 0xFEAD, false }, [0x11] = { 0xFEAF, false }, [0x12] = { 0xFEB1, true },  [0x13] = { 0xFEB5, true },
    [0x14] = { 0xFEB9, true },  [0x15] = { 0xFEBD, true },  [0x16] = { 0xFEC1, true },  [0x17] = { 0xFEC5, true },
    [0x18] = { 0xFEC9, true },  [0x19] = { 0xFECD, true },  [0x20] = { 0xFED1, true },  [0x21] = { 0xFED5, true },
    [0x22] = { 0xFED9, true },  [0x23] = { 0xFEDD, true },  [0x24] = { 0xFEE1, true },  [0x25] = { 0xFEE5, true },
    [0x26] = { 0xFEE9, true },  [0x27] = { 0xFEED, false }, [0x28] = { 0xFEEF, false }, [0x29] = { 0xFEF1, true },
};

/* Letters of Persian and Urdu. */
static const struct {
    uint32_t code;
    struct letter letter;
} others[] = {
    { 0x67E, { 0xFB56, true } },  { 0x686, { 0xFB7A, true } },  { 0x688, { 0xFB88, false } },
    { 0x691, { 0xFB8C, false } }, { 0x698, { 0xFB8A, false } }, { 0x6A9, { 0xFB8E, true } },
    { 0x6AF, { 0xFB92, true } },  { 0x6CC, { 0xFBFC, true } },
};

static struct letter letter_of(uint32_t code)
{
    if (code >= FIRST && code <= LAST) return letters[code - FIRST];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].code == code) return others[i].letter;
    return (struct letter){ 0 };
}

/* Does the code point reach out to the letter that follows, or to the one before it? Hamza does neither. */
static bool reaches_on(uint32_t code) { return code == TATWEEL || letter_of(code).both; }
static bool reaches_back(uint32_t code) { return code == TATWEEL || (letter_of(code).isolated && code != FIRST); }

/* The place of an alef among the ligatures, -1 for other letters. */
static int alef_of(uint32_t code)
{
    return code == 0x622 ? 0 : code == 0x623 ? 1 : code == 0x625 ? 2 : code == ALEF ? 3 : -1;
}

uint32_t joining_form(uint32_t before, uint32_t code, uint32_t after)
{
    struct letter letter = letter_of(code);
    if (!letter.isolated) return code;
    if (before == LAM && alef_of(code) >= 0) return 0;
    uint32_t joined = reaches_back(code) && reaches_on(before);
    if (code == LAM && alef_of(after) >= 0) return 0xFEF5 + 2 * (uint32_t)alef_of(after) + joined;
    uint32_t goes_on = letter.both && reaches_back(after);
    return letter.isolated + joined + 2 * goes_on;
}
