/* SPDX-License-Identifier: MIT
 *
 * The steps as a tree table, with the bar above it: folding, sorting, status and slow switches, keys.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT_LOG } from './logs.mjs';
import { find, focused, names, openStep, panelOf, row, said, searchBox, settled, stepTable, tableRows, timeline } from './reader.mjs';

const { url } = makePage(CHECKOUT_LOG, '--google', 'off');
const open = (browser, settings) => openPage(browser, url, settings);
const ALL = ['checkout', 'cache', 'load cart', 'price', 'tax.vat', 'discount', 'pay', 'notify', 'retry', 'audit'];
const button = (page, name) => page.getByRole('search').getByRole('button', { name, exact: true });
const header = (page, name) => stepTable(page).getByRole('columnheader', { name, exact: true });

/** Names of the timeline's rows, top to bottom. */
async function bars(page) {
    await settled(page);
    return page.$$eval('#pl-timeline [role=row]', rows =>
        rows
            .filter(r => r.checkVisibility())
            .sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
            .map(r => r.querySelector('.tl-label').textContent)
    );
}

test('the table has a row a step, in tree order, with its numbers, and says why a step failed', async browser => {
    const view = await open(browser);
    const { page } = view;
    const rows = await tableRows(page);
    assert.deepEqual(
        rows.map(r => [r.name, r.level]),
        ALL.map(name => [name, name === 'checkout' ? 1 : ['tax.vat', 'discount'].includes(name) ? 3 : 2])
    );
    assert.equal(await stepTable(page).getAttribute('aria-rowcount'), '11');
    assert.equal(await row(page, 'load cart').getByRole('rowheader').textContent(), 'load cart');
    const cells = await row(page, 'load cart').getByRole('gridcell').filter({ visible: true }).allTextContents();
    assert.deepEqual(cells, ['+5 ms', '115 ms', '115 ms', '5.8 %', 'ok', '4']);
    assert.match(rows[6].second, /^TimeoutError: no answer from the bank/);
    assert.deepEqual(await stepTable(page).getByRole('columnheader').allTextContents(), [
        'Name',
        'Start',
        'Duration',
        'Self',
        'Of the run',
        'Status',
        'Records',
    ]);
    await closePage(view);
});

test('folding: one step, all, and by its own button in the timeline; table and timeline show the same', async browser => {
    const view = await open(browser);
    const { page } = view;
    await row(page, 'price').getByRole('button', { name: 'Collapse price' }).click();
    const without = ALL.filter(name => name !== 'tax.vat' && name !== 'discount');
    assert.deepEqual(await names(page), without);
    assert.deepEqual(await bars(page), without);
    assert.equal((await tableRows(page)).find(r => r.name === 'price').expanded, 'false');
    assert.equal(await page.locator('#pl-panel').isVisible(), false, 'folding opens no step');
    await button(page, 'Collapse all steps').click();
    assert.deepEqual(await names(page), ['checkout']);
    await row(page, 'checkout').getByRole('button', { name: 'Expand checkout' }).click();
    assert.deepEqual(await names(page), without, 'what is below stays folded');
    await button(page, 'Expand all steps').click();
    assert.deepEqual(await names(page), ALL);
    assert.deepEqual(await bars(page), ALL);
    assert.equal(await row(page, 'cache').getByRole('button').count(), 0, 'nothing to fold at a leaf');
    await closePage(view);
});

