/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <time.h>
#include <unistd.h>

enum { PATIENCE_US = 1000000, REDRAW_US = 100000 };

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void put(struct str text)
{
    struct buf b = { .fd = STDERR_FILENO };
    buf_put(&b, text);
    buf_flush(&b);
    buf_free(&b);
}

struct progress progress_begin(uint32_t when, bool quiet)
{
    bool wanted = when == WHEN_ALWAYS || (when == WHEN_AUTO && !quiet && isatty(STDERR_FILENO));
    return (struct progress){ .wanted = wanted, .begun = now_us() };
}

void progress_show(struct progress *p, const char *what, uint64_t done, uint64_t total)
{
    if (!p->wanted) return;
    int64_t now = now_us();
    if (now - p->begun < PATIENCE_US || now - p->drawn < REDRAW_US) return;
    p->drawn = now;
    p->shown = true;
    struct buf b = BUF_INIT;
    buf_printf(&b, "\r\033[K%s", what);
    if (total) buf_printf(&b, " %u %%", (unsigned)((done < total ? done : total) * 100 / total));
    put(buf_str(&b));
    buf_free(&b);
}

void progress_end(struct progress *p)
{
    if (p->shown) put(S("\r\033[K"));
    p->shown = false;
}
