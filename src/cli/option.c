/* SPDX-License-Identifier: MIT */
#include "cli/option.h"

#include "input/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum option_kind {
    TAKES_NOTHING,  /* bool */
    TAKES_TEXT,     /* const char * */
    TAKES_CHOICE,   /* uint32_t: position in `choices` */
    TAKES_COUNT,    /* uint64_t */
    TAKES_BYTES,    /* uint64_t, with k, M, or the word comment */
    TAKES_LEVELS,   /* int64_t */
    TAKES_INTEGER,  /* int64_t, may be negative */
    TAKES_DURATION, /* int64_t µs */
    TAKES_NUMBER,   /* double */
    TAKES_FORMAT,   /* const struct format *, by its name */
    TAKES_ZONE,     /* const char * that zone_parse takes */
    SETS_LATEST,
    SETS_ALL,
};

struct option_row {
    const char *name; /* without the dashes */
    char letter;      /* '\0' when there is none */
    enum option_kind kind;
    unsigned commands;
    size_t offset;       /* in struct options */
    const char *value;   /* as help names it */
    const char *choices; /* "a|b|c" */
    double low, high;    /* TAKES_NUMBER, TAKES_COUNT, TAKES_BYTES */
    const char *help;
    unsigned outputs; /* of render: those that heed it, 0 when it is not about what they show */
};

enum { TO_PICTURES = TO_GANTT | TO_GRAPH | TO_TREND };

#define AT(field) offsetof(struct options, field)
enum { FOR_STEPS = FOR_RENDER | FOR_TREE | FOR_EXPORT, WORDS_FOLLOW = FOR_EXEC | FOR_LOG };

