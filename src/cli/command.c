/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <stdlib.h>
#include <unistd.h>

struct command {
    const char *name, *usage, *summary;
    enum command_bit bit;
    enum exit_status (*run)(const struct options *o);
    const char *details, *examples; /* whole lines */
};

#define A_LOG                                                                                                          \
    "LOG is a file, a directory of logs, or - for standard input; gzip is read as it is. Logs of other systems are "   \
    "read\n"                                                                                                           \
    "as well: see help formats.\n"

static const struct command commands[] = {
    { "render", "[render] [OPTIONS] LOG...", "write report.html, gantt.png, graph.png and summary.md", FOR_RENDER,
      command_render,
      A_LOG
      "Several runs get a folder each, an index, and trend.png, which shows how long they took over time.\n"
      "The page carries the log that it is made from; extract gives it back. A page that shows one of several runs,\n"
      "or not all steps, does so only with --embed-log always, which puts the whole log into every page.\n",
      "  pipelens-report run.ndjson                      the four outputs in pipelens-report/\n"
      "  pipelens-report -o out --google off logs/       all runs of a directory, pages without outside references\n"
      "  pipelens-report --template paper --html paper.html run.ndjson\n"
      "  pipelens-report --gantt gantt.png --scale 2 run.ndjson\n"
      "  pipelens-report --trend trend.png logs/         how long the runs took over time, and since when longer\n"
      "  pipelens-report --gantt-style mini --gantt badge.svg run.ndjson\n"
      "  pipelens-report --summary \"$GITHUB_STEP_SUMMARY\" --append --fail-on error run.ndjson\n"
      "  gunzip -c run.ndjson.gz | pipelens-report --html - - > report.html\n" },
    { "tree", "tree [OPTIONS] LOG...", "print the step tree", FOR_TREE, command_tree, A_LOG,
      "  pipelens-report tree run.ndjson\n"
      "  pipelens-report tree --status error,unfinished --records run.ndjson\n"
      "  pipelens-report tree --critical run.ndjson      what the run was waiting for\n" },
    { "list", "list [OPTIONS] LOG...", "print a line per run", FOR_LIST, command_list, A_LOG,
      "  pipelens-report list logs/\n" },
    { "check", "check [OPTIONS] LOG...", "validate logs; exit status 1 when there is any problem", FOR_CHECK,
      command_check, A_LOG, "  pipelens-report check run.ndjson\n" },
    { "export", "export --to FORMAT [OPTIONS] LOG...", "write runs in another shape", FOR_EXPORT, command_export, A_LOG,
      "  pipelens-report export --to pipelens run.ndjson > run.json     the PipeLens dashboard imports this\n"
      "  pipelens-report export --to ndjson trace.json > run.ndjson     a log of another system as an event log\n"
      "  pipelens-report export --to csv logs/ | head\n"
      "  pipelens-report export --to nested --latest logs/\n"
      "  pipelens-report export --to dot run.ndjson | dot -Tsvg > graph.svg\n"
      "  pipelens-report export --to template-data run.ndjson | jq .failures\n" },
    { "state", "state [--at N] [OPTIONS] LOG...", "print the state at a step as JSON, and the action that follows",
      FOR_STATE, command_state, A_LOG,
      "  pipelens-report state run.ndjson\n"
      "  pipelens-report state --at 3 run.ndjson | jq .state     the state after the fourth action\n" },
    { "extract", "extract [-o FILE] REPORT.html", "give back the log that a page carries", FOR_EXTRACT, command_extract,
      "REPORT.html is a page that render has written, or - for standard input. The log is written byte for byte as\n"
      "it was read, and only when its SHA-256 is that of the page.\n",
      "  pipelens-report extract report.html > run.ndjson\n"
      "  pipelens-report extract -o logs/ report.html      under the name that the page tells\n"
      "  pipelens-report extract report.html | pipelens-report tree -\n" },
    { "exec", "exec [-l LOG] [OPTIONS] [--] COMMAND...", "run a command as a step", FOR_EXEC, command_exec,
      "The command keeps its standard streams, its terminal and its signals; exec ends with its exit status\n"
      "(128+N when signal N has killed it, 127 when it is not found, 126 when it cannot be run). The first exec\n"
      "starts a run; those that the command starts add steps below it, also several at once. They find it through\n"
      "PIPELENS_LOG, PIPELENS_RUN, PIPELENS_STEP and PIPELENS_KEY; TRACEPARENT is read and set. With -l an inner exec\n"
      "writes its step of the same run to another log: name both to read the whole run. A log that cannot be\n"
      "written is said on standard error and does not stop the command. The step records the command's words\n"
      "(secrets masked), directory, exit status or signal, CPU times, peak memory and context switches. A signal that\n"
      "a process sends to exec is passed on to the command: one that is sent to the whole process group may reach it\n"
      "twice.\n",
      "  pipelens-report exec -l run.ndjson -n build -- make -j4\n"
      "  pipelens-report exec -l run.ndjson --capture 4k -- sh -c 'pipelens-report exec -n lint -- make lint'\n"
      "  eval \"$(pipelens-report exec --run-start --shell -l run.ndjson -n nightly)\"\n"
      "  pipelens-report exec -n fetch -- ./fetch.sh; pipelens-report exec --run-finish\n"
      "  pipelens-report exec --run-start -l run.ndjson -n ci >> \"$GITHUB_ENV\"     in CI: a run of several steps\n" },
    { "record", "record [OPTIONS] KEY VALUE", "record a datum of the step that it runs in", FOR_RECORD, command_record,
      "The step is that of the exec around it. KEY VALUE records a string; put -- before a VALUE that begins with\n"
      "a dash. A later record of the same key takes the place of an earlier one.\n",
      "  pipelens-report record image registry/app:1.4\n"
      "  pipelens-report record offset -- -5\n"
      "  pipelens-report record sizes --json '{\"app\": 1204, \"assets\": 88}'\n"
      "  pipelens-report record config --file app.conf --limit 64k\n"
      "  git diff | pipelens-report record diff --file -\n" },
    { "log", "log LEVEL TEXT...", "write a message of the step that it runs in", FOR_LOG, command_log,
      "LEVEL is trace, debug, info, warn, error or critical. All words behind it are the message.\n",
      "  pipelens-report log warn mirror 2 did not answer, using mirror 3\n" },
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, word) == 0) return &commands[i];
    return NULL;
}

