/* SPDX-License-Identifier: MIT
 *
 * The commands: one row each, one file each.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/load.h"

/* Runs argv (argv[0] is the program) and returns the exit status. */
enum exit_status command_main(int argc, char **argv);

/* What each command does with its parsed options. */
enum exit_status command_render(const struct options *o);
enum exit_status command_tree(const struct options *o);
enum exit_status command_list(const struct options *o);
enum exit_status command_check(const struct options *o);
enum exit_status command_export(const struct options *o);
enum exit_status command_state(const struct options *o);
enum exit_status command_extract(const struct options *o);
enum exit_status command_exec(const struct options *o);
enum exit_status command_record(const struct options *o);
enum exit_status command_log(const struct options *o);

/* The formats of export, a line each. */
void export_help(struct buf *out);

/* Is standard output a terminal that wants colour? */
bool wants_colour(uint32_t when);

#endif
