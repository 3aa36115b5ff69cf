/* SPDX-License-Identifier: MIT */
#include "model/redact.h"

enum {
    NAME_MAX_LENGTH = 64, /* longer words are no names; it also bounds the work on a text that is all name */
    JWT_PART_LEAST = 8
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_small(char c) { return c >= 'a' && c <= 'z'; }
static bool is_capital_or_digit(char c) { return is_capital(c) || is_digit(c); }
static bool is_alnum(char c) { return is_capital(c) || is_small(c) || is_digit(c); }
static bool is_word(char c) { return is_alnum(c) || c == '_'; }
static bool is_token(char c) { return is_word(c) || c == '-'; }
static bool is_name(char c) { return is_token(c) || c == '.'; }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
static char lower(char c) { return is_capital(c) ? (char)(c + ('a' - 'A')) : c; }

/* The byte at `at`, or 0 behind the end. */
static char byte_at(struct str text, size_t at) { return at < text.len ? text.ptr[at] : '\0'; }

static struct str slice(struct str text, size_t from, size_t to) { return str_of(text.ptr + from, to - from); }

static size_t find_text(struct str text, struct str wanted)
{
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        at += str_find(str_skip(text, at), wanted.ptr[0]);
        if (str_starts(str_skip(text, at), wanted)) return at;
    }
    return text.len;
}

/* ---- secrets that have a shape of their own ---- */

struct secret {
    size_t from, to; /* bytes of the text that are masked */
    const char *kind;
};

/* A prefix that the service gives to all its tokens, and what may follow. */
struct shape {
    const char *prefix, *kind;
    bool (*belongs)(char c);
    size_t least, most; /* bytes behind the prefix */
    bool mixed;         /* a prefix that words have too: there must be a digit and a letter */
};

static const struct shape shapes[] = {
    { "AKIA", "aws-access-key", is_capital_or_digit, 16, 16, false },
    { "ASIA", "aws-access-key", is_capital_or_digit, 16, 16, false },
    { "AIza", "google-api-key", is_token, 35, 35, false },
    { "ghp_", "github-token", is_alnum, 20, SIZE_MAX, false },
    { "gho_", "github-token", is_alnum, 20, SIZE_MAX, false },
    { "ghu_", "github-token", is_alnum, 20, SIZE_MAX, false },
    { "ghs_", "github-token", is_alnum, 20, SIZE_MAX, false },
    { "ghr_", "github-token", is_alnum, 20, SIZE_MAX, false },
    { "github_pat_", "github-token", is_word, 20, SIZE_MAX, false },
    { "glpat-", "gitlab-token", is_token, 16, SIZE_MAX, false },
    { "gldt-", "gitlab-token", is_token, 16, SIZE_MAX, true },
    { "glrt-", "gitlab-token", is_token, 16, SIZE_MAX, true },
    { "glptt-", "gitlab-token", is_token, 16, SIZE_MAX, true },
    { "xoxa-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xoxb-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xoxe-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xoxp-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xoxr-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xoxs-", "slack-token", is_token, 10, SIZE_MAX, false },
    { "xapp-", "slack-token", is_token, 10, SIZE_MAX, true },
    { "sk_live_", "stripe-key", is_alnum, 10, SIZE_MAX, false },
    { "sk_test_", "stripe-key", is_alnum, 10, SIZE_MAX, false },
    { "rk_live_", "stripe-key", is_alnum, 10, SIZE_MAX, false },
    { "sk-ant-", "anthropic-key", is_token, 8, SIZE_MAX, false },
    { "sk-proj-", "openai-key", is_token, 16, SIZE_MAX, true },
    { "sk-svcacct-", "openai-key", is_token, 16, SIZE_MAX, true },
    { "sk-", "openai-key", is_alnum, 20, SIZE_MAX, true },
    { "hf_", "huggingface-token", is_alnum, 30, SIZE_MAX, false },
    { "npm_", "npm-token", is_alnum, 30, SIZE_MAX, false },
    { "pypi-", "pypi-token", is_token, 32, SIZE_MAX, true },
};

static bool find_shape(struct str text, size_t at, struct secret *ret)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *s = &shapes[i];
        if (byte_at(text, at) != s->prefix[0] || !str_starts(str_skip(text, at), str_z(s->prefix))) continue;
        size_t begin = at + strlen(s->prefix), end = begin;
        bool digit = false, letter = false;
        for (; end < text.len && s->belongs(text.ptr[end]); end++) {
            digit |= is_digit(text.ptr[end]);
            letter |= !is_digit(text.ptr[end]);
        }
        if (end - begin < s->least || end - begin > s->most || (s->mixed && !(digit && letter))) continue;
        *ret = (struct secret){ at, end, s->kind };
        return true;
    }
    return false;
}

