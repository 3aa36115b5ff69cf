/* SPDX-License-Identifier: MIT
 *
 * TAP, logs to make pages of, and pages watched for everything that must not happen.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
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

export const T0 = 1716000000000;

/** @type {string[]} */
const exactTexts = [];

/** A value that goes into the log as it stands here: JSON.stringify has no way to write digits beyond a double's. */
export function exact(json) {
    return `@exact-${exactTexts.push(json) - 1}@`;
}

/** Lines as the text of a log. */
export function logText(lines) {
    const text = lines.map(line => JSON.stringify(line)).join('\n') + '\n';
    return text.replace(/"@exact-(\d+)@"/g, (_, n) => exactTexts[n]);
}

function stepLines(runId, steps) {
    const lines = { starts: [], logs: [], ends: [] };
    steps.forEach((s, i) => {
        const step =
            i === 0
                ? { name: s.name, key: 'k0' }
                : {
                      name: s.name,
                      key: s.key ?? 'k0.k' + i,
                      id: s.id ?? 'id' + i,
                      ...(s.parent ? { parentId: steps[s.parent].id ?? 'id' + s.parent } : {}),
                  };
        const line = (operation, rest) => ({ type: 'step', operation, runId, ...rest });
        lines.starts.push(line('start', { step: { ...step, time: { startTs: T0 + s.start }, ...s.first } }));
        for (const { level, message, at } of s.logs ?? [])
            lines.logs.push(line('log', { step: { key: step.key, id: step.id }, level, message, ts: T0 + at }));
        if (s.end === null) return;
        const time = { startTs: T0 + s.start, endTs: T0 + s.end, timeUsageMs: s.end - s.start };
        const { error, records = {}, result } = s;
        lines.ends.push(line('finish', { step: { ...step, time, records, result, error, ...s.last } }));
    });
    return [...lines.starts, ...lines.logs, ...lines.ends];
}

/**
 * A log of one run. Each step: { name, parent (place in the list), start, end (ms from the start; end null: never
 * ended), error, records, result, id, key, logs: [{ level, message, at }], first and last: more fields of its start and
 * its finish }. The first one is the pipeline; `meta` is more of it.
 */
export function makeLog(steps, { runId = 'run-1', status, meta: more = {} } = {}) {
    const meta = { name: steps[0].name, key: 'k0', runId, logVersion: 1, ...more };
    const lines = [
        { type: 'pipeline', operation: 'start', meta: { ...meta, time: { startTs: T0 + steps[0].start } } },
        ...stepLines(runId, steps),
    ];
    if (status !== null) {
        const time = { startTs: T0 + steps[0].start, endTs: T0 + (steps[0].end ?? 0) };
        const outcome = status ?? (steps[0].error ? 'failed' : 'completed');
        lines.push({ type: 'pipeline', operation: 'finish', meta: { ...meta, time }, status: outcome });
    }
    return logText(lines);
}

let made = 0;

/** Runs the program over a log, which is text or bytes. Returns the path that it was told to write to. */
function render(log, output, options, suffix = '') {
    const base = join(work, 'page' + made++);
    const out = output === '-o' ? base : base + '.html';
    writeFileSync(base + '.ndjson' + suffix, log);
    const run = spawnSync(PROGRAM, ['render', output, out, '--quiet', ...options, base + '.ndjson' + suffix], {
        encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error('pipelens-report ended with ' + run.status + ': ' + (run.error ?? run.stderr));
    return out;
}

/** Renders a log and returns { url, html, file }. */
export function makePage(log, ...options) {
    const file = render(log, '--html', options);
    return { url: pathToFileURL(file).href, html: readFileSync(file, 'utf8'), file };
}

/** As makePage, from a log that is compressed by gzip. */
export function makePageOfGzip(log, ...options) {
    const file = render(gzipSync(log), '--html', options, '.gz');
    return { url: pathToFileURL(file).href, html: readFileSync(file, 'utf8'), file };
}

/** Renders a log with several runs into a directory; returns the URL of its index. */
export function makeIndex(log, ...options) {
    const file = join(render(log, '-o', options), 'index.html');
    return { url: pathToFileURL(file).href, html: readFileSync(file, 'utf8') };
}

/** The log that a page carries, as `pipelens-report extract` gives it. */
export function extractLog({ file }) {
    const run = spawnSync(PROGRAM, ['extract', file], { maxBuffer: 1 << 30 });
    if (run.status !== 0) throw new Error('extract ended with ' + run.status + ': ' + (run.error ?? run.stderr));
    return run.stdout;
}

/* ---- pages ---- */

/** What a browser on a busy machine may take until a condition is met, ms. Nothing is measured by it. */
export const PATIENCE = Number(process.env.PATIENCE) || 120000;

/** Types a search and presses Enter; returns what the page says when its answer is complete and drawn. */
export async function search(page, text) {
    await page.fill('#q', text);
    await page.keyboard.press('Enter');
    return page.evaluate(answered, PATIENCE);
}

/* Runs in the page. What the box holds counts: it takes no line ends and no lone surrogates. */
function answered(patience) {
    const query = searchBox.input.value;
    const whole = () =>
        view.query === query && performance.getEntriesByName('pipelens-found').at(-1)?.detail === query;
    const until = performance.now() + patience;
    return new Promise((done, fail) => {
        const look = () => {
            if (whole()) requestAnimationFrame(() => done(searchBox.said.hidden ? '' : searchBox.said.textContent));
            else if (performance.now() > until) fail(new Error('no answer to the search ' + query.slice(0, 200)));
            else setTimeout(look, 5);
        };
        look();
    });
}

/**
 * Opens a page and watches it: every request but that of the page itself, every message of an error. `net` says what
 * Google's server does: 'stub' answers, 'down' cannot be reached, 'silent' never answers, 'no-module' and 'no-css' fail
 * halfway, 'draw-error' draws nothing; 'none' (the default) is 'down', and any request at all is a failure.
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
    page.on('request', request => {
        if (/^(file|data):/.test(request.url()) && !request.isNavigationRequest()) seen.problems.push('request: ' + request.url());
    });
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
    if (settings.javaScriptEnabled !== false && !clock) /* a clock of our own knows no marks */
        await page.waitForFunction(
            () => !document.getElementById('pl-steps') || performance.getEntriesByName('pipelens-ready').length
        );
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

/* Tests at a time: each has a tab of its own, and waits a good part of its time. */
const LANES = 3;

/** Runs a test; returns what TAP says of it. */
async function runTest({ name, body }, number, browser) {
    const begun = Date.now();
    const took = () => (process.env.TIMES ? `\n# ${Date.now() - begun} ms` : '');
    try {
        await body(browser);
        return { passed: true, text: `ok ${number} - ${name}` + took() };
    } catch (error) {
        const why = String(error.stack || error).replace(/^/gm, '# ');
        return { passed: false, text: `not ok ${number} - ${name}\n${why}` + took() };
    }
}

/** Runs all tests and says how they went, in their order. Returns how many failed. */
export async function runTests(browser) {
    console.log('1..' + tests.length);
    const results = [];
    let begun = 0,
        said = 0,
        failed = 0;
    const lane = async () => {
        while (begun < tests.length) {
            const i = begun++;
            results[i] = await runTest(tests[i], i + 1, browser);
            for (; results[said]; said++) {
                console.log(results[said].text);
                if (!results[said].passed) failed++;
            }
        }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return failed;
}