static const struct option_row rows[] = {
    { "output", 'o', TAKES_TEXT, FOR_RENDER, AT(out_dir), "DIR", NULL, 0, 0,
      "directory of the outputs (default pipelens-report)", 0 },
    { "html", 0, TAKES_TEXT, FOR_RENDER, AT(html), "FILE", NULL, 0, 0,
      "write the page, and only what is asked for like this; - is standard output", 0 },
    { "gantt", 0, TAKES_TEXT, FOR_RENDER, AT(gantt), "FILE", NULL, 0, 0, "write the Gantt chart; .png, .svg or .pdf",
      0 },
    { "gantt-style", 0, TAKES_CHOICE, FOR_RENDER, AT(gantt_style), "STYLE", "full|mini", 0, 0,
      "of the Gantt chart: a row for each step, or a sparkline of 600 x 120 px for a README or a comment", TO_GANTT },
    { "graph", 0, TAKES_TEXT, FOR_RENDER, AT(graph), "FILE", NULL, 0, 0,
      "write the execution graph; .png, .svg or .pdf", 0 },
    { "graph-style", 0, TAKES_CHOICE, FOR_RENDER, AT(graph_style), "STYLE", "tree|flow|states", 0, 0,
      "of the graph: who called whom, what came after what, or the state machine", TO_HTML | TO_GRAPH },
    { "trend", 0, TAKES_TEXT, FOR_RENDER, AT(trend), "FILE", NULL, 0, 0,
      "write how long the runs of each pipeline took over time; .png, .svg or .pdf", 0 },
    { "summary", 0, TAKES_TEXT, FOR_RENDER, AT(summary), "FILE", NULL, 0, 0, "write the Markdown summary", 0 },
    { "json", 0, TAKES_TEXT, FOR_RENDER, AT(json), "FILE", NULL, 0, 0,
      "write the measured run as JSON (several runs: one document a line)", 0 },
    { "csv", 0, TAKES_TEXT, FOR_RENDER, AT(csv), "FILE", NULL, 0, 0, "write a table of the steps", 0 },
    { "to", 0, TAKES_TEXT, FOR_EXPORT, AT(to), "FORMAT", NULL, 0, 0, "the shape, one of those below", 0 },
    { "output", 'o', TAKES_TEXT, FOR_EXPORT, AT(out), "FILE", NULL, 0, 0, "where to write (default: standard output)",
      0 },
    { "output", 'o', TAKES_TEXT, FOR_EXTRACT, AT(out), "FILE", NULL, 0, 0,
      "where to write (default: standard output); a directory: under the log's name; several logs need one", 0 },
    { "format", 0, TAKES_FORMAT, FOR_READING, AT(format), "NAME", NULL, 0, 0,
      "what wrote the logs, where their beginning does not tell; see help formats", TO_ALL },
    { "tz", 0, TAKES_ZONE, FOR_READING, AT(tz), "ZONE", NULL, 0, 0,
      "of the times in a log that say no zone: UTC, +09:00, Europe/Berlin (default: as the log tells, else UTC)",
      TO_ALL },
    { "run", 0, TAKES_TEXT, FOR_STEPS | FOR_STATE, AT(run), "ID", NULL, 0, 0,
      "the run of this id; a unique beginning is enough; ID#2: its second attempt", TO_ALL },
    { "latest", 0, SETS_LATEST, FOR_STEPS | FOR_STATE, AT(which), NULL, NULL, 0, 0, "the run that started last",
      TO_ALL },
    { "all", 0, SETS_ALL, FOR_STEPS, AT(which), NULL, NULL, 0, 0, "all runs (default)", TO_ALL },
    { "filter", 0, TAKES_TEXT, FOR_STEPS, AT(select.filter), "REGEX", NULL, 0, 0,
      "steps whose key matches; their ancestors stay as context", TO_ALL },
    { "keys", 0, TAKES_TEXT, FOR_STEPS, AT(select.keys), "K,K...", NULL, 0, 0, "steps with these keys", TO_ALL },
    { "status", 0, TAKES_TEXT, FOR_STEPS, AT(select.statuses), "S,...", NULL, 0, 0,
      "steps with a status of ok, error, running, unfinished, skipped, cached, retried", TO_ALL },
    { "min-duration", 0, TAKES_DURATION, FOR_STEPS, AT(select.min_duration), "D", NULL, 0, 0,
      "steps that took this long: 250ms, 1.5s, 2m", TO_ALL },
    { "depth", 0, TAKES_LEVELS, FOR_STEPS, AT(select.max_depth), "N", NULL, 0, 1000000,
      "this many levels below the pipeline", TO_ALL },
    { "unit", 0, TAKES_CHOICE, FOR_RENDER | FOR_TREE, AT(unit), "UNIT", "auto|ms|s", 0, 0,
      "of durations and the time axis", TO_HTML | TO_PICTURES | TO_SUMMARY },
    { "min-width", 0, TAKES_NUMBER, FOR_RENDER, AT(min_width), "PX", NULL, 100, 16000, "of pictures (default 500)",
      TO_HTML | TO_PICTURES },
    { "min-height", 0, TAKES_NUMBER, FOR_RENDER, AT(min_height), "PX", NULL, 0, 16000, "of pictures (default 300)",
      TO_HTML | TO_PICTURES },
    { "scale", 0, TAKES_NUMBER, FOR_RENDER, AT(scale), "N", NULL, 0.25, 8,
      "device pixels per px of PNGs: 2 for dense screens (default 1)", TO_PICTURES },
    { "theme", 0, TAKES_CHOICE, FOR_RENDER, AT(theme), "THEME", "light|dark|auto", 0, 0,
      "pictures are light, the page is auto, unless told; auto is by the reader's setting: the page and SVG",
      TO_HTML | TO_PICTURES },
    { "template", 0, TAKES_CHOICE, FOR_RENDER, AT(template), "PAGE", "report|paper|card", 0, 0,
      "what the page is: a place to work in, a document to print, a single screen", TO_HTML },
    { "templates", 0, TAKES_TEXT, FOR_RENDER, AT(templates), "DIR", NULL, 0, 0,
      "own templates in place of the built-in ones: report.html, report.css, ...; see help templates", TO_HTML },
    { "max-rows", 0, TAKES_COUNT, FOR_RENDER, AT(max_rows), "N", NULL, 0, 1e9,
      "rows of the Gantt chart (200; 0: all; the page's own timeline has all), boxes of the graph (300, at most "
      "5,000); see help rows",
      TO_HTML | TO_GANTT | TO_GRAPH },
    { "google", 0, TAKES_CHOICE, FOR_RENDER, AT(google), "MODE", "auto|off|only", 0, 0,
      "Google Charts view in the page; off: the page refers to nothing outside itself", TO_HTML },
    { "embed-log", 0, TAKES_CHOICE, FOR_RENDER, AT(embed_log), "WHEN", "auto|always|never", 0, 0,
      "put the log into the page, for extract; auto: up to " ARCHIVE_AUTO_TEXT
      " compressed, if the page shows all of it",
      TO_HTML },
    { "max-data", 0, TAKES_BYTES, FOR_RENDER, AT(max_data), "N", NULL, 1, 1e9,
      "of one record, result or other value in the page (k, M; default 64k): in the list of steps for readers without "
      "script, and in all of it where the log is not inside or is compressed",
      TO_HTML },
    { "title", 0, TAKES_TEXT, FOR_RENDER, AT(title), "TEXT", NULL, 0, 0, "instead of the pipeline's name",
      TO_HTML | TO_PICTURES | TO_SUMMARY },
    { "notes", 0, TAKES_TEXT, FOR_RENDER, AT(own_notes), "FILE", NULL, 0, 0,
      "Markdown of your own for the page, 1 MiB at most; raw HTML in it stays text", TO_HTML },
    { "max-bytes", 0, TAKES_BYTES, FOR_RENDER, AT(max_bytes), "N", NULL, 0, 1e9,
      "of the summary, at most: bytes, k, M, or the word comment for 65,536 (default just under 1 MiB)", TO_SUMMARY },
    { "append", 0, TAKES_NOTHING, FOR_RENDER, AT(append), NULL, NULL, 0, 0,
      "add the summary to what the file holds, as for $GITHUB_STEP_SUMMARY", 0 },
    { "records", 0, TAKES_NOTHING, FOR_TREE, AT(records), NULL, NULL, 0, 0, "show the steps' records", 0 },
    { "critical", 0, TAKES_NOTHING, FOR_TREE, AT(critical), NULL, NULL, 0, 0,
      "show the critical path: the steps that the run was waiting for, with the time of each on it", 0 },
    { "log", 'l', TAKES_TEXT, FOR_EXEC, AT(log), "FILE", NULL, 0, 0,
      "the log to append to; inner steps find it in PIPELENS_LOG", 0 },
    { "name", 'n', TAKES_TEXT, FOR_EXEC, AT(name), "NAME", NULL, 0, 0, "of the step or run (default: the command's)",
      0 },
    { "capture", 0, TAKES_BYTES, FOR_EXEC, AT(capture), "N", NULL, 1, 16 << 20,
      "when the command fails, log the last N bytes (k, M) of its standard error", 0 },
    { "run-start", 0, TAKES_NOTHING, FOR_EXEC, AT(run_start), NULL, NULL, 0, 0,
      "start a run without a command; print its variables, one NAME=VALUE a line", 0 },
    { "shell", 0, TAKES_NOTHING, FOR_EXEC, AT(shell), NULL, NULL, 0, 0,
      "with --run-start: print them as export NAME='VALUE', for eval", 0 },
    { "run-finish", 0, TAKES_NOTHING, FOR_EXEC, AT(run_finish), NULL, NULL, 0, 0,
      "finish the run that the variables name", 0 },
    { "status", 0, TAKES_CHOICE, FOR_EXEC, AT(declared_status), "STATUS", "completed|failed", 0, 0,
      "with --run-finish: how it ended (default: failed when a step of its first level has failed)", 0 },
    { "json", 0, TAKES_TEXT, FOR_RECORD, AT(json_text), "TEXT", NULL, 0, 0, "record a JSON value instead of a string",
      0 },
    { "file", 0, TAKES_TEXT, FOR_RECORD, AT(record_file), "FILE", NULL, 0, 0,
      "record what the file (-: standard input) holds", 0 },
    { "limit", 0, TAKES_BYTES, FOR_RECORD, AT(limit), "N", NULL, 0, 1 << 30,
      "of --file, at most: bytes, k, M (default 1M)", 0 },
    { "at", 0, TAKES_INTEGER, FOR_STATE, AT(at), "N", NULL, 0, 0,
      "the state after action N; 0 is the first, -1 the last that has one (default)", 0 },
    { "colour", 0, TAKES_CHOICE, FOR_TREE | FOR_LIST, AT(colour), "WHEN", "auto|always|never", 0, 0,
      "auto: on a terminal, unless NO_COLOR is set", 0 },
    { "strict", 0, TAKES_NOTHING, FOR_READING & ~FOR_CHECK, AT(strict), NULL, NULL, 0, 0, "a bad line is fatal",
      TO_ALL },
    { "fail-on", 0, TAKES_CHOICE, FOR_RENDER | FOR_TREE | FOR_LIST, AT(fail_on), "WHAT", "never|error|unfinished", 0, 0,
      "exit status 1 when a run failed (or did not finish)", 0 },
    { "progress", 0, TAKES_CHOICE, FOR_READING, AT(progress), "WHEN", "auto|always|never", 0, 0,
      "progress on standard error; auto: long work on a terminal", 0 },
    { "quiet", 'q', TAKES_NOTHING, FOR_READING, AT(quiet), NULL, NULL, 0, 0, "print no paths and no warnings", 0 },
    { "verbose", 'v', TAKES_NOTHING, FOR_READING, AT(verbose), NULL, NULL, 0, 0,
      "print every bad line, not just the first ten", 0 },
    { "help", 'h', TAKES_NOTHING, FOR_ALL, AT(help), NULL, NULL, 0, 0, "show this", 0 },
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };
_Static_assert((int)ROW_COUNT <= (int)OPTIONS_MAX, "struct options has no room for that many options");

