/* SPDX-License-Identifier: MIT
 *
 * cmark reads the text into a tree, the tree is made harmless, cmark writes it. Whatever is taken out leaves its text
 * behind: what a page does not dare to show as an element, it shows as characters.
 */
#include "render/richtext.h"

#include "base/arena.h"

#include <cmark.h>
#include <stdlib.h>

/* Headings of the page go down to <h3>. */
enum { HEADINGS_BELOW = 3, HEADING_DEEPEST = 6 };

static bool starts_ignoring_case(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq_ignoring_case(str_first(s, prefix.len), prefix);
}

static bool is_safe_url(struct str url)
{
    return starts_ignoring_case(url, S("https://")) || starts_ignoring_case(url, S("http://")) ||
           starts_ignoring_case(url, S("mailto:"));
}

/* Puts what is below the node in its place, and frees the node. */
static void unwrap(cmark_node *node)
{
    cmark_node *child;
    while ((child = cmark_node_first_child(node))) cmark_node_insert_before(node, child);
    cmark_node_unlink(node);
    cmark_node_free(node);
}

/* A link becomes an element of ours, which says rel; cmark's own cannot. */
static void mend_link(cmark_node *link)
{
    struct str url = str_z(cmark_node_get_url(link));
    if (is_safe_url(url)) {
        struct buf open = BUF_INIT;
        cmark_node *own = cmark_node_new(CMARK_NODE_CUSTOM_INLINE), *child;
        buf_puts(&open, "<a rel=\"noreferrer\" href=\"");
        buf_put_html(&open, url);
        buf_puts(&open, "\">");
        buf_putc(&open, '\0');
        cmark_node_set_on_enter(own, open.ptr);
        cmark_node_set_on_exit(own, "</a>");
        buf_free(&open);
        cmark_node_insert_before(link, own);
        while ((child = cmark_node_first_child(link))) cmark_node_append_child(own, child);
    }
    unwrap(link);
}

/* An image becomes the text between its brackets, without what is marked up there: links do not nest. */
static void mend_image(cmark_node *image)
{
    struct buf text = BUF_INIT;
    cmark_iter *iter = cmark_iter_new(image);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        const char *literal = cmark_node_get_literal(cmark_iter_get_node(iter));
        if (event != CMARK_EVENT_ENTER) continue;
        if (literal) buf_puts(&text, literal);
        else if (cmark_node_get_type(cmark_iter_get_node(iter)) == CMARK_NODE_SOFTBREAK) buf_putc(&text, ' ');
    }
    cmark_iter_free(iter);
    buf_putc(&text, '\0');
    cmark_node *plain = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(plain, text.ptr);
    buf_free(&text);
    cmark_node_replace(image, plain);
    cmark_node_free(image);
}

/* Raw HTML as the characters that it is made of. */
static void mend_html(cmark_node *html)
{
    bool block = cmark_node_get_type(html) == CMARK_NODE_HTML_BLOCK;
    cmark_node *plain = cmark_node_new(block ? CMARK_NODE_CODE_BLOCK : CMARK_NODE_CODE);
    cmark_node_set_literal(plain, cmark_node_get_literal(html));
    cmark_node_replace(html, plain);
    cmark_node_free(html);
}

/* The text and a place in it: paragraphs come in its order. */
struct source {
    struct str text;
    size_t at;
    int line; /* that begins there, counted from 1 */
};

/* Lines first..last, which must not lie before those asked for last. */
static struct str lines_of(struct source *s, int first, int last)
{
    for (; s->line < first && s->at < s->text.len; s->line++) s->at += str_find(str_skip(s->text, s->at), '\n') + 1;
    struct str rest = str_skip(s->text, s->at);
    size_t length = 0;
    for (int line = first; line <= last && length < rest.len; line++)
        length += str_find(str_skip(rest, length), '\n') + 1;
    return str_first(rest, length);
}

/* Is the second line of the paragraph one of a table, |---|:--|? */
static bool is_table(struct str paragraph)
{
    bool dash = false;
    str_cut(&paragraph, '\n');
    struct str rule = str_trim(str_cut(&paragraph, '\n'));
    for (size_t i = 0; i < rule.len; i++) {
        if (!strchr("|-: ", rule.ptr[i])) return false;
        dash |= rule.ptr[i] == '-';
    }
    return dash && memchr(rule.ptr, '|', rule.len);
}

/* cmark knows no tables and would run their lines together: they are kept as they are typed. */
static void mend_table(cmark_node *paragraph, struct source *source)
{
    if (cmark_node_get_type(cmark_node_parent(paragraph)) != CMARK_NODE_DOCUMENT) return;
    struct str table = lines_of(source, cmark_node_get_start_line(paragraph), cmark_node_get_end_line(paragraph));
    if (!is_table(table)) return;
    struct buf literal = BUF_INIT;
    buf_put(&literal, table);
    buf_putc(&literal, '\0');
    cmark_node *plain = cmark_node_new(CMARK_NODE_CODE_BLOCK);
    cmark_node_set_literal(plain, literal.ptr);
    buf_free(&literal);
    cmark_node_replace(paragraph, plain);
    cmark_node_free(paragraph);
}

/* A node is mended when it is left: what is below it is mended then. */
static void mend(cmark_node *node, struct source *source)
{
    int level;
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_LINK: mend_link(node); break;
    case CMARK_NODE_IMAGE: mend_image(node); break;
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE: mend_html(node); break;
    case CMARK_NODE_PARAGRAPH: mend_table(node, source); break;
    case CMARK_NODE_HEADING:
        level = cmark_node_get_heading_level(node) + HEADINGS_BELOW;
        cmark_node_set_heading_level(node, level < HEADING_DEEPEST ? level : HEADING_DEEPEST);
        break;
    default: break;
    }
}

static bool is_leaf(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    return type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE; /* those that are entered only */
}

static void mend_all(cmark_node *document, struct str text)
{
    struct source source = { .text = text, .line = 1 };
    cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event = cmark_iter_next(iter);
    while (event != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        bool through = event == CMARK_EVENT_EXIT || is_leaf(node);
        event = cmark_iter_next(iter); /* on to the next one before this one may go */
        if (through) mend(node, &source);
    }
    cmark_iter_free(iter);
}

void richtext_put_html(struct str text, struct buf *out)
{
    if (text.len > RICHTEXT_MAX) return;
    cmark_node *document = cmark_parse_document(text.len ? text.ptr : "", text.len, CMARK_OPT_VALIDATE_UTF8);
    if (!document) arena_exhausted(text.len);
    mend_all(document, text);
    char *html = cmark_render_html(document, CMARK_OPT_DEFAULT);
    if (!html) arena_exhausted(text.len);
    buf_puts(out, html);
    free(html);
    cmark_node_free(document);
}

void richtext_put_both(struct str text, struct buf *out)
{
    buf_puts(out, "<div class=\"rich\"><div class=\"md\" dir=\"auto\">\n");
    richtext_put_html(text, out);
    buf_puts(out, "</div><details class=\"source\"><summary>Source</summary><pre dir=\"auto\">\n");
    buf_put_html(out, text);
    buf_puts(out, "</pre></details></div>\n");
}
