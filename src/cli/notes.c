/* SPDX-License-Identifier: MIT */
#include "cli/notes.h"

#include "render/richtext.h"

#include <errno.h>
#include <stdio.h>

static bool read_all(FILE *f, const char *path, struct buf *b, struct err *e)
{
    enum { PIECE = 64 * 1024 };
    while (b->len <= RICHTEXT_MAX) {
        errno = 0;
        size_t n = fread(buf_room(b, PIECE), 1, PIECE, f);
        if (ferror(f)) return err_set(e, ERR_INPUT, path, "--notes: cannot be read: %s", strerror(errno));
        if (!n) return true;
        b->len += n;
    }
    return err_set(e, ERR_INPUT, path, "--notes: holds more than 1 MiB; shorten it, or link to what is long");
}

enum exit_status notes_read(const char *path, struct arena *arena, struct str *ret_text)
{
    struct err e;
    struct buf b = BUF_INIT;
    if (strcmp(path, "-") == 0 || !path[0]) {
        err_set(&e, ERR_USAGE, "", "--notes: name a file; standard input may be the log");
        return complain(&e);
    }
    FILE *f = fopen(path, "rb");
    if (!f) {
        err_set(&e, ERR_INPUT, path, "--notes: cannot be opened: %s", strerror(errno));
        return complain(&e);
    }
    bool good = read_all(f, path, &b, &e);
    fclose(f);
    struct str text = buf_str(&b), mark = S("\xEF\xBB\xBF");
    if (good) *ret_text = arena_copy(arena, str_starts(text, mark) ? str_skip(text, mark.len) : text);
    buf_free(&b);
    return good ? EXIT_DONE : complain(&e);
}