static enum exit_status print_free(struct buf *b)
{
    enum exit_status status = print(buf_str(b));
    buf_free(b);
    return status;
}

static enum exit_status command_help(const struct command *c)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "usage: pipelens-report %s\n\n%s.\n\n%s\noptions:\n", c->usage, c->summary, c->details);
    options_help(c->bit, &b);
    if (c->bit == FOR_EXPORT) export_help(&b);
    buf_printf(&b, "\nexamples:\n%s", c->examples);
    return print_free(&b);
}

static enum exit_status general_help(void)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "pipelens-report: reports from the event logs of pipeline runs\n\nusage: pipelens-report [COMMAND] "
                 "[OPTIONS] LOG...\n\ncommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        buf_printf(&b, "  %-8s %s%s\n", commands[i].name, commands[i].summary,
                   i == 0 ? " (when no command is given)" : "");
    buf_puts(&b, "  help     show the options of a command: help render, help tree, …; help formats, help templates, "
                 "help rows\n\n"
                 "examples:\n");
    buf_puts(&b, commands[0].examples);
    buf_puts(&b, "\n--version prints the version.\n\nexit status: 0 done, 1 the answer is no (--fail-on, check), 2 "
                 "wrong usage,\n"
                 "             3 input unreadable or without a run, 4 an output could not be written;\n"
                 "             exec ends with that of its command\n");
    return print_free(&b);
}

static enum exit_status print_version(void) { return print(S("pipelens-report " VERSION "\n")); }

/* A first word that is neither a command nor a file: most likely a command mistyped. */
static enum exit_status refuse_word(const char *word)
{
    const char *names[COMMAND_COUNT + 2];
    struct err e;
    for (size_t i = 0; i < COMMAND_COUNT; i++) names[i] = commands[i].name;
    names[COMMAND_COUNT] = "help";
    names[COMMAND_COUNT + 1] = NULL;
    const char *meant = nearest_word(str_z(word), names);
    if (!meant && strpbrk(word, "./")) return EXIT_DONE; /* a file name: it is told that it cannot be read */
    if (meant)
        err_set(&e, ERR_USAGE, "", "%s: no such command and no such file; did you mean the command %s?", word, meant);
    else err_set(&e, ERR_USAGE, "", "%s: no such command and no such file; see --help", word);
    return complain(&e);
}

static enum exit_status templates_help(void)
{
    struct buf b = BUF_INIT;
    buf_puts(
        &b,
        "Own templates in place of those that are built in: --templates DIR\n\n"
        "DIR may hold report.html, paper.html, card.html and index.html, their style sheets report.css (also that\n"
        "of the index), paper.css and card.css, and NAME.html for {{> NAME}}. What is missing is built in; the\n"
        "source has them in templates/. Problems are told with their places before a log is read.\n\n"
        "The language is Mustache: {{name}} puts a text, escaped; {{#name}} ... {{/name}} stands for each item of\n"
        "a list, or once when there is something; {{^name}} ... {{/name}} when there is nothing; {{> name}} is a\n"
        "partial, {{! ... }} a comment. Nothing is false, null, an empty text or list, and 0. Only what is HTML\n"
        "already goes in unescaped: {{{html.gantt}}}. A page without script-src in html.policy (paper, card) runs\n"
        "no script. Texts of the log are cut after 64 KiB, and say so.\n\n"
        "export --to template-data LOG prints the object that a template sees as JSON; of html it has the tags.\n\n");
    template_data_help(&b);
    return print_free(&b);
}

