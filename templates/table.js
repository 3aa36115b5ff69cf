/* SPDX-License-Identifier: MIT
 *
 * The steps as a tree table of which only the rows in sight are in the document. A row is 28 px high, 20 more when it
 * says why the step failed or where the search found its words:
 *
 *     tops      0   28   76  104        rows in order, what is above each
 *     .rows     as high as all rows; in it those in sight
 *
 * The order is that of the tree, or a flat one by a column.
 */

const TABLE_ROW = 28; /* px, as in work.css */
const TABLE_SECOND = 20;
const TABLE_SPARE = 4; /* rows kept on both sides of what is in sight */
const TABLE_HIGH = 8e6; /* px: browsers cannot make boxes much higher; beyond, scrolling goes in larger steps */
const TABLE_REST = 150; /* ms without scrolling */

/**
 * What of a row changes from step to step.
 * @typedef {Object} Row
 * @property {HTMLElement} box
 * @property {HTMLElement} name
 * @property {HTMLElement} fold
 * @property {SVGElement} mark
 * @property {HTMLElement} text the name itself
 * @property {HTMLElement} more steps that are folded away, or the level
 * @property {HTMLElement} way the steps above, in a flat list
 * @property {HTMLElement} bar
 * @property {HTMLElement} share
 * @property {HTMLElement[]} cells by column
 * @property {HTMLElement|null} second
 * @property {string} status
 * @property {number} top px
 */

/**
 * @typedef {Object} Column
 * @property {string} id
 * @property {string} title
 * @property {string} [about]
 * @property {(i: number) => string} [text]
 * @property {(i: number) => number|string|null} value to sort by
 */

/** @type {Column[]} */
const COLUMNS = [
    { id: 'name', title: 'Name', value: i => shownName(i) },
    { id: 'start', title: 'Start', about: 'from the start of the run', text: shownStart, value: i => data.offset[i] },
    {
        id: 'duration',
        title: 'Duration',
        text: i => formatDuration(data.duration[i], data.unit),
        value: i => data.duration[i],
    },
    {
        id: 'self',
        title: 'Self',
        about: 'time that no child step covers',
        text: i => formatDuration(data.self[i], data.unit),
        value: i => data.self[i],
    },
    { id: 'share', title: 'Of the run', about: 'duration as a part of the run', value: i => data.duration[i] },
    { id: 'status', title: 'Status', text: statusWord, value: i => STATUS_ORDER.indexOf(shownStatus(i)) },
    {
        id: 'records',
        title: 'Records',
        text: i => (data.records[i] ? formatCount(data.records[i]) : ''),
        value: i => data.records[i],
    },
    {
        id: 'tokens',
        title: 'Tokens',
        about: 'LLM tokens',
        text: i => (data.tokens[i] ? formatCount(data.tokens[i]) : ''),
        value: i => data.tokens[i] ?? null,
    },
];

const table = {
    /** @type {HTMLElement} */
    box: null,
    /** @type {HTMLElement} */
    rows: null,
    /** @type {HTMLElement} */
    head: null,
    /** @type {HTMLElement} */
    note: null,
    none: element('p', 'none', 'No step matches.'),
    /** Columns that the run has something for. */
    columns: COLUMNS,
    /** Column that the rows are sorted by, "" for the tree. */
    sort: '',
    descending: false,
    /** Positions of the rows, and what is above each in px. @type {Int32Array} */
    order: new Int32Array(0),
    tops: new Float64Array(1),
    /** Rows in the document, by place in `order`. @type {Map<number, Row>} */
    shown: new Map(),
    /** Rows in the document that stand for none. @type {Row[]} */
    free: [],
    /** The row that has the keyboard. */
    current: 0,
    /** A step that comes into sight when rows are drawn next, -1: none. */
    aim: -1,
    frame: 0,
    timer: 0,
};

/** @param {number} i */
function shownStart(i) {
    const us = data.offset[i];
    return us === null ? '–' : (us >= 0 ? '+' : '') + formatDuration(us, data.unit);
}

/** Part of the run that a step takes, 0 to 1. @param {number} i @returns {number|null} */
function shareOf(i) {
    if (data.duration[i] === null || !data.span) return null;
    return Math.max(0, Math.min(1, data.duration[i] / data.span));
}

