/* SPDX-License-Identifier: MIT */
#include "model/redact_name.h"

#include "model/redact.h"

static bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
static char lower(char c) { return is_capital(c) ? (char)(c + ('a' - 'A')) : c; }

/* ---- names ---- */

/* How the names end, in small letters and without what separates words. */
static const struct {
    const char *end, *kind;
} secret_names[] = {
    { "password", "password" },
    { "passwd", "password" },
    { "passphrase", "password" },
    { "dbpass", "password" },
    { "userpass", "password" },
    { "sshpass", "password" },
    { "rootpass", "password" },
    { "adminpass", "password" },
    { "smtppass", "password" },
    { "ftppass", "password" },
    { "keypass", "password" },
    { "storepass", "password" },
    { "dbpwd", "password" },
    { "mysqlpwd", "password" },
    { "userpwd", "password" },
    { "token", "token" },
    { "secret", "secret" },
    { "secretkeybase", "secret" },
    { "apikey", "api-key" },
    { "secretkey", "secret-key" },
    { "privatekey", "private-key" },
    { "accesskey", "access-key" },
    { "accountkey", "access-key" },
    { "signingkey", "signing-key" },
    { "authkey", "auth-key" },
    { "masterkey", "master-key" },
    { "encryptionkey", "encryption-key" },
    { "credential", "credential" },
    { "credentials", "credential" },
    { "cookie", "cookie" },
    { "authorization", "authorization" },
    { "githubpat", "github-token" },
    { "ghpat", "github-token" },
    { "amzsignature", "signature" },
};

/* Names that begin like this are about a secret: --no-password, ask_password, maxToken. */
static const char *const about[] = {
    "no", "ask", "has", "is", "without", "prompt", "max", "min", "num", "per", "total"
};

/* Is the word with which the name begins one of those above? Words end at a sign or before a capital. */
static bool is_about(struct str name)
{
    size_t end = 0;
    while (end < name.len && is_alnum(name.ptr[end]) && (is_capital(name.ptr[0]) || !is_capital(name.ptr[end]))) end++;
    for (size_t i = 0; end < name.len && i < sizeof about / sizeof *about; i++)
        if (str_eq_ignoring_case(str_first(name, end), str_z(about[i]))) return true;
    return false;
}

/* Short words, which end other words too: alone, or as the last one of a name. */
static const struct {
    const char *word, *kind;
    bool option; /* not but as an option: --pin */
} short_names[] = {
    { "pass", "password", false }, { "auth", "authorization", false },   { "pwd", "password", true },
    { "bearer", "token", true },   { "otp", "one-time-password", true }, { "pin", "pin", true },
};

/* With its dashes. Is `pass` the last word of DB_PASS, dbPass, --pass, and not of bypass? */
static const char *short_name(struct str name)
{
    bool option = byte_at(name, 0) == '-';
    while (byte_at(name, 0) == '-') name = str_skip(name, 1);
    for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++) {
        struct str word = str_z(short_names[i].word);
        size_t from = name.len - word.len;
        if (name.len < word.len || !str_eq_ignoring_case(str_skip(name, from), word)) continue;
        bool whole = from == 0, hump = !whole && is_capital(name.ptr[from]) && is_small(name.ptr[from + 1]) &&
                                       !is_capital(name.ptr[from - 1]);
        if (short_names[i].option ? whole && option : whole || hump || !is_alnum(name.ptr[from - 1]))
            return short_names[i].kind;
    }
    return NULL;
}

/* *ret_short, which may be NULL: the name is one of the short ones. */
static const char *kind_of_name(struct str name, bool *ret_short)
{
    char letters[NAME_MAX_LENGTH];
    size_t count = 0, dashes = 0;
    while (byte_at(name, dashes) == '-') dashes++;
    struct str bare = str_skip(name, dashes);
    if (ret_short) *ret_short = false;
    if (bare.len > NAME_MAX_LENGTH || is_about(bare)) return NULL;
    for (size_t i = 0; i < bare.len; i++)
        if (is_alnum(bare.ptr[i])) letters[count++] = lower(bare.ptr[i]);
    for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
        if (str_ends(str_of(letters, count), str_z(secret_names[i].end))) return secret_names[i].kind;
    const char *kind = short_name(name);
    if (ret_short) *ret_short = kind != NULL;
    return kind;
}

const char *redact_name(struct str name) { return kind_of_name(name, NULL); }

/* ---- values ---- */

