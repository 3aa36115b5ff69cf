/* SPDX-License-Identifier: MIT
 *
 * Each line is one JSON value or several (a writer that died left a line without its end). A value that begins on the
 * first line and goes on over the next ones makes the file a document.
 */
#include "input/reader.h"

#include <errno.h>
#include <stdlib.h>

enum { CHUNK = 256 * 1024, EVENTS_TRIED_MAX = 16, DETECT_MAX = 16 * 1024 * 1024 };

struct reading {
    const struct reader *r;
    struct sources *sources;
    uint32_t source;
    char *buffer;
    size_t held, cap;      /* bytes in the buffer */
    uint64_t buffer_at;    /* of the buffer's first byte in the source */
    size_t want;           /* bytes to read at once, where it is known how many there are; else 0 */
    bool end;              /* nothing more to read */
    uint64_t line;         /* number of the line at hand */
    size_t counted_to;     /* of the text at hand: up to here line ends were counted, */
    size_t counted_start;  /* the last line begins here */
    uint64_t counted_line; /* and has this number */
    bool any_value;        /* a complete value was read from this source */
    size_t value_at;       /* where the value at hand begins in the text at hand */
    struct decoder decoder;
    const struct format *format;
    struct teller teller; /* for all formats but our own, */
    void *state;          /* and what they keep */
    struct err *err;
};

static void problem(struct reading *g, uint64_t line, uint64_t column, const char *what)
{
    g->r->problem(g->r->context, g->sources->list[g->source].name, line, column, what);
}

/* Adds a chunk to the buffer. False when the source failed. */
static bool read_more(struct reading *g)
{
    size_t want = g->want > CHUNK ? g->want : g->held > CHUNK ? g->held : CHUNK; /* a long line doubles */
    g->want = 0;
    g->buffer = array_grow(g->buffer, &g->cap, g->held + want, 1);
    ptrdiff_t got = sources_read(g->sources, g->source, g->buffer_at + g->held, g->buffer + g->held, want);
    if (got < 0)
        return err_set(g->err, ERR_INPUT, g->sources->list[g->source].name.ptr, "cannot be read: %s",
                       errno == ESTALE ? "it was replaced or cut short while it was read" : strerror(errno));
    g->held += (size_t)got;
    g->end = got == 0;
    if (g->r->progress) g->r->progress(g->r->context, (uint64_t)got);
    return true;
}

/* All that is left, for what is one text: no more memory than it takes. */
static void want_all(struct reading *g)
{
    uint64_t size = g->sources->list[g->source].size, from = g->buffer_at + g->held;
    if (size > from && size - from < LINE_BYTES_MAX) g->want = (size_t)(size - from) + 1;
}

static void on_event(void *context, struct event *event)
{
    struct reading *g = context;
    g->r->event(g->r->context, event);
}

/* The line of byte `at` of the text at hand. Places come mostly in order: what was counted once stays counted. */
static uint64_t count_lines(struct reading *g, size_t at)
{
    struct str text = g->decoder.event.text;
    if (at < g->counted_to) {
        g->counted_to = g->counted_start = 0;
        g->counted_line = g->decoder.event.line;
    }
    if (at > text.len) at = text.len;
    while (g->counted_to < at) {
        const char *newline = memchr(text.ptr + g->counted_to, '\n', at - g->counted_to);
        if (!newline) break;
        g->counted_line++;
        g->counted_to = g->counted_start = (size_t)(newline - text.ptr) + 1;
    }
    g->counted_to = at;
    return g->counted_line;
}

static void report_at(struct reading *g, size_t at, const char *what)
{
    uint64_t line = count_lines(g, at);
    problem(g, line, at - g->counted_start + 1, what);
}

static void on_problem(void *context, const struct event_problem *p)
{
    struct reading *g = context;
    report_at(g, p->at, p->what);
}

