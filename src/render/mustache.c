/* SPDX-License-Identifier: MIT
 *
 * Text to tags. A text is cut at line ends, because the lines of a partial may be indented; the tags of a section and
 * its end know each other, so that rendering jumps.
 */
#include "render/mustache.h"

enum { NAME_SHOWN = 40 /* bytes of a bad name in a message */, TAGS_MAX = 1 << 24 };

struct parser {
    struct mustache *template;
    struct arena *arena;
    size_t cap;
    struct str text;
    size_t at;                             /* all before it is in tags */
    struct str open, close;                /* the delimiters */
    size_t counted;                        /* lines are counted up to here: */
    uint32_t line;                         /* its line, */
    size_t line_start;                     /* which begins here */
    bool first;                            /* what comes next is the first of its line that stays in the output */
    uint32_t sections[MUSTACHE_DEPTH_MAX]; /* open ones */
    size_t depth;
    struct err *e;
};

/* A tag as it stands in the text. */
struct found {
    size_t start, end; /* of the whole tag */
    char sigil;        /* '\0' for a plain name */
    struct str inside; /* trimmed */
};

static size_t find(struct str text, size_t from, struct str what)
{
    for (size_t at = from; at + what.len <= text.len; at++)
        if (text.ptr[at] == what.ptr[0] && memcmp(text.ptr + at, what.ptr, what.len) == 0) return at;
    return text.len;
}

static void count_lines(struct parser *p, size_t to)
{
    for (; p->counted < to; p->counted++)
        if (p->text.ptr[p->counted] == '\n') {
            p->line++;
            p->line_start = p->counted + 1;
        }
}

/* Completes an error about what begins at `at`. */
static bool fail_at(struct parser *p, size_t at)
{
    count_lines(p, at);
    p->e->line = p->line;
    p->e->column = at - p->line_start + 1;
    return false;
}

static struct tag *add(struct parser *p, enum tag_kind kind, size_t at, struct str text)
{
    struct mustache *t = p->template;
    if (t->count == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 64;
        struct tag *tags = ARENA_ARRAY(p->arena, struct tag, cap);
        if (t->count) memcpy(tags, t->tags, t->count * sizeof *tags);
        t->tags = tags;
        p->cap = cap;
    }
    count_lines(p, at);
    struct tag *tag = &t->tags[t->count++];
    *tag = (struct tag){ .kind = kind, .line = p->line, .column = (uint32_t)(at - p->line_start + 1), .text = text };
    return tag;
}

/* The text up to `to` as tags, a line each. An empty line is not indented. */
static void add_text(struct parser *p, size_t to)
{
    while (p->at < to) {
        struct str rest = str_of(p->text.ptr + p->at, to - p->at);
        size_t length = str_find(rest, '\n');
        bool whole = length < rest.len;
        struct str line = str_first(rest, length + whole);
        struct tag *tag = add(p, TAG_TEXT, p->at, line);
        tag->first = p->first && str_trim(line).len > 0;
        if (p->first && !whole) tag->first = true; /* blanks before a tag */
        p->first = whole;
        p->at += line.len;
    }
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Is the tag alone on its line? Then *ret_line is where the line begins and *ret_next where the next one does. */
static bool stands_alone(const struct parser *p, const struct found *f, size_t *ret_line, size_t *ret_next)
{
    size_t line = f->start, next = f->end;
    while (line > p->at && is_blank(p->text.ptr[line - 1])) line--;
    if (line > 0 && p->text.ptr[line - 1] != '\n') return false; /* text, or another tag */
    while (next < p->text.len && is_blank(p->text.ptr[next])) next++;
    if (next + 1 < p->text.len && p->text.ptr[next] == '\r' && p->text.ptr[next + 1] == '\n') next++;
    if (next < p->text.len && p->text.ptr[next] != '\n') return false;
    *ret_line = line;
    *ret_next = next < p->text.len ? next + 1 : next;
    return true;
}

/* dotted: the name of a value, whose parts a '.' separates. */
static bool is_name(struct str s, bool dotted)
{
    if (!s.len) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((unsigned char)c <= ' ' || c == '{' || c == '}' || c == '<' || c == '"') return false;
        if (dotted && c == '.' && s.len > 1 && (i == 0 || i + 1 == s.len || s.ptr[i - 1] == '.')) return false;
    }
    return true;
}

/* Reads the tag that begins at `start`. */
static bool read_tag(struct parser *p, size_t start, struct found *ret)
{
    size_t inside = start + p->open.len;
    struct buf closing = BUF_INIT;
    char c = inside < p->text.len ? p->text.ptr[inside] : '\0';
    *ret = (struct found){ .start = start, .sigil = c && strchr("#^/>&!={", c) ? c : '\0' };
    if (ret->sigil == '{' || ret->sigil == '=') buf_putc(&closing, c == '{' ? '}' : '=');
    buf_put(&closing, p->close);
    if (ret->sigil) inside++;
    size_t end = find(p->text, inside, buf_str(&closing));
    bool closed = end < p->text.len;
    ret->inside = str_trim(str_of(p->text.ptr + inside, end - inside));
    ret->end = end + closing.len;
    if (!closed)
        err_set(p->e, ERR_USAGE, p->template->file, "this tag is not closed: %.*s is missing",
                STR_ARG(buf_str(&closing)));
    buf_free(&closing);
    if (!closed) return fail_at(p, start);
    if (ret->sigil == '!' || ret->sigil == '=' || is_name(ret->inside, ret->sigil != '>')) return true;
    if (!ret->inside.len) err_set(p->e, ERR_USAGE, p->template->file, "a tag without a name: put one in, or remove it");
    else
        err_set(p->e, ERR_USAGE, p->template->file, "'%.*s' is no name: is a closing %.*s missing before it ends?",
                STR_ARG(str_first(ret->inside, str_find(str_first(ret->inside, NAME_SHOWN), '\n'))), STR_ARG(p->close));
    return fail_at(p, start);
}

