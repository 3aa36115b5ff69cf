/* SPDX-License-Identifier: MIT
 *
 * The graphs: the switch between them, zoom and pan without taking the page's wheel, boxes by pointer and by keys.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT_LOG } from './logs.mjs';

/* a loop of three actions, with two steps side by side in each `work` */
const STEPS = [{ name: 'machine', start: 0, end: 12000 }];
for (let i = 0; i < 12; i++) {
    const start = i * 1000;
    STEPS.push({
        name: ['take', 'work', 'store'][i % 3],
        start,
        end: start + 900,
        error: i === 4 ? 'Error: no' : undefined,
    });
    if (i % 3 !== 1) continue;
    const parent = STEPS.length - 1;
    STEPS.push({ name: 'left', parent, start: start + 10, end: start + 600 });
    STEPS.push({ name: 'right', parent, start: start + 20, end: start + 800 });
}
const { url } = makePage(makeLog(STEPS), '--google', 'off');

const open = (browser, settings) => openPage(browser, url, settings);
const kinds = page => page.$$eval('#pl-graph .graph', all => all.filter(g => g.checkVisibility()).map(g => g.id));
const widthOf = (page, id) => page.$eval(`#${id} svg`, svg => svg.getBoundingClientRect().width);
const show = async (page, kind) => {
    await page.click(`#pl-graph-tools [data-graph="graph-${kind}"]`);
    await page.$eval('#graph', e => e.scrollIntoView());
};

test('without JavaScript all graphs stand below each other', async browser => {
    const view = await open(browser, { javaScriptEnabled: false });
    const { page } = view;
    assert.deepEqual(await kinds(page), ['graph-tree', 'graph-flow', 'graph-states']);
    assert.deepEqual(
        await page.$$eval('#pl-graph h3', all => all.filter(h => h.checkVisibility()).map(h => h.textContent)),
        ['Tree', 'Flow', 'States']
    );
    assert.equal(await page.locator('#pl-graph-tools').isVisible(), false);
    await closePage(view, false);
});

test('one graph at a time; a run that is no state machine has no states', async browser => {
    const view = await open(browser);
    const { page } = view;
    for (const kind of ['flow', 'states', 'tree']) {
        await show(page, kind);
        assert.deepEqual(await kinds(page), ['graph-' + kind]);
        const pressed = await page.$$eval('#pl-graph-tools [aria-pressed=true]', all => all.map(b => b.dataset.graph));
        assert.deepEqual(pressed, ['graph-' + kind]);
    }
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await kinds(page), ['graph-tree', 'graph-flow', 'graph-states']);
    await closePage(view);
    const plain = makePage(makeLog(STEPS.slice(0, 5)), '--google', 'off');
    const other = await openPage(browser, plain.url);
    assert.equal(await other.page.locator('#graph-states').count(), 0);
    assert.equal(await other.page.locator('#graph-flow').count(), 1);
    await closePage(other);
});

test('a click on a box, and on what is written in it, selects its step and marks it in every graph', async browser => {
    const view = await open(browser);
    const { page } = view;
    await show(page, 'flow');
    const item = page.locator('#graph-flow [data-step="3"]');
    const { x, y } = await item.boundingBox();
    await page.mouse.click(x + 40, y + 16);
    assert.match(await page.locator('#pl-panel').textContent(), /left/);
    assert.equal(await page.locator('#graph-flow .chosen').getAttribute('data-step'), '3');
    assert.equal(await page.locator('#graph-tree .chosen').getAttribute('data-step'), '3');
    /* the states know no `left`: it is a part of `work`, which failed in its second visit */
    assert.equal(await page.locator('#graph-states .chosen').getAttribute('data-step'), '7');
    await closePage(view);
});

