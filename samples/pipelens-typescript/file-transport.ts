// SPDX-License-Identifier: MIT
// A PipeLens transport that appends an event log: what HttpTransport would post, one JSON object a line. A line is in
// the file before the call returns, so a run that dies leaves everything up to that moment.
import { fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';
import type { PipelineMeta, StepMeta, Transport } from 'pipelens';
type Event = { type: string; operation: string; runId?: string; step?: StepMeta; meta?: PipelineMeta; status?: string };

// What JSON cannot hold: a BigInt becomes a string of its digits, a cycle and the like the text that Node.js prints.
function plain(value: unknown): any {
  try {
    const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
    return text && JSON.parse(text);
  } catch {
    return inspect(value, { depth: 4, customInspect: false });
  }
}

function plainMeta(meta?: any): any {
  const records = Object.fromEntries(Object.entries(meta?.records ?? {}).map(([key, data]) => [key, plain(data)]));
  const steps = meta?.steps?.map((step: StepMeta) => plainMeta(step));
  return meta && { ...meta, records, result: plain(meta.result), error: plain(meta.error), steps };
}

function toJson(event: Event): string {
  try {
    return JSON.stringify(event);
  } catch {
    return JSON.stringify({ ...event, meta: plainMeta(event.meta), step: plainMeta(event.step) });
  }
}

export class FileTransport implements Transport {
  lost = 0; // events that could not be written
  private file: number;
  private torn: boolean; // the last line has no end: it gets one before the next event
  constructor(path: string) {
    this.file = openSync(path, 'a+'); // O_APPEND: several processes can share a log
    const [last, size] = [Buffer.from('\n'), fstatSync(this.file).size];
    if (size > 0) readSync(this.file, last, 0, 1, size - 1);
    this.torn = last.toString() !== '\n';
  }

  // Never throws: nobody looks after the promises of a transport, and one that fails could end the program.
  private async append(event: Event): Promise<void> {
    try {
      const line = Buffer.from((this.torn ? '\n' : '') + toJson(event) + '\n');
      for (let done = 0; done < line.length; this.torn = done < line.length) done += writeSync(this.file, line, done);
    } catch (error) {
      if (this.lost++ === 0) console.error(`FileTransport: an event could not be written and is lost: ${error}`);
    }
  }
  initiateRun = (meta: PipelineMeta) => this.append({ type: 'pipeline', operation: 'start', meta });
  finishRun = (meta: PipelineMeta, status: string) =>
    this.append({ type: 'pipeline', operation: 'finish', meta, status });
  initiateStep = (runId: string, step: StepMeta) => this.append({ type: 'step', operation: 'start', runId, step });
  finishStep = (runId: string, step: StepMeta) => this.append({ type: 'step', operation: 'finish', runId, step });
  flushAndStop = () => new Promise((done) => setImmediate(done)); // PipeLens may have something left to say
}
