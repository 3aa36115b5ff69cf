/* SPDX-License-Identifier: MIT */
#include "input/source.h"

#include "input/directory.h"
#include "input/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A step's payloads stand near each other, those of its parent some way behind: a small piece, begun a little early. */
enum { WINDOW = 16 * 1024, WINDOW_ALIGN = 4 * 1024 };

/* The source's file, if it still is the one that was opened; else -1 with errno. */
static int open_again(const struct source *source)
{
    struct stat st;
    int fd = open(source->name.ptr, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 &&
        (fstat(fd, &st) != 0 || (uint64_t)st.st_dev != source->device || (uint64_t)st.st_ino != source->inode)) {
        close(fd);
        fd = -1;
        errno = ESTALE;
    }
    return fd;
}

static int reopen(struct sources *s, uint32_t index)
{
    struct source *source = &s->list[index];
    if (source->spooled) return s->spool;
    if (s->fd >= 0 && s->fd_source == index) return s->fd;
    if (s->fd >= 0) close(s->fd);
    s->fd = open_again(source);
    s->fd_source = index;
    return s->fd;
}

bool original_open(const struct sources *s, uint32_t source, struct original *ret)
{
    const struct source *from = &s->list[source];
    bool kept = from->original == ORIGINAL_KEPT, content = from->original == ORIGINAL_CONTENT;
    *ret = (struct original){ .fd = -1, .gzip = !content, .base = from->original_base, .size = from->original_size };
    errno = ESTALE;
    if (from->original == ORIGINAL_GONE) return false;
    ret->owned = !kept && !(content && from->spooled);
    ret->fd = ret->owned ? open_again(from) : kept ? s->kept : s->spool;
    return ret->fd >= 0;
}