test('boxes by keys: Tab to one, arrows to the next ones, Enter selects', async browser => {
    const view = await open(browser);
    const { page } = view;
    await show(page, 'states');
    assert.equal(await page.locator('#graph-states [tabindex="0"][data-step]').count(), 1);
    await page.focus('#graph-states .scroll');
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.match(await focused(), /^take · 4 visits/);
    await page.keyboard.press('ArrowDown');
    assert.match(await focused(), /^work · 4 visits .* · 1 error/);
    await page.keyboard.press('ArrowDown');
    assert.match(await focused(), /^store/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    assert.match(await page.locator('#pl-panel').textContent(), /work/);
    await closePage(view);
});

test('keys and buttons zoom, 0 and Fit show all of it', async browser => {
    const view = await open(browser);
    const { page } = view;
    await show(page, 'flow');
    const at = () => widthOf(page, 'graph-flow');
    const start = await at();
    await page.click('#pl-graph-tools [aria-label="Zoom in"]');
    const larger = await at();
    assert.ok(larger > start * 1.2);
    await page.focus('#graph-flow .scroll');
    await page.keyboard.press('+');
    assert.ok((await at()) > larger * 1.2);
    await page.keyboard.press('-');
    assert.ok(Math.abs((await at()) - larger) < 3);
    for (const fit of [() => page.keyboard.press('0'), () => page.click('#pl-graph-tools [aria-label^=Fit]')]) {
        await page.click('#pl-graph-tools [aria-label="Zoom in"]');
        await page.focus('#graph-flow .scroll');
        await fit();
        const whole = await page.$eval('#graph-flow .scroll', box => {
            const svg = box.querySelector('svg').getBoundingClientRect();
            const r = box.getBoundingClientRect();
            return svg.top >= r.top && svg.bottom <= r.bottom && svg.left >= r.left && svg.right <= r.right;
        });
        assert.ok(whole);
    }
    await closePage(view);
});

test('a plain wheel scrolls the page, with Ctrl or the focus it zooms at the pointer', async browser => {
    const view = await open(browser);
    const { page } = view;
    await show(page, 'flow');
    const box = await page.locator('#graph-flow .scroll').boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + 250];
    const start = await widthOf(page, 'graph-flow');
    const top = () => page.evaluate(() => scrollY);
    const before = await top();
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -100);
    await page.waitForFunction(from => scrollY === from - 100, before);
    assert.equal(await widthOf(page, 'graph-flow'), start);
    assert.equal(await page.$eval('#graph-flow .scroll', e => e.scrollTop), 0);
    const still = await top();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await page.waitForFunction(
        from => document.querySelector('#graph-flow svg').getBoundingClientRect().width > from,
        start
    );
    assert.equal(await top(), still);
    const larger = await widthOf(page, 'graph-flow');
    await page.$eval('#graph-flow .scroll', e => e.focus({ preventScroll: true }));
    await page.mouse.wheel(0, 100);
    await page.waitForFunction(
        from => document.querySelector('#graph-flow svg').getBoundingClientRect().width < from,
        larger
    );
    assert.equal(await top(), still);
    await closePage(view);
});

test('the step of a link is marked in the graphs, which are set up after it was followed', async browser => {
    const view = await openPage(browser, url + '#step=3');
    const { page } = view;
    assert.equal(await page.locator('#graph-flow .chosen').getAttribute('data-step'), '3');
    await page.keyboard.press('Escape');
    await closePage(view);
});

test('a drag moves the drawing and selects nothing', async browser => {
    const view = await open(browser);
    const { page } = view;
    await show(page, 'flow');
    const { x, y } = await page.locator('#graph-flow [data-step="3"]').boundingBox();
    await page.mouse.move(x + 30, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + 30, y - 40, { steps: 4 });
    await page.mouse.up();
    assert.equal(await page.$eval('#graph-flow .scroll', e => e.scrollTop), 60);
    assert.equal(await page.locator('#graph-flow .chosen').count(), 0);
    await page.keyboard.press('Escape');
    await closePage(view);
});

test('at 360 px nothing stands out, and a selection elsewhere is brought into sight', async browser => {
    const view = await open(browser, { viewport: { width: 360, height: 740 } });
    const { page } = view;
    await show(page, 'flow');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.evaluate(() => {
        location.hash = '#s18';
    });
    await page.waitForSelector('#graph-flow :is(.chosen, .near)');
    const seen = await page.$eval('#graph-flow :is(.chosen, .near)', item => {
        const box = item.closest('.scroll').getBoundingClientRect();
        const r = item.getBoundingClientRect();
        return r.top >= box.top && r.top < box.bottom && r.left < box.right && r.right > box.left;
    });
    assert.ok(seen);
    await closePage(view);
});

test('what a search finds is marked in the graphs', async browser => {
    const view = await openPage(browser, makePage(CHECKOUT_LOG, '--google', 'off').url);
    const { page } = view;
    const hits = () => page.$$eval('#graph-tree .hit', list => list.map(e => nameOf(itemPosition(e))));
    await page.evaluate(() => setQuery('status:error'));
    await page.waitForFunction(() => document.querySelector('#graph-tree .searched .hit'));
    assert.deepEqual((await hits()).sort(), ['checkout', 'pay']);
    await page.evaluate(() => setQuery(''));
    await page.waitForFunction(() => !document.querySelector('#graph-tree .searched'));
    assert.deepEqual(await hits(), []);
    await closePage(view);
});
