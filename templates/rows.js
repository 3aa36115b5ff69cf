/* SPDX-License-Identifier: MIT
 *
 * A row of the table: its cells, and what stands below the name. Rows that go out of sight are filled anew.
 */

const INDENTS = 24; /* levels that are indented; deeper steps tell theirs */
const WAY_MAX = 4; /* steps above that a flat list names */

/** Text with the words of the search marked. @param {HTMLElement} into @param {string} text */
function putMarked(into, text) {
    const lower = text.toLowerCase();
    const words = lower.length === text.length ? searchWords() : [];
    let at = 0;
    for (;;) {
        let next = -1,
            length = 0;
        for (const word of words) {
            const found = lower.indexOf(word, at);
            if (found >= 0 && (next < 0 || found < next)) [next, length] = [found, word.length];
        }
        if (next < 0) break;
        into.append(text.slice(at, next), element('mark', '', text.slice(next, next + length)));
        at = next + length;
    }
    into.append(text.slice(at));
}

/** @param {number} i @returns {boolean} can its subtree be folded here? */
function foldable(i) {
    return subtree[i] > 1 && !table.sort && !view.matches;
}

/** Why it failed, or where the words were found. @param {number} i */
function buildSecondLine(i) {
    const line = element('div', 'second');
    const number = view.hits.get(i);
    if (number < 0) {
        line.classList.add('why');
        putMarked(line, data.errors[i]);
        return line;
    }
    const item = itemsOf(i)[number - itemNumber[i]];
    line.classList.add('hit');
    line.append(element('span', 'where', item.label || item.kind));
    showHit(line, item);
    return line;
}

/**
 * Fills in the text around the first word found, once the row is seen: to inflate the texts of all rows takes longer
 * than to draw them.
 * @param {HTMLElement} line @param {Item} item
 */
async function showHit(line, item) {
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
    if (!line.isConnected) return;
    const json = await textOf(item).catch(() => '');
    const text = json.startsWith('"') ? displayValue(json).text : json.replace(/\s+/g, ' ');
    const lower = text.toLowerCase();
    const places = searchWords()
        .map(word => lower.indexOf(word))
        .filter(place => place >= 0);
    const at = places.length ? Math.min(...places) : 0;
    const from = Math.max(0, at - 40);
    putMarked(line, (from ? '…' : '') + text.slice(from, at + 200).replace(/\s+/g, ' '));
}

/** @returns {Row} */
function newRow() {
    const box = element('div', 'row');
    box.setAttribute('role', 'row');
    const name = element('div', 'name');
    const fold = buildButton('fold', '', 'Fold');
    const mark = buildMark('ok');
    const text = buildName('', 'n');
    const more = element('span', 'more');
    const bar = element('span', 'part');
    const share = element('span', '');
    fold.tabIndex = -1;
    const way = buildName('', 'steps-above');
    name.append(fold, mark, text, more, way);
    /** @type {Row} */
    const row = { box, name, fold, mark, text, more, way, bar, share, cells: [], second: null, status: '', top: -1 };
    for (const column of table.columns) {
        const cell = column.id === 'name' ? name : element('div', column.id);
        cell.setAttribute('role', column.id === 'name' ? 'rowheader' : 'gridcell');
        if (column.id === 'share') cell.append(bar, share);
        row.cells.push(cell);
        box.append(cell);
    }
    return row;
}

/** The steps above but the pipeline itself: in a flat list names alone do not tell steps apart. @param {number} i */
function wayTo(i) {
    const names = [];
    for (let up = data.parent[i]; up >= 0 && data.parent[up] >= 0 && names.length < WAY_MAX; up = data.parent[up])
        names.push(shownName(up));
    if (!names.length) return '';
    const left = depth[i] - 1 > WAY_MAX ? '… › ' : '';
    return 'in ' + left + names.reverse().join(' › ');
}

/** @param {Row} row @param {number} i */
function fillName(row, i) {
    const indent = table.sort ? 0 : Math.min(depth[i], INDENTS);
    const canFold = foldable(i);
    row.name.style.setProperty('--d', String(indent));
    row.fold.hidden = !canFold;
    if (canFold) row.fold.setAttribute('aria-label', (view.folded[i] ? 'Expand ' : 'Collapse ') + shownName(i));
    row.text.replaceChildren();
    putMarked(row.text, shownName(i));
    const level = depth[i] > INDENTS && !table.sort ? 'level ' + depth[i] : '';
    row.more.textContent = canFold && view.folded[i] ? formatCount(subtree[i] - 1) : level;
    row.more.hidden = !row.more.textContent;
    row.way.textContent = table.sort ? wayTo(i) : '';
    row.way.title = row.way.textContent;
}

/** Makes it the row of a step. @param {Row} row @param {number} k place in the rows */
function fillRow(row, k) {
    const i = table.order[k];
    const { box } = row;
    const status = shownStatus(i);
    if (row.status !== status) {
        const mark = buildMark(status);
        row.mark.replaceWith(mark);
        row.mark = mark;
        row.status = status;
    }
    box.className = 'row is-' + status + (view.matches && !view.matches[i] ? ' context' : '');
    box.setAttribute('aria-rowindex', String(k + 2));
    box.setAttribute('aria-level', String(table.sort ? 1 : depth[i] + 1));
    if (foldable(i)) box.setAttribute('aria-expanded', String(!view.folded[i]));
    else box.removeAttribute('aria-expanded');
    box.dataset.row = String(k);
    markRow(row, k);
    fillName(row, i);
    const share = shareOf(i);
    row.bar.style.setProperty('--part', String(share ?? 0));
    row.share.textContent = formatShare(share);
    table.columns.forEach((column, c) => {
        if (column.text) row.cells[c].textContent = column.text(i);
    });
    row.second?.remove();
    row.second = hasSecondLine(i) ? buildSecondLine(i) : null;
    if (!row.second) return;
    row.second.style.setProperty('--d', String(table.sort ? 0 : Math.min(depth[i], INDENTS)));
    row.second.setAttribute('role', 'gridcell');
    box.append(row.second);
}

/** @param {Row} row @param {number} k its place */
function markRow(row, k) {
    row.box.setAttribute('aria-selected', String(table.order[k] === view.selected));
    row.box.tabIndex = k === table.current ? 0 : -1;
}
