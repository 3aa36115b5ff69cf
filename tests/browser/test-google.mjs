/* SPDX-License-Identifier: MIT
 *
 * The Google Charts view: offered when it has drawn, and the built-in drawing whatever goes wrong.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';
import { names, openStep, timeline } from './reader.mjs';

/* the first to start failed: with colours by row instead of by first appearance it would be drawn as a good one */
const STEPS = [
    { name: 'build', start: 0, end: 3000 },
    { name: 'fetch', start: 0, end: 400, error: 'no network' },
    { name: 'fetch', start: 500, end: 900 },
    { name: 'compile', start: 900, end: 2500 },
    { name: 'parse', parent: 3, start: 900, end: 912.5 },
    { name: 'nothing', parent: 3, start: 1000, end: 1000 },
    { name: 'deploy', start: 2500, end: null },
];
const { url } = makePage(makeLog(STEPS));

const googleSeen = page =>
    page.waitForFunction(() => document.getElementById('pl-google').classList.contains('shown'));
/** The second view is offered when it is there, and shown when the reader asks for it. */
async function googleShown(page) {
    await page.locator('#pl-other').waitFor();
    assert.ok(await timeline(page).isVisible(), 'the built-in drawing comes first');
    await page.click('#pl-other');
    await googleSeen(page);
}
const stub = page => page.evaluate(() => window.stub);

async function assertBuiltIn(page, note, drawing = timeline(page)) {
    assert.ok(await drawing.isVisible());
    assert.equal(await page.locator('#pl-google svg').count(), 0);
    assert.equal(await page.locator('#pl-choice').isVisible(), false);
    if (note) assert.match(await page.locator('#pl-note').textContent(), note);
}

test('online: Google draws all rows in our order, by its rules', async browser => {
    const view = await openPage(browser, url, { net: 'stub' });
    const { page, seen } = view;
    await googleShown(page);
    const { loads, draws, broken } = await stub(page);
    assert.deepEqual(broken, []);
    assert.deepEqual(loads, [['51', ['gantt']]]);
    assert.equal(draws.length, 1);
    const zero = new Date(2000, 0, 1).getTime();
    assert.deepEqual(
        draws[0].rows.map(([name, state, start, end]) => [name, state, start - zero, end - zero]),
        [
            ['build · 3.00 s', 'ok', 0, 3000],
            ['› fetch · 400 ms', 'error', 0, 400],
            ['› fetch · 400 ms', 'ok', 500, 900],
            ['› compile · 1.60 s', 'ok', 900, 2500],
            ['› › parse · 12.5 ms', 'ok', 900, 912],
            ['› › nothing · 0 ms', 'ok', 1000, 1000],
            ['› deploy · 500 ms', 'unfinished', 2500, 3000],
        ]
    );
    assert.equal(await timeline(page).isVisible(), false);
    const ink = name => page.evaluate(n => themeColour(n), name);
    assert.deepEqual(draws[0].palette, [await ink('ok'), await ink('error'), await ink('unfinished')]);
    assert.ok(
        seen.requests.every(r => r.startsWith('https://www.gstatic.com/charts/')),
        String(seen.requests)
    );
    await closePage(view);
});

test('the axis has units and lies where the bars are', async browser => {
    const view = await openPage(browser, url, { net: 'stub' });
    const { page } = view;
    await googleShown(page);
    const ticks = await page.$$eval('.pl-ticks text', list =>
        list.map(t => [t.textContent, Number(t.getAttribute('x'))])
    );
    assert.deepEqual(
        ticks.map(t => t[0]),
        ['0', '500 ms', '1.0 s', '1.5 s', '2.0 s', '2.5 s', '3.0 s']
    );
    const bar = await page.$eval('#pl-google rect[rx]', b => [
        Number(b.getAttribute('x')),
        Number(b.getAttribute('width')),
    ]);
    ticks.forEach(([, x], i) => assert.ok(Math.abs(x - (bar[0] + (bar[1] * i) / 6)) < 0.01));
    const visible = () =>
        page.$$eval('#pl-google text[fill=black]', list => list.filter(t => t.checkVisibility()).length);
    assert.equal(await visible(), 0);
    await page.hover('#pl-google rect[rx] >> nth=3');
    await page.waitForTimeout(50);
    assert.equal(await visible(), 0, 'nor after hovering, which paints them again');
    await closePage(view);
});

test('switching between the drawings', async browser => {
    const view = await openPage(browser, url, { net: 'stub' });
    const { page } = view;
    await googleShown(page);
    await page.click('#pl-own');
    assert.ok(await timeline(page).isVisible());
    assert.equal(await page.locator('#pl-google svg').isVisible(), false);
    assert.equal(await page.getAttribute('#pl-own', 'aria-pressed'), 'true');
    await page.click('#pl-other');
    assert.ok(await page.locator('#pl-google svg').isVisible());
    await openStep(page, 'parse');
    await page.click('#pl-own');
    assert.ok(await timeline(page).isVisible(), 'back in the built-in drawing');
    await closePage(view);
});