/* The place of a slice in the text at hand; of what is not in it, the beginning. */
static size_t place_of(const struct reading *g, const char *at)
{
    struct str text = g->decoder.event.text;
    return at && at >= text.ptr && at <= text.ptr + text.len ? (size_t)(at - text.ptr) : 0;
}

static void on_told_problem(void *context, const char *at, const char *what)
{
    report_at(context, place_of(context, at), what);
}

static void on_told_note(void *context, struct str text)
{
    struct reading *g = context;
    if (g->r->note) g->r->note(g->r->context, g->source, text);
}

static uint64_t on_line_of(void *context, const char *at)
{
    struct reading *g = context;
    return at ? count_lines(g, place_of(g, at)) : g->decoder.event.line;
}

static void begin_text(struct reading *g, struct str text, uint64_t offset)
{
    g->decoder.event.text = text;
    g->decoder.event.offset = offset;
    g->decoder.event.line = g->line;
    g->decoder.event.source = g->source;
    g->counted_to = g->counted_start = 0;
    g->counted_line = g->line;
    char *nesting = g->decoder.json.nesting;
    size_t cap = g->decoder.json.nesting_cap;
    g->decoder.json = json_begin(text);
    g->decoder.json.nesting = nesting;
    g->decoder.json.nesting_cap = cap;
}

static bool is_own(const struct reading *g) { return g->format == &format_pipelens; }

static void tell(struct reading *g, struct str text) { g->format->text(&g->teller, g->state, text); }

/* The next value of the text, told by the reader of its format. False when it is no JSON. */
static bool tell_value(struct reading *g)
{
    struct str value = json_skip(&g->decoder.json);
    if (g->decoder.json.error) return false;
    tell(g, value);
    return true;
}

/* All values of the text. False at the first thing that is no JSON: decoder.json says what and where. */
static bool decode_text(struct reading *g, size_t *ret_values)
{
    *ret_values = 0;
    while (!json_at_end(&g->decoder.json)) {
        g->value_at = (size_t)(g->decoder.json.at - g->decoder.event.text.ptr);
        if (is_own(g) ? !decode_value(&g->decoder, g, on_event, on_problem) : !tell_value(g)) return false;
        ++*ret_values;
        g->any_value = true;
    }
    return true;
}

static size_t failed_at(const struct reading *g) { return (size_t)(g->decoder.json.at - g->decoder.event.text.ptr); }

/* A document that ends too early, for readers of other systems' logs: what stands before the cut is told. A number or
 * word at the very end may be a piece of one, so it goes as well. */
static void tell_cut(struct reading *g, struct str text)
{
    struct str whole = text;
    while (whole.len && !memchr("{}[],:\" \t\r\n", whole.ptr[whole.len - 1], 11)) whole.len--;
    g->teller.cut = true;
    tell(g, whole);
    report_at(g, text.len, "the JSON document ends too early: it was cut off");
}

/* The whole rest of the source, from the line that begins at the buffer's start, as one text. Returns false when it is
 * no document and has to be read as lines. */
static bool try_document(struct reading *g, size_t skip)
{
    want_all(g);
    while (!g->end && g->held < LINE_BYTES_MAX)
        if (!read_more(g)) return true;
    struct str text = str_skip(str_of(g->buffer, g->held), skip);
    if (!g->end) {
        problem(g, g->line, 1, "the JSON document is longer than 1 GiB: skipped");
        g->held = 0;
        g->end = true;
        return true;
    }
    struct json probe = json_begin(text);
    struct str first = json_skip(&probe);
    bool cut = probe.error && probe.at >= probe.end;
    json_done(&probe);
    if (probe.error && !cut) return false;
    size_t values;
    begin_text(g, text, g->buffer_at + skip);
    if (!cut && !is_own(g)) { /* it has just been checked */
        tell(g, first);
        g->any_value = true;
        g->decoder.json.at = first.ptr + first.len;
    }
    if (cut && !is_own(g)) tell_cut(g, text);
    else if (cut) report_at(g, text.len, "the JSON document ends too early: it was cut off");
    else if (!decode_text(g, &values)) report_at(g, failed_at(g), g->decoder.json.error);
    g->held = 0;
    return true;
}