/* A reference to a variable, as scripts and CI files have them: $TOKEN, ${TOKEN}, ${{ secrets.TOKEN }}, $(…). */
static bool is_reference(struct str value)
{
    if (byte_at(value, 0) != '$' || value.len > VALUE_PROBE) return false;
    size_t at = byte_at(value, 1) == '{' ? 2 : 1;
    if (str_starts(value, S("${{")) || value.len == 1 || value.ptr[1] == '(') return true;
    if (is_digit(byte_at(value, at))) return false;
    while (is_capital_or_digit(byte_at(value, at)) || byte_at(value, at) == '_') at++;
    return at == value.len || (value.ptr[at] == '}' && at + 1 == value.len);
}

/* What this module has put there, or the part of it before its space. */
static bool is_mask(struct str value)
{
    struct str begin = S("‹redacted:");
    return str_starts(value, begin) && (value.len == begin.len || value.len <= NAME_MAX_LENGTH);
}

bool redact_is_secret(struct str value)
{
    static const char *const plain[] = { "true",  "false",    "yes",   "no",      "on",        "off",
                                         "null",  "none",     "basic", "bearer",  "digest",    "plain",
                                         "login", "required", "empty", "missing", "incorrect", "invalid" };
    if (!value.len || (value.len == 1 && is_digit(value.ptr[0])) || is_reference(value) || is_mask(value)) return false;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_eq_ignoring_case(value, str_z(plain[i]))) return false;
    size_t stars = 0;
    while (stars < value.len && value.ptr[stars] == '*') stars++;
    return stars < value.len; /* masked by another program already */
}

static bool is_small_number(struct str value)
{
    size_t digits = 0;
    while (is_digit(byte_at(value, digits))) digits++;
    return digits == value.len && digits <= 3;
}

const char *redact_kind(struct str value, const char *kind)
{
    struct secret s;
    return redact_shape(value, 0, &s) && s.from == 0 && s.to == value.len ? s.kind : kind;
}

/* In `Authorization: Bearer x` the scheme may be read. *ret_many: what follows is many words, as of Digest. */
static size_t skip_scheme(struct str text, size_t at, bool *ret_many)
{
    static const struct {
        const char *name;
        bool many;
    } schemes[] = { { "bearer", false }, { "basic", false }, { "token", false },           { "negotiate", false },
                    { "apikey", false }, { "digest", true }, { "aws4-hmac-sha256", true }, { "oauth", true } };
    size_t end = at;
    while (end - at < NAME_MAX_LENGTH && is_token(byte_at(text, end))) end++;
    for (size_t i = 0; byte_at(text, end) == ' ' && i < sizeof schemes / sizeof *schemes; i++)
        if (str_eq_ignoring_case(slice(text, at, end), str_z(schemes[i].name))) {
            while (byte_at(text, end) == ' ') end++;
            *ret_many = schemes[i].many;
            return end;
        }
    return at;
}

/* What ends a value without quotes, by enum place. */
static const char *const value_ends[] = { " \t\n\r\"'`;|&<>()", " \t\n\r\"'`,]}", "\n\r\"'`" };

size_t redact_value_end(struct str text, size_t *at, enum place place)
{
    bool escaped = byte_at(text, *at) == '\\' && is_quote(byte_at(text, *at + 1));
    char quote = byte_at(text, *at + escaped);
    size_t end = *at;
    if (is_quote(quote)) {
        end = *at += (size_t)escaped + 1;
        while (end < text.len && text.ptr[end] != quote) end += !escaped && text.ptr[end] == '\\' ? 2 : 1;
        if (end > text.len) end = text.len;
        return escaped && end > *at && end < text.len ? end - 1 : end;
    }
    while (end < text.len && !(text.ptr[end] && strchr(value_ends[place], text.ptr[end]))) {
        if (text.ptr[end] == '\\' && is_quote(byte_at(text, end + 1))) break;
        end += text.ptr[end] == '\\' && byte_at(text, end + 1) == ' ' ? 2 : 1;
    }
    return end;
}

/* ---- a name and its value in a text ---- */

/* Where the value of a header ends that has quotes of its own: with the line, or with the quotes around the header. */
static size_t header_end(struct str text, size_t name, size_t at)
{
    char quote = name && is_quote(text.ptr[name - 1]) ? text.ptr[name - 1] : '\n';
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r' && text.ptr[at] != quote) at++;
    return at;
}

/* Where the value begins behind `NAME: `; 0 when that is no header and no line of YAML or the like, but, as in `PASS:
 * parser`, another text. */
