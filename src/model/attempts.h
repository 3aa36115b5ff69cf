/* SPDX-License-Identifier: MIT
 *
 * Retries: siblings of one name, one after the other, of which all but the last failed or are marked as retried.
 *
 *   fetch  ✗▬▬▬              attempts 1, 2 and 3 of one thing; the last one says how it went
 *   fetch       ✗▬▬▬
 *   fetch             ▬▬▬
 */
#ifndef MODEL_ATTEMPTS_H
#define MODEL_ATTEMPTS_H

#include "model/run.h"

/* Does `later` try again what failed in `earlier`? For siblings that ran one after the other. */
bool attempt_again(const struct step *earlier, const struct step *later);

/* By step index: the attempt that counts, which is the last one, for each visible step; for a step that was not tried
 * again its own index. NULL when no step was. Attempts do not overlap, have no visible children, and no sibling ran
 * between two of them. Of a parent's children that lie between two attempts only ATTEMPTS_BESIDE are looked at. */
uint32_t *attempts_find(const struct run *run, struct arena *arena);

enum { ATTEMPTS_BESIDE = 32 };

#endif
