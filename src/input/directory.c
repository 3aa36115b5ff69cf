/* SPDX-License-Identifier: MIT
 *
 * What a log is called, and which systems have a folder for each of their logs, says the table of formats. Any of these
 * may be named:
 *
 *   LOGS/        a.ndjson  b.json.gz  trace.txt      all of them
 *   PROJECT/     FOLDER/  FOLDER/                    the log of each
 *     FOLDER/    the log  what stands beside it      the log alone
 */
#include "input/directory.h"

#include "input/format.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct str joined(struct arena *a, const char *directory, const char *name)
{
    return arena_format(a, "%s%s%s", directory, str_ends(str_z(directory), S("/")) ? "" : "/", name);
}

/* Of the first system that knows the directory as one of its own. */
static struct folder folder_of(const char *path, const struct format **ret_format)
{
    for (const struct format *const *f = formats; *f; f++) {
        struct folder folder = { 0 };
        if ((*f)->folder) folder = (*f)->folder(path);
        *ret_format = *f;
        if (folder.log) return folder;
    }
    return (struct folder){ 0 };
}

static bool is_called(const char *name, const char *pattern)
{
    char plain[256]; /* without .gz */
    size_t len = strlen(name);
    if (fnmatch(pattern, name, 0) == 0) return true;
    if (len >= sizeof plain || !str_ends(str_z(name), S(".gz"))) return false;
    memcpy(plain, name, len - 3);
    plain[len - 3] = '\0';
    return fnmatch(pattern, plain, 0) == 0;
}

static bool is_log_name(const char *name)
{
    for (const struct format *const *f = formats; *f; f++)
        for (const char *const *pattern = (*f)->names; pattern && *pattern; pattern++)
            if (is_called(name, *pattern)) return true;
    return false;
}

static bool is_beside(const struct folder *folder, const char *name)
{
    for (const char *const *beside = folder->beside; beside && *beside; beside++)
        if (strcmp(name, *beside) == 0) return true;
    return false;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void add(struct log_paths *paths, struct str path)
{
    paths->list = array_grow(paths->list, &paths->cap, paths->count + 1, sizeof *paths->list);
    paths->list[paths->count++] = (char *)(uintptr_t)path.ptr;
}

static void sort(struct log_paths *paths)
{
    if (paths->count) qsort(paths->list, paths->count, sizeof *paths->list, by_name);
}

/* A directory named like a log, or a broken link, is none. */
static void keep_files(struct log_paths *paths)
{
    size_t kept = 0;
    for (size_t i = 0; i < paths->count; i++) {
        struct stat st;
        if (stat(paths->list[i], &st) == 0 && S_ISREG(st.st_mode)) paths->list[kept++] = paths->list[i];
    }
    paths->count = kept;
}

/* In place of each directory that is the folder of a log, that log. */
static void keep_folders(struct arena *a, struct log_paths *paths)
{
    const struct format *format;
    size_t kept = 0;
    for (size_t i = 0; i < paths->count; i++) {
        struct folder folder = folder_of(paths->list[i], &format);
        if (folder.there) paths->list[kept++] = (char *)(uintptr_t)joined(a, paths->list[i], folder.log).ptr;
    }
    paths->count = kept;
}

static bool nothing_found(const char *path, struct err *e)
{
    struct buf b = BUF_INIT;
    for (const struct format *const *f = formats; *f; f++) {
        if (b.len && ((*f)->names || (*f)->folder)) buf_puts(&b, ", ");
        format_put_names(&b, *f);
    }
    err_set(e, ERR_INPUT, path, "is a directory without a log: it should hold %.*s; files also with .gz",
            STR_ARG(buf_str(&b)));
    buf_free(&b);
    return false;
}

bool directory_logs(struct arena *a, const char *path, struct log_paths *ret, struct err *e)
{
    const struct format *format;
    struct folder folder = folder_of(path, &format);
    struct log_paths others = { 0 };
    *ret = (struct log_paths){ 0 };
    if (folder.there && folder.beside) {
        add(ret, joined(a, path, folder.log));
        return true;
    }
    DIR *directory = opendir(path);
    if (!directory) return err_set(e, ERR_INPUT, path, "cannot be listed: %s", strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (is_beside(&folder, entry->d_name)) continue;
        if (is_log_name(entry->d_name)) add(ret, joined(a, path, entry->d_name));
        else if (entry->d_name[0] != '.') add(&others, joined(a, path, entry->d_name));
    }
    closedir(directory);
    keep_files(ret);
    keep_folders(a, &others);
    for (size_t i = 0; i < others.count; i++) add(ret, str_z(others.list[i]));
    free(others.list);
    bool good = true;
    if (!ret->count && folder.log)
        good = err_set(e, ERR_INPUT, path, "is a folder of %s without its %s: nothing was tracked", format->title,
                       folder.log);
    else if (!ret->count) good = nothing_found(path, e);
    sort(ret);
    return good;
}
