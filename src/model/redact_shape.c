/* SPDX-License-Identifier: MIT */
#include "model/redact_shape.h"

enum {
    PROBE_MAX = 256,   /* bytes that tell a token from other words */
    PEM_HEAD_MAX = 64, /* `-----BEGIN … PRIVATE KEY-----` */
    JWT_PART_LEAST = 8
};

static bool is_path(char c) { return is_token(c) || c == '/'; }

static size_t find_text(struct str text, struct str wanted)
{
    for (size_t at = 0; at + wanted.len <= text.len; at++)
        if (memcmp(text.ptr + at, wanted.ptr, wanted.len) == 0) return at;
    return text.len;
}

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
    { "SG.", "sendgrid-key", is_name, 40, SIZE_MAX, true },
    { "dop_v1_", "digitalocean-token", is_alnum, 20, SIZE_MAX, false },
    { "doo_v1_", "digitalocean-token", is_alnum, 20, SIZE_MAX, false },
    { "dor_v1_", "digitalocean-token", is_alnum, 20, SIZE_MAX, false },
    { "hvs.", "vault-token", is_token, 20, SIZE_MAX, true },
    { "hvb.", "vault-token", is_token, 20, SIZE_MAX, true },
    { "shpat_", "shopify-token", is_alnum, 20, SIZE_MAX, false },
    { "shpca_", "shopify-token", is_alnum, 20, SIZE_MAX, false },
    { "shppa_", "shopify-token", is_alnum, 20, SIZE_MAX, false },
    { "shpss_", "shopify-token", is_alnum, 20, SIZE_MAX, false },
    { "dckr_pat_", "docker-token", is_token, 20, SIZE_MAX, false },
    { "ya29.", "google-token", is_token, 20, SIZE_MAX, true },
    { "hooks.slack.com/services/", "slack-webhook", is_path, 20, SIZE_MAX, true },
};

static bool find_prefixed(struct str text, size_t at, struct secret *ret)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *s = &shapes[i];
        if (byte_at(text, at) != s->prefix[0] || !str_starts(str_skip(text, at), str_z(s->prefix))) continue;
        size_t begin = at + strlen(s->prefix), end = begin;
        bool digit = false, letter = false;
        for (; end - begin < PROBE_MAX && end < text.len && s->belongs(text.ptr[end]); end++) {
            digit |= is_digit(text.ptr[end]);
            letter |= !is_digit(text.ptr[end]);
        }
        if (end - begin < s->least || end - begin > s->most || (s->mixed && !(digit && letter))) continue;
        while (end < text.len && s->belongs(text.ptr[end])) end++;
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
    if (find_text(str_first(rest, PEM_HEAD_MAX), end) >= str_first(rest, PEM_HEAD_MAX).len) return false;
    size_t last = find_text(rest, S("-----END "));
    size_t close = last + find_text(str_skip(rest, last), end) + end.len;
    *ret = (struct secret){ at, at + (close < rest.len ? close : rest.len), "private-key" };
    return true;
}

/* NUMBER:AA… of a bot, in the service's URLs behind `bot`. */
static bool find_telegram(struct str text, size_t at, struct secret *ret)
{
    enum { NUMBER_LEAST = 8, NUMBER_MOST = 10, LEAST = 33, MOST = 40 };
    size_t number = str_starts(str_skip(text, at), S("bot")) ? at + 3 : at, colon = number;
    while (colon - number <= NUMBER_MOST && is_digit(byte_at(text, colon))) colon++;
    if (colon - number < NUMBER_LEAST || colon - number > NUMBER_MOST) return false;
    if (!str_starts(str_skip(text, colon), S(":AA"))) return false;
    size_t end = colon + 1;
    while (end - colon <= MOST + 1 && is_token(byte_at(text, end))) end++;
    *ret = (struct secret){ number, end, "telegram-token" };
    return end - colon - 1 >= LEAST && end - colon - 1 <= MOST;
}

bool redact_shape(struct str text, size_t at, struct secret *ret)
{
    return find_prefixed(text, at, ret) || find_jwt(text, at, ret) || find_pem(text, at, ret) ||
           find_telegram(text, at, ret);
}

bool redact_looks_random(struct str text, size_t least)
{
    size_t count = 0;
    bool digit = false, letter = false;
    for (char c; count < PROBE_MAX; count++) {
        c = byte_at(text, count);
        if (!is_name(c) && !(c && strchr("~+/=%", c))) break;
        digit |= is_digit(c);
        letter |= is_capital(c) || is_small(c);
    }
    return count >= least && digit && letter;
}
