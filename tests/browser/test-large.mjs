/* SPDX-License-Identifier: MIT
 *
 * Runs beyond what a page can hold as rows, and where their texts come from: the log that the page carries, compressed
 * in chunks, or what was taken from it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { closePage, exact, extractLog, makeLog, makePage, makePageOfGzip, openPage, test } from './harness.mjs';
import { facts, find, names, openStep, panelOf, part, record, row, settled, stepTable, tableRows, timeline } from './reader.mjs';

const DIGITS = '12345678901234567890.1234567890';

/** A run of groups of items; the first item of every 7th group failed. Items follow their group: place is position. */
function grouped(groups, each) {
    const steps = [{ name: 'large', start: 0, end: groups * 1000 }];
    for (let g = 0; g < groups; g++) {
        const parent = steps.push({ name: 'group ' + g, start: g * 1000, end: g * 1000 + 900 }) - 1;
        for (let i = 0; i < each; i++)
            steps.push({
                name: 'item.' + (i % 50),
                key: 'k' + g + '_' + i,
                parent,
                start: g * 1000 + i,
                end: g * 1000 + i + 1 + (i % 7),
                records: { token: `needle-${g}-${i}-end`, big: exact(DIGITS) },
                error: g % 7 === 3 && i === 0 ? 'TimeoutError: late in ' + g : undefined,
            });
    }
    return steps;
}

const place = (each, g, i) => 1 + g * (each + 1) + 1 + i;

test('the page answers before what only paper needs is parsed, and sets up the rest when it is', async browser => {
    const { url } = makePage(makeLog(grouped(4, 249)), '--google', 'off');
    const view = await openPage(browser, url);
    const { page } = view;
    await page.addInitScript(() => {
        const { mark } = performance;
        performance.mark = function (name, ...more) {
            if (name === 'pipelens-ready') {
                const count = what => document.querySelectorAll(what).length;
                window.atReady = { rows: count('#pl-steps [data-row]'), parsed: count('.list > li, #graph, #pl-stats') };
                const input = document.getElementById('q');
                input.value = 'name:item.7';
                input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
                document.querySelector('#pl-steps [data-row="1"]').click();
                window.atReady.panel = !document.getElementById('pl-panel').hidden;
            }
            return mark.call(performance, name, ...more);
        };
    });
    await page.reload();
    const { rows, parsed, panel } = await page.evaluate(() => window.atReady);
    assert.ok(rows > 10);
    assert.equal(parsed, 0);
    assert.equal(panel, true);
    await page.waitForFunction(() => document.getElementById('pl-found').textContent === '20 of 1,001 steps');
    assert.equal(await page.locator('#graph .choice button').count(), 5);
    assert.ok((await page.locator('#pl-stats .sorter').count()) > 0);
    await closePage(view);
});

test('2,500 steps: each has its text, those without a row in the page too, to the last digit', async browser => {
    const steps = grouped(10, 249);
    const log = makeLog(steps);
    const made = { always: makePage(log, '--google', 'off'), never: makePage(log, '--google', 'off', '--embed-log', 'never'), gzip: makePageOfGzip(log, '--google', 'off') };
    for (const [how, { url, html }] of Object.entries(made)) {
        assert.equal(html.includes('"missing":"unwanted"'), how === 'never', how);
        assert.equal(html.includes('id="pl-text"'), how !== 'always', how);
        const view = await openPage(browser, url);
        const { page } = view;
        const ids = await page.$$eval('.list > li', rows => rows.map(r => Number(r.id.slice(1))));
        assert.equal(ids.length, 2000);
        const missing = [...steps.keys()].filter(i => !ids.includes(i));
        assert.equal(missing.length, 501);
        for (const i of [missing[0], missing[missing.length - 1], ids[1500]]) {
            await page.goto(url + '#step=' + i);
            const panel = await panelOf(page, steps[i].name);
            await page.waitForFunction(key => document.querySelector('#pl-panel .facts')?.textContent.includes(key), steps[i].key ?? 'k0');
            if (!steps[i].records) continue;
            assert.equal(await record(panel, 'big').locator('.text').textContent(), DIGITS, how);
            assert.equal(await record(panel, 'token').locator('.text').textContent(), steps[i].records.token, how);
        }
        const token = steps[missing[3]].records.token;
        assert.equal(await find(page, token), '1 of 2,501 steps', how);
        await closePage(view);
    }
    assert.equal(extractLog(made.always).toString(), log, 'the log comes out as it went in');
    assert.equal(gunzipSync(extractLog(made.gzip)).toString(), log, 'also when it was compressed');
});

test('2,000 steps: what a reader does first', async browser => {
    const steps = grouped(8, 249);
    const view = await openPage(browser, makePage(makeLog(steps.slice(0, 2000)), '--google', 'off').url);
    const { page } = view;
    const first = await tableRows(page);
    assert.ok(first.length < 120, first.length + ' rows in the document');
    assert.ok(first.some(r => r.name === 'group 0'), 'the top levels are open');
    const rows = async () => Number(await stepTable(page).getAttribute('aria-rowcount')) - 1;
    assert.ok((await rows()) < 600, 'and not much more: ' + (await rows()));
    await page.getByRole('button', { name: 'Expand all steps' }).click();
    assert.equal(await rows(), 2000);
    await row(page, 'large').focus();
    await page.keyboard.press('End');
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex')), '2001');
    await page.keyboard.press('Home');
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex')), '2');
    await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click();
    assert.equal((await names(page))[0], 'group 0');
    await closePage(view);
});

