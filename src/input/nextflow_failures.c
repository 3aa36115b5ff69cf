/* SPDX-License-Identifier: MIT */
#include "input/nextflow_failures.h"

#include "base/arena.h"

#include <stdlib.h>

enum { FIRST_SIZE = 64 };

static struct nextflow_failure *find(const struct nextflow_failures *all, uint64_t hash)
{
    size_t i = hash & (all->size - 1);
    while (all->table[i].hash && all->table[i].hash != hash) i = (i + 1) & (all->size - 1);
    return &all->table[i];
}

static void grow(struct nextflow_failures *all)
{
    struct nextflow_failures larger = { .count = all->count, .size = all->size ? all->size * 2 : FIRST_SIZE };
    larger.table = array_grow(NULL, &(size_t){ 0 }, larger.size, sizeof *larger.table);
    memset(larger.table, 0, larger.size * sizeof *larger.table);
    for (size_t i = 0; i < all->size; i++)
        if (all->table[i].hash) *find(&larger, all->table[i].hash) = all->table[i];
    free(all->table);
    *all = larger;
}

struct nextflow_failure *nextflow_failure_of(struct nextflow_failures *all, struct str name, bool add)
{
    if (!all->count && !add) return NULL;
    if (add && all->count * 2 >= all->size) grow(all);
    uint64_t hash = str_hash(name, 1);
    if (!hash) hash = 1;
    struct nextflow_failure *f = find(all, hash);
    if (!f->hash && !add) return NULL;
    all->count += f->hash == 0;
    f->hash = hash;
    return f;
}

void nextflow_failures_clear(struct nextflow_failures *all)
{
    all->count = 0;
    if (all->size) memset(all->table, 0, all->size * sizeof *all->table);
}

void nextflow_failures_free(struct nextflow_failures *all) { free(all->table); }
