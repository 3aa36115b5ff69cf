/* SPDX-License-Identifier: MIT
 *
 * The step panel: what it says, values as trees, copying, logs by level, what changed between states, and the links
 * that lead to a step.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { closePage, exact, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT_LOG, COUNTER_LOG } from './logs.mjs';
import { facts, find, focused, names, openStep, panelOf, part, record, row, searchBox, tableRows } from './reader.mjs';

const { url } = makePage(CHECKOUT_LOG, '--google', 'off');
const open = (browser, settings) => openPage(browser, url, settings);
/** The lines of a tree without the buttons that come where the pointer is. */
const lines = tree =>
    tree.locator('.line').evaluateAll(all =>
        all
            .filter(l => l.checkVisibility())
            .map(l => [...l.children].filter(e => !e.matches('.node-acts') && e.checkVisibility()).map(e => e.textContent))
            .map(parts => parts.filter(Boolean).join(' '))
    );

test('times, place, error, trace and what is around a step', async browser => {
    const view = await open(browser, { timezoneId: 'America/New_York', locale: 'en-US' });
    const { page } = view;
    const panel = await openStep(page, 'pay');
    const { Start: start, ...rest } = await facts(panel);
    assert.match(start, /^\+600 ms 2024-05-18 02:40:00\.600 UTC.*10:40:00.*America\/New_York$/);
    assert.match(rest.End, /^\+1\.99 s 2024-05-18 02:40:01\.990 UTC/);
    assert.deepEqual(
        { ...rest, End: '' },
        {
            'Status': 'error',
            'End': '',
            'Duration': '1.39 s, 70 % of the run',
            'Key': 'k0.k5',
            'Id': 'id5',
            'Location': 'pay.js:12',
            'Error type': 'TimeoutError',
        }
    );
    const error = part(panel, 'Error');
    assert.equal(await error.locator('.text').first().textContent(), 'TimeoutError: no answer from the bank\n    at pay (pay.js:12)');
    assert.equal(await error.locator('.text').last().textContent(), 'pay.js:12\nbank.js:7');
    const around = part(panel, 'Around');
    await around.getByRole('button', { name: /^Previous/ }).click();
    await panelOf(page, 'price');
    assert.equal(await focused(page), 'price', 'the focus goes to the title');
    const price = await panelOf(page, 'price');
    assert.equal((await facts(price)).Self, '30 ms');
    assert.deepEqual(await part(price, 'Around').getByRole('button').allTextContents(), [
        'Parent checkout2.00 s',
        'Previous load cart115 ms',
        'Next pay1.39 s',
        'tax.vat170 ms',
        'discount280 ms',
    ]);
    await part(price, 'Around').getByRole('button', { name: /^discount/ }).click();
    const discount = await panelOf(page, 'discount');
    const crumbs = discount.getByRole('navigation', { name: 'Steps above' });
    assert.equal((await crumbs.textContent()).replace(/\s/g, ''), 'checkout›price›discount');
    await crumbs.getByRole('button', { name: 'checkout' }).click();
    await panelOf(page, 'checkout');
    assert.equal((await tableRows(page)).find(r => r.selected).name, 'checkout', 'the table follows');
    const open1 = await openStep(page, 'notify');
    assert.match((await facts(open1)).Duration, /1\.00 s so far/);
    assert.equal((await facts(open1)).End, undefined);
    await closePage(view);
});

test('values keep digits, order and duplicates; trees fold, and turn to raw text', async browser => {
    const view = await open(browser);
    const { page } = view;
    const panel = await openStep(page, 'load cart');
    const order = record(panel, 'order');
    assert.deepEqual(await lines(order), [
        'id 12345678901234567890',
        'price 1.10',
        'list',
        '0 1',
        '1 {"a/b~c":"deep"}',
        'id 7',
    ]);
    await order.getByRole('button', { name: '1', exact: true }).click();
    assert.ok((await lines(order)).includes('a/b~c deep'));
    assert.equal(await order.getByRole('button', { name: '1', exact: true }).getAttribute('aria-expanded'), 'true');
    await order.getByRole('button', { name: 'list' }).click();
    assert.deepEqual(await lines(order), ['id 12345678901234567890', 'price 1.10', 'list [1,{"a/b~c":"deep"}]', 'id 7']);
    await order.getByRole('button', { name: 'Show order as it stands in the log' }).click();
    assert.equal(await order.locator('.raw').textContent(), '{"id":12345678901234567890,"price":1.10,"list":[1,{"a/b~c":"deep"}],"id":7}');
    await order.getByRole('button', { name: 'Show order as it stands in the log' }).click();
    assert.equal((await lines(order)).length, 4);
    assert.equal(await record(panel, 'lines').locator('.text').textContent(), 'first line\nsecond "line"\ttab');
    await closePage(view);
});

