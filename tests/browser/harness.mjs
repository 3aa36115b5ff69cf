/* SPDX-License-Identifier: MIT
 *
 * TAP, logs to make pages of, and pages watched for everything that must not happen.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LOADER, MODULE } from './google-stub.js';

const here = fileURLToPath(new URL('.', import.meta.url));
export const PROGRAM = process.env.PIPELENS_REPORT || join(here, '../../build/pipelens-report');
export const CHROMIUM = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
].find(path => path && existsSync(path));
const work = mkdtempSync(join(tmpdir(), 'pipelens-browser-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/* ---- logs ---- */

const T0 = 1716000000000;

/**
 * A log of one run. Each step: { name, parent (place in the list), start, end (ms from the start; end null: never
 * ended), error, records, result, id, key }. The first one is the pipeline.
 */
export function makeLog(steps, { runId = 'run-1', status } = {}) {
    const lines = [];
    const body = (s, i) =>
        i === 0
            ? { name: s.name, key: 'k0' }
            : {
                  name: s.name,
                  key: s.key ?? 'k0.k' + i,
                  id: s.id ?? 'id' + i,
                  ...(s.parent ? { parentId: steps[s.parent].id ?? 'id' + s.parent } : {}),
              };
    const meta = { name: steps[0].name, key: 'k0', runId, logVersion: 1 };
    lines.push({ type: 'pipeline', operation: 'start', meta: { ...meta, time: { startTs: T0 + steps[0].start } } });
    steps.forEach((s, i) =>
        lines.push({
            type: 'step',
            operation: 'start',
            runId,
            step: { ...body(s, i), time: { startTs: T0 + s.start } },
        })
    );
    steps.forEach((s, i) => {
        if (s.end === null) return;
        const time = { startTs: T0 + s.start, endTs: T0 + s.end, timeUsageMs: s.end - s.start };
        const { error, records = {}, result } = s;
        lines.push({ type: 'step', operation: 'finish', runId, step: { ...body(s, i), time, records, result, error } });
    });
    if (status !== null) {
        const time = { startTs: T0 + steps[0].start, endTs: T0 + (steps[0].end ?? 0) };
        lines.push({
            type: 'pipeline',
            operation: 'finish',
            meta: { ...meta, time },
            status: status ?? (steps[0].error ? 'failed' : 'completed'),
        });
    }
    return lines.map(line => JSON.stringify(line)).join('\n') + '\n';
}

let made = 0;

/** Renders a log and returns { url, html }. */
export function makePage(log, ...options) {
    const base = join(work, 'page' + made++);
    writeFileSync(base + '.ndjson', log);
    const run = spawnSync(PROGRAM, ['render', '--html', base + '.html', '--quiet', ...options, base + '.ndjson'], {
        encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error('pipelens-report ended with ' + run.status + ': ' + run.stderr);
    return { url: pathToFileURL(base + '.html').href, html: readFileSync(base + '.html', 'utf8') };
}

/** Renders a log with several runs into a directory; returns the URL of its index. */
export function makeIndex(log, ...options) {
    const base = join(work, 'page' + made++);
    writeFileSync(base + '.ndjson', log);
    const run = spawnSync(PROGRAM, ['render', '-o', base, '--quiet', ...options, base + '.ndjson'], {
        encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error('pipelens-report ended with ' + run.status + ': ' + run.stderr);
    return { url: pathToFileURL(join(base, 'index.html')).href, html: readFileSync(join(base, 'index.html'), 'utf8') };
}

/* ---- pages ---- */

/** For whatever a browser on a busy machine may take; ms. */
export const PATIENCE = 120000;

/** Types into the search; returns when the page has searched: 120 ms later, by a timer that ends before ours. */
export async function search(page, text) {
    await page.fill('#q', text);
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 150)));
}

/**
 * Opens a page and watches it. `net` says what Google's server does: 'stub' answers, 'down' cannot be reached, 'silent'
 * never answers, 'no-module' and 'no-css' fail halfway, 'draw-error' draws nothing; 'none' (the default) is 'down', and
 * any request at all is a failure.
 */
export async function openPage(browser, url, { net = 'none', offline = false, clock = false, ...settings } = {}) {
    const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        colorScheme: 'light',
        ...settings,
    });
    const seen = { problems: [], requests: [] };
    await context.route(/^(?!file:)/, route => answer(route, net, seen));
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('console', message => {
        const failedLoad = /Failed to load resource|ERR_/.test(message.text()) && net !== 'none';
        if (message.type() === 'error' && !failedLoad) seen.problems.push('console: ' + message.text());
    });
    page.on('pageerror', error => seen.problems.push('error: ' + error.message));
    page.on('dialog', dialog => {
        seen.problems.push('dialog: ' + dialog.message());
        dialog.dismiss();
    });
    if (settings.javaScriptEnabled !== false) {
        await page.addInitScript(() => {
            window.violations = [];
            document.addEventListener('securitypolicyviolation', e =>
                window.violations.push(e.violatedDirective + ' ' + e.blockedURI)
            );
        });
    }
    if (clock) await page.clock.install();
    if (offline) await context.setOffline(true);
    await page.goto(url);
    return { page, context, seen };
}

function answer(route, net, seen) {
    const url = route.request().url();
    seen.requests.push(url);
    if (net === 'none') seen.problems.push('request: ' + url);
    if (net === 'silent') return undefined;
    if (!url.startsWith('https://www.gstatic.com/charts/') || net === 'none' || net === 'down')
        return route.abort('namenotresolved');
    const script = body => route.fulfill({ contentType: 'text/javascript', body });
    if (url.endsWith('/loader.js')) return script(LOADER + (net === 'draw-error' ? 'window.stub.fail = true;' : ''));
    if (url.endsWith('/module.js')) return net === 'no-module' ? route.abort('failed') : script(MODULE);
    if (url.endsWith('.css'))
        return net === 'no-css'
            ? route.abort('failed')
            : route.fulfill({ contentType: 'text/css', body: '.google-visualization-tooltip { position: absolute; }' });
    seen.problems.push('request: ' + url);
    return route.abort('failed');
}

/** Closes the page; throws when anything happened that must not. */
export async function closePage({ page, context, seen }, javaScript = true) {
    if (javaScript) seen.problems.push(...(await page.evaluate(() => window.violations)).map(v => 'policy: ' + v));
    await context.close();
    if (seen.problems.length) throw new Error(seen.problems.join('\n'));
}

/* ---- TAP ---- */

const tests = [];

export function test(name, body) {
    tests.push({ name, body });
}

export async function runTests(browser) {
    let failed = 0;
    console.log('1..' + tests.length);
    for (const [i, { name, body }] of tests.entries()) {
        try {
            await body(browser);
            console.log(`ok ${i + 1} - ${name}`);
        } catch (error) {
            failed++;
            console.log(`not ok ${i + 1} - ${name}\n` + String(error.stack || error).replace(/^/gm, '# '));
        }
    }
    return failed;
}
