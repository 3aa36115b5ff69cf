/* SPDX-License-Identifier: MIT
 *
 * Ninja's build log, .ninja_log, versions 4 to 7 (as its build_log.cc writes it): a line per output of a command that
 * succeeded, when the command ended.
 *
 *   # ninja log v5
 *   start  end  mtime                output     hash of the command
 *   0      46   1795256244699753432  x.o        d0fec86c4102a0db
 *   46     250  1795256244907753430  gen/b.txt  658d774d69eb0cc2
 *   46     250  1795256244907753430  gen/b2.txt 658d774d69eb0cc2      the second output of the same command
 *   0      31   1795257001210000000  x.o        d0fec86c4102a0db      end goes back: the next build
 *
 * Each build is a run, each line a step. start and end are milliseconds since their build began, which the log does not
 * tell; mtime does roughly: older versions take it of the output, about when the command ended, newer ones (1.12) when
 * it started. Which of the two it is shows in the first lines of a build: the right one gives nearly the same beginning
 * for all. The median of these is the beginning.
 *
 * When the log has grown, ninja writes the last line of each output anew, in no order (recompaction). A line that goes
 * back in time is then one of a build that is known, if its mtime is within that build; else it begins a new one.
 */
#include "input/format.h"

#include "input/ninja_build.h"

#include <stdlib.h>

enum { OLDEST_VERSION = 4, HASH_VERSION = 5 };

struct ninja_log {
    int64_t version; /* 0: no header so far */
    uint64_t line;
    struct builds builds;
};

static bool number_of(struct str s, int64_t *ret)
{
    enum { DIGITS_MAX = 19 };
    bool minus = str_starts(s, S("-"));
    s = str_skip(s, minus);
    *ret = 0;
    if (!s.len || s.len > DIGITS_MAX) return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(*ret, 10, ret) || __builtin_add_overflow(*ret, s.ptr[i] - '0', ret)) return false;
    }
    if (minus) *ret = -*ret;
    return true;
}

static bool is_header(struct str line, int64_t *ret_version)
{
    static const struct str begin = { "# ninja log v", 13 };
    return str_starts(line, begin) && number_of(str_trim(str_skip(line, begin.len)), ret_version);
}

/* µs since 1970, TIME_NONE for 0. Nanoseconds everywhere but on Windows: there units of 100 ns since a day in 2001
 * (disk_interface.cc); very old versions wrote seconds. */
static int64_t time_of_mtime(int64_t mtime)
{
    static const int64_t seconds_max = INT64_C(100000000000), windows_max = INT64_C(100000000000000000),
                         windows_base = INT64_C(978296800000000);
    if (mtime <= 0) return TIME_NONE;
    if (mtime < seconds_max) return mtime * 1000000;
    if (mtime < windows_max) return windows_base + mtime / 10;
    return mtime / 1000 + (mtime % 1000 >= 500);
}

/* False when the line is none of the log's. An output's name may hold anything but a tab. */
static bool take_entry(struct str line, struct entry_line *ret)
{
    int64_t mtime, start, end;
    struct str rest = line, from = str_cut(&rest, '\t'), to = str_cut(&rest, '\t');
    ret->mtime_text = str_cut(&rest, '\t');
    ret->output = str_cut(&rest, '\t');
    ret->hash = rest;
    if (!number_of(from, &start) || !number_of(to, &end) || !number_of(ret->mtime_text, &mtime)) return false;
    ret->start = start > TIME_MAX / 1000 || start < -TIME_MAX / 1000 ? TIME_NONE : start * 1000;
    ret->end = end > TIME_MAX / 1000 || end < -TIME_MAX / 1000 ? TIME_NONE : end * 1000;
    ret->mtime = time_of_mtime(mtime);
    return ret->start != TIME_NONE && ret->end != TIME_NONE && ret->output.len != 0;
}

static void take_line(struct teller *t, void *state, struct str line)
{
    struct ninja_log *log = state;
    struct entry_line entry = { .line = ++log->line };
    if (is_header(line, &log->version)) {
        builds_end_current(t, &log->builds);
        log->builds.command_column = log->version < HASH_VERSION;
        if (log->version < OLDEST_VERSION)
            tell_problem(t, line.ptr, "logs of this version are not read; build once with ninja 1.5 or newer");
        return;
    }
    if (!str_trim(line).len || line.ptr[0] == '#' || (log->version && log->version < OLDEST_VERSION)) return;
    if (take_entry(line, &entry)) builds_add(t, &log->builds, &entry);
    else tell_problem(t, line.ptr, "this is no line of start, end, mtime, output and hash: left out");
}

static void finish(struct teller *t, void *state) { builds_finish(t, &((struct ninja_log *)state)->builds); }

static bool knows_ninja(const struct glance *g)
{
    int64_t version;
    return is_header(g->line, &version);
}

const struct format format_ninja = {
    .name = "ninja",
    .title = "ninja",
    .about = "the build log .ninja_log in the build directory (also of CMake and Meson):\n"
             "each build a run; ninja writes no lines of commands that fail\n",
    .names = (const char *const[]){ "*.ninja_log", NULL },
    .takes = TAKES_LINES,
    .knows = knows_ninja,
    .state_size = sizeof(struct ninja_log),
    .text = take_line,
    .end = finish,
};
