/* SPDX-License-Identifier: MIT
 *
 * What the reader sees, shared by all views: the step selected, what the search leaves, what is folded. A view changes
 * it by the functions below and draws itself anew when it is told.
 */

const OPEN_ROWS = 200; /* rows that a large run begins with */
const OPEN_ALL = 500; /* steps up to which nothing is folded at first */

const view = {
    /** Position of the selected step, -1 for none. */
    selected: -1,
    /** What the reader searches for, as typed. */
    query: '',
    /** 1 for each step that the search and the switches leave; null: all. @type {Uint8Array|null} */
    matches: null,
    /** How many those are. */
    total: data.count,
    /** Which text of a step matched, when neither its name nor its key did: number of the item. @type {Hits} */
    hits: { has: () => false, get: () => -1 },
    /** 1 for each step whose subtree is folded. */
    folded: new Uint8Array(data.count),
};

/** @typedef {{has: (i: number) => boolean, get: (i: number) => number}} Hits */
/** @typedef {'select'|'filter'|'fold'|'query'|'range'} Change */
/** @type {Object<Change, ((from: string) => void)[]>} */
const listeners = { select: [], filter: [], fold: [], query: [], range: [] };

/** Calls fn after each change of that kind. @param {Change} what @param {(from: string) => void} fn */
function listen(what, fn) {
    listeners[what].push(fn);
}

/** @param {Change} what @param {string} from the view in which it happened */
function tell(what, from) {
    if (what === 'filter' || what === 'fold') rowsNow = null;
    for (const fn of listeners[what]) fn(from);
}

/** Selects a step and opens the way to it; -1: none. @param {number} i @param {string} from */
function select(i, from) {
    if (i >= 0) {
        let opened = false;
        for (let up = data.parent[i]; up >= 0; up = data.parent[up]) {
            if (view.folded[up]) opened = true;
            view.folded[up] = 0;
        }
        if (opened) tell('fold', from);
    }
    view.selected = i;
    tell('select', from);
}

/** Searches, as if the reader had typed it. @param {string} text @param {string} [from] */
function setQuery(text, from = '') {
    view.query = text;
    tell('query', from);
}

/** What the search has found. @param {Uint8Array|null} matches @param {number} total @param {Hits} hits */
function setMatches(matches, total, hits) {
    view.matches = matches;
    view.total = total;
    view.hits = hits;
    tell('filter', 'query');
}

/**
 * Folds or opens a step's subtree.
 * @param {number} i
 * @param {boolean} folded
 * @param {boolean} [deep] all levels below
 */
function setFolded(i, folded, deep) {
    const end = deep ? i + subtree[i] : i + 1;
    for (let at = i; at < end; at++) if (subtree[at] > 1) view.folded[at] = folded ? 1 : 0;
    tell('fold', '');
}

/** @param {boolean} folded */
function setAllFolded(folded) {
    for (let i = 0; i < data.count; i++) view.folded[i] = folded && subtree[i] > 1 ? 1 : 0;
    tell('fold', '');
}

/** @type {Int32Array|null} */
let rowsNow = null;

/**
 * The positions of the rows that folding and search leave, in tree order; with a search those that match and the steps
 * above them, folded or not.
 * @returns {Int32Array}
 */
function treeRows() {
    if (rowsNow) return rowsNow;
    const rows = new Int32Array(data.count);
    let count = 0;
    if (view.matches) {
        const keep = new Uint8Array(view.matches);
        for (let i = data.count - 1; i > 0; i--) if (keep[i] && data.parent[i] >= 0) keep[data.parent[i]] = 1;
        for (let i = 0; i < data.count; i++) if (keep[i]) rows[count++] = i;
    } else for (let i = 0; i < data.count; i += view.folded[i] ? subtree[i] : 1) rows[count++] = i;
    rowsNow = rows.slice(0, count);
    return rowsNow;
}

/** The first row that the search found, -1 for none: those above it only lead there. */
function firstMatch() {
    return view.matches ? (treeRows().find(i => view.matches[i] === 1) ?? -1) : -1;
}

/** Of the rows the failed one nearest the leaves, the first of several, -1 for none: the cause of those above it. */
function firstFailure() {
    let first = -1;
    for (const i of treeRows()) if (statusOf(i) === 'error' && (first < 0 || depth[i] > depth[first])) first = i;
    return first;
}

/** What a reader sees first of a large run: whole levels from the top, and the way to the first failed steps. */
function foldAtFirst() {
    if (data.count <= OPEN_ALL) return;
    /** @type {number[]} */
    const atDepth = [];
    for (let i = 0; i < data.count; i++) atDepth[depth[i]] = (atDepth[depth[i]] ?? 0) + 1;
    let open = 1;
    for (let sum = atDepth[0]; open < atDepth.length && sum + atDepth[open] <= OPEN_ROWS; open++) sum += atDepth[open];
    for (let i = 0; i < data.count; i++) view.folded[i] = subtree[i] > 1 && depth[i] >= open - 1 ? 1 : 0;
    let failed = 0;
    for (let i = 0; i < data.count && failed < 20; i++) {
        if (statusOf(i) !== 'error') continue;
        failed++;
        for (let up = data.parent[i]; up >= 0; up = data.parent[up]) view.folded[up] = 0;
    }
}

foldAtFirst();
/** As the page began. */
const foldedAtFirst = view.folded.slice();
