/* SPDX-License-Identifier: MIT
 *
 * What readers of other systems' logs stand on: telling events, the temporary file behind payloads, runs that are
 * traces.
 */
#include "load_text.h"

#include "event/fields.h"

/* A format for this test: {"id","up","name","start","end","note","bad"}; all of it is one trace. */
struct span {
    struct str id, up, name, start, end, note, bad, run;
};

static void tell_span(struct teller *t, void *state, struct str text)
{
    static const struct field table[] = {
        FIELD(struct span, id, "id"),   FIELD(struct span, up, "up"),   FIELD(struct span, name, "name"),
        FIELD(struct span, start, "s"), FIELD(struct span, end, "e"),   FIELD(struct span, note, "note"),
        FIELD(struct span, bad, "bad"), FIELD(struct span, run, "run"),
    };
    struct span s = { 0 };
    size_t *told = state;
    fields_take(text, table, sizeof table / sizeof *table, &s, NULL, NULL);
    if (s.bad.len) tell_problem(t, s.bad.ptr, "this is bad");
    tell_begin(t, EVENT_STEP_FINISH, text.ptr);
    t->event.trace = true;
    tell_raw(t, &t->event.runId, s.run.len ? s.run : S("\"t\""));
    tell_raw(t, &t->event.step.id, s.id);
    tell_raw(t, &t->event.step.parentId, s.up);
    tell_raw(t, &t->event.step.name, s.name);
    json_to_us(s.start, JSON_SECONDS, &t->event.step.start);
    json_to_us(s.end, JSON_SECONDS, &t->event.step.end);
    struct buf *b = tell_open(t, &t->event.step.records);
    buf_puts(b, "{\"told\":");
    buf_put_uint(b, ++*told);
    buf_puts(b, "}");
    tell_close(t);
    tell_extra(t, S("a \"note\""), s.note);
    tell_send(t);
}

static void tell_last(struct teller *t, void *state)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "%zu spans", *(size_t *)state);
    tell_note(t, buf_str(&b));
    buf_free(&b);
}

static const struct format spans = {
    .name = "spans", .takes = TAKES_VALUES, .state_size = sizeof(size_t), .text = tell_span, .end = tell_last
};

static void load_spans(struct log_fixture *f, const char *text) { load_as(f, &spans, str_z(text)); }

static struct str payload(const struct run *run, struct payload p) { return sources_text(run->sources, p); }

static void tells_steps(void **state)
{
    struct log_fixture f;
    (void)state;
    load_spans(&f, "{\"id\":\"b\",\"up\":\"a\",\"name\":\"inner\",\"s\":1.5,\"e\":2,\"note\":[1, 2]}\n"
                   "{\"id\":\"a\",\"name\":\"outer\",\"s\":1,\"e\":3.000001}\n");
    assert_int_equal(run_count(&f), 1);
    assert_int_equal(f.problems, 0);
    const struct run *run = f.runs;
    assert_str(run->name, "outer");
    assert_false(run->root_made);
    assert_int_equal(run->log_steps, 2);
    assert_int_equal(run->status, RUN_COMPLETED);
    assert_true(run->duration == 2000001);
    const struct step *inner = run->steps[1];
    assert_str(inner->name, "inner");
    assert_str(inner->key, "outer.inner");
    assert_str(payload(run, inner->records->data), "{\"told\":1}");
    assert_str(inner->more->extras->name, "a \"note\"");
    assert_str(payload(run, inner->more->extras->data), "[1, 2]");
    assert_str(f.said, "2 spans");
    unload(&f);
}

static void makes_a_root_for_several_tops(void **state)
{
    struct log_fixture f;
    (void)state;
    load_spans(&f, "{\"id\":\"c\",\"up\":\"gone\",\"name\":\"orphan\",\"s\":1,\"e\":2}\n"
                   "{\"id\":\"b\",\"name\":\"second\",\"s\":4,\"e\":5}\n"
                   "{\"id\":\"a\",\"name\":\"first\",\"s\":3,\"e\":9}\n");
    const struct run *run = f.runs;
    assert_str(run->name, "first"); /* the orphan began before it, but its parent is missing */
    assert_true(run->root_made);
    assert_int_equal(run->log_steps, 3);
    assert_int_equal(run->step_count, 4);
    assert_int_equal(run->status_count[STEP_OK], 3);
    assert_int_equal(run->notes.unknown_parents, 1);
    assert_true(run->root->start == 1000000 && run->root->end == 9000000);
    assert_int_equal(run->root->child_count, 3);
    unload(&f);
}

