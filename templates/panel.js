/* SPDX-License-Identifier: MIT
 *
 * The step panel: everything the log says about the selected step, beside the page, or over its lower part where the
 * window is narrow.
 */

const PANEL_LEAST = 320; /* px */
const PANEL_STEP = 32; /* px a key press makes it wider */
const CRUMBS_MAX = 8; /* of more steps above, one place says that some are left out */
const CHILDREN_MAX = 12; /* listed before "all" */
const RECORDS_MAX = 60; /* shown before "more" */
const LOGS_MAX = 200;

const panel = {
    /** @type {HTMLElement} */
    box: null,
    /** @type {HTMLElement} */
    body: null,
    /** What had the keyboard before it opened. @type {HTMLElement|null} */
    opener: null,
    /** Whether Enter was the last thing that the reader did: then the keyboard goes into the panel. */
    byKey: false,
    /** Counts openings: an older one that is still reading gives up. */
    turn: 0,
    width: 0,
};

/** @param {string} title @param {(Node|HTMLElement|string)[]} parts */
function buildPart(title, ...parts) {
    const part = element('section', 'part');
    part.append(element('h3', '', title), .../** @type {any[]} */ (parts));
    return part;
}

/** A button that selects a step. @param {number} i @param {string} [before] */
function buildStepLink(i, before) {
    const link = buildButton('step-link is-' + shownStatus(i), '', '');
    if (before) link.append(element('span', 'hint', before + ' '));
    link.append(buildMark(shownStatus(i)), buildName(shownName(i)));
    link.append(element('span', 'hint', formatDuration(data.duration[i], data.unit)));
    link.addEventListener('click', () => select(i, 'panel'));
    return link;
}

/** @param {number} i */
function buildBreadcrumbs(i) {
    const nav = element('div', 'crumbs');
    nav.setAttribute('role', 'navigation');
    nav.setAttribute('aria-label', 'Steps above');
    const above = [];
    const left = depth[i] > CRUMBS_MAX ? depth[i] - CRUMBS_MAX + 1 : 0; /* left out, behind the first */
    for (let up = data.parent[i]; up >= 0; up = data.parent[up])
        if (!left || !depth[up] || depth[up] > left) above.push(up);
    above.reverse().forEach((up, n) => {
        if (left && n === 1) nav.append(element('span', 'hint', '… '), ' › ');
        const link = buildButton('link', '', '');
        link.append(buildName(shownName(up)));
        link.addEventListener('click', () => select(up, 'panel'));
        nav.append(link, ' › ');
    });
    nav.append(buildName(shownName(i)));
    return nav;
}

/** @param {[string, string|HTMLElement][]} facts */
function buildFacts(facts) {
    const list = element('dl', 'facts');
    for (const [label, value] of facts) {
        const what = element('dd', '');
        what.append(value);
        if (typeof value === 'string') what.dir = 'auto';
        list.append(element('dt', '', label), what);
    }
    return list;
}

/** The reader's own time of a moment. @param {number} offset @returns {string} "" when it is UTC too */
function localTime(offset) {
    const date = new Date(data.start[0] + Math.floor((data.start[1] + offset) / 1000));
    if (isNaN(date.getTime()) || !date.getTimezoneOffset()) return '';
    return (
        new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(date) +
        ', ' +
        localZone()
    );
}

/** @returns {string} "Europe/Berlin" */
function localZone() {
    return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'local time';
}

/** A moment: from the start of the run, UTC, and where the reader is. @param {number} offset */
function buildMoment(offset) {
    const moment = element('span', '');
    moment.append(
        (offset >= 0 ? '+' : '') + formatDuration(offset, data.unit),
        ' ',
        element('span', 'hint moment', formatUtc(data.start, offset))
    );
    const local = localTime(offset);
    if (local) moment.append(element('span', 'hint moment', local));
    return moment;
}