struct options options_default(void)
{
    return (struct options){
        .select = { .max_depth = -1 },
        .theme = NOT_TOLD,
        .declared_status = NOT_TOLD,
        .limit = 1048576,
        .max_rows = 0,
        .max_data = 65536,
        .min_width = 500,
        .min_height = 300,
        .scale = 1,
        .max_bytes = 1048576 - 1024, /* GitHub drops a step summary of more than 1 MiB whole */
    };
}

/* Edits that turn a into b (Levenshtein): insert, remove, replace. Words are short. */
static size_t distance(struct str a, struct str b)
{
    size_t row[64];
    if (a.len >= 60 || b.len >= 60) return SIZE_MAX;
    for (size_t i = 0; i <= b.len; i++) row[i] = i;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b.len; k++) {
            size_t replace = diagonal + (a.ptr[i - 1] != b.ptr[k - 1]);
            diagonal = row[k];
            row[k] = row[k] < row[k - 1] ? row[k] + 1 : row[k - 1] + 1;
            if (replace < row[k]) row[k] = replace;
        }
    }
    return row[b.len];
}

const char *nearest_word(struct str word, const char *const *candidates)
{
    const char *best = NULL;
    size_t least = word.len / 3 + 2; /* a third of the word may be wrong */
    for (; *candidates; candidates++) {
        size_t d = distance(word, str_z(*candidates));
        if (word.len >= 3 && str_starts(str_z(*candidates), word)) d = 1;
        if (d < least) {
            least = d;
            best = *candidates;
        }
    }
    return best;
}

