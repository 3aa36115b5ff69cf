/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

enum { MS = 1000, SECOND = 1000 * MS };
#define MINUTE (INT64_C(60) * SECOND)
#define HOUR   (INT64_C(60) * MINUTE)
#define DAY    (INT64_C(24) * HOUR)

/* n with a comma every three digits. */
static void put_grouped(struct buf *b, uint64_t n)
{
    if (n >= 1000) {
        put_grouped(b, n / 1000); /* at most seven levels: a 64-bit number has 20 digits */
        buf_printf(b, ",%03u", (unsigned)(n % 1000));
    } else buf_put_uint(b, n);
}

/* us / unit, less than 1000 of them, with three significant digits, in integers: what rounds up to 10 has one decimal,
 * what rounds up to 100 has none. `trim` leaves out zeros behind the point. */
static void put_three_digits(struct buf *b, uint64_t us, uint64_t unit, bool trim)
{
    unsigned decimals = us < 9995 * (unit / 1000) ? 2 : us < 99950 * (unit / 1000) ? 1 : 0;
    unsigned scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    unsigned n = (unsigned)((us * scale + unit / 2) / unit);
    unsigned whole = n / scale, fraction = n % scale;
    for (; trim && decimals && fraction % 10 == 0; decimals--) fraction /= 10;
    buf_put_uint(b, whole);
    if (decimals) buf_printf(b, ".%0*u", (int)decimals, fraction);
}

/* Rounded up from half a step: which unit a duration gets is decided after rounding, so 999,600 µs is "1.00 s". Seconds
 * keep their zeros, so that they align in a column; below a second there is too much of a mix for that. */
static void put_auto(struct buf *b, uint64_t us)
{
    if (us == 0) buf_puts(b, "0 ms");
    else if (us < MS) {
        buf_put_uint(b, us);
        buf_puts(b, " µs");
    } else if (us < 999500) {
        put_three_digits(b, us, MS, true);
        buf_puts(b, " ms");
    } else if (us < 59950 * (uint64_t)MS) {
        put_three_digits(b, us, SECOND, false);
        buf_puts(b, " s");
    } else if (us < (uint64_t)HOUR - SECOND / 2) {
        uint64_t s = (us + SECOND / 2) / SECOND;
        buf_printf(b, "%u m %02u s", (unsigned)(s / 60), (unsigned)(s % 60));
    } else if (us < (uint64_t)DAY - (uint64_t)MINUTE / 2) {
        uint64_t m = (us + (uint64_t)MINUTE / 2) / (uint64_t)MINUTE;
        buf_printf(b, "%u h %02u m", (unsigned)(m / 60), (unsigned)(m % 60));
    } else {
        uint64_t h = (us + (uint64_t)HOUR / 2) / (uint64_t)HOUR;
        put_grouped(b, h / 24);
        buf_printf(b, " d %02u h", (unsigned)(h % 24));
    }
}

void clock_put_duration(struct buf *b, int64_t us, enum time_unit unit)
{
    if (us == TIME_NONE) {
        buf_puts(b, "–");
        return;
    }
    uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    if (us < 0) buf_puts(b, "\xE2\x88\x92"); /* U+2212 MINUS SIGN */
    if (unit == UNIT_AUTO) {
        put_auto(b, size);
    } else if (unit == UNIT_MS) {
        put_grouped(b, size / MS);
        if (size % MS) {
            struct buf fraction = BUF_INIT;
            buf_put_fixed(&fraction, (double)(size % MS) / MS, 3, true);
            buf_put(b, str_skip(buf_str(&fraction), 1));
            buf_free(&fraction);
        }
        buf_puts(b, " ms");
    } else {
        uint64_t ms = (size + MS / 2) / MS;
        put_grouped(b, ms / 1000);
        buf_printf(b, ".%03u s", (unsigned)(ms % 1000));
    }
}

struct date {
    int64_t year;
    unsigned month, day, hour, minute, second, micro;
};

/* Days since 1970-01-01 to a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * civil_from_days): eras of 400 years, the year beginning in March. */
static struct date date_of(int64_t us)
{
    int64_t days = us / DAY, rest = us % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    unsigned month = mp < 10 ? mp + 3 : mp - 9;
    return (struct date){
        .year = (int64_t)yoe + era * 400 + (month <= 2),
        .month = month,
        .day = doy - (153 * mp + 2) / 5 + 1,
        .hour = (unsigned)(rest / HOUR),
        .minute = (unsigned)(rest / MINUTE % 60),
        .second = (unsigned)(rest / SECOND % 60),
        .micro = (unsigned)(rest % SECOND),
    };
}

static void put_date(struct buf *b, int64_t us, const char *between, const char *zone)
{
    if (us == TIME_NONE) {
        buf_puts(b, "–");
        return;
    }
    struct date d = date_of(us);
    if (d.year < 0) buf_putc(b, '-');
    uint64_t year = d.year < 0 ? (uint64_t)-d.year : (uint64_t)d.year;
    buf_printf(b, "%04llu-%02u-%02u%s%02u:%02u:%02u.", (unsigned long long)year, d.month, d.day, between, d.hour,
               d.minute, d.second);
    if (d.micro % MS) buf_printf(b, "%06u", d.micro);
    else buf_printf(b, "%03u", d.micro / MS);
    buf_puts(b, zone);
}

