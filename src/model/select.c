/* SPDX-License-Identifier: MIT */
#include "model/select.h"

#include "model/keep.h"

#include <regex.h>

static bool status_by_name(struct str name, unsigned *mask)
{
    for (int i = 0; i < STEP_STATUS_COUNT; i++)
        if (str_eq(name, str_z(step_status_name((enum step_status)i)))) {
            *mask |= 1u << i;
            return true;
        }
    return false;
}

static unsigned status_mask(const char *list)
{
    unsigned mask = 0;
    for (struct str rest = str_z(list); rest.len;) status_by_name(str_trim(str_cut(&rest, ',')), &mask);
    return mask;
}

/* Compiling takes memory for every repetition: (a{1,100}){1,100} ten thousand times that of a. */
static bool repeats_too_often(const char *pattern)
{
    enum { REPEATS_MAX = 255 };
    unsigned sum = 0;
    for (const char *p = pattern; *p; p++) {
        if (*p != '{') continue;
        unsigned high = 0;
        for (p++; (*p >= '0' && *p <= '9') || *p == ','; p++)
            high = *p == ',' ? 0 : high < 100000 ? high * 10 + (unsigned)(*p - '0') : high;
        sum += high;
        if (!*p) break;
    }
    return sum > REPEATS_MAX || strlen(pattern) > 4096;
}

bool selection_check(const struct selection *s, struct err *e)
{
    unsigned mask = 0;
    for (struct str rest = str_z(s->statuses); rest.len;) {
        struct str name = str_trim(str_cut(&rest, ','));
        if (!status_by_name(name, &mask))
            return err_set(e, ERR_USAGE, "",
                           "--status: no status is called '%.*s'; there are ok, error, running, unfinished, skipped, "
                           "cached, retried",
                           STR_ARG(name));
    }
    if (!s->filter) return true;
    if (repeats_too_often(s->filter))
        return err_set(e, ERR_USAGE, "",
                       "--filter: the expression is too large: up to 4,096 characters, and {m,n} up to 255 in all");
    regex_t regex;
    char why[256];
    int code = regcomp(&regex, s->filter, REG_EXTENDED | REG_NOSUB);
    if (code == 0) {
        regfree(&regex);
        return true;
    }
    regerror(code, &regex, why, sizeof why);
    return err_set(e, ERR_USAGE, "", "--filter: '%s' is no regular expression: %s", s->filter, why);
}

static bool listed(struct str key, const char *keys)
{
    for (struct str rest = str_z(keys); rest.len;)
        if (str_eq(key, str_cut(&rest, ','))) return true;
    return false;
}

static bool selected(const struct selection *s, const struct step *step, regex_t *regex, unsigned mask)
{
    if (regex) {
        char text[4096]; /* regexec wants a NUL at the end; what a key has beyond this is not looked at */
        struct str key = str_first(step->key, sizeof text - 1);
        if (key.len) memcpy(text, key.ptr, key.len);
        text[key.len] = '\0';
        if (regexec(regex, text, 0, NULL, 0) != 0) return false;
    }
    if (s->keys && !listed(step->key, s->keys)) return false;
    if (mask && !(mask & 1u << step->status)) return false;
    if (s->min_duration > 0 && (step->duration == TIME_NONE || step->duration < s->min_duration)) return false;
    return s->max_depth < 0 || step->depth <= s->max_depth;
}

static struct str sentence(const struct selection *s, const struct run *run)
{
    struct buf b = BUF_INIT;
    uint32_t hidden = run->log_steps - run_shown_steps(run);
    buf_printf(&b, "%u of %u steps left out by", (unsigned)hidden, (unsigned)run->log_steps);
    if (s->filter) buf_printf(&b, " --filter %s", s->filter);
    if (s->keys) buf_printf(&b, " --keys %s", s->keys);
    if (s->statuses) buf_printf(&b, " --status %s", s->statuses);
    if (s->min_duration > 0) {
        buf_puts(&b, " --min-duration ");
        clock_put_duration(&b, s->min_duration, UNIT_AUTO);
    }
    if (s->max_depth >= 0) buf_printf(&b, " --depth %lld", (long long)s->max_depth);
    struct str text = arena_copy(run->arena, buf_str(&b));
    buf_free(&b);
    return text;
}

struct str selection_apply(const struct selection *s, struct run *run)
{
    regex_t regex, *compiled = NULL;
    unsigned mask = s->statuses ? status_mask(s->statuses) : 0;
    if (!s->filter && !s->keys && !mask && s->min_duration <= 0 && s->max_depth < 0) return S("");
    if (s->filter && regcomp(&regex, s->filter, REG_EXTENDED | REG_NOSUB) == 0) compiled = &regex;
    for (uint32_t i = run->step_count; i-- > 0;) { /* children before parents, so that context is known in time */
        struct step *step = run->steps[i];
        bool own = selected(s, step, compiled, mask);
        step->hidden = !own && !step->context && step != run->root;
        step->context = !own && !step->hidden;
        if (!step->hidden && step->parent) step->parent->context = true;
    }
    if (compiled) regfree(compiled);
    keep_rank(run);
    return run->visible_count < run->step_count ? sentence(s, run) : S("");
}
