/* SPDX-License-Identifier: MIT
 *
 * Values of the caller as JSON.
 */
#include "track/json.h"
#include "track/track.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pipelens_value pipelens_null(void) { return (struct pipelens_value){ .type = PIPELENS_NULL }; }

struct pipelens_value pipelens_bool(bool value)
{
    return (struct pipelens_value){ .type = PIPELENS_BOOL, .as.boolean = value };
}

struct pipelens_value pipelens_int(int64_t value)
{
    return (struct pipelens_value){ .type = PIPELENS_INT, .as.integer = value };
}

struct pipelens_value pipelens_uint(uint64_t value)
{
    return (struct pipelens_value){ .type = PIPELENS_UINT, .as.natural = value };
}

struct pipelens_value pipelens_double(double value)
{
    return (struct pipelens_value){ .type = PIPELENS_DOUBLE, .as.number = value };
}

struct pipelens_value pipelens_text(const char *text, size_t length)
{
    if (!text) return pipelens_null();
    return (struct pipelens_value){ .type = PIPELENS_STRING, .size = length, .as.text = text };
}

struct pipelens_value pipelens_string(const char *text) { return pipelens_text(text, text ? strlen(text) : 0); }

struct pipelens_value pipelens_json_text(const char *json, size_t length)
{
    return (struct pipelens_value){ .type = PIPELENS_JSON, .size = length, .as.text = json };
}

struct pipelens_value pipelens_json(const char *json) { return pipelens_json_text(json, json ? strlen(json) : 0); }

struct pipelens_value pipelens_bytes(const void *bytes, size_t length)
{
    return (struct pipelens_value){ .type = PIPELENS_BYTES, .size = length, .as.bytes = bytes };
}

struct pipelens_value pipelens_file(const char *path, size_t limit)
{
    return (struct pipelens_value){ .type = PIPELENS_FILE, .size = limit, .as.text = path };
}

/* How many bytes are whole characters of UTF-8. */
static size_t whole_characters(const char *text, size_t count)
{
    size_t at = 0;
    while (at < count) {
        size_t length = pl_utf8_length(text + at, text + count);
        if (!length) break;
        at += length;
    }
    return at;
}

/* Are these bytes the beginning of a character, whose rest a limit has cut off? */
static bool is_cut_character(const char *bytes, size_t count)
{
    char whole[4] = { 0 };
    if (!count || count > 3) return false;
    memcpy(whole, bytes, count);
    /* each way to go on: the second byte of some characters is bound to a range, all others are not */
    for (size_t length = count + 1; length <= 4; length++)
        for (int second = 0x80; second <= 0xB0; second += 0x10) {
            for (size_t i = count; i < length; i++) whole[i] = (char)(i == 1 ? second : 0x80);
            if (pl_utf8_length(whole, whole + length) == length) return true;
        }
    return false;
}

/* Up to `limit` bytes and one more, which tells that the file is longer. */
static int read_up_to(int fd, size_t limit, struct pl_text *into)
{
    while (into->len <= limit) {
        size_t want = limit - into->len < 65536 ? limit - into->len + 1 : 65536;
        char *room = pl_text_room(into, want);
        if (!room) return ENOMEM;
        ssize_t got = read(fd, room, want);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) break;
        into->len += (size_t)got;
    }
    return 0;
}

static int put_file(struct pl_text *t, const char *path, size_t limit)
{
    struct stat st;
    struct pl_text content = { 0 };
    /* a FIFO without a writer must not hang the program: it is empty; a writer that is there is waited for */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return errno;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    int error = fstat(fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : read_up_to(fd, limit, &content);
    close(fd);
    if (error) {
        pl_text_free(&content);
        return error;
    }
    bool cut = content.len > limit;
    bool sized = S_ISREG(st.st_mode) && (uint64_t)st.st_size >= content.len; /* files of /proc say 0 */
    size_t length = cut ? limit : content.len, whole = whole_characters(content.data, length);
    pl_text_puts(t, "{\"file\":");
    pl_text_put_string(t, path, strlen(path));
    if (sized || !cut) {
        pl_text_puts(t, ",\"size\":");
        pl_text_put_uint(t, sized ? (uint64_t)st.st_size : content.len);
    }
    if (whole == length || (cut && is_cut_character(content.data + whole, length - whole))) {
        pl_text_puts(t, ",\"text\":");
        pl_text_put_string(t, content.data, whole);
    } else {
        pl_text_puts(t, ",\"base64\":");
        pl_text_put_base64(t, (const unsigned char *)content.data, length);
    }
    pl_text_puts(t, cut ? ",\"truncated\":true}" : "}");
    pl_text_free(&content);
    return 0;
}

static int put_file_shielded(struct pl_text *t, const char *path, size_t limit)
{
    int before = pl_guard_shield(), error = put_file(t, path, limit);
    pl_guard_unshield(before);
    return error;
}

static int put_bytes(struct pl_text *t, struct pipelens_value value)
{
    if (!value.as.bytes && value.size) return EINVAL;
    pl_text_puts(t, "{\"size\":");
    pl_text_put_uint(t, value.size);
    pl_text_puts(t, ",\"base64\":");
    pl_text_put_base64(t, value.as.bytes, value.size);
    pl_text_putc(t, '}');
    return 0;
}

int pl_put_value(struct pl_text *t, struct pipelens_value value)
{
    int error = 0;
    switch (value.type) {
    case PIPELENS_NULL: pl_text_puts(t, "null"); break;
    case PIPELENS_BOOL: pl_text_puts(t, value.as.boolean ? "true" : "false"); break;
    case PIPELENS_INT: pl_text_put_int(t, value.as.integer); break;
    case PIPELENS_UINT: pl_text_put_uint(t, value.as.natural); break;
    case PIPELENS_DOUBLE: pl_text_put_double(t, value.as.number); break;
    case PIPELENS_STRING: pl_text_put_string(t, value.as.text, value.size); break;
    case PIPELENS_JSON: error = value.as.text && pl_json_compact(t, value.as.text, value.size) ? 0 : EINVAL; break;
    case PIPELENS_BYTES: error = put_bytes(t, value); break;
    case PIPELENS_FILE: error = value.as.text ? put_file_shielded(t, value.as.text, value.size) : EINVAL; break;
    default: error = EINVAL;
    }
    return error ? error : t->error;
}

int pl_value_text(struct pipelens_value value, char **ret_text)
{
    struct pl_text t = { 0 };
    int error = pl_put_value(&t, value);
    pl_text_putc(&t, '\0');
    if (!error) error = t.error;
    if (error) pl_text_free(&t);
    else *ret_text = t.data;
    return error;
}
