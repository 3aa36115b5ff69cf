/* SPDX-License-Identifier: MIT
 *
 * What the page's data say about the run: arrays by position, the visible steps in pre-order.
 */

/**
 * @typedef {Object} RunData see html_data.c
 * @property {number} count
 * @property {number} unit
 * @property {[number, number]|null} start
 * @property {number} tick
 * @property {number} span
 * @property {string[]} names
 * @property {number[]} name
 * @property {number[]} [id]
 * @property {number[]} parent
 * @property {string} status
 * @property {'failed'|'running'|'unfinished'} [root]
 * @property {(number|null)[]} offset
 * @property {(number|null)[]} duration
 * @property {(number|null)[]} self
 * @property {number[]} records
 * @property {Object<string, string>} tails
 * @property {Object<string, string>} keys
 * @property {Object<string, string>} errors
 * @property {Object<string, number>} levels
 * @property {Object<string, number>} tokens
 * @property {number[]} critical
 * @property {{max: number, mean: number, idle: number, bins: number[]}|null} running
 * @property {string[]} labels
 * @property {number[]} items
 * @property {Object<string, number>} cut
 * @property {Object<string, [string, string][]>} facts
 * @property {{only: boolean, rows: [string, string, number, number][]}} [google]
 */

/** @type {RunData} */
const data = JSON.parse(document.getElementById('pl-data').textContent);
document.getElementById('pl-data').remove(); /* its text is the largest thing in memory */
/* ticks become microseconds */
for (const times of [data.offset, data.duration, data.self])
    for (let i = 0; data.tick > 1 && i < data.count; i++) if (times[i] !== null) times[i] *= data.tick;

/** The critical path: position of a step, and from when to when it is on it. @type {[number, number, number][]} */
const critical = [];
for (let n = 0, from = 0; n < data.critical.length; n += 2) {
    const to = data.critical[n + 1] * data.tick;
    critical.push([data.critical[n], from, to]);
    from = to;
}

const STATUS = ['ok', 'error', 'running', 'unfinished', 'skipped', 'cached', 'retried'];
/** What needs a look first. */
const STATUS_ORDER = ['error', 'unfinished', 'running', 'retried', 'skipped', 'cached', 'ok'];
const NO_NAME = '(no name)';
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

/** Visible ancestors of each step, and steps in its subtree, itself included. */
const depth = new Uint32Array(data.count);
const subtree = new Uint32Array(data.count).fill(1);
for (let i = 0; i < data.count; i++) depth[i] = data.parent[i] < 0 ? 0 : depth[data.parent[i]] + 1;
for (let i = data.count - 1; i > 0; i--) if (data.parent[i] >= 0) subtree[data.parent[i]] += subtree[i];

/** Positions by step index, where some steps are hidden. */
const positions = data.id ? new Map(data.id.map((id, i) => [id, i])) : null;

/** @param {number} i position @returns {number} the step's index, as in ids and in the drawings */
function indexOf(i) {
    return data.id ? data.id[i] : i;
}

/** @param {number} index @returns {number} position, -1 for a step that is not here */
function positionOf(index) {
    if (positions) return positions.has(index) ? positions.get(index) : -1;
    return index < data.count ? index : -1;
}

/** Positions by id of the log, once somebody has asked for one. @type {Map<string, number>|null} */
let positionsById = null;

/** The step with an id of the log, the first of several, -1 for none. @param {string} id */
function stepWithId(id) {
    if (!positionsById) {
        positionsById = new Map();
        for (const i in data.facts)
            for (const [label, text] of data.facts[i])
                if (label === 'Id' && !positionsById.has(text)) positionsById.set(text, Number(i));
    }
    return positionsById.get(id) ?? -1;
}

/** @param {number} i @returns {string} */
function nameOf(i) {
    return data.names[data.name[i]];
}

/** As wording_name() of the C program says it. @param {string} name @returns {string} */
function wordedName(name) {
    return /[^ \t\n\r\f\v]/.test(name) ? name : NO_NAME;
}

/** @param {number} i @returns {string} */
function shownName(i) {
    return wordedName(nameOf(i));
}

/** @param {number} i @returns {string} "ok", "error" … */
function statusOf(i) {
    return STATUS[Number(data.status[i])];
}

/** Is it the root of a run whose status tells more than the root's own? @param {number} i */
function isToldByRun(i) {
    return data.root !== undefined && indexOf(i) === 0;
}

