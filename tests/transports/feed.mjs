// SPDX-License-Identifier: MIT
// feed.mjs CASE LOG [...]: has the file-transport.mjs beside it append to LOG what the case is about. feed.py has the
// same cases; transports.sh looks at the logs.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { FileTransport } from './file-transport.mjs';

function step(number, fields) {
  const time = { startTs: 1000 + number, endTs: 1001 + number, timeUsageMs: 1 };
  return { name: `step_${number}`, key: `p.step_${number}`, time, records: {}, ...fields };
}

const finish = (transport, number, fields) => transport.finishStep('r', step(number, fields));

/** Replaces fs.writeSync, also for those who have imported it. */
function replaceWrite(replacement) {
  const write = fs.writeSync;
  fs.writeSync = (file, data, at) => replacement((length) => write(file, data, at, length), data.length - at);
  syncBuiltinESMExports();
}

const cases = {
  /** Each event of another log. */
  same(log, source) {
    const transport = new FileTransport(log);
    for (const line of fs.readFileSync(source, 'utf8').trimEnd().split('\n')) {
      const event = JSON.parse(line);
      if (event.type === 'step')
        transport[event.operation === 'start' ? 'initiateStep' : 'finishStep'](event.runId, event.step);
      else if (event.operation === 'start') transport.initiateRun(event.meta);
      else transport.finishRun(event.meta, event.status);
    }
  },

  /** Records that JSON cannot hold, in a step and in the steps of a pipeline. */
  async odd(log) {
    const cycle = { name: 'loop' };
    cycle.self = cycle;
    const toJSON = () => {
      throw new Error('no');
    };
    let deep = [];
    for (let i = 0; i < 100000; i++) deep = [deep];
    const simple = { nan: NaN, lone: '\ud800', date: new Date(Date.UTC(2026, 4, 18)), code: () => 1 };
    const strange = { cycle, big: { id: 2n ** 70n, list: [1n] }, throws: { toJSON }, deep, number: 7 };
    const transport = new FileTransport(log);
    await finish(transport, 1, { records: simple, result: 'ok' });
    await finish(transport, 2, { records: strange, result: cycle });
    const steps = [step(3, { records: strange }), step(4)];
    await transport.finishRun({ ...step(0), name: 'p', key: 'p', logVersion: 1, runId: 'r', steps }, 'completed');
    await finish(transport, 5, { records: { ok: 'yes' } });
    console.log(transport.lost);
  },

  /** `count` steps with a record of `size` characters. */
  async plain(log, count = 1, size = 1) {
    const transport = new FileTransport(log);
    for (let i = 0; i < Number(count); i++) await finish(transport, i, { records: { text: 'x'.repeat(Number(size)) } });
    console.log(transport.lost);
  },

  /** Dies the moment that the third call has returned. */
  killed(log) {
    const transport = new FileTransport(log);
    for (let i = 0; i < 3; i++) finish(transport, i);
    process.kill(process.pid, 'SIGKILL');
  },

  /** The system takes at most 7 bytes at once. */
  async short(log) {
    replaceWrite((write, length) => write(Math.min(length, 7)));
    await cases.plain(log, 3, 100);
  },

  /** No room in the middle of the second of three lines. */
  async full(log) {
    let calls = 0;
    replaceWrite((write, length) => {
      if (++calls === 3) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return write(calls === 2 ? 10 : length);
    });
    await cases.plain(log, 3);
  },
};

await cases[process.argv[2]](...process.argv.slice(3));
