/* SPDX-License-Identifier: MIT */
#include "cli/pages.h"

#include "layout/gantt.h"

/* "out/gantt.png" to "out/gantt-2.png". */
static const char *page_path(const char *path, uint32_t page, struct arena *arena)
{
    struct str whole = str_z(path);
    size_t dot = str_rfind(whole, '.'); /* there is one: a picture's name ends in .png, .svg or .pdf */
    return arena_format(arena, "%.*s-%lu%s", STR_ARG(str_first(whole, dot)), (unsigned long)page, path + dot).ptr;
}

static uint32_t divide(const struct rows *all, uint32_t room, struct rows *ret_pages, struct arena *arena)
{
    uint32_t count = 0;
    for (uint32_t next = 0; next < all->count;) ret_pages[count++] = rows_page(all, next, room, arena, &next);
    return count;
}

struct gantt_pages pages_of(const struct writing *w, const char *path, struct arena *arena)
{
    const struct options *o = w->o;
    struct gantt_pages pages = { 0 };
    if (!path || strcmp(path, "-") == 0 || !o->max_rows_set || o->gantt_style == GANTT_MINI) return pages;
    uint32_t room = gantt_room(picture_side(w, path));
    if ((o->max_rows && o->max_rows <= room) || w->run->visible_count <= room) return pages;
    struct rows all;
    rows_select(&all, w->run, w->analysis, (uint32_t)o->max_rows, arena);
    if (all.count <= room) return pages;
    uint32_t most = all.count / (room - room / 2) + 1; /* a page repeats at most half of what it has room for */
    pages.rows = ARENA_ARRAY(arena, struct rows, most);
    pages.count = divide(&all, room, pages.rows, arena);
    uint32_t even = (all.count + pages.count - 1) / pages.count + ROWS_REPEATED; /* no page of three rows at the end */
    if (even < room) pages.count = divide(&all, even, pages.rows, arena);
    pages.paths = ARENA_ARRAY(arena, const char *, pages.count);
    for (uint32_t i = 0; i < pages.count; i++) pages.paths[i] = page_path(path, i + 1, arena);
    return pages;
}