static size_t behind_colon(struct str text, size_t at, size_t end, const char *kind, bool is_short,
                           enum place *ret_place)
{
    bool cookie = strcmp(kind, "cookie") == 0, dashed = memchr(text.ptr + at, '-', end - at);
    bool header = dashed || (!is_short && (cookie || strcmp(kind, "authorization") == 0));
    bool spaced = byte_at(text, end + 1) == ' ';
    if (!header && (is_short || !spaced)) return 0;
    *ret_place = cookie ? AT_HEADER : header ? AT_SHELL : AT_JSON;
    for (end++; byte_at(text, end) == ' '; end++) {
    }
    return end;
}

/* Where the value begins that belongs to the name text[at, end): behind `NAME=`, `"NAME": `, `NAME: ` or `--name `; 0
 * when none does. */
static size_t value_begin(struct str text, size_t at, size_t end, const char *kind, bool is_short,
                          enum place *ret_place)
{
    char before = at ? text.ptr[at - 1] : '\0', next = byte_at(text, end);
    size_t quote = end + (next == '\\'); /* the closing one */
    *ret_place = AT_SHELL;
    if (is_quote(before) && byte_at(text, quote) == before) {
        *ret_place = AT_JSON;
        for (end = quote + 1; is_space(byte_at(text, end)); end++) {
        }
        if (byte_at(text, end) != ':' && byte_at(text, end) != '=') return 0;
        for (end++; is_space(byte_at(text, end)); end++) {
        }
        return end;
    }
    if (next == '=') return byte_at(text, end + 1) == '=' ? 0 : end + 1;
    if (next == ':') return behind_colon(text, at, end, kind, is_short, ret_place);
    if (next != ' ' || before != '-') return 0;
    for (end++; byte_at(text, end) == ' '; end++) {
    }
    return byte_at(text, end) == '-' ? 0 : end;
}

/* `unexpected token: ';'`, `error: token: none is left`: a sentence, and no name with its value. */
static bool is_prose(struct str text, size_t at, size_t end)
{
    return byte_at(text, end) == ':' && at >= 2 && text.ptr[at - 1] == ' ' &&
           (is_alnum(text.ptr[at - 2]) || text.ptr[at - 2] == ':');
}

/* Does a name begin here, at most behind dashes? */
static bool name_begins(struct str text, size_t at)
{
    if (!is_word(text.ptr[at]) || is_digit(text.ptr[at])) return false;
    while (at && text.ptr[at - 1] == '-') at--;
    return !at || !is_name(text.ptr[at - 1]);
}

bool redact_named(struct str text, size_t at, struct secret *ret)
{
    size_t end = at, dashes = at;
    if (!name_begins(text, at)) return false;
    while (end < text.len && is_name(text.ptr[end])) {
        if (end - at > NAME_MAX_LENGTH) return false;
        end++;
    }
    while (dashes && at - dashes < 2 && text.ptr[dashes - 1] == '-') dashes--;
    bool is_short, many = false;
    const char *kind = kind_of_name(slice(text, dashes, end), &is_short);
    enum place place;
    size_t begin = kind ? value_begin(text, at, end, kind, is_short, &place) : 0;
    if (!begin) return false;
    bool scheme = strcmp(kind, "authorization") == 0;
    if (scheme && !is_short) begin = skip_scheme(text, begin, &many);
    size_t close = many ? header_end(text, at, begin) : redact_value_end(text, &begin, place);
    if (scheme && !many) begin = skip_scheme(text, begin, &many);
    bool prose = is_prose(text, at, end);
    if (prose && close > begin && text.ptr[close - 1] == ')') close--; /* `(using password: YES)` */
    if (begin >= close) return false;
    struct str value = slice(text, begin, close);
    if (!redact_is_secret(value) || (is_short && is_small_number(value))) return false;
    if (prose && strcmp(kind, "password") != 0 && !redact_looks_random(value, RANDOM_LEAST / 2)) return false;
    *ret = (struct secret){ begin, close, redact_kind(value, kind) };
    return true;
}

bool redact_bearer(struct str text, size_t at, struct secret *ret)
{
    struct str word = S("bearer ");
    size_t begin = at + word.len, end;
    if (!str_eq_ignoring_case(str_first(str_skip(text, at), word.len), word)) return false;
    while (byte_at(text, begin) == ' ') begin++;
    if (!redact_looks_random(str_skip(text, begin), RANDOM_LEAST)) return false;
    end = redact_value_end(text, &begin, AT_JSON);
    *ret = (struct secret){ begin, end, redact_kind(slice(text, begin, end), "token") };
    return true;
}
