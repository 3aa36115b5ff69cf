/* SPDX-License-Identifier: MIT
 *
 * The timeline as a person uses it: by wheel, drag, fingers and keys, at 20, 2,000 and 20,000 steps.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';

/* A pipeline of 10 s; the times of its steps are round, so that they can be read back from the bars. */
const steps = [
    { name: 'pipeline', start: 0, end: 10000 },
    { name: 'load', start: 0, end: 4000 },
    { name: 'read', start: 0, end: 1500, parent: 1 },
    { name: 'check', start: 1000, end: 3999.5, parent: 1 },
    { name: 'last touch', start: 3999.9, end: 4000, parent: 1 },
    { name: 'store', start: 4000, end: 9000, error: 'DiskError: no space left\nwas 100 %' },
    { name: 'write', start: 4500, end: 8900, parent: 5, error: 'DiskError: no space left' },
    { name: 'report', start: 9000, end: 10000 },
    { name: 'never ended', start: 9500, end: null, parent: 7 },
];
for (let i = 0; i < 11; i++) steps.push({ name: 'part ' + i, start: 9000 + i, end: 9001 + i, parent: 7 });
const small = makePage(makeLog(steps), '--google', 'off');

const many = [{ name: 'many', start: 0, end: 200000 }];
for (let g = 0; g < 20; g++) {
    const parent = many.push({ name: 'group ' + g, start: g * 10000, end: g * 10000 + 9000 }) - 1;
    for (let i = 0; i < 99; i++)
        many.push({ name: 'item ' + i, parent, start: g * 10000 + i * 90, end: g * 10000 + i * 90 + 80 });
}
const medium = makePage(makeLog(many), '--google', 'off');

/** Opens a page without smooth motion, its timeline at the top of the window. */
async function openTimeline(browser, { url }, settings = {}) {
    const view = await openPage(browser, url, { reducedMotion: 'reduce', ...settings });
    await view.page.locator('#timeline').evaluate(e => e.scrollIntoView());
    await frame(view.page);
    return view;
}

const frame = page =>
    page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
const seen = page => page.evaluate(() => ({ ...range }));
const rowOf = (page, name) => page.locator('.tl-row', { has: page.getByText(name, { exact: true }) });
const rowNames = page =>
    page.evaluate(() =>
        [...timeline.drawn.keys()].sort((a, b) => a - b).map(at => timeline.drawn.get(at).label.textContent)
    );
const tool = (page, name) => page.locator('#pl-timeline').getByRole('button', { name });
const near = (a, b, by, what) => assert.ok(Math.abs(a - b) <= by, `${what}: ${a}, expected ${b}`);
/** Where a time is in the window. */
const clientX = (page, us) => page.evaluate(t => timeline.axis.getBoundingClientRect().left + xOf(t), us);
const barBox = (page, name) => rowOf(page, name).locator('.tl-bar').boundingBox();
const focused = page =>
    page.evaluate(
        () => document.activeElement.querySelector('.tl-label')?.textContent ?? document.activeElement.className
    );

async function wheel(page, by, ...keys) {
    for (const key of keys) await page.keyboard.down(key);
    await page.mouse.wheel(0, by);
    await frame(page);
    await frame(page);
    for (const key of keys) await page.keyboard.up(key);
}

async function drag(page, from, to, ...keys) {
    for (const key of keys) await page.keyboard.down(key);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.mouse.move(to.x, to.y);
    await page.mouse.up();
    for (const key of keys) await page.keyboard.up(key);
    await frame(page);
}

test('timeline: without script the drawing stands in its place', async browser => {
    const view = await openPage(browser, small.url, { javaScriptEnabled: false });
    assert.ok(await view.page.locator('#pl-fallback svg').isVisible());
    assert.equal(await view.page.locator('#pl-timeline').isVisible(), false);
    await closePage(view, false);
});

