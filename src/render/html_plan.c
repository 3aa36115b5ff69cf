/* SPDX-License-Identifier: MIT
 *
 * What of a run gets into the page, decided before a byte is written, from counts and lengths alone: no payload is
 * read here.
 */
#include "render/html.h"

#include <stdlib.h>

/* What a payload costs beyond its bytes: the markup around it. Keeps a page of a million one-byte records small. */
enum { PAYLOAD_MARKUP = 64 };

static uint64_t cost(struct payload p, uint64_t max)
{
    return payload_present(p) ? (p.length < max ? p.length : max) + PAYLOAD_MARKUP : 0;
}

static uint64_t error_bytes(const struct step *step, uint64_t max)
{
    return cost(step->error, max) + cost(step->more->trace, max);
}

/* All records of a step as one object are not cut, but each of them: that object counts in full. */
static uint64_t payload_bytes(const struct run *run, const struct step *step, uint64_t max)
{
    const struct step_more *more = step->more;
    uint64_t sum = cost(step->result, max) + cost(more->inputs, max) + cost(more->handled_errors, max) +
                   cost(more->usage_field, max) + cost(more->state, max);
    for (const struct record *r = step->records; r; r = r->next) sum += cost(r->data, r->key.ptr ? max : UINT64_MAX);
    for (const struct log_entry *l = more->logs; l; l = l->next) sum += cost(l->message, max);
    for (const struct extra *x = more->extras; x; x = x->next) sum += cost(x->data, max);
    if (step != run->root) return sum;
    for (const struct extra *x = run->extras; x; x = x->next) sum += cost(x->data, max);
    return sum + cost(run->args, max) + cost(run->tags, max) + cost(run->host, max) + cost(run->graph, max);
}

/* Lists the visible steps, with what the choices need of each: a run's steps lie scattered in memory, one visit is
 * cheaper than four. Positions of all steps are kept while walking: a parent comes before its children. */
static void list_visible(const struct run *run, uint32_t max_static, struct arena *arena, struct html_plan *plan)
{
    uint32_t *position = malloc((run->step_count + (size_t)1) * sizeof *position);
    if (!position) arena_exhausted(run->step_count * sizeof *position);
    plan->steps = arena_alloc(arena, run->step_count, sizeof *plan->steps);
    plan->parent = ARENA_ARRAY(arena, uint32_t, run->step_count);
    plan->depth = ARENA_ARRAY(arena, uint32_t, run->step_count);
    plan->flags = ARENA_ARRAY(arena, unsigned char, run->step_count);
    plan->error_bytes = ARENA_ARRAY(arena, uint64_t, run->step_count);
    plan->payload_bytes = ARENA_ARRAY(arena, uint64_t, run->step_count);
    for (uint32_t i = 0; i < run->step_count; i++) {
        const struct step *step = run->steps[i];
        uint32_t up = step->parent ? position[step->parent->index] : PLAN_NO_PARENT;
        position[i] = up; /* a hidden step stands for its parent */
        if (step->hidden) continue;
        uint32_t at = plan->count++;
        position[i] = at;
        plan->steps[at] = step;
        plan->parent[at] = up;
        plan->depth[at] = up == PLAN_NO_PARENT ? 0 : plan->depth[up] + 1;
        plan->error_bytes[at] = error_bytes(step, plan->max_data);
        plan->payload_bytes[at] = payload_bytes(run, step, plan->max_data);
        if (step->rank >= max_static) continue;
        plan->flags[at] = PLAN_STATIC;
        plan->static_count++;
    }
    free(position);
}

/* Gives each row its `bytes` when the budget still holds them. */
static void hand_out(struct html_plan *plan, unsigned flag, uint64_t *budget)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        if (!(plan->flags[i] & PLAN_STATIC)) continue;
        uint64_t bytes = (flag == PLAN_ERROR ? plan->error_bytes : plan->payload_bytes)[i];
        if (bytes <= *budget) {
            *budget -= bytes;
            plan->flags[i] |= (unsigned char)flag;
        } else plan->left_out_bytes += bytes;
    }
}

void html_plan_make(const struct run *run, uint32_t max_static, uint64_t max_payload, uint64_t max_data,
                    struct arena *arena, struct html_plan *plan)
{
    *plan = (struct html_plan){ .run = run, .max_data = max_data };
    list_visible(run, max_static, arena, plan);
    uint64_t budget = max_payload;
    hand_out(plan, PLAN_ERROR, &budget);
    hand_out(plan, PLAN_PAYLOADS, &budget);
    const unsigned whole = PLAN_STATIC | PLAN_ERROR | PLAN_PAYLOADS;
    for (uint32_t i = 0; i < plan->count; i++)
        plan->left_out_steps += (plan->flags[i] & PLAN_STATIC) && (plan->flags[i] & whole) != whole;
}
