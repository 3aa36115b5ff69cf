/* SPDX-License-Identifier: MIT
 *
 * Whether a text was meant as Markdown. Each line outside of code fences is a sign for it, a sign against it (code, a
 * log, data), or neither; few signs against may stand beside signs for it. Tables and quotes are no signs: logs and
 * shells are full of both.
 */
#include "render/richtext.h"

#include "event/json.h"

/* What was seen so far. */
struct signs {
    unsigned headings;        /* with an empty line behind, or ## and deeper */
    unsigned items, best_run; /* items of the list that the last lines belong to, and of the longest one */
    char marker;              /* of that list: - * + or 1 */
    unsigned strong, links;   /* **words**, [text](https://...) */
    unsigned fences;          /* complete ones */
    unsigned lines, against;  /* with something on them */
    bool inside;              /* a fence */
    char fence;               /* ` or ~ */
    struct str before;        /* the line before */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
/* Letters, digits, and whatever is not ASCII. */
static bool is_word(char c) { return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80; }

static size_t leading(struct str s, char c)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] == c) n++;
    return n;
}

static char fence_of(struct str line)
{
    if (leading(line, '`') >= 3 && !memchr(line.ptr + 3, '`', line.len - 3)) return '`';
    return leading(line, '~') >= 3 ? '~' : '\0';
}

/* The marker of a list item with a text: '-', '*', '+', '1' for all numbers; '\0' for none. */
static char item_marker(struct str line)
{
    size_t digits = 0;
    while (digits < line.len && digits < 3 && is_digit(line.ptr[digits])) digits++;
    if (digits && digits + 2 < line.len && (line.ptr[digits] == '.' || line.ptr[digits] == ')') &&
        line.ptr[digits + 1] == ' ')
        return '1';
    bool bullet = line.len > 2 && strchr("-*+", line.ptr[0]) && line.ptr[1] == ' ' && line.ptr[2] != ' ';
    return bullet ? line.ptr[0] : '\0';
}

/* "key: value" and "key:", as YAML and HTTP headers have it: one word before the colon. */
static bool is_key(struct str line)
{
    size_t at = 0;
    while (at < line.len && (is_letter(line.ptr[at]) || is_digit(line.ptr[at]) || strchr("_-./", line.ptr[at]))) at++;
    return at > 0 && at < line.len && line.ptr[at] == ':' && (at + 1 == line.len || line.ptr[at + 1] == ' ');
}

/* "2026-05-18", "04:26:40", "[12:30" or a longer number: how lines of logs begin. */
static bool begins_with_time(struct str line)
{
    if (line.len && line.ptr[0] == '[') line = str_skip(line, 1);
    if (line.len < 5 || !is_digit(line.ptr[0]) || !is_digit(line.ptr[1])) return false;
    return (is_digit(line.ptr[2]) && is_digit(line.ptr[3])) || line.ptr[2] == ':';
}

/* What programs, logs and stack traces write. */
static bool is_against(struct str line)
{
    static const char *const beginnings[] = {
        "at ",        "File \"",   "Traceback ", "Caused by:", "diff --git", "@@ ",     "+++ ",    "--- ",
        "[INFO",      "[DEBUG",    "[WARN",      "[ERROR",     "INFO",       "DEBUG",   "WARN",    "ERROR",
        "#include",   "#define",   "#!",         "import ",    "def ",       "class ",  "return",  "$ ",
        "goroutine ", "function ", "const ",     "let ",       "var ",       "SELECT ", "export ", "//",
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (str_starts(line, str_z(beginnings[i]))) return true;
    return strchr(";{}\\", line.ptr[line.len - 1]) || begins_with_time(line) || strchr("{}<", line.ptr[0]);
}

/* **words** that hold together: what is inside begins and ends with no blank, and does not stand within a word. */
static unsigned count_strong(struct str line)
{
    unsigned count = 0;
    for (size_t i = 0; i + 4 < line.len; i++) {
        if (line.ptr[i] != '*' || line.ptr[i + 1] != '*') continue;
        size_t from = i + 2, to = from;
        while (to + 1 < line.len && !(line.ptr[to] == '*' && line.ptr[to + 1] == '*')) to++;
        if (to + 1 >= line.len) break;
        bool opens = (i == 0 || !is_word(line.ptr[i - 1])) && to > from && is_word(line.ptr[from]);
        count += opens && line.ptr[to - 1] != ' ' && (to + 2 == line.len || !is_word(line.ptr[to + 2]));
        i = to + 1;
    }
    return count;
}

static unsigned count_links(struct str line)
{
    unsigned count = 0;
    for (size_t i = 1; i + 8 < line.len; i++) {
        struct str rest = str_skip(line, i);
        count += str_starts(rest, S("](http://")) || str_starts(rest, S("](https://")) ||
                 str_starts(rest, S("](mailto:"));
    }
    return count;
}

static void see_heading(struct signs *s, struct str line, struct str next)
{
    size_t level = leading(line, '#');
    if (!level || level > 6 || level + 1 >= line.len || line.ptr[level] != ' ' || str_trim(s->before).len) return;
    if (level > 1 || !str_trim(next).len) s->headings++;
}

static void see_item(struct signs *s, struct str line, bool indented)
{
    char marker = item_marker(line);
    if (!marker) {
        if (!indented) s->items = 0;
        return;
    }
    struct str text = str_trim(str_skip(line, marker == '1' ? str_find(line, ' ') : 1));
    if (is_key(text) || begins_with_time(text) || (s->items && !indented && marker != s->marker)) {
        s->against++; /* YAML, a diff, a log */
        return;
    }
    if (!indented || !s->items) s->marker = marker;
    if (++s->items > s->best_run) s->best_run = s->items;
}

static void see_line(struct signs *s, struct str whole, struct str next)
{
    struct str line = str_trim(whole);
    char fence = fence_of(line);
    if (fence && (!s->inside || fence == s->fence)) {
        s->fences += s->inside;
        s->inside = !s->inside;
        s->fence = fence;
        return;
    }
    if (s->inside) return;
    if (line.len) {
        bool indented = whole.len && (whole.ptr[0] == ' ' || whole.ptr[0] == '\t');
        s->lines++;
        if (is_against(line)) s->against++;
        see_heading(s, line, next);
        see_item(s, line, indented);
        s->strong += count_strong(line);
        s->links += count_links(line);
    }
    s->before = line;
}

static bool is_json(struct str text)
{
    struct json j = json_begin(text);
    json_skip(&j);
    bool whole = !j.error && json_at_end(&j);
    json_done(&j);
    return whole;
}

bool richtext_is_markdown(struct str text)
{
    struct signs s = { 0 };
    if (text.len > RICHTEXT_GUESSED_MAX) return false;
    text = str_trim(text);
    if (!text.len || !memchr(text.ptr, '\n', text.len)) return false;
    if (strchr("{[<", text.ptr[0]) && (text.ptr[0] == '<' || is_json(text))) return false;
    for (struct str rest = text; rest.len;) {
        struct str line = str_cut(&rest, '\n');
        see_line(&s, line, str_first(rest, str_find(rest, '\n')));
    }
    unsigned lists = s.best_run >= 3 ? 2 : s.best_run == 2;
    unsigned score = 2 * s.fences + 2 * s.headings + lists + (s.strong > 2 ? 2 : s.strong) + 2 * s.links;
    return score >= 2 && s.against * 4 <= s.lines;
}
