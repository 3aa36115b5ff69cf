/* SPDX-License-Identifier: MIT
 *
 * Bad lines, contradictions, times that cannot be, parents that are missing: each told by its place while reading.
 */
#include "cli/command.h"

enum exit_status command_check(const struct options *o)
{
    struct loaded l = { .checking = true };
    struct progress progress = progress_begin(o->progress, o->quiet);
    enum exit_status status = load(&l, o, &progress);
    uint64_t problems = l.notes.bad_lines + l.oddities;
    if (status == EXIT_DONE && !o->quiet) {
        uint64_t steps = 0;
        for (const struct run *run = l.runs; run; run = run->next) steps += run->log_steps;
        struct buf b = BUF_INIT;
        buf_printf(&b, "%zu run%s, %llu step%s: ", l.run_count, l.run_count == 1 ? "" : "s", (unsigned long long)steps,
                   steps == 1 ? "" : "s");
        if (problems) buf_printf(&b, "%llu problem%s\n", (unsigned long long)problems, problems == 1 ? "" : "s");
        else buf_puts(&b, "no problem\n");
        status = print(buf_str(&b));
        buf_free(&b);
    }
    if (status == EXIT_DONE && problems) status = EXIT_NO;
    loaded_free(&l);
    return status;
}