static bool unknown_option(const char *word, enum command_bit command, struct err *e)
{
    const char *names[ROW_COUNT + 1];
    size_t count = 0;
    struct str given = str_z(word + (word[1] == '-' ? 2 : 1));
    given = str_first(given, str_find(given, '='));
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].commands & command) names[count++] = rows[i].name;
        else if (str_eq(given, str_z(rows[i].name)))
            return err_set(e, ERR_USAGE, "", "%s: this command does not take this option; see --help", word);
    }
    names[count] = NULL;
    const char *meant = nearest_word(given, names);
    if (meant) return err_set(e, ERR_USAGE, "", "%s: unknown option; did you mean --%s?", word, meant);
    return err_set(e, ERR_USAGE, "", "%s: unknown option; see --help (if it is meant as it stands, put -- before it)",
                   word);
}

static bool set_choice(uint32_t *field, const struct option_row *row, const char *value, struct err *e)
{
    uint32_t position = 0;
    for (struct str rest = str_z(row->choices); rest.len; position++)
        if (str_eq(str_cut(&rest, '|'), str_z(value))) {
            *field = position;
            return true;
        }
    return err_set(e, ERR_USAGE, "", "--%s: '%s' is none of %s", row->name, value, row->choices);
}

static bool parse_number(struct str text, double *ret)
{
    double value = 0, place = 1;
    bool point = false, digit = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !point) point = true;
        else if (c < '0' || c > '9') return false;
        else {
            digit = true;
            if (point) value += (c - '0') * (place /= 10);
            else value = value * 10 + (c - '0');
        }
    }
    *ret = value;
    return digit;
}

