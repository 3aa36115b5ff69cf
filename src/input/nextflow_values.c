/* SPDX-License-Identifier: MIT */
#include "input/nextflow_values.h"

struct str nextflow_cell(struct str text)
{
    struct str cell = str_trim(text);
    return str_eq(cell, S("-")) ? S("") : cell;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i])) return false;
    return s.len != 0;
}

bool nextflow_time(const struct teller *t, struct str cell, int64_t *ret_us, uint64_t *naive)
{
    if (all_digits(cell)) return json_to_us(cell, JSON_MILLISECONDS, ret_us);
    return tell_time(t, cell, ret_us, naive);
}

/* µs of a unit, 0 when it is none. */
static int64_t unit_of(struct str s)
{
    static const struct {
        struct str name;
        int64_t us;
    } units[] = {
        { { "ms", 2 }, 1000 },
        { { "s", 1 }, 1000000 },
        { { "sec", 3 }, 1000000 },
        { { "m", 1 }, INT64_C(60000000) },
        { { "min", 3 }, INT64_C(60000000) },
        { { "h", 1 }, INT64_C(3600000000) },
        { { "hour", 4 }, INT64_C(3600000000) },
        { { "d", 1 }, INT64_C(86400000000) },
        { { "day", 3 }, INT64_C(86400000000) },
    };
    if (s.len > 3 && str_ends(s, S("s"))) s.len--; /* hours, days */
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (str_eq(s, units[i].name)) return units[i].us;
    return 0;
}

/* One piece such as "5.8s" off the text: digits, perhaps a fraction, a unit, perhaps spaces between. */
static bool take_piece(struct str *rest, int64_t *sum)
{
    enum { DIGITS_MAX = 12, DECIMALS_MAX = 6 };
    size_t i = 0, digits, decimals = 0, from;
    int64_t whole = 0, fraction = 0, scale = 1, us;
    struct str s = str_trim(*rest);
    for (; i < s.len && is_digit(s.ptr[i]); i++)
        if (i < DIGITS_MAX) whole = whole * 10 + (s.ptr[i] - '0');
    digits = i;
    if (i < s.len && s.ptr[i] == '.')
        for (i++; i < s.len && is_digit(s.ptr[i]); i++)
            if (decimals++ < DECIMALS_MAX) fraction = fraction * 10 + (s.ptr[i] - '0'), scale *= 10;
    while (i < s.len && s.ptr[i] == ' ') i++;
    for (from = i; i < s.len && s.ptr[i] >= 'a' && s.ptr[i] <= 'z';) i++;
    int64_t unit = unit_of(str_of(s.ptr + from, i - from));
    if (!digits || digits > DIGITS_MAX || !unit || __builtin_mul_overflow(whole, unit, &us)) return false;
    *rest = str_skip(s, i);
    return !__builtin_add_overflow(*sum, us, sum) && !__builtin_add_overflow(*sum, fraction * unit / scale, sum) &&
           *sum <= TIME_MAX;
}

bool nextflow_duration(struct str cell, int64_t *ret_us)
{
    *ret_us = 0;
    if (all_digits(cell)) return json_to_us(cell, JSON_MILLISECONDS, ret_us);
    if (!cell.len) return false;
    while (str_trim(cell).len)
        if (!take_piece(&cell, ret_us)) return false;
    return true;
}

void nextflow_put_duration(struct buf *b, int64_t us)
{
    int64_t ms = us / 1000, seconds = ms / 1000, hours = seconds / 3600, minutes = seconds / 60 % 60;
    if (ms < 1000) {
        buf_put_int(b, ms);
        buf_puts(b, "ms");
        return;
    }
    if (hours) buf_put_int(b, hours);
    if (hours) buf_puts(b, "h ");
    if (minutes) buf_put_int(b, minutes);
    if (minutes) buf_puts(b, "m ");
    buf_put_int(b, seconds % 60);
    if (seconds < 60 && ms % 1000) {
        buf_putc(b, '.');
        buf_putc(b, (char)('0' + ms % 1000 / 100));
    }
    buf_putc(b, 's');
}

void nextflow_number(struct str cell, uint64_t *ret)
{
    enum { DIGITS_MAX = 18 };
    uint64_t n = 0;
    if (!all_digits(cell) || cell.len > DIGITS_MAX) return;
    for (size_t i = 0; i < cell.len; i++) n = n * 10 + (uint64_t)(cell.ptr[i] - '0');
    *ret = n;
}

/* Digits with a sign and a fraction as JSON has them; what else JSON calls a number is text in a trace. */
static bool is_number(struct str s)
{
    if (str_starts(s, S("-"))) s = str_skip(s, 1);
    struct str whole = str_cut(&s, '.');
    if (!all_digits(whole) || (whole.len > 1 && whole.ptr[0] == '0')) return false;
    return s.ptr == whole.ptr + whole.len || all_digits(s);
}

void nextflow_put_value(struct buf *b, struct str cell)
{
    if (is_number(cell) && cell.ptr[cell.len - 1] != '.') buf_put(b, cell);
    else buf_put_json(b, cell);
}

void nextflow_put_error(struct buf *b, bool aborted, struct str exit)
{
    enum { SIGNAL_BASE = 128, SIGNAL_MAX = 64 };
    uint64_t status = 0;
    nextflow_number(exit, &status);
    if (aborted) buf_puts(b, exit.len ? "aborted, " : "aborted");
    else if (!exit.len) buf_puts(b, "failed without an exit status");
    if (!exit.len) return;
    buf_puts(b, "exit status ");
    buf_put(b, exit);
    if (status > SIGNAL_BASE && status <= SIGNAL_BASE + SIGNAL_MAX)
        buf_printf(b, " (killed by signal %u)", (unsigned)(status - SIGNAL_BASE));
}