/* Three (signed) or five (encrypted) parts in base64url with dots between, the first one a JSON object: `{"` is eyJ. */
static bool find_jwt(struct str text, size_t at, struct secret *ret)
{
    size_t end = at, parts = 0;
    if (!str_starts(str_skip(text, at), S("eyJ")) || (at && text.ptr[at - 1] == '-')) return false;
    for (;;) {
        size_t begin = end;
        while (end < text.len && is_token(text.ptr[end])) end++;
        if (end - begin < JWT_PART_LEAST) break;
        parts++;
        if (byte_at(text, end) != '.' || !is_token(byte_at(text, end + 1))) break;
        end++;
    }
    *ret = (struct secret){ at, end, "jwt" };
    return parts >= 3;
}

/* A PEM private key, to the end of its last line, or of the text when that was cut off. */
static bool find_pem(struct str text, size_t at, struct secret *ret)
{
    struct str rest = str_skip(text, at), end = S("PRIVATE KEY-----");
    if (!str_starts(rest, S("-----BEGIN "))) return false;
    if (find_text(str_first(rest, NAME_MAX_LENGTH), end) >= str_first(rest, NAME_MAX_LENGTH).len) return false;
    size_t last = find_text(rest, S("-----END "));
    size_t close = last + find_text(str_skip(rest, last), end) + end.len;
    *ret = (struct secret){ at, at + (close < rest.len ? close : rest.len), "private-key" };
    return true;
}

/* ---- secrets that stand under a name ---- */

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

const char *redact_name(struct str name)
{
    char letters[NAME_MAX_LENGTH];
    size_t count = 0;
    while (name.len && name.ptr[0] == '-') name = str_skip(name, 1);
    if (name.len > NAME_MAX_LENGTH || is_about(name)) return NULL;
    for (size_t i = 0; i < name.len; i++)
        if (is_alnum(name.ptr[i])) letters[count++] = lower(name.ptr[i]);
    for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
        if (str_ends(str_of(letters, count), str_z(secret_names[i].end))) return secret_names[i].kind;
    return NULL;
}

/* A reference to a variable, as scripts and CI files have them: $TOKEN, ${TOKEN}, ${{ secrets.TOKEN }}, $(…). */
static bool is_reference(struct str value)
{
    if (byte_at(value, 0) != '$') return false;
    size_t at = byte_at(value, 1) == '{' ? 2 : 1;
    if (str_starts(value, S("${{")) || value.len == 1 || value.ptr[1] == '(') return true;
    if (is_digit(byte_at(value, at))) return false;
    while (is_capital_or_digit(byte_at(value, at)) || byte_at(value, at) == '_') at++;
    return at == value.len || (value.ptr[at] == '}' && at + 1 == value.len);
}

/* Can the value be a secret at all? */
static bool is_secret_value(struct str value)
{
    static const char *const plain[] = { "true", "false", "yes", "no", "on", "off", "null", "none", "0", "1" };
    if (!value.len || is_reference(value) || str_starts(value, S("‹redacted"))) return false;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_eq_ignoring_case(value, str_z(plain[i]))) return false;
    size_t stars = 0;
    while (stars < value.len && value.ptr[stars] == '*') stars++;
    return stars < value.len; /* masked by another program already */
}

/* The more telling of two kinds: what the whole value looks like, else what its name says. */
static const char *kind_of_value(struct str value, const char *kind)
{
    struct secret s;
    bool shaped = find_shape(value, 0, &s) || find_jwt(value, 0, &s) || find_pem(value, 0, &s);
    return shaped && s.to == value.len ? s.kind : kind;
}

/* In `Authorization: Bearer x` the scheme may be read. */
static size_t skip_scheme(struct str text, size_t at)
{
    static const char *const schemes[] = { "bearer", "basic", "token", "negotiate", "apikey" };
    size_t end = at;
    while (is_alnum(byte_at(text, end))) end++;
    for (size_t i = 0; byte_at(text, end) == ' ' && i < sizeof schemes / sizeof *schemes; i++)
        if (str_eq_ignoring_case(slice(text, at, end), str_z(schemes[i]))) {
            while (byte_at(text, end) == ' ') end++;
            return end;
        }
    return at;
}

/* What ends a value without quotes: in a shell or a URL, in a JSON text, in a header. */
enum place { AT_SHELL, AT_JSON, AT_HEADER };
static const char *const value_ends[] = { " \t\n\r\"'`;|&<>()", " \t\n\r\"'`,]}", "\n\r\"'`" };

