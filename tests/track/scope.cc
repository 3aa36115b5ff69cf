// SPDX-License-Identifier: MIT
//
// The header in C++: values, the scope macros, exceptions that leave a scope. Appends to the log that is named.
#include <pipelens.h>

#include <stdexcept>
#include <string>

static int leave_by_return()
{
    PIPELENS_FUNCTION(step);
    pipelens_step_record(step, "text", pipelens_string(std::string("from C++").c_str()));
    return 3;
}

static void leave_by_exception()
{
    PIPELENS_STEP(outer, "outer");
    PIPELENS_STEP(inner, "inner");
    pipelens_step_handled(inner, "runtime_error", "number %d", 1);
    throw std::runtime_error("out of two scopes");
}

int main(int argc, char **argv)
{
    struct pipelens_run *run;
    struct pipelens_options options = {};
    options.name = "C++";
    options.log = argc == 2 ? argv[1] : nullptr;
    if (pipelens_run_new(&options, &run) || pipelens_run_start(run)) return 1;
    struct pipelens_step *root = pipelens_run_root(run);
    if (leave_by_return() != 3 || pipelens_current() != root) return 2;
    try {
        leave_by_exception();
    } catch (const std::runtime_error &error) {
        pipelens_step_log(root, PIPELENS_WARN, "%s", error.what());
    }
    if (pipelens_current() != root) return 3;
    struct pipelens_step *step = pipelens_step_begin_with(root, "with", "tool", pipelens_json("[1]"));
    {
        PIPELENS_WITHIN(step);
        if (pipelens_begin("by name") != pipelens_current() || pipelens_end("by name")) return 4;
        {
            PIPELENS_WITHIN(root);
            if (pipelens_current() != root) return 4;
        }
        if (pipelens_current() != step) return 4;
    }
    pipelens_step_end(step);
    return pipelens_run_free(run) ? 5 : 0;
}
