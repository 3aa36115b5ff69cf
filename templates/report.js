/* SPDX-License-Identifier: MIT
 *
 * The page at work: which rows are in the list (tree, search and filters), keys, copying, and the way between a row
 * and its bar. The list holds rows in tree order; folding and searching choose which.
 */

const BATCH = 200;          /* children that one "Show more" adds */
const MATCHES_MAX = 500;    /* rows a search shows */
const EXPAND_MAX = 2000;    /* rows that "Expand all" adds */

const list = document.getElementById('list');
const queryInput = /** @type {HTMLInputElement} */ (document.getElementById('q'));

/** Rows made so far, by position; those that came with the page from the start. @type {HTMLElement[]} */
const rows = new Array(data.count);
/** Is the step listed when its parent is unfolded; is it unfolded itself? */
const listed = new Uint8Array(data.count);
const unfolded = new Uint8Array(data.count);
/** Statuses chosen by the buttons; none means all. @type {Set<number>} */
const chosen = new Set();
/** What a search has found in a step's texts, by position. @type {Map<number, string>} */
let found = new Map();
/** The row that Tab reaches. @type {HTMLElement|null} */
let current = null;

/* ---- rows ---- */

/** @param {HTMLElement} row @returns {number} */
function rowPosition(row) {
    return positionOf(Number(row.id.slice(1)));
}

/** Adds to a row what makes no sense without script. @param {HTMLElement} row @param {number} i */
function prepareRow(row, i) {
    row.querySelector('summary').tabIndex = -1;
    if (subtree[i] === 1) return;
    const fold = /** @type {HTMLButtonElement} */ (element('button', 'fold'));
    fold.type = 'button';
    fold.tabIndex = -1;
    fold.title = 'Fold or unfold what is below (with Shift: all levels)';
    row.prepend(fold);
}

/** @param {number} i @returns {HTMLElement} */
function rowOf(i) {
    if (!rows[i]) {
        rows[i] = buildRow(i);
        prepareRow(rows[i], i);
    }
    return rows[i];
}

/** @param {number} i @returns {number[]} positions of its children */
function childrenOf(i) {
    const children = [];
    for (let c = i + 1; c < i + subtree[i]; c += subtree[c]) children.push(c);
    return children;
}

/** Lists the first BATCH children that are not listed yet. @param {number} i @returns {number} the first of them, or -1 */
function listMore(i) {
    const added = childrenOf(i).filter(c => !listed[c]).slice(0, BATCH);
    for (const c of added) listed[c] = 1;
    return added.length ? added[0] : -1;
}

/** @param {number} i @param {boolean} value */
function setUnfolded(i, value) {
    unfolded[i] = value ? 1 : 0;
    if (value && !childrenOf(i).some(c => listed[c])) listMore(i);
}

/** @param {number} i parent @param {number} count children that are not listed */
function buildMoreButton(i, count) {
    const item = element('li', 'rest d' + Math.min(depth[i] + 1, DEPTH_CLASSES));
    const some = Math.min(count, BATCH);
    const button = element('button', '', 'Show ' + (some < count ? formatCount(some) + ' of ' : '') +
        formatUnits(count, 'more step', 'more steps') + ' of ' + (nameOf(i) || 'this step'));
    button.dataset.parent = String(i);
    item.append(button);
    return item;
}

/* ---- which rows ---- */

/** The tree as it is folded: rows in order, a button where an open step has children that are not listed. */
function treeItems() {
    const items = [];
    /** Open steps whose children are being walked, and how many of them are not listed. @type {[number, number, number][]} */
    const stack = [];
    const closeUntil = (/** @type {number} */ at) => {
        while (stack.length && stack[stack.length - 1][1] <= at) {
            const [i, , missing] = stack.pop();
            if (missing) items.push(buildMoreButton(i, missing));
        }
    };
    for (let i = 0; i < data.count;) {
        closeUntil(i);
        if (!listed[i]) {
            if (stack.length) stack[stack.length - 1][2]++;
            i += subtree[i];
            continue;
        }
        items.push(rowOf(i));
        rows[i].classList.toggle('open', unfolded[i] === 1);
        if (unfolded[i] && subtree[i] > 1) stack.push([i, i + subtree[i], 0]);
        i += unfolded[i] ? 1 : subtree[i];
    }
    closeUntil(data.count);
    return items;
}

