/* SPDX-License-Identifier: MIT
 *
 * Ids that need nobody else's knowledge to be unique, and times that no clock step bends.
 */
#include "track/track.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t = { 0 };
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A well-mixed number of a counter (SplitMix64's output function: https://prng.di.unimi.it/splitmix64.c). It maps
 * different numbers to different numbers. */
static uint64_t mix(uint64_t n)
{
    n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
    return n ^ n >> 31;
}

void pl_random(void *bytes, size_t count)
{
    if (getentropy(bytes, count) == 0) return;
    /* an old kernel or a strict sandbox: unlike those of other processes, if not unpredictable */
    uint64_t state = (uint64_t)clock_ns(CLOCK_REALTIME) ^ mix((uint64_t)getpid()) ^ (uint64_t)(uintptr_t)bytes;
    for (size_t i = 0; i < count; i++) {
        state += UINT64_C(0x9e3779b97f4a7c15);
        ((unsigned char *)bytes)[i] = (unsigned char)(mix(state) >> 56);
    }
}

static void put_hex(char *to, const unsigned char *bytes, size_t count)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        to[2 * i] = hex[bytes[i] >> 4];
        to[2 * i + 1] = hex[bytes[i] & 15];
    }
    to[2 * count] = '\0';
}

/* RFC 9562, section 5.4. */
void pl_uuid(char ret_text[37])
{
    unsigned char b[16];
    char hex[33];
    pl_random(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    put_hex(hex, b, sizeof b);
    snprintf(ret_text, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void pl_set_clock(struct pipelens_run *run)
{
    run->wall_us = clock_ns(CLOCK_REALTIME) / 1000;
    run->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
}

int64_t pl_now(const struct pipelens_run *run)
{
    return run->wall_us + (clock_ns(CLOCK_MONOTONIC) - run->monotonic_ns) / 1000;
}

void pl_next_id(struct pipelens_run *run, char ret_id[17])
{
    uint64_t id;
    do {
        id = mix(run->id_seed + ++run->id_count * UINT64_C(0x9e3779b97f4a7c15));
    } while (!id); /* all zero is no span id in W3C trace context */
    for (int i = 0; i < 16; i++) ret_id[i] = "0123456789abcdef"[id >> (60 - 4 * i) & 15];
    ret_id[16] = '\0';
}

/* Hex digits of the text at `at` into `to`: exactly `count`, lower case, not all zero. */
static bool take_hex(char *to, const char *at, size_t count)
{
    bool zero = true;
    if (strspn(at, "0123456789abcdef") < count) return false;
    for (size_t i = 0; i < count; i++) zero &= at[i] == '0';
    memcpy(to, at, count);
    to[count] = '\0';
    return !zero;
}

/* https://www.w3.org/TR/trace-context/#traceparent-header: version-trace-parent-flags. */
static bool take_traceparent(struct pipelens_run *run, const char *text)
{
    size_t length = strnlen(text, 56);
    if (length < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || strncmp(text, "ff", 2) == 0)
        return false;
    if (strspn(text, "0123456789abcdef") != 2 || strspn(text + 53, "0123456789abcdef") < 2) return false;
    if (length > 55 && (strncmp(text, "00", 2) == 0 || text[55] != '-')) return false;
    if (!take_hex(run->trace_id, text + 3, 32) || !take_hex(run->trace_parent, text + 36, 16)) return false;
    memcpy(run->trace_flags, text + 53, 2);
    return true;
}

void pl_set_trace(struct pipelens_run *run, const char *traceparent)
{
    memcpy(run->trace_flags, "01", 3);
    if (traceparent && take_traceparent(run, traceparent)) return;
    run->trace_parent[0] = '\0';
    /* a UUID without its dashes; else a hash of the id, so that all processes of a run find the same */
    size_t digits = 0;
    for (const char *c = run->id; *c && digits < 32; c++)
        if (strchr("0123456789abcdef", *c)) run->trace_id[digits++] = *c;
    run->trace_id[digits] = '\0';
    if (strlen(run->id) == 36 && digits == 32) return;
    uint64_t hash = pl_hash(run->id, strlen(run->id));
    snprintf(run->trace_id, sizeof run->trace_id, "%016llx%016llx", (unsigned long long)hash,
             (unsigned long long)(mix(hash) | 1));
}
