/* SPDX-License-Identifier: MIT
 *
 * What changed between two states: the JSON Pointers at which a value is new, gone or another. Values are compared as
 * they stand in the log.
 */

const CHANGES_MAX = 200; /* shown */
const COMPARED_MAX = 100000; /* pairs of values, */
const COMPARED_TEXT = 2e7; /* and characters of them: a value is read again on each level */
const CHANGE_TEXT = 120; /* characters of a value beside its change */
const STATES_TOO_LARGE = 'These states are too large or too deep to be compared here in full.';

/** @typedef {{pointer: string, before: string|null, after: string|null}} StateChange */

/** @param {string} json @returns {Map<string, string>} parts of an object or array, by their part of the pointer */
function partsOf(json) {
    const parts = new Map();
    if (json[0] === '[') splitJson(json).forEach((value, n) => parts.set('/' + n, value));
    else for (const member of objectMembers(json)) parts.set(pointerPart(member.key), member.value);
    return parts;
}

/** What Burr keeps for itself in a state, such as `__SEQUENCE_ID`, is different each time. @param {string} pointer */
function isInternal(pointer) {
    return /^\/__[A-Z_]+$/.test(pointer);
}

/** @param {string} before @param {string} after JSON texts @returns {{changes: StateChange[], whole: boolean}} */
function compareStates(before, after) {
    /** @type {StateChange[]} */
    const changes = [];
    const open = [{ pointer: '', before, after }];
    let compared = 0,
        read = 0;
    while (open.length && changes.length <= CHANGES_MAX && compared++ < COMPARED_MAX && read < COMPARED_TEXT) {
        const pair = open.pop();
        if (pair.before === pair.after) continue;
        if (!isContainer(pair.before) || pair.before[0] !== pair.after[0]) {
            changes.push(pair);
            continue;
        }
        read += pair.before.length + pair.after.length;
        const old = partsOf(pair.before);
        const now = partsOf(pair.after);
        /** @type {{pointer: string, before: string, after: string}[]} */
        const both = [];
        for (const [part, value] of old) {
            const pointer = pair.pointer + part;
            if (isInternal(pointer)) continue;
            if (now.has(part)) both.push({ pointer, before: value, after: now.get(part) });
            else changes.push({ pointer, before: value, after: null });
        }
        for (const [part, value] of now)
            if (!old.has(part) && !isInternal(pair.pointer + part))
                changes.push({ pointer: pair.pointer + part, before: null, after: value });
        for (const next of both.reverse()) open.push(next);
    }
    return { changes, whole: !open.length && changes.length <= CHANGES_MAX };
}

/** @param {string} json @returns {string} a value in one short line */
function shortValue(json) {
    const text = json[0] === '"' ? displayValue(json).text : json;
    return text.length > CHANGE_TEXT ? text.slice(0, CHANGE_TEXT) + '…' : text;
}

/** @param {StateChange} change */
function buildChange(change) {
    const what = change.before === null ? 'added' : change.after === null ? 'removed' : 'changed';
    const row = element('li', 'change ' + what);
    row.append(element('span', 'what', what), element('code', '', change.pointer || '(all of it)'));
    const values = element('span', 'values');
    if (change.before !== null) values.append(element('del', '', shortValue(change.before)));
    if (what === 'changed') values.append(' → ');
    if (change.after !== null) values.append(element('ins', '', shortValue(change.after)));
    values.dir = 'auto';
    row.append(values);
    return row;
}

/** @param {string} before @param {string} after @returns {HTMLElement} */
function buildChanges(before, after) {
    const { changes, whole } = compareStates(before, after);
    const few = changes.length <= CHANGES_MAX;
    if (!changes.length) return element('p', 'hint', whole ? 'Nothing changed.' : STATES_TOO_LARGE);
    const list = element('ul', 'changes');
    for (const change of changes.slice(0, CHANGES_MAX)) list.append(buildChange(change));
    const rest = 'There are more changes than the first ' + formatCount(CHANGES_MAX) + '.';
    if (!whole) list.append(element('li', 'hint', few ? STATES_TOO_LARGE : rest));
    return list;
}

const STATE_KEYS = ['__state', 'state'];

/** The states that a step's items hold, in order. @param {number} i @returns {Item[]} */
function statesOf(i) {
    return itemsOf(i).filter(
        item => item.length && (item.kind === 'state' || (item.kind === 'record' && STATE_KEYS.includes(item.label)))
    );
}

/** The step before this one, on its level, that left a state. @param {number} i @returns {number} -1 for none */
function previousWithState(i) {
    if (data.parent[i] < 0) return -1;
    let found = -1;
    for (const c of childrenOf(data.parent[i])) {
        if (c === i) break;
        if (statesOf(c).length) found = c;
    }
    return found;
}
