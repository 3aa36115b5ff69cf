/* SPDX-License-Identifier: MIT
 *
 * A row per step for spreadsheets and data frames (RFC 4180: CRLF, quotes doubled). No cell is taken for a formula.
 */
#include "render/report.h"

#include "model/measure.h"
#include "render/payload.h"

static void put_ms(struct buf *b, int64_t us)
{
    if (us != TIME_NONE) clock_put_ms(b, us);
    buf_putc(b, ',');
}

static void put_text(struct buf *b, struct str text)
{
    buf_put_csv(b, text);
    buf_putc(b, ',');
}

static void put_row(struct buf *b, const struct run *run, const struct step *step, const struct critical *path,
                    struct buf *cell, struct arena *scratch)
{
    put_text(b, run->id);
    put_text(b, run->name);
    buf_put_uint(b, step->index);
    buf_putc(b, ',');
    if (step->parent) buf_put_uint(b, step->parent->index);
    buf_putc(b, ',');
    buf_put_uint(b, step->depth);
    buf_putc(b, ',');
    put_text(b, step->key);
    put_text(b, step->name);
    put_text(b, str_z(step_status_name((enum step_status)step->status)));
    if (step->start != TIME_NONE) clock_put_iso(b, step->start);
    buf_putc(b, ',');
    put_ms(b, step->start);
    put_ms(b, step->end);
    put_ms(b, step->duration);
    put_ms(b, step->self);
    if (step->start != TIME_NONE) buf_put_fixed(b, measure_share(run, step->self), 4, true);
    buf_putc(b, ',');
    put_ms(b, step->start != TIME_NONE ? path->time[step->index] : TIME_NONE);
    buf_clear(cell);
    if (step->records) payload_put_records(cell, run, step, NOT_NUMBERS_QUOTED, scratch);
    put_text(b, buf_str(cell));
    buf_put_csv(b, error_text(run, step->error, scratch));
    buf_puts(b, "\r\n");
}

void csv_write(const struct run *run, struct analysis *analysis, bool header, struct buf *out)
{
    const struct critical *path = analysis_critical(analysis);
    struct arena scratch = { 0 };
    struct buf cell = BUF_INIT;
    if (header)
        buf_puts(out,
                 "run_id,pipeline,index,parent,depth,key,name,status,start_utc,start_ms,end_ms,duration_ms,self_ms,"
                 "self_share,critical_ms,records,error\r\n");
    for (uint32_t i = 0; i < run->step_count; i++) {
        if (run->steps[i]->hidden) continue;
        put_row(out, run, run->steps[i], path, &cell, &scratch);
        arena_trim(&scratch);
    }
    buf_free(&cell);
    arena_free(&scratch);
}