/** @param {number} i */
function buildTimes(i) {
    const status = element('span', 'state is-' + shownStatus(i));
    status.append(buildMark(shownStatus(i)), statusWord(i));
    const state = element('span', '');
    state.append(status);
    if (isToldByRun(i))
        state.append(' ', element('span', 'hint', 'says the log of the run; no error of its own'));
    /** @type {[string, string|HTMLElement][]} */
    const facts = [['Status', state]];
    const offset = data.offset[i];
    const duration = data.duration[i];
    const open = statusOf(i) === 'running' || statusOf(i) === 'unfinished';
    if (offset === null) facts.push(['Start', duration === null ? 'not in the log' : 'before the run']);
    else {
        facts.push(['Start', buildMoment(offset)]);
        if (duration !== null && !open) facts.push(['End', buildMoment(offset + duration)]);
        const share = shareOf(i);
        facts.push([
            'Duration',
            formatDuration(duration, data.unit) +
                (open ? ' so far' : '') +
                (share === null ? '' : ', ' + formatShare(share) + ' of the run'),
        ]);
        if (subtree[i] > 1) facts.push(['Self', formatDuration(data.self[i], data.unit)]);
    }
    facts.push(['Key', keyOf(i, 4000)]);
    for (const [label, text] of data.facts[i] ?? []) {
        const to = label.startsWith('Link ') || label === 'Parent id' ? stepWithId(text) : -1;
        facts.push([label, to < 0 ? text : buildStepLink(to)]);
    }
    return buildFacts(facts);
}

/** What is around the step. @param {number} i */
function buildAround(i) {
    const part = buildPart('Around');
    const links = element('div', 'links');
    if (data.parent[i] >= 0) {
        const siblings = childrenOf(data.parent[i]);
        const at = siblings.indexOf(i);
        links.append(buildStepLink(data.parent[i], 'Parent'));
        if (at > 0) links.append(buildStepLink(siblings[at - 1], 'Previous'));
        if (at + 1 < siblings.length) links.append(buildStepLink(siblings[at + 1], 'Next'));
    }
    part.append(links);
    const children = childrenOf(i);
    if (children.length) {
        part.append(element('h4', '', formatUnits(children.length, 'child', 'children')));
        const list = element('div', 'links');
        const show = (/** @type {number} */ most) => {
            list.replaceChildren(...children.slice(0, most).map(c => buildStepLink(c)));
            if (children.length <= most) return;
            const left = children.length - most;
            const more = buildButton(
                'link',
                'Show ' + formatCount(Math.min(left, 200)) + ' more of ' + formatCount(left),
                ''
            );
            more.addEventListener('click', () => show(most + 200));
            list.append(more);
        };
        show(CHILDREN_MAX);
        part.append(list);
    }
    return links.childElementCount || children.length ? part : null;
}

/**
 * Rendered Markdown that came with the page.
 * @param {number} i
 * @param {Item} item
 * @returns {HTMLTemplateElement|null}
 */
function renderedOf(i, item) {
    const member = item.member === undefined ? '' : '-' + item.member;
    return /** @type {HTMLTemplateElement|null} */ (
        document.getElementById('md-' + indexOf(i) + '-' + item.number + member)
    );
}

/** That, with the switch to its source. @param {number} i @param {Item} item @param {HTMLElement} source */
function withRendered(i, item, source) {
    const holder = renderedOf(i, item);
    if (!holder) return source;
    const rendered = element('div', 'md');
    rendered.append(document.importNode(holder.content, true));
    const box = element('div', 'rendered');
    const choice = element('div', 'choice');
    const both = ['Rendered', 'Source'].map(title => buildButton('copy', title, 'Show as ' + title.toLowerCase()));
    const show = (/** @type {number} */ n) => {
        both.forEach((button, b) => button.setAttribute('aria-pressed', String(b === n)));
        box.replaceChildren(choice, n ? source : rendered);
    };
    both.forEach((button, n) => button.addEventListener('click', () => show(n)));
    choice.append(...both);
    show(0);
    return box;
}