test('drawn again for another width or colour, without changing what is seen', async browser => {
    const view = await openPage(browser, url, { net: 'stub' });
    const { page } = view;
    await googleShown(page);
    await page.setViewportSize({ width: 900, height: 800 });
    await page.waitForFunction(() => window.stub.draws.length === 2);
    await page.click('#pl-own');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => window.stub.draws.length === 3);
    await page.waitForTimeout(100);
    assert.ok(await timeline(page).isVisible());
    const { draws, broken } = await stub(page);
    assert.deepEqual(broken, []);
    assert.ok(draws[1].width < draws[0].width);
    assert.notEqual(draws[2].background, draws[1].background);
    await closePage(view);
});

test('--google only: no way back, but the built-in drawing stays the net below', async browser => {
    const only = makePage(makeLog(STEPS), '--google', 'only').url;
    const view = await openPage(browser, only, { net: 'stub' });
    await googleSeen(view.page);
    assert.equal(await view.page.locator('#pl-choice').isVisible(), false);
    await closePage(view);
    const down = await openPage(browser, only, { net: 'down' });
    await down.page.waitForFunction(() => document.getElementById('pl-note').textContent);
    await assertBuiltIn(down.page, /could not be reached/);
    await closePage(down);
});

test('offline: nothing is even tried', async browser => {
    const view = await openPage(browser, url, { offline: true });
    await view.page.waitForTimeout(300);
    await assertBuiltIn(view.page);
    assert.deepEqual(view.seen.requests, []);
    await closePage(view);
});

for (const net of ['down', 'no-module', 'no-css']) {
    test(`Google's server: ${net}`, async browser => {
        const view = await openPage(browser, url, { net });
        await view.page.waitForFunction(() => document.getElementById('pl-note').textContent);
        await assertBuiltIn(view.page, /could not be reached/);
        await closePage(view);
    });
}

test("Google's server never answers", async browser => {
    const view = await openPage(browser, url, { net: 'silent', clock: true });
    await assertBuiltIn(view.page);
    assert.equal(await view.page.locator('#pl-note').textContent(), '');
    await view.page.clock.fastForward(9000);
    await assertBuiltIn(view.page, /not answered yet/);
    await view.page.fill('#q', 'parse');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('1 of 7 steps').waitFor();
    assert.deepEqual(await names(view.page), ['parse'], 'the page works meanwhile');
    await closePage(view);
});

test('a chart that fails to draw', async browser => {
    const view = await openPage(browser, url, { net: 'draw-error' });
    await view.page.waitForFunction(() => document.getElementById('pl-note').textContent);
    await assertBuiltIn(view.page, /could not draw/);
    assert.equal(await view.page.locator('#pl-google').textContent(), '');
    await closePage(view);
});

test('JavaScript off: no request, the built-in drawing', async browser => {
    const view = await openPage(browser, url, { javaScriptEnabled: false });
    await assertBuiltIn(view.page, null, view.page.locator('#pl-fallback svg'));
    assert.deepEqual(view.seen.requests, []);
    await closePage(view, false);
});

test('print shows the built-in drawing also after Google drew', async browser => {
    const view = await openPage(browser, url, { net: 'stub' });
    await googleShown(view.page);
    await view.page.emulateMedia({ media: 'print' });
    assert.ok(await view.page.locator('#pl-fallback svg').isVisible());
    assert.equal(await view.page.locator('#pl-google').isVisible(), false);
    await closePage(view);
});

test('runs that Google cannot draw do not ask it', async browser => {
    const many = [
        { name: 'many', start: 0, end: 900 },
        ...Array.from({ length: 500 }, (_, i) => ({ name: 'n' + i, start: i, end: i + 50 })),
    ];
    const instant = [
        { name: 'instant', start: 7, end: 7 },
        { name: 'a', start: 7, end: 7 },
    ];
    for (const steps of [many, instant]) {
        const page = makePage(makeLog(steps));
        assert.doesNotMatch(page.html, /gstatic/);
        const view = await openPage(browser, page.url);
        await assertBuiltIn(view.page);
        assert.equal(await view.page.evaluate(() => data.count), steps.length);
        await closePage(view);
    }
    const most = makePage(makeLog(many.slice(0, 500)));
    const view = await openPage(browser, most.url, { net: 'stub' });
    await googleShown(view.page);
    assert.deepEqual((await stub(view.page)).broken, []);
    await closePage(view);
});