test('timeline: bars lie where the times say, errors beside them', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    assert.equal(await page.locator('#pl-fallback').isVisible(), false);
    const x0 = await clientX(page, 0);
    const scale = ((await clientX(page, 10e6)) - x0) / 10e6;
    for (const s of steps.slice(0, 8)) {
        const box = await barBox(page, s.name);
        const width = Math.max((s.end - s.start) * 1000 * scale, 2);
        near(box.width, width, 0.6, s.name + ' width');
        near(box.x, x0 + s.start * 1000 * scale, s.name === 'last touch' ? 2.1 : 0.6, s.name);
    }
    const [parent, child] = [await barBox(page, 'load'), await barBox(page, 'last touch')];
    assert.ok(child.x + child.width <= parent.x + parent.width + 0.1, 'a short bar stays inside of its parent');
    assert.equal(await rowOf(page, 'read').locator('.tl-length').textContent(), '1.50 s');
    assert.equal(await rowOf(page, 'write').locator('.tl-error').textContent(), 'DiskError: no space left');
    const why = await rowOf(page, 'write').locator('.tl-text').boundingBox();
    const bar = await barBox(page, 'write');
    assert.ok(why.x + why.width <= bar.x || why.x >= bar.x + bar.width, 'text and bar do not meet');
    assert.match(await rowOf(page, 'never ended').getAttribute('class'), /is-unfinished/);
    await closePage(view);
});

test('timeline: steps without times say so, hostile names are text', async browser => {
    const hostile = '<img src=x onerror=alert(1)>\u202eשלום';
    const log = makeLog([
        { name: 'root', start: 0, end: 100 },
        { name: hostile, start: 10, end: 60, error: '</script><b>bold</b>' },
    ]);
    const bare = JSON.stringify({
        type: 'step',
        operation: 'record',
        runId: 'run-1',
        step: { id: 'bare', name: 'timeless', key: 'k0.timeless' },
        recordKey: 'n',
        data: 1,
    });
    const view = await openTimeline(browser, makePage(log + bare + '\n', '--google', 'off'));
    const { page } = view;
    assert.match(await page.locator('.tl-text.is-untimed').textContent(), /no times in the log/);
    assert.equal(await page.locator('.tl-row img, .tl-row b').count(), 0);
    const row = page.locator('.tl-row.is-error');
    assert.equal(await row.locator('.tl-label').textContent(), hostile);
    assert.equal(await row.locator('.tl-error').textContent(), '</script><b>bold</b>');
    await row.locator('.tl-label').hover();
    await page.locator('.tl-card').waitFor();
    assert.equal(await page.locator('.tl-card img, .tl-card b').count(), 0);
    await closePage(view);
});

test('timeline: Ctrl and wheel zooms at the pointer, a plain wheel does not', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const x = await clientX(page, 6e6);
    const { y } = await barBox(page, 'load');
    await page.mouse.move(x, y);
    await wheel(page, -200, 'Control');
    const zoomed = await seen(page);
    assert.ok(zoomed.to - zoomed.from < 7e6, 'less is seen');
    near(await clientX(page, 6e6), x, 1, 'the time under the pointer stays there');
    const at = await page.evaluate(() => scrollY);
    await wheel(page, 300);
    assert.deepEqual(await seen(page), zoomed);
    await page.waitForFunction(before => scrollY + timeline.scroll.scrollTop > before, at);
    await closePage(view);
});

