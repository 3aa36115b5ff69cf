/* SPDX-License-Identifier: MIT
 *
 * The bar above timeline and table: the search, switches for statuses and slow steps, which are words of the search
 * too, and what it found.
 */

const SEARCH_DELAY = 10; /* ms after the last key; a search that a later one overtakes gives up */

const HELP = [
    ['load', 'in the name, key, error, records, results or logs'],
    ['"two words"', 'these words in a row'],
    ['-word  -status:ok', 'steps without it'],
    ['name:load  key:etl.load  error:timeout', 'in that text only; key: also finds the steps below'],
    ['record:rows  record:rows=1200  log:retry', 'in records, in the record of that key, in log messages'],
    ['status:error,unfinished', STATUS.join(', ')],
    ['dur>500ms  self<2s  start>=1m', 'duration, self time, start: us, ms, s, m, h, d'],
    ['tokens>1000  records>5  depth:2', 'LLM tokens, number of records, levels below the pipeline'],
    ['level:warn', 'has a log message of this level or above'],
    ['is:slow', 'among the slowest tenth by self time'],
    ['/time(out|d out)/', 'a regular expression'],
];

const searchBox = {
    /** @type {HTMLInputElement} */
    input: null,
    /** @type {HTMLElement} */
    said: null,
    timer: 0,
};

/** @returns {HTMLElement} */
function buildHelp() {
    const help = element('div', 'help');
    help.id = 'pl-help';
    help.setAttribute('popover', 'auto');
    help.append(element('h3', '', 'Search'));
    help.append(element('p', '', 'All words must match. Capitals do not matter.'));
    const list = element('dl', '');
    for (const [words, meaning] of HELP) {
        const term = element('dt', '');
        for (const word of words.split('  ')) {
            const example = buildButton('example', word, 'Search for ' + word);
            example.addEventListener('click', () => {
                help.hidePopover();
                setQuery(word);
                searchBox.input.focus();
            });
            term.append(example);
        }
        list.append(term, element('dd', '', meaning));
    }
    help.append(list);
    return help;
}

/** @param {string} status @param {number} count */
function buildChip(status, count) {
    const chip = buildButton('chip is-' + status, '', '');
    chip.append(buildMark(status), element('span', '', status), element('span', 'count', formatCount(count)));
    const bit = 1 << STATUS.indexOf(status);
    chip.addEventListener('click', () => {
        const bits = queriedStatuses(view.query) ^ bit;
        const words = STATUS.filter((_, s) => (bits >> s) & 1).join(',');
        setQuery(replaceField(view.query, 'status', words && 'status:' + words));
    });
    listen('query', () => chip.setAttribute('aria-pressed', String((queriedStatuses(view.query) & bit) !== 0)));
    return chip;
}

function isSlowQueried() {
    return fieldValue(view.query, 'is') === 'slow';
}

function buildSlow() {
    const slow = buildButton('chip', 'Slowest tenth', '');
    slow.title =
        'Steps with ' +
        formatDuration(slowLimit(), data.unit) +
        ' or more of their own: no child step covers that time';
    slow.addEventListener('click', () => setQuery(replaceField(view.query, 'is', isSlowQueried() ? '' : 'is:slow')));
    listen('query', () => slow.setAttribute('aria-pressed', String(isSlowQueried())));
    return slow;
}

function buildChips() {
    const chips = element('div', 'chips');
    chips.setAttribute('role', 'group');
    chips.setAttribute('aria-label', 'Show only');
    const counts = STATUS.map(() => 0);
    for (let i = 0; i < data.count; i++) counts[Number(data.status[i])]++;
    const present = STATUS_ORDER.filter(status => counts[STATUS.indexOf(status)]);
    if (present.length > 1)
        for (const status of present) chips.append(buildChip(status, counts[STATUS.indexOf(status)]));
    if (slowLimit() < Infinity && data.count > 9) chips.append(buildSlow());
    return chips;
}

/** @param {string} wrong @param {boolean} reading */
function sayFound(wrong, reading) {
    const parts = [];
    if (wrong) parts.push(wrong);
    else if (view.query.trim()) parts.push(formatCount(view.total) + ' of ' + formatUnits(data.count, 'step', 'steps'));
    if (!wrong && isSlowQueried())
        parts.push('the slowest tenth: ' + formatDuration(slowLimit(), data.unit) + ' of their own, or more');
    if (reading) {
        const share = textIndex.chunkCount ? Math.floor((100 * textIndex.chunksDone) / textIndex.chunkCount) : 0;
        parts.push('still reading the records: ' + share + ' %');
    } else if (!wrong && textIndex.lost && findings.some(f => readsTexts(f.term))) parts.push(TEXTS_LOST);
    else if (!wrong && textIndex.full && findings.some(f => readsTexts(f.term)))
        parts.push(
            'only the first ' +
                formatCount(Math.round(textIndex.characters / 1e6)) +
                ' MB of record texts were searched'
        );
    searchBox.said.textContent = parts.join(' · ');
    searchBox.said.classList.toggle('wrong', wrong !== '');
    searchBox.input.setAttribute('aria-invalid', String(wrong !== ''));
    searchBox.said.hidden = !parts.length;
    if (!reading) performance.mark('pipelens-found', { detail: view.query });
}

function buildSearch() {
    const field = element('div', 'search');
    const input = /** @type {HTMLInputElement} */ (element('input', ''));
    input.id = 'q';
    input.type = 'search';
    input.placeholder = 'Search names, errors, records …';
    input.autocomplete = 'off';
    input.spellcheck = false;
    input.setAttribute('aria-label', 'Search steps');
    input.setAttribute('aria-describedby', 'pl-found');
    input.addEventListener('input', () => {
        clearTimeout(searchBox.timer);
        searchBox.timer = setTimeout(() => setQuery(input.value, 'input'), SEARCH_DELAY);
    });
    input.addEventListener('keydown', event => {
        if (event.key === 'Enter') setQuery(input.value, 'input');
        if (event.key === 'Escape' && input.value) {
            event.stopPropagation();
            setQuery('');
        }
    });
    const help = buildButton('ask', '?', 'How to search');
    help.setAttribute('popovertarget', 'pl-help');
    field.append(input, help, buildHelp());
    searchBox.input = input;
    return field;
}

function buildFolding() {
    const acts = element('div', 'acts');
    const expand = buildButton('', 'Expand all', 'Expand all steps');
    const collapse = buildButton('', 'Collapse all', 'Collapse all steps');
    expand.addEventListener('click', () => setAllFolded(false));
    collapse.addEventListener('click', () => setAllFolded(true));
    acts.append(expand, collapse);
    acts.hidden = !depth.some(d => d > 0);
    return acts;
}

function buildToolbar() {
    const tools = byId('pl-tools');
    const said = element('p', 'found');
    said.id = 'pl-found';
    said.hidden = true;
    said.setAttribute('role', 'status');
    searchBox.said = said;
    tools.append(buildSearch(), buildChips(), buildFolding(), said);
    listen('query', from => {
        clearTimeout(searchBox.timer);
        if (from !== 'input') searchBox.input.value = view.query;
        search(view.query, sayFound);
    });
    document.addEventListener('keydown', event => {
        const target = /** @type {HTMLElement} */ (event.target);
        if (
            event.key !== '/' ||
            event.ctrlKey ||
            event.metaKey ||
            event.altKey ||
            target.closest('input, textarea, select')
        )
            return;
        event.preventDefault();
        searchBox.input.focus();
        searchBox.input.select();
    });
}