/** Does the step's row have a second line? @param {number} i */
function hasSecondLine(i) {
    return data.errors[i] !== undefined || view.hits.has(i);
}

/** Positions by the column chosen. @param {Int32Array} rows @returns {Int32Array} */
function sortedRows(rows) {
    const column = table.columns.find(c => c.id === table.sort);
    const sign = table.descending ? -1 : 1;
    if (column.id === 'name') {
        const order = new Intl.Collator('en', { numeric: true }).compare;
        const names = data.names.map((_, n) => n).sort((a, b) => order(data.names[a], data.names[b]));
        const rank = new Uint32Array(names.length);
        names.forEach((n, place) => (rank[n] = place));
        return rows.slice().sort((a, b) => sign * (rank[data.name[a]] - rank[data.name[b]]) || a - b);
    }
    const none = -sign * Infinity; /* steps without a value stand last, either way */
    const values = new Float64Array(data.count);
    for (const i of rows) values[i] = Number(column.value(i) ?? -none);
    return rows.slice().sort((a, b) => (values[a] === values[b] ? a - b : sign * (values[a] - values[b])));
}

/** Which rows there are, and where: what is folded, found or sorted has changed. */
function orderTable() {
    let rows = treeRows();
    if (table.sort) {
        if (view.matches) rows = rows.filter(i => view.matches[i]);
        else rows = Int32Array.from({ length: data.count }, (_, i) => i);
        rows = sortedRows(rows);
    }
    const tops = new Float64Array(rows.length + 1);
    for (let k = 0; k < rows.length; k++)
        tops[k + 1] = tops[k] + TABLE_ROW + (hasSecondLine(rows[k]) ? TABLE_SECOND : 0);
    const had = table.order[table.current];
    table.order = rows;
    table.tops = tops;
    table.current = Math.max(0, placeOf(view.selected >= 0 ? view.selected : had));
    table.rows.style.height = Math.min(tops[rows.length], TABLE_HIGH) + 'px';
    table.box.setAttribute('aria-rowcount', String(rows.length + 1));
    for (const row of table.shown.values()) releaseRow(row);
    table.shown.clear();
    table.none.hidden = rows.length > 0;
}

/** The rows anew. @param {boolean} [fromTop] scrolls there */
function layOutTable(fromTop) {
    orderTable();
    if (fromTop) table.box.scrollTop = 0;
    drawTable();
}

/** Place of a step in the rows, -1 when it has none. @param {number} i */
function placeOf(i) {
    if (i === undefined || i < 0) return -1;
    if (table.sort) return table.order.indexOf(i);
    let low = 0,
        high = table.order.length - 1;
    while (low <= high) {
        const middle = (low + high) >> 1;
        if (table.order[middle] === i) return middle;
        if (table.order[middle] < i) low = middle + 1;
        else high = middle - 1;
    }
    return -1;
}

/** Height of the rows that is in sight. */
function tableHeight() {
    return table.box.clientHeight - table.head.offsetHeight;
}

/** What of all rows is above the upper edge, px; and how far the box is scrolled for that. */
function tableTop() {
    const all = table.tops[table.order.length];
    const high = Math.min(all, TABLE_HIGH);
    const room = high - tableHeight();
    return all <= TABLE_HIGH || room <= 0 ? table.box.scrollTop : (table.box.scrollTop / room) * (all - tableHeight());
}

/** @param {number} top */
function scrollTableTo(top) {
    const all = table.tops[table.order.length];
    const room = Math.min(all, TABLE_HIGH) - tableHeight();
    table.box.scrollTop = all <= TABLE_HIGH ? top : (top / (all - tableHeight())) * room;
}

/** Place of the row at a height. @param {number} top */
function rowAt(top) {
    let low = 0,
        high = table.order.length;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (table.tops[middle] <= top) low = middle;
        else high = middle;
    }
    return low;
}

/** A row that stands for nothing now becomes another, unless it has the keyboard. @param {Row} row */
function releaseRow(row) {
    if (row.box === document.activeElement) row.box.remove();
    else table.free.push(row);
}

/** What is in sight, px: all that drawing reads of the page. */
function tableSight() {
    const top = tableTop();
    return { top, bottom: top + tableHeight(), shift: table.box.scrollTop - top };
}

