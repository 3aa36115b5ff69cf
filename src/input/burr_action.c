/* SPDX-License-Identifier: MIT
 *
 * Actions of Burr's: steps, whose exceptions are the tracebacks that Python prints.
 *
 *   begin_entry  start_time action inputs sequence_id
 *   end_entry    end_time action result exception state sequence_id
 */
#include "input/burr_line.h"

enum { ERROR_TYPE_MAX = 200 };

/* A sequence id that is a number like Burr's; -1 for all others. */
static int64_t number_of(struct str sequence)
{
    int64_t n = 0;
    if (!sequence.len || sequence.len > 18) return -1;
    for (size_t i = 0; i < sequence.len; i++) {
        if (sequence.ptr[i] < '0' || sequence.ptr[i] > '9') return -1;
        n = n * 10 + (sequence.ptr[i] - '0');
    }
    return n;
}

static void begin_action(struct burr_app *app, struct str sequence)
{
    struct burr_action *a = burr_action_of(app, sequence);
    *a = (struct burr_action){ .hash = a->hash, .begun = true, .stream = TIME_NONE, .first_item = TIME_NONE };
}

/* What the begin of an action says of it, and the end as well. */
static void tell_action(struct burr_app *app, const struct burr_line *l)
{
    struct teller *t = app->t;
    tell_text(t, &t->event.step.kind, S("action"));
    tell_raw(t, &t->event.step.name, l->action);
    if (app->top.len) tell_text(t, &t->event.step.parentId, app->top);
    if (l->sequence.len) tell_extra(t, S("sequence_id"), l->sequence_id);
}

void burr_begin_entry(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    int64_t start = burr_clock_read(app->clock, l->start_time), number = number_of(l->sequence);
    if (app->begun && number >= 0 && number <= app->last) burr_attempt_next(app, start);
    if (number >= 0) app->last = number;
    burr_see(app, start);
    if (!app->begun) burr_attempt_begin(app, l->text.ptr);
    buf_clear(&app->held);
    if (l->sequence.len) buf_put(&app->held, l->sequence);
    else buf_printf(&app->held, "?%llu", (unsigned long long)++app->nameless);
    app->sequence = buf_str(&app->held);
    begin_action(app, app->sequence);
    app->open++;
    app->failed = false;
    burr_children_begin(&app->folder, app->sequence, app->attempt);
    burr_begin_step(app, EVENT_STEP_START, l, app->sequence);
    tell_action(app, l);
    if (!burr_is_empty(l->inputs)) tell_raw(t, &t->event.step.inputs, l->inputs);
    t->event.step.start = start;
    burr_send(app, LINE_BEGIN_ENTRY, l);
}

static bool is_type_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || (c & 0x80);
        if (!word && !(i && c >= '0' && c <= '9')) return false;
    }
    return s.len && s.len <= ERROR_TYPE_MAX;
}

/* Of the traceback of an exception group, whose lines stand behind bars, what the group itself says:
 *
 *   + Exception Group Traceback (most recent call last):
 *   |   File "app.py", line 3, in main
 *   | ExceptionGroup: two tasks failed (2 sub-exceptions)
 *   +-+---------------- 1 ----------------
 */
static struct str words_of_group(struct str text)
{
    if (!str_starts(text, S("+ Exception Group Traceback"))) return (struct str){ 0 };
    while (text.len) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (str_starts(line, S("| ")) && line.len > 2 && line.ptr[2] != ' ') return str_skip(line, 2);
    }
    return (struct str){ 0 };
}

/* What Python says last of an exception, "ValueError: it is too long", behind the frames of its last traceback; else
 * the last line. */
static struct str last_words(struct str text)
{
    text = str_trim(text);
    struct str rest = text, words = words_of_group(text), last = text;
    bool frames = false;
    if (words.len) return words;
    while (rest.len) {
        struct str line = str_cut(&rest, '\n');
        bool indented = !line.len || line.ptr[0] == ' ' || line.ptr[0] == '\t';
        if (line.len) last = line;
        if (str_starts(line, S("Traceback (most recent call last):"))) {
            frames = true;
        } else if (frames && !indented) {
            words = str_of(line.ptr, (size_t)(text.ptr + text.len - line.ptr));
            frames = false;
        }
    }
    return words.len ? words : str_trim(last);
}

static void tell_exception(struct burr_app *app, struct str exception)
{
    struct teller *t = app->t;
    if (json_type(exception) != JSON_STRING) {
        tell_raw(t, &t->event.step.error, exception);
        return;
    }
    buf_clear(&app->text);
    json_put_text(&app->text, exception);
    struct str words = last_words(buf_str(&app->text));
    struct str type = str_first(words, str_find(words, ':'));
    tell_text(t, &t->event.step.error, words);
    if (is_type_name(type) && str_find(type, '\n') == type.len) tell_text(t, &t->event.step.errorType, type);
    tell_raw(t, &t->event.step.trace, exception);
}

void burr_end_entry(struct burr_app *app, struct burr_line *l)
{
    struct teller *t = app->t;
    int64_t end = burr_clock_read(app->clock, l->end_time);
    struct str sequence = l->sequence.len ? l->sequence : app->sequence;
    if (!app->begun) burr_attempt_begin(app, l->text.ptr);
    burr_see(app, end);
    app->open -= app->open > 0;
    app->failed = !value_absent(l->exception);
    burr_begin_step(app, EVENT_STEP_FINISH, l, sequence);
    if (!burr_action_of(app, sequence)->begun) tell_action(app, l);
    if (!value_absent(l->result) && !burr_is_empty(l->result)) tell_raw(t, &t->event.step.result, l->result);
    tell_raw(t, &t->event.step.state, l->state);
    if (app->failed) tell_exception(app, l->exception);
    t->event.step.end = end;
    burr_send(app, LINE_END_ENTRY, l);
}
