// SPDX-License-Identifier: MIT
//
// node formats.mjs FORMAT MEGABYTES > FILE: a log of another system, about as large as told, as its real ones look:
// names, attributes and texts of a usual length, steps three or four levels deep.
import { writeSync } from "node:fs";

const [, , format, megabytes] = process.argv;
const limit = Number(megabytes) * 1e6;
let written = 0,
    pending = [];

function flush() {
    const bytes = Buffer.from(pending.join(""));
    pending = [];
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
function put(text) {
    pending.push(text);
    written += text.length;
    if (pending.length >= 1000) flush();
}
const full = () => written >= limit;

let seed = 7;
function random(n) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % n;
}
const hex = (n, digits) => n.toString(16).padStart(digits, "0");
const iso = (us, zone = "") => new Date(us / 1000).toISOString().slice(0, 23) + String(us % 1000).padStart(3, "0") + zone;
const START = 1767225600000000; // µs
const words = "load parse chunk embed search rank answer store check notify".split(" ");
const name = (i) => words[i % words.length];
const sentence = (i) => `step ${i} of ${name(i)}: took ${random(1000)} items from the queue and put ${random(1000)} back`;

// Spans of traces of 200, each with its trace, id, parent, name, start and duration (µs).
function* spans() {
    for (let trace = 1; !full(); trace++)
        for (let i = 0; i < 200; i++)
            yield {
                trace,
                i,
                id: trace * 1000 + i + 1,
                parent: i ? trace * 1000 + Math.floor((i - 1) / 5) + 1 : 0,
                name: name(i),
                start: START + trace * 1000000 + i * 100,
                duration: 100 + random(50000),
            };
}

const otlpSpan = (s) => ({
    traceId: hex(s.trace, 32),
    spanId: hex(s.id, 16),
    ...(s.parent ? { parentSpanId: hex(s.parent, 16) } : {}),
    name: s.name,
    kind: 1 + (s.i % 5),
    startTimeUnixNano: `${s.start}000`,
    endTimeUnixNano: `${s.start + s.duration}123`,
    attributes: [
        { key: "http.method", value: { stringValue: "GET" } },
        { key: "http.url", value: { stringValue: `https://shop.example/items/${s.id}` } },
        { key: "http.status_code", value: { intValue: "200" } },
        { key: "items", value: { arrayValue: { values: [{ intValue: "1" }, { doubleValue: 2.5 }] } } },
    ],
    events: s.i % 10 ? [] : [{ timeUnixNano: `${s.start + 50}000`, name: "queued", attributes: [{ key: "depth", value: { intValue: String(s.i) } }] }],
    status: s.i % 50 === 49 ? { code: 2, message: "timeout" } : { code: 0 },
});
const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }, { key: "host.name", value: { stringValue: "node-7" } }] };