test('timeline: buttons and keys zoom and move', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const length = async () => {
        await frame(page);
        const { from, to } = await seen(page);
        return Math.round((to - from) / 1000);
    };
    await tool(page, 'Zoom in').click();
    assert.equal(await length(), 5000);
    await tool(page, 'Zoom out').click();
    assert.equal(await length(), 10000);
    await page.locator('.tl-axis').focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    assert.equal(await length(), 2500);
    const before = await seen(page);
    await page.keyboard.press('ArrowRight');
    near((await seen(page)).from, before.from + 250e3, 1, 'an arrow moves a tenth');
    await page.keyboard.press('Shift+ArrowLeft');
    near((await seen(page)).from, before.from - 1e6, 1, 'with Shift a half');
    await frame(page);
    assert.match(await page.getAttribute('.tl-axis', 'aria-valuetext'), /^2\.75\d* s to 5\.25\d* s$/);
    await page.keyboard.press('End');
    near((await seen(page)).to, 10e6, 1, 'the end');
    await page.keyboard.press('-');
    assert.equal(await length(), 5000);
    await page.keyboard.press('0');
    assert.equal(await length(), 10000);
    assert.match(await page.locator('.tl-seen').textContent(), /^Whole run/);
    await closePage(view);
});

test('timeline: drag moves, Shift and drag and the axis zoom to a part, a double click to a step', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const { y } = await barBox(page, 'load');
    await page.evaluate(() => setRange(2e6, 6e6));
    await frame(page);
    const from = { x: await clientX(page, 5e6), y };
    await drag(page, from, { x: await clientX(page, 4e6), y });
    near((await seen(page)).from, 3e6, 2e4, 'dragged');
    assert.equal(await page.evaluate(() => view.selected), -1, 'a drag is no click');
    await page.evaluate(() => setRange(0, 10e6));
    await frame(page);
    const part = [await clientX(page, 2e6), await clientX(page, 3e6)];
    await drag(page, { x: part[0], y }, { x: part[1], y }, 'Shift');
    let now = await seen(page);
    near(now.from, 2e6, 2e4, 'from');
    near(now.to, 3e6, 2e4, 'to');
    await page.keyboard.press('Escape');
    await tool(page, 'Whole run').click();
    await frame(page);
    const axis = await page.locator('.tl-axis').boundingBox();
    const middle = axis.y + axis.height / 2;
    await drag(page, { x: part[1], y: middle }, { x: part[0], y: middle });
    now = await seen(page);
    near(now.from, 2e6, 2e4, 'from, backwards');
    near(now.to, 3e6, 2e4, 'to');
    await tool(page, 'Whole run').click();
    await frame(page);
    await rowOf(page, 'write').locator('.tl-bar').dblclick();
    now = await seen(page);
    near(now.from, 4.5e6 - 0.05 * 4.4e6, 1, 'the step and a little');
    near(now.to, 8.9e6 + 0.05 * 4.4e6, 1, 'to its end');
    await page.waitForTimeout(400); /* longer than a click waits for a second one */
    assert.equal(await page.evaluate(() => view.selected), -1, 'a double click opens nothing');
    await rowOf(page, 'write').locator('.tl-bar').click();
    await page.waitForFunction(() => view.selected >= 0);
    await rowOf(page, 'load').locator('.tl-lane').click({ position: { x: 40, y: 12 } });
    await page.waitForFunction(() => nameOf(view.selected) === 'load');
    await closePage(view);
});

test('timeline: two fingers zoom', async browser => {
    const view = await openTimeline(browser, small, { hasTouch: true });
    const { page } = view;
    const { y } = await barBox(page, 'load');
    const [a, b] = [await clientX(page, 4e6), await clientX(page, 6e6)];
    const touch = await page.context().newCDPSession(page);
    const send = (type, ...xs) =>
        touch.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y, id })) });
    await send('touchStart', a);
    await send('touchStart', a, b);
    for (let i = 1; i <= 5; i++) await send('touchMove', a - i * 20, b + i * 20);
    await send('touchEnd');
    await frame(page);
    near(await clientX(page, 4e6), a - 100, 12, 'what was under one finger is still');
    near(await clientX(page, 6e6), b + 100, 12, 'and under the other');
    await closePage(view);
});

