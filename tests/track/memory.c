/* SPDX-License-Identifier: MIT
 *
 * Memory that is short: each call of malloc fails once, and from each on all. Nothing aborts, prints, leaks or tears a
 * line. This program is linked with --wrap=malloc,calloc,realloc,free, which puts the functions below between the
 * library and the C library.
 */
#include "cases.h"

#include <pthread.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *block);

/* ---- an allocator that fails when it is told to, and knows what is in use ---- */

enum { BLOCKS_MAX = 1 << 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *blocks[BLOCKS_MAX]; /* in use; a block is searched for from where its address says */
static size_t in_use, allocations;
static bool watching, for_good;
static size_t failing; /* the allocation that fails, from 1 */

static size_t place_of(const void *block) { return ((uintptr_t)block >> 4) * 2654435761u % BLOCKS_MAX; }

static bool fails(void)
{
    if (!watching) return false;
    allocations++;
    return allocations == failing || (for_good && allocations > failing);
}

static void *note(void *block)
{
    if (!watching || !block) return block;
    size_t at = place_of(block);
    while (blocks[at]) at = (at + 1) % BLOCKS_MAX;
    blocks[at] = block;
    in_use++;
    return block;
}

/* A hole would end the search for those behind it, so these are put in anew. Blocks of others are not known. */
static void forget(void *block)
{
    size_t at = place_of(block);
    while (blocks[at] && blocks[at] != block) at = (at + 1) % BLOCKS_MAX;
    if (!block || !blocks[at]) return;
    blocks[at] = NULL;
    in_use--;
    for (at = (at + 1) % BLOCKS_MAX; blocks[at]; at = (at + 1) % BLOCKS_MAX) {
        void *moved = blocks[at];
        blocks[at] = NULL;
        size_t to = place_of(moved);
        while (blocks[to]) to = (to + 1) % BLOCKS_MAX;
        blocks[to] = moved;
    }
}

void *__wrap_malloc(size_t size)
{
    pthread_mutex_lock(&lock);
    void *block = fails() ? NULL : note(__real_malloc(size));
    pthread_mutex_unlock(&lock);
    return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
    pthread_mutex_lock(&lock);
    void *block = fails() ? NULL : note(__real_calloc(count, size));
    pthread_mutex_unlock(&lock);
    return block;
}

/* Always moves, so that whoever keeps the old address is found out. */
void *__wrap_realloc(void *old, size_t size)
{
    pthread_mutex_lock(&lock);
    void *block = NULL;
    if (!fails() && (block = __real_realloc(old, size))) {
        forget(old);
        note(block);
    }
    pthread_mutex_unlock(&lock);
    return block;
}

void __wrap_free(void *block)
{
    pthread_mutex_lock(&lock);
    forget(block);
    __real_free(block);
    pthread_mutex_unlock(&lock);
}

/* ---- everything that a program may do ---- */

struct outcome {
    size_t refused; /* calls on the run that were short of memory */
    size_t told;    /* by on_error */
};

static void take(struct outcome *o, int error)
{
    if (error) expect_int(error, ENOMEM);
    o->refused += error != 0;
}

static void take_error(struct pipelens_run *run, int error, const char *what, void *user)
{
    struct outcome *o = user;
    (void)run;
    expect_int(error, ENOMEM);
    expect(what && *what);
    o->told++;
}

static void ignore_notice(const struct pipelens_notice *notice, void *user) { (void)notice, (void)user; }

static int do_nothing(struct pipelens_step *step, void *user)
{
    (void)step, (void)user;
    return 3;
}

static void tell(struct pipelens_step *step, struct outcome *o)
{
    static char large[5000];
    struct pipelens_usage usage;
    memset(large, 'x', sizeof large - 1);
    take(o, pipelens_step_record(step, "large", pipelens_string(large)));
    take(o, pipelens_step_record(step, "large", pipelens_int(1)));
    for (char key[2] = "a"; key[0] < 'k'; key[0]++) take(o, pipelens_step_record(step, key, pipelens_double(0.1)));
    take(o, pipelens_step_record(step, "bytes", pipelens_bytes(large, 300)));
    take(o, pipelens_step_record(step, "file", pipelens_file("/proc/self/status", 2000)));
    take(o, pipelens_step_set_result(step, pipelens_json("{\"a\": [1, 2, 3]}")));
    take(o, pipelens_step_set_result(step, pipelens_string(large)));
    take(o, pipelens_step_set_state(step, pipelens_json("{}")));
    take(o, pipelens_step_set_status(step, PIPELENS_STATUS_CACHED));
    take(o, pipelens_step_fail(step, "Error", "%s", large));
    take(o, pipelens_step_set_trace(step, "trace"));
    take(o, pipelens_step_handled(step, "Error", "handled"));
    take(o, pipelens_step_log(step, PIPELENS_INFO, "%s", large));
    take(o, pipelens_step_link(step, "run", "step", PIPELENS_FOLLOWS));
    take(o, pipelens_step_refer(step, "run/step", PIPELENS_SPAWNED));
    take(o, pipelens_llm_track(step, "{\"id\":\"i\",\"model\":\"m\\n\",\"usage\":{\"total_tokens\":3}}"));
    take(o, pipelens_llm_track(step, "{\"id\":\"i\",\"model\":\"m\\n\",\"usage\":{\"total_tokens\":4}}"));
    int error = pipelens_step_usage(step, "m\n", &usage);
    expect(error == 0 || error == ENOENT || error == ENOMEM);
}

/* With memory enough: is it JSON? The library's own check says so, which has tests of its own. */
static void expect_json(const char *text)
{
    struct pipelens_run *judge;
    struct pipelens_options options = { .name = "judge", .write = PIPELENS_OFF };
    watching = false;
    need(pipelens_run_new(&options, &judge) == 0);
    if (!expect_int(pipelens_step_set_result(pipelens_run_root(judge), pipelens_json(text)), 0))
        dprintf(complaints, "  allocation %zu failed: %s\n", failing, text);
    expect_int(pipelens_run_free(judge), 0);
    watching = true;
}

static void expect_good_outputs(struct pipelens_step *step)
{
    watching = false;
    char *nested = pipelens_step_output_new(step, PIPELENS_NESTED, NULL);
    expect_json(nested);
    watching = false;
    free(nested);
    watching = true;
}

static void ask(struct pipelens_step *step)
{
    char small[4];
    free(pipelens_step_reference(step));
    free(pipelens_step_environment(step));
    free(pipelens_step_output_new(step, PIPELENS_NESTED, NULL));
    free(pipelens_step_output_new(step, PIPELENS_PIPELINE_META, NULL));
    free(pipelens_step_output_new(step, PIPELENS_USAGE, NULL));
    int error = pipelens_step_output(step, PIPELENS_FLATTENED, small, sizeof small, NULL);
    expect(error == ENOBUFS || error == ENOMEM);
}

static struct pipelens_run *new_run(struct pipelens_transport *transport, enum pipelens_write write, struct outcome *o)
{
    static const struct pipelens_tag tags[] = { { "k", "v" } };
    struct pipelens_run *run;
    struct pipelens_options options = { .name = "memory",
                                        .args = "[1]",
                                        .tags = tags,
                                        .tag_count = 1,
                                        .write = write,
                                        .parent_run = "p",
                                        .on_error = take_error,
                                        .on_error_user = o,
                                        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    if (transport) options.transport = transport;
    else options.log = "memory.log";
    int error = pipelens_run_new(&options, &run);
    expect(run ? error == 0 : error == ENOMEM);
    return run;
}

/* A run whose transport may be missing; it is used all the same. */
static void use_run(struct pipelens_run *run, struct outcome *o)
{
    uint64_t id = 0;
    if (!run) return;
    struct pipelens_step *root = pipelens_run_root(run);
    take(o, pipelens_run_add_action(run, "a"));
    take(o, pipelens_run_add_transition(run, "a", "b", "c"));
    take(o, pipelens_run_set_entrypoint(run, "a"));
    take(o, pipelens_run_start(run));
    take(o, pipelens_step_listen(root, PIPELENS_STEP_ALL, ignore_notice, NULL, NULL, &id));
    {
        PIPELENS_STEP(scope, "scope");
        pipelens_step_begin_with(scope, "with", "kind", pipelens_json("{\"in\": 1}"));
        if (pipelens_begin("by name")) take(o, pipelens_end("by name"));
        expect_int(pipelens_step_track(scope, "callback", do_nothing, NULL), 3);
    }
    struct pipelens_step *step = pipelens_step_begin(root, "step");
    if (step) tell(step, o);
    ask(root);
    expect_good_outputs(root);
    if (step) take(o, pipelens_step_end(step));
    if (id) expect_int(pipelens_unlisten(run, id), 0);
    take(o, pipelens_run_finish(run));
    expect(pipelens_run_errors(run) >= o->refused);
    expect_int(pipelens_run_errors(run), o->told);
    int error = pipelens_run_free(run);
    expect(error == 0 || error == ENOMEM);
}

static void join_run(struct pipelens_transport *transport)
{
    struct pipelens_run *run;
    struct pipelens_options options = { .run_id = "r", .transport = transport };
    int error = pipelens_run_join(&options, "a step id that is longer than sixteen", "a.key", &run);
    expect(run ? error == 0 : error == ENOMEM);
    if (run) pipelens_run_free(run);
}

static void use_memory_transport(enum pipelens_write write)
{
    struct outcome o = { 0, 0 };
    struct pipelens_transport *memory;
    int error = pipelens_transport_memory(&memory);
    expect(memory ? error == 0 : error == ENOMEM);
    if (!memory) return;
    use_run(new_run(memory, write, &o), &o);
    join_run(memory);
    char *text = pipelens_transport_take(memory, NULL);
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');
        if (!expect(end != NULL)) break;
        *end = '\0';
        if (line_is_whole(line)) expect_json(line);
        else expect_text(line, "a whole line");
        line = end + 1;
    }
    free(text);
    expect_int(pipelens_transport_close(memory), 0);
}

/* A buffered file, a buffered descriptor with a thread, and a console behind a fan-out. */
static void use_other_transports(void)
{
    struct outcome o = { 0, 0 };
    struct pipelens_buffering by_size = { .flush_bytes = 3000 }, by_time = { .flush_ms = 5 };
    struct pipelens_transport *all[3] = { NULL }, *fan_out = NULL;
    int fd = open("descriptor.log", O_WRONLY | O_CREAT | O_APPEND, 0666);
    need(fd >= 0);
    int errors[] = { pipelens_transport_file("file.log", &by_size, &all[0]),
                     pipelens_transport_fd(fd, &by_time, &all[1]), pipelens_transport_console(fd, &all[2]) };
    for (size_t i = 0; i < LENGTH(errors); i++) expect(all[i] ? errors[i] == 0 : errors[i] == ENOMEM);
    if (all[0] && all[1] && all[2]) {
        int error = pipelens_transport_fan_out(all, LENGTH(all), &fan_out);
        expect(fan_out ? error == 0 : error == ENOMEM);
    }
    if (fan_out) use_run(new_run(fan_out, PIPELENS_REAL_TIME, &o), &o);
    int error = fan_out ? pipelens_transport_close(fan_out) : 0;
    expect(error == 0 || error == ENOMEM || error == ENOBUFS); /* lines for which there was no memory are lost */
    for (size_t i = 0; !fan_out && i < LENGTH(all); i++)
        if (all[i]) pipelens_transport_close(all[i]);
    close(fd);
}

static void use_log(void)
{
    struct outcome o = { 0, 0 };
    use_run(new_run(NULL, PIPELENS_REAL_TIME, &o), &o);
}

static void at_once(void) { use_memory_transport(PIPELENS_REAL_TIME); }
static void at_finish(void) { use_memory_transport(PIPELENS_FINISH); }

/* Runs it until no allocation is left that could fail. */
static void fail_each(void (*use)(void))
{
    for (int both = 0; both < 2; both++) {
        for (failing = 1;; failing++) {
            for_good = both;
            allocations = 0;
            watching = true;
            use();
            watching = false;
            if (!expect_int(in_use, 0)) dprintf(complaints, "  allocation %zu failed\n", failing);
            unlink("memory.log");
            if (allocations < failing || atomic_load(failures)) break;
        }
        expect(failing > 50 || atomic_load(failures));
    }
}

static void real_time(void) { fail_each(at_once); }
static void finish(void) { fail_each(at_finish); }
static void transports(void) { fail_each(use_other_transports); }
static void file(void) { fail_each(use_log); }

static const struct test_case cases[] = {
    { "real_time", "each allocation fails, a run that writes at once", real_time },
    { "finish", "each allocation fails, a run that writes at its finish", finish },
    { "transports", "each allocation fails, buffers, a console, a fan-out", transports },
    { "file", "each allocation fails, a run with a log of its own", file },
};

int main(int argc, char **argv) { return test_main(argc, argv, cases, LENGTH(cases)); }