void clock_put_utc(struct buf *b, int64_t us) { put_date(b, us, " ", us == TIME_NONE ? "" : " UTC"); }
void clock_put_iso(struct buf *b, int64_t us) { put_date(b, us, "T", us == TIME_NONE ? "" : "Z"); }

void clock_put_ms(struct buf *b, int64_t us)
{
    uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    if (us < 0) buf_putc(b, '-');
    buf_put_uint(b, size / MS);
    unsigned fraction = (unsigned)(size % MS), digits = 3;
    if (!fraction) return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    buf_printf(b, ".%0*u", (int)digits, fraction);
}

bool clock_parse_duration(struct str s, int64_t *ret_us)
{
    static const struct {
        struct str name;
        int64_t us;
    } units[] = {
        { { "", 0 }, MS },        { { "us", 2 }, 1 },     { { "µs", 3 }, 1 },
        { { "ms", 2 }, MS },      { { "s", 1 }, SECOND }, { { "m", 1 }, MINUTE },
        { { "min", 3 }, MINUTE }, { { "h", 1 }, HOUR },   { { "d", 1 }, DAY },
    };
    s = str_trim(s);
    double value = 0, place = 1;
    size_t digits = 0, at = 0;
    bool point = false;
    for (; at < s.len; at++) {
        char c = s.ptr[at];
        if (c == '.' && !point) point = true;
        else if (c >= '0' && c <= '9') {
            digits++;
            if (point) value += (c - '0') * (place /= 10);
            else value = value * 10 + (c - '0');
        } else break;
    }
    if (!digits) return false;
    struct str unit = str_trim(str_skip(s, at));
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_eq(unit, units[i].name)) continue;
        double us = value * (double)units[i].us;
        if (!(us < 4e18)) return false;
        *ret_us = (int64_t)(us + 0.5);
        return true;
    }
    return false;
}

/* Cuts exactly `count` digits off *s. */
static bool cut_digits(struct str *s, size_t count, int64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < count; i++) {
        if (i >= s->len || s->ptr[i] < '0' || s->ptr[i] > '9') return false;
        *ret = *ret * 10 + (s->ptr[i] - '0');
    }
    *s = str_skip(*s, count);
    return true;
}

static bool cut_char(struct str *s, const char *any)
{
    bool there = s->len && strchr(any, s->ptr[0]) && s->ptr[0];
    if (there) *s = str_skip(*s, 1);
    return there;
}

/* Days since the epoch, the inverse of date_of (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, yoe = year - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Decimals behind the point as µs, the seventh one rounding. */
static bool cut_fraction(struct str *s, int64_t *ret_us)
{
    *ret_us = 0;
    if (!cut_char(s, ".,")) return true;
    int64_t place = 100000;
    size_t i = 0;
    for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
        *ret_us += (s->ptr[i] - '0') * place;
        if (i == 6 && s->ptr[i] >= '5') ++*ret_us;
        place /= 10;
    }
    *s = str_skip(*s, i);
    return i > 0;
}

static bool cut_zone(struct str *s, int64_t *ret_us)
{
    int64_t hours, minutes = 0;
    *ret_us = 0;
    if (cut_char(s, "Zz")) return true;
    bool west = s->len && s->ptr[0] == '-';
    if (!cut_char(s, "+-") || !cut_digits(s, 2, &hours)) return false;
    bool colon = cut_char(s, ":");
    if ((colon || s->len) && !cut_digits(s, 2, &minutes)) return false;
    *ret_us = (hours * 60 + minutes) * MINUTE * (west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

bool clock_parse_iso(struct str s, int64_t *ret_us, bool *ret_zoned)
{
    int64_t year, month, day, hour, minute, second = 0, fraction, zone = 0;
    s = str_trim(s);
    bool date = cut_digits(&s, 4, &year) && cut_char(&s, "-") && cut_digits(&s, 2, &month) && cut_char(&s, "-") &&
                cut_digits(&s, 2, &day);
    if (!date || !cut_char(&s, "Tt ") || !cut_digits(&s, 2, &hour) || !cut_char(&s, ":") || !cut_digits(&s, 2, &minute))
        return false;
    if (cut_char(&s, ":") && !cut_digits(&s, 2, &second)) return false;
    if (!cut_fraction(&s, &fraction)) return false;
    *ret_zoned = s.len != 0;
    if (s.len && (!cut_zone(&s, &zone) || s.len)) return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    if (hour > 24 || (hour == 24 && (minute || second || fraction)) || minute > 59 || second > 60) return false;
    *ret_us = days_from_civil(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + fraction -
              zone;
    return true;
}

int64_t clock_after(int64_t us, int64_t duration)
{
    int64_t sum;
    if (us == TIME_NONE || duration == TIME_NONE || __builtin_add_overflow(us, duration, &sum)) return TIME_NONE;
    return sum > TIME_MAX || sum < -TIME_MAX ? TIME_NONE : sum;
}
