/* SPDX-License-Identifier: MIT */
#include "input/unpack.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "event/json.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

enum {
    PIECE = 256 * 1024,
    PACKED_MAX = ARCHIVE_CHUNK + 1024, /* of a chunk that deflate could only store */
    TAG_MAX = 500,                     /* bytes of an opening tag */
    OVERLAP = TAG_MAX + 16,            /* of two pieces: a tag that begins in the first ends in there */
};

static bool damaged(const struct unpack *u, struct err *e, const char *what)
{
    return err_set(e, ERR_INPUT, u->path, "%s: it was cut off or changed after it was written", what);
}

/* Reads exactly n bytes of the page. */
static bool read_page(const struct unpack *u, uint64_t offset, char *out, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        ptrdiff_t got = sources_read(u->page, 0, offset + done, out + done, n - done);
        if (got < 0) return err_set(e, ERR_INPUT, u->path, "cannot be read: %s", strerror(errno));
        if (got == 0) return damaged(u, e, "the page ends too early");
        done += (size_t)got;
    }
    return true;
}

/* Where `needle` begins in s, or s.len. */
static size_t find_text(struct str s, struct str needle)
{
    for (size_t at = 0; at + needle.len <= s.len; at++) {
        at += str_find(str_skip(s, at), needle.ptr[0]);
        if (at + needle.len <= s.len && memcmp(s.ptr + at, needle.ptr, needle.len) == 0) return at;
    }
    return s.len;
}

static bool no_element(const struct unpack *u, bool ours, struct err *e)
{
    if (ours)
        return err_set(e, ERR_INPUT, u->path,
                       "holds no log: it is the index of several runs, or a report that was cut off or was written "
                       "by a version without --embed-log");
    return err_set(e, ERR_INPUT, u->path, "is no page that pipelens-report has written");
}

/* Is this tag, from behind "<script" on, that of the log? A browser that saves a page may order attributes anew.
 * Returns its length with the '>', 0 when it is another one. */
static size_t log_tag(struct str s)
{
    s = str_first(s, TAG_MAX);
    size_t end = str_find(s, '>');
    struct str tag = str_first(s, end);
    if (str_find(tag, '<') < tag.len) return 0; /* it had no end */
    return end < s.len && find_text(tag, S(" id=\"pl-log\"")) < end ? end + 1 : 0;
}

struct element {
    uint64_t at; /* behind its opening tag */
    size_t count;
};

/* Looks for elements that begin in the text, which stands at `offset` in the page; only the last piece of the page is
 * looked through to its end. */
static void find_in_piece(struct str text, uint64_t offset, bool last, struct element *ret)
{
    const struct str open = S("<script");
    size_t limit = last ? text.len : text.len - OVERLAP;
    for (size_t at = find_text(text, open); at < limit; at += find_text(str_of(text.ptr + at, text.len - at), open)) {
        at += open.len;
        size_t length = log_tag(str_of(text.ptr + at, text.len - at));
        if (length && ret->count++ == 0) ret->at = offset + at + length;
    }
}

/* Finds the one element in the page. */
static bool find_element(const struct unpack *u, uint64_t *ret_at, struct err *e)
{
    const struct str generator = S("<meta name=\"generator\" content=\"pipelens-report ");
    uint64_t size = u->page->list[0].size;
    char *piece = array_grow(NULL, &(size_t){ 0 }, PIECE, 1);
    struct element element = { 0 };
    bool good = true, ours = false, last = false;
    for (uint64_t at = 0; good && !last && at < size; at += PIECE - OVERLAP) {
        last = size - at <= PIECE;
        struct str text = str_of(piece, last ? (size_t)(size - at) : PIECE);
        good = read_page(u, at, piece, text.len, e);
        if (good && at == 0) ours = find_text(text, generator) < text.len;
        if (good) find_in_piece(text, at, last, &element);
    }
    free(piece);
    *ret_at = element.at;
    if (!good) return false;
    if (element.count > 1) return damaged(u, e, "holds more than one log");
    return element.count || no_element(u, ours, e);
}

/* The line that begins at *at, without its end, "" for a blank one; moves *at behind it. */
static bool read_line(const struct unpack *u, uint64_t *at, struct buf *line, struct err *e)
{
    enum { STEP = 64 * 1024 };
    for (size_t seen = 0; line->len < UNPACK_INDEX_MAX; seen = line->len) {
        ptrdiff_t got = sources_read(u->page, 0, *at + line->len, buf_room(line, STEP), STEP);
        if (got < 0) return err_set(e, ERR_INPUT, u->path, "cannot be read: %s", strerror(errno));
        if (got == 0) break;
        line->len += (size_t)got;
        size_t end = seen + str_find(str_skip(buf_str(line), seen), '\n');
        if (end == line->len) continue;
        *at += end + 1;
        line->len = str_trim(str_first(buf_str(line), end)).len ? end : 0;
        return true;
    }
    return damaged(u, e, "the index of the log inside has no end");
}

/* ---- the index ---- */

