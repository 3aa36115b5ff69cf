/* SPDX-License-Identifier: MIT
 *
 * Runs that the tests make pages of: a shop's checkout, in which everything a page can show occurs once, and a loop of
 * an agent with a state.
 */
import { exact, makeLog } from './harness.mjs';

/* Index and position are the place in the list. */
export const CHECKOUT = [
    { name: 'checkout', start: 0, end: 2000, error: 'Error: payment refused', records: { customer: 'c-17' } },
    {
        name: 'load cart',
        start: 5,
        end: 120,
        records: {
            items: 3,
            note: 'Zürich café',
            order: exact('{"id":12345678901234567890,"price":1.10,"list":[1,{"a/b~c":"deep"}],"id":7}'),
            lines: 'first line\nsecond "line"\ttab',
        },
        result: exact('[1,2,12345678901234567890]'),
    },
    { name: 'price', start: 120, end: 600, last: { inputs: { currency: 'CHF' } } },
    { name: 'tax.vat', parent: 2, start: 130, end: 300, records: { rate: 0.077 } },
    { name: 'discount', parent: 2, start: 300, end: 580, records: { items: 4, note: 'naïve \u{1f600} text' } },
    {
        name: 'pay',
        start: 600,
        end: 1990,
        error: 'TimeoutError: no answer from the bank\n    at pay (pay.js:12)',
        last: { errorType: 'TimeoutError', trace: 'pay.js:12\nbank.js:7', location: 'pay.js:12' },
        logs: [
            { level: 'debug', message: 'connecting to 10.0.0.1', at: 610 },
            { level: 'info', message: 'attempt one', at: 700 },
            { level: 'warn', message: 'slow answer', at: 900 },
            { level: 'error', message: { code: 504, host: 'bank' }, at: 1980 },
        ],
    },
    { name: 'notify', start: 1000, end: null },
    { name: 'audit', start: 1995, end: 1999, last: { status: 'skipped' } },
    { name: 'cache', start: 2, end: 4, last: { status: 'cached' } },
    { name: 'retry', start: 1500, end: 1600, last: { status: 'retried' } },
];
export const CHECKOUT_NAMES = CHECKOUT.map(s => s.name);
export const CHECKOUT_LOG = makeLog(CHECKOUT, {
    meta: { tags: { team: 'shop', env: 'test' }, args: { dryRun: false } },
});

/** A loop of actions, each with the state that it left. */
export const COUNTER = [
    { name: 'counting', start: 0, end: 100 },
    { name: 'counter', start: 1, end: 10, last: { kind: 'action', state: { counter: 1, seen: ['a'], gone: true } } },
    {
        name: 'counter',
        start: 11,
        end: 20,
        last: { kind: 'action', state: { counter: 2, seen: ['a', 'b'], 'new/key': exact('90071992547409931') } },
    },
    { name: 'result', start: 21, end: 30, last: { kind: 'action', state: { counter: 2, seen: ['a', 'b'], 'new/key': exact('90071992547409931') } } },
];
export const COUNTER_LOG = makeLog(COUNTER, {
    meta: {
        graph: {
            entrypoint: 'counter',
            actions: [{ name: 'counter' }, { name: 'result' }, { name: 'never' }],
            transitions: [
                { from_: 'counter', to: 'counter', condition: 'counter < 2' },
                { from_: 'counter', to: 'result', condition: 'default' },
                { from_: 'result', to: 'never', condition: 'default' },
            ],
        },
    },
});
