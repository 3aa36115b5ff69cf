/* SPDX-License-Identifier: MIT
 *
 * Runs beyond what a page can hold as rows: the important steps stand in it, the script builds the others.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, search, test } from './harness.mjs';

const GROUPS = 12,
    EACH = 400; /* 12 groups of 400 steps, and one failed step among the shortest */
const steps = [{ name: 'large', start: 0, end: 100000 }];
for (let g = 0; g < GROUPS; g++) {
    const parent = steps.push({ name: 'group ' + g, start: g * 1000, end: g * 1000 + 900 }) - 1;
    for (let i = 0; i < EACH; i++) {
        const length = i < 100 ? 50 + (i % 7) : 5;
        steps.push({
            name: 'item.' + i,
            key: 'k' + g + '_' + i,
            parent,
            start: g * 1000 + i,
            end: g * 1000 + i + length,
            records: { token: `needle-${g}-${i}`, big: 'BIG', text: 'über "q" \\ </script><!-- \\u003c' },
            result: i === 398 ? 7 : { a: [g, i] },
            error: g === 7 && i === 399 ? 'TimeoutError: late\nsecond line' : undefined,
        });
    }
}
const COUNT = steps.length; /* in pre-order: the place in the list is the step's index */
const place = (g, i) => 1 + g * (EACH + 1) + 1 + i;
const { url, html } = makePage(makeLog(steps).replaceAll('"BIG"', '12345678901234567890'), '--google', 'off');

const listed = page => page.locator('#list > li.step').count();

test('without JavaScript: 2,000 rows, failed and longest first, and it is said', async browser => {
    const view = await openPage(browser, url, { javaScriptEnabled: false });
    const { page } = view;
    assert.equal(await listed(page), 2000);
    assert.match(
        await page.locator('#steps .hint').textContent(),
        /^2,000 of 4,813 steps: failed and unfinished ones first, then the longest/
    );
    assert.ok(await page.locator('#s' + place(7, 399)).count(), 'the failed step is a row');
    assert.ok(await page.locator('#s' + place(3, 99)).count(), 'so is a long one');
    assert.equal(await page.locator('#list > li.step.d1').count(), GROUPS, 'and every step above a row');
    const bars = await page.$$eval('.scroll svg rect[data-step]', all => all.map(bar => bar.dataset.step));
    assert.ok(bars.length > 2000, 'timeline and graph');
    for (const step of bars) assert.ok(html.includes(`<li id="s${step}"`), `what is drawn of step ${step} has its row`);
    await closePage(view, false);
});

test('the data hold all steps, details only of those without a row', async () => {
    const data = JSON.parse(/id="pl-data">(.*?)<\/script>/s.exec(html)[1]);
    assert.equal(data.count, COUNT);
    for (const column of ['name', 'parent', 'offset', 'duration', 'self']) assert.equal(data[column].length, COUNT);
    assert.equal(data.status.length, COUNT);
    assert.equal(data.names.length, 1 + GROUPS + EACH);
    assert.equal(data.details.length, COUNT - 2000);
    assert.equal(html.match(/"big":12345678901234567890/g).length, COUNT - 2000, 'digits as in the log');
});

test('the rest is listed 200 at a time', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const before = await listed(page);
    const rest = page.locator('.rest button', { hasText: 'group 9' });
    assert.equal(await rest.textContent(), 'Show 200 of 300 more steps of group 9');
    await rest.click();
    assert.equal(await listed(page), before + 200);
    const at = await page.evaluate(() => document.activeElement.closest('li').id);
    assert.ok(at.startsWith('s'), 'focus goes to the first new row');
    const group = await page.$$eval('#list > li', rows => {
        const from = rows.findIndex(r => r.querySelector('.n')?.textContent === 'group 9');
        const to = rows.findIndex((r, i) => i > from && r.classList.contains('d1'));
        return rows
            .slice(from + 1, to)
            .filter(r => r.id)
            .map(r => Number(r.id.slice(1)));
    });
    assert.equal(group.length, 300);
    assert.deepEqual(
        group,
        [...group].sort((a, b) => a - b),
        'in tree order'
    );
    await closePage(view);
});

