/* SPDX-License-Identifier: MIT
 *
 * Runs that several processes write: what is handed on in the environment, and how it is taken up.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What stands behind the last dot of a key, which is the name but for dots in it. */
static const char *last_part(const char *key)
{
    const char *dot = key ? strrchr(key, '.') : NULL;
    return dot ? dot + 1 : key;
}

int pipelens_run_join(const struct pipelens_options *options, const char *step_id, const char *step_key,
                      struct pipelens_run **ret_run)
{
    if (!ret_run) return EINVAL;
    *ret_run = NULL;
    if (!pl_options_fit(options) || !options->run_id || !step_id || !*step_id) return EINVAL;
    struct pipelens_options joined = *options;
    if (step_key && !*step_key) step_key = NULL;
    if (!joined.name) joined.name = step_key ? last_part(step_key) : step_id;
    return pl_run_create(&joined, step_id, step_key ? step_key : joined.name, ret_run);
}

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

int pipelens_run_from_environment(const struct pipelens_options *options, struct pipelens_run **ret_run)
{
    if (!ret_run) return EINVAL;
    *ret_run = NULL;
    if (!options) return EINVAL;
    struct pipelens_options o = *options;
    const char *run_id = from_environment("PIPELENS_RUN"), *step_id = from_environment("PIPELENS_STEP");
    if (!o.traceparent) o.traceparent = from_environment("TRACEPARENT");
    if (!o.log && !o.transport) o.log = from_environment("PIPELENS_LOG");
    if (!run_id || !step_id) return pipelens_run_new(&o, ret_run);
    o.run_id = run_id;
    return pipelens_run_join(&o, step_id, from_environment("PIPELENS_KEY"), ret_run);
}

static bool is_span_id(const char *id)
{
    return strspn(id, "0123456789abcdef") == 16 && id[16] == '\0' && strcmp(id, "0000000000000000") != 0;
}

/* NAME=VALUE and a NUL; what would end too early in the environment is left out. */
static void put_variable(struct pl_text *t, size_t *count, const char *name, const char *value)
{
    if (!value) return;
    pl_text_puts(t, name);
    pl_text_putc(t, '=');
    pl_text_put(t, value, strlen(value) + 1);
    ++*count;
}

char **pipelens_step_environment(const struct pipelens_step *step)
{
    struct pl_text t = { 0 };
    size_t count = 0;
    if (!step) return NULL;
    const struct pipelens_run *run = step->run;
    put_variable(&t, &count, "PIPELENS_LOG",
                 run->log      ? run->log
                 : run->joined ? from_environment("PIPELENS_LOG")
                               : NULL);
    put_variable(&t, &count, "PIPELENS_RUN", run->id);
    put_variable(&t, &count, "PIPELENS_STEP", step->id);
    put_variable(&t, &count, "PIPELENS_KEY", step->key);
    if (is_span_id(step->id)) {
        pl_text_printf(&t, "TRACEPARENT=00-%s-%s-%s", run->trace_id, step->id, run->trace_flags);
        pl_text_putc(&t, '\0');
        count++;
    }
    size_t list_size = (count + 1) * sizeof(char *);
    char **list = t.error ? NULL : malloc(list_size + t.len);
    if (list) {
        char *at = memcpy((char *)list + list_size, t.data, t.len);
        for (size_t i = 0; i < count; i++, at += strlen(at) + 1) list[i] = at;
        list[count] = NULL;
    }
    pl_text_free(&t);
    return list;
}
