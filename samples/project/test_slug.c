/* SPDX-License-Identifier: MIT */
#include "slug.h"

#include <stdio.h>
#include <string.h>

static int failed;

static void expect(const char *title, size_t size, const char *wanted)
{
    char text[80];
    slug(title, text, size);
    if (strcmp(text, wanted) == 0) return;
    fprintf(stderr, "slug(\"%s\") is \"%s\", wanted \"%s\"\n", title, text, wanted);
    failed++;
}

/* What is a slug stays one: all texts of four characters out of some that matter. */
static void expect_stable(void)
{
    static const char some[] = " -_.,!?/abcdefghijklmXYZ0123456789";
    enum { COUNT = sizeof some - 1 };
    char text[5] = { 0 }, once[8], twice[8];
    for (long n = 0; n < (long)COUNT * COUNT * COUNT * COUNT; n++) {
        long rest = n;
        for (int i = 0; i < 4; i++, rest /= COUNT) text[i] = some[rest % COUNT];
        slug(text, once, sizeof once);
        slug(once, twice, sizeof twice);
        if (strcmp(once, twice) == 0) continue;
        fprintf(stderr, "slug(\"%s\") is \"%s\", and that of it \"%s\"\n", text, once, twice);
        failed++;
        return;
    }
}

int main(void)
{
    expect("Ten Good Reasons", 80, "ten-good-reasons");
    expect("  What? -- Now!  ", 80, "what-now");
    expect("C17", 80, "c17");
    expect("", 80, "");
    expect("too long", 5, "too");
    expect_stable();
    return failed != 0;
}
