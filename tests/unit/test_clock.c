/* SPDX-License-Identifier: MIT
 *
 * Times and durations as text, and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/zone.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Compares and empties b. */
static void assert_buf(struct buf *b, struct str expected, const char *what)
{
    if (!str_eq(buf_str(b), expected))
        fail_msg("%s: got \"%.*s\", expected \"%.*s\"", what, STR_ARG(buf_str(b)), STR_ARG(expected));
    buf_free(b);
}

#define MS   INT64_C(1000)
#define SEC  (1000 * MS)
#define MIN  (60 * SEC)
#define HOUR (60 * MIN)
#define DAY  (24 * HOUR)

static void clock_durations(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        enum time_unit unit;
        const char *text;
    } cases[] = {
        { 0, UNIT_AUTO, "0 ms" },
        { 1, UNIT_AUTO, "1 µs" },
        { 999, UNIT_AUTO, "999 µs" },
        { 1000, UNIT_AUTO, "1 ms" },
        { 1240, UNIT_AUTO, "1.24 ms" },
        { 9994, UNIT_AUTO, "9.99 ms" },
        { 9995, UNIT_AUTO, "10 ms" },
        { 12340, UNIT_AUTO, "12.3 ms" },
        { 99949, UNIT_AUTO, "99.9 ms" },
        { 99960, UNIT_AUTO, "100 ms" },
        { 999499, UNIT_AUTO, "999 ms" },
        { 999500, UNIT_AUTO, "1.00 s" },
        { 1240000, UNIT_AUTO, "1.24 s" },
        { 9999999, UNIT_AUTO, "10.0 s" },
        { 59949999, UNIT_AUTO, "59.9 s" },
        { 59950000, UNIT_AUTO, "1 m 00 s" },
        { 59999000, UNIT_AUTO, "1 m 00 s" },
        { 3 * MIN + 5 * SEC, UNIT_AUTO, "3 m 05 s" },
        { 3599400000, UNIT_AUTO, "59 m 59 s" },
        { 3599500000, UNIT_AUTO, "1 h 00 m" },
        { 3599900000, UNIT_AUTO, "1 h 00 m" },
        { 2 * HOUR + 4 * MIN, UNIT_AUTO, "2 h 04 m" },
        { DAY - 31 * SEC, UNIT_AUTO, "23 h 59 m" },
        { DAY - 30 * SEC, UNIT_AUTO, "1 d 00 h" },
        { 5 * DAY + 3 * HOUR, UNIT_AUTO, "5 d 03 h" },
        { 1234567 * DAY, UNIT_AUTO, "1,234,567 d 00 h" },
        { -1, UNIT_AUTO, "−1 µs" },
        { -1240 * MS, UNIT_AUTO, "−1.24 s" },
        { 1500, UNIT_AUTO, "1.5 ms" },
        { 41300, UNIT_AUTO, "41.3 ms" },
        { 45000, UNIT_AUTO, "45 ms" },
        { 99950, UNIT_AUTO, "100 ms" },
        { 10005, UNIT_AUTO, "10 ms" },
        { 1005, UNIT_AUTO, "1.01 ms" },
        { 1800000, UNIT_AUTO, "1.80 s" },
        { 4000000, UNIT_AUTO, "4.00 s" },
        { 1004999, UNIT_AUTO, "1.00 s" },
        { 1005000, UNIT_AUTO, "1.01 s" },
        { 9994999, UNIT_AUTO, "9.99 s" },
        { 9995000, UNIT_AUTO, "10.0 s" },
        { 9996000, UNIT_AUTO, "10.0 s" },
        { 10049999, UNIT_AUTO, "10.0 s" },
        { 12000000, UNIT_AUTO, "12.0 s" },
        { 20050000, UNIT_AUTO, "20.1 s" },
        { TIME_NONE, UNIT_AUTO, "–" },
        { TIME_NONE, UNIT_MS, "–" },
        { 1240 * MS, UNIT_MS, "1,240 ms" },
        { 1240 * MS + 1, UNIT_MS, "1,240.001 ms" },
        { 500, UNIT_MS, "0.5 ms" },
        { -1500, UNIT_MS, "−1.5 ms" },
        { 0, UNIT_MS, "0 ms" },
        { 1234567 * SEC, UNIT_MS, "1,234,567,000 ms" },
        { 1240 * MS, UNIT_S, "1.240 s" },
        { 499, UNIT_S, "0.000 s" },
        { 500, UNIT_S, "0.001 s" },
        { 999500, UNIT_S, "1.000 s" },
        { 3725 * SEC, UNIT_S, "3,725.000 s" },
        { 0, UNIT_S, "0.000 s" },
        { INT64_MAX, UNIT_S, "9,223,372,036,854.776 s" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b = BUF_INIT;
        clock_put_duration(&b, cases[i].us, cases[i].unit);
        char what[64];
        snprintf(what, sizeof what, "%lld us", (long long)cases[i].us);
        assert_buf(&b, str_z(cases[i].text), what);
    }
}