test('the buttons of the first line of a tree stand beside those of the whole, however long its key', async browser => {
    const log = makeLog([
        { name: 'root', start: 0, end: 9 },
        { name: 'step', start: 0, end: 9, records: { data: { ['long key '.repeat(12)]: 'text '.repeat(40), b: [1] } } },
    ]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url, { viewport: { width: 360, height: 800 } });
    const value = record(await openStep(view.page, 'step'), 'data');
    await value.locator('.line').first().hover({ position: { x: 20, y: 10 } });
    const acts = await value.locator('.node-acts').boundingBox();
    const whole = await value.locator('.value-acts').boundingBox();
    assert.ok(acts.x + acts.width <= whole.x, `${acts.x + acts.width} is beyond ${whole.x}`);
    await closePage(view);
});

test('the lines of a tree are reached by keys', async browser => {
    const view = await open(browser);
    const { page } = view;
    const order = record(await openStep(page, 'load cart'), 'order');
    const fold = order.getByRole('button', { name: 'list' });
    await fold.focus();
    await page.keyboard.press('Enter');
    assert.equal(await fold.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.closest('.line').dataset.pointer), '/list/0');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(() => document.activeElement.closest('.line').dataset.pointer), '/list');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Copy value', 'what a pointer gets, keys get too');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Copy JSON Pointer');
    await closePage(view);
});

test('copying takes the text as it is, and the JSON Pointer, with and without the clipboard interface', async browser => {
    const view = await open(browser);
    const { page, context } = view;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const copy = async button => {
        await button.click();
        await page.waitForFunction(() => [...document.querySelectorAll('.copy')].some(b => b.textContent === 'Copied'));
        const text = await clipboard();
        await page.waitForFunction(() => ![...document.querySelectorAll('.copy')].some(b => b.textContent === 'Copied'));
        return text;
    };
    const panel = await openStep(page, 'load cart');
    assert.equal(await copy(part(panel, 'Result').getByRole('button', { name: 'Copy result' })), '[\n  1,\n  2,\n  12345678901234567890\n]');
    const order = record(panel, 'order');
    await order.getByRole('button', { name: '1', exact: true }).click();
    const deep = order.locator('.line', { hasText: 'deep' }).last();
    await deep.hover();
    assert.equal(await copy(deep.getByRole('button', { name: 'Copy JSON Pointer' })), '/list/1/a~1b~0c');
    assert.equal(await copy(deep.getByRole('button', { name: 'Copy value' })), 'deep');
    await page.evaluate(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        document.addEventListener('copy', () => (window.copied = document.activeElement.value));
    });
    await record(panel, 'note').getByRole('button', { name: 'Copy note' }).click();
    assert.equal(await page.evaluate(() => window.copied), 'Zürich café');
    await closePage(view);
});

test('log messages by level, in their order, with times', async browser => {
    const view = await open(browser);
    const { page } = view;
    const logs = part(await openStep(page, 'pay'), '4 log messages');
    const shown = async () => (await logs.locator('li.log').allInnerTexts()).map(text => text.replace(/\s+/g, ' '));
    assert.deepEqual((await shown()).slice(0, 3), ['debug +610 ms connecting to 10.0.0.1', 'info +700 ms attempt one', 'warn +900 ms slow answer']);
    assert.match((await shown())[3], /^error \+1\.98 s.*code 504 host bank/);
    await logs.getByRole('button', { name: 'debug 1' }).click();
    await logs.getByRole('button', { name: 'info 1' }).click();
    assert.equal(await logs.getByRole('button', { name: 'info 1' }).getAttribute('aria-pressed'), 'false');
    assert.deepEqual((await shown()).map(text => text.slice(0, 4)), ['warn', 'erro']);
    await logs.getByRole('button', { name: 'info 1' }).click();
    assert.deepEqual((await shown()).map(text => text.slice(0, 4)), ['info', 'warn', 'erro']);
    await closePage(view);
});

