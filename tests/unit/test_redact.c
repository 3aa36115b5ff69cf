/* SPDX-License-Identifier: MIT
 *
 * What is a secret and what only looks like one. The tokens are made up, and written in two pieces so that a scanner of
 * repositories does not take them for real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "model/redact.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define M(kind)       "‹redacted: " kind "›"

#define DIGITS_36 "a1b2c3d4e5f6g7h8i9j0A1B2C3D4E5F6G7H8"
#define GITHUB    "ghp_" DIGITS_36
#define JWT                                                                                                            \
    "eyJ"                                                                                                              \
    "hbGciOiJIUzI1NiJ9"                                                                                                \
    ".eyJ"                                                                                                             \
    "zdWIiOiIxMjM0In0"                                                                                                 \
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
#define PEM                                                                                                            \
    "-----BEGIN"                                                                                                       \
    " RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END"                                                                \
    " RSA PRIVATE KEY-----"

struct pair {
    const char *text, *expected; /* NULL: the text stays as it is */
};

static const char *expected_of(const struct pair *p) { return p->expected ? p->expected : p->text; }

static void assert_redacted(struct str text, const char *expected)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;
    size_t count = redact_text(text, &once);
    if (!str_eq(buf_str(&once), str_z(expected)))
        fail_msg("\"%.*s\" became\n\"%.*s\", expected\n\"%s\"", STR_ARG(text), STR_ARG(buf_str(&once)), expected);
    size_t masks = 0;
    for (const char *at = expected; (at = strstr(at, "‹redacted: ")); at++) masks++;
    assert_int_equal(count, masks);
    assert_int_equal(redact_text(buf_str(&once), &twice), 0);
    if (!str_eq(buf_str(&twice), buf_str(&once))) fail_msg("twice: \"%.*s\"", STR_ARG(buf_str(&twice)));
    buf_free(&once);
    buf_free(&twice);
}

static void shapes(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        { "AKIA"
          "IOSFODNN7EXAMPLE",
          M("aws-access-key") },
        { "id "
          "ASIA"
          "IOSFODNN7EXAMPLE, next",
          "id " M("aws-access-key") ", next" },
        { "AIza"
          "SyA1234567890abcdefghijklmnopqrstuv",
          M("google-api-key") },
        { GITHUB, M("github-token") },
        { "gho_" DIGITS_36, M("github-token") },
        { "ghs_" DIGITS_36 ".", M("github-token") "." },
        { "github_pat_"
          "11ABCDEFG0abcdefghijkl_" DIGITS_36,
          M("github-token") },
        { "glpat-"
          "abcdefghij-klmnop_rs",
          M("gitlab-token") },
        { "xoxb-"
          "1234567890-abcdefghijkl",
          M("slack-token") },
        { "xoxa-"
          "2-1234567890",
          M("slack-token") },
        { "xoxp-"
          "1234567890-abcdefghijkl",
          M("slack-token") },
        { "sk_live_"
          "abcdefghij0123456789",
          M("stripe-key") },
        { "sk-" DIGITS_36 "abcdefghijkl", M("openai-key") },
        { "sk-proj-"
          "abc_DEF-123456789012345",
          M("openai-key") },
        { "sk-ant-"
          "api03-abc_DEF-1234567890",
          M("anthropic-key") },
        { "npm_" DIGITS_36, M("npm-token") },
        { "pypi-"
          "AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDA",
          M("pypi-token") },
        { JWT, M("jwt") },
        { "a " JWT " b", "a " M("jwt") " b" },
        { PEM "\nrest", M("private-key") "\nrest" },
        { "-----BEGIN"
          " PRIVATE KEY-----\ncut off",
          M("private-key") },
        { GITHUB "," GITHUB, M("github-token") "," M("github-token") },
        { "https://hooks.slack.com/services/"
          "T00000000/B00000000/abcdefghijklmnop",
          "https://" M("slack-webhook") },
        { "SG."
          "abcdefghij1234567890_-.abcdefghij1234567890abcdefghij1234567890",
          M("sendgrid-key") },
        { "dop_v1_" DIGITS_36, M("digitalocean-token") },
        { "hvs."
          "CAESIJ1234567890abcdef",
          M("vault-token") },
        { "shpat_" DIGITS_36, M("shopify-token") },
        { "dckr_pat_"
          "abcdefghij-1234567890_-x",
          M("docker-token") },
        { "ya29."
          "a0AfH6SMBx-1234567890abcdef",
          M("google-token") },
        { "123456789:"
          "AAabcdefghijklmnopqrstuvwxyz1234567",
          M("telegram-token") },
        { "https://api.telegram.org/bot123456789:"
          "AAabcdefghijklmnopqrstuvwxyz1234567/sendMessage",
          "https://api.telegram.org/bot" M("telegram-token") "/sendMessage" },
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) assert_redacted(str_z(pairs[i].text), expected_of(&pairs[i]));
}

