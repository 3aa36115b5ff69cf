/* SPDX-License-Identifier: MIT
 *
 * What is told of a step while it goes on: records, results, errors, messages, links.
 */
#include "track/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void put_prefix(struct pl_text *t, const struct pipelens_step *step, enum pl_kind kind)
{
    const struct pl_text *prefix = &step->run->prefix[kind];
    pl_text_put(t, prefix->data, prefix->len);
    pl_put_reference(t, step);
}

static void put_end(struct pl_text *t, int64_t now)
{
    pl_text_puts(t, ",\"ts\":");
    pl_text_put_ms(t, now);
    pl_text_put(t, "}\n", 2);
}

/* A line that says one thing goes out now, or waits for the run's finish, or is not made. `line` is empty then. */
static struct pl_text *line_for(struct pipelens_run *run, struct pl_text *line, bool also_at_finish)
{
    if (!run->transport || run->write == PIPELENS_OFF) return NULL;
    if (run->write == PIPELENS_REAL_TIME) return line;
    return also_at_finish ? &run->held_lines : NULL;
}

/* The table leads to the first record of a hash; others that have the same, if ever, are found one by one. */
static struct pl_record *find_record(struct pipelens_step *step, const char *key)
{
    struct pl_more *more = step->more;
    if (!more || !more->record_count) return NULL;
    const uint32_t *at = pl_names_at(&more->record_names, key, strlen(key));
    for (size_t i = at && *at ? *at - 1 : more->record_count; i < more->record_count; i++)
        if (strcmp(more->records[i].key, key) == 0) return &more->records[i];
    return NULL;
}

const struct pl_record *pl_step_find_record(struct pipelens_step *step, const char *key)
{
    return find_record(step, key);
}

static struct pl_record *record_of(struct pipelens_step *step, const char *key)
{
    struct pl_record *known = find_record(step, key);
    if (known) return known;
    struct pl_more *more = pl_step_more(step);
    uint32_t *at = more ? pl_names_at(&more->record_names, key, strlen(key)) : NULL;
    if (!at || more->record_count == UINT32_MAX) return NULL;
    if (more->record_count == more->record_cap) {
        size_t cap = more->record_cap ? more->record_cap * 2 : 2;
        struct pl_record *records = realloc(more->records, cap * sizeof *records);
        if (!records) return NULL;
        more->records = records;
        more->record_cap = cap;
    }
    char *copy = pl_copy(key);
    if (!copy) return NULL;
    struct pl_record *r = &more->records[more->record_count++];
    *r = (struct pl_record){ .key = copy };
    if (!*at) *at = (uint32_t)more->record_count;
    return r;
}

/* Keeps a record for the step's finish. */
static int keep_record(struct pipelens_step *step, const char *key, const struct pl_text *value)
{
    char *copy = malloc(value->len + 1);
    struct pl_record *r = copy ? record_of(step, key) : NULL;
    if (!r) {
        free(copy);
        return ENOMEM;
    }
    memcpy(copy, value->data, value->len);
    copy[value->len] = '\0';
    free(r->value);
    r->value = copy;
    r->value_len = value->len;
    return 0;
}

int pl_step_keep_record(struct pipelens_step *step, const char *key, const struct pl_text *value, struct pl_text *line)
{
    struct pipelens_run *run = step->run;
    int error = pl_usage_is_response(key) ? pl_usage_replace(step, find_record(step, key), value) : 0;
    if (!error) error = keep_record(step, key, value);
    if (error || !line_for(run, line, false)) return error;
    put_prefix(line, step, PL_STEP_RECORD);
    pl_text_puts(line, ",\"recordKey\":");
    pl_text_put_string(line, key, strlen(key));
    pl_text_puts(line, ",\"data\":");
    pl_text_put(line, value->data, value->len);
    put_end(line, pl_now(run));
    return 0;
}

int pl_step_end_record(struct pipelens_step *step, const char *key, const struct pl_text *value, struct pl_text *line,
                       bool listened)
{
    int error = pl_run_emit(step->run, line, "writing a record");
    if (listened) pl_notify(step, PIPELENS_STEP_RECORD, key, value->data);
    return error;
}

int pipelens_step_record(struct pipelens_step *step, const char *key, struct pipelens_value value)
{
    char space[PL_LINE_SPACE], line_space[PL_LINE_SPACE];
    struct pl_text text = pl_text_in(space, sizeof space);
    if (!step || !key) return EINVAL;
    int error = pl_put_value(&text, value);
    pl_text_putc(&text, '\0');
    if (!error) error = text.error;
    if (error) {
        pl_text_free(&text);
        return pl_run_error(step->run, error, "taking the value of a record");
    }
    text.len--;
    struct pl_text line = pl_text_in(line_space, sizeof line_space);
    pl_run_lock_started(step->run);
    error = pl_step_keep_record(step, key, &text, &line);
    if (error) line.error = error;
    bool listened = step->run->listeners != NULL;
    pl_run_unlock(step->run);
    error = pl_step_end_record(step, key, &text, &line, listened);
    pl_text_free(&text);
    return error;
}

/* What is set now stands in the step's finish line: not when that is written already, or is another process's to write.
 * Locked. */
