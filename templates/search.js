/* SPDX-License-Identifier: MIT
 *
 * Which steps match what the reader typed and the statuses chosen. All steps are searched, those without a row in the
 * text of the data.
 */

const MATCHES_MAX = 500; /* rows a search shows */

/** Rows made so far, by position; those that came with the page from the start. @type {HTMLElement[]} */
const rows = new Array(data.count);
/** Statuses chosen by the buttons; none means all. @type {Set<number>} */
const chosen = new Set();

/**
 * Something that stands under a row.
 * @typedef {Object} StepText
 * @property {string} label what it is called there
 * @property {string} key what it may be found by besides its text: the key of a record
 * @property {Item} item
 */

/** What stands under rows that came with the page, read once. @type {(StepText[]|undefined)[]} */
const staticTexts = new Array(data.count);

/** What a text under a row is called: its own label, or its group's. @param {Element} dd @returns {string} */
function labelOf(dd) {
    return dd.previousElementSibling.textContent || dd.parentElement.previousElementSibling.textContent;
}

/** @param {number} i a step with details in the data @returns {StepText[]} */
function dataTexts(i) {
    let group = '';
    const texts = [];
    for (const item of detailsOf(i)) {
        if (Array.isArray(item)) texts.push({ label: item[0] || group, key: item[1] ? item[0] : '', item });
        else group = item;
    }
    return texts;
}

/** @param {number} i a step whose row came with the page @returns {StepText[]} */
function rowTexts(i) {
    if (!staticTexts[i]) {
        staticTexts[i] = [];
        for (const dd of rows[i].querySelectorAll('dd')) {
            const label = labelOf(dd);
            const pre = dd.querySelector('pre');
            if (['Key', 'Started', 'Ended'].includes(label)) continue;
            const key = pre ? dd.previousElementSibling.textContent : '';
            staticTexts[i].push({ label, key, item: [label, 0, (pre || dd).textContent] });
        }
    }
    return staticTexts[i];
}

/** The text as a pattern, also as it would stand escaped in JSON. @param {string} query @returns {RegExp} */
function patternOf(query) {
    const literal = (/** @type {string} */ text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    const quoted = JSON.stringify(query).slice(1, -1);
    const escaped = quoted.replaceAll('<', '\\u003c');
    const ascii = escaped.replace(/[^\x20-\x7e]/g, c => '\\u' + (0x10000 + c.charCodeAt(0)).toString(16).slice(1));
    return new RegExp([...new Set([query, quoted, escaped, ascii])].map(literal).join('|'), 'iu');
}

/** @param {string} label @param {string} text @param {RegExp} pattern */
function snippet(label, text, pattern) {
    const match = pattern.exec(text);
    const at = match ? match.index : 0;
    const length = match ? match[0].length : 0;
    const from = Math.max(0, at - 40);
    const to = at + length + 80;
    const piece = text.slice(from, to).replace(/\s+/g, ' ').trim();
    return label + ': ' + (from ? '…' : '') + piece + (to < text.length ? '…' : '');
}

/**
 * Does step i match? A key counts where the match touches its last part: else a step's name would find all below it.
 * @param {number} i @param {string} query @param {RegExp} pattern
 * @returns {string|null} null: no; "": by name or key; else the place where it was found
 */
function matchStep(i, query, pattern) {
    if (pattern.test(nameOf(i))) return '';
    const tail = keyTail(i);
    const room = tail.length + query.length;
    if (pattern.test(query.includes('.') ? keyOf(i, room).slice(-room) : tail)) return '';
    const line = detailLines.get(i);
    if (line ? !pattern.test(line) : !rows[i]) return null;
    const found = (line ? dataTexts(i) : rowTexts(i)).find(t => pattern.test(t.item[2]) || pattern.test(t.key));
    if (!found) return null;
    const record = rowsOfItem(found.item).find(item => pattern.test(item[2]) || pattern.test(item[0]));
    const [label, kind, text] = record || found.item;
    return snippet(label || found.label, kind ? displayValue(text).text : text, pattern);
}

/** @param {string} query */
function search(query) {
    const pattern = patternOf(query);
    const matches = [];
    const hits = new Map();
    let total = 0;
    for (let i = 0; i < data.count; i++) {
        if (chosen.size && !chosen.has(Number(data.status[i]))) continue;
        const hit = query === '' ? '' : matchStep(i, query, pattern);
        if (hit === null) continue;
        if (++total > MATCHES_MAX) continue;
        matches.push(i);
        if (hit) hits.set(i, hit);
    }
    return { matches, total, hits };
}
