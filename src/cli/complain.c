/* SPDX-License-Identifier: MIT */
#include "cli/complain.h"

#include <errno.h>
#include <unistd.h>

static void say(struct str file, uint64_t line, uint64_t column, struct str text)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "pipelens-report: ");
    if (file.len) {
        buf_put_plain(&b, file);
        if (line) buf_printf(&b, ":%llu", (unsigned long long)line);
        if (line && column) buf_printf(&b, ":%llu", (unsigned long long)column);
        buf_puts(&b, ": ");
    }
    buf_put_plain(&b, text);
    buf_putc(&b, '\n');
    b.fd = STDERR_FILENO;
    buf_flush(&b); /* in one write, so that parallel jobs do not mix lines; nobody is left to tell if it fails */
    buf_free(&b);
}

enum exit_status complain(const struct err *e)
{
    struct str standard = e->code == ERR_OUTPUT ? S("standard output") : S("standard input");
    say(strcmp(e->file, "-") == 0 ? standard : str_z(e->file), e->line, e->column, str_z(e->text));
    return e->code == ERR_USAGE ? EXIT_USAGE : e->code == ERR_OUTPUT ? EXIT_OUTPUT : EXIT_INPUT;
}

void complain_at(struct str file, uint64_t line, uint64_t column, const char *text)
{
    say(str_eq(file, S("-")) ? S("standard input") : file, line, column, str_z(text));
}

enum exit_status print_end(struct buf *out)
{
    int error = buf_flush(out);
    if (!error) return EXIT_DONE;
    struct err e;
    err_set(&e, ERR_OUTPUT, "", "standard output could not be written: %s", strerror(error));
    return complain(&e);
}

enum exit_status print(struct str text)
{
    struct buf b = { .fd = STDOUT_FILENO };
    buf_put(&b, text);
    enum exit_status status = print_end(&b);
    buf_free(&b);
    return status;
}
