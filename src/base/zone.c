/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static bool parse_offset(struct str s, int64_t *ret_us)
{
    bool zoned;
    char date[40];
    if (!s.len || s.len > 6 || !strchr("+-Zz", s.ptr[0])) return false;
    snprintf(date, sizeof date, "1970-01-01T00:00:00%.*s", STR_ARG(s));
    if (!clock_parse_iso(str_z(date), ret_us, &zoned) || !zoned) return false;
    *ret_us = -*ret_us;
    return true;
}

/* Folders and lists stand among the zones, which begin with these letters (RFC 8536). */
static bool is_zone_file(const char *path)
{
    struct stat info;
    char magic[4];
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return false;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    bool zone = fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    fclose(file);
    return zone;
}

/* Does the system know a zone of this name? */
static bool in_database(const char *name)
{
    const char *directory = getenv("TZDIR");
    char path[512];
    bool plain = name[0] && name[0] != '/' && !strstr(name, "..") && !strchr(name, ':');
    if (!directory || !*directory) directory = "/usr/share/zoneinfo";
    return plain && snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path && is_zone_file(path);
}

bool zone_parse(const char *text, struct zone *ret)
{
    *ret = (struct zone){ .known = true };
    struct str s = str_z(text);
    if (str_eq_ignoring_case(s, S("utc")) || str_eq_ignoring_case(s, S("gmt"))) return true;
    if (parse_offset(s, &ret->offset)) return true;
    if (!in_database(text)) return false;
    ret->name = text;
    return true;
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_us)
{
    if (!zone->name) return local_us - zone->offset;
    int64_t seconds = local_us / SECOND, micros = local_us % SECOND;
    if (micros < 0) {
        micros += SECOND;
        seconds--;
    }
    time_t as_utc = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&as_utc, &tm)) return TIME_NONE;
    tm.tm_isdst = -1;
    tm.tm_wday = -1; /* set by mktime when it can tell: -1 as a time is the last second of 1969 */
    const char *now = getenv("TZ");
    if (!now || strcmp(now, zone->name) != 0) {
        setenv("TZ", zone->name, 1);
        tzset();
    }
    as_utc = mktime(&tm);
    return tm.tm_wday < 0 ? TIME_NONE : (int64_t)as_utc * SECOND + micros;
}

void zone_put(struct buf *b, const struct zone *zone)
{
    if (zone->name) {
        buf_puts(b, zone->name);
        return;
    }
    int64_t minutes = (zone->offset < 0 ? -zone->offset : zone->offset) / MINUTE;
    buf_puts(b, "UTC");
    if (minutes) buf_printf(b, "%c%02d:%02d", zone->offset < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}