test('long texts and many members have a way to the whole', async browser => {
    const text = 'start ' + 'x'.repeat(3000) + ' end';
    const log = makeLog([
        {
            name: 'long',
            start: 0,
            end: 9,
            records: { text, list: Array.from({ length: 250 }, (_, i) => 'member ' + i), ...Object.fromEntries(Array.from({ length: 70 }, (_, i) => ['r' + i, i])) },
            logs: Array.from({ length: 230 }, (_, i) => ({ level: 'info', message: 'message ' + i, at: 1 })),
        },
        ...Array.from({ length: 20 }, (_, i) => ({ name: 'child ' + i, start: 1, end: 2 })),
    ]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const { page } = view;
    const panel = await openStep(page, 'long');
    const box = record(panel, 'text');
    assert.match(await box.textContent(), /^Copystart x+… Show all \(3,010 characters\)$/);
    await box.getByRole('button', { name: /^Show all/ }).click();
    assert.equal(await box.locator('.text').textContent(), text);
    const list = record(panel, 'list');
    assert.equal(await list.locator('.node').count(), 100);
    await list.getByRole('button', { name: 'Show 100 more of 150' }).click();
    await list.getByRole('button', { name: 'Show 50 more of 50' }).click();
    assert.equal(await list.locator('.node').count(), 250);
    const records = part(panel, '72 records');
    assert.equal(await records.locator('.record').count(), 60);
    await records.getByRole('button', { name: 'Show 12 more of 12' }).click();
    assert.equal(await records.locator('.record').count(), 72);
    const logs = part(panel, '230 log messages');
    assert.equal(await logs.locator('li.log').count(), 200);
    await logs.getByRole('button', { name: 'Show 30 more' }).click();
    assert.equal(await logs.locator('li.log').count(), 230);
    const around = part(panel, 'Around');
    assert.equal(await around.getByRole('button', { name: /^child/ }).count(), 12);
    await around.getByRole('button', { name: 'Show 8 more of 8' }).click();
    assert.equal(await around.getByRole('button', { name: /^child/ }).count(), 20);
    await closePage(view);
});

test('later data of a record key stand for earlier ones', async browser => {
    const log =
        makeLog([{ name: 'p', start: 0, end: null }, { name: 'twice', start: 1, end: null }], { status: null }) +
        ['one', 'two'].map(data => JSON.stringify({ type: 'step', operation: 'record', runId: 'run-1', step: { id: 'id1' }, recordKey: 'key', data, ts: 1716000000005 })).join('\n') +
        '\n';
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const panel = await openStep(view.page, 'twice');
    assert.equal(await part(panel, '1 record').locator('.record').count(), 1);
    assert.equal(await record(panel, 'key').locator('.text').textContent(), 'two');
    await closePage(view);
});

test('what changed between the states of two actions', async browser => {
    const view = await openPage(browser, makePage(COUNTER_LOG, '--google', 'off').url);
    const { page } = view;
    await row(page, 'counter').click();
    const first = await panelOf(page, 'counter');
    await part(first, 'State').waitFor();
    assert.equal(await part(first, 'What changed').count(), 0, 'nothing came before');
    await part(first, 'Around').getByRole('button', { name: /^Next/ }).click();
    await part(first, 'What changed').waitFor();
    const changes = await part(first, 'What changed').getByRole('listitem').allTextContents();
    assert.deepEqual(changes.map(text => text.replace(/\s/g, '')).sort(), [
        'added/new~1key90071992547409931',
        'added/seen/1"b"'.replaceAll('"', ''),
        'changed/counter1→2',
        'removed/gonetrue',
    ]);
    await part(first, 'Around').getByRole('button', { name: /^Next/ }).click();
    const last = await panelOf(page, 'result');
    assert.match(await part(last, 'What changed').textContent(), /Nothing changed\./);
    await part(last, 'What changed').getByRole('button', { name: /^Since counter/ }).click();
    await panelOf(page, 'counter');
    await closePage(view);
});

test('the width of the panel changes by keys and by drag, and is kept', async browser => {
    const view = await open(browser);
    const { page } = view;
    const panel = await openStep(page, 'pay');
    const width = async () => (await panel.boundingBox()).width;
    const edge = panel.getByRole('separator', { name: 'Width of the step panel' });
    const before = await width();
    await edge.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await width(), before + 32);
    assert.equal(Number(await edge.getAttribute('aria-valuenow')), Math.round(before + 32));
    const box = await edge.boundingBox();
    await page.mouse.move(box.x + box.width / 2, 400);
    await page.mouse.down();
    await page.mouse.move(700, 400, { steps: 3 });
    await page.mouse.up();
    assert.ok(Math.abs((await width()) - 580) <= 6, String(await width()));
    await page.reload();
    await openStep(page, 'pay');
    assert.ok(Math.abs((await width()) - 580) <= 6, 'after loading again');
    await closePage(view);
});

