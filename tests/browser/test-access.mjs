/* SPDX-License-Identifier: MIT
 *
 * The page for everybody: axe-core's rules, keys alone, narrow windows, less motion, forced colours, names in other
 * directions.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT_LOG, COUNTER_LOG } from './logs.mjs';
import { assertFits, find, focused, names, openStep, panelOf, row, searchBox, settled, stepTable } from './reader.mjs';

const AXE = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const { url } = makePage(CHECKOUT_LOG, '--google', 'off');
const counter = makePage(COUNTER_LOG, '--google', 'off').url;

/** No rule of a serious or critical kind is broken. */
async function assertAccessible(page, where) {
    await page.evaluate(() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {}))));
    await page.evaluate(AXE);
    const broken = await page.evaluate(async levels => {
        const { violations } = await axe.run(document, { runOnly: levels, resultTypes: ['violations'] });
        return violations
            .filter(v => v.impact === 'serious' || v.impact === 'critical')
            .map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).slice(0, 4).join('; ')}`);
    }, LEVELS);
    assert.deepEqual(broken, [], where);
}

for (const [name, settings] of Object.entries({
    light: {},
    dark: { colorScheme: 'dark' },
    'at 360 px': { viewport: { width: 360, height: 740 } },
    'at 360 px, dark': { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
})) {
    test('axe-core finds nothing serious: ' + name, async browser => {
        const view = await openPage(browser, url, settings);
        const { page } = view;
        await assertAccessible(page, 'at first');
        await page.getByText('About this report').click();
        await find(page, 'status:bad');
        await assertAccessible(page, 'a wrong search');
        await find(page, 'items');
        await openStep(page, 'load cart');
        await assertAccessible(page, 'found, and the panel open');
        await closePage(view);
    });
}

test('axe-core finds nothing serious: without JavaScript’s parts on paper, help, errors, states', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await page.getByRole('button', { name: 'How to search' }).click();
    await assertAccessible(page, 'help');
    await page.keyboard.press('Escape');
    await openStep(page, 'pay');
    await assertAccessible(page, 'an error in the panel');
    await page.emulateMedia({ media: 'print' });
    await assertAccessible(page, 'paper');
    await closePage(view);
    const states = await openPage(browser, counter + '#step=2');
    await panelOf(states.page, 'counter');
    await assertAccessible(states.page, 'what changed');
    await closePage(states);
});

test('by keys alone: to the steps, a search, a step, its values, and back', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const press = async (...keys) => {
        for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    assert.equal(await focused(page), 'Skip to the steps');
    await press('Enter', 'Tab');
    assert.ok(await page.evaluate(() => document.activeElement.closest('#steps') !== null), 'the link leads to the steps');
    await press('/');
    assert.equal(await focused(page), 'Search steps');
    await page.keyboard.type('cart');
    await press('Enter');
    await page.waitForFunction(() => view.total === 1);
    for (let i = 0; i < 200 && (await focused(page)) !== 'load cart' && (await focused(page)) !== 'checkout'; i++) await press('Tab');
    while ((await page.evaluate(() => document.activeElement.closest('#pl-steps'))) === null) {
        await press('Tab');
        for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.matches('#pl-steps [role=row]'))); i++) await press('Tab');
    }
    await press('Home', 'ArrowDown');
    assert.equal(await focused(page), 'load cart');
    await press('Enter');
    const panel = await panelOf(page, 'load cart');
    for (let i = 0; i < 40 && (await focused(page)) !== 'Close the step panel'; i++) await press('Tab');
    assert.equal(await focused(page), 'Close the step panel');
    for (let i = 0; i < 40 && (await focused(page)) !== 'Raw: show order as it stands in the log'; i++) await press('Tab');
    await press('Enter');
    assert.ok(await panel.locator('.raw').first().isVisible());
    await press('Escape');
    await panel.waitFor({ state: 'hidden' });
    assert.equal(await focused(page), 'load cart', 'back where it came from');
    await closePage(view);
});

test('every control has a name, can be reached by Tab, shows its focus, and is not too small', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await openStep(page, 'load cart');
    const seen = new Set();
    const wrong = [];
    await page.evaluate(() => document.activeElement.blur());
    for (let i = 0; i < 150; i++) {
        await page.keyboard.press('Tab');
        const e = await page.evaluate(() => {
            const at = document.activeElement;
            if (at === document.body) return null;
            const box = at.getBoundingClientRect();
            at.dataset.visit ??= String((window.visits = (window.visits ?? 0) + 1));
            const look = () =>
                [at, ...at.children]
                    .flatMap(e => [getComputedStyle(e), getComputedStyle(e, '::before'), getComputedStyle(e, '::after')])
                    .map(s => [s.outlineStyle, s.outlineColor, s.outlineWidth, s.boxShadow, s.backgroundColor, s.borderColor, s.stroke, s.strokeWidth].join())
                    .join('\n');
            const withFocus = look();
            at.blur();
            const without = look();
            at.focus({ preventScroll: true });
            return {
                visit: at.dataset.visit,
                what: at.outerHTML.slice(0, 120),
                shown: withFocus !== without,
                inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
            };
        });
        if (!e) break;
        if (seen.has(e.visit)) break;
        seen.add(e.visit);
        if (!e.shown) wrong.push('no focus seen: ' + e.what);
        if (!e.inside) wrong.push('focus out of sight: ' + e.what);
    }
    assert.deepEqual(wrong, []);
    assert.ok(seen.size > 25, seen.size + ' stops');
    const small = await page.$$eval('button, input, select, a[href], summary, [role=slider], [role=separator]', all =>
        all
            .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('p, svg, dd, li, td, th, .v, .skip') && !e.matches('.link'))
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && Math.max(box.height, 0) < 24 && Math.max(box.width, 0) < 24)
            .map(([html]) => html)
    );
    assert.deepEqual(small, [], 'targets of 24 px');
    await closePage(view);
});

for (const [name, settings] of Object.entries({ 'at 360 px': { width: 360, height: 740 }, 'at 768 px': { width: 768, height: 900 }, 'at 2560 px': { width: 2560, height: 1200 } })) {
    test('nothing sticks out and no text is cut without a sign: ' + name, async browser => {
        const long = makeLog([
            { name: 'x'.repeat(300), start: 0, end: 2000, error: 'E'.repeat(500), records: { ['key' + 'y'.repeat(200)]: 'z'.repeat(3000) } },
            { name: 'a b '.repeat(80), start: 5, end: 100, result: { ['k'.repeat(300)]: ['v'.repeat(300)] }, logs: [{ level: 'warn', message: 'w'.repeat(400), at: 6 }] },
            { name: 'child', parent: 1, start: 6, end: 20 },
        ], { runId: 'r'.repeat(200), meta: { tags: { ['t'.repeat(90)]: 'u'.repeat(200) } } });
        for (const link of [url, makePage(long, '--google', 'off').url]) {
            const view = await openPage(browser, link, { viewport: settings });
            const { page } = view;
            await assertFits(page, 'at first');
            await page.getByText('About this report').click();
            await row(page, link === url ? 'load cart' : 'x'.repeat(300)).locator('.n').click();
            await page.locator('#pl-panel .record').first().waitFor();
            await assertFits(page, 'panel');
            await page.keyboard.press('Escape');
            await find(page, 'bogus:(');
            await find(page, 'status:nothing');
            await assertFits(page, 'mistake');
            await closePage(view);
        }
    });
}

test('less motion when the reader wants less', async browser => {
    const view = await openPage(browser, url, { reducedMotion: 'reduce' });
    const { page } = view;
    await openStep(page, 'pay');
    const moving = await page.evaluate(
        () =>
            [...document.querySelectorAll('body *')].filter(e => {
                const s = getComputedStyle(e);
                return [...s.transitionDuration.split(','), ...s.animationDuration.split(',')].some(d => parseFloat(d) > 0.011);
            }).length
    );
    assert.equal(moving, 0, 'transitions and animations');
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), 'auto');
    await closePage(view);
});

test('status is told by mark and word, never by colour alone', async browser => {
    const view = await openPage(browser, url, { forcedColors: 'active' });
    const { page } = view;
    const marks = await page.$$eval('#pl-steps [role=rowgroup] [role=row]', rows =>
        rows.map(r => [r.querySelector('.status').textContent, r.querySelector('.mark').innerHTML, r.querySelector('.mark').getBoundingClientRect().width])
    );
    const shapes = new Map(marks.map(([word, mark]) => [word, mark]));
    for (const [word, mark, width] of marks) {
        assert.equal(mark, shapes.get(word), 'one mark a status');
        assert.ok(width >= 8);
    }
    assert.equal(shapes.size, 6, 'all kinds');
    assert.equal(new Set(shapes.values()).size, 6, 'a mark each');
    await closePage(view);
});

test('names that are read from right to left stay apart from what is around them', async browser => {
    const log = makeLog([
        { name: 'מערכת תשלום', start: 0, end: 100, error: 'שגיאה: אין תשובה' },
        { name: 'خطوة أولى (1)', start: 1, end: 50, records: { 'مفتاح': 'قيمة 12', plain: 'abc' } },
        { name: 'latin', start: 50, end: 90 },
    ]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const { page } = view;
    assert.deepEqual(await names(page), ['מערכת תשלום', 'خطوة أولى (1)', 'latin']);
    const place = async name => {
        const box = await row(page, name).locator('.n').boundingBox();
        return box.x;
    };
    assert.equal(await place('خطوة أولى (1)'), await place('latin'), 'siblings begin at the same place');
    const isolated = await page.$$eval('#pl-steps .n, h1 > *, #pl-timeline .tl-label', all => all.map(e => getComputedStyle(e).unicodeBidi));
    assert.ok(isolated.every(way => /isolate/.test(way)), isolated.join());
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'ltr');
    const panel = await openStep(page, 'خطوة أولى (1)');
    assert.equal(await panel.locator('.record .text').first().evaluate(e => getComputedStyle(e).direction), 'rtl', 'a text of its own has its own direction');
    await find(page, 'تشل');
    await find(page, 'אין תשובה');
    assert.deepEqual(await names(page), ['מערכת תשלום']);
    await assertFits(page, 'right to left');
    await closePage(view);
});

test('what happens is said to those who do not see it', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    assert.equal(await page.locator('#pl-found').getAttribute('role'), 'status');
    assert.equal(await page.locator('#pl-live').getAttribute('aria-live'), 'polite');
    await openStep(page, 'pay');
    assert.equal(await page.locator('#pl-live').textContent(), 'Step pay, error');
    assert.equal(await searchBox(page).getAttribute('aria-describedby'), 'pl-found');
    for (const name of ['Overview', 'Timeline', 'Steps', 'Graph']) assert.equal(await page.getByRole('region', { name, exact: true }).count(), 1, name);
    const headings = await page.$$eval('h1, h2, h3, h4', all => all.filter(h => h.checkVisibility()).map(h => Number(h.tagName[1])));
    headings.reduce((before, level) => {
        assert.ok(level <= before + 1, 'no level is left out: ' + headings.join());
        return level;
    }, 0);
    await settled(page);
    assert.equal(await stepTable(page).getByRole('row').count(), 11);
    await closePage(view);
});
