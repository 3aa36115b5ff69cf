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
 * A log without such pairs is read as those of the applications beside it that are read as well, where all that tell
 * an offset tell the same one.
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
    NEAR = 8,          /* sources on either side that are looked at, a chunk of each */
    WORD_MAX = 80      /* a text longer than this is no time */
};
#define QUARTER   INT64_C(900000000)
#define TOLERANCE INT64_C(1000000) /* µs: times are taken before the lines are written */

struct finding {
    struct sources *sources;
    uint32_t source;
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
static bool take_chunk(struct finding *f, bool *within_line)
{
    ptrdiff_t got = sources_read(f->sources, f->source, f->at, f->chunk, CHUNK);
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
static struct burr_clock choose(const struct finding *f)
{
    int64_t best = 0;
    for (int64_t q = 1; q <= QUARTERS_MAX; q++) {
        if (f->votes[QUARTERS_MAX + q] > f->votes[QUARTERS_MAX + best]) best = q;
        if (f->votes[QUARTERS_MAX - q] > f->votes[QUARTERS_MAX + best]) best = -q;
    }
    struct burr_clock clock = { .offset = best * QUARTER,
                                .pairs = f->pairs,
                                .fitting = f->votes[QUARTERS_MAX + best] / SURE };
    if (f->votes[QUARTERS_MAX + best] && !clock.pairs) clock.pairs = clock.fitting = 1;
    return clock;
}

/* By so many bytes of the source at most. */
static struct burr_clock find_in(struct teller *t, uint32_t source, uint64_t max, bool *ret_any_local)
{
    struct finding f = { .sources = t->sources, .source = source };
    bool within_line = false;
    f.chunk = array_grow(NULL, &(size_t){ 0 }, CHUNK, 1);
    while (take_chunk(&f, &within_line) && f.at < max) continue;
    free(f.chunk);
    for (size_t i = 0; i < f.pending_count; i++) vote(&f, f.local, f.pending[i], f.local + QUARTER - 2 * TOLERANCE - 1);
    *ret_any_local = f.any_local;
    return choose(&f);
}

/* The folder around that of the application, "p/" of "p/app/log.jsonl". False where the log is called otherwise. */
static bool project_of(struct str log, struct str *ret)
{
    if (!str_ends(log, S("/" BURR_LOG))) return false;
    struct str folder = str_first(log, log.len - S("/" BURR_LOG).len);
    size_t slash = str_rfind(folder, '/');
    *ret = str_first(folder, slash < folder.len ? slash + 1 : 0);
    return true;
}

/* The logs of a project's folder are sources next to each other. */
static void ask_siblings(struct teller *t, struct burr_clock *clock)
{
    struct str project, other;
    if (!project_of(str_z(t->path), &project)) return;
    size_t from = t->source > NEAR ? t->source - NEAR : 0;
    for (size_t i = from; i < t->sources->count && i <= (size_t)t->source + NEAR; i++) {
        bool any;
        if (i == t->source || !project_of(t->sources->list[i].name, &other) || !str_eq(project, other)) continue;
        struct burr_clock its = find_in(t, (uint32_t)i, CHUNK, &any);
        if (!its.pairs) continue;
        if (clock->siblings++ && its.offset != clock->offset) { /* summer and winter, or another machine */
            clock->siblings = 0;
            clock->offset = 0;
            return;
        }
        clock->offset = its.offset;
    }
}

static void say(struct teller *t, const struct burr_clock *clock)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "times of actions and spans are local ones without a zone: read as ");
    burr_clock_put(&b, clock);
    if (clock->siblings) {
        buf_puts(&b, ", as those of ");
        buf_put_count(&b, clock->siblings, "other application", "other applications");
        buf_puts(&b, " of the project; --tz ZONE says otherwise");
    } else if (!clock->pairs) buf_puts(&b, ", because nothing in the log tells which; --tz ZONE says it");
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
    bool any_local;
    if (t->zone->known) return (struct burr_clock){ .zone = t->zone };
    struct burr_clock clock = find_in(t, t->source, UINT64_MAX, &any_local);
    if (any_local && !clock.pairs) ask_siblings(t, &clock);
    if (any_local) say(t, &clock);
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