static enum exit_status rows_help(void)
{
    return print(S(
        "Which rows a Gantt chart has\n\n"
        "Each step has a row. Siblings of one name that follow each other are attempts of one thing, and have one row\n"
        "together, when all but the last failed or are marked as retried.\n\n"
        "When there are more rows than --max-rows, siblings of a kind fold: those whose names are equal, or differ in\n"
        "one number or id. 600 steps page_1, page_2, ... are one row page_* with their number, mean, 95th percentile\n"
        "and errors. The largest kinds fold first, and no more than is needed. What is on the critical path stays a\n"
        "row of its own unless that leaves no room, what failed unless failed steps alone take more than all the "
        "rows;\n"
        "then they fold among themselves. What is too much even so is left out: failed and unfinished steps stay,\n"
        "then the critical path, then the longest, each with its ancestors. The picture says all of this in "
        "numbers.\n\n"
        "  --max-rows N      more rows open folds, fewer close them; 0 has a row for every step\n"
        "  --depth N         leaves out what is deeper, and --min-duration D what is shorter: what is left folds "
        "less\n\n"
        "One picture has 1,200 rows and 32,767 pixels at most. A larger --max-rows makes pages of the file's name,\n"
        "gantt-1.png, gantt-2.png, ..., each with title, axis and the steps above its rows; without it, and on\n"
        "standard output, the chart folds.\n\n"
        "The graph folds more than eight siblings of a kind, those that failed among themselves.\n"));
}

/* The kinds of logs, each with its lines indented. */
static enum exit_status formats_help(void)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "Logs that are read, told apart by what stands in their beginning; --format NAME says it instead.\n"
                 "Files, directories, standard input and gzip; several files of one kind or of several at once.\n"
                 "In a directory, what is called as said below is read, also with .gz behind it.\n");
    for (const struct format *const *f = formats; *f; f++) {
        buf_printf(&b, "\n  %-15s %s\n", (*f)->name, (*f)->title);
        for (struct str rest = str_z((*f)->about); rest.len;) {
            struct str line = str_cut(&rest, '\n');
            buf_printf(&b, "                  %.*s\n", STR_ARG(line));
        }
        if (!(*f)->names && !(*f)->folder) continue;
        buf_puts(&b, "                  in a directory: ");
        format_put_names(&b, *f);
        buf_puts(&b, "\n");
    }
    return print_free(&b);
}

static enum exit_status help(int argc, char **argv)
{
    struct err e;
    if (argc == 0) return general_help();
    if (strcmp(argv[0], "templates") == 0) return templates_help();
    if (strcmp(argv[0], "rows") == 0) return rows_help();
    if (strcmp(argv[0], "formats") == 0) return formats_help();
    const struct command *c = find_command(argv[0]);
    if (c) return command_help(c);
    err_set(&e, ERR_USAGE, "", "%s: there is no such command; see pipelens-report help", argv[0]);
    return complain(&e);
}

bool wants_colour(uint32_t when)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (when != WHEN_AUTO) return when == WHEN_ALWAYS;
    return isatty(STDOUT_FILENO) && !(no && *no) && !(terminal && strcmp(terminal, "dumb") == 0);
}

enum exit_status command_main(int argc, char **argv)
{
    if (argc < 2) {
        struct err e;
        err_set(&e, ERR_USAGE, "", "no log is named: pipelens-report LOG; see --help");
        return complain(&e);
    }
    if (strcmp(argv[1], "--version") == 0) return print_version();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "help") == 0) return help(argc - 2, argv + 2);
    const struct command *c = find_command(argv[1]);
    int skip = c ? 2 : 1;
    if (!c && argv[1][0] != '-' && access(argv[1], F_OK) != 0) {
        enum exit_status refused = refuse_word(argv[1]);
        if (refused != EXIT_DONE) return refused;
    }
    if (!c) c = &commands[0];
    struct options o = options_default();
    struct err e = { 0 };
    if (!options_parse(&o, c->bit, argc - skip, argv + skip, &e)) return complain(&e);
    if (o.help) return command_help(c);
    return c->run(&o);
}
