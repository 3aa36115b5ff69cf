/* SPDX-License-Identifier: MIT
 *
 * The page as a reader uses it: reading without JavaScript, searching, folding, keys, copying, bars, themes, print.
 */
import assert from 'node:assert/strict';
import { closePage, makeIndex, makeLog, makePage, openPage, search, test } from './harness.mjs';

const STEPS = [
    { name: 'checkout', start: 0, end: 2000, error: 'Error: payment refused' },
    { name: 'load cart', start: 5, end: 120, records: { items: 3, note: 'Zürich café' }, result: 'BIG' },
    { name: 'price', start: 120, end: 600 },
    { name: 'tax.vat', parent: 2, start: 130, end: 300, records: { rate: 0.077 } },
    { name: 'discount', parent: 2, start: 300, end: 580 },
    { name: 'pay', start: 600, end: 1990, error: 'TimeoutError: no answer from the bank\n    at pay (pay.js:12)' },
    { name: 'notify', start: 1000, end: null },
];
/* JSON.stringify has no way to write a number beyond a double's digits */
const LOG = makeLog(STEPS).replaceAll('"BIG"', '[1,2,12345678901234567890]');
const { url, html } = makePage(LOG, '--google', 'off');

const open = (browser, settings) => openPage(browser, url, settings);
const shown = page =>
    page.$$eval('#list > li.step', rows =>
        rows.filter(r => r.checkVisibility()).map(r => r.querySelector('.n').textContent)
    );
const ALL = ['checkout', 'load cart', 'price', 'tax.vat', 'discount', 'pay', 'notify'];

test('without JavaScript the page holds everything', async browser => {
    const view = await open(browser, { javaScriptEnabled: false });
    const { page } = view;
    assert.deepEqual(await shown(page), ALL);
    assert.equal(await page.locator('h1').textContent(), 'checkout');
    assert.equal(await page.locator('.badge').textContent(), 'failed');
    assert.equal(await page.locator('#tools').isVisible(), false);
    assert.ok(await page.locator('#pl-fallback svg').isVisible());
    assert.ok(await page.locator('#pl-graph svg').isVisible());
    assert.ok(await page.getByText('TimeoutError: no answer from the bank').first().isVisible());
    const cart = page.locator('#s1');
    await cart.locator('summary').click();
    assert.ok(await cart.getByText('12345678901234567890').isVisible());
    assert.ok(await cart.getByText('Zürich café').isVisible());
    await closePage(view, false);
});

test('--google off leaves no outside reference in the file', async () => {
    assert.doesNotMatch(html, /gstatic|googleapis/i);
    assert.doesNotMatch(html.replace(/http:\/\/www\.w3\.org\/[\w/]+/g, ''), /(https?:)?\/\/[a-z]/i);
    assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ''), /style="|\son\w+=/);
});

test('header tells status, start, duration, counts', async browser => {
    const view = await open(browser);
    const figures = await view.page.$$eval('.figures > div', list =>
        Object.fromEntries(list.map(d => [d.querySelector('dt').textContent, d.querySelector('dd').textContent]))
    );
    assert.deepEqual(figures, {
        Started: '2024-05-18 02:40:00.000 UTC',
        Duration: '2.00 s',
        Steps: '7',
        Failed: '2',
        Unfinished: '1',
        Run: 'run-1',
    });
    await closePage(view);
});

test('search finds names, keys, errors and records, and says where', async browser => {
    const view = await open(browser);
    const { page } = view;
    const found = async text => {
        await search(page, text);
        return page.$$eval('#list > li.step:not(.above)', rows => rows.map(r => r.querySelector('.n').textContent));
    };
    assert.deepEqual(await found('DISCOUNT'), ['discount']);
    assert.deepEqual(await shown(page), ['checkout', 'price', 'discount'], 'with the steps above');
    assert.deepEqual(await found('zürich CAFÉ'), ['load cart']);
    assert.match(await page.locator('#s1 .hit').textContent(), /^note: Zürich café$/);
    assert.deepEqual(await found('12345678901234567890'), ['load cart']);
    assert.deepEqual(await found('from the bank'), ['pay']);
    assert.deepEqual(await found('k4'), ['discount'], 'by key');
    assert.deepEqual(await found('.*'), []);
    assert.equal(await page.locator('#found').textContent(), 'None of 7 steps match.');
    assert.deepEqual(await found('\\'), []);
    await page.keyboard.press('Escape');
    assert.deepEqual(await shown(page), ALL);
    assert.equal(await page.locator('.hit').count(), 0);
    await closePage(view);
});

