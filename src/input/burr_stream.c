/* SPDX-License-Identifier: MIT
 *
 * Streams of Burr's: messages of the action, or of a span, and at their end the record "stream".
 *
 *   begin_stream        stream_init_time action_sequence_id span_id
 *   first_item_stream   first_item_time …
 *   end_stream          end_time items_streamed …
 */
#include "input/burr_line.h"

static void put_member(struct buf *b, const char *name, struct str value)
{
    if (!value.len) return;
    buf_puts(b, b->len && b->ptr[b->len - 1] == '{' ? "\"" : ",\"");
    buf_puts(b, name);
    buf_puts(b, "\":");
    buf_put(b, value);
}

static void message(struct burr_app *app, enum burr_line_type type, struct burr_line *l, struct str owner, int64_t ts,
                    const char *text)
{
    struct teller *t = app->t;
    burr_begin_step(app, EVENT_STEP_LOG, l, owner);
    tell_text(t, &t->event.level, S("info"));
    tell_text(t, &t->event.message, str_z(text));
    t->event.ts = ts;
    burr_send(app, type, l);
}

/* {"stream_init_time","first_item_time","end_time","items_streamed","msToFirstItem"} */
static void stream_record(struct burr_app *app, struct burr_line *l, struct str owner, int64_t ts)
{
    struct teller *t = app->t;
    struct burr_action *a = burr_action_of(app, l->sequence);
    burr_begin_step(app, EVENT_STEP_RECORD, l, owner);
    tell_text(t, &t->event.recordKey, S("stream"));
    struct buf *b = tell_open(t, &t->event.data);
    buf_puts(b, "{");
    put_member(b, "stream_init_time", a->stream_text);
    put_member(b, "first_item_time", a->first_text);
    put_member(b, "end_time", l->end_time);
    put_member(b, "items_streamed", l->items_streamed);
    if (a->stream != TIME_NONE && a->first_item != TIME_NONE) {
        buf_puts(b, ",\"msToFirstItem\":");
        clock_put_ms(b, a->first_item - a->stream);
    }
    buf_puts(b, "}");
    tell_close(t);
    t->event.ts = ts;
    tell_send(t);
}

/* A time of the stream is kept as text until it ends. */
static struct str keep(char *room, size_t size, struct str text)
{
    if (!text.len || text.len > size) return (struct str){ 0 };
    memcpy(room, text.ptr, text.len);
    return str_of(room, text.len);
}

void burr_stream(struct burr_app *app, enum burr_line_type type, struct burr_line *l)
{
    struct str owner = burr_owner_of(app, l, l->span);
    struct burr_action *a = burr_action_of(app, l->sequence);
    struct str time = type == LINE_BEGIN_STREAM ? l->stream_init_time
                      : type == LINE_FIRST_ITEM ? l->first_item_time
                                                : l->end_time;
    int64_t ts = burr_clock_read(app->clock, time);
    burr_see(app, ts);
    if (type == LINE_BEGIN_STREAM) {
        a->stream = ts;
        a->stream_text = keep(a->texts[0], sizeof a->texts[0], time);
        message(app, type, l, owner, ts, "the stream begins");
    } else if (type == LINE_FIRST_ITEM) {
        a->first_item = ts;
        a->first_text = keep(a->texts[1], sizeof a->texts[1], time);
        message(app, type, l, owner, ts, "the first item of the stream");
    } else {
        message(app, type, l, owner, ts, "the stream ends");
        stream_record(app, l, owner, ts);
        a->stream = a->first_item = TIME_NONE;
        a->stream_text = a->first_text = (struct str){ 0 };
    }
}