/* The source as one text, JSON or not. */
static void read_whole(struct reading *g)
{
    want_all(g);
    while (!g->end && g->held < LINE_BYTES_MAX)
        if (!read_more(g)) return;
    size_t skip = str_starts(str_of(g->buffer, g->held), S("\xEF\xBB\xBF")) ? 3 : 0;
    begin_text(g, str_skip(str_of(g->buffer, g->held), skip), skip);
    if (!g->end) problem(g, 1, 1, "the file is longer than 1 GiB: its end is left out");
    tell(g, g->decoder.event.text);
    g->held = 0;
    g->end = true;
}

/* Zero bytes before a line: the hole that a crash leaves in a file. */
static struct str without_nuls(struct reading *g, struct str text)
{
    size_t nuls = 0;
    while (nuls < text.len && text.ptr[nuls] == '\0') nuls++;
    if (nuls) problem(g, g->line, 1, "zero bytes stand before the line: left out");
    return str_skip(text, nuls);
}

/* A writer that dies within a line leaves a piece of it, and the next writer of the file puts its own line right
 * behind: the whole event that this text ends with, empty when there is none. In a payload an event would not be the
 * end. */
static struct str event_at_end(struct str text)
{
    static const struct str begin = { "{\"type\":", 8 };
    for (int tried = 0; tried < EVENTS_TRIED_MAX && text.len > begin.len; tried++) {
        const char *at = memchr(text.ptr, '{', text.len);
        while (at && !str_starts(str_skip(text, (size_t)(at - text.ptr)), begin))
            at = memchr(at + 1, '{', text.len - (size_t)(at + 1 - text.ptr));
        if (!at) break;
        text = str_skip(text, (size_t)(at - text.ptr));
        struct json probe = json_begin(text);
        json_skip(&probe);
        bool whole = !probe.error && json_at_end(&probe) && json_get(text, S("operation")).len;
        json_done(&probe);
        if (whole) return text;
        text = str_skip(text, 1);
    }
    return S("");
}

/* One line; `offset` is its place in the source. */
static void read_line(struct reading *g, struct str text, uint64_t offset)
{
    size_t values, before = text.len;
    if (offset == 0 && str_starts(text, S("\xEF\xBB\xBF"))) text = str_skip(text, 3);
    if (text.len && text.ptr[0] == '\0') text = without_nuls(g, text);
    begin_text(g, text, offset + (before - text.len));
    if (g->format->takes == TAKES_LINES) {
        tell(g, str_ends(text, S("\r")) ? str_first(text, text.len - 1) : text);
        return;
    }
    if (decode_text(g, &values)) {
        if (values > 1 && str_find(text, '\r') == text.len)
            problem(g, g->line, 1, "several JSON values on one line: all are used");
        return;
    }
    bool alone = !g->any_value && g->end && failed_at(g) == text.len; /* a document on one line */
    if (alone && !is_own(g)) {
        tell_cut(g, text);
        return;
    }
    size_t column = before - text.len + failed_at(g) + 1;
    problem(g, g->line, column, g->decoder.json.error);
    if (!is_own(g)) return;
    struct str whole = event_at_end(str_skip(text, g->value_at + 1));
    if (!whole.len) return;
    begin_text(g, whole, offset + (before - whole.len));
    decode_text(g, &values);
}

/* Does the first line hold the beginning of a value only? */
static bool begins_document(struct reading *g, struct str text)
{
    if (g->any_value || !text.len || g->format->takes != TAKES_VALUES) return false;
    struct json probe = json_begin(text);
    if (json_at_end(&probe)) return false;
    json_skip(&probe);
    bool open = probe.error && probe.at >= probe.end;
    json_done(&probe);
    return open;
}

