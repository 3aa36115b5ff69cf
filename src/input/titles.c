/* SPDX-License-Identifier: MIT */
#include "input/titles.h"

#include "event/json.h"

struct str path_title(const struct teller *t, struct str standard_input)
{
    struct str path = str_z(t->path);
    while (str_ends(path, S("/"))) path.len--;
    size_t slash = str_rfind(path, '/');
    if (slash < path.len) path = str_skip(path, slash + 1);
    return !path.len || str_eq(path, S("-")) ? standard_input : path;
}

struct str path_stem(const struct teller *t, struct str standard_input)
{
    static const struct str endings[] = { { ".gz", 3 }, { ".json", 5 }, { ".ndjson", 7 }, { ".jsonl", 6 } };
    struct str title = path_title(t, standard_input);
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (title.len > endings[i].len && str_ends(title, endings[i])) title.len -= endings[i].len;
    return title;
}

struct str path_run_id(struct teller *t, struct str standard_input, uint64_t nth, int64_t start)
{
    struct buf b = BUF_INIT;
    buf_put(&b, path_title(t, standard_input));
    if (nth > 1) buf_printf(&b, "#%llu", (unsigned long long)nth);
    if (start != TIME_NONE) buf_putc(&b, ' ');
    if (start != TIME_NONE) clock_put_iso(&b, start);
    struct str id = json_of_text(buf_str(&b), &t->arena);
    buf_free(&b);
    return id;
}
