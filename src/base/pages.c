/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

void pages_enlarge(void *p, size_t size)
{
    enum { PAGE = 4096, WORTH_IT = 2 * 1024 * 1024 };
    if (size < WORTH_IT) return;
#ifdef MADV_HUGEPAGE
    size_t before = (PAGE - (uintptr_t)p % PAGE) % PAGE;
    madvise((char *)p + before, (size - before) & ~(size_t)(PAGE - 1), MADV_HUGEPAGE); /* a wish: may fail */
#else
    (void)p;
#endif
}
