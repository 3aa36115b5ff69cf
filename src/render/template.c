/* SPDX-License-Identifier: MIT
 *
 * Templates from files or from the program, compiled, with their partials, and checked before anything is rendered.
 */
#include "render/template.h"

#include "render/assets.h"
#include "render/template_data.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct loaded_template {
    struct str name;  /* "report", NUL-terminated */
    const char *file; /* "DIR/report.html" */
    const struct mustache *compiled;
};

enum { PROBLEMS_KEPT = 100, TEMPLATE_STYLES_MAX = 40 };

struct place {
    const char *file;
    uint64_t line, column;
};

struct loaded_style {
    struct str name; /* "report.css" */
    enum template_id page;
    struct str css;
};

struct templates {
    struct arena arena;
    const char *directory; /* NULL: all are built in */
    struct loaded_template pages[TEMPLATE_COUNT], partials[TEMPLATE_PARTIALS_MAX];
    size_t partial_count;
    bool overflow; /* there are more partials */
    struct loaded_style styles[TEMPLATE_STYLES_MAX];
    size_t style_count;
    size_t found; /* files of the directory that are in use */
    struct place told[PROBLEMS_KEPT];
    size_t problems;
    template_problem *tell;
    void *context;
};

static const struct {
    const char *name;
    const struct str *html;
} built_in[TEMPLATE_COUNT] = {
    [TEMPLATE_REPORT] = { "report", &asset_report_html },
    [TEMPLATE_PAPER] = { "paper", &asset_paper_html },
    [TEMPLATE_CARD] = { "card", &asset_card_html },
    [TEMPLATE_INDEX] = { "index", &asset_index_html },
};

static const struct {
    const char *name;
    const struct str *html;
} built_in_partials[] = { { "marks", &asset_marks_html } };

/* Tells a problem once: a partial is met in every page that includes it. */
static void tell(struct templates *t, const struct err *e)
{
    for (size_t i = 0; i < t->problems && i < PROBLEMS_KEPT; i++)
        if (e->line && t->told[i].line == e->line && t->told[i].column == e->column &&
            strcmp(t->told[i].file, e->file) == 0)
            return;
    if (t->problems < PROBLEMS_KEPT)
        t->told[t->problems] = (struct place){ arena_copy(&t->arena, str_z(e->file)).ptr, e->line, e->column };
    t->problems++;
    t->tell(t->context, e);
}

static void on_problem(void *context, const struct err *e) { tell(context, e); }

static void tell_unread(struct templates *t, const char *file, const char *why)
{
    struct err e;
    err_set(&e, ERR_USAGE, file, "cannot be read as a template: %s", why);
    tell(t, &e);
}

static bool read_open(struct templates *t, const char *file, int fd, struct str *ret_text)
{
    struct stat st;
    struct buf text = BUF_INIT;
    ssize_t n = 1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        tell_unread(t, file, "it is no regular file");
        return false;
    }
    while (n > 0 && text.len <= TEMPLATE_BYTES_MAX) {
        n = read(fd, buf_room(&text, BUF_FLUSH), BUF_FLUSH);
        if (n < 0 && errno == EINTR) n = 1;
        else if (n > 0) text.len += (size_t)n;
    }
    if (n < 0) tell_unread(t, file, strerror(errno));
    else if (n > 0) tell_unread(t, file, "it has more than 4 MiB");
    else *ret_text = arena_copy(&t->arena, buf_str(&text));
    buf_free(&text);
    return n == 0;
}

/* The text of a file of the directory. *ret_bad: it is there and cannot be used, which has been told. */
static bool read_own(struct templates *t, const char *file, struct str *ret_text, bool *ret_bad)
{
    *ret_bad = false;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return false;
    t->found++;
    if (fd < 0) tell_unread(t, file, strerror(errno));
    bool good = fd >= 0 && read_open(t, file, fd, ret_text);
    if (fd >= 0) close(fd);
    *ret_bad = !good;
    return good;
}

