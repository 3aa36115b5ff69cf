/* SPDX-License-Identifier: MIT
 *
 * Measures how quick a page is in Chromium: `node page.mjs REPORT.html STEPS LOG`. Prints medians of RUNS fresh
 * browsers, a line each: steps, what, value, whether it keeps to its limit. Frames are measured in the page while real
 * wheel events come in, up to a hundred a second. Ends with 1 when a limit was missed.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const library = new URL('../browser/node_modules/playwright-core/index.mjs', import.meta.url);
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    path => path && existsSync(path)
);
const [file, size, log] = process.argv.slice(2);
if (!log) {
    console.error('page.mjs: which report? node tests/bench/page.mjs REPORT.html STEPS LOG');
    process.exit(2);
}
if (!existsSync(library) || !executablePath) {
    console.log(`${size.padStart(8)}  page in Chromium       not measured: ` + (executablePath ? 'playwright-core' : 'Chromium') + ' is not there (make deps)');
    process.exit(0);
}
const { chromium } = await import(library.href);
const RUNS = Number(process.env.PAGE_RUNS || 3);
const large = Number(size) >= 100000;
/* What is promised of a run of 1,000 and of 100,000 steps. */
const LIMITS = {
    'first paint': large ? 400 : undefined,
    interactive: large ? 1500 : Number(size) <= 1000 ? 250 : undefined,
    'scroll timeline, p95': 33,
    'scroll steps, p95': 33,
    'zoom timeline, p95': 33,
    'search names': 150,
    'search texts': 150,
    memory: large ? 400 : undefined,
    'page without its log': Number(size) <= 1000 ? 700 : undefined,
};
/** @type {Object<string, string>} */
const UNITS = { 'memory': 'MB', 'page without its log': 'kB' };

const percentile = (/** @type {number[]} */ list, /** @type {number} */ p) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))];

/** Milliseconds between frames while `act` goes on. */
async function frames(page, act) {
    await page.evaluate(() => {
        window.__frames = [];
        let last = 0;
        const tick = now => {
            if (last) window.__frames.push(now - last);
            last = now;
            window.__ticking = requestAnimationFrame(tick);
        };
        window.__ticking = requestAnimationFrame(tick);
    });
    await act();
    return page.evaluate(() => {
        cancelAnimationFrame(window.__ticking);
        return window.__frames;
    });
}

/** Wheel events over an element for about a second and a half. */
async function wheel(page, selector, dy, ctrl) {
    const target = page.locator(selector).first();
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    await page.mouse.move(box.x + box.width * 0.7, box.y + Math.min(box.height, 400) / 2);
    if (ctrl) await page.keyboard.down('Control');
    const times = await frames(page, async () => {
        for (let i = 0; i < 90; i++) {
            await page.mouse.wheel(0, ctrl && i >= 45 ? -dy : dy);
            await page.waitForTimeout(8);
        }
    });
    if (ctrl) await page.keyboard.up('Control');
    return times;
}

/** From the reader's last key to the rows that answer. */
async function search(page, text) {
    const took = await page.evaluate(
        query =>
            new Promise(done => {
                const input = /** @type {HTMLInputElement} */ (document.getElementById('q'));
                performance.clearMarks('pipelens-found');
                const begun = performance.now();
                input.value = query;
                input.dispatchEvent(new Event('input', { bubbles: true }));
                const wait = () => {
                    if (!performance.getEntriesByName('pipelens-found').length) return void setTimeout(wait, 1);
                    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun), 0));
                };
                wait();
            }),
        text
    );
    return took;
}

/** Megabytes of the tab's process that no other process shares. */
async function memory(browser) {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const own = processInfo
        .filter(p => p.type === 'renderer')
        .map(p => {
            const rollup = readFileSync('/proc/' + p.id + '/smaps_rollup', 'utf8');
            const kb = name => Number(new RegExp('^' + name + ':\\s+(\\d+)', 'm').exec(rollup)?.[1] ?? 0);
            return (kb('Private_Clean') + kb('Private_Dirty')) / 1024;
        });
    return Math.max(...own);
}

async function measure() {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-precise-memory-info'] });
    const figures = {};
    try {
        const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
        await page.goto(pathToFileURL(resolve(file)).href);
        await page.waitForFunction(() => performance.getEntriesByName('pipelens-ready').length);
        Object.assign(
            figures,
            await page.evaluate(() => ({
                'first paint': performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
                interactive: performance.getEntriesByName('pipelens-ready')[0].startTime,
            }))
        );
        const p95 = async act => percentile(await act, 0.95);
        figures['scroll timeline, p95'] = await p95(wheel(page, '#pl-timeline [role=treegrid], #pl-timeline [role=tree]', 120));
        figures['zoom timeline, p95'] = await p95(wheel(page, '#pl-timeline [role=treegrid], #pl-timeline [role=tree]', -60, true));
        figures['scroll steps, p95'] = await p95(wheel(page, '#pl-steps [role=treegrid]', 120));
        await page.waitForFunction(() => performance.getEntriesByName('pipelens-indexed').length, null, { timeout: 60000 });
        figures['text index'] = await page.evaluate(() => performance.getEntriesByName('pipelens-indexed')[0].startTime);
        figures['search names'] = await search(page, 'classify');
        figures['search texts'] = await search(page, 'signing keys');
        figures.memory = await memory(browser);
    } finally {
        await browser.close();
    }
    return figures;
}

/** Kilobytes of the page beyond the log that it carries, compressed. */
function beyondLog() {
    const text = readFileSync(log);
    return (statSync(file).size - gzipSync(text).length) / 1000;
}

const runs = [];
for (let i = 0; i < RUNS; i++) runs.push({ ...(await measure()), 'page without its log': beyondLog() });
let over = 0;
for (const name of Object.keys(runs[0])) {
    const value = percentile(
        runs.map(r => r[name]),
        0.5
    );
    const limit = LIMITS[name];
    const unit = UNITS[name] ?? 'ms';
    const verdict = limit === undefined ? '' : value <= limit ? `  met (limit ${limit})` : `  MISSED (limit ${limit})`;
    if (verdict.includes('MISSED')) over++;
    console.log(`${String(size).padStart(8)}  ${name.padEnd(22)} ${value.toFixed(1).padStart(10)} ${unit}${verdict}`);
}
process.exit(over ? 1 : 0);
