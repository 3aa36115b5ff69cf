/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

bool err_set(struct err *e, enum err_code code, const char *file, const char *format, ...)
{
    if (!e) return false;
    *e = (struct err){ .code = code };
    if (file) snprintf(e->file, sizeof e->file, "%s", file);
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    return false;
}