/** Brings the step that is aimed at into sight, in the box and not in the window. */
function aimTable() {
    const k = placeOf(table.aim);
    table.aim = -1;
    if (k < 0) return;
    const top = tableTop();
    const height = tableHeight();
    if (table.tops[k] < top || table.tops[k + 1] > top + height)
        scrollTableTo(Math.max(table.tops[k] - (height - TABLE_ROW) / 2, 0));
}

function drawTable() {
    if (table.aim >= 0) aimTable();
    drawTableRows(tableSight());
}

/**
 * Puts the rows in sight into the document. Those that went out of sight become the ones that come in.
 * @param {{top: number, bottom: number, shift: number}} sight
 */
function drawTableRows({ top, bottom, shift }) {
    cancelAnimationFrame(table.frame);
    table.frame = 0;
    const first = Math.max(0, rowAt(top) - TABLE_SPARE);
    const last = Math.min(table.order.length, rowAt(bottom) + 1 + TABLE_SPARE);
    const { free } = table;
    for (const [k, row] of table.shown)
        if (k < first || k >= last) {
            table.shown.delete(k);
            releaseRow(row);
        }
    for (let k = first; k < last; k++) {
        let row = table.shown.get(k);
        if (!row) {
            row = free.pop() ?? newRow();
            table.shown.set(k, row);
            fillRow(row, k);
            if (!row.box.isConnected) table.rows.append(row.box);
        }
        const place = table.tops[k] + shift;
        if (row.top !== place) row.box.style.top = (row.top = place) + 'px';
    }
    for (const row of free) row.box.remove();
    free.length = 0;
    orderTableRows();
}

/** Rows stand in the document in the order in which they are seen, once scrolling rests: for those who listen. */
function orderTableRows() {
    clearTimeout(table.timer);
    table.timer = setTimeout(() => {
        const rows = [...table.shown].sort((a, b) => a[0] - b[0]).map(([, row]) => row.box);
        let next = null;
        for (const box of rows.reverse()) {
            if (box.nextElementSibling !== next && box !== document.activeElement) table.rows.insertBefore(box, next);
            next = box;
        }
    }, TABLE_REST);
}

/** Marks the selected row and the one that has the keyboard. */
function markRows() {
    for (const [k, row] of table.shown) markRow(row, k);
}

/** Scrolls as little as it takes to show a row. @param {number} k */
function revealRow(k) {
    const top = tableTop();
    if (table.tops[k] < top) scrollTableTo(table.tops[k]);
    else if (table.tops[k + 1] > top + tableHeight()) scrollTableTo(table.tops[k + 1] - tableHeight());
    drawTable();
}

/** Gives a row the keyboard. @param {number} k */
function focusRow(k) {
    table.current = Math.max(0, Math.min(table.order.length - 1, k));
    revealRow(table.current);
    markRows();
    table.shown.get(table.current)?.box.focus({ preventScroll: true });
}

/** @param {number} i */
function toggleFold(i) {
    setFolded(i, !view.folded[i]);
}

/** @param {KeyboardEvent} event */
function onTableKey(event) {
    if (
        !(/** @type {HTMLElement} */ (event.target).closest('[data-row]')) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
    )
        return;
    const i = table.order[table.current];
    const page = Math.max(1, Math.floor(tableHeight() / TABLE_ROW) - 1);
    /** @type {Object<string, () => void>} */
    const acts = {
        ArrowDown: () => focusRow(table.current + 1),
        ArrowUp: () => focusRow(table.current - 1),
        PageDown: () => focusRow(table.current + page),
        PageUp: () => focusRow(table.current - page),
        Home: () => focusRow(0),
        End: () => focusRow(table.order.length - 1),
        Enter: () => select(i, 'table'),
        ' ': () => select(i, 'table'),
        ArrowRight: () => {
            if (foldable(i) && view.folded[i]) setFolded(i, false);
            else if (subtree[i] > 1 && !table.sort) focusRow(table.current + 1);
        },
        ArrowLeft: () => {
            if (foldable(i) && !view.folded[i]) setFolded(i, true);
            else if (!table.sort && data.parent[i] >= 0) focusRow(placeOf(data.parent[i]));
        },
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
}

/** @param {MouseEvent} event */
function onTableClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement|null} */ (target.closest('[data-row]'));
    if (!row || (getSelection().toString() && !target.closest('.fold'))) return;
    table.current = Number(row.dataset.row);
    const i = table.order[table.current];
    markRows();
    if (target.closest('.fold')) toggleFold(i);
    else select(i, 'table');
}

