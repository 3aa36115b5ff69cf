/* SPDX-License-Identifier: MIT
 *
 * Writes a log like PipeLens's for measuring: `generate STEPS [SEED]`, one run of STEPS steps on standard output, about
 * 1 KB a step: a start line, a finish line with records, and the step's place in the pipeline's finish line.
 * Same arguments, same bytes.
 *
 * The tree is filled breadth first, so that the children of a step stand side by side and after it:
 *
 *     steps:  0 | 1 2 3 | 4 5 6 7 8 | 9 …      0 has 1..3, 1 has 4..8, 2 has none, 3 has 9…
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST_CHILDREN = 3, MOST_CHILDREN = 12, NAMES = 24, STEPS_MAX = 10000000 };
enum { OVERHEAD_US = 40 };                      /* between two events of one thread */
#define RUN_STARTS_US INT64_C(1767225600000000) /* 2026-01-01 00:00 UTC */

struct node {
    uint32_t parent, first_child, child_count;
    uint32_t number;         /* among its siblings, from 0 */
    uint32_t name;           /* index into names */
    bool parallel;           /* its children run at the same time */
    int64_t start, duration; /* µs */
};

struct moment {
    int64_t at;
    uint32_t node;
    bool finish;
};

static const char *const names[NAMES] = {
    "load_config",  "fetch",   "parse",    "split",     "embed",     "retrieve",  "rerank",   "plan",
    "call_model",   "extract", "validate", "normalize", "join",      "summarize", "classify", "score",
    "write_output", "notify",  "dedupe",   "tokenize",  "translate", "render",    "upload",   "clean_up",
};

static const char *const phrases[] = {
    "the quarterly report of the northern region",
    "how do I rotate the signing keys?",
    "Größe und Gewicht der Lieferung \\u2014 geprüft",
    "select * from orders where state = \\\"open\\\"",
    "第三章 数据流水线的可观测性",
    "GET /v1/items?page=7&size=50 → 200",
    "C:\\\\data\\\\in\\\\2026-01-01.csv",
    "a short note",
    "retrieved from cache, revalidated after 304",
    "naïve café, 100 % of the budget",
};

static const char *const errors[] = {
    "TimeoutError: no answer after 30000 ms",
    "ECONNRESET: connection reset by peer",
    "ValidationError: field \\\"price\\\" must be a number",
    "HTTP 503 Service Unavailable",
};

static const char run_id[] = "7d1f2c3a-0000-4000-8000-00000000bead";

/* splitmix64: small, and the same everywhere. */
static uint64_t random_state;