test('search covers all steps and shows at most 500', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const find = async text => {
        await search(page, text);
        return page.locator('#found').textContent();
    };
    assert.equal(await find('needle-11-398'), '1 of 4,813 steps matches.');
    const row = page.locator('#s' + place(11, 398));
    assert.equal(await row.locator('.hit').textContent(), 'token: needle-11-398');
    assert.equal(await find('needle-'), 'The first 500 of 4,800 matching steps.');
    assert.equal(await page.locator('#list > li.step:not(.above)').count(), 500);
    assert.equal(
        await find('über "q" \\ </script>'),
        'The first 500 of 4,800 matching steps.',
        'as written, not as escaped'
    );
    assert.equal(await find('12345678901234567890'), 'The first 500 of 4,800 matching steps.');
    assert.equal(await find('k5_77'), '1 of 4,813 steps matches.', 'by key');
    await closePage(view);
});

test('a row built by the script is like one that came with the page', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await search(page, 'needle-4-390');
    const row = page.locator('#s' + place(4, 390));
    await row.locator('summary').click();
    const facts = await row.locator('.facts').textContent();
    assert.match(
        facts,
        /Keyk4_390Started2024-05-18 02:40:04\.390 UTCEnded2024-05-18 02:40:04\.395 UTCIdid\d+Parent idid\d+/
    );
    assert.equal(
        await row
            .locator('.sec')
            .allTextContents()
            .then(t => t.join()),
        'Result,Records'
    );
    assert.equal(await row.locator('pre').first().textContent(), '{\n  "a": [\n    4,\n    390\n  ]\n}');
    assert.equal(await row.locator('pre').last().textContent(), 'über "q" \\ </script><!-- \\u003c');
    assert.equal(await row.locator('pre').nth(2).textContent(), '12345678901234567890');
    assert.equal(await row.locator('.recs').textContent(), ', records 3');
    assert.equal(await row.locator('.copy').count(), 4);
    const pairs = await page.evaluate(() =>
        [...Array(data.count).keys()]
            .filter(i => !detailLines.has(i))
            .map(i => {
                const [ours, built] = [rows[i].querySelector('summary').cloneNode(true), buildSummary(i)];
                for (const line of [ours, built]) {
                    line.removeAttribute('tabindex');
                    line.querySelectorAll('.why, .recs, .hit').forEach(e => e.remove());
                }
                return ours.outerHTML === built.outerHTML ? '' : ours.outerHTML + '\n' + built.outerHTML;
            })
            .filter(Boolean)
    );
    assert.deepEqual(pairs.slice(0, 1), []);
    await closePage(view);
});

test('a result of one byte is not lost', async browser => {
    const view = await openPage(browser, url + '#s' + place(2, 398));
    const row = view.page.locator('#s' + place(2, 398));
    await row.locator('summary').click();
    assert.equal(await row.locator('pre').first().textContent(), '7');
    await closePage(view);
});

test('expand and collapse all keep within bounds', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await page.click('#collapse');
    assert.equal(await listed(page), 1);
    await page.click('#expand');
    assert.equal(await listed(page), 4000, '2,000 more than were listed');
    await page.click('#expand');
    assert.equal(await listed(page), COUNT);
    assert.equal(await page.locator('.rest').count(), 0);
    await closePage(view);
});

test('a link to a step without a row builds the way to it', async browser => {
    const view = await openPage(browser, url + '#s' + place(9, 350));
    assert.equal(await view.page.evaluate(() => document.activeElement.closest('li').id), 's' + place(9, 350));
    await closePage(view);
});

test('payloads beyond 16 MiB are left out, counted, and said', async browser => {
    const big = [{ name: 'big', start: 0, end: 1000 }];
    for (let i = 0; i < 20; i++)
        big.push({
            name: 'part ' + i,
            start: i,
            end: i + 1,
            records: { blob: 'x'.repeat(1 << 20) },
            error: i === 19 ? 'last words' : undefined,
        });
    const page = makePage(makeLog(big), '--google', 'off');
    assert.ok(page.html.length < 19e6, page.html.length + ' bytes');
    const view = await openPage(browser, page.url);
    assert.match(
        await view.page.locator('.notes').textContent(),
        /5\.2 MB of records, results and errors, of 5 steps, are not in the list of steps for readers without script, which holds at most 17 MB of them/
    );
    assert.match(await view.page.locator('#s20 .why').textContent(), /last words/, 'errors come first');
    await view.page.click('#s20 summary');
    assert.match(await view.page.locator('#s20 .facts').textContent(), /Left out1 MB/);
    assert.equal(
        await view.page
            .locator('#s1 pre')
            .first()
            .evaluate(p => p.textContent.length),
        1 << 20
    );
    await closePage(view);
});