/** @param {string} id of a column; again: the other way; a third time: the tree */
function sortBy(id) {
    const firstDown = id !== 'name' && id !== 'start' && id !== 'status';
    if (table.sort !== id) [table.sort, table.descending] = [id, firstDown];
    else if (table.descending === firstDown) table.descending = !firstDown;
    else table.sort = '';
    showSort();
    layOutTable(true);
}

function showSort() {
    const column = table.columns.find(c => c.id === table.sort);
    for (const cell of table.head.children) {
        const { column: id } = /** @type {HTMLElement} */ (cell).dataset;
        if (id === table.sort) cell.setAttribute('aria-sort', table.descending ? 'descending' : 'ascending');
        else cell.removeAttribute('aria-sort');
    }
    table.note.hidden = !column;
    if (!column) return;
    const back = buildButton('link', 'Back to the tree', '');
    back.addEventListener('click', () => {
        table.sort = '';
        showSort();
        layOutTable();
        focusRow(table.current);
    });
    table.note.replaceChildren('A flat list, by ' + column.title.toLowerCase() + '. ', back);
}

function buildTableHead() {
    const head = element('div', 'row head');
    head.setAttribute('role', 'row');
    head.setAttribute('aria-rowindex', '1');
    for (const column of table.columns) {
        const cell = element('div', column.id);
        const sort = buildButton('sort', column.title, '');
        sort.title = 'Sort by ' + column.title.toLowerCase() + (column.about ? ': ' + column.about : '');
        sort.addEventListener('click', () => sortBy(column.id));
        cell.dataset.column = column.id;
        cell.setAttribute('role', 'columnheader');
        cell.append(sort);
        head.append(cell);
    }
    return head;
}

/** Which column stands beside the name where there is room for one only. */
function buildColumnChoice() {
    const label = element('label', 'column-choice', 'Show ');
    const choice = /** @type {HTMLSelectElement} */ (element('select', ''));
    for (const column of table.columns.slice(1)) {
        const option = /** @type {HTMLOptionElement} */ (element('option', '', column.title));
        option.value = column.id;
        choice.append(option);
    }
    choice.value = 'duration';
    choice.addEventListener('change', () => (table.box.dataset.column = choice.value));
    label.append(choice);
    return label;
}

/** Builds the table; startViews() draws its rows. */
function buildTable() {
    const hasTokens = Object.keys(data.tokens).length > 0;
    table.columns = COLUMNS.filter(column => column.id !== 'tokens' || hasTokens);
    table.box = element('div', 'table' + (hasTokens ? ' with-tokens' : ''));
    table.box.setAttribute('role', 'treegrid');
    table.box.setAttribute('aria-label', 'Steps');
    table.box.dataset.column = 'duration';
    table.rows = element('div', 'rows');
    table.rows.setAttribute('role', 'rowgroup');
    table.head = buildTableHead();
    table.note = element('span', 'hint');
    table.note.setAttribute('role', 'status');
    table.note.hidden = true;
    table.box.append(table.head, table.rows);
    byId('h-steps').after(table.note, buildColumnChoice());
    byId('pl-steps').append(table.box, table.none);
    table.box.addEventListener('scroll', () => (table.frame ||= requestAnimationFrame(drawTable)), { passive: true });
    table.box.addEventListener('keydown', onTableKey);
    table.box.addEventListener('click', onTableClick);
    new ResizeObserver(() => (table.frame ||= requestAnimationFrame(drawTable))).observe(table.box);
    orderTable();
    listen('filter', () => {
        table.aim = firstMatch();
        layOutTable(true);
    });
    listen('fold', () => {
        const focused = table.rows.contains(document.activeElement);
        const i = table.order[table.current];
        layOutTable();
        const k = placeOf(i);
        if (focused && k >= 0) focusRow(k);
    });
    listen('select', from => {
        const k = placeOf(view.selected);
        if (k >= 0) {
            table.current = k;
            if (from !== 'table') revealRow(k);
        }
        markRows();
    });
}
