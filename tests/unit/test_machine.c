/* SPDX-License-Identifier: MIT
 *
 * The state machine of a run, declared and as it went, and its drawing.
 */
#include "load_text.h"

#include "layout/graph.h"
#include "model/machine.h"
#include "model/select.h"

#define PIPELINE(graph)                                                                                                \
    "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"app\",\"key\":\"app\",\"runId\":\"r\","       \
    "\"time\":{\"startTs\":1}" graph "}}\n"
#define STEP(name, id, from, to, more)                                                                                 \
    "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"" name "\",\"key\":\"app." name  \
    "\",\"id\":\"" id "\",\"time\":{\"startTs\":" from ",\"endTs\":" to "}" more "}}\n"
#define ACTION ",\"kind\":\"action\""
#define ENDED                                                                                                          \
    "{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{\"name\":\"app\",\"key\":\"app\",\"runId\":\"r\","      \
    "\"time\":{\"startTs\":1,\"endTs\":100}},\"status\":\"completed\"}\n"

struct fixture {
    struct log_fixture log;
    struct machine m;
};

static void load_machine(struct fixture *f, struct str log)
{
    const struct selection everything = { .max_depth = -1 };
    load_text(&f->log, log);
    selection_apply(&everything, f->log.runs);
    f->m = machine_of(f->log.runs, &f->log.arena);
}

static const struct machine_state *state_named(const struct machine *m, const char *name)
{
    for (uint32_t i = 0; i < m->state_count; i++)
        if (str_eq(m->states[i].name, str_z(name))) return &m->states[i];
    fail_msg("no state %s", name);
    return NULL;
}

/* The way between two states; NULL when there is none. */
static const struct machine_way *way_between(const struct machine *m, const char *from, const char *to)
{
    for (uint32_t i = 0; i < m->way_count; i++)
        if (&m->states[m->ways[i].from] == state_named(m, from) && &m->states[m->ways[i].to] == state_named(m, to))
            return &m->ways[i];
    return NULL;
}

#define GRAPH                                                                                                          \
    ",\"graph\":{\"entrypoint\":\"ask\",\"actions\":[{\"name\":\"ask\"},{\"name\":\"think\"},{\"name\":\"tell\"},"     \
    "{\"name\":\"give_up\"}],\"transitions\":[{\"from_\":\"ask\",\"to\":\"think\",\"condition\":\"default\"},"         \
    "{\"from_\":\"think\",\"to\":\"tell\",\"condition\":\"sure\"},"                                                    \
    "{\"from_\":\"think\",\"to\":\"tell\",\"condition\":\"out of time\"},"                                             \
    "{\"from\":\"think\",\"to\":\"give_up\"},{\"from_\":\"tell\",\"to\":\"ask\",\"condition\":\"again\"}]}"

static void declared_and_visited(void **state)
{
    (void)state;
    struct fixture f;
    load_machine(&f, S(PIPELINE(GRAPH) STEP("ask", "0", "1", "2", ACTION) STEP("think", "1", "2", "6", ACTION)
                           STEP("tell", "2", "6", "7", ACTION) STEP("ask", "3", "7", "8", ACTION)
                               STEP("think", "4", "8", "10", ACTION ",\"error\":\"no idea\"")
                                   STEP("shrug", "5", "10", "11", ACTION) ENDED));
    assert_true(f.m.evident);
    assert_int_equal(f.m.state_count, 5);
    assert_int_equal(f.m.way_count, 5); /* two conditions of one way; think → shrug is new */
    assert_int_equal(f.m.visits, 6);
    assert_ptr_equal(&f.m.states[f.m.entry], state_named(&f.m, "ask"));
    const struct machine_state *think = state_named(&f.m, "think"), *shrug = state_named(&f.m, "shrug");
    assert_int_equal(think->visits, 2);
    assert_int_equal(think->errors, 1);
    assert_int_equal(think->mean, 3000);
    assert_str(think->step->more->id, "4"); /* the one that failed */
    assert_true(shrug->last && !shrug->declared && think->declared);
    assert_int_equal(state_named(&f.m, "give_up")->visits, 0);
    assert_null(state_named(&f.m, "give_up")->step);
    assert_int_equal(way_between(&f.m, "ask", "think")->count, 2);
    assert_str(way_between(&f.m, "ask", "think")->condition, "");
    assert_str(way_between(&f.m, "think", "tell")->condition, "sure or out of time");
    assert_int_equal(way_between(&f.m, "think", "tell")->count, 1);
    assert_int_equal(way_between(&f.m, "think", "give_up")->count, 0);
    assert_int_equal(way_between(&f.m, "tell", "ask")->count, 1);
    assert_true(!way_between(&f.m, "think", "shrug")->declared);
    assert_null(way_between(&f.m, "shrug", "ask"));
    unload(&f.log);
}

