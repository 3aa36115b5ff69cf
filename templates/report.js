/* SPDX-License-Identifier: MIT
 *
 * The page at work: which rows are in the list, keys, copying, and the way between a row and its bar. The list holds
 * rows in tree order; folding and searching (search.js) choose which.
 */

const BATCH = 200; /* children that one "Show more" adds */
const EXPAND_MAX = 2000; /* rows that "Expand all" adds */

const list = document.getElementById('list');
const queryInput = /** @type {HTMLInputElement} */ (document.getElementById('q'));

/** Is the step listed when its parent is unfolded; is it unfolded itself? */
const listed = new Uint8Array(data.count);
const unfolded = new Uint8Array(data.count);
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

/** Lists BATCH more children. @param {number} i @returns {number} the first of them, -1 when all were listed */
function listMore(i) {
    const added = childrenOf(i)
        .filter(c => !listed[c])
        .slice(0, BATCH);
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
    const part = some < count ? `${formatCount(some)} of ` : '';
    const steps = formatUnits(count, 'more step', 'more steps');
    const button = element('button', '', `Show ${part}${steps} of ${shownName(i)}`);
    button.dataset.parent = String(i);
    item.append(button);
    return item;
}

/* ---- which rows ---- */

/** The tree as it is folded: rows in order, a button where an open step has children that are not listed. */
function treeItems() {
    const items = [];
    /** Open steps: position, end of the subtree, children not listed. @type {[number, number, number][]} */
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

/** @param {number} shown @param {number} total */
function foundText(shown, total) {
    if (total > shown) return `The first ${formatCount(shown)} of ${formatCount(total)} matching steps.`;
    const all = formatUnits(data.count, 'step', 'steps');
    return `${total ? formatCount(total) : 'None'} of ${all} ${total === 1 ? 'matches' : 'match'}.`;
}

/** Brings the list up to date. */
function refresh() {
    const query = queryInput.value.trim();
    const filtering = query !== '' || chosen.size > 0;
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
    note.textContent = filtering ? foundText(result.matches.length, result.total) : '';
    updateFolds();
    setCurrent(current && current.isConnected ? current : list.querySelector('li.step'));
}

function updateFolds() {
    for (const fold of list.querySelectorAll('.fold')) {
        const i = rowPosition(/** @type {HTMLElement} */ (fold.parentElement));
        fold.setAttribute('aria-expanded', String(unfolded[i] === 1));
        const below = formatUnits(subtree[i] - 1, 'step', 'steps');
        fold.setAttribute('aria-label', `${unfolded[i] ? 'Fold' : 'Unfold'} ${below} below ${shownName(i)}`);
    }
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
    const row = /** @type {HTMLElement} */ (line.closest('li'));
    const i = rowPosition(row);
    const folding = subtree[i] > 1 && !list.classList.contains('filtering');
    switch (event.key) {
        case 'ArrowDown':
            focusRow(neighbour(row, 'nextElementSibling'));
            break;
        case 'ArrowUp':
            focusRow(neighbour(row, 'previousElementSibling'));
            break;
        case 'Home':
            focusRow(list.querySelector('li.step'));
            break;
        case 'End':
            focusRow([...list.querySelectorAll('li.step')].pop());
            break;
        case 'ArrowRight':
            if (folding && !unfolded[i]) toggleFold(i);
            else if (subtree[i] > 1)
                focusRow(rows[i + 1] && rows[i + 1].isConnected ? rows[i + 1] : neighbour(row, 'nextElementSibling'));
            break;
        case 'ArrowLeft':
            if (folding && unfolded[i]) toggleFold(i);
            else if (data.parent[i] >= 0) focusRow(rows[data.parent[i]]);
            break;
        default:
            return;
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
    const bars = barsOf(box);
    const svg = document.querySelector('#' + box + ' svg');
    if (!svg) return;
    svg.setAttribute('role', 'group');
    bars.forEach((bar, at) => {
        bar.setAttribute('role', 'button');
        bar.setAttribute('tabindex', at ? '-1' : '0');
        const i = barPosition(bar);
        if (i >= 0)
            bar.setAttribute(
                'aria-label',
                shownName(i) + ', ' + STATUS[data.status[i]] + ', ' + formatDuration(data.duration[i], data.unit)
            );
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
        else if ((event.key === 'Enter' || event.key === ' ') && barPosition(bars[at]) >= 0)
            reveal(barPosition(bars[at]));
        else return;
        event.preventDefault();
    });
}

/** @param {number} i */
function showBar(i) {
    const bars = barsOf('pl-fallback');
    const at = bars.findIndex(bar => barPosition(bar) === i);
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
    setTimeout(() => {
        button.textContent = 'Copy';
    }, 1500);
    button.focus();
}

/** Completes what unfolds under a row the first time it does. @param {HTMLDetailsElement} details */
function onUnfold(details) {
    const row = /** @type {HTMLElement} */ (details.parentElement);
    const i = rowPosition(row);
    if (!details.open || row.dataset.ready) return;
    row.dataset.ready = 'yes';
    if (!details.querySelector('.more')) details.append(buildMore(i));
    const more = details.querySelector('.more');
    for (const pre of more.querySelectorAll('pre')) {
        const button = element('button', 'copy', 'Copy');
        button.setAttribute('aria-label', 'Copy ' + labelOf(pre.parentElement));
        pre.parentElement.append(button);
    }
    if (document.querySelector('#pl-fallback [data-step="' + indexOf(i) + '"]'))
        more.prepend(element('button', 'to-bar', 'Show in timeline'));
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
        for (const c of childrenOf(i)
            .filter(child => !listed[child])
            .slice(0, room)) {
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
