/* SPDX-License-Identifier: MIT */
#include "cli/outputs.h"

#include "model/index.h"

enum { FOLDER_BYTES_MAX = 64 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static struct str fold_case(struct str name, struct arena *a)
{
    struct str folded = arena_copy(a, name);
    for (size_t i = 0; i < folded.len; i++) ((char *)(uintptr_t)folded.ptr)[i] = lower(folded.ptr[i]);
    return folded;
}

/* Names that some systems keep for devices, with or without a suffix. */
static bool is_reserved(struct str name)
{
    static const char *const names[] = { "con",  "prn",  "aux",  "nul",  "com1", "com2", "com3", "com4",
                                         "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3",
                                         "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "index" };
    struct str stem = str_first(name, str_find(name, '.'));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(stem, str_z(names[i]))) return true;
    return false;
}

/* The run id with '_' for whatever is no letter, digit, '_', or '-' and '.' where they are harmless. */
static struct str safe_name(const struct run *run, struct arena *a)
{
    struct str id = run->id.len ? run->id : S("run");
    struct str name = arena_copy(a, str_first(id, FOLDER_BYTES_MAX));
    char *p = (char *)(uintptr_t)name.ptr;
    for (size_t i = 0; i < name.len; i++) {
        char c = lower(p[i]);
        bool inside = i > 0 && i + 1 < name.len;
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '_') || (i > 0 && c == '-') ||
                    (inside && c == '.');
        if (!good) p[i] = '_';
    }
    return is_reserved(fold_case(name, a)) ? arena_format(a, "run-%.*s", STR_ARG(name)) : name;
}

struct str *outputs_folders(const struct loaded *l, struct arena *a)
{
    struct index taken = { 0 };
    struct str *folders = ARENA_ARRAY(a, struct str, l->run_count);
    size_t i = 0;
    for (const struct run *r = l->runs; r; r = r->next, i++) {
        struct str base = safe_name(r, a);
        folders[i] = base;
        struct entry *first = index_find(&taken, ENTRY_KEY, NULL, fold_case(base, a), 0, 0, true), *e = first;
        while (e->nodes) { /* taken: the next number that this name has not had */
            folders[i] = arena_format(a, "%.*s-%u", STR_ARG(base), (unsigned)++first->starts + 1);
            e = index_find(&taken, ENTRY_KEY, NULL, fold_case(folders[i], a), 0, 0, true);
        }
        e->nodes = 1;
    }
    index_free(&taken);
    return folders;
}
