/* SPDX-License-Identifier: MIT
 *
 * Names piece by piece: numbers and ids, and the text between them. "item 7 of 9" is «item »«7»« of »«9».
 *
 *   number   digits: page_«12», utf«8»
 *   id       a whole word (letters and digits) that nobody would read: hex digits of which some are decimals, 7 or more
 *            («a1b2c3d», «0x7ffe»), letters and digits mixed, 16 or more («01ARZ3NDEKTSV4RRFFQ69G5FAV»), and UUIDs
 *
 * What begins as a word and ends as a number is a name with a number, also when all its letters are hex digits:
 * decade«2020», unless ids are to be expected.
 */
#ifndef MODEL_PIECES_H
#define MODEL_PIECES_H

#include "base/str.h"

/* The next piece of the name, empty at its end; *at moves behind it. *ret_number: it is a number or an id. `ids`: names
 * beside this one have hex ids, so what could be one is one (fade0123, deadbeef). O(n) for a whole name. */
struct str piece_next(struct str name, size_t *at, bool ids, bool *ret_number);

/* Is there surely a hex id in the name, or a UUID? */
bool pieces_have_id(struct str name);

#endif
