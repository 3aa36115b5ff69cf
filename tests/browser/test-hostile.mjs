/* SPDX-License-Identifier: MIT
 *
 * Whatever a log holds stays text: nothing of it becomes markup, script, or a broken page.
 */
import assert from 'node:assert/strict';
import { closePage, makeLog, makePage, openPage, search, test } from './harness.mjs';

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
    '\u202ereversed',
    '&lt;b&gt;&amp;',
    '{{name}} {{script}}',
    '</pre></details></li><iframe src=//evil.example>',
    'javascript:alert(1)',
    'line\nbreak\ttab',
    '\ud83d\ude00 \u4ec0\u4e48',
    '%3Cscript%3E',
    '\\u003cscript\\u003e',
    '</style><style>*{display:none}',
    '\u0000nul',
    '\ud800 lone',
];

/* what the page may show of it: control characters, lone surrogates and line ends have no faithful form in HTML */
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
    })
);
const { url, html } = makePage(makeLog(steps, { runId: HOSTILE[0] }), '--title', '</title><script>alert(1)</script>');

test('no string of a log opens or closes an element', async () => {
    assert.equal((html.match(/<script/g) || []).length, 3, 'the data block, the script and the log');
    assert.equal((html.match(/<\/script/g) || []).length, 3);
    assert.equal((html.match(/<style/g) || []).length, 1);
    for (const raw of ['<!--', '<iframe', '<img', '<svg/', '</style><style', ']]>'])
        assert.ok(!html.includes(raw), raw);
    const block = /<script type="application\/json" id="pl-data">(.*?)<\/script>/s.exec(html)[1];
    assert.ok(!/[<>&\u2028\u2029]/.test(block));
    assert.equal(JSON.parse(block).count, steps.length);
});

test('the policy allows the one script and the one style sheet', async () => {
    const google = ' https://www.gstatic.com/charts/';
    const expected = host =>
        `default-src 'none'; script-src 'sha256-X'${host}; style-src 'sha256-X'${host}; ` +
        (host ? "style-src-attr 'unsafe-inline'; " : '') +
        "base-uri 'none'; form-action 'none'";
    const policyOf = text => /Content-Security-Policy" content="([^"]*)"/.exec(text)[1].replace(/[\w+/]{43}=/g, 'X');
    assert.equal(policyOf(html), expected(google));
    assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<style'));
    assert.equal(policyOf(makePage(makeLog(steps), '--google', 'off').html), expected(''));
});

for (const settings of [{ net: 'stub' }, { net: 'down' }, { javaScriptEnabled: false }]) {
    test('hostile texts are shown as they are: ' + JSON.stringify(settings), async browser => {
        const view = await openPage(browser, url, settings);
        const { page } = view;
        assert.equal(await page.title(), '</title><script>alert(1)</script> – failed');
        assert.equal(await page.locator('h1').textContent(), '</title><script>alert(1)</script>');
        const names = await page.$$eval('#list > li .n', list => list.map(n => n.textContent));
        assert.deepEqual(
            names,
            steps.map(s => plain(s.name))
        );
        assert.equal(
            await page
                .locator(
                    'iframe, img, script[src*=evil], object, embed, base, link:not([href*="gstatic.com/charts/"])'
                )
                .count(),
            0
        );
        assert.equal((await page.evaluate(() => document.scripts.length)) >= 2, true);
        const markup = await page.$$eval(
            '#list pre > *, #list .n > *, #list dd > :not(pre, button), #summary script',
            list => list.map(e => e.outerHTML)
        );
        assert.deepEqual(markup, []);
        if (settings.net === 'stub') {
            await page.waitForFunction(() => document.getElementById('pl-google').classList.contains('shown'));
            assert.deepEqual(await page.evaluate(() => window.stub.broken), []);
        }
        await closePage(view, settings.javaScriptEnabled !== false);
    });
}

test('hostile texts are found and copied', async browser => {
    const view = await openPage(browser, url, { net: 'down' });
    const { page } = view;
    for (const text of HOSTILE.filter(t => plain(t) === t && !/[\n\t]/.test(t))) {
        await search(page, text);
        const found = await page.$$eval('#list > li.step:not(.above) .n', list => list.map(n => n.textContent));
        assert.ok(found.includes(text), text);
    }
    await search(page, '');
    await page.click('#unfold');
    const copies = await page.locator('#list .copy').count();
    assert.ok(copies > 3 * HOSTILE.length);
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
    const log = makeLog([
        {
            name: 'values',
            start: 0,
            end: 10,
            records: Object.fromEntries(values.map((_, i) => ['v' + i, 'VALUE' + i])),
        },
    ]);
    const page = makePage(
        log.replace(/"VALUE(\d+)"/g, (_, i) => values[i]),
        '--google',
        'off'
    );
    const view = await openPage(browser, page.url);
    const pairs = await view.page.evaluate(
        list =>
            list.map((json, i) => {
                const dt = [...document.querySelectorAll('dt')].find(e => e.textContent === 'v' + i),
                    pre = dt.nextSibling.querySelector('pre');
                const { text, isText } = displayValue(json);
                return [
                    [pre.textContent, pre.className],
                    [text, isText ? 'text' : ''],
                ];
            }),
        values
    );
    pairs.forEach(([ours, script], i) => assert.deepEqual(script, ours, values[i]));
    await closePage(view);
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
    ];
    for (const [list, settings] of odd) {
        const view = await openPage(browser, makePage(makeLog(list, settings), '--google', 'off').url);
        assert.equal(await view.page.locator('#list > li.step').count(), list.length);
        await view.page.click('#unfold');
        assert.ok(
            await view.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            list[0].name.slice(0, 20)
        );
        await closePage(view);
    }
});
