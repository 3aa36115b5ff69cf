/* SPDX-License-Identifier: MIT
 *
 * The parts of the page's script that need no page: the language of the search, and what changed between two states.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';

const templates = new URL('../templates/', import.meta.url);
const read = name => readFileSync(new URL(name, templates), 'utf8');
const lists = `const STATUS = ['ok', 'error', 'running', 'unfinished', 'skipped', 'cached', 'retried'];
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];`;
const { parseQuery, queriedStatuses, replaceField, quoteWord, compareStates } = runInThisContext(
    `(() => {${[lists, read('format.js'), read('query.js'), read('changes.js')].join('\n')}
    return { parseQuery, queriedStatuses, replaceField, quoteWord, compareStates }; })()`
);

/** The one term of a query, as far as `keys` tell. */
function term(text, ...keys) {
    const [only, second] = parseQuery(text);
    assert.equal(second, undefined, text);
    return keys.map(key => only[key]);
}

assert.deepEqual(parseQuery('  ').length, 0);
assert.deepEqual(term('Load', 'field', 'word', 'not'), ['any', 'load', false]);
assert.deepEqual(term('-"Two  words"', 'word', 'not'), ['two  words', true]);
assert.deepEqual(
    parseQuery('a - b').map(t => t.word),
    ['a', '-', 'b']
);
assert.deepEqual(term('name:"a b"', 'field', 'word'), ['name', 'a b']);
assert.deepEqual(term('record:Rows=12', 'recordKey', 'word'), ['rows', '12']);
assert.deepEqual(term('record:rows', 'recordKey', 'word'), ['', 'rows']);
assert.deepEqual(term('/time(out|d out)/i', 'source', 'word'), ['time(out|d out)', '']);
assert.deepEqual(term('error:/a b/', 'field', 'source'), ['error', 'a b']);
assert.deepEqual(term('/usr/bin', 'word', 'source'), ['/usr/bin', '']);
assert.deepEqual(term('s3://bucket', 'field', 'word'), ['any', 's3://bucket']);
assert.deepEqual(term('http:x', 'field', 'word'), ['any', 'http:x']);
assert.deepEqual(term('dur>500ms', 'kind', 'field', 'op', 'value'), ['number', 'duration', '>', 500000]);
assert.deepEqual(term('self>=1.5m', 'op', 'value'), ['>=', 90e6]);
assert.deepEqual(term('start:<2s', 'field', 'op', 'value'), ['offset', '<', 2e6]);
assert.deepEqual(term('tokens>1,000', 'value'), [1000]);
assert.deepEqual(term('depth:2', 'op', 'value'), ['=', 2]);
assert.deepEqual(term('-status:ok,failed', 'kind', 'value', 'not'), ['status', 3, true]);
assert.deepEqual(term('level:warn', 'value'), [0b111000]);
assert.deepEqual(term('is:slow', 'kind'), ['slow']);
for (const [text, why] of [
    ['"open', /closing "/],
    ['dur>5', /unit/],
    ['dur>fast', /wants a time/],
    ['tokens>5s', /without a unit/],
    ['status:fine', /no status: ok/],
    ['level:loud', /no log level/],
    ['/(/', /no regular expression/],
    ['name:', /wants a text/],
    ['is:quick', /is:slow only/],
])
    assert.throws(() => parseQuery(text), why, text);

assert.equal(replaceField('load status:ok "a b" /x y/', 'status', 'status:error'), 'load "a b" /x y/ status:error');
assert.equal(replaceField('status:ok', 'status', ''), '');
assert.equal(
    replaceField('name:/a status:b/ x -status:ok Status=ok', 'status', 'status:error'),
    'name:/a status:b/ x -status:ok status:error'
);
assert.equal(replaceField('status:ok dur>x "open status:ok', 'status', ''), 'dur>x "open status:ok');
assert.equal(replaceField('status is:slow', 'is', ''), 'status');
for (const [text, bits] of [
    ['status:failed x', 0b10],
    ['x STATUS="ok,error"', 0b11],
    ['name:/a status:ok b/', 0],
    ['"a status:ok"', 0],
    ['-status:ok', 0],
    ['status:fine', 0],
    ['', 0],
])
    assert.equal(queriedStatuses(text), bits, text);
assert.deepEqual(['a', 'a b', '-a', 'say "a"', ''].map(quoteWord), ['a', '"a b"', '"-a"', '"say  a "', '""']);
for (const name of ['a b', '-a', '/a/']) assert.equal(term('name:' + quoteWord(name), 'word')[0], name);

const changes = (before, after) => compareStates(before, after).changes.map(c => [c.pointer, c.before, c.after]);
assert.deepEqual(changes('{"a":1,"b":[1,2]}', '{"a":1,"b":[1,2]}'), []);
assert.deepEqual(changes('{"a":90071992547409931}', '{"a":90071992547409932}'), [
    ['/a', '90071992547409931', '90071992547409932'],
]);
assert.deepEqual(changes('{"a":1}', '{"b":2}'), [
    ['/a', '1', null],
    ['/b', null, '2'],
]);
assert.deepEqual(changes('{"l":[1,{"x/y":1}]}', '{"l":[1,{"x/y":2},3]}'), [
    ['/l/2', null, '3'],
    ['/l/1/x~1y', '1', '2'],
]);
assert.deepEqual(changes('{"a":{}}', '{"a":[]}'), [['/a', '{}', '[]']]);
assert.deepEqual(changes('1', '2'), [['', '1', '2']]);
const many = '{' + Array.from({ length: 500 }, (_, n) => `"k${n}":1`).join() + '}';
assert.equal(compareStates(many, '{}').whole, false);
