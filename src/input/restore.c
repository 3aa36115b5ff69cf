/* SPDX-License-Identifier: MIT */
#include "input/restore.h"

#define PREFIX "\"pipelens."

static bool is_json(struct str text)
{
    struct json j = json_begin(text);
    json_skip(&j);
    bool whole = !j.error && json_at_end(&j);
    json_done(&j);
    return whole;
}

bool restored_take(struct restored *r, struct str key, struct str value, struct arena *scratch)
{
#define X(member, literal) FIELD(struct restored, member, literal),
    static const struct field texts[] = { RESTORED_TEXTS(X) }, payloads[] = { RESTORED_JSON(X) };
#undef X
    if (!str_starts(key, S(PREFIX)) || json_type(value) != JSON_STRING) return false;
    struct str name = str_of(key.ptr + 1, key.len - 2);
    struct str *field = field_find(r, texts, sizeof texts / sizeof *texts, name);
    if (field) {
        *field = value;
        return true;
    }
    field = field_find(r, payloads, sizeof payloads / sizeof *payloads, name);
    struct str text = field ? json_text(value, scratch) : (struct str){ 0 };
    if (!field || !is_json(text)) return false;
    *field = str_trim(text);
    return true;
}