static int can_be_set(const struct pipelens_step *step)
{
    if (step->end != PL_TIME_NONE) return EALREADY;
    return step->generation == step->run->generation ? 0 : EPERM;
}

static void replace(char **at, char *text)
{
    free(*at);
    *at = text;
}

/* The field that one JSON text is put into, as its offset in struct pl_more. Takes the text. */
static int set_json(struct pipelens_step *step, size_t field, char *json)
{
    pl_run_lock(step->run);
    int error = can_be_set(step);
    struct pl_more *more = error ? NULL : pl_step_more(step);
    if (more) replace((char **)(void *)((char *)more + field), json);
    pl_run_unlock(step->run);
    if (!more) free(json);
    return error ? error : more ? 0 : ENOMEM;
}

static int set_value(struct pipelens_step *step, size_t field, struct pipelens_value value, const char *what)
{
    char *json;
    if (!step) return EINVAL;
    int error = pl_value_text(value, &json);
    if (!error) error = set_json(step, field, json);
    return pl_run_error(step->run, error, what);
}

int pipelens_step_set_result(struct pipelens_step *step, struct pipelens_value value)
{
    return set_value(step, offsetof(struct pl_more, result), value, "taking the result of a step");
}

int pipelens_step_set_state(struct pipelens_step *step, struct pipelens_value value)
{
    return set_value(step, offsetof(struct pl_more, state), value, "taking the state of a step");
}

int pipelens_step_set_trace(struct pipelens_step *step, const char *trace)
{
    if (!trace) return EINVAL;
    return set_value(step, offsetof(struct pl_more, trace), pipelens_string(trace), "taking the trace of an error");
}

int pipelens_step_set_status(struct pipelens_step *step, enum pipelens_status status)
{
    if (!step || (unsigned int)status > PIPELENS_STATUS_RETRIED) return EINVAL;
    pl_run_lock(step->run);
    int error = can_be_set(step);
    struct pl_more *more = error ? NULL : pl_step_more(step);
    if (more) more->status = status;
    else if (!error) error = ENOMEM;
    pl_run_unlock(step->run);
    return pl_run_error(step->run, error, "taking the status of a step");
}

/* The message of a format as a JSON string. */
__attribute__((format(printf, 2, 0))) static void put_message(struct pl_text *t, const char *format, va_list args)
{
    char space[PL_LINE_SPACE];
    struct pl_text message = pl_text_in(space, sizeof space);
    pl_text_vprintf(&message, format, args);
    pl_text_put_string(t, message.data, message.len);
    if (message.error) t->error = message.error;
    pl_text_free(&message);
}

int pipelens_step_fail_at(struct pipelens_step *step, const char *file, int line, const char *function,
                          const char *type, const char *format, ...)
{
    struct pl_text message = { 0 }, place = { 0 };
    va_list args;
    if (!step || !format) return EINVAL;
    va_start(args, format);
    put_message(&message, format, args);
    va_end(args);
    pl_text_putc(&message, '\0');
    if (file) pl_put_location(&place, file, line, function);
    if (file) pl_text_putc(&place, '\0');
    char *kind = pl_copy(type);
    int error = message.error ? message.error : place.error ? place.error : type && !kind ? ENOMEM : 0;
    pl_run_lock(step->run);
    if (!error) error = can_be_set(step);
    struct pl_more *more = error ? NULL : pl_step_more(step);
    if (more) {
        replace(&more->error, message.data);
        replace(&more->error_type, kind);
        replace(&more->trace, place.data); /* that of an earlier error is not this one's */
    } else if (!error) {
        error = ENOMEM;
    }
    pl_run_unlock(step->run);
    if (error) {
        free(kind);
        pl_text_free(&message);
        pl_text_free(&place);
    }
    return pl_run_error(step->run, error, "taking the error of a step");
}

/* Appends all of it, or (ENOMEM) nothing. */
static int append(struct pl_text *list, const char *separator, const struct pl_text *element)
{
    size_t before = list->len;
    if (before) pl_text_puts(list, separator);
    pl_text_put(list, element->data, element->len);
    if (!list->error) return 0;
    list->error = 0;
    list->len = before;
    return ENOMEM;
}

int pipelens_step_handled_at(struct pipelens_step *step, const char *file, int line, const char *function,
                             const char *type, const char *format, ...)
{
    char space[PL_LINE_SPACE];
    struct pl_text text = pl_text_in(space, sizeof space);
    va_list args;
    if (!step || !format) return EINVAL;
    pl_text_putc(&text, '{');
    if (type) {
        pl_text_puts(&text, "\"type\":");
        pl_text_put_string(&text, type, strlen(type));
        pl_text_putc(&text, ',');
    }
    pl_text_puts(&text, "\"message\":");
    va_start(args, format);
    put_message(&text, format, args);
    va_end(args);
    if (file) {
        pl_text_puts(&text, ",\"location\":");
        pl_put_location(&text, file, line, function);
    }
    pl_text_puts(&text, ",\"ts\":");
    pl_text_put_ms(&text, pl_now(step->run));
    pl_text_putc(&text, '}');
    int error = text.error;
    pl_run_lock(step->run);
    if (!error) error = can_be_set(step);
    struct pl_more *more = error ? NULL : pl_step_more(step);
    if (!error) error = more ? append(&more->handled, ",", &text) : ENOMEM;
    pl_run_unlock(step->run);
    pl_text_free(&text);
    return pl_run_error(step->run, error, "taking a handled error");
}

