/* SPDX-License-Identifier: MIT
 *
 * The moment is the run's end, never the clock's: the same log gives the same bytes. The log is named by its SHA-256
 * alone, or in a list as sha256sum has it when there were several; not by its path.
 */
#include "cli/provenance.h"

enum { LOGS_MAX = 12 }; /* named; a directory may hold thousands */

static struct str take(struct buf *b, struct arena *a)
{
    struct str text = arena_copy(a, buf_str(b));
    buf_free(b);
    return text;
}

/* "" when the bytes are no longer there to be hashed. */
static struct str log_hashes(const struct writing *w, struct arena *a)
{
    size_t count = 0;
    const struct archive_file *files = w->l->archive  ? archive_files(w->l->archive, &count)
                                       : w->l->hashes ? archive_files(w->l->hashes, &count)
                                                      : NULL;
    if (count == 1) return str_z(files[0].sha256);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < count && i < LOGS_MAX; i++) {
        if (files[i].sha256[0]) buf_printf(&b, "%s%s  ", b.len ? ", " : "", files[i].sha256);
        if (files[i].sha256[0]) buf_put(&b, files[i].name);
    }
    if (count > LOGS_MAX) buf_printf(&b, " and %zu more logs", count - LOGS_MAX);
    return take(&b, a);
}

/* Of the last one. */
static struct str end_of(const struct run *run, size_t count, struct arena *a)
{
    struct buf b = BUF_INIT;
    int64_t end = TIME_NONE;
    for (; count; count--, run = run->next)
        if (run->end > end) end = run->end;
    if (end != TIME_NONE) clock_put_iso(&b, end);
    return take(&b, a);
}

void provenance_fill(const struct writing *w, const struct scene *s, struct arena *a,
                     struct picture_text texts[PROVENANCE_TEXTS])
{
    struct buf given = BUF_INIT;
    bool one = w->count == 1; /* a picture of several runs is about none of them */
    options_put_given(w->o, TO_GANTT | TO_GRAPH | TO_TREND, &given);
    const struct picture_text all[] = {
        { "Title", s->title },
        { "Description", s->description },
        { "Software", S("pipelens-report " VERSION) },
        { "Creation Time", end_of(w->run, w->count, a) },
        { "Pipeline", one ? w->run->name : S("") },
        { "Run", one ? w->run->id : S("") },
        { "Log SHA-256", log_hashes(w, a) },
        { "Options", take(&given, a) },
        { NULL, { 0 } },
    };
    memcpy(texts, all, sizeof all);
}
