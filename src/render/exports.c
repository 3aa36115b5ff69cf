/* SPDX-License-Identifier: MIT */
#include "render/exports.h"

#include "render/mermaid.h"
#include "render/report.h"

void export_csv(const struct run *run, size_t nth, struct buf *out)
{
    struct analysis *analysis = analysis_begin(run);
    csv_write(run, analysis, nth == 0, out);
    analysis_free(analysis);
}

void export_mermaid(const struct run *run, size_t nth, struct buf *out)
{
    (void)nth;
    struct buf chart = BUF_INIT;
    uint32_t left_out = mermaid_write(run, UNIT_AUTO, UINT32_MAX, MERMAID_BYTES_MAX, &chart);
    if (!chart.len) buf_puts(out, "gantt\n    %% no step of the run has a time\n");
    buf_put(out, buf_str(&chart));
    if (chart.len && left_out)
        buf_printf(
            out, "    %%%% %u steps are not in the chart: Mermaid draws no longer texts, and no steps without a time\n",
            (unsigned)left_out);
    buf_free(&chart);
}

const struct export_format export_formats[] = {
    { "ndjson", "an event log of the run, with all that its log held", EXPORT_ROWS, export_ndjson, NULL, NULL, NULL },
    { "nested", "PipeLens's outputNested(): steps with their substeps", EXPORT_LINES, export_nested, NULL, NULL, NULL },
    { "flat", "PipeLens's outputFlattened(): a list of steps", EXPORT_LINES, export_flat, NULL, NULL, NULL },
    { "pipelens", "PipeLens's outputPipelineMeta(), which its dashboard imports", EXPORT_LINES, export_pipelens, NULL,
      NULL, NULL },
    { "stage-tracker", "stage-tracker's record of a run, an array for several", EXPORT_ARRAY, export_stage_tracker,
      NULL, NULL, NULL },
    { "otlp", "spans for OpenTelemetry's Collector: OTLP/JSON, a request a line", EXPORT_ROWS, export_otlp, NULL, NULL,
      NULL },
    { "chrome", "Chrome trace events, for Perfetto and chrome://tracing", EXPORT_FRAME, export_chrome,
      "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n", ",\n", "\n]}\n" },
    { "csv", "a row per step (RFC 4180), as render --csv writes it", EXPORT_ROWS, export_csv, NULL, NULL, NULL },
    { "mermaid", "a Gantt chart in Mermaid's language, of one run", EXPORT_ONE, export_mermaid, NULL, NULL, NULL },
    { "dot", "the execution graph for Graphviz", EXPORT_ROWS, export_dot, NULL, NULL, NULL },
    { NULL, NULL, EXPORT_ONE, NULL, NULL, NULL, NULL },
};
