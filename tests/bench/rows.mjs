// SPDX-License-Identifier: MIT
//
// `node rows.mjs LOG OUT.png`: the rows of a log as a Gantt chart by Chart.js, for comparison. Exit status 3 when Chart.js
// or a canvas for it is not installed (npm install chart.js canvas, or chart.js @napi-rs/canvas, with NODE_PATH to it).
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
function first(...names) {
    for (const name of names) {
        try {
            return require(name);
        } catch {
            // the next one
        }
    }
    process.exit(3);
}
const { Chart, BarController, BarElement, CategoryScale, LinearScale } = first('chart.js');
const { createCanvas } = first('canvas', '@napi-rs/canvas');
Chart.register(BarController, BarElement, CategoryScale, LinearScale);

const steps = [];
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
    if (!line.includes('"operation":"finish"') || !line.includes('"type":"step"')) continue;
    const { name, time } = JSON.parse(line).step;
    steps.push({ name, start: time.startTs, end: time.endTs });
}
steps.sort((a, b) => a.start - b.start);
const begin = steps[0].start;
const canvas = createCanvas(871, 26 * steps.length + 150);
// eslint-disable-next-line no-new
new Chart(canvas.getContext('2d'), {
    type: 'bar',
    data: {
        labels: steps.map(step => step.name),
        datasets: [{ data: steps.map(step => [step.start - begin, step.end - begin]), backgroundColor: '#3b93b2', barThickness: 14 }],
    },
    options: {
        indexAxis: 'y', animation: false, responsive: false, devicePixelRatio: 1,
        scales: { y: { ticks: { autoSkip: false } } },
    },
});
writeFileSync(process.argv[3], canvas.toBuffer('image/png'));