static uint64_t next_random(void)
{
    uint64_t z = (random_state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t below(uint32_t limit) { return (uint32_t)(next_random() % limit); }

/* A hash of a node, for what has to come out the same each time the node is written. */
static uint64_t node_random(uint32_t node, uint32_t purpose)
{
    uint64_t saved = random_state;
    random_state = ((uint64_t)node << 8 | purpose) * UINT64_C(0xD1342543DE82EF95);
    uint64_t r = next_random();
    random_state = saved;
    return r;
}

static void grow_tree(struct node *nodes, uint32_t count)
{
    uint32_t made = 1;
    for (uint32_t at = 0; made < count; at++) {
        bool last_chance = at + 1 == made;
        if (!last_chance && at > 0 && below(10) < 4) continue;
        struct node *n = &nodes[at];
        uint32_t wanted = FEWEST_CHILDREN + below(MOST_CHILDREN - FEWEST_CHILDREN + 1);
        n->child_count = wanted < count - made ? wanted : count - made;
        n->first_child = made;
        n->parallel = below(3) == 0;
        uint32_t first_name = below(NAMES);
        for (uint32_t i = 0; i < n->child_count; i++) {
            uint32_t name = n->parallel ? first_name : (first_name + i) % NAMES;
            nodes[made++] = (struct node){ .parent = at, .number = i, .name = name };
        }
    }
}

/* Durations from the leaves up (children stand behind their parents), then starts from the root down. */
static void set_times(struct node *nodes, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        struct node *n = &nodes[i];
        n->duration = OVERHEAD_US;
        if (n->child_count == 0) n->duration += (int64_t)(1000 + next_random() % 9000) << below(9);
        for (uint32_t c = 0; c < n->child_count; c++) {
            int64_t of_child = nodes[n->first_child + c].duration + OVERHEAD_US;
            if (!n->parallel) n->duration += of_child;
            else if (n->duration < of_child + OVERHEAD_US * (c + 1)) n->duration = of_child + OVERHEAD_US * (c + 1);
        }
        n->duration += OVERHEAD_US;
    }
    nodes[0].start = RUN_STARTS_US;
    for (uint32_t i = 0; i < count; i++) {
        int64_t at = nodes[i].start + OVERHEAD_US;
        for (uint32_t c = 0; c < nodes[i].child_count; c++) {
            struct node *child = &nodes[nodes[i].first_child + c];
            child->start = at;
            at += OVERHEAD_US + (nodes[i].parallel ? 0 : child->duration);
        }
    }
}

static void put_name(const struct node *nodes, uint32_t i)
{
    if (i == 0) fputs("bench", stdout);
    else if (nodes[nodes[i].parent].parallel) printf("%s_%" PRIu32, names[nodes[i].name], nodes[i].number + 1);
    else fputs(names[nodes[i].name], stdout);
}

static void put_key(const struct node *nodes, uint32_t i)
{
    uint32_t path[64];
    size_t depth = 0;
    for (uint32_t at = i; at != 0 && depth < sizeof path / sizeof *path; at = nodes[at].parent) path[depth++] = at;
    fputs("bench", stdout);
    while (depth-- > 0) {
        putchar('.');
        put_name(nodes, path[depth]);
    }
}

static void put_records(uint32_t i)
{
    uint64_t r = node_random(i, 1);
    const char *phrase = phrases[r % (sizeof phrases / sizeof *phrases)];
    fputs("\"records\":{", stdout);
    printf("\"input\":\"%s\",\"items\":%u", phrase, (unsigned)(r >> 8 & 0xFFF));
    if (r >> 56 & 3) printf(",\"output\":\"%s\"", phrases[(r >> 58) % (sizeof phrases / sizeof *phrases)]);
    if (r >> 20 & 1) printf(",\"score\":0.%04u", (unsigned)(r >> 24 & 0x1FFF));
    if (r >> 21 & 1) {
        printf(",\"source\":{\"id\":%" PRIu64 ",\"tags\":[\"a%u\",\"b%u\"],\"fresh\":%s}", node_random(i, 2) >> 11,
               (unsigned)(r >> 40 & 0xFF), (unsigned)(r >> 48 & 0xFF), r >> 22 & 1 ? "true" : "false");
    }
    putchar('}');
}

/* The step as a finish line and the pipeline's finish hold it, or as a start line does. */
static void put_step(const struct node *nodes, uint32_t i, bool finished)
{
    const struct node *n = &nodes[i];
    int64_t start_ms = n->start / 1000, end_ms = (n->start + n->duration) / 1000;
    fputs("\"name\":\"", stdout);
    put_name(nodes, i);
    fputs("\",\"key\":\"", stdout);
    put_key(nodes, i);
    printf("\",\"time\":{\"startTs\":%" PRId64, start_ms);
    if (!finished) {
        fputs("},\"records\":{}", stdout);
        return;
    }
    printf(",\"endTs\":%" PRId64 ",\"timeUsageMs\":%" PRId64 "},", end_ms, end_ms - start_ms);
    put_records(i);
    uint64_t r = node_random(i, 3);
    if (n->child_count == 0 && r % 400 == 0) printf(",\"error\":\"%s\"", errors[r >> 20 & 3]);
    else if (n->child_count == 0 && r & 1)
        printf(",\"result\":{\"count\":%u,\"status\":\"done\"}", (unsigned)(r >> 32 & 0x3FF));
}

static void put_meta_end(void) { printf(",\"logVersion\":1,\"runId\":\"%s\",\"steps\":[", run_id); }

/* All steps in pre-order, as the pipeline's finish lists them. */
static void put_all_steps(const struct node *nodes, uint32_t *stack)
{
    size_t depth = 0;
    stack[depth++] = 0;
    while (depth > 0) {
        uint32_t i = stack[--depth];
        fputs(i == 0 ? "{" : ",{", stdout);
        put_step(nodes, i, true);
        putchar('}');
        for (uint32_t c = nodes[i].child_count; c-- > 0;) stack[depth++] = nodes[i].first_child + c;
    }
}

static int by_time(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->finish != b->finish) return a->finish ? 1 : -1;
    if (a->node == b->node) return 0;
    return (a->node < b->node) == a->finish ? 1 : -1; /* parents start first and finish last */
}

static void put_log(const struct node *nodes, uint32_t count, struct moment *moments, uint32_t *stack)
{
    for (uint32_t i = 0; i < count; i++) {
        moments[2 * (size_t)i] = (struct moment){ nodes[i].start, i, false };
        moments[2 * (size_t)i + 1] = (struct moment){ nodes[i].start + nodes[i].duration, i, true };
    }
    qsort(moments, 2 * (size_t)count, sizeof *moments, by_time);

    fputs("{\"type\":\"pipeline\",\"operation\":\"start\",\"meta\":{", stdout);
    put_step(nodes, 0, false);
    put_meta_end();
    fputs("]}}\n", stdout);
    for (size_t m = 0; m < 2 * (size_t)count; m++) {
        printf("{\"type\":\"step\",\"operation\":\"%s\",\"runId\":\"%s\",\"step\":{",
               moments[m].finish ? "finish" : "start", run_id);
        put_step(nodes, moments[m].node, moments[m].finish);
        fputs("}}\n", stdout);
    }
    fputs("{\"type\":\"pipeline\",\"operation\":\"finish\",\"meta\":{", stdout);
    put_step(nodes, 0, true);
    put_meta_end();
    put_all_steps(nodes, stack);
    fputs("]},\"status\":\"completed\"}\n", stdout);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc > 1 ? strtoul(argv[1], &end, 10) : 0;
    if (argc < 2 || argc > 3 || *end || count < 1 || count > STEPS_MAX) {
        fprintf(stderr, "usage: generate STEPS [SEED]    STEPS: 1 to %d\n", STEPS_MAX);
        return 2;
    }
    random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

    struct node *nodes = calloc(count, sizeof *nodes);
    struct moment *moments = calloc(2 * count, sizeof *moments);
    uint32_t *stack = calloc(count + MOST_CHILDREN, sizeof *stack);
    if (!nodes || !moments || !stack) {
        fputs("generate: memory is exhausted\n", stderr);
        return 1;
    }
    grow_tree(nodes, (uint32_t)count);
    set_times(nodes, (uint32_t)count);
    put_log(nodes, (uint32_t)count, moments, stack);
    free(stack);
    free(moments);
    free(nodes);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
