/* SPDX-License-Identifier: MIT */
#include "model/redact.h"

#include "model/redact_name.h"

/* ---- options whose value is a secret in part ---- */

enum program { OTHER, CURL, MYSQL, SSHPASS };

/* The last program that a word names. */
static enum program program_of(struct str word, enum program before)
{
    static const struct {
        const char *name;
        enum program program;
    } programs[] = {
        { "curl", CURL },         { "mysql", MYSQL },   { "mysqldump", MYSQL },    { "mysqladmin", MYSQL },
        { "mysqlimport", MYSQL }, { "mariadb", MYSQL }, { "mariadb-dump", MYSQL }, { "sshpass", SSHPASS }
    };
    size_t slash = str_rfind(word, '/');
    struct str name = slash < word.len ? str_skip(word, slash + 1) : word;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (str_eq(name, str_z(programs[i].name))) return programs[i].program;
    return before;
}

static bool is_one_of(struct str word, const char *const *words)
{
    while (*words && !str_eq(word, str_z(*words))) words++;
    return *words != NULL;
}

static bool is_number(struct str text)
{
    size_t digits = 0;
    while (is_digit(byte_at(text, digits))) digits++;
    return text.len && digits == text.len;
}

/* Behind USER: a password, and not, as in `docker run -u 1000:1000` and `rsync -u host:/path`, a group or a path. */
static bool is_login(struct str value, enum program program)
{
    size_t colon = str_find(value, ':');
    struct str user = str_first(value, colon), rest = str_skip(value, colon + 1);
    if (!colon || !rest.len) return false;
    if (program == CURL) return true;
    return !(is_number(user) && is_number(rest)) && !str_eq(user, rest) && !strchr("/.~", rest.ptr[0]);
}

/* `-u USER:PASSWORD`, `-passin pass:PASSWORD`, `sshpass -p PASSWORD`: the kind of the secret, and where in the value it
 * begins; NULL when there is none. A joined value follows its option at once, as in `mysql -pPASSWORD`. */
static const char *kind_of_option(struct str option, bool joined, struct str value, enum program program,
                                  size_t *ret_from)
{
    static const char *const users[] = { "-u", "--user", "--proxy-user", NULL };
    static const char *const passes[] = { "-pass", "-passin", "-passout", NULL };
    bool user = is_one_of(option, users) || (program == CURL && str_eq(option, S("-U")));
    *ret_from = 0;
    if (str_eq(option, S("-p")) && (program == SSHPASS || (program == MYSQL && joined))) return "password";
    if (user && is_login(value, program)) *ret_from = str_find(value, ':') + 1;
    if (is_one_of(option, passes) && str_starts(value, S("pass:"))) *ret_from = 5;
    return *ret_from ? "password" : NULL;
}

/* Does the word begin with a short option and its value, in one? */
static bool is_joined(struct str word, enum program program)
{
    char next = byte_at(word, 2);
    if (program == OTHER || byte_at(word, 0) != '-' || !next || is_space(next) || next == '=') return false;
    return program == CURL ? word.ptr[1] == 'u' || word.ptr[1] == 'U' : word.ptr[1] == 'p';
}

static bool find_option(struct str text, size_t at, enum program program, struct secret *ret)
{
    size_t end = at + 1, from;
    if (text.ptr[at] != '-' || (at && is_name(text.ptr[at - 1]))) return false;
    bool joined = is_joined(str_skip(text, at), program);
    while (end - at <= NAME_MAX_LENGTH && is_token(byte_at(text, end))) end++;
    if (joined) end = at + 2;
    struct str option = slice(text, at, end);
    if (!joined && byte_at(text, end) != ' ' && byte_at(text, end) != '=') return false;
    size_t begin = joined ? end : end + 1;
    while (byte_at(text, begin) == ' ') begin++;
    size_t close = byte_at(text, begin) == '-' ? begin : redact_value_end(text, &begin, AT_SHELL);
    if (begin >= close) return false;
    const char *kind = kind_of_option(option, joined, slice(text, begin, close), program, &from);
    if (!kind || !redact_is_secret(slice(text, begin + from, close))) return false;
    *ret = (struct secret){ begin + from, close, redact_kind(slice(text, begin + from, close), kind) };
    return true;
}

/* ---- secrets in URLs ---- */

/* A password may hold what ends a URL's authority, when somebody has not encoded it: then the last @ tells. */
static size_t late_at(struct str text, size_t from)
{
    size_t last = 0;
    for (size_t i = from; i < text.len && i - from < VALUE_PROBE && !is_space(text.ptr[i]); i++) {
        if (text.ptr[i] && strchr("\"'<>`", text.ptr[i])) break;
        if (text.ptr[i] == '@') last = i;
    }
    return last;
}

/* The password in SCHEME://USER:PASSWORD@HOST or the token in SCHEME://TOKEN@HOST, `at` being the colon of `://`. */
static bool find_login(struct str text, size_t at, struct secret *ret)
{
    enum { USER_LEAST = 20 }; /* of a token in place of the user: users have names with digits */
    size_t begin = at + 3, colon = 0, last = 0, end = begin;
    if (!str_starts(str_skip(text, at), S("://"))) return false;
    for (; end < text.len && !is_space(text.ptr[end]) && !strchr("/?#\"'<>`", text.ptr[end]); end++) {
        if (text.ptr[end] == ':' && !colon) colon = end;
        if (text.ptr[end] == '@') last = end;
    }
    bool port = colon && (colon + 1 == end || is_number(slice(text, colon + 1, end)));
    if (!last && colon && !port && byte_at(text, begin) != '[') last = late_at(text, end);
    if (!last || (colon && last < colon) || str_starts(str_skip(text, last + 1), S("sha256:"))) return false;
    struct str value = slice(text, colon ? colon + 1 : begin, last);
    if (!redact_is_secret(value) || (!colon && !redact_looks_random(value, USER_LEAST))) return false;
    *ret = (struct secret){ last - value.len, last, redact_kind(value, colon ? "password" : "token") };
    return true;
}