/* Without actions the steps below the root are the states, if they come back to a name one after the other. */
static void inferred_from_the_top_level(void **state)
{
    (void)state;
    static const struct {
        struct str log;
        bool evident;
        uint32_t states, ways;
    } cases[] = {
        { { STEP("a", "1", "1", "2", "") STEP("b", "2", "2", "3", "") STEP("a", "3", "3", "4", "") ENDED, 0 },
          true,
          2,
          2 },
        { { STEP("a", "1", "1", "2", "") STEP("b", "2", "2", "3", "") STEP("c", "3", "3", "4", "") ENDED, 0 },
          false,
          3,
          2 },
        { { STEP("a", "1", "1", "2", "") STEP("a", "2", "2", "3", "") STEP("b", "3", "3", "4", "") ENDED, 0 },
          false,
          2,
          2 },
        { { STEP("a", "1", "1", "9", "") STEP("b", "2", "2", "3", "") STEP("a", "3", "3", "4", "") ENDED, 0 },
          false,
          2,
          2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        load_machine(&f, str_z(cases[i].log.ptr));
        if (f.m.evident != cases[i].evident) fail_msg("case %zu", i);
        assert_int_equal(f.m.state_count, cases[i].states);
        assert_int_equal(f.m.way_count, cases[i].ways);
        unload(&f.log);
    }
}

/* An action within another one does not follow it: what follows either is the one after the outer. */
static void actions_within_actions(void **state)
{
    (void)state;
    struct fixture f;
    load_machine(&f, S(STEP("outer", "1", "1", "5", ACTION) STEP("inner", "2", "2", "3", ACTION ",\"parentId\":\"1\"")
                           STEP("after", "3", "6", "7", ACTION) ENDED));
    assert_null(way_between(&f.m, "outer", "inner"));
    assert_int_equal(way_between(&f.m, "outer", "after")->count, 1);
    assert_int_equal(way_between(&f.m, "inner", "after")->count, 1);
    unload(&f.log);
}

static void odd_graphs(void **state)
{
    (void)state;
    static const char *const graphs[] = {
        ",\"graph\":7",
        ",\"graph\":[]",
        ",\"graph\":{}",
        ",\"graph\":{\"actions\":7,\"transitions\":{\"a\":1},\"entrypoint\":[]}",
        ",\"graph\":{\"actions\":[1,null,{\"name\":3},[]],\"transitions\":[{\"from_\":1,\"to\":2},{\"to\":\"x\"},7]}",
    };
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        struct fixture f;
        char log[1000];
        snprintf(log, sizeof log,
                 "{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{\"name\":\"app\",\"key\":\"app\",\"runId\":"
                 "\"r\",\"time\":{\"startTs\":1}%s}}\n",
                 graphs[i]);
        load_machine(&f, str_z(log));
        assert_int_equal(f.m.state_count, 0);
        assert_true(!f.m.evident && f.m.entry == STATE_NONE);
        unload(&f.log);
    }
}

/* More names than the tables begin with. */
static void many_states(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct fixture f;
    struct buf log = BUF_INIT;
    buf_puts(&log, PIPELINE(""));
    for (int i = 0; i < N; i++)
        buf_printf(
            &log,
            "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"s%d\",\"key\":\"s\","
            "\"id\":%d,\"kind\":\"action\",\"time\":{\"startTs\":%d,\"endTs\":%d}}}\n",
            i % 2500, i, i, i + 1);
    load_machine(&f, buf_str(&log));
    assert_int_equal(f.m.state_count, 2500);
    assert_int_equal(f.m.way_count, 2500);
    for (uint32_t i = 0; i < 2500; i++) assert_int_equal(f.m.ways[i].count, i == 2499 ? 1 : 2);
    for (uint32_t i = 0; i < 2500; i++) assert_int_equal(f.m.states[i].visits, 2);
    buf_free(&log);
    unload(&f.log);
}

/* ---- the drawing ---- */

static const struct graph_options plain = {
    .style = GRAPH_MACHINE, .min_width = 500, .min_height = 300, .max_states = GRAPH_STATES
};

static const struct scene_item *find_text(const struct scene *s, struct str text)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].kind == SCENE_TEXT && str_eq(s->items[i].text, text)) return &s->items[i];
    return NULL;
}

static uint32_t count_items(const struct scene *s, enum scene_kind kind, enum scene_role role)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s->count; i++) count += s->items[i].kind == kind && s->items[i].role == role;
    return count;
}

static void check_inside(const struct scene *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct scene_item *item = &s->items[i];
        double left = item->kind == SCENE_TEXT && item->align == ALIGN_RIGHT ? item->x - item->width : item->x;
        double w = item->kind == SCENE_TEXT ? item->width : item->w, h = item->kind == SCENE_TEXT ? 0 : item->h;
        assert_true(left >= 0 && left + w >= 0 && left <= s->width && left + w <= s->width + 1e-6);
        assert_true(item->y >= 0 && item->y + h >= 0 && item->y + h <= s->height);
    }
}

