/* SPDX-License-Identifier: MIT
 *
 * The table by step name: a click on a heading sorts it, a click on a name searches for it.
 */

/** @param {HTMLTableRowElement} row @param {number} column @returns {string|number} */
function statValue(row, column) {
    return column === 0 ? row.cells[0].textContent : Number(row.dataset.v.split(',')[column - 1]);
}

/** Sorts by a column: numbers largest first, names from A; a second time the other way round. @param {HTMLTableCellElement} head */
function sortStatistics(head) {
    const table = /** @type {HTMLTableElement} */ (head.closest('table'));
    const body = table.tBodies[0];
    const column = head.cellIndex;
    const before = head.getAttribute('aria-sort');
    const isName = column === 0;
    const up = before ? before === 'descending' : isName;
    const rows = [...body.rows];
    const order = new Intl.Collator('en', { numeric: true });
    rows.sort((a, b) => {
        const x = statValue(a, column);
        const y = statValue(b, column);
        const way = typeof x === 'number' && typeof y === 'number' ? x - y : order.compare(String(x), String(y));
        return up ? way : -way;
    });
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    body.append(...rows);
}

/** Puts what a cell holds into a button. @param {HTMLElement} cell @param {string} className @param {() => void} act */
function makeButton(cell, className, act) {
    const button = buildButton(className, '');
    button.append(...cell.childNodes);
    button.addEventListener('click', act);
    cell.append(button);
}

/** A search for a name. The language has no quote within quotes: such a name is an expression. @param {string} name */
function nameQuery(name) {
    if (!name.includes('"')) return 'name:' + quoteWord(name);
    return 'name:/' + name.replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&') + '/';
}

function startStatistics() {
    const table = /** @type {HTMLTableElement|null} */ (document.getElementById('pl-stats'));
    if (!table) return;
    for (const head of table.tHead.rows[0].cells)
        if (head.cellIndex < table.tHead.rows[0].cells.length - 1) makeButton(head, 'sorter', () => sortStatistics(head));
    for (const row of table.tBodies[0].rows) {
        const cell = row.cells[0];
        const name = cell.dataset.name ?? cell.textContent;
        const query = cell.dataset.q ?? nameQuery(name);
        if (!name) continue;
        makeButton(cell, 'link', () => {
            setQuery(query);
            byId('steps').scrollIntoView();
        });
        cell.querySelector('button').title = 'Search for it';
    }
}
