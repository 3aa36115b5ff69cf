/* SPDX-License-Identifier: MIT
 *
 * `scene_dump LOG`: the Gantt chart and the graphs of each run as text, as layout hands them to the writers. What
 * a golden says about rectangles and texts before any ink.
 */
#include "input/reader.h"
#include "layout/gantt.h"
#include "layout/graph.h"
#include "model/build.h"
#include "model/select.h"

#include <stdio.h>

static void on_event(void *context, struct event *event) { builder_event(context, event); }

static void on_problem(void *context, struct str source, uint64_t line, uint64_t column, const char *what)
{
    (void)context;
    fprintf(stderr, "%.*s:%llu:%llu: %s\n", STR_ARG(source), (unsigned long long)line, (unsigned long long)column,
            what);
}

static void dump(struct run *run)
{
    struct buf out = BUF_INIT;
    struct arena arena = { 0 };
    struct scene scene;
    struct analysis *analysis = analysis_begin(run);
    const struct error_lines errors = error_lines_read(run, &arena);
    for (int style = GANTT_FULL; style <= GANTT_MINI; style++) {
        const struct gantt_options gantt = { .analysis = analysis,
                                             .errors = &errors,
                                             .style = (enum gantt_style)style,
                                             .min_width = 500,
                                             .min_height = 300,
                                             .max_side = PICTURE_SIDE_MAX,
                                             .max_rows = 200 };
        buf_puts(&out, style == GANTT_FULL ? "== gantt\n" : "== gantt mini\n");
        scene_init(&scene, &arena);
        gantt_layout(run, &gantt, &scene);
        scene_dump(&scene, &out);
        scene_free(&scene);
    }

    struct machine machine = machine_of(run, &arena);
    for (int style = GRAPH_TREE; style <= GRAPH_MACHINE; style++) {
        static const char *const names[] = { "graph", "flow", "states" };
        const struct graph_options graph = { .style = (enum graph_style)style,
                                             .min_width = 500,
                                             .min_height = 300,
                                             .max_side = PICTURE_SIDE_MAX,
                                             .max_boxes = GRAPH_BOXES,
                                             .fold_over = GRAPH_FOLD_OVER,
                                             .max_states = GRAPH_STATES,
                                             .machine = &machine };
        buf_printf(&out, "== %s\n", names[style]);
        scene_init(&scene, &arena);
        graph_layout(run, &graph, &scene);
        scene_dump(&scene, &out);
        scene_free(&scene);
    }

    analysis_free(analysis);
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: scene_dump LOG\n", stderr);
        return 2;
    }
    struct arena arena = { 0 };
    struct sources sources = SOURCES_INIT;
    struct err e = { 0 };
    struct builder *builder = builder_new(&sources, &arena);
    const struct reader reader = { .context = builder, .event = on_event, .problem = on_problem };
    bool good = sources_open(&sources, argv[1], &e) && reader_run(&reader, &sources, 0, &e);
    struct run *runs = builder_finish(builder);
    if (!good) fprintf(stderr, "%s: %s\n", e.file, e.text);

    const struct selection everything = { .max_depth = -1 };
    for (struct run *run = runs; good && run; run = run->next) {
        selection_apply(&everything, run);
        dump(run);
    }
    sources_close(&sources);
    arena_free(&arena);
    return good && runs && fflush(stdout) == 0 ? 0 : 1;
}
