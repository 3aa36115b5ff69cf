/* SPDX-License-Identifier: MIT
 *
 *   at the start ─ magic ──> in a member ─ its end ──> behind a member ─ magic ──> in a member
 *        │                        │ damage                   │ anything else
 *        v                        v                          v
 *      plain                  searching ─ magic ─> …       plain
 */
#include "input/spool.h"

#include "base/arena.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* Deflate can make one byte into 1,032; logs seldom pass 50. What expands further than this is taken for a bomb. */
enum { GZIP_RATIO_MAX = 400, CHUNK = 256 * 1024 };
#define GZIP_FREE_SIZE (UINT64_C(256) << 20) /* up to here any ratio is fine */
#define SPOOL_MAX      (UINT64_C(16) << 30)  /* bytes of a pipe, or of a decompressed file */

enum place { AT_START, IN_MEMBER, BEHIND_MEMBER, SEARCHING, PLAIN };

struct copying {
    int spool, keep;
    const char *name;
    struct spooled *ret;
    struct err *e;
    enum place place;
    z_stream z;
    unsigned char *in, *out;
    size_t held, at; /* bytes in `in`, and how many of them are used up */
    size_t search;   /* where in `in` to look for another member when this one turns out to be damaged */
    bool end;
};

int spool_open(void)
{
    const char *directory = getenv("TMPDIR");
    char path[4096];
    if (!directory || !*directory) directory = "/tmp";
    if (snprintf(path, sizeof path, "%s/pipelens-spool-XXXXXX", directory) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkstemp(path);
    if (fd >= 0) unlink(path);
    return fd;
}

static bool write_all(struct copying *c, int fd, const unsigned char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            return err_set(c->e, ERR_INPUT, c->name,
                           "could not be copied to a temporary file: %s; set TMPDIR to a directory with room",
                           strerror(errno));
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static bool put(struct copying *c, const unsigned char *p, size_t n)
{
    c->ret->size += n;
    if (!write_all(c, c->spool, p, n)) return false;
    if (c->ret->size > SPOOL_MAX) return err_set(c->e, ERR_INPUT, c->name, "holds more than 16 GiB: split it");
    if (c->place == IN_MEMBER && c->ret->size > GZIP_FREE_SIZE && c->ret->size / GZIP_RATIO_MAX > c->ret->read)
        return err_set(c->e, ERR_INPUT, c->name,
                       "expands to more than %d times its size, like a gzip bomb: decompress it yourself if it is none",
                       GZIP_RATIO_MAX);
    return true;
}

/* Moves what is left to the front and reads behind it. */
static bool read_more(int from, struct copying *c)
{
    memmove(c->in, c->in + c->at, c->held - c->at);
    c->held -= c->at;
    c->at = c->search = 0;
    ssize_t got;
    do got = read(from, c->in + c->held, CHUNK - c->held);
    while (got < 0 && errno == EINTR);
    if (got < 0) return err_set(c->e, ERR_INPUT, c->name, "cannot be read: %s", strerror(errno));
    c->end = got == 0;
    c->held += (size_t)got;
    c->ret->read += (uint64_t)got;
    if (c->keep < 0 || !c->ret->gzip) return true;
    return write_all(c, c->keep, c->in + c->held - (size_t)got, (size_t)got);
}

static bool is_magic(const unsigned char *p) { return p[0] == 0x1F && p[1] == 0x8B && p[2] == 8; }

/* A line that was torn by damage must not run into the next one. */
static bool damaged(struct copying *c, const char *what)
{
    if (!c->ret->damage) c->ret->damage = what;
    return put(c, (const unsigned char *)"\n", 1);
}

static bool inflate_some(struct copying *c)
{
    c->z.next_in = c->in + c->at;
    c->z.avail_in = (uInt)(c->held - c->at);
    c->z.next_out = c->out;
    c->z.avail_out = CHUNK;
    int status = inflate(&c->z, Z_NO_FLUSH);
    c->at = c->held - c->z.avail_in;
    if (!put(c, c->out, CHUNK - c->z.avail_out)) return false;
    if (status == Z_STREAM_END) c->place = BEHIND_MEMBER;
    else if (status != Z_OK && status != Z_BUF_ERROR) {
        c->place = SEARCHING;
        c->at = c->search; /* a torn member's damage shows only somewhere in the next one */
        return damaged(c, "the gzip stream is damaged: what can be read before and behind the damage is used");
    }
    return true;
}

/* At the start, behind a member, or searching: what comes next? Needs three bytes, or the end. */
static bool look(struct copying *c)
{
    size_t left = c->held - c->at;
    if (left >= 3 && is_magic(c->in + c->at)) {
        if (c->place == AT_START) {
            c->ret->gzip = true;
            if (c->keep >= 0 && !write_all(c, c->keep, c->in, c->held)) return false;
        }
        c->place = IN_MEMBER;
        c->search = c->at + 3;
        inflateReset(&c->z);
    } else if (c->place == SEARCHING) {
        c->at++;
    } else if (c->place == BEHIND_MEMBER && left && c->in[c->at] == '\0') {
        c->at++; /* padding, as tape and block devices leave it */
    } else if (left) {
        if (c->place == BEHIND_MEMBER && !damaged(c, "plain text stands behind the compressed part: read as it is"))
            return false;
        c->place = PLAIN;
    }
    return true;
}

static bool copy_all(int from, struct copying *c)
{
    for (;;) {
        size_t left = c->held - c->at;
        bool enough = c->place == IN_MEMBER || c->place == PLAIN ? left > 0 : left >= 3;
        if (!enough && !c->end) {
            if (!read_more(from, c)) return false;
            continue;
        }
        if (!left) break;
        if (c->place == PLAIN) {
            if (!put(c, c->in + c->at, left)) return false;
            c->at = c->held;
        } else if (!(c->place == IN_MEMBER ? inflate_some(c) : look(c))) return false;
    }
    /* a member whose input is used up may still hold output */
    for (size_t before = c->ret->size + 1; c->place == IN_MEMBER && c->ret->size != before;) {
        before = c->ret->size;
        if (!inflate_some(c)) return false;
    }
    if (c->place == IN_MEMBER) c->ret->damage = "the gzip stream is cut off: what stands before is used";
    return true;
}

bool spool_copy(int from, int spool, int keep, const char *name, struct spooled *ret, struct err *e)
{
    *ret = (struct spooled){ 0 };
    struct copying c = { .spool = spool, .keep = keep, .name = name, .ret = ret, .e = e };
    if (inflateInit2(&c.z, 15 + 16) != Z_OK)
        return err_set(e, ERR_INPUT, name, "cannot be decompressed: out of memory");
    c.in = array_grow(NULL, &(size_t){ 0 }, CHUNK, 1);
    c.out = array_grow(NULL, &(size_t){ 0 }, CHUNK, 1);
    bool good = copy_all(from, &c);
    inflateEnd(&c.z);
    free(c.in);
    free(c.out);
    return good;
}
