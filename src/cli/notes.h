/* SPDX-License-Identifier: MIT
 *
 * The user's own notes for the page, a file of Markdown.
 */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "base/arena.h"
#include "cli/complain.h"

/* Reads the file whole into the arena, RICHTEXT_MAX bytes at most. Anything but EXIT_DONE has been complained about. */
enum exit_status notes_read(const char *path, struct arena *arena, struct str *ret_text);

#endif