/* No duration is written as 1000 of a unit or 60 of the smaller part: every boundary, a little around it. */
static void clock_duration_boundaries(void **state)
{
    (void)state;
    static const int64_t around[] = { MS, 10 * MS, 100 * MS, SEC, 10 * SEC, MIN, HOUR, DAY, 100 * DAY };
    for (size_t i = 0; i < LENGTH(around); i++) {
        for (int64_t part = -1000; part <= 1000; part++) {
            struct buf b = BUF_INIT;
            clock_put_duration(&b, around[i] + part * (around[i] / 100000 + 1), UNIT_AUTO);
            struct str text = buf_str(&b);
            assert_false(str_starts(text, S("1000 ")) || str_starts(text, S("60 s")) || str_starts(text, S("60 m")));
            assert_false(str_ends(text, S(" 60 s")) || str_ends(text, S(" 60 m")) || str_ends(text, S(" 24 h")));
            buf_free(&b);
        }
    }
}

static void clock_dates(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *utc, *iso;
    } cases[] = {
        { 0, "1970-01-01 00:00:00.000 UTC", "1970-01-01T00:00:00.000Z" },
        { -1, "1969-12-31 23:59:59.999999 UTC", "1969-12-31T23:59:59.999999Z" },
        { -DAY, "1969-12-31 00:00:00.000 UTC", "1969-12-31T00:00:00.000Z" },
        { 1779078400125000, "2026-05-18 04:26:40.125 UTC", "2026-05-18T04:26:40.125Z" },
        { 1716000000000125, "2024-05-18 02:40:00.000125 UTC", "2024-05-18T02:40:00.000125Z" },
        { 951782400 * SEC, "2000-02-29 00:00:00.000 UTC", "2000-02-29T00:00:00.000Z" },
        { 4107542400 * SEC, "2100-03-01 00:00:00.000 UTC", "2100-03-01T00:00:00.000Z" },
        { -2203891200 * SEC, "1900-03-01 00:00:00.000 UTC", "1900-03-01T00:00:00.000Z" },
        { 253402300799999 * MS, "9999-12-31 23:59:59.999 UTC", "9999-12-31T23:59:59.999Z" },
        { 253402300800 * SEC, "10000-01-01 00:00:00.000 UTC", "10000-01-01T00:00:00.000Z" },
        { -62167219200 * SEC, "0000-01-01 00:00:00.000 UTC", "0000-01-01T00:00:00.000Z" },
        { -62167219201 * SEC, "-0001-12-31 23:59:59.000 UTC", "-0001-12-31T23:59:59.000Z" },
        { TIME_NONE, "–", "–" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b = BUF_INIT;
        clock_put_utc(&b, cases[i].us);
        assert_buf(&b, str_z(cases[i].utc), "UTC");
        clock_put_iso(&b, cases[i].us);
        assert_buf(&b, str_z(cases[i].iso), "ISO");
    }
    struct buf b = BUF_INIT; /* the limits: some date, no overflow (UBSan looks) */
    clock_put_utc(&b, TIME_MAX);
    clock_put_utc(&b, -TIME_MAX);
    assert_true(b.len > 40);
    buf_free(&b);
}

static void clock_milliseconds(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { 1716000000000000, "1716000000000" },
        { 1716000000000125, "1716000000000.125" },
        { 1500, "1.5" },
        { 1, "0.001" },
        { 10, "0.01" },
        { 100, "0.1" },
        { -1500, "-1.5" },
        { -1, "-0.001" },
        { TIME_MAX, "4000000000000000" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b = BUF_INIT;
        clock_put_ms(&b, cases[i].us);
        assert_buf(&b, str_z(cases[i].text), "ms");
    }
}

static void clock_parsing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        { "250", 250 * MS },
        { "250ms", 250 * MS },
        { "1.5s", 1500 * MS },
        { "2m", 2 * MIN },
        { "2min", 2 * MIN },
        { "1h", HOUR },
        { "10us", 10 },
        { "10µs", 10 },
        { "1d", DAY },
        { " 1.5 s ", 1500 * MS },
        { ".5s", 500 * MS },
        { "5.", 5 * MS },
        { "0", 0 },
        { "0.001ms", 1 },
        { "0.1s", 100 * MS },
        { "1.005s", 1005 * MS },
        { "0.3ms", 300 },
        { "4000000000000000", TIME_MAX - 1 },
        { "", -1 },
        { "s", -1 },
        { ".", -1 },
        { "1.2.3s", -1 },
        { "-1s", -1 },
        { "1e3", -1 },
        { "1 s 2", -1 },
        { "5 weeks", -1 },
        { "999999999999999999999d", -1 },
        { "0x10", -1 },
        { "1,5s", -1 },
        { "inf", -1 },
        { "5S", -1 },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t us = -1;
        bool good = clock_parse_duration(str_z(cases[i].text), &us);
        if (cases[i].us == TIME_MAX - 1) assert_false(good); /* the limit itself is out of range */
        else if (good != (cases[i].us >= 0) || us != cases[i].us) fail_msg("%s: %lld", cases[i].text, (long long)us);
    }
}