/** Matching rows with the steps above them. @param {number[]} matches positions, ascending */
function matchItems(matches) {
    const marks = new Uint8Array(data.count);
    for (const i of matches) {
        marks[i] = 2;
        for (let up = data.parent[i]; up >= 0 && !marks[up]; up = data.parent[up]) marks[up] = 1;
    }
    const items = [];
    for (let i = 0; i < data.count; i++) {
        if (!marks[i]) continue;
        items.push(rowOf(i));
        rows[i].classList.toggle('above', marks[i] === 1);
    }
    return items;
}

/** Shows why a step matched, when its name does not. @param {HTMLElement} row @param {string|undefined} text */
function setHit(row, text) {
    const old = row.querySelector('.hit');
    if (old) old.remove();
    if (text) row.querySelector('summary').append(element('span', 'hit', text));
}

/** Brings the list up to date. */
function refresh() {
    const query = queryInput.value.trim(), filtering = query !== '' || chosen.size > 0;
    const result = filtering ? search(query) : { matches: [], total: 0, hits: new Map() };
    for (const i of found.keys()) setHit(rows[i], undefined);
    list.querySelectorAll('.above').forEach(row => row.classList.remove('above'));
    const items = filtering ? matchItems(result.matches) : treeItems();
    found = result.hits;
    for (const [i, text] of found) setHit(rows[i], text);
    list.classList.toggle('filtering', filtering);
    list.replaceChildren(...items);
    const note = document.getElementById('found');
    note.hidden = !filtering;
    note.textContent = !filtering ? '' : result.total > result.matches.length
        ? 'The first ' + formatCount(result.matches.length) + ' of ' + formatCount(result.total) + ' matching steps.'
        : (result.total ? formatCount(result.total) : 'None') + ' of ' + formatUnits(data.count, 'step', 'steps') + (result.total === 1 ? ' matches.' : ' match.');
    updateFolds();
    setCurrent(current && current.isConnected ? current : list.querySelector('li.step'));
}

function updateFolds() {
    for (const fold of list.querySelectorAll('.fold')) {
        const i = rowPosition(/** @type {HTMLElement} */ (fold.parentElement));
        fold.setAttribute('aria-expanded', String(unfolded[i] === 1));
        fold.setAttribute('aria-label', (unfolded[i] ? 'Fold ' : 'Unfold ') + formatUnits(subtree[i] - 1, 'step', 'steps') + ' below ' + nameOf(i));
    }
}

/* ---- search ---- */

/** Labelled texts of rows that came with the page, read once. @type {(Item[]|undefined)[]} */
const staticTexts = new Array(data.count);

/** What a text under a row is called: its own label, or its group's. @param {Element} dd @returns {string} */
function labelOf(dd) {
    return dd.previousElementSibling.textContent || dd.parentElement.previousElementSibling.textContent;
}

/** Details of a step without a row, each with the label it is found by. @param {number} i @returns {Item[]} */
function dataItems(i) {
    let group = '';
    const items = [];
    for (const item of detailsOf(i)) {
        if (Array.isArray(item)) items.push([item[0] || group, item[1], item[2]]);
        else group = item;
    }
    return items;
}

