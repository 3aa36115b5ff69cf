/* SPDX-License-Identifier: MIT */
#include "input/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Deflate can make one byte into 1,032; logs seldom pass 50. What expands further than this is taken for a bomb. */
enum { GZIP_RATIO_MAX = 400, SPOOL_CHUNK = 256 * 1024 };
/* A step's payloads stand near each other, those of its parent some way behind: a small piece, begun a little early. */
enum { WINDOW = 16 * 1024, WINDOW_ALIGN = 4 * 1024 };
#define GZIP_FREE_SIZE (UINT64_C(256) << 20) /* up to here any ratio is fine */
#define SPOOL_MAX      (UINT64_C(16) << 30)  /* bytes of a pipe, or of a decompressed file */

static int reopen(struct sources *s, uint32_t index)
{
    struct source *source = &s->list[index];
    if (source->spool >= 0) return source->spool;
    if (s->fd >= 0 && s->fd_source == index) return s->fd;
    if (s->fd >= 0) close(s->fd);
    s->fd = open(source->name.ptr, O_RDONLY | O_CLOEXEC);
    s->fd_source = index;
    struct stat st;
    if (s->fd >= 0 &&
        (fstat(s->fd, &st) != 0 || (uint64_t)st.st_dev != source->device || (uint64_t)st.st_ino != source->inode)) {
        close(s->fd);
        s->fd = -1;
        errno = ESTALE;
    }
    return s->fd;
}

ptrdiff_t sources_read(struct sources *s, uint32_t source, uint64_t offset, char *out, size_t n)
{
    if (offset >= s->list[source].size) return 0;
    if (n > s->list[source].size - offset) n = (size_t)(s->list[source].size - offset);
    int fd = reopen(s, source);
    if (fd < 0) return -1;
    for (;;) {
        ssize_t got = pread(fd, out, n, (off_t)offset);
        if (got >= 0 || errno != EINTR) return got;
    }
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
        ptrdiff_t got = sources_read(s, source, offset + s->window_len, s->window + s->window_len,
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
        return (struct str){ 0 };
    }
    return str_of(s->window + (p.offset - s->window_at), (size_t)p.length);
}

/* An unlinked file in TMPDIR or /tmp: gone with the process, however that ends. */
static int open_spool(void)
{
    const char *directory = getenv("TMPDIR");
    char path[4096];
    if (!directory || !*directory) directory = "/tmp";
    if (snprintf(path, sizeof path, "%s/pipelens-spool-XXXXXX", directory) >= (int)sizeof path) return -1;
    int fd = mkstemp(path);
    if (fd >= 0) unlink(path);
    return fd;
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* Copies what fd yields (decompressed when it is gzip, which zlib finds out) into a spool. Takes fd over. */
static bool spool(struct source *source, int fd, struct err *e)
{
    const char *name = source->name.ptr;
    source->spool = open_spool();
    if (source->spool < 0) {
        close(fd);
        return err_set(e, ERR_INPUT, name,
                       "needs a temporary file, which could not be made: %s; set TMPDIR to a directory with room",
                       strerror(errno));
    }
    gzFile gz = gzdopen(fd, "rb");
    if (!gz) {
        close(fd);
        return err_set(e, ERR_INPUT, name, "cannot be read: out of memory");
    }
    gzbuffer(gz, SPOOL_CHUNK);
    char *chunk = array_grow(NULL, &(size_t){ 0 }, SPOOL_CHUNK, 1);
    bool good = true;
    int got;
    while (good && (got = gzread(gz, chunk, SPOOL_CHUNK)) > 0) {
        source->size += (uint64_t)got;
        if (!write_all(source->spool, chunk, (size_t)got))
            good = err_set(e, ERR_INPUT, name,
                           "could not be spooled to a temporary file: %s; set TMPDIR to a directory with room",
                           strerror(errno));
        else if (source->size > SPOOL_MAX) good = err_set(e, ERR_INPUT, name, "holds more than 16 GiB: split it");
        else if (source->size > GZIP_FREE_SIZE && source->size / GZIP_RATIO_MAX > (uint64_t)gzoffset(gz))
            good = err_set(
                e, ERR_INPUT, name,
                "expands to more than %d times its size, like a gzip bomb: decompress it yourself if it is none",
                GZIP_RATIO_MAX);
    }
    int status;
    gzerror(gz, &status);
    if (good && status == Z_ERRNO) good = err_set(e, ERR_INPUT, name, "cannot be read: %s", strerror(errno));
    else if (good && status != Z_OK && status != Z_STREAM_END)
        source->damage = status == Z_BUF_ERROR ? "the gzip stream is cut off: what stands before is used"
                                               : "the gzip stream is damaged: what stands before is used";
    gzclose(gz);
    free(chunk);
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
    *source = (struct source){ .name = arena_copy(&s->arena, str_z(name)), .spool = -1 };
    return source;
}

static bool open_file(struct sources *s, const char *path, int fd, const struct stat *st, struct err *e)
{
    struct source *source = add_source(s, path);
    bool standard = fd == STDIN_FILENO;
    source->device = (uint64_t)st->st_dev;
    source->inode = (uint64_t)st->st_ino;
    if (S_ISREG(st->st_mode) && !standard && !is_gzip(fd)) {
        source->size = (uint64_t)st->st_size;
        close(fd);
        return true;
    }
    return spool(source, standard ? dup(fd) : fd, e);
}

static bool is_log_name(const char *name)
{
    return strstr(name, ".ndjson") || strstr(name, ".jsonl") || str_ends(str_z(name), S(".json"));
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool open_directory(struct sources *s, const char *path, struct err *e)
{
    DIR *directory = opendir(path);
    if (!directory) return err_set(e, ERR_INPUT, path, "cannot be listed: %s", strerror(errno));
    char **names = NULL;
    size_t count = 0, cap = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (!is_log_name(entry->d_name)) continue;
        names = array_grow(names, &cap, count + 1, sizeof *names);
        names[count++] = (char *)(uintptr_t)arena_format(&s->arena, "%s%s%s", path,
                                                         str_ends(str_z(path), S("/")) ? "" : "/", entry->d_name)
                             .ptr;
    }
    closedir(directory);
    if (count) qsort(names, count, sizeof *names, by_name);
    bool good = true;
    size_t opened = 0;
    for (size_t i = 0; i < count && good; i++) {
        struct stat st;
        if (stat(names[i], &st) != 0 || !S_ISREG(st.st_mode))
            continue; /* a directory named like a log, a broken link */
        good = sources_open(s, names[i], e);
        opened++;
    }
    free(names);
    return !good    ? false
           : opened ? true
                    : err_set(e, ERR_INPUT, path,
                              "is a directory without a log: it should hold *.ndjson, *.jsonl or *.json files");
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
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].spool >= 0) close(s->list[i].spool);
    if (s->fd >= 0) close(s->fd);
    free(s->list);
    free(s->window);
    arena_free(&s->arena);
    *s = SOURCES_INIT;
}