static void drawn_with_counts_and_conditions(void **state)
{
    (void)state;
    struct fixture f;
    struct scene s;
    load_machine(&f, S(PIPELINE(GRAPH) STEP("ask", "0", "1", "2", ACTION) STEP("think", "1", "2", "6", ACTION)
                           STEP("think", "2", "6", "8", ACTION ",\"error\":\"no idea\"")
                               STEP("tell", "3", "8", "9", ACTION) ENDED));
    struct graph_options o = plain;
    o.machine = &f.m;
    scene_init(&s, &f.log.arena);
    graph_layout(f.log.runs, &o, &s);
    check_inside(&s);
    assert_non_null(find_text(&s, S("2 visits · mean 3 ms")));
    assert_non_null(find_text(&s, S("1 visit · 1 ms · last")));
    assert_int_equal(find_text(&s, S("think"))->role, ROLE_LABEL_ERROR);
    assert_int_equal(find_text(&s, S("1 error"))->role, ROLE_LABEL_ERROR);
    assert_int_equal(find_text(&s, S("give_up"))->role, ROLE_LABEL_MUTED);
    assert_non_null(find_text(&s, S("not visited")));
    assert_non_null(find_text(&s, S("sure or out of time")));
    assert_non_null(find_text(&s, S("×1")));
    /* ask → think → tell, think → think, and the dot's; pale are think → give_up and tell → ask */
    assert_int_equal(count_items(&s, SCENE_ARROW, ROLE_EDGE), 4);
    assert_int_equal(count_items(&s, SCENE_ARROW, ROLE_GUIDE), 2);
    for (size_t i = 0; i < s.count; i++)
        if (s.items[i].role == ROLE_BOX) assert_int_equal(s.items[i].outlined, s.items[i].step == SCENE_NO_STEP);
    scene_free(&s);
    unload(&f.log);
}

/* The mean is of those that ended, which is said. */
static void drawn_with_open_visits(void **state)
{
    (void)state;
    struct fixture f;
    struct scene s;
    load_machine(&f,
                 S(PIPELINE("") STEP("think", "0", "1", "3", ACTION) STEP(
                     "think", "1", "3", "7",
                     ACTION) "{\"type\":\"step\",\"operation\":\"start\",\"runId\":\"r\",\"step\":{\"name\":\"think\","
                             "\"key\":\"think\",\"id\":2,\"kind\":\"action\",\"time\":{\"startTs\":7}}}\n"));
    struct graph_options o = plain;
    o.machine = &f.m;
    scene_init(&s, &f.log.arena);
    graph_layout(f.log.runs, &o, &s);
    assert_non_null(find_text(&s, S("3 visits · mean 3 ms of 2 ended · last")));
    scene_free(&s);
    unload(&f.log);
}

static void drawn_with_what_fits(void **state)
{
    (void)state;
    struct fixture f;
    struct scene s;
    struct buf log = BUF_INIT;
    buf_puts(&log, PIPELINE(""));
    for (int i = 0; i < 600; i++)
        buf_printf(
            &log,
            "{\"type\":\"step\",\"operation\":\"finish\",\"runId\":\"r\",\"step\":{\"name\":\"s%d\",\"key\":\"s\","
            "\"id\":%d,\"kind\":\"action\",\"time\":{\"startTs\":%d,\"endTs\":%d}%s}}\n",
            i < 400 ? i : 399, i, i, i + 1, i == 390 ? ",\"error\":\"x\"" : "");
    load_machine(&f, buf_str(&log));
    struct graph_options o = plain;
    o.machine = &f.m;
    o.max_states = 30;
    scene_init(&s, &f.log.arena);
    graph_layout(f.log.runs, &o, &s);
    check_inside(&s);
    assert_int_equal(count_items(&s, SCENE_RECT, ROLE_BOX), 30);
    assert_non_null(find_text(&s, S("s0"))); /* the entry point */
    assert_non_null(find_text(&s, S("s390")));
    assert_non_null(find_text(&s, S("s399")));
    assert_non_null(find_text(&s, S("+ 370 states not drawn, with 370 visits: shown are those that failed, then those "
                                    "visited most.")));
    scene_free(&s);
    o.max_states = 0; /* all, but for what the side leaves room for */
    o.max_side = 3000;
    scene_init(&s, &f.log.arena);
    graph_layout(f.log.runs, &o, &s);
    check_inside(&s);
    assert_true(s.width <= 3000 && s.height <= 3000 && count_items(&s, SCENE_RECT, ROLE_BOX) > 10);
    scene_free(&s);
    buf_free(&log);
    unload(&f.log);
}

static void drawn_without_states(void **state)
{
    (void)state;
    struct fixture f;
    struct scene s;
    load_machine(&f, S(PIPELINE("") ENDED));
    struct graph_options o = plain;
    o.machine = &f.m;
    scene_init(&s, &f.log.arena);
    graph_layout(f.log.runs, &o, &s);
    assert_non_null(find_text(&s, S("No states to show.")));
    scene_free(&s);
    unload(&f.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_and_visited),
        cmocka_unit_test(inferred_from_the_top_level),
        cmocka_unit_test(actions_within_actions),
        cmocka_unit_test(odd_graphs),
        cmocka_unit_test(many_states),
        cmocka_unit_test(drawn_with_counts_and_conditions),
        cmocka_unit_test(drawn_with_open_visits),
        cmocka_unit_test(drawn_with_what_fits),
        cmocka_unit_test(drawn_without_states),
    };
    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