/** What stands under a row that came with the page. @param {number} i @returns {Item[]} */
function rowItems(i) {
    if (!staticTexts[i]) {
        staticTexts[i] = [];
        for (const dd of rows[i].querySelectorAll('dd')) {
            const label = labelOf(dd), content = dd.querySelector('pre') || dd;
            if (!['Key', 'Started', 'Ended'].includes(label)) staticTexts[i].push([label, 0, content.textContent]);
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
    const match = pattern.exec(text), at = match ? match.index : 0, length = match ? match[0].length : 0;
    const from = Math.max(0, at - 40), to = at + length + 80;
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
    if (pattern.test(query.includes('.') ? keyOf(i, tail.length + query.length).slice(-(tail.length + query.length)) : tail)) return '';
    const line = detailLines.get(i);
    if (line ? !pattern.test(line) : !rows[i]) return null;
    const items = line ? dataItems(i) : rowItems(i);
    const hits = (/** @type {Item} */ item) => pattern.test(item[2]) || pattern.test(item[0]);
    const item = items.find(hits);
    if (!item) return null;
    const [label, kind, text] = rowsOfItem(item).find(hits) || item;
    return snippet(label, kind ? displayValue(text).text : text, pattern);
}

/** @param {string} query */
function search(query) {
    const pattern = patternOf(query), matches = [], hits = new Map();
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

/* ---- moving about ---- */

/** @param {Element|null} row */
function setCurrent(row) {
    if (current) current.querySelector('summary').tabIndex = -1;
    current = /** @type {HTMLElement|null} */ (row);
    if (current) current.querySelector('summary').tabIndex = 0;
}

/** @param {Element|null|undefined} row */
function focusRow(row) {
    if (!row) return;
    setCurrent(row);
    row.querySelector('summary').focus();
}

/** @param {Element} row @param {'previousElementSibling'|'nextElementSibling'} where */
function neighbour(row, where) {
    let at = row[where];
    while (at && !at.classList.contains('step')) at = at[where];
    return at;
}

/** Makes step i a row in sight, marks it, and goes there. @param {number} i */
function reveal(i) {
    if (list.classList.contains('filtering') && !(rows[i] && rows[i].isConnected)) {
        queryInput.value = '';
        chosen.clear();
        updateChips();
    }
    listed[i] = 1;
    for (let up = data.parent[i]; up >= 0; up = data.parent[up]) listed[up] = unfolded[up] = 1;
    refresh();
    const row = rowOf(i);
    focusRow(row);
    row.scrollIntoView({ block: 'center' });
    flash(row);
}

/** @param {Element} target */
function flash(target) {
    for (const old of document.querySelectorAll('.flash')) old.classList.remove('flash');
    void target.getBoundingClientRect(); /* restarts the animation when the same one is marked again */
    target.classList.add('flash');
}

/** @param {number} i @param {boolean} [deep] all levels below as well */
function toggleFold(i, deep) {
    const value = !unfolded[i];
    setUnfolded(i, value);
    if (deep) for (let at = i + 1; at < i + subtree[i]; at++) if (listed[at]) setUnfolded(at, value);
    refresh();
    focusRow(rows[i]);
}

/** Lists more children of step i and goes to the first of them. @param {number} i */
function showMore(i) {
    const first = listMore(i);
    refresh();
    if (first >= 0) focusRow(rows[first]);
}

/** Arrow keys as in a tree view. @param {KeyboardEvent} event */
function onListKey(event) {
    const line = /** @type {Element} */ (event.target);
    if (line.tagName !== 'SUMMARY' || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = /** @type {HTMLElement} */ (line.closest('li')), i = rowPosition(row);
    const folding = subtree[i] > 1 && !list.classList.contains('filtering');
    switch (event.key) {
    case 'ArrowDown': focusRow(neighbour(row, 'nextElementSibling')); break;
    case 'ArrowUp': focusRow(neighbour(row, 'previousElementSibling')); break;
    case 'Home': focusRow(list.querySelector('li.step')); break;
    case 'End': focusRow([...list.querySelectorAll('li.step')].pop()); break;
    case 'ArrowRight':
        if (folding && !unfolded[i]) toggleFold(i);
        else if (subtree[i] > 1) focusRow(rows[i + 1] && rows[i + 1].isConnected ? rows[i + 1] : neighbour(row, 'nextElementSibling'));
        break;
    case 'ArrowLeft':
        if (folding && unfolded[i]) toggleFold(i);
        else if (data.parent[i] >= 0) focusRow(rows[data.parent[i]]);
        break;
    default: return;
    }
    event.preventDefault();
}

/* ---- bars ---- */

/** The bars and boxes of a drawing, one a step. @param {string} box id of its scroll box @returns {Element[]} */
function barsOf(box) {
    const bars = new Map();
    for (const item of document.querySelectorAll('#' + box + ' svg :is(rect, path)[data-step]'))
        bars.set(item.getAttribute('data-step'), item); /* the last one lies on top */
    return [...bars.values()];
}

/** @param {Element} bar @returns {number} */
function barPosition(bar) {
    return positionOf(Number(bar.getAttribute('data-step')));
}

/** One bar is reached by Tab, the others by arrow keys. @param {Element[]} bars @param {number} at */
function focusBar(bars, at) {
    for (const bar of bars) if (bar.getAttribute('tabindex') === '0') bar.setAttribute('tabindex', '-1');
    const bar = /** @type {SVGElement} */ (bars[at]);
    bar.setAttribute('tabindex', '0');
    bar.focus();
}

/** Makes a drawing's bars buttons that lead to their rows. @param {string} box */
function prepareBars(box) {
    const bars = barsOf(box), svg = document.querySelector('#' + box + ' svg');
    if (!svg) return;
    svg.setAttribute('role', 'group');
    bars.forEach((bar, at) => {
        bar.setAttribute('role', 'button');
        bar.setAttribute('tabindex', at ? '-1' : '0');
        const i = barPosition(bar);
        if (i >= 0) bar.setAttribute('aria-label', nameOf(i) + ', ' + STATUS[data.status[i]] + ', ' + formatDuration(data.duration[i], data.unit));
    });
    svg.addEventListener('click', event => {
        const item = /** @type {Element} */ (event.target).closest('[data-step]');
        if (item && barPosition(item) >= 0) reveal(barPosition(item));
    });
    svg.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
        const at = bars.indexOf(/** @type {Element} */ (event.target));
        if (at < 0) return;
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (step) focusBar(bars, Math.min(Math.max(at + step, 0), bars.length - 1));
        else if ((event.key === 'Enter' || event.key === ' ') && barPosition(bars[at]) >= 0) reveal(barPosition(bars[at]));
        else return;
        event.preventDefault();
    });
}

/** @param {number} i */
function showBar(i) {
    const bars = barsOf('pl-fallback'), at = bars.findIndex(bar => barPosition(bar) === i);
    if (at < 0) return;
    document.dispatchEvent(new Event('pl-own'));
    focusBar(bars, at);
    bars[at].scrollIntoView({ block: 'center', inline: 'center' });
    flash(bars[at]);
}

/* ---- details ---- */

/** @param {string} text @returns {Promise<boolean>} */
async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = /** @type {HTMLTextAreaElement} */ (element('textarea', 'v'));
        area.value = text;
        document.body.append(area);
        area.select();
        const done = document.execCommand('copy');
        area.remove();
        return done;
    }
}