test('100,000 steps: open, search, filter, scroll, fold, and the text of one', async browser => {
    const steps = grouped(400, 249);
    steps.length = 100000;
    const { url, html, file } = makePage(makeLog(steps), '--google', 'off');
    assert.match(html, /id="pl-log">\n\{"format":1,"chunk":262144,"missing":""/, 'the log is inside');
    assert.equal(extractLog({ file }).length, readFileSync(file.replace(/\.html$/, '.ndjson')).length);
    const view = await openPage(browser, url);
    const { page } = view;
    const inDocument = async () => {
        await settled(page);
        return page.evaluate(() => [document.querySelectorAll('#pl-steps [role=row]').length, document.querySelectorAll('#pl-timeline [role=row]').length]);
    };
    const bounded = async where => {
        const [table, bars] = await inDocument();
        assert.ok(table < 120 && bars < 120, `${where}: ${table} rows and ${bars} bars in the document`);
    };
    assert.match(await page.locator('.figures').textContent(), /Steps100,000/);
    await bounded('at first');
    const failed = steps.filter(s => s.error).length;
    assert.equal(await find(page, 'status:error'), `${failed} of 100,000 steps`);
    await bounded('failed ones');
    assert.equal(await find(page, 'name:item.17'), '2,000 of 100,000 steps');
    assert.equal(await find(page, 'needle-399-101-end'), '1 of 100,000 steps');
    assert.deepEqual((await tableRows(page)).filter(r => r.found).length, 1);
    await openStep(page, 'item.1');
    const panel = await panelOf(page, 'item.1');
    assert.equal((await facts(panel)).Key, 'k399_101');
    assert.equal(await record(panel, 'big').locator('.text').textContent(), DIGITS);
    assert.equal(await page.evaluate(() => location.hash), '#step=' + place(249, 399, 101) + '&q=needle-399-101-end');
    await find(page, '');
    assert.equal((await tableRows(page)).find(r => r.selected)?.name ?? 'item.1', 'item.1');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Expand all steps' }).click();
    assert.equal(await stepTable(page).getAttribute('aria-rowcount'), '100001');
    assert.equal(await timeline(page).getAttribute('aria-rowcount'), '100000');
    await stepTable(page).hover();
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 5000);
    await settled(page);
    await bounded('after scrolling');
    assert.ok((await tableRows(page)).length > 5, 'rows are there');
    await page.evaluate(() => (document.querySelector('#pl-steps [role=treegrid]').scrollTop = 1e9));
    await settled(page);
    assert.equal((await tableRows(page)).at(-1).name, steps.at(-1).name, 'the last row can be reached');
    await page.getByRole('columnheader', { name: 'Duration', exact: true }).getByRole('button').click();
    assert.deepEqual((await names(page)).slice(0, 3), ['large', 'group 0', 'group 1']);
    await bounded('sorted');
    await page.getByRole('button', { name: 'Collapse all steps' }).click();
    await page.getByRole('button', { name: 'Back to the tree' }).click();
    assert.deepEqual(await names(page), ['large']);
    assert.equal(await find(page, '/needle-\\d*7-248-end/ -status:error'), `${steps.filter(s => /-\d*7-248-/.test(s.records?.token ?? '')).length} of 100,000 steps`);
    await closePage(view);
});

test('what a page without its log lacks is said: a long text is cut, and beyond a budget left out, its size told', async browser => {
    const steps = [{ name: 'big', start: 0, end: 1000 }];
    for (let i = 0; i < 20; i++)
        steps.push({ name: 'part ' + i, start: i, end: i + 1, records: { blob: 'x'.repeat(1 << 20) + i }, error: i === 19 ? 'last words' : undefined });
    const log = makeLog(steps);
    const cut = await openPage(browser, makePage(log, '--google', 'off', '--embed-log', 'never').url);
    await cut.page.getByText('About this report').click();
    assert.match(await cut.page.locator('#about').textContent(), /The log is not inside, as --embed-log never was given/);
    const panel = await openStep(cut.page, 'part 3');
    assert.match(await panel.locator('.cut').textContent(), /^Only the beginning is in this page; the log has 1,048,5\d\d bytes of it\.$/);
    const blob = record(panel, '\\(all\\)');
    await blob.getByRole('button', { name: /^Show all/ }).click();
    const length = (await blob.locator('.text').textContent()).length;
    assert.ok(length > 60000 && length <= 65600 /* it is indented */, length + ' characters');
    await closePage(cut);
    const full = await openPage(browser, makePage(log, '--google', 'off', '--embed-log', 'never', '--max-data', '2M').url);
    assert.match(await full.page.locator('.notes').textContent(), /The page does not hold 5\.2 MB of records, results and other values: 5 are left out/);
    let left = 0;
    for (let i = 0; i < 20; i++) {
        const told = (await openStep(full.page, 'part ' + i)).locator('.records .cut');
        if (!(await told.count())) continue;
        left++;
        assert.match(await told.textContent(), /^Not in this page: the log has 1,048,5\d\d bytes of it\.$/);
    }
    assert.ok(left > 0 && left < 20, left + ' of 20');
    await closePage(full);
    const whole = await openPage(browser, makePage(log, '--google', 'off').url);
    const all = record(await openStep(whole.page, 'part 7'), 'blob');
    await all.getByRole('button', { name: /^Show all/ }).click();
    assert.equal(await all.locator('.text').evaluate(e => e.textContent.length), (1 << 20) + 1, 'with the log inside nothing is cut');
    await closePage(whole);
});