test('status buttons filter, with counts', async browser => {
    const view = await open(browser);
    const { page } = view;
    assert.deepEqual(await page.$$eval('.chip', chips => chips.map(c => c.textContent)), [
        'ok 4',
        'error 2',
        'unfinished 1',
    ]);
    await page.click('.chip.is-error');
    assert.deepEqual(await shown(page), ['checkout', 'pay']);
    assert.equal(await page.locator('#found').textContent(), '2 of 7 steps match.');
    assert.equal(await page.getAttribute('.chip.is-error', 'aria-pressed'), 'true');
    await page.click('.chip.is-unfinished');
    assert.deepEqual(await shown(page), ['checkout', 'pay', 'notify']);
    await search(page, 'pay');
    assert.deepEqual(
        await page.$$eval('#list > li.step:not(.above)', rows => rows.map(r => r.id)),
        ['s0', 's5'],
        'both conditions'
    );
    await search(page, '');
    await page.click('.chip.is-error');
    await page.click('.chip.is-unfinished');
    assert.deepEqual(await shown(page), ALL);
    await closePage(view);
});

test('folding: a subtree, all of it, and back', async browser => {
    const view = await open(browser);
    const { page } = view;
    await page.click('#s2 .fold');
    assert.deepEqual(await shown(page), ['checkout', 'load cart', 'price', 'pay', 'notify']);
    assert.equal(await page.getAttribute('#s2 .fold', 'aria-expanded'), 'false');
    await page.click('#collapse');
    assert.deepEqual(await shown(page), ['checkout']);
    await page.click('#s0 .fold', { modifiers: ['Shift'] });
    assert.deepEqual(await shown(page), ALL);
    await page.click('#collapse');
    await page.click('#expand');
    assert.deepEqual(await shown(page), ALL);
    assert.equal(await page.locator('#s1 .fold').count(), 0, 'nothing to fold at a leaf');
    await page.click('#unfold');
    assert.equal(await page.locator('#list details[open]').count(), 7);
    await page.click('#unfold');
    assert.equal(await page.locator('#list details[open]').count(), 0);
    await closePage(view);
});

test('keyboard: arrows walk and fold the tree, Enter opens, / searches', async browser => {
    const view = await open(browser);
    const { page } = view;
    const at = () => page.evaluate(() => document.activeElement.closest('li')?.id ?? document.activeElement.id);
    await page.focus('#unfold');
    await page.keyboard.press('Tab');
    assert.equal(await at(), 's0', 'one stop for the whole list');
    const path = [
        ['ArrowDown', 's1'],
        ['ArrowDown', 's2'],
        ['ArrowRight', 's3'],
        ['ArrowLeft', 's2'],
        ['ArrowLeft', 's2'],
        ['ArrowDown', 's5'],
        ['ArrowUp', 's2'],
        ['ArrowRight', 's2'],
        ['ArrowDown', 's3'],
        ['End', 's6'],
        ['Home', 's0'],
    ];
    for (const [key, expected] of path) {
        await page.keyboard.press(key);
        assert.equal(await at(), expected, key);
    }
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, 'solid', 'focus is visible');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('#s1 .more').isVisible());
    await page.keyboard.press('Space');
    assert.ok(!(await page.locator('#s1 .more').isVisible()));
    await page.keyboard.press('/');
    assert.equal(await at(), 'q');
    assert.equal(await page.inputValue('#q'), '');
    await closePage(view);
});