static void takes_the_only_orphan_for_the_root(void **state)
{
    struct log_fixture f;
    (void)state;
    load_spans(&f, "{\"id\":\"c\",\"up\":\"gone\",\"name\":\"orphan\",\"s\":1,\"e\":2}\n"
                   "{\"id\":\"d\",\"up\":\"c\",\"name\":\"below\",\"s\":1,\"e\":2}\n");
    assert_str(f.runs->name, "orphan");
    assert_int_equal(f.runs->log_steps, 2);
    assert_int_equal(f.runs->notes.unknown_parents, 1);
    unload(&f);
}

static void ends_a_circle(void **state)
{
    struct log_fixture f;
    (void)state;
    load_spans(&f, "{\"id\":\"a\",\"up\":\"b\",\"name\":\"a\",\"s\":1}\n{\"id\":\"b\",\"up\":\"a\",\"name\":\"b\","
                   "\"s\":1}\n");
    assert_true(f.runs->root_made);
    assert_int_equal(f.runs->log_steps, 2);
    assert_int_equal(f.runs->status, RUN_UNFINISHED);
    unload(&f);
}

static void knows_lines_of_a_document(void **state)
{
    struct log_fixture f;
    (void)state;
    load_spans(&f, "{\"id\": 1,\n \"name\": \"n\",\n   \"bad\": true\n}");
    assert_int_equal(f.problems, 1);
    assert_int_equal(f.line, 3);
    assert_int_equal(f.column, 11);
    assert_str(f.what_text, "this is bad");
    assert_int_equal(f.runs->log_steps, 1);
    unload(&f);
    /* cut off: what is there is told, and the cut is said */
    static const char *const cut[] = {
        "{\"id\": 1,\n \"name\": \"n\",\n   \"bad",
        "{\"id\": 1, \"name\": \"n\", \"s\": 3, \"e\": 45", /* 45 may be the beginning of 4500 */
        "{\"id\": 1, \"name\": \"n\", \"note\": {\"a\": [1, 2",
    };
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        load_spans(&f, cut[i]);
        assert_int_equal(f.problems, 1);
        assert_int_equal(run_count(&f), 1);
        assert_str(f.runs->name, "n");
        assert_true(f.runs->root->end == TIME_NONE);
        assert_ptr_equal(f.runs->root->more->extras, NULL);
        unload(&f);
    }
}

/* More than the buffer of the teller holds: payloads are read again from where they are. */
static void keeps_payloads_in_their_place(void **state)
{
    enum { STEPS = 20000 };
    struct log_fixture f;
    struct buf b = BUF_INIT;
    (void)state;
    buf_puts(&b, "{\"id\":0,\"name\":\"all\"}\n");
    for (int i = 1; i < STEPS; i++)
        buf_printf(&b, "{\"id\":%d,\"up\":0,\"name\":\"n\",\"note\":\"note %d of many\"}\n", i, i);
    buf_putc(&b, '\0');
    load_spans(&f, b.ptr);
    assert_int_equal(f.runs->log_steps, STEPS);
    for (uint32_t i = 1; i < STEPS; i++) {
        char want[40];
        snprintf(want, sizeof want, "\"note %u of many\"", (unsigned)i);
        assert_str(payload(f.runs, f.runs->steps[i]->more->extras->data), want);
    }
    buf_free(&b);
    unload(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_steps),
        cmocka_unit_test(makes_a_root_for_several_tops),
        cmocka_unit_test(takes_the_only_orphan_for_the_root),
        cmocka_unit_test(ends_a_circle),
        cmocka_unit_test(knows_lines_of_a_document),
        cmocka_unit_test(keeps_payloads_in_their_place),
    };
    return cmocka_run_group_tests_name("tell", tests, NULL, NULL);
}