/** @param {HTMLElement} button */
async function onCopy(button) {
    const done = await copyText(button.parentElement.querySelector('pre').textContent);
    button.textContent = done ? 'Copied' : 'Not copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    button.focus();
}

/** Completes what unfolds under a row the first time it does. @param {HTMLDetailsElement} details */
function onUnfold(details) {
    const row = /** @type {HTMLElement} */ (details.parentElement), i = rowPosition(row);
    if (!details.open || row.dataset.ready) return;
    row.dataset.ready = 'yes';
    if (!details.querySelector('.more')) details.append(buildMore(i));
    const more = details.querySelector('.more');
    for (const pre of more.querySelectorAll('pre')) {
        const button = element('button', 'copy', 'Copy');
        button.setAttribute('aria-label', 'Copy ' + labelOf(pre.parentElement));
        pre.parentElement.append(button);
    }
    if (document.querySelector('#pl-fallback [data-step="' + indexOf(i) + '"]')) more.prepend(element('button', 'to-bar', 'Show in timeline'));
}

/* ---- tools ---- */

function updateChips() {
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#chips button')))
        chip.setAttribute('aria-pressed', String(chosen.has(Number(chip.dataset.status))));
}

/** A button for each status that occurs. */
function buildChips() {
    const counts = STATUS.map(() => 0);
    for (const status of data.status) counts[Number(status)]++;
    counts.forEach((count, status) => {
        if (!count) return;
        const chip = element('button', 'chip is-' + STATUS[status]);
        chip.dataset.status = String(status);
        chip.append(buildMark(STATUS[status]), STATUS[status] + ' ', element('span', 'count', formatCount(count)));
        document.getElementById('chips').append(chip);
    });
    updateChips();
}

