/* SPDX-License-Identifier: MIT
 *
 * Whatever a log holds stays text: nothing of it becomes markup, script, or a broken page.
 */
import assert from 'node:assert/strict';
import { closePage, exact, makeLog, makePage, openPage, test } from './harness.mjs';
import { assertFits, find, names, openStep, panelOf, part, record, tableRows } from './reader.mjs';

const HOSTILE = [
    '</script><script>alert(1)</script>',
    '<!--',
    '<!-- <script>',
    ']]>',
    '"><img src=x onerror=alert(1)>',
    '\'"`',
    '</title><svg/onload=alert(1)>',
    'a\u2028b\u2029c',
    '\u0001\u0007\u001b[31m\u007f',
    '\u202ereversed\u2066',
    '&lt;b&gt;&amp;',
    '{{name}} {{{script}}}',
    '</pre></details></li></ol></template><iframe src=//evil.example>',
    'javascript:alert(1)',
    'line\nbreak\ttab',
    '\ud83d\ude00 \u4ec0\u4e48',
    '%3Cscript%3E',
    '\\u003cscript\\u003e',
    '</style><style>*{display:none}',
    '\u0000nul',
    '\ud800 lone',
    '__proto__',
    'constructor',
    '[link](javascript:alert(1)) **bold** `code`',
];

/* what the page may show of it: control characters and lone surrogates have no faithful form in HTML */
const plain = text => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\p{Surrogate}/gu, '\ufffd');

const steps = [{ name: HOSTILE[0], start: 0, end: 500, error: HOSTILE[1] }];
HOSTILE.forEach((text, i) =>
    steps.push({
        name: text,
        key: 'k.' + text,
        id: text + i,
        start: i,
        end: i + 20,
        error: i % 2 ? text : undefined,
        records: { [text]: text, nested: { [text]: [text] } },
        result: text,
        logs: [{ level: 'info', message: text, at: i + 1 }],
        first: { location: text, kind: text, inputs: { [text]: text } },
        last: { trace: text, errorType: text, state: { [text]: text }, unknown: text, [text]: text },
    })
);
const meta = { tags: Object.fromEntries(HOSTILE.map(t => [t, t])), args: HOSTILE, host: HOSTILE[0] };
const { url, html } = makePage(makeLog(steps, { runId: HOSTILE[0], meta }), '--title', '</title><script>alert(1)</script>');

test('no string of a log opens or closes an element', async () => {
    const tags = html.match(/<script[^>]*>/g);
    assert.deepEqual(
        tags.map(tag => /id="([\w-]+)"/.exec(tag)?.[1] ?? 'code'),
        ['code', 'pl-data', 'code', 'pl-log'],
        'the line in the head, the data, the scripts, the log'
    );
    assert.equal(html.match(/<\/script/g).length, tags.length);
    assert.equal(html.match(/<style/g).length, 1);
    for (const raw of ['<!--', '<iframe', '<img', '<svg/', '</style><style', ']]>']) assert.ok(!html.includes(raw), raw);
    const block = /<script type="application\/json" id="pl-data">(.*?)<\/script>/s.exec(html)[1];
    assert.ok(!/[<>&\u2028\u2029]/.test(block));
    assert.equal(JSON.parse(block).count, steps.length);
});

