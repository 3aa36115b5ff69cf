/* SPDX-License-Identifier: MIT
 *
 * What the page's data say about the run, and rows for steps that came without one: the same shapes as html_steps.c
 * writes. Only textContent is ever set: nothing of a log becomes markup.
 */

/**
 * @typedef {Object} RunData see html_data.c
 * @property {number} count
 * @property {number} unit
 * @property {[number, number]|null} start
 * @property {number} span
 * @property {string[]} names
 * @property {number[]} name
 * @property {number[]} [id]
 * @property {number[]} parent
 * @property {string} status
 * @property {(number|null)[]} offset
 * @property {(number|null)[]} duration
 * @property {(number|null)[]} self
 * @property {Object<string, string>} tails
 * @property {Object<string, string>} keys
 * @property {Object<string, string>} errors
 * @property {{only: boolean, rows: [string, string, number, number][]}} [google]
 */

const dataText = document.getElementById('pl-data').textContent;
const DETAILS = ',\n"details":[\n'; /* comes once: no JSON text has a line end inside */
const detailsAt = dataText.indexOf(DETAILS);
/** @type {RunData} */
const data = JSON.parse(dataText.slice(0, detailsAt) + '}');
const STATUS = ['ok', 'error', 'running', 'unfinished', 'skipped', 'cached', 'retried'];
const DEPTH_CLASSES = 24;
const SVG = 'http://www.w3.org/2000/svg';

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

/** @param {number} i @returns {string} */
function nameOf(i) {
    return data.names[data.name[i]];
}

/** As wording_name() of the C program says it. @param {number} i @returns {string} */
function shownName(i) {
    return /[^ \t\n\r\f\v]/.test(nameOf(i)) ? nameOf(i) : '(no name)';
}

