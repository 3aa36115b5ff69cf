/* SPDX-License-Identifier: MIT
 *
 * The search: each word of its language, what it says of mistakes, texts of payloads as the reader sees them, help.
 */
import assert from 'node:assert/strict';
import { closePage, exact, makeLog, makePage, openPage, test } from './harness.mjs';
import { CHECKOUT_LOG } from './logs.mjs';
import { find, names, said, searchBox, tableRows } from './reader.mjs';

const { url } = makePage(CHECKOUT_LOG, '--google', 'off');
const ALL = ['checkout', 'cache', 'load cart', 'price', 'tax.vat', 'discount', 'pay', 'notify', 'retry', 'audit'];
const but = (...gone) => ALL.filter(name => !gone.includes(name));

/* What is typed, and whom it finds. */
const QUERIES = [
    ['DISCOUNT', ['discount']],
    ['cart load', ['load cart']],
    ['"load cart"', ['load cart']],
    ['"cart load"', []],
    ['zürich CAFÉ', ['load cart']],
    ['\u{1f600}', ['discount']],
    ['12345678901234567890', ['load cart']],
    ['from the bank', ['pay']],
    ['k4', ['discount']],
    ['-key:k0', []],
    ['items -cart', ['discount']],
    ['-status:ok', but('load cart', 'price', 'tax.vat', 'discount')],
    ['name:pay', ['pay']],
    ['name:bank', []],
    ['key:k0.k3', ['tax.vat']],
    ['key:k2', ['price']],
    ['error:refused', ['checkout']],
    ['error:items', []],
    ['error:bank.js', ['pay']],
    ['record:note', ['load cart', 'discount']],
    ['record:items=4', ['discount']],
    ['record:items=', ['load cart', 'discount']],
    ['record:note=/z.rich/', ['load cart']],
    ['record:bank', []],
    ['log:attempt', ['pay']],
    ['log:504', ['pay']],
    ['log:rich', []],
    ['status:error', ['checkout', 'pay']],
    ['status:FAILED,unfinished', ['checkout', 'pay', 'notify']],
    ['status:skipped', ['audit']],
    ['status:retried,cached', ['cache', 'retry']],
    ['dur>500ms', ['checkout', 'pay', 'notify']],
    ['dur>=1.39s', ['checkout', 'pay']],
    ['dur<3ms', ['cache']],
    ['duration<=4000us', ['cache', 'audit']],
    ['self>1s', ['pay']],
    ['start>=1500ms', ['retry', 'audit']],
    ['start<0.05m dur<1h', ALL],
    ['records>1', ['load cart', 'discount']],
    ['records:4', ['load cart']],
    ['depth:2', ['tax.vat', 'discount']],
    ['depth:0', ['checkout']],
    ['tokens>0', []],
    ['level:error', ['pay']],
    ['level:critical', []],
    ['is:slow', ['pay']],
    ['-is:slow status:error', ['checkout']],
    ['/^pa/', ['pay']],
    ['/p(ay|rice)$/', ['price', 'pay']],
    ['/ITEMS/i', ['load cart', 'discount']],
    ['name:/^.{5}$/', ['cache', 'price', 'retry', 'audit']],
    ['-/a/ status:ok', ['price']],
    ['error:/time.*bank/', ['pay']],
    ['log:/10\\.0\\.0\\.\\d/', ['pay']],
    ['"-status:ok"', []],
    ['.*', []],
    ['nothing like it', []],
    ['   ', ALL],
];

test('every word of the language finds what it says', async browser => {
    const view = await openPage(browser, url);
    for (const [query, expected] of QUERIES) {
        const answer = await find(view.page, query);
        assert.deepEqual(await names(view.page), expected, query);
        if (query.trim()) assert.equal(answer.replace(/ · the slowest tenth: .*/, ''), `${expected.length} of 10 steps`, query);
        else assert.equal(answer, '', 'nothing to say without a query');
    }
    await closePage(view);
});

/* What is typed, and what is said about it. */
const MISTAKES = [
    ['"open', /^A closing " is missing\.$/],
    ['status:bad', /^“bad” is no status: ok, error, running, unfinished, skipped, cached, retried\.$/],
    ['level:loud', /^“loud” is no log level: trace, debug/],
    ['dur>fast', /^dur wants a time, such as dur>500ms\.$/],
    ['dur>5', /^dur wants a unit: us, ms, s, m, h or d, as in dur>5ms\.$/],
    ['dur>5parsecs', /^dur wants a unit/],
    ['records>5ms', /^records is a number without a unit: records>5\.$/],
    ['depth:deep', /^depth wants a number, such as depth>3\.$/],
    ['is:fast', /^is: knows is:slow only\.$/],
    ['name:', /^name: wants a text behind it, such as name:load\.$/],
    ['/(/', /^\/\(\/ is no regular expression: /],
    ['name:/[/', /is no regular expression/],
];

test('a mistake is said in plain words, and the rows stay as they were', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    await find(page, 'name:price');
    for (const [query, expected] of MISTAKES) {
        assert.match(await find(page, query), expected, query);
        assert.equal(await searchBox(page).getAttribute('aria-invalid'), 'true', query);
        assert.deepEqual(await names(page), ['price'], query);
    }
    assert.equal(await find(page, 'pay'), '2 of 10 steps');
    assert.equal(await searchBox(page).getAttribute('aria-invalid'), 'false');
    await page.keyboard.press('Escape');
    assert.equal(await searchBox(page).inputValue(), '');
    assert.deepEqual(await names(page), ALL);
    await closePage(view);
});

test('where it was found is shown and marked', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const secondOf = async name => {
        await page.waitForFunction(
            n => [...document.querySelectorAll('#pl-steps [role=row]')].some(r => r.querySelector('.n')?.textContent === n && r.querySelector('.hit mark')),
            name
        );
        return (await tableRows(page)).find(r => r.name === name).second;
    };
    await find(page, 'attempt');
    assert.match(await secondOf('pay'), /^log.*attempt one/);
    assert.deepEqual(await page.locator('#pl-steps mark').allTextContents(), ['attempt']);
    await find(page, 'zürich');
    assert.match(await secondOf('load cart'), /Zürich café/);
    await find(page, 'name:pri');
    assert.deepEqual(await page.locator('#pl-steps mark').allTextContents(), ['pri']);
    await find(page, '');
    assert.equal(await page.locator('#pl-steps mark').count(), 0);
    await closePage(view);
});