test('a bar leads to its row, and the row back to its bar', async browser => {
    const view = await open(browser);
    const { page } = view;
    await page.click('#collapse');
    await page.locator('#pl-fallback svg :is(rect, path)[data-step="4"]').last().click();
    assert.deepEqual(await shown(page), ALL, 'the way to the row is unfolded');
    assert.ok(await page.locator('#s4.flash summary').evaluate(s => s === document.activeElement));
    assert.ok(
        await page
            .locator('#s4')
            .evaluate(r => r.getBoundingClientRect().top >= 0 && r.getBoundingClientRect().bottom <= innerHeight)
    );
    await page.keyboard.press('Enter');
    await page.click('#s4 .to-bar');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('data-step')), '4');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.closest('li').id), 's5');
    await page.locator('#pl-graph svg [data-step="1"]').first().click();
    assert.equal(await page.evaluate(() => document.activeElement.closest('li').id), 's1');
    await closePage(view);
});

test('a link to a step opens the way to it', async browser => {
    const view = await openPage(browser, url + '#s4');
    assert.equal(await view.page.evaluate(() => document.activeElement.closest('li').id), 's4');
    await closePage(view);
});

test('copying takes the payload, with and without the clipboard interface', async browser => {
    const view = await open(browser);
    const { page, context } = view;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('#s1 summary');
    await page.click('#s1 .vals .copy >> nth=0');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '[\n  1,\n  2,\n  12345678901234567890\n]');
    assert.equal(await page.locator('#s1 .copy').first().textContent(), 'Copied');
    assert.equal(await page.locator('#s1 .copy').first().getAttribute('aria-label'), 'Copy Result');
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.evaluate(() =>
        document.addEventListener('copy', () => {
            window.copied = getSelection().toString() || document.activeElement.value;
        })
    );
    await page.locator('#s1 dt', { hasText: 'note' }).locator('+ dd .copy').click();
    assert.equal(await page.evaluate(() => window.copied), 'Zürich café');
    await closePage(view);
});

for (const colorScheme of ['light', 'dark']) {
    test(`colours follow the reader's setting: ${colorScheme}`, async browser => {
        const view = await open(browser, { colorScheme });
        const light = await view.page.evaluate(() => {
            const luminance = c =>
                c
                    .match(/[\d.]+/g)
                    .slice(0, 3)
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            return ['body', '.tools', '#q', '.chip'].map(
                s => luminance(getComputedStyle(document.querySelector(s)).backgroundColor) > 128
            );
        });
        assert.deepEqual(light, Array(4).fill(colorScheme === 'light'));
        await closePage(view);
    });
}

test('--theme holds against the setting', async browser => {
    for (const [theme, scheme, expected] of [
        ['dark', 'light', false],
        ['light', 'dark', true],
    ]) {
        const view = await openPage(browser, makePage(LOG, '--google', 'off', '--theme', theme).url, {
            colorScheme: scheme,
        });
        assert.equal(
            await view.page.evaluate(
                () => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]) > 128
            ),
            expected
        );
        await closePage(view);
    }
});

test('text has enough contrast, light and dark', async browser => {
    for (const colorScheme of ['light', 'dark']) {
        const view = await open(browser, { colorScheme });
        const low = await view.page.evaluate(() => {
            document.querySelectorAll('#list details').forEach(d => {
                d.open = true;
            });
            const parse = c => c.match(/[\d.]+/g).map(Number);
            const luminance = c =>
                c
                    .slice(0, 3)
                    .map(v => v / 255)
                    .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const background = e => {
                for (; e; e = e.parentElement) {
                    const c = parse(getComputedStyle(e).backgroundColor);
                    if (c.length === 3 || c[3] === 1) return c;
                }
                return [255, 255, 255];
            };
            const bad = [];
            for (const e of document.querySelectorAll(
                'h1, h2, p, a, dt, dd, pre, th, td, button, .n, .num, .state, .why, .hint, footer, li'
            )) {
                if (!e.checkVisibility() || !e.textContent.trim()) continue;
                const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(background(e))].sort(
                    (x, y) => y - x
                );
                if ((a + 0.05) / (b + 0.05) < 4.5)
                    bad.push(e.tagName + '.' + e.className + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2));
            }
            return [...new Set(bad)];
        });
        assert.deepEqual(low, []);
        await closePage(view);
    }
});

