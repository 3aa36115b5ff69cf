/* SPDX-License-Identifier: MIT
 *
 * Burr leaves its logs like this, and any of the folders may be named:
 *
 *   PROJECT/
 *     APPLICATION/   log.jsonl  graph.json  metadata.json  children.jsonl
 *     APPLICATION/   children.jsonl    of one that is not tracked, but has children that are
 */
#include "input/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct str joined(struct arena *a, const char *directory, const char *name)
{
    return arena_format(a, "%s%s%s", directory, str_ends(str_z(directory), S("/")) ? "" : "/", name);
}

static bool has_file(const char *directory, const char *name)
{
    struct arena scratch = { 0 };
    struct stat st;
    bool has = stat(joined(&scratch, directory, name).ptr, &st) == 0 && S_ISREG(st.st_mode);
    arena_free(&scratch);
    return has;
}

bool directory_has_log(const char *path) { return has_file(path, "log.jsonl"); }

static bool has_beside(const char *path)
{
    return has_file(path, "metadata.json") || has_file(path, "graph.json") || has_file(path, "children.jsonl");
}

bool directory_is_application(const char *path) { return directory_has_log(path) && has_beside(path); }

static bool is_log_name(const char *name)
{
    return strstr(name, ".ndjson") || strstr(name, ".jsonl") || str_ends(str_z(name), S(".json"));
}

static bool is_beside_name(const char *name)
{
    return strcmp(name, "metadata.json") == 0 || strcmp(name, "graph.json") == 0 || strcmp(name, "children.jsonl") == 0;
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

static void keep_applications(struct arena *a, struct log_paths *paths)
{
    size_t kept = 0;
    for (size_t i = 0; i < paths->count; i++)
        if (directory_has_log(paths->list[i]))
            paths->list[kept++] = (char *)(uintptr_t)joined(a, paths->list[i], "log.jsonl").ptr;
    paths->count = kept;
}

bool directory_logs(struct arena *a, const char *path, struct log_paths *ret, struct err *e)
{
    *ret = (struct log_paths){ 0 };
    if (directory_is_application(path)) {
        add(ret, joined(a, path, "log.jsonl"));
        return true;
    }
    DIR *directory = opendir(path);
    if (!directory) return err_set(e, ERR_INPUT, path, "cannot be listed: %s", strerror(errno));
    struct log_paths others = { 0 };
    bool other_logs = false;
    for (struct dirent *entry; (entry = readdir(directory));) {
        bool log = is_log_name(entry->d_name);
        if (log) other_logs |= !is_beside_name(entry->d_name);
        if (log) add(ret, joined(a, path, entry->d_name));
        else if (entry->d_name[0] != '.') add(&others, joined(a, path, entry->d_name));
    }
    closedir(directory);
    keep_files(ret);
    bool good = true;
    if (ret->count && !other_logs && has_file(path, "children.jsonl"))
        good = err_set(e, ERR_INPUT, path,
                       "is the folder of a Burr application without its log.jsonl: nothing was tracked");
    else if (!ret->count) {
        keep_applications(a, &others);
        free(ret->list);
        *ret = others;
        others = (struct log_paths){ 0 };
        if (!ret->count)
            good = err_set(e, ERR_INPUT, path,
                           "is a directory without a log: it should hold *.ndjson, *.jsonl or *.json files, or folders "
                           "of Burr applications");
    }
    free(others.list);
    sort(ret);
    return good;
}
