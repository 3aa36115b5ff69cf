/* SPDX-License-Identifier: MIT
 *
 * The open outputs stand in a small table, so that a signal handler can remove their temporaries.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_MAX_FILES = 16 };
static atomic_bool ending;                                    /* a signal has come: nothing new is begun */
static _Atomic(struct file_out *) open_files[OPEN_MAX_FILES]; /* outputs are written by more than one thread */

static void enlist(struct file_out *f)
{
    for (int i = 0; i < OPEN_MAX_FILES; i++) {
        struct file_out *none = NULL;
        if (atomic_compare_exchange_strong(&open_files[i], &none, f)) return;
    }
}

static void delist(struct file_out *f)
{
    for (int i = 0; i < OPEN_MAX_FILES; i++) {
        struct file_out *own = f;
        if (atomic_compare_exchange_strong(&open_files[i], &own, NULL)) return;
    }
}

void file_abandon_all(void)
{
    atomic_store(&ending, true);
    for (int i = 0; i < OPEN_MAX_FILES; i++) {
        struct file_out *f = atomic_load(&open_files[i]);
        if (f && f->temporary[0]) unlink(f->temporary);
    }
}

static int open_temporary(struct file_out *f, const char *path)
{
    if (atomic_load(&ending)) {
        errno = EINTR;
        return -1;
    }
    /* a taken name is tried again with the next number: two programs may write into one directory */
    for (unsigned i = 0; i < 1000; i++) {
        if (snprintf(f->temporary, sizeof f->temporary, "%s.tmp%ld.%u", path, (long)getpid(), i) >=
            (int)sizeof f->temporary) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* A link stays a link: what it names is written. */
static bool resolve(struct file_out *f, const char *path)
{
    struct stat st;
    char *target = lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;
    int length = snprintf(f->path, sizeof f->path, "%s", target ? target : path);
    free(target);
    return length < (int)sizeof f->path;
}

/* /dev/stdout and the like: the file that standard output goes to. */
static bool is_standard_output(const struct stat *st)
{
    struct stat own;
    return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

bool file_create(struct file_out *f, const char *path, struct err *e)
{
    *f = (struct file_out){ .buf = BUF_INIT };
    struct stat st;
    if (!resolve(f, path))
        return err_set(e, ERR_OUTPUT, "", "the output path is longer than %zu bytes: choose a shorter one",
                       sizeof f->path - 1);
    bool there = strcmp(path, "-") != 0 && stat(path, &st) == 0;
    if (strcmp(path, "-") == 0 || (there && is_standard_output(&st))) {
        f->buf.fd = STDOUT_FILENO;
        return true;
    }
    if (there && S_ISDIR(st.st_mode)) return err_set(e, ERR_OUTPUT, path, "is a directory: name a file");
    if (there && !S_ISREG(st.st_mode)) { /* a device keeps its identity: /dev/null must not be replaced by a file */
        f->buf.fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        enlist(f); /* before the file is there: a signal may come in between */
        f->buf.fd = open_temporary(f, f->path);
        if (f->buf.fd < 0) delist(f);
        else if (there) fchmod(f->buf.fd, st.st_mode & 0777);
    }
    if (f->buf.fd >= 0) return true;
    f->temporary[0] = '\0';
    return err_set(e, ERR_OUTPUT, path, "cannot be written: %s", strerror(errno));
}

/* Closes what was opened here; standard output stays open for the next one. Returns 0 or an errno. */
static int close_out(struct file_out *f)
{
    int fd = f->buf.fd;
    f->buf.fd = -1;
    if (fd < 0 || fd == STDOUT_FILENO) return 0;
    return close(fd) == 0 ? 0 : errno;
}

bool file_commit(struct file_out *f, struct err *e)
{
    int error = buf_flush(&f->buf), closed = close_out(f);
    if (!error) error = closed;
    if (!error && f->temporary[0] && rename(f->temporary, f->path) != 0) error = errno;
    if (error && f->temporary[0]) unlink(f->temporary);
    delist(f);
    buf_free(&f->buf);
    if (!error) return true;
    return err_set(e, ERR_OUTPUT, f->path, "could not be written: %s", strerror(error));
}

void file_abandon(struct file_out *f)
{
    close_out(f);
    if (f->temporary[0]) unlink(f->temporary);
    delist(f);
    buf_free(&f->buf);
}

uint64_t file_length(const char *path, char *ret_last)
{
    struct stat st;
    *ret_last = '\0';
    int fd = stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    if (pread(fd, ret_last, 1, st.st_size - 1) != 1) *ret_last = '\0';
    close(fd);
    return (uint64_t)st.st_size;
}

bool file_append(const char *path, struct str s, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) return err_set(e, ERR_OUTPUT, path, "cannot be opened for appending: %s", strerror(errno));
    int error = 0;
    while (s.len && !error) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n > 0) s = str_skip(s, (size_t)n);
        else if (n == 0) error = EIO;
        else if (errno != EINTR) error = errno;
    }
    if (close(fd) != 0 && !error) error = errno;
    return error ? err_set(e, ERR_OUTPUT, path, "could not be appended to: %s", strerror(error)) : true;
}

/* Where a path leads, whether or not a file is there yet; NULL when it leads nowhere. To be freed. */
static char *target(const char *path)
{
    char *whole = realpath(path, NULL);
    if (whole || errno != ENOENT) return whole;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct buf b = BUF_INIT;
    buf_put(&b, slash ? str_of(path, (size_t)(slash - path) + 1) : S("."));
    buf_putc(&b, '\0');
    char *directory = realpath(b.ptr, NULL);
    buf_clear(&b);
    if (directory) buf_printf(&b, "%s/%s", directory, name);
    free(directory);
    if (!b.len) buf_free(&b);
    return b.ptr;
}

bool file_same(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return true;
    char *one = target(a), *other = target(b);
    bool same = one && other && strcmp(one, other) == 0;
    free(one);
    free(other);
    return same;
}

bool file_make_directory(const char *path, struct err *e)
{
    char part[4096];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) return err_set(e, ERR_OUTPUT, path, "is no usable directory name");
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char saved = part[i];
        part[i] = '\0';
        struct stat st;
        int error = mkdir(part, 0777) == 0 ? 0 : errno;
        if (error && !(stat(part, &st) == 0 && S_ISDIR(st.st_mode)))
            return error == EEXIST ? err_set(e, ERR_OUTPUT, part, "is a file, and should be a directory")
                                   : err_set(e, ERR_OUTPUT, part, "cannot be made as a directory: %s", strerror(error));
        part[i] = saved;
    }
    return true;
}