static void names(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        { "DB_PASSWORD=hunter2 make", "DB_PASSWORD=" M("password") " make" },
        { "export API_KEY='two words' x", "export API_KEY='" M("api-key") "' x" },
        { "curl \"https://x.org/?a=1&access_token=abc&b=2\"",
          "curl \"https://x.org/?a=1&access_token=" M("token") "&b=2\"" },
        { "login --password hunter2 --user me", "login --password " M("password") " --user me" },
        { "login --client-secret=abc,def", "login --client-secret=" M("secret") },
        { "java -Ddb.password=abc Main", "java -Ddb.password=" M("password") " Main" },
        { "{\"user\":\"me\",\"password\":\"a\\\"b c\",\"n\":1}",
          "{\"user\":\"me\",\"password\":\"" M("password") "\",\"n\":1}" },
        { "{\\\"apiKey\\\": \\\"abc\\\", \\\"n\\\":1}", "{\\\"apiKey\\\": \\\"" M("api-key") "\\\", \\\"n\\\":1}" },
        { "{\"token\": 12345, \"n\": 1}", "{\"token\": " M("token") ", \"n\": 1}" },
        { "{'secret': 'abc'}", "{'secret': '" M("secret") "'}" },
        { "Authorization: Bearer abc.def", "Authorization: Bearer " M("authorization") },
        { "curl -H 'authorization: Basic dTpw' url", "curl -H 'authorization: Basic " M("authorization") "' url" },
        { "Proxy-Authorization: abc", "Proxy-Authorization: " M("authorization") },
        { "Authorization: token " GITHUB, "Authorization: token " M("github-token") },
        { "\"Authorization\": \"Bearer " JWT "\"", "\"Authorization\": \"Bearer " M("jwt") "\"" },
        { "X-Api-Key: abc", "X-Api-Key: " M("api-key") },
        { "PRIVATE-TOKEN:abc", "PRIVATE-TOKEN:" M("token") },
        { "curl -H 'Cookie: a=b; c=d' url", "curl -H 'Cookie: " M("cookie") "' url" },
        { "token=" GITHUB, "token=" M("github-token") },
        { "AccountName=n;AccountKey=abc==;Suffix=x", "AccountName=n;AccountKey=" M("access-key") ";Suffix=x" },
        { "GH_PAT=abc", "GH_PAT=" M("github-token") },
        { "PASSWORD=$ecret", "PASSWORD=" M("password") },
        { "--pass x --pwd y --auth z --bearer a --otp 123456 --pin 1234",
          "--pass " M("password") " --pwd " M("password") " --auth " M("authorization") " --bearer " M(
              "token") " --otp " M("one-time-password") " --pin " M("pin") },
        { "PASS=x DB_PASS=y dbPass=z REGISTRY_AUTH=a", "PASS=" M("password") " DB_PASS=" M("password") " dbPass=" M(
                                                           "password") " REGISTRY_AUTH=" M("authorization") },
        { "//registry/:_auth=YWJj", "//registry/:_auth=" M("authorization") },
        { "password: hunter2", "password: " M("password") },
        { "  db_password: p&ss\n", "  db_password: " M("password") "\n" },
        { "wrong password: hunter2", "wrong password: " M("password") },
        { "{user: me, token: abc}", "{user: me, token: " M("token") "}" },
        { "token: abc\nnext", "token: " M("token") "\nnext" },
        { "the token: a1b2c3d4e5", "the token: " M("token") },
        { "Authorization: Digest username=\"me\", response=\"abc\"\nnext",
          "Authorization: Digest " M("authorization") "\nnext" },
        { "curl -H 'Authorization: Digest username=\"me\", response=\"abc\"' url",
          "curl -H 'Authorization: Digest " M("authorization") "' url" },
        { "authorization: bearer abc", "authorization: bearer " M("authorization") },
        { "sent bearer abcdefgh12345678", "sent bearer " M("token") },
        { "Bearer " GITHUB " was refused", "Bearer " M("github-token") " was refused" },
        { "curl -u me:pw url", "curl -u me:" M("password") " url" },
        { "curl -ume:pw -U p:q url", "curl -ume:" M("password") " -U p:" M("password") " url" },
        { "curl --user=me:'p w' --proxy-user a:b", "curl --user=me:'p w' --proxy-user a:" M("password") },
        { "curl -u 'me:p w' x", "curl -u 'me:" M("password") "' x" },
        { "/usr/bin/mysql -h db -ps3cr3t app", "/usr/bin/mysql -h db -p" M("password") " app" },
        { "mysqldump -p's 3' app", "mysqldump -p'" M("password") "' app" },
        { "sshpass -p hunter2 ssh x", "sshpass -p " M("password") " ssh x" },
        { "openssl rsa -passin pass:abc -in x", "openssl rsa -passin pass:" M("password") " -in x" },
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) assert_redacted(str_z(pairs[i].text), expected_of(&pairs[i]));
}

