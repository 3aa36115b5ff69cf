// SPDX-License-Identifier: MIT
// A PipeLens transport that appends to a file what HttpTransport would post: one JSON object a line, written before
// the call returns, so that a run that dies leaves everything up to that moment.
import { openSync, writeSync } from 'node:fs';
import type { PipelineMeta, StepMeta, Transport } from 'pipelens';

export class FileTransport implements Transport {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  private async append(event: object): Promise<void> {
    writeSync(this.file, JSON.stringify(event) + '\n');
  }

  initiateRun = (meta: PipelineMeta) => this.append({ type: 'pipeline', operation: 'start', meta });
  finishRun = (meta: PipelineMeta, status: string) =>
    this.append({ type: 'pipeline', operation: 'finish', meta, status });
  initiateStep = (runId: string, step: StepMeta) => this.append({ type: 'step', operation: 'start', runId, step });
  finishStep = (runId: string, step: StepMeta) => this.append({ type: 'step', operation: 'finish', runId, step });
}