static void clock_dates_of_iso_8601(void **state)
{
    static const struct {
        const char *text;
        int64_t us; /* TIME_NONE: is refused */
        bool zoned;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0, true },
        { "1970-01-01 00:00:00", 0, false },
        { "2026-11-21T19:09:00.252485", INT64_C(1795288140252485), false },
        { "2026-11-21T10:09:00.252563Z", INT64_C(1795255740252563), true },
        { "2026-11-21T19:09:00.252485+09:00", INT64_C(1795255740252485), true },
        { "2026-11-21T10:09:00,2-0130", INT64_C(1795261140200000), true },
        { "2026-11-21T10:09-01", INT64_C(1795259340000000), true },
        { "2024-02-29T23:59:59.9999995Z", INT64_C(1709251200000000), true }, /* the seventh digit rounds */
        { "0001-01-01T00:00:00Z", INT64_C(-62135596800000000), true },
        { "2000-02-29T00:00:00Z", INT64_C(951782400000000), true },
        { "2026-11-20T24:00:00Z", INT64_C(1795219200000000), true },
        { "2026-11-20T23:59:60Z", INT64_C(1795219200000000), true }, /* a leap second */
        { "2026-02-31T00:00:00Z", TIME_NONE, false },
        { "2026-02-29T00:00:00Z", TIME_NONE, false },
        { "2100-02-29T00:00:00Z", TIME_NONE, false },
        { "2026-04-31T00:00:00Z", TIME_NONE, false },
        { "2026-12-32T00:00:00Z", TIME_NONE, false },
        { "2026-11-00T00:00:00Z", TIME_NONE, false },
        { "2026-11-20T24:59:00Z", TIME_NONE, false },
        { "2026-11-20T24:00:00.5Z", TIME_NONE, false },
        { "2026-11-20T24:00:01Z", TIME_NONE, false },
        { "2026-13-01T00:00:00Z", TIME_NONE, false },
        { "2026-11-21", TIME_NONE, false },
        { "2026-11-21T10:09:00.", TIME_NONE, false },
        { "2026-11-21T10:09:00Zx", TIME_NONE, false },
        { "2026-11-21T10:09:00+9:00", TIME_NONE, false },
        { "2026-11-21T25:09:00", TIME_NONE, false },
        { "today", TIME_NONE, false },
        { "", TIME_NONE, false },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t us = TIME_NONE;
        bool zoned = false, good = clock_parse_iso(str_z(cases[i].text), &us, &zoned);
        if (good != (cases[i].us != TIME_NONE) || (good && (us != cases[i].us || zoned != cases[i].zoned)))
            fail_msg("%s: %lld %d", cases[i].text, (long long)us, (int)zoned);
    }
}

static void zones(void **state)
{
    struct zone zone;
    struct buf b = BUF_INIT;
    (void)state;
    assert_true(zone_parse("+09:00", &zone));
    assert_true(zone_to_utc(&zone, INT64_C(1795288140252485)) == INT64_C(1795255740252485));
    zone_put(&b, &zone);
    assert_true(zone_parse("-0330", &zone));
    buf_putc(&b, ' ');
    zone_put(&b, &zone);
    assert_true(zone_parse("utc", &zone));
    buf_putc(&b, ' ');
    zone_put(&b, &zone);
    assert_true(str_eq(buf_str(&b), S("UTC+09:00 UTC-03:30 UTC")));
    buf_free(&b);
    static const char *const bad[] = { "",       "Mars/Base", "../../etc/passwd", "/etc/localtime", "9",
                                       "+25:00", ":UTC",      "Europe",           "zone.tab",       "Europe/" };
    for (size_t i = 0; i < LENGTH(bad); i++)
        if (zone_parse(bad[i], &zone)) fail_msg("%s was taken", bad[i]);
    if (!zone_parse("Europe/Berlin", &zone)) return; /* no zone database here */
    /* 2026-07-01 12:00 is 10:00 UTC, 2026-12-01 12:00 is 11:00 UTC */
    assert_true(zone_to_utc(&zone, INT64_C(1782907200000001)) == INT64_C(1782900000000001));
    assert_true(zone_to_utc(&zone, INT64_C(1796126400000000)) == INT64_C(1796122800000000));
    assert_true(zone_to_utc(&zone, HOUR - SEC) == -SEC); /* which C calls -1, as it does what it cannot tell */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_durations), cmocka_unit_test(clock_duration_boundaries),
        cmocka_unit_test(clock_dates),     cmocka_unit_test(clock_milliseconds),
        cmocka_unit_test(clock_parsing),   cmocka_unit_test(clock_dates_of_iso_8601),
        cmocka_unit_test(zones),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