/* Appends an element to one of the step's lists, and makes its line: `members` are those of the line, `element` the
 * same for the list. Unlocked; frees both. */
static int tell(struct pipelens_step *step, enum pl_kind kind, size_t list, struct pl_text *members,
                struct pl_text *element, const char *what)
{
    char space[PL_LINE_SPACE];
    struct pl_text line = pl_text_in(space, sizeof space);
    struct pipelens_run *run = step->run;
    pl_run_lock_started(run);
    struct pl_more *more = pl_step_more(step);
    bool whole = more && !members->error && !element->error;
    struct pl_text *kept = more ? (struct pl_text *)(void *)((char *)more + list) : NULL;
    int error = !whole ? ENOMEM : run->forget_steps ? 0 : append(kept, ",", element);
    struct pl_text *out = line_for(run, &line, true);
    if (out && whole) {
        put_prefix(&line, step, kind);
        pl_text_put(&line, members->data, members->len);
    }
    if (out == &run->held_lines) {
        if (!line.error && append(out, "", &line)) error = ENOMEM;
        line.len = 0;
    }
    if (error) line.error = error;
    pl_run_unlock(run);
    pl_text_free(members);
    pl_text_free(element);
    return pl_run_emit(run, &line, what);
}

int pipelens_step_vlog(struct pipelens_step *step, enum pipelens_level level, const char *format, va_list args)
{
    static const char *const levels[] = { "trace", "debug", "info", "warn", "error", "critical" };
    char line_space[PL_LINE_SPACE], element_space[PL_LINE_SPACE];
    struct pl_text members = pl_text_in(line_space, sizeof line_space);
    struct pl_text element = pl_text_in(element_space, sizeof element_space);
    if (!step || !format || (unsigned int)level > PIPELENS_CRITICAL) return EINVAL;
    pl_text_printf(&element, "\"level\":\"%s\",\"message\":", levels[level]);
    put_message(&element, format, args);
    pl_text_puts(&element, ",\"ts\":");
    pl_text_put_ms(&element, pl_now(step->run));
    pl_text_putc(&element, '}');
    pl_text_putc(&members, ',');
    pl_text_put(&members, element.data, element.len);
    pl_text_putc(&members, '\n');
    struct pl_text object = { 0 };
    pl_text_putc(&object, '{');
    pl_text_put(&object, element.data, element.len);
    if (element.error) object.error = element.error;
    pl_text_free(&element);
    return tell(step, PL_STEP_LOG, offsetof(struct pl_more, logs), &members, &object, "writing a message");
}

int pipelens_step_log(struct pipelens_step *step, enum pipelens_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int error = pipelens_step_vlog(step, level, format, args);
    va_end(args);
    return error;
}

static const char *const relations[] = { "follows", "spawned", "refers" };

int pipelens_step_link(struct pipelens_step *step, const char *run_id, const char *step_id,
                       enum pipelens_relation relation)
{
    struct pl_text members = { 0 }, element = { 0 };
    if (!step || !run_id || (unsigned int)relation > PIPELENS_REFERS) return EINVAL;
    pl_text_puts(&element, "{\"runId\":");
    pl_text_put_string(&element, run_id, strlen(run_id));
    if (!step_id) step_id = "";
    pl_text_puts(&element, ",\"stepId\":");
    pl_text_put_string(&element, step_id, strlen(step_id));
    pl_text_puts(&members, ",\"to\":");
    pl_text_put(&members, element.data, element.len);
    pl_text_printf(&members, "},\"relation\":\"%s\"", relations[relation]);
    put_end(&members, pl_now(step->run));
    pl_text_printf(&element, ",\"relation\":\"%s\"}", relations[relation]);
    return tell(step, PL_STEP_LINK, offsetof(struct pl_more, links), &members, &element, "writing a link");
}

char *pipelens_step_reference(const struct pipelens_step *step)
{
    struct pl_text t = { 0 };
    if (!step) return NULL;
    pl_text_puts(&t, step->run->id);
    pl_text_putc(&t, '/');
    pl_text_put(&t, step->id, strlen(step->id) + 1);
    if (t.error) pl_text_free(&t);
    return t.data;
}

int pipelens_step_refer(struct pipelens_step *step, const char *reference, enum pipelens_relation relation)
{
    const char *slash = reference ? strrchr(reference, '/') : NULL;
    if (!step || !slash || slash == reference || !slash[1]) return EINVAL;
    size_t length = (size_t)(slash - reference);
    char *run_id = malloc(length + 1);
    if (!run_id) return pl_run_error(step->run, ENOMEM, "writing a link");
    memcpy(run_id, reference, length);
    run_id[length] = '\0';
    int error = pipelens_step_link(step, run_id, slash + 1, relation);
    free(run_id);
    return error;
}