test('timeline: the overview shows and sets what is seen', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    assert.equal(await page.locator('.tl-peak').textContent(), 'max 2');
    const strip = await page.locator('.tl-strip').boundingBox();
    const y = strip.y + 20;
    const at = us => page.evaluate(t => overview.strip.getBoundingClientRect().left + overviewX(t), us);
    await drag(page, { x: await at(2e6), y }, { x: await at(5e6), y });
    let now = await seen(page);
    near(now.from, 2e6, 2e4, 'a new window');
    near(now.to, 5e6, 2e4, 'its end');
    await drag(page, { x: await at(3e6), y }, { x: await at(4e6), y });
    near((await seen(page)).from, 3e6, 4e4, 'moved');
    const end = await page.getByRole('slider', { name: 'End of what is shown' }).boundingBox();
    await drag(page, { x: end.x + 4, y }, { x: (await at(8e6)) - 0.1, y });
    now = await seen(page);
    near(now.from, 3e6, 4e4, 'one end stays');
    near(now.to, 8e6, 4e4, 'the other follows');
    const start = page.getByRole('slider', { name: 'Start of what is shown' });
    await start.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await frame(page);
    now = await seen(page);
    near(now.from, (now.to / 0.98) * 0.02, 3e4, 'by key');
    assert.match(await start.getAttribute('aria-valuetext'), /^1\d\d(\.\d+)? ms$/);
    await page.mouse.dblclick(await at(9.5e6), y);
    await frame(page);
    assert.deepEqual(await seen(page), { from: 0, to: 10e6 });
    await closePage(view);
});

test('timeline: the ruler tells the time, measuring tells differences', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const { y } = await barBox(page, 'check');
    const textOf = selector => page.locator(selector).textContent();
    await page.mouse.move(await clientX(page, 5e6), y);
    await frame(page);
    assert.match(await textOf('.tl-ruler .tl-flag'), /^(5\.0[01]|4\.99) s$/);
    await tool(page, 'Measure').click();
    await drag(
        page,
        { x: (await clientX(page, 1e6)) + 3, y: y + 4 },
        { x: (await clientX(page, 3.9995e6)) - 3, y: y + 4 }
    );
    assert.equal(await textOf('.tl-measured'), '3.00 s, from 1.00 s to 4.00 s', 'ends of bars attract');
    assert.deepEqual(await seen(page), { from: 0, to: 10e6 }, 'nothing is zoomed');
    assert.equal(await page.evaluate(() => Math.round(ruler.measure.to)), 3999500);
    await page.keyboard.press('Escape');
    await frame(page);
    if (await page.locator('.tl-measured').isVisible()) await page.locator('.tl-axis').press('Escape');
    await frame(page);
    assert.equal(await page.locator('.tl-measured').isVisible(), false);
    await rowOf(page, 'store').focus();
    await page.keyboard.press('m');
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await frame(page);
    assert.equal(await textOf('.tl-measured'), '1.50 s, from 4.00 s to 5.50 s');
    assert.match(await textOf('#pl-live'), /^1\.50 s, from/);
    await page.keyboard.press('m');
    await page.keyboard.press('ArrowLeft');
    await frame(page);
    assert.equal(await textOf('.tl-measured'), '100 ms, from 5.40 s to 5.50 s');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await frame(page);
    assert.equal(await page.locator('.tl-measured').isVisible(), false);
    await closePage(view);
});

test('timeline: a tree by keys, and told as one', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const grid = page.getByRole('treegrid', { name: 'Timeline' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '20');
    assert.equal(await page.locator('.tl-row[tabindex="0"]').count(), 1);
    await page.locator('.tl-axis').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'pipeline');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), 'load');
    const load = rowOf(page, 'load');
    assert.equal(await load.getAttribute('aria-level'), '2');
    assert.equal(await load.getAttribute('aria-expanded'), 'true');
    assert.equal(await load.getAttribute('aria-rowindex'), '2');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await load.getAttribute('aria-expanded'), 'false');
    assert.equal(await grid.getAttribute('aria-rowcount'), '17');
    assert.equal(await focused(page), 'load');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), 'store');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'read');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(page), 'load');
    await page.keyboard.press('End');
    assert.equal(await focused(page), 'never ended');
    await page.keyboard.press('z');
    await frame(page);
    assert.ok((await seen(page)).from > 9.4e6, 'zoomed to the step');
    await page.keyboard.press('Enter');
    await frame(page);
    assert.equal(await page.evaluate(() => view.selected), steps.length - 1);
    assert.equal(await rowOf(page, 'never ended').getAttribute('aria-selected'), 'true');
    await closePage(view);
});