/** Opens every step as far as EXPAND_MAX more rows reach. */
function expandAll() {
    let room = EXPAND_MAX;
    for (let i = 0; i < data.count; i++) {
        if (!listed[i] || subtree[i] === 1) continue;
        unfolded[i] = 1;
        if (!room) continue;
        for (const c of childrenOf(i).filter(child => !listed[child]).slice(0, room)) {
            listed[c] = 1;
            room--;
        }
    }
    refresh();
}

function collapseAll() {
    unfolded.fill(0);
    for (const row of rows) if (row) row.querySelector('details').open = false;
    refresh();
}

/** @param {HTMLElement} button */
function toggleDetails(button) {
    const value = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(value));
    for (const details of list.querySelectorAll('details')) details.open = value;
}

/** @param {MouseEvent} event */
function onListClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement|null} */ (target.closest('li.step'));
    const button = target.closest('button');
    if (row && target.closest('summary')) setCurrent(row);
    if (!button) return;
    if (button.dataset.parent) showMore(Number(button.dataset.parent));
    else if (button.classList.contains('fold')) toggleFold(rowPosition(row), event.shiftKey);
    else if (button.classList.contains('copy')) onCopy(button);
    else if (button.classList.contains('to-bar')) showBar(rowPosition(row));
}

function listen() {
    let timer = 0;
    queryInput.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(refresh, 120);
    });
    document.getElementById('chips').addEventListener('click', event => {
        const chip = /** @type {HTMLElement} */ (event.target).closest('button');
        if (!chip) return;
        const status = Number(chip.dataset.status);
        if (!chosen.delete(status)) chosen.add(status);
        updateChips();
        refresh();
    });
    document.getElementById('expand').addEventListener('click', expandAll);
    document.getElementById('collapse').addEventListener('click', collapseAll);
    const unfold = document.getElementById('unfold');
    unfold.addEventListener('click', () => toggleDetails(unfold));
    list.addEventListener('click', onListClick);
    list.addEventListener('keydown', onListKey);
    list.addEventListener('toggle', event => onUnfold(/** @type {HTMLDetailsElement} */ (event.target)), true);
    document.addEventListener('keydown', event => {
        if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
            event.preventDefault();
            queryInput.focus();
        } else if (event.key === 'Escape' && document.activeElement === queryInput && queryInput.value) {
            queryInput.value = '';
            refresh();
        }
    });
    window.addEventListener('hashchange', followHash);
    window.addEventListener('load', followHash); /* before, the browser would take the focus to the row itself */
}

/** A link to a step (#s12) opens the way to it. */
function followHash() {
    const match = /^#s(\d+)$/.exec(location.hash);
    const i = match ? positionOf(Number(match[1])) : -1;
    if (i >= 0) reveal(i);
}

function start() {
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('li.step'))) {
        const i = rowPosition(row);
        rows[i] = row;
        listed[i] = 1;
        if (data.parent[i] >= 0) unfolded[data.parent[i]] = 1;
        prepareRow(row, i);
    }
    buildChips();
    listen();
    refresh();
    prepareBars('pl-fallback');
    prepareBars('pl-graph');
    document.getElementById('tools').hidden = false;
}

start();