static void urls(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        { "postgres://app:s3cr3t@db:5432/x", "postgres://app:" M("password") "@db:5432/x" },
        { "a https://u:p@ss@host/ b", "a https://u:" M("password") "@host/ b" },
        { "https://:p@host", "https://:" M("password") "@host" },
        { "https://oauth2:"
          "glpat-"
          "abcdefghij-klmnop_rs@gitlab.com/x",
          "https://oauth2:" M("gitlab-token") "@gitlab.com/x" },
        { "https://" GITHUB "@github.com/x", "https://" M("github-token") "@github.com/x" },
        { "https://a1b2c3d4e5f6g7h8i9j0@host/x", "https://" M("token") "@host/x" },
        { "https://u:p/w#1@host/x", "https://u:" M("password") "@host/x" },
        { "https://x/?a=1&sig=ab%2B&b=2", "https://x/?a=1&sig=" M("signature") "&b=2" },
        { "https://x/?token=abc&key=a1b2c3d4e5f6g7h8", "https://x/?token=" M("token") "&key=" M("api-key") },
        { "https://user:$TOKEN@host/", NULL },
        { "https://jenkins-user-2@host/ https://x/?key=title&sort=up", NULL },
        { "docker://alpine:3.18@sha256:abc http://[::1]:80/a@b http://host:80/a@b", NULL },
        { "https://host:8080/@scope/package", NULL },
        { "ssh://git@host:22/x", NULL },
        { "http://a:80 me@host", NULL },
        { "https://host/?q=a:b@c", NULL },
        { "std::string a://", NULL },
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) assert_redacted(str_z(pairs[i].text), expected_of(&pairs[i]));
}

