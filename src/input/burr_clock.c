/* SPDX-License-Identifier: MIT
 *
 * Burr's clocks. Begins and ends of actions and spans are local times that do not say of where, attributes and streams
 * are in UTC:
 *
 *   {"type":"begin_span","start_time":"2026-11-21T19:09:00.252537",…      a
 *   {"type":"attribute",…,"time_logged":"2026-11-21T10:09:00.252563Z"}    u
 *   {"type":"end_span","end_time":"2026-11-21T19:09:00.254789",…          b
 *
 * What was written between two local times happened between them: u + offset lies between a and b. Offsets of time
 * zones are multiples of a quarter of an hour, so mostly one alone fits; what fits most of the first pairs is taken.
 */
#include "input/burr.h"

#include "event/json.h"

#include <stdlib.h>

enum {
    CHUNK = 256 * 1024,
    PAIRS_ENOUGH = 64,
    PENDING_MAX = 8,   /* times in UTC looked at between two local ones */
    QUARTERS_MAX = 64, /* 16 hours: no zone is further from UTC */
    SURE = 1 << 16,    /* how much more a pair counts that only one offset fits */
    WORD_MAX = 80      /* a text longer than this is no time */
};
#define QUARTER   INT64_C(900000000)
#define TOLERANCE INT64_C(1000000) /* µs: times are taken before the lines are written */

struct finding {
    uint32_t votes[2 * QUARTERS_MAX + 1];
    bool any_local;
    int64_t local; /* the last one */
    int64_t pending[PENDING_MAX];
    size_t pending_count;
    uint32_t pairs;
    char *chunk;
    uint64_t at; /* of the next line in the source */
};

static bool parse(struct str value, int64_t *ret, bool *ret_zoned)
{
    if (json_type(value) != JSON_STRING || value.len > WORD_MAX) return false;
    return clock_parse_iso(str_of(value.ptr + 1, value.len - 2), ret, ret_zoned);
}

static bool is_time_key(struct str key)
{
    return json_key_is(key, S("start_time")) || json_key_is(key, S("end_time")) || json_key_is(key, S("time_logged")) ||
           json_key_is(key, S("stream_init_time")) || json_key_is(key, S("first_item_time"));
}

/* The time of a line: Burr writes it before what may be long. */
static bool time_of(struct str line, int64_t *ret, bool *ret_zoned)
{
    struct json j = json_begin(line);
    struct str key;
    bool found = false;
    if (json_at_end(&j) || *j.at != '{' || !json_enter(&j, '{')) return false;
    while (!found && json_member(&j, &key)) {
        struct str value = json_skip(&j);
        if (j.error) break;
        found = is_time_key(key) && parse(value, ret, ret_zoned);
    }
    json_done(&j);
    return found;
}

static int64_t round_up(int64_t us) { return us / QUARTER + (us % QUARTER > 0); }
static int64_t round_down(int64_t us) { return us / QUARTER - (us % QUARTER < 0); }

/* The local times a and b, and in between one in UTC. */
static void vote(struct finding *f, int64_t a, int64_t u, int64_t b)
{
    int64_t low = round_up(a - u - TOLERANCE), high = round_down(b - u + TOLERANCE);
    if (high < low || low < -QUARTERS_MAX || low > QUARTERS_MAX) return;
    if (high > QUARTERS_MAX) high = QUARTERS_MAX;
    for (int64_t q = low; q <= high; q++) f->votes[q + QUARTERS_MAX] += low == high ? SURE : 1;
    f->pairs += low == high;
}

static void take_time(struct finding *f, int64_t us, bool zoned)
{
    if (zoned && f->any_local && f->pending_count < PENDING_MAX) f->pending[f->pending_count++] = us;
    if (zoned) return;
    for (size_t i = 0; i < f->pending_count; i++) vote(f, f->local, f->pending[i], us);
    f->pending_count = 0;
    f->local = us;
    f->any_local = true;
}

/* The lines of the chunk; of one that goes on behind it the beginning. Moves f->at behind them; false at the end. */
static bool take_chunk(struct teller *t, struct finding *f, bool *within_line)
{
    ptrdiff_t got = sources_read(t->sources, t->source, f->at, f->chunk, CHUNK);
    if (got <= 0) return false;
    struct str rest = str_of(f->chunk, (size_t)got);
    size_t done = 0;
    while (done < rest.len && f->pairs < PAIRS_ENOUGH) {
        struct str line = str_skip(rest, done);
        const char *newline = memchr(line.ptr, '\n', line.len);
        if (!newline && done && rest.len == CHUNK) break; /* is read again from its beginning */
        if (newline) line.len = (size_t)(newline - line.ptr);
        int64_t us;
        bool zoned;
        if (!*within_line && time_of(line, &us, &zoned)) take_time(f, us, zoned);
        *within_line = !newline;
        done += line.len + (newline != NULL);
    }
    f->at += done;
    return f->pairs < PAIRS_ENOUGH;
}

/* What most pairs say: of equals what is nearest to UTC. */
static int64_t choose(const struct finding *f, struct burr_clock *clock)
{
    int64_t best = 0;
    for (int64_t q = 1; q <= QUARTERS_MAX; q++) {
        if (f->votes[QUARTERS_MAX + q] > f->votes[QUARTERS_MAX + best]) best = q;
        if (f->votes[QUARTERS_MAX - q] > f->votes[QUARTERS_MAX + best]) best = -q;
    }
    clock->pairs = f->pairs;
    clock->fitting = f->votes[QUARTERS_MAX + best] / SURE;
    if (f->votes[QUARTERS_MAX + best] && !clock->pairs) clock->pairs = clock->fitting = 1;
    return best * QUARTER;
}

static void say(struct teller *t, const struct burr_clock *clock)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "times of actions and spans are local ones without a zone: read as ");
    burr_clock_put(&b, clock);
    if (!clock->pairs) buf_puts(&b, ", because nothing in the log tells which; --tz ZONE says it");
    else {
        buf_puts(&b, ", which fits ");
        if (clock->fitting < clock->pairs) buf_printf(&b, "%u of ", clock->fitting);
        buf_put_count(&b, clock->pairs, "time in UTC", "times in UTC");
        buf_puts(&b, " between them; --tz ZONE says otherwise");
    }
    tell_note(t, buf_str(&b));
    buf_free(&b);
}

struct burr_clock burr_clock_find(struct teller *t)
{
    struct burr_clock clock = { .zone = t->zone->known ? t->zone : NULL };
    if (clock.zone) return clock;
    struct finding f = { 0 };
    bool within_line = false;
    f.chunk = array_grow(NULL, &(size_t){ 0 }, CHUNK, 1);
    while (take_chunk(t, &f, &within_line)) continue;
    free(f.chunk);
    for (size_t i = 0; i < f.pending_count; i++) vote(&f, f.local, f.pending[i], f.local + QUARTER - 2 * TOLERANCE - 1);
    clock.offset = choose(&f, &clock);
    if (f.any_local) say(t, &clock);
    return clock;
}

int64_t burr_clock_read(const struct burr_clock *clock, struct str value)
{
    int64_t us;
    bool zoned;
    if (!parse(value, &us, &zoned)) return TIME_NONE;
    if (zoned) return us;
    return clock->zone ? zone_to_utc(clock->zone, us) : us - clock->offset;
}

void burr_clock_put(struct buf *b, const struct burr_clock *clock)
{
    struct zone inferred = { .known = true, .offset = clock->offset };
    zone_put(b, clock->zone ? clock->zone : &inferred);
}