static bool set_number(void *field, const struct option_row *row, const char *value, struct err *e)
{
    struct str text = str_z(value);
    double n = 0, unit = 1;
    if (row->offset == AT(max_bytes) && str_eq(text, S("comment")))
        text = S("65536"); /* GitHub's limit for a comment */
    if (row->kind == TAKES_BYTES && text.len && strchr("kKmM", text.ptr[text.len - 1])) {
        unit = strchr("kK", text.ptr[text.len - 1]) ? 1024 : 1024 * 1024;
        text.len--;
    }
    bool whole = row->kind != TAKES_NUMBER;
    if (!parse_number(text, &n) || (whole && memchr(text.ptr, '.', text.len)) || n * unit < row->low ||
        n * unit > row->high) {
        struct buf range = BUF_INIT;
        buf_put_fixed(&range, row->low, 2, true);
        buf_puts(&range, " to ");
        buf_put_fixed(&range, row->high, 2, true);
        err_set(e, ERR_USAGE, "", "--%s: '%s' is no %s from %.*s", row->name, value, whole ? "whole number" : "number",
                STR_ARG(buf_str(&range)));
        buf_free(&range);
        return false;
    }
    if (row->kind == TAKES_NUMBER) *(double *)field = n;
    else if (row->kind == TAKES_LEVELS) *(int64_t *)field = (int64_t)n;
    else *(uint64_t *)field = (uint64_t)(n * unit);
    return true;
}

static bool set_integer(int64_t *field, const struct option_row *row, const char *value, struct err *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    bool digit = value[0] && value[strlen(value) - 1] >= '0' && value[strlen(value) - 1] <= '9';
    if (errno || *end || !digit) return err_set(e, ERR_USAGE, "", "--%s: '%s' is no whole number", row->name, value);
    *field = n;
    return true;
}

static bool set_format(const struct format **field, const char *value, struct err *e)
{
    *field = format_named(str_z(value));
    if (*field) return true;
    const char *names[FORMATS_MAX + 1];
    size_t count = 0;
    for (; formats[count]; count++) names[count] = formats[count]->name;
    names[count] = NULL;
    const char *meant = nearest_word(str_z(value), names);
    return meant ? err_set(e, ERR_USAGE, "", "--format: '%s' is no kind of log; did you mean %s?", value, meant)
                 : err_set(e, ERR_USAGE, "", "--format: '%s' is no kind of log; see help formats", value);
}

static bool set_option(struct options *o, const struct option_row *row, const char *value, struct err *e)
{
    void *field = (char *)o + row->offset;
    switch (row->kind) {
    case TAKES_NOTHING: *(bool *)field = true; return true;
    case SETS_LATEST: *(uint32_t *)field = RUNS_LATEST; return true;
    case SETS_ALL: *(uint32_t *)field = RUNS_ALL; return true;
    case TAKES_TEXT: *(const char **)field = value; return true;
    case TAKES_CHOICE: return set_choice(field, row, value, e);
    case TAKES_DURATION:
        return clock_parse_duration(str_z(value), field) ||
               err_set(e, ERR_USAGE, "", "--%s: '%s' is no duration such as 250ms, 1.5s or 2m", row->name, value);
    case TAKES_FORMAT: return set_format(field, value, e);
    case TAKES_ZONE: {
        struct zone zone;
        *(const char **)field = value;
        return zone_parse(value, &zone) ||
               err_set(e, ERR_USAGE, "", "--tz: '%s' is no time zone such as UTC, +09:00 or Europe/Berlin", value);
    }
    case TAKES_INTEGER: return set_integer(field, row, value, e);
    case TAKES_COUNT:
    case TAKES_BYTES:
    case TAKES_LEVELS:
    case TAKES_NUMBER: return set_number(field, row, value, e);
    }
    return false;
}

static const struct option_row *find_row(const char *word, enum command_bit command)
{
    struct str name = str_z(word + 2);
    name = str_first(name, str_find(name, '='));
    if (str_eq(name, S("color"))) name = S("colour");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!(rows[i].commands & command)) continue;
        if (word[1] == '-' ? str_eq(name, str_z(rows[i].name)) : rows[i].letter && word[1] == rows[i].letter)
            return &rows[i];
    }
    return NULL;
}

static bool takes_value(const struct option_row *row)
{
    return row->kind != TAKES_NOTHING && row->kind != SETS_LATEST && row->kind != SETS_ALL;
}

