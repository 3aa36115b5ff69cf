/* SPDX-License-Identifier: MIT
 *
 * Markdown that others have written: answers of language models, notes of the user. It is rendered by cmark in its safe
 * mode, as elements that load nothing: raw HTML is left out, links go to http, https and mailto only and tell the other
 * side nothing, images become their alternative texts.
 */
#ifndef RENDER_RICHTEXT_H
#define RENDER_RICHTEXT_H

#include "base/buf.h"

enum {
    RICHTEXT_MAX = 1024 * 1024,       /* bytes; what is longer is not rendered */
    RICHTEXT_GUESSED_MAX = 32 * 1024, /* of a text of a log: cmark takes the square of the length for some of them */
};

/* Does it look as if it was meant as Markdown? A careful guess: when in doubt a text stays text. Logs, code, JSON,
 * stack traces and what is longer than RICHTEXT_GUESSED_MAX do not pass. */
bool richtext_is_markdown(struct str text);

/* The text's HTML, headings from <h4> down. Of a text longer than RICHTEXT_MAX nothing. */
void richtext_put_html(struct str text, struct buf *out);

/* The rendered text and its source, with a switch between them that works without script. */
void richtext_put_both(struct str text, struct buf *out);

#endif