static void look_alikes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "total_tokens=1200 max_tokens=50 token_count=3 tokens=7",
        "{\"total_tokens\":1200,\"prompt_tokens\":3,\"tokenizer\":\"x\"}",
        "--max-tokens 100 --max-token=100 --tokenizer gpt",
        "--password-file /run/x --password-stdin --no-password",
        "--password --user me",
        "PASSWORD= TOKEN=$TOKEN KEY=${API_KEY} SECRET=${{ secrets.X }} PASSWORD=$(cat f)",
        "TOKENIZERS_PARALLELISM=false",
        "password=true token=null secret=***",
        "if (token == NULL) secret==x",
        "error: unexpected token: ';'",
        "the password is wrong",
        "cache-key=abc primary_key=id monkey=1 author=me compass=n",
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "53de81d8-1b2c-4d3e-8f90-a1b2c3d4e5f6",
        "task-1234567890abcdefghijklmnop risk-1a2b3c4d5e6f7a8b9c0d1e2f",
        "sk-learn-pipeline-with-a-long-name-2",
        "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "npm_config_registry=https://registry.npmjs.org npm_lifecycle_event=build",
        "pypi-publish-to-the-test-index-after-the-build",
        "AKIAIOSFODNN7EXAMPLES AKIAshort MAKIAIOSFODNN7EXAMPLE",
        ("ghp_short xghp_" DIGITS_36),
        "eyJhbGciOiJIUzI1NiJ9 eyJhbGci.x.y eyJabcdefgh.short.x",
        "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
        "PWD=/home/me OLDPWD=/ --pass 2 -p 8080:80",
        "\xff\xfe \x80token",
        "PASS: test_parser\n--- PASS: TestX (0.00s)\npass=12 fail=3 BYPASS=x compass: n",
        "auth: user logged in, auth=basic oauth=abc --no-auth x",
        "Access denied (using password: YES), password: required",
        "error: token: none expected; SyntaxError: Unexpected token: name (foo)",
        "bearer authentication, Bearer realm=api",
        "docker run -u 1000:1000 --user www:www -p8080:80 x; rsync -u host:/a b:/c",
        "mysql -p app; docker run -p8080:80 mysql && run -pfast",
        "openssl rsa -passin env:PW -passin file:x",
        "SG.some.package hvs.example.com 123456789:AA 12345678:90 ya29.short",
        "dop_v1_short shpat_x hooks.slack.com/services/your-own",
        "{\"max_tokens\": 5, \"total_tokens\": 7} pin=7 --key value",
    };
    for (size_t i = 0; i < LENGTH(texts); i++) assert_redacted(str_z(texts[i]), texts[i]);
}

static void a_nul_byte_hides_nothing(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    static const char text[] = "a\0 TOKEN=x\0y\0z b";
    static const char expected[] = "a\0 TOKEN=" M("token") " b";
    assert_int_equal(redact_text(str_of(text, sizeof text - 1), &b), 1);
    assert_true(str_eq(buf_str(&b), str_of(expected, sizeof expected - 1)));
    buf_free(&b);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *before, *word, *expected;
    } cases[] = {
        { "--password", "hunter2", M("password") },
        { "--password", "two words", M("password") },
        { "-storepass", "abc", M("password") },
        { "--api-key", GITHUB, M("github-token") },
        { "--password", "-starts-with-a-dash", M("password") },
        { "--password", "--user", "--user" },
        { "--password=x", "file", "file" },
        { "--token-file", "path", "path" },
        { "-p", "8080:80", "8080:80" },
        { "password", "hunter2", "hunter2" },
        { "", "--password=two words & more", "--password=" M("password") },
        { "env", "DB_PASSWORD=two words", "DB_PASSWORD=" M("password") },
        { "-c", "DB_PASSWORD=abc make all", "DB_PASSWORD=" M("password") " make all" },
        { "-ec", "echo --token abc", "echo --token " M("token") },
        { "-d", "{\"token\":\"a=b\"}", "{\"token\":\"" M("token") "\"}" },
        { "", "--from-literal=password=abc", "--from-literal=password=" M("password") },
        { "-H", "Authorization: Bearer abc", "Authorization: Bearer " M("authorization") },
        { "", "--token=", "--token=" },
        { "", "-j4", "-j4" },
        { "--pin", "1234", M("pin") },
        { "-u", "me:two words", "me:" M("password") },
        { "-u", "1000:1000", "1000:1000" },
        { "", "--user=me:a b", "--user=me:" M("password") },
        { "--proxy-user", "me:pw", "me:" M("password") },
        { "mysql", "-ps3 cr3t", "-p" M("password") },
        { "/usr/bin/mysqldump", "-ps3cr3t", "-p" M("password") },
        { "docker", "-p8080:80", "-p8080:80" },
        { "curl", "-ume:p w", "-ume:" M("password") },
        { "-passin", "pass:a b", "pass:" M("password") },
        { "-passin", "env:PW", "env:PW" },
        { "-c", "curl -u me:pw x", "curl -u me:" M("password") " x" },
        { "", "", "" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b = BUF_INIT;
        struct redact_words line = { 0 };
        redact_word(&line, str_z(cases[i].before), &b);
        buf_clear(&b);
        redact_word(&line, str_z(cases[i].word), &b);
        if (!str_eq(buf_str(&b), str_z(cases[i].expected)))
            fail_msg("%s %s: got \"%.*s\"", cases[i].before, cases[i].word, STR_ARG(buf_str(&b)));
        buf_free(&b);
    }
}