static bool whole_number(struct str text, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    if (!text.len || text.len > 16) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        n = n * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *ret = n;
    return n <= max;
}

/* How many elements the array has; 0 when it is none. */
static size_t elements(struct str array)
{
    struct json j = json_begin(array);
    size_t count = 0;
    if (json_enter(&j, '['))
        while (json_element(&j) && json_skip(&j).len) count++;
    json_done(&j);
    return count;
}

/* The elements of the array, `count` of them. */
static struct str *element_list(struct str array, size_t count, struct arena *a)
{
    struct str *list = ARENA_ARRAY(a, struct str, count + 1);
    struct json j = json_begin(array);
    json_enter(&j, '[');
    for (size_t i = 0; i < count && json_element(&j); i++) list[i] = json_skip(&j);
    json_done(&j);
    return list;
}

/* Could `extract` write a file of this name into any directory, and would it be in there? */
static bool safe_name(struct str name)
{
    if (!name.len || name.len > ARCHIVE_NAME_MAX + 24 || name.ptr[0] == '.' || !utf8_valid(name)) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!archive_name_takes((unsigned char)name.ptr[i])) return false;
    return true;
}

static uint64_t chunks_of(uint64_t size) { return size / ARCHIVE_CHUNK + (size % ARCHIVE_CHUNK != 0); }

/* A log that is not inside may not have been read, and has no hash then. */
static bool take_hash(struct str text, bool inside, char out[SHA256_HEX_SIZE])
{
    if (!text.len && !inside) return true;
    if (text.len != SHA256_HEX_SIZE - 1) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] >= 'a' && text.ptr[i] <= 'f'))) return false;
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool unique_names(const struct unpack *u, size_t count, struct arena *a)
{
    const char **names = ARENA_ARRAY(a, const char *, count);
    for (size_t i = 0; i < count; i++) names[i] = u->files[i].name.ptr;
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++)
        if (by_name(&names[i - 1], &names[i]) == 0) return false;
    return true;
}

/* Fills u->files and tells how many chunks they must have. */
static bool take_files(struct unpack *u, struct str index, struct arena *a, uint64_t *ret_chunks, uint64_t *ret_size)
{
    struct str names = json_get(index, S("names")), sizes = json_get(index, S("sizes")),
               hashes = json_get(index, S("sha256"));
    u->count = elements(names);
    if (!u->count || elements(sizes) != u->count || elements(hashes) != u->count) return false;
    size_t taken = u->missing.len ? 1 : u->count;
    if (taken > index.len / SHA256_HEX_SIZE) return false; /* before it costs memory */
    struct str *name = element_list(names, taken, a), *size = element_list(sizes, taken, a),
               *hash = element_list(hashes, taken, a);
    u->files = ARENA_ARRAY(a, struct archive_file, taken);
    for (size_t i = 0; i < taken; i++) {
        struct archive_file *file = &u->files[i];
        if (json_type(name[i]) != JSON_STRING || json_type(hash[i]) != JSON_STRING) return false;
        file->name = arena_copy(a, json_text(name[i], a));
        if (!safe_name(file->name) || !take_hash(json_text(hash[i], a), !u->missing.len, file->sha256) ||
            !whole_number(size[i], ARCHIVE_INTEGER_MAX, &file->size))
            return false;
        *ret_size += file->size; /* 2^53 bytes each, of some thousands of files: no overflow */
        *ret_chunks += chunks_of(file->size);
        if (*ret_size > ARCHIVE_INTEGER_MAX) return false;
    }
    return unique_names(u, taken, a);
}

static bool take_chunks(struct unpack *u, struct str index, struct arena *a, uint64_t expected)
{
    struct str packed = json_get(index, S("packed"));
    u->chunk_count = elements(packed);
    if (u->chunk_count != (u->missing.len ? 0 : expected)) return false;
    u->lengths = ARENA_ARRAY(a, uint64_t, u->chunk_count + 1);
    struct json j = json_begin(packed);
    bool good = json_enter(&j, '[');
    for (size_t i = 0; i < u->chunk_count && good; i++) {
        good = json_element(&j) && whole_number(json_skip(&j), PACKED_MAX, &u->lengths[i]) && u->lengths[i];
        u->packed += u->lengths[i];
    }
    json_done(&j);
    if (!good) return false;
    if (u->missing.len) return true;
    u->starts = ARENA_ARRAY(a, struct unpack_start, u->count);
    struct unpack_start next = { 0 };
    for (size_t i = 0; i < u->count && u->chunk_count; i++) {
        u->starts[i] = next;
        for (uint64_t n = chunks_of(u->files[i].size); n; n--) next.at += u->lengths[next.chunk++];
    }
    return true;
}

