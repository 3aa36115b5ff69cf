/* SPDX-License-Identifier: MIT */
#include "layout/calendar.h"

#define DAY INT64_C(86400000000)

/* 1970-01-01 was a Thursday: day 4 was a Monday. */
enum { FIRST_MONDAY = 4 };

struct date {
    int64_t year;
    int month, day; /* 1 … */
};

static int64_t divide_down(int64_t n, int64_t by) { return n / by - (n % by < 0); }

/* The calendar repeats every 400 years of 146,097 days. Years are counted from 1 March here, so that the day that some
 * lack is their last; then 153 days are always five months. */
static struct date date_of(int64_t days)
{
    days += 719468; /* since 1 March of the year 0 */
    int64_t era = divide_down(days, 146097), day = days - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t in_year = day - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
    struct date date = { .day = (int)(in_year - (153 * month + 2) / 5 + 1),
                         .month = (int)(month < 10 ? month + 3 : month - 9) };
    date.year = year + era * 400 + (date.month <= 2);
    return date;
}

/* Days from 1970-01-01 to the first of a month. */
static int64_t days_to(int64_t year, int month)
{
    year -= month <= 2;
    int64_t era = divide_down(year, 400), in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

int64_t calendar_next(enum calendar_unit unit, int64_t every, int64_t time)
{
    int64_t days = divide_down(time, DAY);
    if (unit == CALENDAR_DAY) {
        int64_t first = every == 7 ? FIRST_MONDAY : 0;
        return ((divide_down(days - first, every) + 1) * every + first) * DAY;
    }
    struct date date = date_of(days);
    if (unit == CALENDAR_YEAR) return days_to((divide_down(date.year, every) + 1) * every, 1) * DAY;
    int64_t months = (divide_down(date.year * 12 + date.month - 1, every) + 1) * every;
    return days_to(divide_down(months, 12), (int)(months - divide_down(months, 12) * 12) + 1) * DAY;
}

void calendar_put(enum calendar_unit unit, int64_t time, struct buf *b)
{
    struct date date = date_of(divide_down(time, DAY));
    buf_printf(b, "%04lld", (long long)date.year);
    if (unit <= CALENDAR_MONTH) buf_printf(b, "-%02d", date.month);
    if (unit == CALENDAR_DAY) buf_printf(b, "-%02d", date.day);
}
