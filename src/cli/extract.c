/* SPDX-License-Identifier: MIT
 *
 * The log out of a page. All of it is checked before the first byte is written, so that a pipe, too, gets a whole log
 * or nothing.
 */
#include "base/file.h"
#include "cli/command.h"
#include "cli/spare.h"
#include "input/unpack.h"

static bool open_page(struct sources *page, const struct options *o, struct err *e)
{
    struct stat st;
    if (o->log_count != 1)
        return err_set(e, ERR_USAGE, "", "extract takes one page: pipelens-report extract REPORT.html; see --help");
    const char *path = o->logs[0];
    if (!path[0]) return err_set(e, ERR_USAGE, "", "the page has an empty name");
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(e, ERR_INPUT, path, "is a directory: name the report.html in it");
    return sources_open(page, path, e);
}

/* Tells a person who wanted the log why it is not there, and which one it was. */
static bool refuse_missing(const struct unpack *u, struct err *e)
{
    static const char *const reasons[ARCHIVE_MISSING_COUNT] = {
        [ARCHIVE_INSIDE] = "",
        [ARCHIVE_UNWANTED] = "it was written with --embed-log never",
        [ARCHIVE_PART] = "it shows only a part of it; render it with --embed-log always",
        [ARCHIVE_LARGE] = "it takes more than " ARCHIVE_AUTO_TEXT " compressed; render it with --embed-log always",
        [ARCHIVE_DENSE] = "it compresses to less than " ARCHIVE_RATIO_TEXT ", like a decompression bomb",
        [ARCHIVE_CHANGED] = "it changed while it was read; render it again",
    };
    const char *why = "for a reason that this version does not know";
    for (size_t i = 0; i < ARCHIVE_MISSING_COUNT; i++)
        if (str_eq(u->missing, str_z(archive_missing_name((enum archive_missing)i)))) why = reasons[i];
    struct str name = u->files[0].name;
    if (u->count > 1) return err_set(e, ERR_INPUT, u->path, "does not carry its %zu logs: %s", u->count, why);
    const char *hash = u->files[0].sha256;
    return err_set(e, ERR_INPUT, u->path, "does not carry its log: %s (%.*s%s%s)", why, STR_ARG(name),
                   hash[0] ? ", SHA-256 " : "", hash);
}

/* The page itself, as an output, would be lost before it is read. */
static bool spare_page(const struct unpack *u, const char *path, struct err *e)
{
    struct stat st;
    if (!spare_exists(path, &st) || !spare_is_source(&st, &u->page->list[0])) return true;
    return err_set(e, ERR_USAGE, path, "is the page itself, which the log would overwrite: name another file");
}

static bool write_file(const struct unpack *u, size_t file, const char *path, struct err *e)
{
    struct file_out f;
    if (!spare_page(u, path, e) || !file_create(&f, path, e)) return false;
    if (unpack_file(u, file, &f.buf, e)) return file_commit(&f, e);
    file_abandon(&f);
    return false;
}

static bool write_all(const struct unpack *u, const char *out, struct arena *a, struct err *e)
{
    struct stat st;
    bool directory = u->count > 1 || (out && str_ends(str_z(out), S("/"))) ||
                     (out && stat(out, &st) == 0 && S_ISDIR(st.st_mode));
    if (!directory) return write_file(u, 0, out ? out : "-", e);
    if (!out || strcmp(out, "-") == 0)
        return err_set(e, ERR_USAGE, u->path, "carries %zu logs: give a directory for them with -o DIR", u->count);
    if (!file_make_directory(out, e)) return false;
    for (size_t i = 0; i < u->count; i++) {
        struct str path = arena_format(a, "%s/%.*s", out, STR_ARG(u->files[i].name));
        if (!write_file(u, i, path.ptr, e)) return false;
    }
    return true;
}

static bool extract(const struct options *o, struct sources *page, struct arena *a, struct err *e)
{
    struct unpack u;
    if (o->out && !o->out[0]) return err_set(e, ERR_USAGE, "", "-o FILE: the name is empty");
    if (!open_page(page, o, e) || !unpack_open(&u, page, a, e)) return false;
    if (u.missing.len) return refuse_missing(&u, e);
    for (size_t i = 0; i < u.count; i++)
        if (!unpack_file(&u, i, NULL, e)) return false;
    return write_all(&u, o->out, a, e);
}

enum exit_status command_extract(const struct options *o)
{
    struct sources page = SOURCES_INIT;
    struct arena a = { 0 };
    struct err e = { 0 };
    enum exit_status status = extract(o, &page, &a, &e) ? EXIT_DONE : complain(&e);
    sources_close(&page);
    arena_free(&a);
    return status;
}