static bool take_index(struct unpack *u, struct str index, struct arena *a, struct err *e)
{
    uint64_t format = 0, chunk = 0, chunks = 0, size = 0;
    bool known = whole_number(json_get(index, S("format")), ARCHIVE_INTEGER_MAX, &format);
    whole_number(json_get(index, S("chunk")), ARCHIVE_INTEGER_MAX, &chunk);
    if (known && (format != ARCHIVE_FORMAT || chunk != ARCHIVE_CHUNK))
        return err_set(e, ERR_INPUT, u->path, "was written by another version: use that one to extract its log");
    u->missing = json_get(index, S("missing"));
    if (!known || json_type(u->missing) != JSON_STRING)
        return damaged(u, e, "the index of the log inside cannot be read");
    u->missing = arena_copy(a, json_text(u->missing, a));
    if (!take_files(u, index, a, &chunks, &size) || !take_chunks(u, index, a, chunks))
        return damaged(u, e, "the index of the log inside contradicts itself");
    if (!u->missing.len && archive_is_bomb(size, u->packed))
        return err_set(e, ERR_INPUT, u->path,
                       "claims a log of more than %d times its compressed size, like a decompression bomb",
                       ARCHIVE_RATIO_MAX);
    return true;
}

/* Behind the base64 comes the closing tag; line ends may have become CRLF on the page's way. */
static bool check_end(const struct unpack *u, struct err *e)
{
    char end[sizeof "\r\n</script>" - 1];
    if (!read_page(u, u->base64_at + base64_length(u->packed), end, sizeof end, e)) return false;
    struct str text = str_of(end, sizeof end);
    if (str_starts(text, S(ARCHIVE_CLOSE)) || str_eq(text, S("\r" ARCHIVE_CLOSE))) return true;
    return damaged(u, e, "the log inside is longer or shorter than its index tells");
}

bool unpack_open(struct unpack *u, struct sources *page, struct arena *a, struct err *e)
{
    *u = (struct unpack){ .page = page, .path = page->list[0].name.ptr };
    struct buf line = BUF_INIT;
    bool good = find_element(u, &u->base64_at, e) && read_line(u, &u->base64_at, &line, e);
    if (good && !line.len) good = read_line(u, &u->base64_at, &line, e); /* the first line ends with the tag */
    good = good && take_index(u, buf_str(&line), a, e);
    buf_free(&line);
    return good && check_end(u, e);
}

/* ---- the chunks ---- */

struct unpacking {
    const struct unpack *u;
    char *text;            /* base64 */
    unsigned char *packed; /* decoded */
    unsigned char *chunk;  /* inflated */
    z_stream z;
    struct err *e;
};

/* Inflates the packed bytes [at, at + n), which must become exactly `size` bytes. */
static bool inflate_chunk(struct unpacking *g, uint64_t at, size_t n, size_t size)
{
    size_t skip = (size_t)(at % 3), groups = (skip + n + 2) / 3, decoded = 0;
    if (!read_page(g->u, g->u->base64_at + at / 3 * 4, g->text, groups * 4, g->e)) return false;
    if (!base64_decode(str_of(g->text, groups * 4), g->packed, &decoded) || decoded < skip + n)
        return damaged(g->u, g->e, "the log inside is damaged");
    inflateReset(&g->z);
    g->z.next_in = g->packed + skip;
    g->z.avail_in = (uInt)n;
    g->z.next_out = g->chunk;
    g->z.avail_out = ARCHIVE_CHUNK;
    if (inflate(&g->z, Z_FINISH) == Z_STREAM_END && !g->z.avail_in && g->z.total_out == size) return true;
    return damaged(g->u, g->e, "the log inside is damaged");
}

static bool inflate_file(struct unpacking *g, size_t file, struct buf *out)
{
    const struct unpack *u = g->u;
    uint64_t at = u->starts[file].at, left = u->files[file].size;
    struct sha256 hash;
    sha256_begin(&hash);
    for (size_t k = u->starts[file].chunk; left; k++) {
        size_t size = left < ARCHIVE_CHUNK ? (size_t)left : ARCHIVE_CHUNK;
        if (!inflate_chunk(g, at, (size_t)u->lengths[k], size)) return false;
        struct str chunk = str_of((char *)g->chunk, size);
        sha256_add(&hash, chunk);
        if (out) buf_put(out, chunk);
        at += u->lengths[k];
        left -= size;
    }
    char hex[SHA256_HEX_SIZE];
    sha256_end_hex(&hash, hex);
    if (strcmp(hex, u->files[file].sha256) == 0) return true;
    return damaged(u, g->e, "the SHA-256 of the log inside is not the one that the page tells");
}

bool unpack_file(const struct unpack *u, size_t file, struct buf *out, struct err *e)
{
    enum { TEXT = (PACKED_MAX + 2) / 3 * 4 + 8 };
    struct unpacking g = { .u = u, .e = e };
    if (inflateInit(&g.z) != Z_OK) arena_exhausted(sizeof g);
    g.text = array_grow(NULL, &(size_t){ 0 }, TEXT, 1);
    g.packed = array_grow(NULL, &(size_t){ 0 }, TEXT, 1);
    g.chunk = array_grow(NULL, &(size_t){ 0 }, ARCHIVE_CHUNK, 1);
    bool good = inflate_file(&g, file, out);
    inflateEnd(&g.z);
    free(g.text);
    free(g.packed);
    free(g.chunk);
    return good;
}