/* One option with its value: "--name value", "--name=value", "-o value", "-ovalue". */
static bool parse_one(struct options *o, enum command_bit command, int argc, char **argv, int *at, struct err *e)
{
    const char *word = argv[*at], *value = NULL;
    const struct option_row *row = find_row(word, command);
    if (!row) return unknown_option(word, command, e);
    o->given[row - rows].set = true;
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    if (equals) value = equals + 1;
    else if (word[1] != '-' && word[2]) value = word + 2;
    if (!takes_value(row)) {
        if (value)
            return err_set(e, ERR_USAGE, "", "%s: --%s takes no value; options of one letter are written apart", word,
                           row->name);
        return set_option(o, row, NULL, e);
    }
    if (!value && ++*at >= argc)
        return err_set(e, ERR_USAGE, "", "--%s needs a value: %s", row->name, row->choices ? row->choices : row->value);
    if (!value) value = argv[*at];
    o->given[row - rows].value = value;
    if (row->offset == AT(max_rows)) o->max_rows_set = true;
    if (row->offset == AT(max_data)) o->max_data_set = true;
    if (row->offset == AT(at)) o->at_set = true;
    if (row->offset == AT(limit)) o->limit_set = true;
    return set_option(o, row, value, e);
}

void options_put_given(const struct options *o, unsigned what, struct buf *out)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool where = rows[i].offset == AT(templates); /* from where, not what */
        if (!o->given[i].set || !(rows[i].outputs & what) || where) continue;
        buf_printf(out, "%s--%s", out->len ? " " : "", rows[i].name);
        if (!o->given[i].value) continue;
        bool plain = o->given[i].value[strcspn(o->given[i].value, " \t\n\"'$\\`")] == '\0' && o->given[i].value[0];
        buf_puts(out, plain ? " " : " '");
        buf_puts(out, o->given[i].value);
        if (!plain) buf_putc(out, '\'');
    }
}

/* Those of the outputs wanted that heed the option of the row: a mini chart has neither rows nor a height to choose,
 * and only PNGs have pixels. */
static unsigned heeding(const struct options *o, const struct option_row *row, unsigned wanted, unsigned pngs)
{
    bool mini = o->gantt_style != 0;
    if (mini && (row->offset == AT(max_rows) || row->offset == AT(min_height))) wanted &= ~(unsigned)TO_GANTT;
    if (row->offset == AT(scale)) wanted &= pngs;
    return row->outputs & wanted;
}

static bool refuse_unheeded(const struct option_row *row, struct err *e)
{
    static const char *const names[] = { "--html FILE", "--gantt FILE", "--graph FILE", "--trend FILE",
                                         "--summary FILE" };
    struct buf list = BUF_INIT;
    unsigned rest = row->outputs;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(rest & 1u << i)) continue;
        rest &= ~(1u << i);
        buf_printf(&list, "%s%s", !list.len ? "" : rest ? ", " : " or ", names[i]);
    }
    buf_putc(&list, '\0');
    err_set(e, ERR_USAGE, "", "--%s: nothing that is written heeds it: add %s%s", row->name, list.ptr,
            row->offset == AT(scale) ? " with a name that ends in .png" : "");
    buf_free(&list);
    return false;
}

bool options_heeded(const struct options *o, unsigned wanted, unsigned pngs, struct err *e)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (o->given[i].set && rows[i].outputs && !heeding(o, &rows[i], wanted, pngs))
            return refuse_unheeded(&rows[i], e);
    return true;
}

bool options_parse(struct options *o, enum command_bit command, int argc, char **argv, struct err *e)
{
    bool only_logs = false;
    o->logs = (const char **)(uintptr_t)argv;
    for (int i = 0; i < argc; i++) {
        bool option = !only_logs && argv[i][0] == '-' && argv[i][1] != '\0';
        if (option && strcmp(argv[i], "--") == 0) only_logs = true;
        else if (option && !parse_one(o, command, argc, argv, &i, e)) return false;
        if (option) continue;
        o->logs[o->log_count++] = argv[i];
        only_logs |= (command & WORDS_FOLLOW) != 0;
    }
    o->logs[o->log_count] = NULL;
    return selection_check(&o->select, e);
}

void options_help(enum command_bit command, struct buf *out)
{
    enum { COLUMN = 27 };
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!(rows[i].commands & command)) continue;
        size_t from = out->len;
        buf_puts(out, "  ");
        if (rows[i].letter) buf_printf(out, "-%c, ", rows[i].letter);
        buf_printf(out, "--%s", rows[i].name);
        if (takes_value(&rows[i])) buf_printf(out, " %s", rows[i].choices ? rows[i].choices : rows[i].value);
        size_t used = out->len - from;
        if (used >= COLUMN) {
            buf_putc(out, '\n');
            used = 0;
        }
        buf_put_repeat(out, ' ', COLUMN - used);
        buf_printf(out, "%s\n", rows[i].help);
    }
}
