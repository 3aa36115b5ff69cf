/* SPDX-License-Identifier: MIT
 *
 * Texts of steps that are Markdown, rendered when the page is made, as inert elements that the step panel takes copies
 * of: <template id=md-INDEX-ITEM> for a text that is a string, md-INDEX-ITEM-N for the N-th member of an object.
 */
#include "render/html.h"

#include "event/json.h"
#include "render/richtext.h"

#include <stdio.h>

enum {
    RENDERED_MAX = 256 * 1024, /* bytes of all texts */
    ESCAPE_MAX = 6,            /* bytes that one of a text takes in JSON */
};

static void put_text(struct str json, const char *id, struct arena *scratch, struct html_rendered *r)
{
    if (json_type(json) != JSON_STRING || json.len / ESCAPE_MAX > RICHTEXT_GUESSED_MAX) return;
    if (str_find(json, '\\') == json.len) return; /* of one line */
    struct str text = json_text(json, scratch);
    if (!richtext_is_markdown(text) || r->taken + text.len > RENDERED_MAX) return;
    r->taken += text.len;
    buf_printf(&r->html, "<template id=\"%s\">", id);
    richtext_put_html(text, &r->html);
    buf_puts(&r->html, "</template>\n");
}

static void put_members(struct str object, const char *id, struct arena *scratch, struct html_rendered *r)
{
    struct json j = json_begin(object);
    struct str key;
    unsigned member = 0;
    for (json_enter(&j, '{'); json_member(&j, &key); member++) {
        char member_id[64];
        snprintf(member_id, sizeof member_id, "%s-%u", id, member);
        put_text(json_skip(&j), member_id, scratch, r);
    }
    json_done(&j);
}

void html_rendered_add(struct html_rendered *r, const struct step *step, size_t item, struct str json,
                       struct arena *scratch)
{
    char id[48];
    snprintf(id, sizeof id, "md-%u-%zu", (unsigned)step->index, item);
    if (json_type(json) == JSON_OBJECT) put_members(json, id, scratch, r);
    else put_text(json, id, scratch, r);
}