test('timeline: folding by pointer, and the search', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    await rowOf(page, 'load').locator('.tl-fold').click();
    await frame(page);
    assert.ok(!(await rowNames(page)).includes('read'));
    assert.equal(await page.evaluate(() => view.selected), -1, 'folding selects nothing');
    await page.evaluate(() => setAllFolded(true));
    await frame(page);
    assert.deepEqual(await rowNames(page), ['pipeline']);
    await page.evaluate(() => setAllFolded(false));
    await frame(page);
    assert.equal((await rowNames(page)).length, 20);
    await page.evaluate(() => {
        const matches = new Uint8Array(data.count);
        matches[3] = 1;
        setMatches(matches, 1, new Map());
    });
    await frame(page);
    assert.deepEqual(await rowNames(page), ['pipeline', 'load', 'check']);
    assert.match(await rowOf(page, 'load').getAttribute('class'), /is-context/);
    assert.equal(await rowOf(page, 'load').locator('.tl-fold').isVisible(), false);
    await page.evaluate(() => setMatches(new Uint8Array(data.count), 0, new Map()));
    await frame(page);
    assert.ok(await page.locator('.tl-empty').isVisible());
    await closePage(view);
});

test('timeline: what is said of a step, to pointer and keys', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const card = page.locator('.tl-card');
    await rowOf(page, 'write').locator('.tl-bar').hover();
    await card.waitFor();
    const said = await card.innerText();
    assert.match(said, /^write\s+error\s+k0\.k6\s+Start\s+4\.500 s\s+2024-05-18 02:40:04\.500 UTC\s/);
    assert.match(said, /\sDuration\s+4\.40 s\s+Share\s+44 %\s+of the run\s/);
    assert.match(said, /DiskError: no space left/);
    const box = await card.boundingBox();
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.waitForTimeout(500);
    assert.ok(await card.isVisible(), 'the card can be pointed at');
    await page.mouse.move(5, 5);
    await card.waitFor({ state: 'hidden' });
    await page.locator('.tl-axis').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await card.waitFor();
    assert.equal(await rowOf(page, 'load').getAttribute('aria-describedby'), await card.getAttribute('id'));
    await page.keyboard.press('Escape');
    assert.equal(await card.isVisible(), false);
    assert.equal(await focused(page), 'load');
    await closePage(view);
});

test('timeline: a step selected elsewhere comes into sight', async browser => {
    const view = await openTimeline(browser, medium);
    const { page } = view;
    await page.evaluate(() => setRange(0, 1e6));
    await page.evaluate(() => select(1500, 'table'));
    await frame(page);
    const row = page.locator('.tl-row.is-selected');
    assert.equal(await row.locator('.tl-label').textContent(), 'item 98');
    const [inner, outer] = [await row.boundingBox(), await page.locator('.tl-scroll').boundingBox()];
    assert.ok(inner.y > outer.y && inner.y + inner.height < outer.y + outer.height);
    assert.ok(await row.locator('.tl-bar').isVisible(), 'and its bar');
    const now = await seen(page);
    near(now.to - now.from, 1e6, 1, 'as far zoomed as before');
    await rowOf(page, 'item 97').first().locator('.tl-label').click();
    assert.equal(await page.evaluate(() => view.selected), 1499);
    await closePage(view);
});