test('sorting: by each column, the other way, and back to the tree', async browser => {
    const view = await open(browser);
    const { page } = view;
    const sorts = {
        'Name': ['audit', 'cache', 'checkout'],
        'Start': ['checkout', 'cache', 'load cart'],
        'Duration': ['checkout', 'pay', 'notify'],
        'Self': ['pay', 'notify', 'discount'],
        'Of the run': ['checkout', 'pay', 'notify'],
        'Status': ['checkout', 'pay', 'notify'],
        'Records': ['load cart', 'discount', 'checkout'],
    };
    for (const [column, first] of Object.entries(sorts)) {
        await header(page, column).getByRole('button').click();
        const order = await names(page);
        assert.deepEqual(order.slice(0, 3), first, column);
        const way = ['Name', 'Start', 'Status'].includes(column) ? 'ascending' : 'descending';
        assert.equal(await header(page, column).getAttribute('aria-sort'), way, column);
        assert.equal(await stepTable(page).locator('[aria-sort]').count(), 1, 'one column at a time');
        assert.ok((await tableRows(page)).every(r => r.level === 1 && r.expanded === null));
    }
    await header(page, 'Name').getByRole('button').click();
    await header(page, 'Name').getByRole('button').click();
    assert.deepEqual((await names(page)).slice(0, 2), ['tax.vat', 'retry']);
    assert.equal(await header(page, 'Name').getAttribute('aria-sort'), 'descending');
    assert.equal(await page.locator('#pl-panel').isVisible(), false, 'sorting opens no step');
    assert.match(await page.getByRole('status').filter({ hasText: 'flat list' }).textContent(), /^A flat list, by name\./);
    await find(page, 'k0.k1');
    assert.deepEqual(await names(page), ['load cart'], 'of a sorted table the search leaves only what it found');
    await find(page, '');
    await header(page, 'Duration').getByRole('button').focus();
    await page.keyboard.press('Enter');
    assert.deepEqual((await names(page)).slice(0, 2), ['checkout', 'pay'], 'by keys as well');
    await page.keyboard.press('Space');
    assert.deepEqual((await names(page)).slice(0, 2), ['cache', 'audit']);
    await page.getByRole('button', { name: 'Back to the tree' }).click();
    assert.deepEqual(await names(page), ALL);
    assert.equal(await page.getByRole('button', { name: 'Back to the tree' }).count(), 0);
    await closePage(view);
});

test('status switches have counts, add up, and are words of the search', async browser => {
    const view = await open(browser);
    const { page } = view;
    const chips = page.getByRole('group', { name: 'Show only' });
    assert.deepEqual(await chips.getByRole('button').allTextContents(), [
        'error2',
        'unfinished1',
        'retried1',
        'skipped1',
        'cached1',
        'ok4',
        'Slowest tenth',
    ]);
    await chips.getByRole('button', { name: 'error' }).click();
    assert.deepEqual(await names(page), ['checkout', 'pay']);
    assert.equal(await searchBox(page).inputValue(), 'status:error');
    assert.equal(await said(page), '2 of 10 steps');
    await chips.getByRole('button', { name: 'unfinished' }).click();
    assert.deepEqual(await names(page), ['checkout', 'pay', 'notify']);
    assert.deepEqual(await bars(page), ['checkout', 'pay', 'notify'], 'the timeline as well');
    assert.equal(await chips.getByRole('button', { name: 'error' }).getAttribute('aria-pressed'), 'true');
    await chips.getByRole('button', { name: 'Slowest tenth' }).click();
    assert.deepEqual(await names(page), ['pay'], 'both conditions');
    assert.match(await searchBox(page).inputValue(), /is:slow/);
    for (const name of ['error', 'unfinished', 'Slowest tenth']) await chips.getByRole('button', { name }).click();
    assert.equal(await searchBox(page).inputValue(), '');
    assert.deepEqual(await names(page), ALL);
    await find(page, 'status:cached');
    assert.equal(await chips.getByRole('button', { name: 'cached' }).getAttribute('aria-pressed'), 'true', 'typed, the switch follows');
    assert.deepEqual(await names(page, { context: true }), ['checkout', 'cache'], 'with the steps above');
    await closePage(view);
});