static const char *find_newline(const struct reading *g, size_t from)
{
    return g->held > from ? memchr(g->buffer + from, '\n', g->held - from) : NULL;
}

static bool next_line(struct reading *g, size_t *at, bool *document_tried)
{
    size_t searched = *at;
    const char *newline;
    while (!(newline = find_newline(g, searched)) && !g->end) {
        searched = g->held;
        if (g->held - *at > LINE_BYTES_MAX) { /* drop what is there, go on behind the next line end */
            problem(g, g->line, 1, "the line is longer than 1 GiB: skipped");
            do {
                g->buffer_at += g->held;
                g->held = *at = 0;
                if (!read_more(g)) return false;
            } while (!g->end && !(newline = find_newline(g, 0)));
            *at = newline ? (size_t)(newline - g->buffer) + 1 : g->held;
            g->line++;
            return true;
        }
        if (*at) { /* keep the begun line only */
            memmove(g->buffer, g->buffer + *at, g->held - *at);
            g->buffer_at += *at;
            g->held -= *at;
            searched -= *at;
            *at = 0;
        }
        if (!read_more(g)) return false;
    }
    size_t len = newline ? (size_t)(newline - g->buffer) - *at : g->held - *at;
    struct str text = str_of(g->buffer + *at, len);
    bool bom = g->buffer_at + *at == 0 && str_starts(text, S("\xEF\xBB\xBF"));
    if (newline && !*document_tried && begins_document(g, str_skip(text, bom ? 3 : 0))) {
        *document_tried = true;
        memmove(g->buffer, g->buffer + *at, g->held - *at);
        g->buffer_at += *at;
        g->held -= *at;
        *at = 0;
        if (try_document(g, bom ? 3 : 0)) return true;
        return next_line(g, at, document_tried); /* once: document_tried is set */
    }
    read_line(g, text, g->buffer_at + *at);
    *at += len + (newline != NULL);
    g->line++;
    return true;
}

/* Sees in the beginning of the source what wrote it. */
static bool begin_format(struct reading *g)
{
    do {
        if (!read_more(g)) return false;
        g->format = g->r->format ? g->r->format : format_detect(str_of(g->buffer, g->held));
    } while (!g->format && !g->end && g->held < DETECT_MAX);
    if (!g->format) g->format = &format_pipelens;
    if (is_own(g)) return true;
    if (!sources_translate(g->sources, g->source, g->err)) return false;
    g->teller = (struct teller){
        .zone = &g->r->zone,
        .path = g->sources->list[g->source].name.ptr,
        .sources = g->sources,
        .source = g->source,
        .text = BUF_INIT,
        .context = g,
        .on_event = on_event,
        .on_problem = on_told_problem,
        .on_note = on_told_note,
        .line_of = on_line_of,
        .err = g->err,
    };
    g->state = arena_alloc(&g->teller.arena, 1, g->format->state_size + 1);
    return true;
}

bool reader_run(const struct reader *r, struct sources *s, uint32_t source, struct err *e)
{
    struct err own = { 0 };
    struct reading g = { .r = r, .sources = s, .source = source, .line = 1, .err = &own };
    bool document_tried = false;
    size_t at = 0;
    if (s->list[source].damage) problem(&g, 0, 0, s->list[source].damage);
    if (begin_format(&g) && g.format->takes == TAKES_WHOLE) read_whole(&g);
    while (own.code == ERR_NONE && !(g.end && at >= g.held))
        if (!next_line(&g, &at, &document_tried)) break;
    if (g.state) {
        if (g.format->end) g.format->end(&g.teller, g.state);
        tell_end(&g.teller);
    }
    free(g.buffer);
    decoder_done(&g.decoder);
    if (own.code != ERR_NONE && e) *e = own;
    return own.code == ERR_NONE;
}
