// SPDX-License-Identifier: MIT
// Six runs of two pipelines, several at the same time, all in one log. One of them fails.
// npm install && npm run many-runs
import { Pipeline, type Step } from 'pipelens';
import { FileTransport } from './file-transport.ts';

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
const transport = new FileTransport(process.argv[2] ?? 'many-runs.ndjson');

function track(name: string, runId: string, body: (st: Step) => Promise<unknown>): Promise<unknown> {
  // A failed run throws what its step threw; the log has it, the other runs go on.
  return new Pipeline(name, { runId, autoSave: 'real_time', transport }).track(body).catch(() => undefined);
}

function importOrders(night: number, slowness: number): Promise<unknown> {
  return track('import-orders', `import-orders-${night}`, async (st) => {
    await st.step('download', async (st) => {
      await st.record('bytes', 1_482_113 + night * 77_310);
      await sleep(180 * slowness);
    });
    await st.step('validate', async (st) => {
      await st.record('rows', 4200 + night * 130);
      await sleep(42 * slowness);
      if (night === 3) throw new Error('row 2871: price is not a number: "12,50 €"');
    });
    await st.step('store', async (st) => {
      await Promise.all(
        ['orders', 'items', 'customers'].map((table, i) => st.step(table, () => sleep((70 + i * 35) * slowness))),
      );
    });
  });
}

function thumbnails(batch: number, images: number): Promise<unknown> {
  return track('thumbnails', `thumbnails-${batch}`, async (st) => {
    const names = Array.from({ length: images }, (_, i) => `image_${i + 1}`);
    await st.step('resize', (st) => Promise.all(names.map((name, i) => st.step(name, () => sleep(15 + ((i * 29) % 83))))));
    await st.step('upload', async (st) => {
      await st.record('bucket', 'thumbs');
      await sleep(64);
    });
  });
}

await Promise.all([
  (async () => {
    for (const [i, slowness] of [1, 1.15, 0.9, 2.2].entries()) await importOrders(i + 1, slowness);
  })(),
  (async () => {
    await sleep(120);
    await thumbnails(1, 5);
    await sleep(90);
    await thumbnails(2, 12);
  })(),
]);
