/* SPDX-License-Identifier: MIT
 *
 * Overview, statistics, language models, notes: their links and buttons, and that they are complete without script.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closePage, makeLog, makePage, openPage, test } from './harness.mjs';

const ANSWER = '## Keys\n\n1. Make **one**.\n2. Use it.\n\n[more](https://example.org/)';
const STEPS = [
    { name: 'answer', start: 0, end: 2000 },
    { name: 'ask', start: 0, end: 900, records: { __LLM_RESPONSE_1: { model: 'reed', choices: [{ message: { role: 'assistant', content: ANSWER } }], usage: { prompt_tokens: 7, completion_tokens: 5 } } } },
    { name: 'check', start: 900, end: 2000 },
    { name: 'rule "a" b', parent: 2, start: 950, end: 1000 },
    { name: 'page 1', parent: 2, start: 1000, end: 1100, error: 'TypeError: no <b>page</b>' },
    { name: 'page 2', parent: 2, start: 1100, end: 1300 },
    { name: 'page 3', parent: 2, start: 1300, end: 1700 },
    { name: 'page 44', parent: 2, start: 1700, end: 1990 },
];
const folder = mkdtempSync(join(tmpdir(), 'pipelens-notes-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'notes.md'), '# Why\n\nA <b>note</b> on *this*.\n');
const { url } = makePage(makeLog(STEPS), '--google', 'off', '--notes', join(folder, 'notes.md'));

/* the page's policy forbids Playwright's own way of waiting for an expression */
const until = async (page, expression) => {
    for (let i = 0; i < 250; i++, await page.waitForTimeout(20)) if (await page.evaluate(expression)) return;
    assert.fail('never true: ' + expression);
};
const names = page => page.$$eval('#pl-stats tbody th', list => list.map(e => e.querySelector('bdi').textContent));

test('overview, statistics, models and notes are complete without script', async browser => {
    const view = await openPage(browser, url, { javaScriptEnabled: false });
    const { page } = view;
    assert.ok(await page.getByText('TypeError: no <b>page</b>').first().isVisible());
    assert.equal(await page.locator('#summary .half').count(), 2);
    assert.deepEqual(await names(page), ['check', 'page *', 'ask', 'rule "a" b']);
    assert.equal(await page.locator('#pl-stats button').count(), 0);
    assert.ok(await page.locator('#llm .md strong', { hasText: 'one' }).isVisible());
    assert.equal(await page.locator('#llm .md a').getAttribute('rel'), 'noreferrer');
    assert.equal(await page.locator('#notes .md').innerText(), 'Why\n\nA <b>note</b> on this.');
    await page.locator('#llm .source summary').click();
    assert.ok(await page.locator('#llm .source pre').isVisible());
    assert.equal(await page.locator('#llm .md').isVisible(), false);
    await page.locator('#summary .failed a').first().click();
    assert.ok(await page.locator('#s4').evaluate(e => e === document.querySelector(':target')));
    await closePage(view, false);
});

test('a link to a step selects it', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await page.locator('#summary .failed a', { hasText: 'page 1' }).first().click();
    assert.equal(await page.evaluate('view.selected'), 4);
    await page.locator('#llm a', { hasText: 'ask' }).first().click();
    assert.equal(await page.evaluate('view.selected'), 1);
    await closePage(view);
});

test('a heading of the statistics sorts them, by keyboard too', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const head = page.locator('#pl-stats thead th');
    assert.equal(await head.nth(3).getAttribute('aria-sort'), 'descending');
    await head.nth(0).getByRole('button').click();
    assert.deepEqual(await names(page), ['ask', 'check', 'page *', 'rule "a" b']);
    assert.equal(await head.nth(0).getAttribute('aria-sort'), 'ascending');
    assert.equal(await head.nth(3).getAttribute('aria-sort'), null);
    await head.nth(1).getByRole('button').focus();
    await page.keyboard.press('Enter');
    assert.equal((await names(page))[0], 'page *');
    await page.keyboard.press('Enter');
    assert.equal((await names(page))[3], 'page *');
    assert.equal(await head.nth(1).getAttribute('aria-sort'), 'ascending');
    await closePage(view);
});

test('a name of the statistics searches for it', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const found = async name => {
        await page.locator('#pl-stats tbody').getByRole('button', { name, exact: true }).click();
        await until(page, 'view.matches !== null');
        const positions = await page.evaluate('[...view.matches].flatMap((match, i) => (match ? [i] : []))');
        await page.evaluate('setQuery("")');
        await until(page, 'view.matches === null');
        return positions;
    };
    assert.deepEqual(await found('ask'), [1]);
    assert.deepEqual(await found('page * 4 names'), [4, 5, 6, 7]);
    assert.deepEqual(await found('rule "a" b'), [3]);
    await closePage(view);
});

test('a name that holds a star beside its numbers is found from the statistics', async browser => {
    const steps = [{ name: 'run', start: 0, end: 100 }];
    for (let i = 1; i < 5; i++) steps.push({ name: `glob *.c ${i}`, start: i, end: i + 1 });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url);
    await view.page.locator('#pl-stats tbody').getByRole('button', { name: /^glob/ }).click();
    await until(view.page, 'view.matches !== null');
    assert.equal(await view.page.evaluate('view.total'), 4);
    await closePage(view);
});

test('of a run of many small steps the overview lists names, which lead to a search', async browser => {
    const steps = [{ name: 'run', start: 0, end: 3000 }];
    for (let i = 0; i < 300; i++) steps.push({ name: i % 3 ? 'a + b' : 'rare', start: i * 10, end: i * 10 + 10 });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url);
    const { page } = view;
    const rows = page.locator('#summary .half').last().locator('tbody tr');
    assert.deepEqual(await rows.allTextContents(), ['a + b ×2002.00 s66.7 %', 'rare ×1001.00 s33.3 %']);
    await rows.first().getByRole('link').click();
    await until(page, 'view.matches !== null');
    assert.equal(await page.evaluate('view.total'), 200);
    await closePage(view);
});