/** @param {number} i @param {Item} item @param {string} json @param {string} [name] */
function buildItem(i, item, json, name = item.label || item.kind) {
    if (!item.length)
        return element('p', 'cut', 'Not in this page: the log has ' + formatCount(item.whole) + ' bytes of it.');
    const value = withRendered(i, item, buildValue(name, json, item.whole > item.length ? item.whole : undefined));
    if (item.member !== undefined || json[0] !== '{') return value;
    /* An object's texts that are Markdown stand below its tree. */
    const box = element('div', '');
    box.append(value);
    childNodes({ key: '', isIndex: false, pointer: '', json }).forEach((node, member) => {
        const part = { ...item, member };
        if (!renderedOf(i, part)) return;
        const label = element('div', 'label', node.key);
        label.dir = 'auto';
        box.append(label, withRendered(i, part, buildValue(node.key, node.json)));
    });
    return box;
}

/** @typedef {{item: Item, json: string}} Read an item with its text */

/**
 * Records by key, later data for earlier, in the order in which keys came.
 * @param {Read[]} all
 * @returns {Map<string, Read>}
 */
function mergeRecords(all) {
    const records = new Map();
    for (const { item, json } of all) {
        if (item.kind === 'record') records.set(item.label, { item, json });
        if (item.kind !== 'records') continue;
        if (item.whole > item.length) records.set('(all)', { item, json });
        else
            childNodes({ key: '', isIndex: false, pointer: '', json }).forEach((node, member) =>
                records.set(node.key, { item: { ...item, member }, json: node.json })
            );
    }
    return records;
}

/** @param {number} i @param {Read[]} all */
function buildRecords(i, all) {
    const records = [...mergeRecords(all)];
    if (!records.length) return null;
    const list = element('div', 'records');
    const show = (/** @type {number} */ from) => {
        for (const [key, { item, json }] of records.slice(from, from + RECORDS_MAX)) {
            const row = element('div', 'record');
            const label = element('div', 'label', key);
            label.dir = 'auto';
            row.append(label, buildItem(i, item, json, key));
            list.append(row);
        }
        const left = records.length - from - RECORDS_MAX;
        if (left <= 0) return;
        const more = buildButton(
            'link',
            'Show ' + formatCount(Math.min(left, RECORDS_MAX)) + ' more of ' + formatCount(left),
            ''
        );
        more.addEventListener('click', () => {
            more.remove();
            show(from + RECORDS_MAX);
        });
        list.append(more);
    };
    show(0);
    return buildPart(formatUnits(records.length, 'record', 'records'), list);
}

/** @param {Read} log */
function buildLog({ item, json }) {
    const level = LEVELS[item.level];
    const row = element('li', 'log at-' + level);
    row.append(
        element('span', 'level', level),
        element('span', 'time', item.time === null ? '–' : '+' + formatDuration(item.time, data.unit))
    );
    const text = element('div', 'message');
    if (!item.length) text.append(element('span', 'cut', 'Not in this page.'));
    else text.append(isContainer(json) ? buildValue('message', json) : buildLongText(displayValue(json).text, ''));
    row.append(text);
    return row;
}

/** @param {Read[]} all */
function buildLogs(all) {
    const logs = all.filter(({ item }) => item.kind === 'log');
    if (!logs.length) return null;
    const levels = LEVELS.filter((_, n) => logs.some(({ item }) => item.level === n));
    const hidden = new Set();
    const list = element('ol', 'logs');
    const show = (/** @type {number} */ most) => {
        const wanted = logs.filter(({ item }) => !hidden.has(LEVELS[item.level]));
        list.replaceChildren(...wanted.slice(0, most).map(buildLog));
        if (wanted.length <= most) return;
        const more = buildButton('link', 'Show ' + formatCount(Math.min(wanted.length - most, LOGS_MAX)) + ' more', '');
        more.addEventListener('click', () => show(most + LOGS_MAX));
        const row = element('li', '');
        row.append(more);
        list.append(row);
    };
    show(LOGS_MAX);
    const part = buildPart(formatUnits(logs.length, 'log message', 'log messages'));
    if (levels.length > 1) {
        const chips = element('div', 'chips');
        for (const level of levels) {
            const count = logs.filter(({ item }) => LEVELS[item.level] === level).length;
            const chip = buildButton('chip', '', '');
            chip.append(element('span', '', level), element('span', 'count', formatCount(count)));
            chip.setAttribute('aria-pressed', 'true');
            chip.addEventListener('click', () => {
                if (!hidden.delete(level)) hidden.add(level);
                chip.setAttribute('aria-pressed', String(!hidden.has(level)));
                show(LOGS_MAX);
            });
            chips.append(chip);
        }
        part.append(chips);
    }
    part.append(list);
    return part;
}

