/* SPDX-License-Identifier: MIT
 *
 * Large memory in large pages (2 MiB), where the system has them. Finding one step of 100,000 touches a dozen places
 * far apart: in pages of 4 KiB each of them costs a walk through the page tables, and the first touch of every page a
 * fault.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* Asks for large pages for what malloc or calloc has just given; not for what will be realloc'ed, which then would be
 * copied instead of moved. Does nothing for what is small. */
void pages_enlarge(void *p, size_t size);

#endif