/** The status that a step's mark and colour show. @param {number} i @returns {string} one of STATUS */
function shownStatus(i) {
    if (!isToldByRun(i)) return statusOf(i);
    return data.root === 'failed' ? 'error' : data.root;
}

/** The word for it: of the run what stands at the top of the page. @param {number} i */
function statusWord(i) {
    return isToldByRun(i) ? data.root : statusOf(i);
}

/** What a name becomes in a key. @param {string} name */
function partOfName(name) {
    return name.replaceAll('.', '_');
}

/** The last part of the step's key, or all of it when it does not follow from its parent's. @param {number} i */
function keyTail(i) {
    return data.keys[i] ?? data.tails[i] ?? partOfName(nameOf(i));
}

/** The end of a step's key, `length` characters or more. @param {number} i @param {number} length */
function keyOf(i, length) {
    const parts = [];
    for (let have = 0; i >= 0 && have < length; i = data.parent[i]) {
        const tail = keyTail(i);
        parts.push(tail);
        have += tail.length + 1;
        if (data.keys[i] !== undefined) break;
    }
    return parts.reverse().join('.');
}

/** @param {number} i @returns {number[]} positions of its children */
function childrenOf(i) {
    const children = [];
    for (let c = i + 1; c < i + subtree[i]; c += subtree[c]) children.push(c);
    return children;
}

/* ---- what a step holds ---- */

const KINDS = [
    'record',
    'records',
    'result',
    'error',
    'trace',
    'handled errors',
    'inputs',
    'state',
    'usage',
    'args',
    'tags',
    'host',
    'graph',
    'field',
];
const KIND_RECORD = KINDS.indexOf('record');
const KIND_RECORDS = KINDS.indexOf('records');
const KIND_ERROR = KINDS.indexOf('error');
const KIND_TRACE = KINDS.indexOf('trace');
const KIND_HANDLED = KINDS.indexOf('handled errors');
const KIND_FIELD = KINDS.indexOf('field');
const KIND_LOG = 20; /* and above: a log message, by level */

/**
 * A text of a step, where it is in the store.
 * @typedef {Object} Item
 * @property {string} kind one of KINDS, or "log"
 * @property {string} label key of a record, name of a field; "" for others
 * @property {number} level of a log message, in LEVELS; else -1
 * @property {number|null} time of a log message, microseconds from the start of the run
 * @property {number} at
 * @property {number} length 0: not in the store
 * @property {number} whole its length in the log, in bytes; more than `length` when the store has only its beginning
 * @property {number} number which of all items of the run it is
 * @property {number} [member] which member of the object that it is, for one that the panel took apart
 */

/** Where in data.items each step's begin, and how many items are before them. Gaps become places in the store. */
const itemStart = new Uint32Array(data.count + 1);
const itemNumber = new Uint32Array(data.count + 1);
for (let i = 0, at = 0, end = 0; i < data.count; i++) {
    itemStart[i] = at;
    itemNumber[i + 1] = itemNumber[i] + data.items[at];
    const next = at + 1 + 4 * data.items[at];
    for (at++; at < next; at += 4) {
        data.items[at + 2] += end;
        end = data.items[at + 2] + data.items[at + 3];
    }
    itemStart[i + 1] = at;
}

/** Steps by number of the item, once somebody has asked for one. @type {Uint32Array|null} */
let itemSteps = null;

/** The step that has an item. @param {number} number of the item @returns {number} */
function stepOfItem(number) {
    if (!itemSteps) {
        itemSteps = new Uint32Array(itemNumber[data.count]);
        for (let i = 0; i < data.count; i++) itemSteps.fill(i, itemNumber[i], itemNumber[i + 1]);
    }
    return itemSteps[number];
}

/** Where in data.items an item of the step begins. @param {number} i @param {number} number of the item */
function placeOfItem(i, number) {
    return itemStart[i] + 1 + 4 * (number - itemNumber[i]);
}

/** @param {number} i @returns {Item[]} in the order of the log */
function itemsOf(i) {
    const items = [];
    for (let at = itemStart[i] + 1, number = itemNumber[i]; at < itemStart[i + 1]; at += 4, number++) {
        const [kind, label, place, length] = data.items.slice(at, at + 4);
        const isLog = kind >= KIND_LOG;
        items.push({
            kind: isLog ? 'log' : KINDS[kind],
            label: isLog || label < 0 ? '' : data.labels[label],
            level: isLog ? kind - KIND_LOG : -1,
            time: isLog && label >= 0 ? label : null,
            at: place,
            length,
            whole: data.cut[number] ?? length,
            number,
        });
    }
    return items;
}
