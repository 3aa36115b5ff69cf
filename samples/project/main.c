/* SPDX-License-Identifier: MIT
 *
 * Prints its arguments as slugs, one a line.
 */
#include "slug.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    char text[80];
    for (int i = 1; i < argc; i++) {
        slug(argv[i], text, sizeof text);
        puts(text);
    }
    return 0;
}
