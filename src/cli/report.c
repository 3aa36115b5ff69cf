/* SPDX-License-Identifier: MIT
 *
 * The main job: read the logs, choose the runs, write the outputs.
 */
#include "base/file.h"
#include "cli/command.h"
#include "cli/notes.h"
#include "cli/outputs.h"
#include "cli/spare.h"
#include "model/trend.h"
#include "render/picture.h"


/* DIR/NAME, or DIR/FOLDER/NAME, in the arena. */
static const char *join(struct arena *a, const char *directory, struct str folder, const char *name)
{
    if (!folder.len) return arena_format(a, "%s/%s", directory, name).ptr;
    return arena_format(a, "%s/%.*s/%s", directory, STR_ARG(folder), name).ptr;
}

static struct outputs default_outputs(struct arena *a, const char *directory, struct str folder)
{
    return (struct outputs){
        .html = join(a, directory, folder, "report.html"),
        .gantt = join(a, directory, folder, "gantt.png"),
        .graph = join(a, directory, folder, "graph.png"),
        .summary = join(a, directory, folder, "summary.md"),
    };
}

static enum exit_status spare_all(const struct loaded *l, const struct options *o, const struct outputs *out)
{
    const char *paths[] = { out->html, out->gantt, out->graph, out->trend, out->summary, out->json, out->csv };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (spare_inputs(l, o, paths[i]) != EXIT_DONE) return EXIT_USAGE;
    return EXIT_DONE;
}

/* How long the runs took over time, when there are some to be compared. */
static enum exit_status write_trend(struct loaded *l, const struct options *o, const char *directory,
                                    struct progress *progress)
{
    const struct outputs out = { .trend = join(&l->arena, directory, S(""), "trend.png") };
    struct trends trends;
    trends_of(l->runs, &l->arena, &trends);
    if (!trends_tell(&trends)) return EXIT_DONE;
    if (spare_all(l, o, &out) != EXIT_DONE) return EXIT_USAGE;
    return outputs_write(&out, l, o, l->runs, 0, l->run_count, progress);
}

static enum exit_status write_index(struct loaded *l, const struct options *o, const char *directory,
                                    const struct str *folders)
{
    struct file_out f;
    struct err e = { 0 };
    const char *path = join(&l->arena, directory, S(""), "index.html");
    if (spare_inputs(l, o, path) != EXIT_DONE) return EXIT_USAGE;
    if (!file_create(&f, path, &e)) return complain(&e);
    const struct report_options r = {
        .title = str_z(o->title),
        .unit = (enum time_unit)o->unit,
        .theme = o->theme == UINT32_MAX ? THEME_AUTO : (int)o->theme,
        .notes = &l->notes,
        .templates = l->templates,
    };
    if (!index_write(l->runs, folders, &r, &f.buf, &e)) {
        file_abandon(&f);
        return complain(&e);
    }
    if (!file_commit(&f, &e)) return complain(&e);
    return o->quiet ? EXIT_DONE : print(arena_format(&l->arena, "%s\n", path));
}

/* The four outputs of every run: into the directory, or with several runs into a folder each. */
static enum exit_status write_directory(struct loaded *l, const struct options *o, struct progress *progress)
{
    const char *directory = o->out_dir ? o->out_dir : "pipelens-report";
    struct str *folders = outputs_folders(l, &l->arena);
    bool several = l->run_count > 1;
    enum exit_status worst = EXIT_DONE;
    struct err e = { 0 };
    size_t i = 0;
    if (!file_make_directory(directory, &e)) return complain(&e);
    for (const struct run *run = l->runs; run; run = run->next, i++) {
        struct outputs out = default_outputs(&l->arena, directory, several ? folders[i] : S(""));
        bool good = !several || file_make_directory(join(&l->arena, directory, S(""), folders[i].ptr), &e);
        enum exit_status status = good ? spare_all(l, o, &out) : complain(&e);
        if (status == EXIT_DONE) status = outputs_write(&out, l, o, run, i, 1, progress);
        if (status != EXIT_DONE) worst = status;
    }
    if (several) {
        enum exit_status status = write_trend(l, o, directory, progress);
        if (status != EXIT_DONE) worst = status;
        status = write_index(l, o, directory, folders);
        if (status != EXIT_DONE) worst = status;
    }
    return worst;
}

static enum exit_status write_named(struct loaded *l, const struct options *o, const struct outputs *out,
                                    struct progress *progress)
{
    if (l->run_count > 1 && (out->html || out->gantt || out->graph)) {
        struct err e;
        err_set(&e, ERR_USAGE, "",
                "the input holds %zu runs and one file shows one: name it with --run ID or --latest, or write all with "
                "-o DIR",
                l->run_count);
        return complain(&e);
    }
    if (spare_all(l, o, out) != EXIT_DONE) return EXIT_USAGE;
    return outputs_write(out, l, o, l->runs, 0, l->run_count, progress);
}

