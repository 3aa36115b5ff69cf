/* SPDX-License-Identifier: MIT */
#include "render/html.h"

/* Of very many logs the page names the first. */
enum { NAMED_MAX = 20 };

static const char *why_missing(enum archive_missing missing)
{
    static const char *const reasons[ARCHIVE_MISSING_COUNT] = {
        [ARCHIVE_INSIDE] = "The log is inside: <code>pipelens-report extract</code> gives it back byte for byte.",
        [ARCHIVE_UNWANTED] = "The log is not inside, as <code>--embed-log never</code> was given.",
        [ARCHIVE_PART] = "The log is not inside, as the page shows only a part of it; "
                         "<code>--embed-log always</code> puts in the whole log.",
        [ARCHIVE_LARGE] = "The log is not inside, as it takes more than " ARCHIVE_AUTO_TEXT " compressed; "
                          "<code>--embed-log always</code> puts it in.",
        [ARCHIVE_DENSE] = "The log is not inside, as it compresses to less than " ARCHIVE_RATIO_TEXT
                          ": extract would take it for a "
                          "decompression bomb.",
        [ARCHIVE_CHANGED] = "The log is not inside, as it changed while it was read.",
    };
    return reasons[missing];
}

static void put_file(const struct archive_file *file, bool known, struct buf *out)
{
    buf_puts(out, "<bdi>");
    buf_put_html(out, file->name);
    buf_puts(out, "</bdi>");
    if (!known) return;
    buf_puts(out, " (");
    buf_put_count(out, file->size, "byte", "bytes");
    buf_printf(out, ", SHA-256 <code>%s</code>)", file->sha256);
}

void html_log_note(const struct report_options *o, struct buf *out)
{
    if (!o->archive) return;
    enum archive_missing missing = archive_missing(o->archive, o->archive_part);
    size_t count;
    const struct archive_file *files = archive_files(o->archive, &count);
    buf_puts(out, "\n<p>Made from ");
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        if (i) buf_puts(out, ", ");
        put_file(&files[i], missing != ARCHIVE_CHANGED, out);
    }
    if (count > NAMED_MAX) {
        buf_puts(out, " and ");
        buf_put_count(out, count - NAMED_MAX, "more log", "more logs");
    }
    buf_printf(out, ". %s</p>", why_missing(missing));
}

void html_store_note(const struct store *store, const struct report_options *o, struct buf *out)
{
    struct store_totals t = store_totals(store);
    if (!t.bytes) return;
    buf_puts(out, "<li>The page does not hold ");
    html_put_bytes(out, t.bytes);
    buf_puts(out, " of records, results and other values: ");
    if (t.cut) {
        buf_put_count(out, t.cut, "value is", "values are");
        buf_puts(out, " cut after ");
        buf_put_count(out, o->max_data, "byte", "bytes");
        buf_puts(out, t.left_out ? " (<code>--max-data</code>), " : " (<code>--max-data</code>)");
    }
    if (t.left_out) {
        buf_put_count(out, t.left_out, "is", "are");
        buf_puts(out, " left out, as all together take more than ");
        html_put_bytes(out, HTML_PAYLOAD_MAX);
    }
    buf_puts(out, "; the log has them whole.</li>\n");
}

void html_log_write(const struct report_options *o, struct buf *out)
{
    if (!o->archive) return;
    archive_put(o->archive, archive_missing(o->archive, o->archive_part), out);
    buf_putc(out, '\n');
}
