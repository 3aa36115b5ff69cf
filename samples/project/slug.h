/* SPDX-License-Identifier: MIT */
#ifndef SLUG_H
#define SLUG_H

#include <stddef.h>

/* A title as a part of an address: small letters and digits, other characters as one dash between them. Writes at most
 * size bytes, the NUL included; returns the length. */
size_t slug(const char *title, char *to, size_t size);

#endif