test('nothing sticks out at 360 px', async browser => {
    const view = await open(browser, { viewport: { width: 360, height: 740 } });
    const { page } = view;
    await page.click('#unfold');
    const [width, wide] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        [...document.querySelectorAll('body *')]
            .filter(
                e =>
                    !e.closest('.scroll svg, .marks, .v, #summary, .skip') &&
                    e.getBoundingClientRect().right > 361 &&
                    e.checkVisibility()
            )
            .map(e => e.tagName + '.' + e.className),
    ]);
    assert.deepEqual(wide, []);
    assert.ok(width <= 360, 'page is ' + width + ' px wide');
    await closePage(view);
});

test('print shows the drawing and no tools', async browser => {
    const view = await open(browser);
    const { page } = view;
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('#pl-fallback svg').isVisible());
    for (const gone of ['#tools', 'nav', '.fold'])
        assert.equal(await page.locator(gone).first().isVisible(), false, gone);
    await closePage(view);
});

test('less motion when the reader wants less', async browser => {
    const view = await open(browser, { reducedMotion: 'reduce' });
    await view.page.locator('#pl-fallback svg [data-step="4"]').first().click();
    assert.equal(await view.page.locator('#s4 summary').evaluate(s => getComputedStyle(s).animationName), 'none');
    await closePage(view);
});

test('rows built by the script equal those that came with the page', async browser => {
    const view = await open(browser);
    const pairs = await view.page.evaluate(() =>
        [...Array(data.count).keys()].map(i => {
            const ours = rows[i].querySelector('summary').cloneNode(true),
                built = buildSummary(i);
            for (const line of [ours, built]) {
                line.removeAttribute('tabindex');
                line.querySelectorAll('.why, .recs').forEach(e =>
                    e.remove()
                ); /* from details, which these steps have in the page */
            }
            return [ours.outerHTML, built.outerHTML];
        })
    );
    assert.equal(pairs.length, 7);
    for (const [ours, built] of pairs) assert.equal(built, ours);
    const facts = await view.page.evaluate(() =>
        [...Array(data.count).keys()].map(i =>
            [rows[i], buildMore(i)].map(e =>
                [...e.querySelectorAll('.facts dt')]
                    .filter(dt => dt.textContent !== 'Id' && dt.textContent !== 'Parent id')
                    .map(dt => dt.textContent + '=' + dt.nextSibling.textContent)
                    .join()
            )
        )
    );
    for (const [ours, built] of facts) assert.equal(built, ours);
    await closePage(view);
});

test('several runs: an index without script leads to each', async browser => {
    const log =
        makeLog(STEPS) +
        makeLog(
            STEPS.slice(0, 1).map(s => ({ ...s, name: '</td><script>alert(1)</script>', error: undefined })),
            { runId: '<b>"2"' }
        );
    const { url: index, html: text } = makeIndex(log, '--google', 'off');
    assert.doesNotMatch(text, /<script/);
    const view = await openPage(browser, index);
    const { page } = view;
    const cells = await page.$$eval('tbody tr', rows =>
        rows.map(r => [...r.cells].slice(0, 7).map(c => c.textContent))
    );
    assert.equal(cells.length, 2);
    assert.deepEqual(cells[0], ['checkout', 'run-1', 'failed', '2024-05-18 02:40:00.000 UTC', '2.00 s', '7', '2']);
    assert.equal(cells[1][0], '</td><script>alert(1)</script>');
    assert.equal(cells[1][2], 'completed');
    for (const i of [0, 1]) {
        await page.locator('tbody tr').nth(i).locator('a').first().click();
        await page.waitForURL(/report\.html$/);
        assert.equal(await page.locator('h1').textContent(), cells[i][0]);
        await page.goBack();
    }
    const missing = await page.$$eval('a', links => links.map(a => a.href));
    const { existsSync } = await import('node:fs');
    for (const link of missing) assert.ok(existsSync(new URL(link)), link);
    await page.setViewportSize({ width: 360, height: 740 });
    assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= 360),
        'nor does it stick out at 360 px'
    );
    await closePage(view);
});
