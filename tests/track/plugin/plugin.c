/* SPDX-License-Identifier: MIT
 *
 * A plugin that tracks what it does through the shared library, with a thread that flushes, and never closes anything.
 */
#include <pipelens.h>

int plugin_begin(const char *log);

int plugin_begin(const char *log)
{
    struct pipelens_transport *transport;
    struct pipelens_run *run;
    struct pipelens_buffering buffering = { .flush_ms = 20 };
    struct pipelens_options options = { .name = "plugin" };
    if (pipelens_transport_file(log, &buffering, &transport)) return 1;
    options.transport = transport;
    if (pipelens_run_new(&options, &run) || pipelens_run_start(run)) return 1;
    return pipelens_step_end(pipelens_step_begin(pipelens_run_root(run), "step"));
}