bool original_read(const struct original *o, uint64_t offset, char *out, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(o->fd, out + done, n - done, (off_t)(o->base + offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = ESTALE; /* shorter than it was when it was opened */
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

void original_close(struct original *o)
{
    if (o->owned && o->fd >= 0) close(o->fd);
    o->fd = -1;
}

/* Up to n bytes at `offset` of the piece of a file that begins at `base`. */
static ptrdiff_t read_piece(int fd, uint64_t base, uint64_t size, uint64_t offset, char *out, size_t n)
{
    if (offset >= size) return 0;
    if (n > size - offset) n = (size_t)(size - offset);
    if (fd < 0) return -1;
    for (;;) {
        ssize_t got = pread(fd, out, n, (off_t)(base + offset));
        if (got == 0) errno = ESTALE; /* shorter than it was when it was opened */
        if (got > 0 || (got == 0 && n == 0)) return got;
        if (got == 0 || errno != EINTR) return -1;
    }
}

ptrdiff_t sources_read(struct sources *s, uint32_t source, uint64_t offset, char *out, size_t n)
{
    const struct source *from = &s->list[source];
    return offset < from->size ? read_piece(reopen(s, source), from->base, from->size, offset, out, n) : 0;
}

/* The same of where the payloads are. */
static ptrdiff_t read_payloads(struct sources *s, uint32_t source, uint64_t offset, char *out, size_t n)
{
    const struct source *from = &s->list[source];
    return from->translated ? read_piece(s->spool, from->told_base, from->told_size, offset, out, n)
                            : sources_read(s, source, offset, out, n);
}

bool sources_translate(struct sources *s, uint32_t source, struct err *e)
{
    struct source *from = &s->list[source];
    if (s->spool < 0 && (s->spool = spool_open()) < 0)
        return err_set(e, ERR_INPUT, from->name.ptr, "a temporary file cannot be made: %s; set TMPDIR to a directory",
                       strerror(errno));
    from->translated = true;
    from->told_base = s->spool_size;
    return true;
}

bool sources_tell(struct sources *s, uint32_t source, struct str text, struct err *e)
{
    struct source *from = &s->list[source];
    for (size_t done = 0; done < text.len;) {
        ssize_t put = pwrite(s->spool, text.ptr + done, text.len - done, (off_t)(s->spool_size + done));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0)
            return err_set(e, ERR_INPUT, from->name.ptr,
                           "could not be copied to a temporary file: %s; set TMPDIR to a directory with room",
                           strerror(errno));
        done += (size_t)put;
    }
    s->spool_size += text.len;
    from->told_size += text.len;
    return true;
}

/* Fills the window so that it holds the n bytes from `offset` on. */
static bool fill_window(struct sources *s, uint32_t source, uint64_t offset, uint64_t n)
{
    n += offset % WINDOW_ALIGN;
    offset -= offset % WINDOW_ALIGN;
    size_t want = n > WINDOW ? (size_t)n : WINDOW;
    s->window = array_grow(s->window, &s->window_cap, want, 1);
    s->window_at = offset;
    s->window_source = source;
    s->window_len = 0;
    while (s->window_len < want) {
        ptrdiff_t got = read_payloads(s, source, offset + s->window_len, s->window + s->window_len,
                                      want - s->window_len);
        if (got <= 0) break;
        s->window_len += (size_t)got;
    }
    return s->window_len >= n;
}

struct str sources_text(struct sources *s, struct payload p)
{
    if (!payload_present(p) || p.source >= s->count) return (struct str){ 0 };
    bool held = s->window_len && s->window_source == p.source && p.offset >= s->window_at &&
                p.offset + p.length <= s->window_at + s->window_len;
    if (!held && !fill_window(s, p.source, p.offset, p.length)) {
        s->window_len = 0;
        if (!s->failed) s->failed = &s->list[p.source];
        return (struct str){ 0 };
    }
    return str_of(s->window + (p.offset - s->window_at), (size_t)p.length);
}

/* Where the original bytes are, after all of them went to the spool. */
static void place_original(struct sources *s, struct source *source, const struct spooled *done, bool regular)
{
    source->original_size = done->read;
    if (!done->gzip) {
        source->original = ORIGINAL_CONTENT;
        source->original_base = source->base;
    } else if (regular) {
        source->original = ORIGINAL_FILE;
    } else if (s->keep_originals) {
        source->original = ORIGINAL_KEPT;
        source->original_base = s->kept_size;
        s->kept_size += done->read;
    } else source->original = ORIGINAL_GONE;
}

/* Appends what fd yields to the spool. Takes fd over. `regular`: it is a file that `name` opens again. */
static bool spool(struct sources *s, struct source *source, int fd, bool regular, struct err *e)
{
    struct spooled done;
    bool keep = s->keep_originals && !regular;
    if ((s->spool < 0 && (s->spool = spool_open()) < 0) || (keep && s->kept < 0 && (s->kept = spool_open()) < 0)) {
        close(fd);
        return err_set(e, ERR_INPUT, source->name.ptr,
                       "needs a temporary file, which could not be made: %s; set TMPDIR to a directory with room",
                       strerror(errno));
    }
    lseek(s->spool, (off_t)s->spool_size, SEEK_SET);
    bool good = spool_copy(fd, s->spool, keep ? s->kept : -1, source->name.ptr, &done, e);
    close(fd);
    source->spooled = true;
    source->base = s->spool_size;
    source->size = done.size;
    source->damage = done.damage;
    s->spool_size += done.size;
    place_original(s, source, &done, regular);
    return good;
}

static bool is_gzip(int fd)
{
    unsigned char magic[2];
    return pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
}

static struct source *add_source(struct sources *s, const char *name)
{
    s->list = array_grow(s->list, &s->cap, s->count + 1, sizeof *s->list);
    struct source *source = &s->list[s->count++];
    *source = (struct source){ .name = arena_copy(&s->arena, str_z(name)) };
    return source;
}

static bool open_file(struct sources *s, const char *path, int fd, const struct stat *st, struct err *e)
{
    struct source *source = add_source(s, path);
    bool standard = fd == STDIN_FILENO, regular = S_ISREG(st->st_mode) && !standard;
    source->device = (uint64_t)st->st_dev;
    source->inode = (uint64_t)st->st_ino;
    if (regular && !is_gzip(fd)) {
        source->size = source->original_size = (uint64_t)st->st_size;
        close(fd);
        return true;
    }
    return spool(s, source, standard ? dup(fd) : fd, regular, e);
}

static bool open_directory(struct sources *s, const char *path, struct err *e)
{
    struct log_paths paths;
    bool good = directory_logs(&s->arena, path, &paths, e);
    for (size_t i = 0; i < paths.count && good; i++) good = sources_open(s, paths.list[i], e);
    free(paths.list);
    return good;
}

bool sources_open(struct sources *s, const char *path, struct err *e)
{
    struct stat st;
    bool standard = strcmp(path, "-") == 0;
    if (standard ? fstat(STDIN_FILENO, &st) != 0 : stat(path, &st) != 0)
        return err_set(e, ERR_INPUT, path, "cannot be read: %s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        return standard ? err_set(e, ERR_INPUT, path, "standard input is a directory") : open_directory(s, path, e);
    if (!standard &&
        (S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode) || (S_ISCHR(st.st_mode) && strcmp(path, "/dev/stdin") != 0)))
        return err_set(e, ERR_INPUT, path, "is a device or a socket, not a log");
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(e, ERR_INPUT, path, "cannot be read: %s", strerror(errno));
    return open_file(s, path, fd, &st, e);
}

void sources_close(struct sources *s)
{
    if (s->spool >= 0) close(s->spool);
    if (s->kept >= 0) close(s->kept);
    if (s->fd >= 0) close(s->fd);
    free(s->list);
    free(s->window);
    arena_free(&s->arena);
    *s = SOURCES_INIT;
}