/* `?sig=…`, and `?key=…` when it looks like a key. Other names are found like those of variables. */
static bool find_query(struct str text, size_t at, struct secret *ret)
{
    static const struct {
        const char *name, *kind;
        bool any; /* whatever the value looks like */
    } names[] = { { "key=", "api-key", false }, { "sig=", "signature", true }, { "signature=", "signature", true } };
    if (!at || (text.ptr[at - 1] != '?' && text.ptr[at - 1] != '&')) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t begin = at + strlen(names[i].name);
        if (!str_starts(str_skip(text, at), str_z(names[i].name))) continue;
        if (!names[i].any && !redact_looks_random(str_skip(text, begin), RANDOM_LEAST)) return false;
        size_t end = redact_value_end(text, &begin, AT_SHELL);
        if (begin >= end || !redact_is_secret(slice(text, begin, end))) return false;
        *ret = (struct secret){ begin, end, redact_kind(slice(text, begin, end), names[i].kind) };
        return true;
    }
    return false;
}

/* ---- texts, values, words ---- */

static size_t put_mask(struct buf *out, const char *kind)
{
    buf_printf(out, "‹redacted: %s›", kind);
    return 1;
}

/* A secret that begins at the word, or whose name does. */
static bool find_secret(struct str text, size_t at, enum program program, struct secret *ret)
{
    if (text.ptr[at] == ':') return find_login(text, at, ret);
    if (at && is_word(text.ptr[at - 1])) return false;
    return redact_shape(text, at, ret) || redact_named(text, at, ret) || redact_bearer(text, at, ret) ||
           find_query(text, at, ret) || find_option(text, at, program, ret);
}

/* Which program the options are of that follow: one that was named since the last command began. */
static enum program follow_program(struct str text, size_t at, enum program before)
{
    enum { LONGEST = 16 };
    size_t end = at;
    if (text.ptr[at] && strchr(";|&\n", text.ptr[at])) return OTHER;
    if (!is_small(text.ptr[at]) || (at && is_name(text.ptr[at - 1]))) return before;
    while (end - at <= LONGEST && is_name(byte_at(text, end))) end++;
    return is_space(byte_at(text, end)) ? program_of(slice(text, at, end), before) : before;
}

size_t redact_text(struct str text, struct buf *out)
{
    size_t count = 0, kept = 0;
    enum program program = OTHER;
    for (size_t at = 0; at < text.len;) {
        struct secret s;
        program = follow_program(text, at, program);
        if (!find_secret(text, at, program, &s)) {
            at++;
            continue;
        }
        buf_put(out, slice(text, kept, s.from));
        count += put_mask(out, s.kind);
        at = kept = s.to;
    }
    buf_put(out, str_skip(text, kept));
    return count;
}

size_t redact_value(const char *kind, struct str value, struct buf *out)
{
    if (redact_is_secret(value)) return put_mask(out, redact_kind(value, kind));
    buf_put(out, value);
    return 0;
}

/* `sh -c`, `bash -ec`: the next word is a text with words of its own. */
static bool is_script_option(struct str word)
{
    if (word.len < 2 || word.ptr[0] != '-') return false;
    for (size_t i = 1; i < word.len; i++)
        if (!is_small(word.ptr[i])) return false;
    return word.ptr[word.len - 1] == 'c';
}

/* How many bytes stand before the value in NAME=value and --name=value; 0 when the word is neither. */
static size_t before_value(struct str word)
{
    size_t equals = str_find(word, '=');
    for (size_t i = 0; i < equals; i++)
        if (!is_name(word.ptr[i])) return 0; /* no name, as in `{"token":"a=b"}` */
    return equals < word.len ? equals + 1 : 0;
}

size_t redact_word(struct redact_words *line, struct str word, struct buf *out)
{
    struct str before = line->before;
    bool after_option = before.len > 1 && before.ptr[0] == '-' && str_find(before, '=') == before.len;
    enum program program = line->program;
    const char *kind = NULL;
    size_t from = 0;
    line->before = word;
    line->program = program_of(word, program);
    if (after_option && !str_starts(word, S("--"))) {
        kind = kind_of_option(before, false, word, program, &from);
        if (!kind) kind = redact_name(before);
    }
    if (!kind && is_joined(word, program)) {
        kind = kind_of_option(str_first(word, 2), true, str_skip(word, 2), program, &from);
        from += 2;
    }
    size_t value = kind || is_script_option(before) ? 0 : before_value(word);
    if (value) {
        struct str name = str_first(word, value - 1);
        kind = kind_of_option(name, false, str_skip(word, value), program, &from);
        if (!kind) kind = redact_name(name);
        from += value;
    }
    if (!kind) return redact_text(word, out);
    buf_put(out, str_first(word, from));
    return redact_value(kind, str_skip(word, from), out);
}