test('texts are found as the reader sees them, however the log writes them', async browser => {
    const texts = {
        escaped: exact('"\\u0047r\\u00fc\\u00dfe \\u4ec0\\u4e48"'),
        surrogate: exact('"\\ud83d\\ude00 smile"'),
        quotes: exact('"say \\"aye\\" and C:\\\\data\\\\in"'),
        slash: exact('"https:\\/\\/example.org\\/a"'),
        markup: '</script><b>bold</b>',
        nested: exact('{"deep":[{"deeper":"tr\\u00e9sor"}]}'),
        number: exact('1.2300000000000000000e-7'),
        upper: 'ÄÖÜ ŒUVRE',
    };
    const steps = [{ name: 'texts', start: 0, end: 10 }];
    for (const [name, text] of Object.entries(texts)) steps.push({ name, start: 1, end: 2, records: { value: text } });
    const view = await openPage(browser, makePage(makeLog(steps), '--google', 'off').url);
    const { page } = view;
    const searches = [
        ['Grüße', 'escaped'],
        ['什么', 'escaped'],
        ['\u{1f600}', 'surrogate'],
        ['"say "', 'quotes'],
        ['C:\\data\\in', 'quotes'],
        ['https://example.org/a', 'slash'],
        ['</script><b>', 'markup'],
        ['trésor', 'nested'],
        ['1.2300000000000000000e-7', 'number'],
        ['äöü œuvre', 'upper'],
    ];
    for (const [query, name] of searches) {
        await find(page, query);
        assert.deepEqual(await names(page), [name], query);
    }
    await find(page, 'u00fc');
    assert.deepEqual(await names(page), [], 'not as it is escaped');
    await closePage(view);
});

test('expressions that would run for ever are stopped and said, and the page goes on', async browser => {
    const bomb = makeLog([
        { name: 'x', start: 0, end: 10 },
        { name: 'a'.repeat(60) + '!', start: 1, end: 2, records: { t: 'a'.repeat(5000) + '!' } },
    ]);
    const view = await openPage(browser, makePage(bomb, '--google', 'off').url);
    const { page } = view;
    for (const query of ['/^(a+)+$/', '/^(a|aa)+$/', 'record:/(.*a){25}b/']) {
        assert.match(await find(page, query), /This expression takes too long and was stopped/, query);
        assert.equal(await find(page, 'name:x'), '1 of 2 steps', 'the next search answers');
    }
    await closePage(view);
});

test('an expression that is being typed does not hold up the next search', async browser => {
    const bomb = makeLog([{ name: 'x', start: 0, end: 10, records: { t: 'a'.repeat(5000) + '!' } }]);
    const view = await openPage(browser, makePage(bomb, '--google', 'off').url);
    const { page } = view;
    await searchBox(page).fill('/^(a+)+$/');
    await page.waitForFunction(() => view.query === '/^(a+)+$/');
    assert.equal(await find(page, 'x'), '1 of 1 step');
    await closePage(view);
});

test('help lists the language; its examples can be taken', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const help = page.locator('#pl-help');
    assert.equal(await help.isVisible(), false);
    await page.getByRole('button', { name: 'How to search' }).click();
    assert.ok(await help.isVisible());
    const examples = await help.getByRole('button').allTextContents();
    assert.ok(examples.length > 12);
    await help.getByRole('button', { name: 'Search for status:error,unfinished' }).click();
    assert.equal(await help.isVisible(), false);
    assert.deepEqual(await names(page), ['checkout', 'pay', 'notify']);
    for (const example of examples) {
        await find(page, example);
        assert.equal(await searchBox(page).getAttribute('aria-invalid'), 'false', example + ' is right: ' + (await said(page)));
    }
    await page.getByRole('button', { name: 'How to search' }).click();
    await page.keyboard.press('Escape');
    assert.equal(await help.isVisible(), false, 'Escape closes the help');
    await closePage(view);
});

test('an expression for the record of a key does not hold up the page, and looks in that record only', async browser => {
    const records = { k: 'a'.repeat(5000) + '!', other: 'x1' };
    const bomb = makeLog([
        { name: 'x', start: 0, end: 10, records },
        { name: 'y', parent: 0, start: 0, end: 9, records: { k: 'x1', other: '-' } },
    ]);
    const view = await openPage(browser, makePage(bomb, '--google', 'off').url);
    const { page } = view;
    assert.equal(await find(page, 'record:k=/x\\d/'), '1 of 2 steps');
    assert.deepEqual(await names(page), ['y']);
    assert.match(await find(page, 'record:k=/(a+)+$/'), /takes too long and was stopped/);
    await closePage(view);
});

test('the switches know every way to ask for a status', async browser => {
    const view = await openPage(browser, url);
    const { page } = view;
    const chip = page.locator('.chip.is-error');
    await find(page, 'status:failed');
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
    await find(page, 'name:/a status:b/ pay');
    assert.equal(await chip.getAttribute('aria-pressed'), 'false');
    await chip.click();
    assert.equal(await searchBox(page).inputValue(), 'name:/a status:b/ pay status:error');
    await closePage(view);
});