static bool is_png(const char *path) { return path && str_ends(str_z(path), S(".png")); }

/* Which outputs there will be, and which of them are PNGs. */
static void what_is_wanted(const struct outputs *named, bool any, unsigned *ret_wanted, unsigned *ret_pngs)
{
    const struct {
        const char *path;
        unsigned bit;
    } list[] = { { named->html, TO_HTML },   { named->gantt, TO_GANTT },     { named->graph, TO_GRAPH },
                 { named->trend, TO_TREND }, { named->summary, TO_SUMMARY }, { named->json, TO_JSON },
                 { named->csv, TO_CSV } };
    *ret_wanted = *ret_pngs = any ? 0 : TO_HTML | TO_GANTT | TO_GRAPH | TO_TREND | TO_SUMMARY;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        *ret_wanted |= list[i].path ? list[i].bit : 0;
        *ret_pngs |= is_png(list[i].path) ? list[i].bit : 0;
    }
}

/* An option that nothing of what is written would heed is a mistake. The user's own templates may heed what the
 * built-in ones do not. */
static enum exit_status check_combination(const struct options *o, const struct outputs *named, bool any)
{
    struct err e;
    unsigned wanted, pngs;
    what_is_wanted(named, any, &wanted, &pngs);
    bool built_in = o->template != TEMPLATE_REPORT && !o->templates;
    if (o->append && !o->summary)
        err_set(&e, ERR_USAGE, "", "--append adds to the file of --summary FILE, which is not given");
    else if (!options_heeded(o, wanted, pngs, &e)) return complain(&e);
    else if (o->template != TEMPLATE_REPORT && o->google == GOOGLE_ONLY)
        err_set(&e, ERR_USAGE, "", "--google only: the page of --template paper or card has no Google chart");
    else if (o->template != TEMPLATE_REPORT && o->embed_log == ARCHIVE_ALWAYS)
        err_set(&e, ERR_USAGE, "", "--embed-log always: the page of --template paper or card does not carry the log");
    else if (o->own_notes && built_in && o->template == TEMPLATE_CARD)
        err_set(&e, ERR_USAGE, "", "--notes: the page of --template card has no room for them; paper has");
    else if (o->theme == THEME_DARK && built_in && o->template == TEMPLATE_PAPER &&
             !(wanted & (TO_GANTT | TO_GRAPH | TO_TREND)))
        err_set(&e, ERR_USAGE, "", "--theme dark: the page of --template paper is light, as what is printed is");
    else if (any && o->out_dir)
        err_set(&e, ERR_USAGE, "",
                "-o DIR writes all outputs, --html FILE and the like just those: give one or the other");
    else if (o->out_dir && !o->out_dir[0]) err_set(&e, ERR_USAGE, "", "-o DIR: the name is empty");
    else return outputs_check(named);
    return complain(&e);
}

/* What is told of templates: each problem, up to ten. */
struct told {
    size_t count;
};

static void tell_of_template(void *context, const struct err *e)
{
    struct told *told = context;
    if (told->count++ < BAD_LINES_SHOWN) complain(e);
}

static struct templates *open_templates(const char *directory)
{
    struct told told = { 0 };
    struct templates *t = templates_open(directory, tell_of_template, &told);
    struct err e;
    if (told.count <= BAD_LINES_SHOWN) return t;
    err_set(&e, ERR_USAGE, directory, "%zu more problem%s in the templates", told.count - BAD_LINES_SHOWN,
            told.count - BAD_LINES_SHOWN == 1 ? "" : "s");
    complain(&e);
    return t;
}

enum exit_status command_render(const struct options *o)
{
    const struct outputs named = { o->html, o->gantt, o->graph, o->trend, o->summary, o->json, o->csv };
    bool any = o->html || o->gantt || o->graph || o->trend || o->summary || o->json || o->csv;
    enum exit_status status = check_combination(o, &named, any);
    if (status != EXIT_DONE) return status;
    struct templates *templates = open_templates(o->templates);
    if (!templates) return EXIT_USAGE;
    struct loaded l = { .sources = SOURCES_INIT,
                        .archiving = (o->html || !any) && o->template == TEMPLATE_REPORT,
                        .hashing = o->gantt || o->graph || o->trend || !any,
                        .templates = templates };
    struct progress progress = progress_begin(o->progress, o->quiet);
    if (o->own_notes) status = notes_read(o->own_notes, &l.arena, &l.own_notes);
    if (status == EXIT_DONE) status = load(&l, o, &progress);
    if (status == EXIT_DONE) status = any ? write_named(&l, o, &named, &progress) : write_directory(&l, o, &progress);
    if (status == EXIT_DONE) status = verdict(&l, o);
    loaded_free(&l);
    templates_free(templates);
    return status;
}
