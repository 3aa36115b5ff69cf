/* SPDX-License-Identifier: MIT */
#include "slug.h"

#include <ctype.h>

size_t slug(const char *title, char *to, size_t size)
{
    int length = 0, gap = 0;
    for (; *title; title++) {
        if (!isalnum((unsigned char)*title)) {
            gap = length > 0;
            continue;
        }
        if (length + gap + 1 >= size) break;
        if (gap) to[length++] = '-';
        to[length++] = tolower((unsigned char)*title);
        gap = 0;
    }
    if (size) to[length] = '\0';
    return length;
}