test('timeline: at any number of steps only what is in sight is in the document', async browser => {
    const large = [{ name: 'large', start: 0, end: 200000 }];
    for (let i = 1; i < 20000; i++) large.push({ name: 'step ' + i, start: i * 10, end: i * 10 + 9 });
    for (const source of [medium, makePage(makeLog(large), '--google', 'off')]) {
        const view = await openTimeline(browser, source);
        const { page } = view;
        await page.evaluate(() => setAllFolded(false));
        await frame(page);
        const count = await page.evaluate(() => data.count);
        assert.equal(await page.getAttribute('.tl-rows', 'aria-rowcount'), String(count));
        await page.locator('.tl-row').first().focus();
        for (const key of ['End', 'PageUp', 'PageUp', 'ArrowDown']) await page.keyboard.press(key);
        await page.evaluate(() => (timeline.scroll.scrollTop = 0));
        await frame(page);
        assert.ok((await page.locator('.tl-row').count()) < 60);
        assert.ok(!(await focused(page)).startsWith('tl'), 'the row in focus is still there');
        /* in the document as on the screen */
        await page.waitForFunction(() => {
            const order = [...document.querySelectorAll('.tl-row')].map(row =>
                Number(row.getAttribute('aria-rowindex'))
            );
            return order.length > 10 && order.every((place, at) => !at || place > order[at - 1]);
        });
        await closePage(view);
    }
});

test('timeline: more rows than a browser can scroll', async browser => {
    const view = await openTimeline(browser, medium);
    const { page } = view;
    const rows = 2e6;
    await page.evaluate(n => {
        rowsNow = Int32Array.from({ length: n }, (_, at) => Math.floor((at * data.count) / n));
        timelineSchedule();
    }, rows);
    await frame(page);
    const shown = async () => {
        await frame(page);
        const box = await page.locator('.tl-scroll').boundingBox();
        const head = await page.locator('.tl-head').boundingBox();
        return page.$$eval(
            '.tl-row',
            (all, [top, bottom]) =>
                all
                    .filter(row => {
                        const { y, height } = row.getBoundingClientRect();
                        return y >= top && y + height <= bottom;
                    })
                    .map(row => Number(row.getAttribute('aria-rowindex')))
                    .sort((a, b) => a - b),
            [head.y + head.height - 1, box.y + box.height + 1]
        );
    };
    assert.equal((await shown())[0], 1);
    await page.evaluate(() => (timeline.scroll.scrollTop = 1e9));
    assert.equal((await shown()).pop(), rows);
    await page.evaluate(() => scrollToRow(1234567));
    assert.ok((await shown()).includes(1234568));
    await closePage(view);
});

test('timeline: ticks are round from days to microseconds', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    const ticks = (from, to) =>
        page.evaluate(
            ([a, b]) => {
                const { base, list } = ticksOf(a, b, 800, textWidth);
                return [base, ...list.map(tick => tick.text)];
            },
            [from, to]
        );
    const [second, minute, hour, day] = [1e6, 6e7, 3.6e9, 8.64e10];
    assert.deepEqual((await ticks(0, 10 * second)).slice(0, 4), ['', '0', '1 s', '2 s']);
    assert.deepEqual((await ticks(0, 10 * minute)).slice(0, 4), ['', '0', '1 m', '2 m']);
    assert.deepEqual((await ticks(0, 5 * minute)).slice(0, 5), ['', '0', '30 s', '1 m', '1 m 30 s']);
    assert.deepEqual((await ticks(0, 12 * hour)).slice(0, 4), ['', '0', '1 h', '2 h']);
    assert.deepEqual((await ticks(0, 5 * day)).slice(0, 4), ['', '0', '12 h', '1 d']);
    assert.deepEqual((await ticks(0, 1000 * day)).slice(0, 3), ['', '0', '100 d']);
    assert.deepEqual((await ticks(0, 800)).slice(0, 3), ['', '0', '100 µs']);
    assert.deepEqual((await ticks(3 * hour + 65.2 * second, 3 * hour + 66 * second)).slice(0, 2), [
        '3 h 01 m 05 s',
        '+200 ms',
    ]);
    assert.deepEqual((await ticks(5 * second + 1010, 5 * second + 1090)).slice(0, 2), ['5.001 s', '+10 µs']);
    await closePage(view);
});

