/* SPDX-License-Identifier: MIT
 *
 * What went wrong, for the caller to pass on or print. Functions below cli/ fill one and return false; nobody there
 * prints or exits.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE,  /* the caller asked for something impossible */
    ERR_INPUT,  /* an input could not be read or holds no run */
    ERR_OUTPUT, /* an output could not be written */
};

struct err {
    enum err_code code;
    char file[512];  /* "" when there is none; "-" is standard input */
    uint64_t line;   /* 1-based, 0 when unknown */
    uint64_t column; /* 1-based byte, 0 when unknown */
    char text[768];  /* what is wrong and what to do, no trailing newline */
};

/* Fills *e (which may be NULL) and returns false, so that `return err_set(...)` ends a function. */
bool err_set(struct err *e, enum err_code code, const char *file, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
