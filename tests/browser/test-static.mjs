/* SPDX-License-Identifier: MIT
 *
 * What is on a page before any script: for readers without JavaScript, on paper, and offline; its head, its colours, and
 * the index of several runs.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { closePage, makeIndex, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT, CHECKOUT_LOG, CHECKOUT_NAMES } from './logs.mjs';
import { assertFits, stepTable, timeline } from './reader.mjs';

const { url, html } = makePage(CHECKOUT_LOG, '--google', 'off');
const open = (browser, settings) => openPage(browser, url, settings);
const listed = page => page.getByRole('list', { name: /^Steps in tree order/ });
const IN_ORDER = ['checkout', 'cache', 'load cart', 'price', 'tax.vat', 'discount', 'pay', 'notify', 'retry', 'audit'];

test('without JavaScript: all steps, drawings and texts are there, and nothing that needs a script', async browser => {
    const view = await open(browser, { javaScriptEnabled: false });
    const { page } = view;
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'checkout');
    assert.ok(await page.getByText('failed', { exact: true }).first().isVisible());
    const rows = listed(page).locator(':scope > li');
    assert.deepEqual(await rows.locator('summary b').allTextContents(), IN_ORDER);
    assert.deepEqual([...IN_ORDER].sort(), [...CHECKOUT_NAMES].sort());
    for (const gone of [stepTable(page), timeline(page), page.getByRole('search'), page.getByRole('group', { name: 'Colours' })])
        assert.equal(await gone.count(), 0, String(gone));
    assert.ok(await page.getByRole('region', { name: 'Timeline drawing' }).locator('svg').isVisible());
    assert.ok(await page.locator('#graph svg').first().isVisible());
    const cart = rows.filter({ hasText: 'load cart' });
    assert.equal(await cart.getByText('Zürich café').isVisible(), false);
    await cart.locator('summary').click();
    for (const text of ['Zürich café', '[1,2,12345678901234567890]', 'first line second "line" tab'])
        assert.ok(await cart.getByText(text).isVisible(), text);
    assert.match(await cart.textContent(), /"id": ?12345678901234567890,\s*"price": ?1\.10,.*"id": ?7/s, 'digits and duplicates of the log');
    const pay = rows.filter({ hasText: 'no answer from the bank' });
    await pay.locator('summary').click();
    for (const text of ['attempt one', 'bank.js:7']) assert.ok(await pay.getByText(text).isVisible(), text);
    await closePage(view, false);
});

test('without JavaScript at 360 px nothing sticks out', async browser => {
    const view = await open(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    for (const summary of await listed(view.page).locator('summary').all()) await summary.click();
    await assertFits(view.page, 'static');
    await closePage(view, false);
});

test('without JavaScript, 2,000 of 2,500 steps: the failed and the longest, and how many more there are', async browser => {
    const steps = [{ name: 'many', start: 0, end: 100000 }];
    for (let i = 1; i < 2500; i++)
        steps.push({ name: 'step ' + i, start: i, end: i + (i < 600 ? 1 : 50), error: i === 7 ? 'odd one' : undefined, result: 'text of ' + i });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url, { javaScriptEnabled: false });
    const { page } = view;
    const names = await listed(page).locator(':scope > li summary b').allTextContents();
    assert.equal(names.length, 2000);
    assert.ok(names.includes('step 7') && names.includes('step 2499') && !names.includes('step 599'));
    assert.match(await page.locator('#steps').textContent(), /2,000 of 2,500 steps: failed and unfinished ones first, then the longest/);
    await closePage(view, false);
});

test('all of 2,000 steps stand in the page with their texts', async browser => {
    const steps = [{ name: 'many', start: 0, end: 100000 }];
    for (let i = 1; i < 2000; i++) steps.push({ name: 'step ' + i, start: i, end: i + 1, result: 'text of ' + i });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url, { javaScriptEnabled: false });
    const texts = await listed(view.page).locator(':scope > li').allTextContents();
    assert.equal(texts.length, 2000);
    texts.forEach((text, i) => assert.ok(i === 0 || text.includes('text of ' + i), text));
    assert.match(await view.page.locator('#steps').textContent(), /2,000 steps/);
    await closePage(view, false);
});

test('--google off leaves no outside reference in the file, and no inline style or handler', async () => {
    assert.doesNotMatch(html, /gstatic|googleapis/i);
    assert.doesNotMatch(html.replace(/http:\/\/www\.w3\.org\/[\w/]+/g, ''), /(https?:)?\/\/[a-z]/i);
    assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ''), /style="|\son\w+=/);
});

test('offline nothing is asked for: the page is one file', async browser => {
    const view = await open(browser, { offline: true });
    await view.page.waitForFunction(() => performance.getEntriesByName('pipelens-indexed').length);
    assert.deepEqual(view.seen.requests, []);
    assert.equal(await view.page.evaluate(() => performance.getEntriesByType('resource').filter(r => !r.name.startsWith('blob:')).length), 0);
    await closePage(view);
});

test('the head tells status, start, counts, tags, arguments, and where the log came from', async browser => {
    const view = await open(browser, { timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
    const { page } = view;
    const figures = await page.$$eval('.figures > div', list =>
        Object.fromEntries(list.map(d => [d.querySelector('dt').textContent, d.querySelector('dd > time, dd').textContent]))
    );
    assert.match(figures.Started, /^2024-05-18 02:40:00\.000 UTC/);
    assert.deepEqual(
        { ...figures, Started: '' },
        { Started: '', Duration: '2.00 s', Steps: '10', Failed: '2', Unfinished: '1', Run: 'run-1' }
    );
    const head = page.getByRole('banner');
    for (const text of ['team shop', 'env test', 'dryRun false'])
        assert.ok(await head.getByRole('listitem').filter({ hasText: text }).isVisible(), text);
    const local = page.getByRole('tooltip').filter({ hasText: 'Asia/Tokyo' });
    assert.equal(await local.isVisible(), false);
    await page.locator('#pl-start').hover();
    await local.waitFor({ state: 'visible' });
    assert.match(await local.textContent(), /11:40:00/);
    await page.mouse.move(0, 0);
    await local.waitFor({ state: 'hidden' });
    await page.locator('#pl-start').focus();
    await local.waitFor({ state: 'visible' });
    await page.getByText('About this report').click();
    const about = await page.locator('#about').textContent();
    assert.match(about, /page\d+\.ndjson \([\d,]+ bytes, SHA-256 [0-9a-f]{64}\)\. The log is inside/);
    assert.match(about, /Written by pipelens-report \d/);
    await closePage(view);
});

test('a page of a part of the run says so in plain words', async browser => {
    const view = await openPage(browser, makePage(CHECKOUT_LOG, '--google', 'off', '--status', 'error').url);
    const { page } = view;
    const notes = await page.getByRole('banner').textContent();
    assert.match(notes, /8 of 10 steps/);
    assert.equal(await stepTable(page).getByRole('row').count(), 1 + 2);
    await page.getByText('About this report').click();
    assert.match(await page.locator('#about').textContent(), /The log is not inside, as the page shows only a part of it/);
    await closePage(view);
});

const luminance = colour =>
    colour
        .match(/[\d.]+/g)
        .slice(0, 3)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const isLight = async page => luminance(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) > 128;

test('colours: by the reader’s setting, by the switch, which is remembered, and by --theme', async browser => {
    const dark = await open(browser, { colorScheme: 'dark' });
    const { page } = dark;
    assert.equal(await isLight(page), false);
    const button = name => page.getByRole('group', { name: 'Colours' }).getByRole('button', { name });
    assert.equal(await button('Auto').getAttribute('aria-pressed'), 'true');
    await button('Light').click();
    assert.equal(await isLight(page), true);
    assert.equal(await button('Light').getAttribute('aria-pressed'), 'true');
    await page.reload();
    assert.equal(await isLight(page), true, 'after loading again');
    await button('Auto').click();
    assert.equal(await isLight(page), false);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await isLight(page), true);
    await button('Dark').click();
    assert.equal(await isLight(page), false);
    await closePage(dark);
    for (const [theme, colorScheme] of [
        ['dark', 'light'],
        ['light', 'dark'],
    ]) {
        const view = await openPage(browser, makePage(CHECKOUT_LOG, '--google', 'off', '--theme', theme).url, { colorScheme });
        assert.equal(await isLight(view.page), theme === 'light', '--theme ' + theme);
        await closePage(view);
    }
});

test('paper gets the static list and drawings in light colours, not the workplace', async browser => {
    const view = await open(browser, { colorScheme: 'dark' });
    const { page } = view;
    await page.getByRole('group', { name: 'Colours' }).getByRole('button', { name: 'Dark' }).click();
    assert.equal(await listed(page).isVisible(), false, 'on the screen the table is enough');
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['#pl-steps', '#pl-timeline', '#pl-tools', '#pl-panel', 'nav', '#pl-theme'])
        assert.equal(await page.locator(gone).first().isVisible(), false, gone);
    assert.ok(await listed(page).isVisible());
    assert.ok(await page.locator('#pl-fallback svg').isVisible());
    assert.ok(await page.locator('#graph svg').first().isVisible());
    assert.ok(await isLight(page), 'paper is white');
    assert.ok(await page.getByText('Zürich café').first().isVisible(), 'texts that are folded on the screen');
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.ok((pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length >= 2, 'more than one sheet');
    await page.emulateMedia({ media: 'screen' });
    assert.ok(await stepTable(page).isVisible());
    assert.equal(await listed(page).isVisible(), false);
    await closePage(view);
});

test('several runs: an index without script leads to each', async browser => {
    const log =
        makeLog(CHECKOUT) +
        makeLog(
            CHECKOUT.slice(0, 1).map(s => ({ ...s, name: '</td><script>alert(1)</script>', error: undefined })),
            { runId: '<b>"2"' }
        );
    const { url: index, html: text } = makeIndex(log, '--google', 'off');
    assert.doesNotMatch(text, /<script/);
    const view = await openPage(browser, index);
    const { page } = view;
    const cells = await page.$$eval('tbody tr', rows => rows.map(r => [...r.cells].slice(0, 7).map(c => c.textContent)));
    assert.equal(cells.length, 2);
    assert.deepEqual(cells[0], ['checkout', 'run-1', 'failed', '2024-05-18 02:40:00.000 UTC', '2.00 s', '10', '2']);
    assert.equal(cells[1][0], '</td><script>alert(1)</script>');
    assert.equal(cells[1][2], 'completed');
    for (const i of [0, 1]) {
        await page.locator('tbody tr').nth(i).locator('a').first().click();
        await page.waitForURL(/report\.html$/);
        assert.equal(await page.locator('h1').textContent(), cells[i][0]);
        await page.goBack();
    }
    for (const link of await page.$$eval('a', links => links.map(a => a.href))) assert.ok(existsSync(new URL(link)), link);
    await page.setViewportSize({ width: 360, height: 740 });
    await assertFits(page, 'index');
    await closePage(view);
});

test('the card fits a small screen', async browser => {
    const card = makePage(CHECKOUT_LOG, '--template', 'card');
    for (const viewport of [{ width: 360, height: 740 }, { width: 700, height: 900 }]) {
        const view = await openPage(browser, card.url, { viewport });
        const size = await view.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
        assert.deepEqual(size, [viewport.width, viewport.height]);
        const rows = await view.page.$$eval('.slowest li', list =>
            list.map(e => e.getBoundingClientRect()).filter(r => r.left < innerWidth && r.bottom <= innerHeight).length
        );
        assert.ok(rows >= 2, `${rows} of the slowest steps in sight`);
        await closePage(view);
    }
});
