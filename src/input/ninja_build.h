/* SPDX-License-Identifier: MIT
 *
 * Lines of a ninja log, one after the other, become builds: which line belongs to which, and when that began.
 */
#ifndef INPUT_NINJA_BUILD_H
#define INPUT_NINJA_BUILD_H

#include "input/tell.h"

struct entry_line {
    uint64_t line;             /* in the file */
    int64_t start, end, mtime; /* µs; since the build began, but mtime since 1970: TIME_NONE when it is not known */
    struct str mtime_text, output, hash;
};

enum { BUILDS_KNOWN = 64, LINES_HELD = 64 };

struct builds {
    bool command_column; /* version 4: `hash` is the command itself */
    /* Those that a line may still belong to, the current one last. */
    struct build {
        uint64_t number;
        struct str id;    /* of its run, JSON; once its lines are told */
        int64_t zero;     /* µs, when it began; TIME_NONE until its first lines are told */
        int64_t from, to; /* mtimes of its outputs, and when the first of these commands may have begun */
        int64_t last_end, max_end;
    } known[BUILDS_KNOWN];
    size_t known_count;
    uint64_t count, displaced, unplaced;
    bool current; /* the last one of them takes lines */
    /* The first lines of the current build, until its beginning is clear; texts in `text`. */
    struct held {
        struct entry_line entry;
        size_t text_at;
    } held[LINES_HELD];
    size_t held_count;
    struct buf text;
    bool text_made;
    /* the line before, for further outputs of one command */
    uint64_t edge_line, edge_build, edge_hash, edge_outputs;
    int64_t edge_start, edge_end;
};

void builds_add(struct teller *t, struct builds *all, const struct entry_line *entry);
/* The next line begins a new build. */
void builds_end_current(struct teller *t, struct builds *all);
/* Tells what is left, and what was assumed; frees what is held. */
void builds_finish(struct teller *t, struct builds *all);

#endif
