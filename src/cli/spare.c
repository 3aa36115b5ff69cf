/* SPDX-License-Identifier: MIT */
#include "cli/spare.h"

#include <dirent.h>

bool spare_exists(const char *path, struct stat *ret_st)
{
    return path && strcmp(path, "-") != 0 && stat(path, ret_st) == 0 && S_ISREG(ret_st->st_mode);
}

bool spare_is_source(const struct stat *st, const struct source *source)
{
    return source->device == (uint64_t)st->st_dev && source->inode == (uint64_t)st->st_ino;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_log(const struct loaded *l, const struct stat *st)
{
    for (size_t i = 0; i < l->sources.count; i++)
        if (spare_is_source(st, &l->sources.list[i])) return true;
    return false;
}

/* Other files may lie beside the templates, such as the pictures that were written there before. */
static bool is_template(const char *directory, const struct stat *st)
{
    DIR *dir = directory ? opendir(directory) : NULL;
    const struct dirent *entry;
    struct arena a = { 0 };
    bool found = false;
    while (dir && !found && (entry = readdir(dir))) {
        struct stat file;
        struct str name = str_z(entry->d_name);
        if (!str_ends(name, S(".html")) && !str_ends(name, S(".css"))) continue;
        const char *path = arena_format(&a, "%s/%s", directory, entry->d_name).ptr;
        found = stat(path, &file) == 0 && is_same(&file, st);
    }
    if (dir) closedir(dir);
    arena_free(&a);
    return found;
}

bool spare_check(const struct loaded *l, const struct options *o, const char *path, struct err *e)
{
    struct stat st, notes;
    const char *what;
    if (!spare_exists(path, &st)) return true;
    if (is_log(l, &st)) what = "the log itself";
    else if (o->own_notes && stat(o->own_notes, &notes) == 0 && is_same(&notes, &st)) what = "the file of --notes";
    else if (is_template(o->templates, &st)) what = "a file of --templates";
    else return true;
    return err_set(e, ERR_USAGE, path, "is %s, which this output would overwrite: name another file", what);
}

enum exit_status spare_inputs(const struct loaded *l, const struct options *o, const char *path)
{
    struct err e;
    return spare_check(l, o, path, &e) ? EXIT_DONE : complain(&e);
}