/* What a word is depends on the program that was named, however long ago. */
static void words_of_a_line(void **state)
{
    (void)state;
    static const char *const words[] = { "sudo", "sshpass", "-p",        "hunter2", "mysql",
                                         "-h",   "db",      "-phunter3", "-p",      "app" };
    struct redact_words line = { 0 };
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < LENGTH(words); i++) {
        redact_word(&line, str_z(words[i]), &b);
        buf_putc(&b, ' ');
    }
    assert_true(str_eq(buf_str(&b), S("sudo sshpass -p " M("password") " mysql -h db -p" M("password") " -p app ")));
    buf_free(&b);
}

static void kinds_of_names(void **state)
{
    (void)state;
    static const struct pair secret[] = {
        { "password", "password" },
        { "DB_PASSWORD", "password" },
        { "dbPassword", "password" },
        { "db-password", "password" },
        { "--api-key", "api-key" },
        { "GITHUB_TOKEN", "token" },
        { "AWS_SECRET_ACCESS_KEY", "access-key" },
        { "client.secret", "secret" },
        { "nordic_token", "token" },
        { "--pin", "pin" },
        { "DB_PASS", "password" },
        { "dbPass", "password" },
        { "_auth", "authorization" },
    };
    static const char *const others[] = {
        "total_tokens",
        "maxToken",
        "max_token",
        "no-password",
        "askPassword",
        "password_file",
        "AWS_ACCESS_KEY_ID",
        "key",
        "PWD",
        "tokenizer",
        "",
        "-",
        "has_secret",
        "pin",
        "BYPASS",
        "compass",
        "oauth",
        "shopping",
        "--spin",
    };
    for (size_t i = 0; i < LENGTH(secret); i++) {
        const char *kind = redact_name(str_z(secret[i].text));
        if (!kind || strcmp(kind, secret[i].expected) != 0) fail_msg("%s: %s", secret[i].text, kind ? kind : "none");
    }
    for (size_t i = 0; i < LENGTH(others); i++)
        if (redact_name(str_z(others[i]))) fail_msg("%s is none", others[i]);
}

/* A hostile text may be long: the time grows with its length, not with its square. */
static void time_grows_with_the_text(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    static const char *const pieces[] = { "a-",
                                          "sk-",
                                          "eyJ-",
                                          "://a:",
                                          "-----BEGIN ",
                                          "glrt-",
                                          "sk-proj-",
                                          "AIza-",
                                          "hvs.",
                                          "token=${{",
                                          "token=‹redacted",
                                          "://a:b/",
                                          "bearer ",
                                          "-u 'a ",
                                          "a token: \"",
                                          "?key=",
                                          "Authorization: Digest ",
                                          "mysql -p ",
                                          "123456789:AA",
                                          "token=",
                                          "\"token\"",
                                          "x",
                                          "-",
                                          "a." };
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (size_t p = 0; p < LENGTH(pieces); p++) {
        size_t length = strlen(pieces[p]);
        for (size_t i = 0; i < SIZE; i++) text[i] = pieces[p][i % length];
        struct buf b = BUF_INIT;
        clock_t begin = clock();
        redact_text(str_of(text, SIZE), &b);
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds > 10) fail_msg("1 MiB of \"%s\" took %.1f s", pieces[p], seconds);
        buf_free(&b);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(names),
        cmocka_unit_test(urls),
        cmocka_unit_test(look_alikes),
        cmocka_unit_test(a_nul_byte_hides_nothing),
        cmocka_unit_test(words),
        cmocka_unit_test(words_of_a_line),
        cmocka_unit_test(kinds_of_names),
        cmocka_unit_test(time_grows_with_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