/* {{=<% %>=}} */
static bool set_delimiters(struct parser *p, const struct found *f)
{
    struct str words = f->inside;
    size_t gap = 0;
    while (gap < words.len && (unsigned char)words.ptr[gap] > ' ') gap++;
    struct str open = str_first(words, gap), close = str_trim(str_skip(words, gap));
    bool good = open.len && close.len && str_find(words, '=') == words.len;
    for (size_t i = 0; i < close.len; i++) good &= (unsigned char)close.ptr[i] > ' ';
    if (!good) {
        err_set(p->e, ERR_USAGE, p->template->file,
                "new delimiters are two words without '=' and with a blank between them, as in {{=<%% %%>=}}");
        return fail_at(p, f->start);
    }
    p->open = open;
    p->close = close;
    return true;
}

static bool open_section(struct parser *p, const struct found *f)
{
    if (p->depth == MUSTACHE_DEPTH_MAX) {
        err_set(p->e, ERR_USAGE, p->template->file, "sections nest deeper than %d", MUSTACHE_DEPTH_MAX);
        return fail_at(p, f->start);
    }
    p->sections[p->depth++] = p->template->count;
    add(p, f->sigil == '#' ? TAG_SECTION : TAG_INVERTED, f->start, f->inside);
    return true;
}

static bool close_section(struct parser *p, const struct found *f)
{
    if (!p->depth) {
        err_set(p->e, ERR_USAGE, p->template->file, "this ends a section '%.*s' that has not begun: remove it",
                STR_ARG(str_first(f->inside, NAME_SHOWN)));
        return fail_at(p, f->start);
    }
    uint32_t begin = p->sections[p->depth - 1];
    const struct tag *section = &p->template->tags[begin];
    if (!str_eq(section->text, f->inside)) {
        err_set(p->e, ERR_USAGE, p->template->file,
                "this ends the section '%.*s', but the one that began last is '%.*s' of line %u: end that one first",
                STR_ARG(str_first(f->inside, NAME_SHOWN)), STR_ARG(str_first(section->text, NAME_SHOWN)),
                (unsigned)section->line);
        return fail_at(p, f->start);
    }
    p->depth--;
    add(p, TAG_END, f->start, f->inside)->partner = begin;
    p->template->tags[begin].partner = p->template->count - 1;
    return true;
}

/* Adds a tag that was read; p->at is behind it. */
static bool take_tag(struct parser *p, const struct found *f, struct str indent, bool alone)
{
    uint32_t place = p->template->count;
    bool good = true;
    switch (f->sigil) {
    case '!': return true;
    case '=': return set_delimiters(p, f);
    case '/': return close_section(p, f); /* what follows it on its line is still the first that stays */
    case '#':
    case '^': good = open_section(p, f); break;
    case '&':
    case '{': add(p, TAG_RAW, f->start, f->inside); break;
    case '>':
        add(p, TAG_PARTIAL, f->start, f->inside);
        p->template->tags[place].indent = indent;
        p->template->tags[place].alone = alone;
        break;
    default: add(p, TAG_VALUE, f->start, f->inside);
    }
    if (!good || alone) return good;
    p->template->tags[place].first = p->first;
    p->first = false;
    return true;
}

static bool parse(struct parser *p)
{
    while (p->at < p->text.len) {
        size_t start = find(p->text, p->at, p->open);
        if (start == p->text.len) {
            add_text(p, start);
            break;
        }
        if (p->template->count > TAGS_MAX) {
            err_set(p->e, ERR_USAGE, p->template->file, "this is too large for a template");
            return fail_at(p, start);
        }
        struct found f;
        size_t line, next;
        if (!read_tag(p, start, &f)) return false;
        bool output = f.sigil == '\0' || f.sigil == '&' || f.sigil == '{';
        bool alone = !output && stands_alone(p, &f, &line, &next);
        struct str indent = alone ? str_of(p->text.ptr + line, f.start - line) : S("");
        add_text(p, alone ? line : f.start);
        p->at = alone ? next : f.end;
        if (!take_tag(p, &f, indent, alone)) return false;
    }
    if (!p->depth) return true;
    const struct tag *section = &p->template->tags[p->sections[p->depth - 1]];
    err_set(p->e, ERR_USAGE, p->template->file, "the section '%.*s' is not ended: {{/%.*s}} is missing",
            STR_ARG(str_first(section->text, NAME_SHOWN)), STR_ARG(str_first(section->text, NAME_SHOWN)));
    p->e->line = section->line;
    p->e->column = section->column;
    return false;
}

const struct mustache *mustache_compile(const char *file, struct str text, struct arena *arena, struct err *e)
{
    struct err unread = { 0 };
    struct parser p = { .template = ARENA_NEW(arena, struct mustache),
                        .arena = arena,
                        .text = text,
                        .open = S("{{"),
                        .close = S("}}"),
                        .line = 1,
                        .first = true,
                        .e = e ? e : &unread };
    p.template->file = file;
    return parse(&p) ? p.template : NULL;
}

struct str mustache_name_part(struct str *name)
{
    struct str whole = *name;
    if (!str_eq(whole, S("."))) return str_cut(name, '.');
    name->len = 0;
    return whole;
}