/** @param {number} i @param {Read[]} all @param {string} kind @param {string} title */
function buildOne(i, all, kind, title) {
    const found = all.filter(({ item }) => item.kind === kind);
    return found.length
        ? buildPart(title, ...found.map(({ item, json }) => buildItem(i, item, json, title.toLowerCase())))
        : null;
}

/** @param {number} i @param {Read[]} all */
function buildError(i, all) {
    const error = all.find(({ item }) => item.kind === 'error');
    const trace = all.find(({ item }) => item.kind === 'trace');
    if (!error && !trace) return null;
    const part = buildPart('Error');
    part.classList.add('is-error');
    if (error) part.append(buildItem(i, error.item, error.json, 'error'));
    if (trace) part.append(element('h4', '', 'Trace'), buildItem(i, trace.item, trace.json, 'trace'));
    return part;
}

/**
 * What this step changed: its state against the one before, on its level or in the step itself.
 * @param {number} i
 * @param {Read[]} all
 */
async function buildStateChanges(i, all) {
    const own = all.filter(
        ({ item }) =>
            item.length &&
            item.length === item.whole &&
            (item.kind === 'state' || (item.kind === 'record' && STATE_KEYS.includes(item.label)))
    );
    if (!own.length) return null;
    const part = buildPart('What changed');
    const before = previousWithState(i);
    let last = '';
    if (before >= 0) {
        const item = statesOf(before).pop();
        if (item.length === item.whole) last = await textOf(item);
        if (last) part.append(buildStepLink(before, 'Since'));
    }
    for (const { json } of own) {
        if (last) part.append(buildChanges(last, json));
        last = json;
    }
    return part.childElementCount > 1 ? part : null;
}

/** @param {number} i @param {Read[]} all */
function buildFields(i, all) {
    const names = ['args', 'tags', 'host', 'graph', 'usage', 'handled errors'];
    const parts = names.map(kind => buildOne(i, all, kind, kind[0].toUpperCase() + kind.slice(1)));
    const fields = all.filter(({ item }) => item.kind === 'field');
    if (fields.length) {
        const list = element('div', 'records');
        for (const { item, json } of fields.slice(0, LOGS_MAX)) {
            const row = element('div', 'record');
            row.append(element('div', 'label', item.label), buildItem(i, item, json));
            list.append(row);
        }
        if (fields.length > LOGS_MAX)
            list.append(element('p', 'hint', 'and ' + formatCount(fields.length - LOGS_MAX) + ' more fields'));
        parts.push(buildPart('Other fields', list));
    }
    return parts;
}

/** What the texts of a step say, part by part. @param {number} i */
async function buildTexts(i) {
    const all = await Promise.all(itemsOf(i).map(async item => ({ item, json: (await textOf(item)).trim() })));
    const changes = await buildStateChanges(i, all);
    return [
        buildError(i, all),
        buildOne(i, all, 'result', 'Result'),
        buildRecords(i, all),
        buildLogs(all),
        buildOne(i, all, 'inputs', 'Inputs'),
        changes,
        buildOne(i, all, 'state', 'State'),
        ...buildFields(i, all),
    ];
}

/** @param {number} i */
async function fillPanel(i) {
    const turn = ++panel.turn;
    const texts = await buildTexts(i).catch(error => [element('p', 'cut', error.message)]);
    if (turn !== panel.turn) return;
    const parts = [buildBreadcrumbs(i), buildTimes(i), ...texts, buildAround(i)];
    panel.body.replaceChildren(...parts.filter(part => part !== null));
    panel.body.scrollTop = 0;
}

/** @param {number} width px */
function setPanelWidth(width) {
    const most = Math.max(PANEL_LEAST, innerWidth * 0.7);
    panel.width = Math.round(Math.max(PANEL_LEAST, Math.min(most, width)));
    document.documentElement.style.setProperty('--panel-width', panel.width + 'px');
    const edge = panel.box.querySelector('.edge');
    edge.setAttribute('aria-valuenow', String(panel.width));
    edge.setAttribute('aria-valuemax', String(Math.round(most)));
    remember('pl-panel', String(panel.width));
}