/* Where a value that begins at *at ends; *at is moved behind its opening quote. `\"` as in a JSON text within a JSON
 * string or within a shell's double quotes counts as a quote. */
static size_t value_end(struct str text, size_t *at, enum place place)
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

/* Where the value begins that belongs to the name text[at, end): behind `NAME=`, `"NAME": `, `Header-Name: ` or
 * `--name `; 0 when none does. */
static size_t value_begin(struct str text, size_t at, size_t end, const char *kind, enum place *ret_place)
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
    bool cookie = strcmp(kind, "cookie") == 0;
    bool header = cookie || strcmp(kind, "authorization") == 0 || memchr(text.ptr + at, '-', end - at);
    if (!(next == ':' && header) && !(next == ' ' && before == '-')) return 0;
    if (next == ':' && cookie) *ret_place = AT_HEADER;
    for (end++; byte_at(text, end) == ' '; end++) {
    }
    return next == ' ' && byte_at(text, end) == '-' ? 0 : end;
}

/* Does a name begin here, at most behind dashes? */
static bool name_begins(struct str text, size_t at)
{
    if (!is_word(text.ptr[at]) || is_digit(text.ptr[at])) return false;
    while (at && text.ptr[at - 1] == '-') at--;
    return !at || !is_name(text.ptr[at - 1]);
}

static bool find_named(struct str text, size_t at, struct secret *ret)
{
    size_t end = at;
    if (!name_begins(text, at)) return false;
    while (end < text.len && is_name(text.ptr[end])) {
        if (end - at > NAME_MAX_LENGTH) return false;
        end++;
    }
    const char *kind = redact_name(slice(text, at, end));
    enum place place;
    size_t begin = kind ? value_begin(text, at, end, kind, &place) : 0;
    if (!begin) return false;
    bool scheme = strcmp(kind, "authorization") == 0;
    if (scheme) begin = skip_scheme(text, begin);
    size_t close = value_end(text, &begin, place);
    if (scheme) begin = skip_scheme(text, begin);
    if (begin >= close || !is_secret_value(slice(text, begin, close))) return false;
    *ret = (struct secret){ begin, close, kind_of_value(slice(text, begin, close), kind) };
    return true;
}

/* The password in SCHEME://USER:PASSWORD@HOST, `at` being the colon of `://`. */
static bool find_password(struct str text, size_t at, struct secret *ret)
{
    size_t colon = 0, last = 0;
    if (!str_starts(str_skip(text, at), S("://"))) return false;
    for (size_t i = at + 3; i < text.len && !is_space(text.ptr[i]) && !strchr("/?#\"'<>`", text.ptr[i]); i++) {
        if (text.ptr[i] == ':' && !colon) colon = i;
        if (text.ptr[i] == '@') last = i;
    }
    if (!colon || last <= colon || !is_secret_value(slice(text, colon + 1, last))) return false;
    *ret = (struct secret){ colon + 1, last, kind_of_value(slice(text, colon + 1, last), "password") };
    return true;
}

/* ---- texts, values, words ---- */

static size_t put_mask(struct buf *out, const char *kind)
{
    buf_printf(out, "‹redacted: %s›", kind);
    return 1;
}

/* A secret that begins at the word, or whose name does. */
static bool find_secret(struct str text, size_t at, struct secret *ret)
{
    if (text.ptr[at] == ':') return find_password(text, at, ret);
    if (at && is_word(text.ptr[at - 1])) return false;
    return find_shape(text, at, ret) || find_jwt(text, at, ret) || find_pem(text, at, ret) || find_named(text, at, ret);
}

size_t redact_text(struct str text, struct buf *out)
{
    size_t count = 0, kept = 0;
    for (size_t at = 0; at < text.len;) {
        struct secret s;
        if (!find_secret(text, at, &s)) {
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
    if (is_secret_value(value)) return put_mask(out, kind_of_value(value, kind));
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

size_t redact_word(struct str before, struct str word, struct buf *out)
{
    bool after_option = before.len > 1 && before.ptr[0] == '-' && str_find(before, '=') == before.len;
    const char *kind = after_option ? redact_name(before) : NULL;
    if (kind && !str_starts(word, S("--"))) return redact_value(kind, word, out);
    size_t equals = str_find(word, '=');
    kind = equals < word.len && !is_script_option(before) ? redact_name(str_first(word, equals)) : NULL;
    for (size_t i = 0; kind && i < equals; i++)
        if (!is_name(word.ptr[i])) kind = NULL; /* no name, as in `{"token":"a=b"}` */
    if (!kind) return redact_text(word, out);
    buf_put(out, str_first(word, equals + 1));
    return redact_value(kind, str_skip(word, equals + 1), out);
}
