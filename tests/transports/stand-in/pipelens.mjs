// SPDX-License-Identifier: MIT
// Stands in for PipeLens, which may not be installed: as much of it as the samples use, with its habits. Nobody waits for
// handlers, and a rejected promise of one ends the program.

export class Step {
  steps = [];
  records = {};
  time = { startTs: Date.now(), endTs: undefined, timeUsageMs: undefined };

  constructor(name, parent) {
    this.name = name;
    this.key = parent ? `${parent.key}.${name.replaceAll('.', '_')}` : name;
    this.pipeline = parent?.pipeline ?? this;
  }

  meta() {
    const { name, key, time, records, result } = this;
    return { name, key, time, records, result, error: this.error?.message };
  }

  flattened() {
    return [this.meta(), ...this.steps.flatMap((step) => step.flattened())];
  }

  async record(key, data) {
    this.records[key] = data;
    return this;
  }

  async step(name, body) {
    const child = new Step(name, this);
    this.steps.push(child);
    return await child.track(body);
  }

  async track(body) {
    this.time.startTs = Date.now();
    this.pipeline.started(this, this.meta());
    try {
      return (this.result = await body(this));
    } catch (error) {
      this.error = error;
      throw error;
    } finally {
      this.time.endTs = Date.now();
      this.time.timeUsageMs = this.time.endTs - this.time.startTs;
      this.pipeline.ended(this, this.meta());
    }
  }
}

export class Pipeline extends Step {
  constructor(name, { runId, autoSave, transport }) {
    super(name);
    if (autoSave !== 'real_time') throw new Error('the samples write in real time');
    Object.assign(this, { runId, transport });
  }

  output() {
    return { ...this.meta(), logVersion: 1, runId: this.runId, steps: this.flattened() };
  }

  async started(step, meta) {
    if (step === this) await this.transport.initiateRun(this.output());
    await this.transport.initiateStep(this.runId, meta);
  }

  async ended(step, meta) {
    await this.transport.finishStep(this.runId, meta);
    if (step === this) await this.transport.finishRun(this.output(), meta.error ? 'failed' : 'completed');
  }
}