test('keys: the table is one stop; arrows walk and fold, Enter opens, Escape closes and gives the focus back', async browser => {
    const view = await open(browser);
    const { page } = view;
    await header(page, 'Records').getByRole('button').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'checkout');
    const path = [
        ['ArrowDown', 'cache'],
        ['ArrowDown', 'load cart'],
        ['ArrowDown', 'price'],
        ['ArrowRight', 'tax.vat'],
        ['ArrowLeft', 'price'],
        ['ArrowLeft', 'price'],
        ['ArrowDown', 'pay'],
        ['ArrowUp', 'price'],
        ['ArrowRight', 'price'],
        ['ArrowDown', 'tax.vat'],
        ['End', 'audit'],
        ['Home', 'checkout'],
        ['PageDown', 'audit'],
        ['PageUp', 'checkout'],
    ];
    for (const [key, expected] of path) {
        await page.keyboard.press(key);
        assert.equal(await focused(page), expected, key);
    }
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'focus is visible');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await panelOf(page, 'cache');
    assert.equal(await focused(page), 'cache', 'the focus goes to the title of the panel');
    assert.equal((await tableRows(page)).find(r => r.selected).name, 'cache');
    await page.keyboard.press('Escape');
    await page.locator('#pl-panel').waitFor({ state: 'hidden' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    const panel = await panelOf(page, 'load cart');
    await panel.getByRole('button', { name: 'Close the step panel' }).focus();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    assert.equal(await focused(page), 'load cart', 'where the panel was opened from');
    await page.keyboard.press('/');
    assert.equal(await focused(page), 'Search steps');
    assert.equal(await searchBox(page).inputValue(), '', 'the slash is not typed');
    await page.keyboard.type('pay/');
    assert.equal(await searchBox(page).inputValue(), 'pay/', 'but it is within the box');
    await closePage(view);
});

test('a click on a row opens its step, a selection of text does not', async browser => {
    const view = await open(browser);
    const { page } = view;
    await openStep(page, 'discount');
    assert.equal(await row(page, 'discount').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Escape');
    await page.locator('#pl-panel').waitFor({ state: 'hidden' });
    assert.equal(await row(page, 'discount').getAttribute('aria-selected'), 'false');
    await row(page, 'pay').scrollIntoViewIfNeeded();
    const box = await row(page, 'pay').locator('.second').boundingBox();
    await page.mouse.move(box.x + 60, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 8, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await page.evaluate(() => getSelection().toString()), '');
    assert.equal(await page.locator('#pl-panel').isVisible(), false);
    await closePage(view);
});

test('at 360 px one column stands beside the name, by choice', async browser => {
    const view = await open(browser, { viewport: { width: 360, height: 740 } });
    const { page } = view;
    const cell = name => row(page, 'load cart').locator('.' + name);
    assert.ok(await cell('duration').isVisible());
    assert.equal(await cell('records').isVisible(), false);
    await page.getByRole('combobox', { name: /^Show/ }).selectOption('Records');
    assert.ok(await cell('records').isVisible());
    assert.equal(await cell('duration').isVisible(), false);
    assert.equal(await timeline(page).getByRole('row').first().isVisible(), true);
    await closePage(view);
});

test('rows stand below each other whatever the reader\'s font size', async browser => {
    const view = await openPage(browser, makePage(CHECKOUT_LOG, '--google', 'off').url);
    const { page } = view;
    await page.evaluate(() => (document.documentElement.style.fontSize = '26px'));
    const boxes = await page.locator('#pl-steps .rows .row').evaluateAll(all =>
        all.map(row => row.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })).sort((a, b) => a.top - b.top)
    );
    assert.ok(boxes.length > 3);
    boxes.slice(1).forEach((box, n) => assert.ok(box.top >= boxes[n].bottom - 0.5, 'row ' + (n + 1)));
    await closePage(view);
});

