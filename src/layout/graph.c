/* SPDX-License-Identifier: MIT */
#include "layout/graph.h"

#include "layout/sheet.h"

void graph_layout(const struct run *run, const struct graph_options *o, struct scene *s)
{
    struct arena scratch = { 0 };
    struct sheet sheet = { .run = run, .o = o, .s = s, .scratch = &scratch };
    switch (o->style) {
    case GRAPH_TREE: tree_draw(&sheet); break;
    case GRAPH_FLOW: flow_draw(&sheet); break;
    case GRAPH_MACHINE: states_draw(&sheet); break;
    }
    arena_free(&scratch);
}
