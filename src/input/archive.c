/* SPDX-License-Identifier: MIT */
#include "input/archive.h"

#include "base/utf8.h"
#include "input/pack.h"
#include "input/spool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct archive {
    const struct sources *sources;
    enum archive_choice choice;
    struct arena arena;
    struct archive_file *files; /* one a source */
    struct pack packed;         /* in memory up to the limit of auto, else with a temporary file behind it */
    uint64_t size;              /* of all files */
    enum archive_missing missing;
    int no_spool; /* errno: there is no temporary file */
    pthread_t thread;
    pthread_mutex_t waiting; /* several threads ask */
    bool running;
    atomic_bool stop, unwanted;
};

const char *archive_missing_name(enum archive_missing missing)
{
    static const char *const names[ARCHIVE_MISSING_COUNT] = { "", "unwanted", "part", "large", "dense", "changed" };
    return names[missing];
}

/* ---- names ---- */

static struct str safe_name(struct archive *a, const struct source *source)
{
    struct str name = source->name;
    while (str_ends(name, S("/"))) name.len--;
    if (memchr(name.ptr, '/', name.len)) name = str_skip(name, str_rfind(name, '/') + 1);
    if (str_eq(name, S("-")))
        name = source->original == ORIGINAL_KEPT || source->original == ORIGINAL_GONE ? S("stdin.ndjson.gz")
                                                                                      : S("stdin.ndjson");
    name = str_first(name, utf8_floor(name, ARCHIVE_NAME_MAX));
    bool valid = utf8_valid(name);
    struct str copy = arena_copy(&a->arena, name);
    char *p = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (!archive_name_takes(c) || (c >= 0x80 && !valid)) p[i] = '_';
    }
    if (copy.len && p[0] == '.') p[0] = '_'; /* neither hidden nor a directory */
    return copy.len ? copy : S("log");
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct archive_file *)a)->name.ptr, ((const struct archive_file *)b)->name.ptr);
}

/* Where two files of several directories have one name, all get a number in front. */
static void name_files(struct archive *a)
{
    size_t count = a->sources->count;
    struct archive_file *sorted = ARENA_ARRAY(&a->arena, struct archive_file, count);
    for (size_t i = 0; i < count; i++) sorted[i].name = a->files[i].name = safe_name(a, &a->sources->list[i]);
    qsort(sorted, count, sizeof *sorted, by_name);
    bool twice = false;
    for (size_t i = 1; i < count; i++) twice |= by_name(&sorted[i - 1], &sorted[i]) == 0;
    for (size_t i = 0; i < count && twice; i++)
        a->files[i].name = arena_format(&a->arena, "%zu-%.*s", i + 1, STR_ARG(a->files[i].name));
}

/* ---- packing, in the thread ---- */

static void give_up(struct archive *a, enum archive_missing why)
{
    a->missing = why;
    pack_free(&a->packed);
}

static void add_chunk(struct archive *a, struct str chunk, bool gzip)
{
    pack_chunk(&a->packed, chunk, gzip ? PACK_STORED : pack_level(a->size));
    if (a->choice != ARCHIVE_AUTO) return;
    if (atomic_load(&a->unwanted)) give_up(a, ARCHIVE_PART);
    else if (buf_total(&a->packed.bytes) > ARCHIVE_AUTO_MAX) give_up(a, ARCHIVE_LARGE);
}

/* Hashes a file and packs it as long as that makes sense. False, and no hash, when its bytes are no longer there. */
static bool pack_file(struct archive *a, uint32_t source, char *chunk)
{
    struct archive_file *file = &a->files[source];
    struct original original;
    struct sha256 hash;
    sha256_begin(&hash);
    bool good = original_open(a->sources, source, &original);
    for (uint64_t at = 0; good && at < original.size && !atomic_load(&a->stop); at += PACK_CHUNK) {
        size_t n = original.size - at < PACK_CHUNK ? (size_t)(original.size - at) : PACK_CHUNK;
        good = original_read(&original, at, chunk, n);
        if (!good) break;
        sha256_add(&hash, str_of(chunk, n));
        if (a->missing == ARCHIVE_INSIDE) add_chunk(a, str_of(chunk, n), original.gzip);
    }
    if (good) sha256_end_hex(&hash, file->sha256);
    original_close(&original);
    return good;
}