test('the policy allows the page’s own scripts and style sheet, a worker of its own, and nothing else', async () => {
    const google = ' https://www.gstatic.com/charts/';
    const expected = host =>
        `default-src 'none'; script-src 'sha256-X' 'sha256-X'${host}; style-src 'sha256-X'${host}; ` +
        (host ? "style-src-attr 'unsafe-inline'; " : '') +
        "worker-src blob:; base-uri 'none'; form-action 'none'";
    const policyOf = text => /Content-Security-Policy" content="([^"]*)"/.exec(text)[1].replace(/[\w+/]{43}=/g, 'X');
    assert.equal(policyOf(html), expected(google));
    assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<style'));
    assert.equal(policyOf(makePage(makeLog(steps), '--google', 'off').html), expected(''));
});

/** No element of a hostile text came into being. */
async function assertInert(page) {
    const odd = 'iframe, img, object, embed, base, video, form, script[src*=evil], link:not([href*="gstatic.com/charts/"]), a[href^="javascript:" i], b[id], [onload], [onerror]';
    assert.equal(await page.locator(odd).count(), 0);
}

test('hostile texts are shown as they are without JavaScript', async browser => {
    const view = await openPage(browser, url, { javaScriptEnabled: false });
    const { page } = view;
    assert.equal(await page.title(), '</title><script>alert(1)</script> – failed');
    assert.equal(await page.locator('h1').textContent(), '</title><script>alert(1)</script>');
    const shown = await page.locator('.list > li summary b').allTextContents();
    assert.deepEqual(shown, steps.map(s => plain(s.name)));
    await assertInert(page);
    await closePage(view, false);
});

for (const net of ['stub', 'down']) {
    test('hostile texts are shown as they are, and found: Google ' + net, async browser => {
        const view = await openPage(browser, url, { net, viewport: { width: 1280, height: 2000 } });
        const { page } = view;
        assert.deepEqual((await tableRows(page)).map(r => plain(r.name)), steps.map(s => plain(s.name)));
        await assertInert(page);
        for (const text of HOSTILE.filter(t => !/["\n\t]|^-/.test(t))) {
            await find(page, '"' + text + '"');
            const found = (await names(page)).map(plain);
            assert.ok(found.includes(plain(text)) || /[\0-\x1f\ud800]/.test(text), JSON.stringify(text));
        }
        if (net === 'stub') {
            await page.click('#pl-other');
            await page.locator('#pl-google svg').waitFor();
            assert.deepEqual(await page.evaluate(() => window.stub.broken), []);
        }
        await closePage(view);
    });
}

test('hostile texts in the panel, every step of them', async browser => {
    const view = await openPage(browser, url, { net: 'down', viewport: { width: 1280, height: 2000 } });
    const { page } = view;
    const panel = page.locator('#pl-panel');
    for (let i = 0; i < HOSTILE.length; i++) {
        const text = HOSTILE[i];
        await page.evaluate(n => select(n, 'test'), i + 1);
        await page.waitForFunction(n => indexOf(view.selected) === n && document.querySelector('#pl-panel .panel-body .part'), i + 1);
        await part(panel, 'Result').waitFor();
        const shown = await part(panel, 'Result').locator('.text').textContent();
        if (/[\0\ud800]/.test(text.replace('\ud83d\ude00', ''))) assert.equal(JSON.parse(shown), text, 'what has no form is shown as the log writes it');
        else assert.equal(shown, text);
        await assertInert(page);
        assert.equal(await page.evaluate(() => ({}).polluted ?? Object.keys(Object.prototype).length), 0);
    }
    await closePage(view);
});

test('keys of objects that mean something to JavaScript are keys like others', async browser => {
    const value = exact('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"hasOwnProperty":3,"toString":4,"__proto__":5,"":6}');
    const log = makeLog([
        { name: 'proto', start: 0, end: 9 },
        { name: '__proto__', start: 1, end: 2, records: { value, __proto__: null, ['__proto__']: 'own', toString: 'text' }, last: { state: value } },
        { name: 'hasOwnProperty', start: 2, end: 3, last: { state: exact('{"__proto__":{"polluted":7},"valueOf":8}') } },
    ]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const { page } = view;
    const panel = await openStep(page, '__proto__');
    assert.deepEqual(
        await record(panel, 'value').locator('.json > .node > .line').evaluateAll(all => all.map(l => l.querySelector('.key').textContent)),
        ['__proto__', 'constructor', 'hasOwnProperty', 'toString', '__proto__', '""']
    );
    assert.equal(await record(panel, '__proto__').locator('.text').textContent(), 'own');
    assert.equal(await record(panel, 'toString').locator('.text').textContent(), 'text');
    const next = await openStep(page, 'hasOwnProperty');
    assert.match(await part(next, 'What changed').textContent(), /\/__proto__/);
    for (const query of ['__proto__', 'constructor', 'record:__proto__=own', 'name:hasOwnProperty', 'toString'])
        assert.equal((await find(page, query)).includes('1 of 3') || (await names(page)).length > 0, true, query);
    assert.equal(await find(page, 'constructor:x'), '0 of 3 steps', 'no field of that name');
    assert.match(await find(page, 'dur>5constructor'), /^dur wants a unit/);
    assert.equal(await page.evaluate(() => ({}).polluted), undefined);
    await closePage(view);
});

test('values shown by the script equal those in the page', async browser => {
    const values = [
        '"plain"',
        '""',
        '"a\\nb"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\u4ec0\\u4e48"',
        '0.1e-7',
        'null',
        '[]',
        '{}',
        '[[],{}]',
        '{"a":{"b":[1,{"c":2}]},"a":3}',
        '[1 , 2\t,{ "k" :"v,]}\\"" }]',
        '12345678901234567890',
        '-0',
        '"<b>"',
        '[' + '['.repeat(150) + ']'.repeat(150) + ']',
        'true',
        '"\\ufffd"',
        '"\\n starts with a break"',
    ];
    const log = makeLog([{ name: 'values', start: 0, end: 10, records: Object.fromEntries(values.map((json, i) => ['v' + i, exact(json)])) }]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const pairs = await view.page.evaluate(
        list =>
            list.map((json, i) => {
                const dt = [...document.querySelectorAll('.list dt')].find(e => e.textContent === 'v' + i);
                return [dt.nextElementSibling.textContent, displayValue(json).text];
            }),
        values
    );
    /* without script, short values stand on one line */
    const dense = text => text.replace(/\s+/g, '');
    pairs.forEach(([ours, script], i) => assert.equal(dense(script), dense(ours), values[i]));
    await closePage(view);
});

test('a value 10,000 levels deep, a number of 100,000 digits, a text of 1 MB', async browser => {
    const deep = '['.repeat(10000) + '7' + ']'.repeat(10000);
    const digits = '1' + '234567890'.repeat(11111);
    const long = 'begin ' + 'y'.repeat(1 << 20) + ' finish';
    const log = makeLog([
        { name: 'sizes', start: 0, end: 9 },
        { name: 'deep', start: 1, end: 2, records: { deep: exact(deep) }, last: { state: exact(`{"a":${deep}}`) } },
        { name: 'after', start: 2, end: 3, last: { state: exact(`{"a":${deep.replace('7', '8')}}`) } },
        { name: 'digits', start: 3, end: 4, result: exact(digits) },
        { name: 'long', start: 4, end: 5, result: long, error: long },
    ]);
    const view = await openPage(browser, makePage(log, '--google', 'off').url);
    const { page } = view;
    const panel = page.locator('#pl-panel');
    await openStep(page, 'deep');
    const value = record(panel, 'deep');
    for (let level = 0; level < 5; level++) {
        const folded = value.locator('.unfold[aria-expanded=false]');
        if (await folded.count()) await folded.first().click();
    }
    assert.ok((await value.locator('.node').count()) < 100, 'a level at a time');
    await value.getByRole('button', { name: /as it stands in the log/ }).click();
    await value.getByRole('button', { name: /^Show all/ }).click();
    assert.equal(await value.locator('.raw').textContent(), deep);
    await openStep(page, 'after');
    assert.match(await part(panel, 'What changed').textContent(), /too large or too deep to be compared here in full/);
    await openStep(page, 'digits');
    await part(panel, 'Result').getByRole('button', { name: /^Show all/ }).click();
    assert.equal(await part(panel, 'Result').locator('.text').textContent(), digits);
    await openStep(page, 'long');
    await part(panel, 'Result').getByRole('button', { name: /^Show all/ }).click();
    assert.equal(await part(panel, 'Result').locator('.text').textContent(), long);
    assert.equal(await find(page, digits.slice(50000, 50060)), '1 of 5 steps');
    assert.equal(await find(page, 'finish'), '1 of 5 steps');
    await assertFits(page, 'sizes');
    await closePage(view);
});

test('what is typed into the search is no code either', async browser => {
    const view = await openPage(browser, url, { net: 'down' });
    const { page } = view;
    for (const text of [...HOSTILE.filter(t => !/[\n\0]/.test(t)), 'x'.repeat(100000), '('.repeat(5000), '/' + '('.repeat(5000) + ')'.repeat(5000) + '/', '"'.repeat(3001), '/[\\p{L}/', 'record:="', '-', '--', '-"', ':', 'a:b:c']) {
        await find(page, text);
        await assertInert(page);
    }
    assert.ok((await page.url()).length < 2e6);
    await find(page, 'finish-nothing');
    await closePage(view);
    for (const link of ['#q=%', '#q=%E0%A4%A', '#step=__proto__', '#step=-1', '#step=1e9', '#step=<img src=x>', '#q=' + encodeURIComponent(HOSTILE[0]), '#&&==&', '#' + 'q'.repeat(10000)]) {
        const linked = await openPage(browser, url + link, { net: 'down' });
        await assertInert(linked.page);
        await closePage(linked);
    }
});

test('odd runs make whole pages', async browser => {
    const odd = [
        [[{ name: '', start: 0, end: 0 }], {}],
        [[{ name: 'alone', start: 0, end: null }], { status: null, runId: '' }],
        [
            [
                { name: 'backwards', start: 100, end: 0 },
                { name: 'x', start: 300, end: 5 },
            ],
            {},
        ],
        [Array.from({ length: 60 }, (_, i) => ({ name: 'deep' + i, parent: i - 1, start: i, end: 200 - i })), {}],
        [[{ name: 'n'.repeat(5000), start: 0, end: 5, error: 'e'.repeat(100000) }], {}],
        [[{ name: 'ages', start: 0, end: 1e12 }, { name: 'blink', start: 1, end: 1.001 }], {}],
    ];
    for (const [list, settings] of odd) {
        const view = await openPage(browser, makePage(makeLog(list, settings), '--google', 'off').url);
        const { page } = view;
        const what = list[0].name.slice(0, 20) || '(no name)';
        assert.equal((await tableRows(page))[0].name, list[0].name || '(no name)');
        assert.equal(await page.evaluate(() => data.count), list.length);
        await page.locator('#pl-steps [role=rowgroup] [role=row]').first().locator('.n').click();
        await panelOf(page, list[0].name || '(no name)');
        await page.keyboard.press('Escape');
        await assertFits(page, what);
        await closePage(view);
    }
});