/** The edge by which the panel is made wider. */
function buildEdge() {
    const edge = element('div', 'edge');
    edge.tabIndex = 0;
    edge.setAttribute('role', 'separator');
    edge.setAttribute('aria-orientation', 'vertical');
    edge.setAttribute('aria-label', 'Width of the step panel');
    edge.setAttribute('aria-valuemin', String(PANEL_LEAST));
    edge.addEventListener('pointerdown', event => {
        edge.setPointerCapture(event.pointerId);
        event.preventDefault();
    });
    edge.addEventListener('pointermove', event => {
        if (edge.hasPointerCapture(event.pointerId))
            setPanelWidth(document.documentElement.clientWidth - event.clientX);
    });
    edge.addEventListener('keydown', event => {
        const sign = event.key === 'ArrowLeft' ? 1 : event.key === 'ArrowRight' ? -1 : 0;
        if (!sign) return;
        event.preventDefault();
        setPanelWidth(panel.width + sign * PANEL_STEP);
    });
    return edge;
}

/** Changes the width of the page, and keeps what the reader looks at where it is. @param {boolean} open */
function makeRoom(open) {
    const looked = [...document.querySelectorAll('header, main > *')].find(e => e.getBoundingClientRect().bottom > 100);
    const before = looked?.getBoundingClientRect().top ?? 0;
    document.documentElement.classList.toggle('with-panel', open);
    if (looked && scrollY > 0) scrollBy({ top: looked.getBoundingClientRect().top - before, behavior: 'instant' });
}

/** @param {number} i */
function openPanel(i) {
    const title = byId('pl-panel-title');
    if (!panel.box.contains(document.activeElement))
        panel.opener = /** @type {HTMLElement|null} */ (document.activeElement);
    /* not before it is needed: it measures the window and changes the style of the whole document */
    if (!panel.width) setPanelWidth(Number(recall('pl-panel')) || Math.min(620, innerWidth * 0.38));
    panel.box.hidden = false;
    makeRoom(true);
    title.replaceChildren(buildMark(shownStatus(i)), buildName(shownName(i)));
    title.className = 'is-' + shownStatus(i);
    fillPanel(i);
}

function closePanel() {
    const inside = panel.box.contains(document.activeElement);
    const current = table.shown.get(table.current)?.box;
    panel.turn++;
    panel.box.hidden = true;
    makeRoom(false);
    panel.body.replaceChildren();
    if (inside) (panel.opener?.isConnected ? panel.opener : current)?.focus({ preventScroll: true });
    panel.opener = null;
}

function buildPanel() {
    panel.box = byId('pl-panel');
    panel.body = element('div', 'panel-body');
    panel.body.tabIndex = 0;
    panel.body.setAttribute('role', 'region');
    panel.body.setAttribute('aria-label', 'Details of the step');
    const head = element('div', 'panel-head');
    const title = element('h2', '');
    title.id = 'pl-panel-title';
    title.tabIndex = -1;
    const close = buildButton('close', '×', 'Close the step panel');
    close.addEventListener('click', () => select(-1, 'panel'));
    head.append(title, close);
    panel.box.setAttribute('aria-labelledby', 'pl-panel-title');
    panel.box.removeAttribute('aria-label');
    panel.box.append(buildEdge(), head, panel.body);
    listen('select', from => {
        if (view.selected < 0) closePanel();
        else {
            openPanel(view.selected);
            announce('Step ' + shownName(view.selected) + ', ' + statusWord(view.selected));
            if (from === 'panel' || panel.byKey) title.focus({ preventScroll: true });
        }
    });
    document.addEventListener('pointerdown', () => (panel.byKey = false), true);
    document.addEventListener('keydown', event => (panel.byKey = event.key === 'Enter'), true);
    document.addEventListener('keydown', event => {
        if (event.key === 'Escape' && !event.defaultPrevented && !panel.box.hidden) select(-1, 'panel');
    });
}