/* Reads and compiles NAME.html: the directory's, else `fallback`, which may have no text. */
static void load(struct templates *t, struct loaded_template *to, struct str name, struct str fallback)
{
    struct str text = fallback;
    struct err e = { 0 };
    bool bad = false;
    to->name = arena_copy(&t->arena, name);
    to->file = arena_format(&t->arena, "%.*s.html (built in)", STR_ARG(name)).ptr;
    if (t->directory) {
        const char *file = arena_format(&t->arena, "%s/%.*s.html", t->directory, STR_ARG(name)).ptr;
        if (read_own(t, file, &text, &bad)) to->file = file;
    }
    if (bad || !text.ptr) return;
    to->compiled = mustache_compile(to->file, text, &t->arena, &e);
    if (!to->compiled) tell(t, &e);
}

/* A partial's name is that of a file beside the template, and of nothing elsewhere. */
static bool is_file_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_') return false;
    }
    return name.len > 0 && name.len < 200;
}

static const struct mustache *find_partial(void *context, struct str name)
{
    const struct templates *t = context;
    for (size_t i = 0; i < t->partial_count; i++)
        if (str_eq(t->partials[i].name, name)) return t->partials[i].compiled;
    return NULL;
}

static bool is_loaded(const struct templates *t, struct str name)
{
    for (size_t i = 0; i < t->partial_count; i++)
        if (str_eq(t->partials[i].name, name)) return true;
    return false;
}

/* Loads the partials that a template names; those that they name in turn are loaded when theirs is the turn. One that
 * is nowhere is told by the check. */
static void load_partials(struct templates *t, const struct mustache *of)
{
    for (uint32_t i = 0; of && i < of->count; i++) {
        struct str name = of->tags[i].text, html = { 0 };
        if (of->tags[i].kind != TAG_PARTIAL || is_loaded(t, name) || !is_file_name(name)) continue;
        if (t->partial_count == TEMPLATE_PARTIALS_MAX) {
            struct err e;
            err_set(&e, ERR_USAGE, of->file, "it is one partial too many: templates may include %d in all",
                    TEMPLATE_PARTIALS_MAX);
            if (!t->overflow) tell(t, &e);
            t->overflow = true;
            return;
        }
        for (size_t k = 0; k < sizeof built_in_partials / sizeof *built_in_partials; k++)
            if (str_eq(str_z(built_in_partials[k].name), name)) html = *built_in_partials[k].html;
        load(t, &t->partials[t->partial_count++], name, html);
    }
}

static void load_style(struct templates *t, enum template_id page, struct str name, struct str css)
{
    bool bad;
    if (t->style_count == TEMPLATE_STYLES_MAX) return; /* the built-in ones are fewer */
    if (t->directory) read_own(t, arena_format(&t->arena, "%s/%.*s", t->directory, STR_ARG(name)).ptr, &css, &bad);
    t->styles[t->style_count++] = (struct loaded_style){ name, page, css };
}

static void load_styles(struct templates *t)
{
    struct str all = asset_page_css;
    str_cut(&all, '\f');
    while (all.len) {
        struct str css = str_cut(&all, '\f');
        struct str name = str_cut(&css, '\n');
        load_style(t, TEMPLATE_REPORT, name, css);
    }
    load_style(t, TEMPLATE_PAPER, S("paper.css"), asset_paper_css);
    load_style(t, TEMPLATE_CARD, S("card.css"), asset_card_css);
}

/* Is something made of the file? Other kinds of files may lie beside the templates. */
static bool is_used(const struct templates *t, struct str file)
{
    bool used = false;
    for (size_t i = 0; i < t->style_count; i++) used |= str_eq(t->styles[i].name, file);
    if (str_starts(file, S(".")) || !(str_ends(file, S(".html")) || str_ends(file, S(".css")))) return true;
    if (str_ends(file, S(".css"))) return used;
    file.len -= sizeof ".html" - 1;
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) used |= str_eq(t->pages[i].name, file);
    return used || is_loaded(t, file);
}

static void tell_unused_file(struct templates *t, const char *name)
{
    struct err e;
    const char *file = arena_format(&t->arena, "%s/%s", t->directory, name).ptr;
    struct buf styles = BUF_INIT;
    templates_put_style_names(t, &styles);
    if (str_ends(str_z(name), S(".css")))
        err_set(&e, ERR_USAGE, file, "nothing is made of it: there are %.*s", STR_ARG(buf_str(&styles)));
    else
        err_set(&e, ERR_USAGE, file,
                "nothing is made of it: there are report.html, paper.html, card.html, index.html and the partials that "
                "they include");
    buf_free(&styles);
    tell(t, &e);
}

