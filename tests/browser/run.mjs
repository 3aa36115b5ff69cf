/* SPDX-License-Identifier: MIT
 *
 * The pages in a browser: what a reader sees and does, with and without JavaScript and Google's charts, and what must
 * never happen whatever a log holds. Prints TAP. Needs node 18, Chromium, and playwright-core (`npm ci` in here).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (!existsSync(fileURLToPath(new URL('node_modules/playwright-core', import.meta.url)))) {
    console.log('1..0 # SKIP playwright-core is not installed: npm ci --prefix tests/browser');
    process.exit(0);
}
const { chromium } = await import('playwright-core');
const { CHROMIUM, PATIENCE, runTests } = await import('./harness.mjs');
if (!CHROMIUM) {
    console.log('1..0 # SKIP there is no Chromium');
    process.exit(0);
}
/* the longest first, so that none is left to run alone at the end */
const files = [
    'large', 'static', 'table', 'search', 'panel', 'timeline', 'graph', 'sections', 'access', 'google', 'hostile',
];
for (const file of process.argv.length > 2 ? process.argv.slice(2) : files) await import(`./test-${file}.mjs`);

const browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE,
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
    ],
});
const failed = await runTests(browser);
await browser.close();
process.exitCode = failed ? 1 : 0;