test('the root of a failed run is not called ok, nor given an error', async browser => {
    const steps = [
        { name: 'nightly', start: 0, end: 100 },
        { name: 'load', start: 0, end: 90, error: 'Error: no file' },
    ];
    const page1 = makePage(makeLog(steps, { status: 'failed' }), '--google', 'off');
    const view = await openPage(browser, page1.url);
    const { page } = view;
    const root = row(page, 'nightly');
    assert.match(await root.getAttribute('class'), /is-error/);
    assert.equal(await root.locator('.status').textContent(), 'failed');
    assert.match(await page.locator('.tl-row').first().getAttribute('class'), /is-error/);
    assert.equal(await page.locator('.tl-row').first().locator('.tl-name').getAttribute('aria-label'), 'nightly, failed');
    assert.equal((await tableRows(page))[0].second, '', 'no error is invented');
    assert.match(await (await openStep(page, 'nightly')).locator('.facts').first().textContent(), /^Statusfailed says the log/);
    await find(page, 'status:error');
    assert.deepEqual(await names(page), ['load'], 'a search is for what steps say of themselves');
    await closePage(view);
    const still = await openPage(browser, page1.url, { javaScriptEnabled: false });
    assert.match(await still.page.locator('#s0').getAttribute('class'), /is-error/);
    assert.equal(await still.page.locator('#s0 s').textContent(), 'failed');
    await closePage(still, false);
    const good = await openPage(browser, makePage(makeLog(steps, { status: 'completed' }), '--google', 'off').url);
    assert.match(await row(good.page, 'nightly').getAttribute('class'), /is-ok/);
    await closePage(good);
});

/* 60 steps, of which one below the fortieth failed; then a way of 60 levels. */
const deep = [{ name: 'root', start: 0, end: 100, error: 'Error: all of it' }];
for (let i = 1; i <= 60; i++) deep.push({ name: 'flat ' + i, start: i, end: i + 1, ...(i === 40 ? { error: 'Error: passed up' } : {}) });
deep.push({ name: 'cause', parent: 40, start: 40, end: 41, error: 'Error: here' });
for (let i = 0; i < 60; i++) deep.push({ name: 'level ' + i, parent: i ? deep.length - 1 : 0, start: 70, end: 99 });
deep.push({ name: 'bottom', parent: deep.length - 1, start: 80, end: 90 });

/** Is the row with that text in sight of its box, in the table and in the timeline? And is the window where it was? */
const sight = (page, name) =>
    page.evaluate(wanted => {
        const inside = (box, row, top) => {
            const [b, r] = [box.getBoundingClientRect(), row?.getBoundingClientRect()];
            return !!r && r.top >= b.top + top - 1 && r.bottom <= b.bottom + 1;
        };
        const find = selector => [...document.querySelectorAll(selector)].find(e => e.textContent === wanted);
        return [
            inside(table.box, find('#pl-steps .n')?.closest('.row'), table.head.offsetHeight),
            inside(timeline.scroll, find('.tl-label')?.closest('.tl-row'), timeline.headHeight),
            scrollY === 0,
        ];
    }, name);
const until = async (what, wanted) => {
    for (let i = 0; i < 100 && String(await what()) !== String(wanted); i++) await new Promise(done => setTimeout(done, 50));
    assert.deepEqual(await what(), wanted);
};

test('the first failed row and the first match come into sight in their boxes, the window stays', async browser => {
    const { url: page1 } = makePage(makeLog(deep), '--google', 'off');
    const view = await openPage(browser, page1);
    await until(() => sight(view.page, 'cause'), [true, true, true]);
    await view.page.evaluate(() => setQuery('bottom'));
    await until(async () => (await sight(view.page, 'bottom')).slice(0, 2), [true, true]);
    await closePage(view);
    const other = await openPage(browser, page1 + '#step=2');
    await settled(other.page);
    assert.equal((await sight(other.page, 'cause'))[0], false, 'an address that names a step leads to that one');
    await closePage(other);
});

test('a flat list tells where its steps are', async browser => {
    const view = await open(browser);
    const { page } = view;
    const way = row(page, 'tax.vat').locator('.steps-above');
    assert.equal(await way.isVisible(), false);
    await header(page, 'Duration').getByRole('button').click();
    assert.equal(await way.textContent(), 'in price');
    assert.equal(await row(page, 'pay').locator('.steps-above').textContent(), '', 'below the pipeline itself');
    await page.getByRole('button', { name: 'Back to the tree' }).click();
    assert.equal(await row(page, 'tax.vat').locator('.steps-above').textContent(), '');
    await closePage(view);
});