/* A misspelt name would otherwise do nothing at all. */
static void tell_unused(struct templates *t)
{
    struct dirent **entries;
    struct err e;
    int count = scandir(t->directory, &entries, NULL, alphasort);
    if (count < 0) {
        err_set(&e, ERR_USAGE, t->directory, "cannot be read as a directory of templates: %s", strerror(errno));
        tell(t, &e);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (!is_used(t, str_z(entries[i]->d_name))) tell_unused_file(t, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (t->found || t->problems) return;
    err_set(&e, ERR_USAGE, t->directory,
            "holds no template: there are report.html, paper.html, card.html, index.html, report.css, "
            "paper.css, card.css and more; see help templates");
    tell(t, &e);
}

struct templates *templates_open(const char *directory, template_problem *problem, void *context)
{
    struct templates *t = calloc(1, sizeof *t);
    if (!t) arena_exhausted(sizeof *t);
    t->directory = directory;
    t->tell = problem;
    t->context = context;
    const struct mustache_partials partials = { find_partial, t };
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) load(t, &t->pages[i], str_z(built_in[i].name), *built_in[i].html);
    load_styles(t);
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) load_partials(t, t->pages[i].compiled);
    for (size_t i = 0; i < t->partial_count; i++) load_partials(t, t->partials[i].compiled);
    for (size_t i = 0; i < TEMPLATE_COUNT && directory && !t->overflow; i++)
        if (t->pages[i].compiled)
            template_data_check((enum template_id)i, t->pages[i].compiled, &partials, on_problem, t);
    if (directory && !t->overflow) tell_unused(t);
    if (!t->problems) return t;
    templates_free(t);
    return NULL;
}

void templates_free(struct templates *t)
{
    if (!t) return;
    arena_free(&t->arena);
    free(t);
}

/* What of a style sheet the page needs: no comments that begin a line, no white space before a line, no empty lines. */
static void put_stripped(struct str css, struct buf *out)
{
    bool inside = false;
    while (css.len) {
        struct str line = str_trim(str_cut(&css, '\n'));
        while (line.len) {
            if (!inside && !str_starts(line, S("/*"))) break;
            size_t end = inside ? 0 : 2; /* a comment may end where it begins, but not with its own star */
            while (end < line.len && !str_starts(str_skip(line, end), S("*/"))) end++;
            inside = end == line.len;
            line = str_trim(str_skip(line, end + 2));
        }
        buf_put(out, line);
        if (line.len) buf_putc(out, '\n');
    }
}

static void ignore(void *context, const struct err *e) { (void)context, (void)e; }

void templates_put_style(const struct templates *t, enum template_id id, struct buf *out)
{
    struct templates *own = t ? NULL : templates_open(NULL, ignore, NULL);
    const struct templates *from = t ? t : own;
    for (size_t i = 0; i < from->style_count; i++) {
        const struct loaded_style *style = &from->styles[i];
        bool wanted = id == TEMPLATE_INDEX ? str_eq(style->name, S("report.css")) : style->page == id;
        if (wanted) put_stripped(style->css, out);
    }
    templates_free(own);
}

void templates_put_style_names(const struct templates *t, struct buf *out)
{
    struct templates *own = t ? NULL : templates_open(NULL, ignore, NULL);
    const struct templates *from = t ? t : own;
    for (size_t i = 0; i < from->style_count; i++) {
        if (i) buf_puts(out, ", ");
        buf_put(out, from->styles[i].name);
    }
    templates_free(own);
}

bool templates_write(const struct templates *t, enum template_id id, const struct view *data, struct buf *out,
                     struct err *e)
{
    struct templates *own = t ? NULL : templates_open(NULL, ignore, NULL);
    const struct templates *from = t ? t : own;
    const struct mustache_partials partials = { find_partial, (void *)(uintptr_t)from };
    bool good = mustache_render(from->pages[id].compiled, data, &partials, out, e);
    templates_free(own);
    return good;
}