const writers = {
    otlp() {
        let batch = [];
        for (const s of spans()) {
            batch.push(otlpSpan(s));
            if (batch.length < 50) continue;
            put(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "lib", version: "1" }, spans: batch }] }] }) + "\n");
            batch = [];
        }
    },
    "otlp-document"() {
        put('{"resourceSpans":[');
        let first = true, batch = [];
        for (const s of spans()) {
            batch.push(otlpSpan(s));
            if (batch.length < 50) continue;
            put((first ? "" : ",") + "\n" + JSON.stringify({ resource, scopeSpans: [{ scope: { name: "lib" }, spans: batch }] }, null, 1));
            first = false;
            batch = [];
        }
        put("]}\n");
    },
    jaeger() {
        put('{"data":[');
        let trace = [], at = 0, first = true;
        for (const s of spans()) {
            if (s.trace !== at && trace.length) {
                put((first ? "" : ",") + JSON.stringify({ traceID: hex(at, 16), spans: trace, processes: { p1: { serviceName: "shop", tags: [] } } }));
                first = false;
                trace = [];
            }
            at = s.trace;
            trace.push({
                traceID: hex(s.trace, 16), spanID: hex(s.id, 16), operationName: s.name,
                references: s.parent ? [{ refType: "CHILD_OF", traceID: hex(s.trace, 16), spanID: hex(s.parent, 16) }] : [],
                startTime: s.start, duration: s.duration, processID: "p1", warnings: null,
                tags: [{ key: "http.url", type: "string", value: `https://shop.example/${s.id}` }, { key: "http.status_code", type: "int64", value: 200 }],
                logs: s.i % 10 ? [] : [{ timestamp: s.start + 1, fields: [{ key: "event", type: "string", value: sentence(s.i) }] }],
            });
        }
        put("]}\n");
    },
    zipkin() {
        let first = true;
        put("[");
        for (const s of spans()) {
            put((first ? "" : ",\n") + JSON.stringify({
                traceId: hex(s.trace, 32), id: hex(s.id, 16), ...(s.parent ? { parentId: hex(s.parent, 16) } : {}), name: s.name,
                kind: "SERVER", timestamp: s.start, duration: s.duration, localEndpoint: { serviceName: "shop" },
                tags: { "http.url": `https://shop.example/${s.id}`, "http.status_code": "200" },
                annotations: s.i % 10 ? undefined : [{ timestamp: s.start + 1, value: sentence(s.i) }],
            }));
            first = false;
        }
        put("]\n");
    },
    chrome() {
        let first = true;
        put('{"traceEvents":[');
        for (let i = 0; !full(); i++) {
            const at = 1000 * Math.floor(i / 10) + (i % 10) * 20;
            put((first ? "" : ",\n") + JSON.stringify({ pid: 1, tid: 1 + (i % 3), ph: "X", ts: at + 0.125, dur: 900 - (i % 10) * 60 + 0.5, name: `${name(i)} (/srv/app/run.py:${i % 400})`, cat: "FEE", args: { detail: `/usr/include/${name(i)}/${i}.h`, n: i } }));
            first = false;
        }
        put("]}\n");
    },
    burr() {
        for (let n = 0; !full(); n++) {
            const at = START + n * 5000;
            put(JSON.stringify({ type: "begin_entry", start_time: iso(at), action: name(n), inputs: { prompt: sentence(n) }, sequence_id: n }) + "\n");
            for (let k = 0; k < 3; k++) {
                put(JSON.stringify({ type: "begin_span", start_time: iso(at + 100 + k * 1000), action_sequence_id: n, span_id: `${n}:${k}`, span_name: name(k), parent_span_id: null, span_dependencies: [] }) + "\n");
                put(JSON.stringify({ type: "attribute", key: "tokens", action_sequence_id: n, span_id: `${n}:${k}`, value: { prompt: k, text: sentence(k) }, tags: {}, time_logged: iso(at + 200 + k * 1000, "Z") }) + "\n");
                put(JSON.stringify({ type: "end_span", end_time: iso(at + 900 + k * 1000), action_sequence_id: n, span_id: `${n}:${k}` }) + "\n");
            }
            const history = Array.from({ length: 8 }, (_, k) => ({ role: k % 2 ? "assistant" : "user", content: sentence(n + k) }));
            put(JSON.stringify({ type: "end_entry", end_time: iso(at + 4000), action: name(n), result: { ok: true }, exception: null, state: { chat_history: history, n, __SEQUENCE_ID: n, __PRIOR_STEP: name(n) }, sequence_id: n }) + "\n");
        }
    },
    "stage-tracker"() {
        put("[\n");
        for (let run = 0; !full(); run++) {
            const stages = {};
            for (let k = 0; k < 10; k++)
                stages[`${name(k)} ${k}`] = { start_time: iso(START + run * 1e6 + k * 1e4, "+00:00"), duration_sec: 0.0098, data: { text: sentence(k), n: k }, error: k === 9 && run % 20 === 0 ? "timeout" : null };
            put((run ? ",\n" : "") + JSON.stringify({ run_id: `run-${run}`, start_time: iso(START + run * 1e6, "+00:00"), args: { limit: run }, stages, completed_at: iso(START + run * 1e6 + 99000, "+00:00"), total_duration_sec: 0.099 }, null, 2));
        }
        put("\n]\n");
    },
    "span-tree"() {
        for (let trace = 0; !full(); trace++) {
            const tree = {};
            for (let i = 0; i < 60; i++) {
                const path = i === 0 ? "0" : i <= 6 ? `0/${i - 1}` : `0/${(i - 7) % 6}/${Math.floor((i - 7) / 6)}`;
                tree[path] = { span_status: "succeeded", __node_counter__: 0, span_name: name(i), __EVENTS__: [["extra", { n: i }], ["INFO", sentence(i)]], ts_start: START / 1e6 + trace + i / 1000, call_location: `File "/srv/app/run.py", line ${i}, in main`, ts_end: START / 1e6 + trace + (i + 1) / 1000 };
            }
            put(JSON.stringify({ trace_id: `t-${trace}`, span_name: "root", runtime_id: "MainThread", parent_trace: null, spans: tree }) + "\n");
        }
    },
    nextflow() {
        put("task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\tpeak_rss\tpeak_vmem\trchar\twchar\n");
        for (let i = 1; !full(); i++)
            put(`${i}\t${hex(i % 256, 2)}/${hex(i, 6)}\t${10000 + i}\t${name(i)} (sample_${i})\tCOMPLETED\t0\t${iso(START + i * 10000).replace("T", " ").slice(0, 23)}\t1m ${i % 60}s\t${i % 60}.5s\t${i % 100}.1%\t1.5 GB\t1.9 GB\t43.7 MB\t964.5 KB\n`);
    },
    ninja() {
        put("# ninja log v5\n");
        for (let i = 1; !full(); i++)
            put(`${i * 10}\t${i * 10 + 500}\t${START + i * 10000}123\tsrc/${name(i)}/${name(i + 3)}_${i}.cpp.o\t${hex(i * 7919, 16)}\n`);
    },
    "github-actions"() {
        put('{"total_count":1,"jobs":[');
        for (let i = 0; !full(); i++) {
            const z = (s) => new Date(START / 1000 + (i * 60 + s) * 1000).toISOString().slice(0, 19) + "Z";
            const steps = Array.from({ length: 10 }, (_, k) => ({ name: `Run ${name(k)} ${k}`, status: "completed", conclusion: "success", number: k + 1, started_at: z(5 + k), completed_at: z(6 + k) }));
            put((i ? ",\n" : "") + JSON.stringify({ id: 1000 + i, run_id: 77, run_attempt: 1, workflow_name: "ci", head_branch: "main", run_url: "https://api.github.com/repos/o/r/actions/runs/77", name: `test (${i})`, status: "completed", conclusion: "success", created_at: z(0), started_at: z(5), completed_at: z(20), labels: ["ubuntu-24.04"], runner_name: `runner ${i % 9}`, steps }, null, 1));
        }
        put("]}\n");
    },
};
if (!writers[format] || !(limit > 0)) {
    console.error(`usage: node formats.mjs ${Object.keys(writers).join("|")} MEGABYTES > FILE`);
    process.exit(2);
}
writers[format]();
flush();