static void *pack(void *context)
{
    struct archive *a = context;
    char *chunk = array_grow(NULL, &(size_t){ 0 }, PACK_CHUNK, 1);
    bool good = true;
    for (size_t i = 0; i < a->sources->count && good; i++) good = pack_file(a, (uint32_t)i, chunk);
    pack_end(&a->packed);
    if (!good) give_up(a, ARCHIVE_CHANGED);
    else if (a->missing == ARCHIVE_INSIDE && archive_is_bomb(a->size, buf_total(&a->packed.bytes)))
        give_up(a, ARCHIVE_DENSE);
    free(chunk);
    return NULL;
}

struct archive *archive_begin(const struct sources *s, enum archive_choice choice)
{
    struct archive *a = calloc(1, sizeof *a);
    if (!a) arena_exhausted(sizeof *a);
    a->sources = s;
    a->choice = choice;
    a->packed = PACK_INIT;
    a->missing = choice == ARCHIVE_NEVER ? ARCHIVE_UNWANTED : ARCHIVE_INSIDE;
    a->files = ARENA_ARRAY(&a->arena, struct archive_file, s->count);
    name_files(a);
    for (size_t i = 0; i < s->count; i++) a->size += a->files[i].size = s->list[i].original_size;
    if (choice == ARCHIVE_ALWAYS && (a->packed.bytes.fd = spool_open()) < 0) {
        a->no_spool = errno;
        a->missing = ARCHIVE_UNWANTED; /* not in memory instead, which would have no bound */
    }
    pthread_mutex_init(&a->waiting, NULL);
    a->running = pthread_create(&a->thread, NULL, pack, a) == 0;
    if (!a->running) pack(a);
    return a;
}

static void wait_for(struct archive *a)
{
    pthread_mutex_lock(&a->waiting);
    if (a->running) pthread_join(a->thread, NULL);
    a->running = false;
    pthread_mutex_unlock(&a->waiting);
}

void archive_is_part(struct archive *a)
{
    if (a) atomic_store(&a->unwanted, true);
}

void archive_free(struct archive *a)
{
    if (!a) return;
    atomic_store(&a->stop, true);
    wait_for(a);
    pthread_mutex_destroy(&a->waiting);
    pack_free(&a->packed);
    arena_free(&a->arena);
    free(a);
}

/* ---- telling ---- */

const struct archive_file *archive_files(struct archive *a, size_t *ret_count)
{
    wait_for(a);
    *ret_count = a->sources->count;
    return a->files;
}

enum archive_missing archive_missing(struct archive *a, bool part)
{
    wait_for(a);
    return part && a->choice == ARCHIVE_AUTO && a->missing != ARCHIVE_CHANGED ? ARCHIVE_PART : a->missing;
}

bool archive_check(struct archive *a, struct err *e)
{
    wait_for(a);
    int error = a->no_spool ? a->no_spool : a->packed.bytes.error;
    if (!error) return true;
    return err_set(e, ERR_OUTPUT, "",
                   "--embed-log always needs a temporary file, which could not be written: %s; set TMPDIR to a "
                   "directory with room",
                   strerror(error));
}

static void put_index(const struct archive *a, enum archive_missing missing, struct buf *out)
{
    size_t count = a->sources->count;
    buf_printf(out, "{\"format\":%d,\"chunk\":%d,\"missing\":\"%s\",\"names\":[", ARCHIVE_FORMAT, ARCHIVE_CHUNK,
               archive_missing_name(missing));
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_json_html(out, a->files[i].name);
    }
    buf_puts(out, "],\"sizes\":[");
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(out, ',');
        buf_put_uint(out, a->files[i].size);
    }
    buf_puts(out, "],\"sha256\":[");
    for (size_t i = 0; i < count; i++) buf_printf(out, "%s\"%s\"", i ? "," : "", a->files[i].sha256);
    buf_puts(out, "],\"packed\":");
    if (missing == ARCHIVE_INSIDE) pack_put_lengths(&a->packed, out);
    else buf_puts(out, "[]");
    buf_puts(out, "}\n");
}

void archive_put(struct archive *a, enum archive_missing missing, struct buf *out)
{
    wait_for(a);
    buf_puts(out, ARCHIVE_OPEN);
    put_index(a, missing, out);
    if (missing == ARCHIVE_INSIDE) pack_put_base64(&a->packed, out);
    buf_puts(out, ARCHIVE_CLOSE);
}