/* ---- addresses ---- */

const hash = page => page.evaluate(() => decodeURIComponent(location.hash));

test('an address opens a step, by place, by id, and the old way, and opens the way to it', async browser => {
    for (const [link, name] of [
        ['#step=5', 'discount'],
        ['#s5', 'discount'],
        ['#step=id5', 'pay'],
        ['#q=name:pay&step=6', 'pay'],
    ]) {
        const view = await openPage(browser, url + link);
        await panelOf(view.page, name);
        assert.equal((await tableRows(view.page)).find(r => r.selected).name, name, link);
        await closePage(view);
    }
    const lost = await openPage(browser, url + '#step=999');
    assert.equal(await lost.page.locator('#pl-live').textContent(), 'The step of this link is not in this report.');
    assert.equal(await lost.page.locator('#pl-panel').isVisible(), false);
    const notice = lost.page.locator('.notice', { hasText: 'The step of this link is not in this report.' });
    assert.ok(await notice.isVisible(), 'for those who see the page, too');
    await notice.waitFor({ state: 'detached' });
    await closePage(lost);
});

test('an address carries a search; both follow what the reader does', async browser => {
    const view = await openPage(browser, url + '#q=' + encodeURIComponent('status:error "no answer"'));
    const { page } = view;
    await page.waitForFunction(() => performance.getEntriesByName('pipelens-found').length);
    assert.equal(await searchBox(page).inputValue(), 'status:error "no answer"');
    await page.waitForFunction(() => view.total === 1);
    assert.deepEqual(await names(page), ['pay']);
    await openStep(page, 'pay');
    assert.equal(await hash(page), '#step=6&q=status:error "no answer"');
    await find(page, '');
    assert.equal(await hash(page), '#step=6');
    await page.keyboard.press('Escape');
    await page.locator('#pl-panel').waitFor({ state: 'hidden' });
    assert.equal(await hash(page), '');
    await closePage(view);
});

test('back and forward go through the addresses', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await page.goto(url + '#step=6');
    await panelOf(page, 'pay');
    await page.goto(url + '#step=2');
    await panelOf(page, 'load cart');
    await page.goBack();
    await panelOf(page, 'pay');
    await page.goForward();
    await panelOf(page, 'load cart');
    await page.goto(url + '#q=retry');
    await page.waitForFunction(() => view.query === 'retry' && view.selected < 0);
    await page.goBack();
    await panelOf(page, 'load cart');
    assert.equal(await searchBox(page).inputValue(), '');
    await page.goBack();
    await panelOf(page, 'pay');
    await page.goBack();
    await page.locator('#pl-panel').waitFor({ state: 'hidden' });
    await openStep(page, 'cache');
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Graph' }).click();
    assert.ok(await page.locator('#pl-panel').isVisible(), 'a link to a section closes no step');
    await closePage(view);
});

test('a folded way to a step opens when a link leads to it', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await page.getByRole('button', { name: 'Collapse all steps' }).click();
    assert.deepEqual(await names(page), ['checkout']);
    await page.evaluate(() => {
        location.hash = '#step=5';
        writeRoute(); /* as when the folds come to be written before the page hears of the link */
    });
    await panelOf(page, 'discount');
    assert.ok((await names(page)).includes('discount'));
    await closePage(view);
});