/** The last part of the step's key, or all of it when it does not follow from its parent's. @param {number} i */
function keyTail(i) {
    return data.keys[i] ?? data.tails[i] ?? nameOf(i).replaceAll('.', '_');
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

/** Details of steps without a row, by position, as they stand in the data. @type {Map<number, string>} */
const detailLines = new Map();
for (const line of dataText.slice(detailsAt + DETAILS.length).split('\n'))
    if (line !== ']}') detailLines.set(parseInt(line.slice(1)), line);

/**
 * A label; 0: plain text, 1: a value of the log, 2: an object of records; its text.
 * @typedef {[string, number, string]} Item
 */

/** A value of the log again as it stood there: the data escape '<'. @param {string} json */
function unescapeLess(json) {
    return json.includes('\\u003c')
        ? json.replace(/\\(u003c|[^])/g, (all, escape) => (escape === 'u003c' ? '<' : all))
        : json;
}

/** Titles of groups (strings), each followed by its items. @param {number} i @returns {(string|Item)[]} */
function detailsOf(i) {
    const line = detailLines.get(i);
    return !line
        ? []
        : splitJson(line)
              .slice(1)
              .map(part => {
                  if (part[0] === '"') return unquote(part);
                  const [label, kind, value] = splitJson(part);
                  return [unquote(label), Number(kind), kind === '0' ? unquote(value) : unescapeLess(value)];
              });
}

/** @param {string} tag @param {string} [className] @param {string} [text] @returns {HTMLElement} */
function element(tag, className, text) {
    const e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
}

/** @param {string} status @returns {SVGElement} */
function buildMark(status) {
    const svg = document.createElementNS(SVG, 'svg');
    const use = document.createElementNS(SVG, 'use');
    svg.setAttribute('class', 'mark');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', '#m-' + status);
    svg.append(use);
    return svg;
}

/** @param {string} className @param {string} meaning @param {string} text */
function buildCell(className, meaning, text) {
    const cell = element('span', className);
    cell.append(element('span', 'v', ', ' + meaning), text);
    return cell;
}

const RECORD_ROWS = 200; /* as html_detail.c has it */

/** The rows of a group's item: an object of records is one a member. @param {Item} item @returns {Item[]} */
function rowsOfItem(item) {
    if (item[1] !== 2) return [item];
    const members = objectMembers(item[2]);
    const rest = members.slice(RECORD_ROWS);
    /** @type {Item[]} */
    const shown = members.slice(0, RECORD_ROWS).map(m => [m.key, 1, m.value]);
    if (rest.length)
        shown.push(['and ' + rest.length + ' more', 1, '{' + rest.map(m => m.rawKey + ':' + m.value).join(',') + '}']);
    return shown;
}

/** @param {number} i @returns {number} */
function countRecords(i) {
    const details = detailsOf(i);
    const from = details.indexOf('Records') + 1;
    if (!from) return 0;
    const first = details[from];
    if (first[1] === 2) return objectMembers(first[2]).length;
    let end = from;
    while (Array.isArray(details[end])) end++;
    const last = /^and (\d+) more$/.exec(details[end - 1][0]);
    return last ? end - from - 1 + Number(last[1]) : end - from;
}

/** Where in the run step i lies, as a thin bar. @param {number} i @returns {SVGElement} */
function buildSpan(i) {
    const svg = document.createElementNS(SVG, 'svg');
    const attributes = {
        'class': 'span',
        'viewBox': '0 0 1000 8',
        'preserveAspectRatio': 'none',
        'aria-hidden': 'true',
    };
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
    const offset = data.offset[i];
    if (offset !== null && data.span) {
        const w = Math.max(4, Math.trunc((Math.max(data.duration[i], 0) / data.span) * 1000));
        const x = Math.min(Math.trunc((offset / data.span) * 1000), Math.max(1000 - w, 0));
        const rect = document.createElementNS(SVG, 'rect');
        for (const [name, value] of [
            ['x', x],
            ['width', w],
            ['height', 8],
        ])
            rect.setAttribute(String(name), String(value));
        svg.append(rect);
    }
    return svg;
}

/** @param {number} i @returns {HTMLElement} the row's line */
function buildSummary(i) {
    const status = STATUS[data.status[i]];
    const line = element('summary');
    const name = element('span', 'name');
    name.append(buildMark(status));
    if (depth[i] >= DEPTH_CLASSES) name.append(element('span', 'level', 'level ' + depth[i]));
    name.append(element('span', 'n', shownName(i)), buildCell('state', '', status));
    const offset = data.offset[i];
    const records = countRecords(i);
    line.append(
        name,
        buildSpan(i),
        buildCell('num', 'start ', (offset === null ? '' : '+') + formatDuration(offset, data.unit)),
        buildCell('num long', 'duration ', formatDuration(data.duration[i], data.unit)),
        buildCell('num self', 'self ', formatDuration(data.self[i], data.unit)),
        records ? buildCell('num recs', 'records ', String(records)) : element('span', 'num recs')
    );
    if (data.errors[i]) line.append(buildCell('why', '', data.errors[i]));
    return line;
}

/** @param {HTMLElement} list @param {string} label @param {Node|string} content */
function addPair(list, label, content) {
    const dd = element('dd');
    dd.append(content);
    list.append(element('dt', '', label), dd);
}

/** @param {string} json @returns {HTMLElement} */
function buildValue(json) {
    const { text, isText } = displayValue(json);
    return element('pre', isText ? 'text' : '', text);
}

/** What unfolds under a row. @param {number} i @returns {HTMLElement} */
function buildMore(i) {
    const more = element('div', 'more');
    let list = element('dl', 'facts');
    more.append(list);
    addPair(list, 'Key', keyOf(i, Infinity));
    const { start } = data;
    const offset = data.offset[i];
    const duration = data.duration[i];
    if (start && offset !== null) {
        addPair(list, 'Started', formatUtc(start, offset));
        const ended = !['running', 'unfinished'].includes(STATUS[data.status[i]]);
        if (ended && duration !== null) addPair(list, 'Ended', formatUtc(start, offset + duration));
    }
    for (const item of detailsOf(i)) {
        if (Array.isArray(item)) {
            for (const [label, kind, text] of rowsOfItem(item)) addPair(list, label, kind ? buildValue(text) : text);
        } else if (item) {
            list = element('dl', 'vals');
            more.append(element('p', 'sec', item), list);
        }
    }
    return more;
}

/** A row for step i; what unfolds under it is built when it is opened. @param {number} i @returns {HTMLElement} */
function buildRow(i) {
    const row = element('li', 'step d' + Math.min(depth[i], DEPTH_CLASSES) + ' is-' + STATUS[data.status[i]]);
    row.id = 's' + indexOf(i);
    const details = element('details');
    details.append(buildSummary(i));
    row.append(details);
    return row;
}