test('timeline: its sizes are the reader’s, within bounds', async browser => {
    const view = await openTimeline(browser, medium);
    const { page } = view;
    const split = page.getByRole('separator', { name: 'Width of the names' });
    const width = async () => Math.round((await page.locator('.tl-name').first().boundingBox()).width);
    const before = await width();
    await split.focus();
    await page.keyboard.press('ArrowRight');
    await frame(page);
    assert.equal(await width(), before + 16);
    const frameBox = await page.locator('.tl-frame').boundingBox();
    const handle = await split.boundingBox();
    const y = handle.y + 100;
    await drag(page, { x: handle.x + 12, y }, { x: frameBox.x + 5, y });
    assert.equal(await width(), 120);
    await drag(page, { x: frameBox.x + 120, y }, { x: frameBox.x + frameBox.width, y });
    assert.ok((await width()) <= frameBox.width * 0.6 + 1);
    const grip = page.getByRole('separator', { name: 'Height of the timeline' });
    await grip.focus();
    await page.keyboard.press('ArrowDown');
    await frame(page);
    const tall = (await page.locator('.tl-scroll').boundingBox()).height;
    assert.equal(Math.round(tall), Math.round(frameBox.height - 2 + 28));
    assert.equal(Number(await grip.getAttribute('aria-valuenow')), Math.round(tall));
    await closePage(view);
});

test('timeline: 360 px wide, in the dark', async browser => {
    const view = await openTimeline(browser, small, {
        viewport: { width: 360, height: 740 },
        colorScheme: 'dark',
        hasTouch: true,
    });
    const { page } = view;
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    const [name, bar] = [await rowOf(page, 'load').locator('.tl-label').boundingBox(), await barBox(page, 'load')];
    assert.ok(name.y + name.height <= bar.y, 'the name stands above its bar');
    const handle = await page.locator('.tl-handle').first().boundingBox();
    assert.ok(handle.width >= 24 && handle.height >= 24);
    await rowOf(page, 'check').tap();
    assert.equal(await page.evaluate(() => view.selected), 3);
    await closePage(view);
});

test('timeline: the critical path can be switched off', async browser => {
    const view = await openTimeline(browser, small);
    const { page } = view;
    assert.ok(await rowOf(page, 'check').locator('.tl-path').isVisible());
    assert.equal(await rowOf(page, 'read').locator('.tl-path').isVisible(), false, 'nothing waited for it');
    const [path, bar] = [
        await rowOf(page, 'check').locator('.tl-path path').getAttribute('d'),
        await barBox(page, 'check'),
    ];
    const [, from, to] = /^M([\d.]+) 1\.5H([\d.]+)$/.exec(path);
    near(Number(to) - Number(from), bar.width, 1, 'as long as the bar');
    const button = tool(page, 'Critical path');
    await button.click();
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
    assert.equal(await rowOf(page, 'check').locator('.tl-path').isVisible(), false);
    await closePage(view);
});

test('timeline: zooming is smooth unless the reader wants no motion', async browser => {
    const view = await openTimeline(browser, small, { reducedMotion: 'no-preference' });
    const { page } = view;
    const lengths = await page.evaluate(async () => {
        goToRange(0, 1e6);
        const all = [];
        for (let i = 0; i < 200 && range.to !== 1e6; i++) {
            await new Promise(done => requestAnimationFrame(done));
            all.push(range.to);
        }
        return all;
    });
    assert.ok(lengths.length > 1, 'more than one frame');
    assert.equal(lengths.pop(), 1e6);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.evaluate(() => goToRange(0, 2e6));
    assert.equal((await seen(page)).to, 2e6);
    await closePage(view);
});