test('an address carries zoom and folding, without a new entry of the history for each', async browser => {
    const view = await openPage(browser, url, { reducedMotion: 'reduce' });
    const { page } = view;
    const before = await page.evaluate(() => history.length);
    await page.getByRole('button', { name: 'Zoom in' }).first().click();
    await page.waitForFunction(() => location.hash === '#t=500000-1500000');
    await page.getByRole('button', { name: 'Collapse price' }).click();
    await page.waitForFunction(() => location.hash === '#t=500000-1500000&fold=3');
    assert.equal(await page.evaluate(() => history.length), before);
    await page.reload();
    await page.waitForFunction(() => performance.getEntriesByName('pipelens-ready').length);
    assert.deepEqual(await page.evaluate(() => ({ ...range })), { from: 500000, to: 1500000 });
    assert.ok(!(await names(page)).includes('discount'));
    await page.getByRole('button', { name: 'Collapse all steps' }).click();
    await page.getByRole('button', { name: 'Whole run' }).click();
    await page.waitForFunction(() => location.hash === '#fold=all');
    await page.goto(url + '#t=x-y&fold=99,z,1&step=6');
    await panelOf(page, 'pay');
    assert.deepEqual(await page.evaluate(() => [range.from, rangeIsWhole()]), [0, true], 'nonsense is the whole run');
    assert.ok((await names(page)).includes('discount'), 'nothing is folded but what the address names');
    await closePage(view);
});

test('a step and a zoom elsewhere come back as they were', async browser => {
    const view = await openPage(browser, url + '#step=1&t=1000000-1200000');
    await panelOf(view.page, 'cache');
    assert.deepEqual(await view.page.evaluate(() => ({ ...rangeAhead() })), { from: 1000000, to: 1200000 });
    await closePage(view);
});

test('many steps folded one by one are not told, all of them are', async browser => {
    const steps = [{ name: 'many', start: 0, end: 100 }];
    for (let i = 0; i < 240; i++) steps.push({ name: 's' + i, start: 0, end: 9, parent: i % 2 ? steps.length - 1 : 0 });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url);
    const { page } = view;
    const told = async some => {
        await page.evaluate(n => {
            view.folded.set(foldedAtFirst);
            for (let i = 1; i < data.count && n; i++) if (subtree[i] > 1) [view.folded[i], n] = [1, n - 1];
            tell('fold', '');
        }, some);
        await page.waitForFunction(() => routeFold !== null);
        return (await hash(page)).length;
    };
    assert.ok((await told(20)) > 40);
    assert.equal(await told(110), '#fold=all,0'.length + 10 * ',000'.length);
    await closePage(view);
});

test('a link to a section keeps the search and the zoom in the address', async browser => {
    const view = await openPage(browser, url + '#q=pay&t=1000000-1200000');
    const { page } = view;
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Graph' }).click();
    await page.waitForFunction(() => location.hash === '#graph&q=pay&t=1000000-1200000');
    assert.equal(await searchBox(page).inputValue(), 'pay');
    await page.reload();
    await page.waitForFunction(() => performance.getEntriesByName('pipelens-ready').length);
    assert.equal(await searchBox(page).inputValue(), 'pay');
    await page.waitForFunction(() => Math.abs(document.getElementById('graph').getBoundingClientRect().top) < 300);
    await closePage(view);
});

test('a page that has lost its texts says so, in the panel and to a search', async browser => {
    const damages = [
        html => html.replace(/(<script[^>]* id="?pl-(?:text|log)"?[^>]*>\s*\{[^\n]*\n).{400}/, (_, head) => head + '*'.repeat(400)),
        html => html.replace(/(<script[^>]* id="?pl-(?:text|log)"?[^>]*>\s*)\{/, '$1{{'),
    ];
    for (const damage of damages) {
        const page = makePage(CHECKOUT_LOG, '--google', 'off');
        const damaged = damage(page.html);
        assert.notEqual(damaged, page.html);
        writeFileSync(page.file, damaged);
        const view = await openPage(browser, page.url);
        const panel = await openStep(view.page, 'pay');
        await panel.getByText('The texts of this page cannot be read').waitFor();
        assert.equal((await facts(panel)).Status, 'error', 'what the page knows without them is there');
        assert.match(await find(view.page, 'pay'), /texts of this page cannot be read/);
        assert.doesNotMatch(await find(view.page, 'status:error'), /cannot be read/);
        await closePage(view);
    }
});

test('a button that copied says again what it copies', async browser => {
    const view = await open(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = view;
    const panel = await openStep(page, 'pay');
    await panel.locator('.json .line').nth(1).hover();
    const pointer = panel.getByRole('button', { name: 'Copy JSON Pointer' });
    await pointer.click();
    assert.equal(await pointer.textContent(), 'Copied');
    await page.waitForFunction(button => button.textContent === 'Pointer', await pointer.elementHandle());
    await closePage(view);
});
