/* SPDX-License-Identifier: MIT
 *
 * The timeline: a row a step, of which only those in sight are in the document. What it looks like is drawn once a
 * frame, by timelineDraw(), from the range (range.js), the rows that folding and search leave (view.js) and where the
 * reader has scrolled to.
 *
 *   tools:  zoom, critical path, measure, what is seen
 *   frame:  head | overview strip (overview.js)   sticks to the top
 *                | axis (axis.js)
 *           body | rows (bars.js), over which lines lie (ruler.js)
 */

const ROW_WIDE = 28; /* px, as in timeline.css */
const ROW_NARROW = 46;
const NARROW = 560; /* px of the page below which names stand above bars */
const SPARE_ROWS = 6; /* drawn beyond either edge, so that a fast wheel does not outrun them */
const ORDER_DELAY = 200; /* ms of rest after which the document's rows are put in order */
const BODY_MAX = 15e6; /* px: browsers cannot scroll much further; more rows go by faster */
const NAMES_MIN = 120; /* px of the column of names */
const NAMES_PART = 0.6; /* of the width, at most */

const timelineBox = byId('pl-timeline');

const timeline = {
    /** @type {HTMLElement} */
    frame: null,
    /** @type {HTMLElement} */
    scroll: null,
    /** @type {HTMLElement} */
    head: null,
    /** @type {HTMLElement} */
    axis: null,
    /** @type {HTMLElement} */
    body: null,
    /** @type {HTMLElement} */
    grid: null,
    /** @type {HTMLElement} */
    rows: null,
    /** @type {HTMLElement} */
    seen: null,
    /** @type {HTMLElement} */
    base: null,
    /** @type {HTMLElement} */
    measure: null,
    /** @type {HTMLElement} */
    empty: null,
    /** What stands in the rows, as treeRows() gave it. @type {Int32Array} */
    list: new Int32Array(0),
    /** Rows in the document by their place. @type {Map<number, BarRow>} */
    drawn: new Map(),
    /** Place of the row that Tab reaches. */
    active: 0,
    /** px of the visible rows, of the head and of a row */
    height: 0,
    headHeight: 0,
    row: ROW_WIDE,
    /** px of names and of the frame that the reader has asked for, 0: none */
    names: 0,
    tall: 0,
    /** A step that comes into sight when rows are drawn next, -1: none. */
    aim: -1,
    /** The search that rows were found by. */
    query: '',
    /** Is the shape of rows out of date, or only that of bars? */
    stale: true,
    /** The handles between names and lanes, and below the frame. @type {HTMLElement} */
    split: null,
    /** @type {HTMLElement} */
    grip: null,
};

/* ---- drawing ---- */

let timelineAsked = 0;

/** Draws in the next frame. */
function timelineSchedule() {
    if (!timelineAsked) timelineAsked = requestAnimationFrame(timelineDraw);
}

/** Draws all rows anew: what they say has changed. */
function timelineRefresh() {
    timeline.stale = true;
    timelineSchedule();
}

/** The px of all rows, and those that stand for them when that is too much. */
function bodyHeights() {
    const all = timeline.list.length * timeline.row;
    return { all, shown: Math.min(all, BODY_MAX) };
}

/** @param {number} scrollTop @returns {number} px of rows above the first one seen */
function rowsAbove(scrollTop) {
    const { all, shown } = bodyHeights();
    if (all === shown) return scrollTop;
    return (scrollTop / Math.max(shown - timeline.height, 1)) * (all - timeline.height);
}

/** Brings a row into sight. @param {number} index @param {boolean} [middle] into the middle, if it is not in sight */
function scrollToRow(index, middle) {
    const { all, shown } = bodyHeights();
    const above = rowsAbove(timeline.scroll.scrollTop);
    const top = index * timeline.row;
    const low = top + timeline.row - timeline.height;
    let to = Math.max(Math.min(above, top), low);
    if (to === above) return;
    if (middle) to = top - (timeline.height - timeline.row) / 2;
    const scale = all === shown ? 1 : (shown - timeline.height) / (all - timeline.height);
    timeline.scroll.scrollTop = to * scale;
    timelineSchedule();
}

/** @param {number} i position @returns {number} its place among the rows, -1 when folding or search hides it */
function rowIndexOf(i) {
    const { list } = timeline;
    let low = 0,
        high = list.length - 1;
    while (low <= high) {
        const middle = (low + high) >> 1;
        if (list[middle] === i) return middle;
        if (list[middle] < i) low = middle + 1;
        else high = middle - 1;
    }
    return -1;
}

/** Takes what folding and search have left; the row in focus stays the same step, or the nearest above it. */
function updateList() {
    const list = treeRows();
    if (list === timeline.list) return false;
    let step = timeline.list.length ? timeline.list[timeline.active] : 0;
    timeline.list = list;
    while (step > 0 && rowIndexOf(step) < 0) step = data.parent[step];
    timeline.active = Math.max(rowIndexOf(step), 0);
    timeline.body.style.height = bodyHeights().shown + 'px';
    timeline.rows.setAttribute('aria-rowcount', String(list.length));
    timeline.empty.hidden = list.length > 0;
    criticalPieces.clear();
    timeline.stale = true;
    return true;
}

/**
 * Takes rows that are out of sight; the one in focus stays.
 * @param {number} first @param {number} last @returns {BarRow[]}
 */
function releaseRows(first, last) {
    const free = [];
    for (const [index, row] of timeline.drawn) {
        const gone = index >= timeline.list.length;
        if (!gone && ((index >= first && index < last) || index === timeline.active)) continue;
        timeline.drawn.delete(index);
        row.position = -1;
        free.push(row);
    }
    return free;
}

/** Brings the document's order to that of the rows, for those who read it so. The row in focus is not touched. */
function orderRows() {
    const { rows, drawn } = timeline;
    const order = [...drawn.keys()].sort((a, b) => a - b);
    order.forEach((index, place) => {
        const { box } = drawn.get(index);
        if (box.contains(document.activeElement))
            while (rows.children[place] !== box) rows.append(rows.children[place]);
        else if (rows.children[place] !== box) rows.insertBefore(box, rows.children[place]);
    });
}

/** @param {number} index @param {boolean} moved have bars to be drawn? @param {BarRow[]} free rows to use again */
function drawRow(index, moved, free) {
    const i = timeline.list[index];
    let row = timeline.drawn.get(index);
    if (!row) {
        row = free.pop() ?? buildBarRow();
        timeline.drawn.set(index, row);
        if (!row.box.isConnected) timeline.rows.append(row.box);
    }
    const fresh = row.position !== i || timeline.stale;
    if (fresh) {
        fillBarRow(row, i, index);
        const selected = view.selected === i;
        row.box.classList.toggle('is-selected', selected);
        row.box.setAttribute('aria-selected', String(selected));
    }
    if (fresh || moved) drawBar(row);
    const tabIndex = index === timeline.active ? 0 : -1;
    if (row.box.tabIndex !== tabIndex) row.box.tabIndex = tabIndex;
    return row;
}

let drawnFrom = NaN,
    drawnTo = NaN,
    drawnWidth = NaN,
    orderTimer = 0;

/** @param {number} scrollTop */
function drawRows(scrollTop) {
    const moved = drawnFrom !== range.from || drawnTo !== range.to || drawnWidth !== lane.width;
    [drawnFrom, drawnTo, drawnWidth] = [range.from, range.to, lane.width];
    const above = rowsAbove(scrollTop);
    const first = Math.max(Math.floor(above / timeline.row) - SPARE_ROWS, 0);
    const last = Math.min(Math.ceil((above + timeline.height) / timeline.row) + SPARE_ROWS, timeline.list.length);
    const free = releaseRows(first, last);
    const place = (/** @type {number} */ index) => {
        const row = drawRow(index, moved, free);
        const top = Math.round(index * timeline.row - above + scrollTop);
        row.box.style.transform = `translateY(${top}px)`;
    };
    for (let index = first; index < last; index++) place(index);
    const { active, list } = timeline;
    if (list.length && (active < first || active >= last)) place(active);
    for (const row of free) row.box.remove();
    timeline.stale = false;
    clearTimeout(orderTimer);
    orderTimer = setTimeout(orderRows, ORDER_DELAY);
    if (moved) drawAxis();
}

/** Ticks and the lines below them. */
function drawAxis() {
    const { base, list } = ticksOf(range.from, timeAt(lane.width), lane.width - LANE_LEFT, textWidth);
    const labels = [];
    const lines = [];
    for (const { time, text } of list) {
        const x = xOf(time);
        const line = element('i', 'tl-line');
        line.style.transform = `translateX(${x.toFixed(1)}px)`;
        lines.push(line);
        if (x + textWidth(text) + 6 > lane.width) continue;
        const label = element('span', 'tl-tick', text);
        label.style.transform = `translateX(${x.toFixed(1)}px)`;
        labels.push(label);
    }
    timeline.axis.replaceChildren(...labels);
    timeline.grid.replaceChildren(...lines);
    timeline.base.textContent = base && base + ' +';
    const from = placeText(range.from, laneLength());
    const to = placeText(range.to, laneLength());
    const part = rangeIsWhole() ? 'Whole run' : `${from} – ${to}`;
    timeline.seen.textContent = `${part} · ${lengthText(range.to - range.from)}`;
    timeline.axis.setAttribute('aria-valuenow', String(Math.round((range.from + range.to) / 2)));
    timeline.axis.setAttribute('aria-valuetext', rangeIsWhole() ? 'the whole run' : `${from} to ${to}`);
    drawOverview();
}

/** @param {number} now */
function timelineDraw(now) {
    timelineAsked = 0;
    moveRange(now);
    const changed = updateList();
    if (lane.width <= 0) return;
    if (timeline.aim >= 0) {
        const index = rowIndexOf(timeline.aim);
        timeline.aim = -1;
        if (index >= 0) scrollToRow(index, true);
    }
    drawRows(timeline.scroll.scrollTop);
    const focused = timeline.rows.contains(document.activeElement) && timeline.drawn.get(timeline.active);
    if (changed && focused) focused.box.focus({ preventScroll: true });
    drawRuler();
}

/** Takes the sizes that the page gives: reads them all before it changes anything, for one layout of the page. */
function timelineMeasure() {
    const { scroll, head } = timeline;
    const { clientWidth: width, clientHeight: tall } = scroll;
    if (!width) return;
    timeline.headHeight = head.offsetHeight;
    const wasNarrow = lane.narrow;
    lane.narrow = width < NARROW;
    if (lane.narrow !== wasNarrow) {
        timelineBox.classList.toggle('is-narrow', lane.narrow);
        timeline.headHeight = head.offsetHeight;
    }
    timeline.row = lane.narrow ? ROW_NARROW : ROW_WIDE;
    const most = Math.max(Math.floor(width * NAMES_PART), NAMES_MIN);
    const wish = timeline.names || Math.min(Math.max(width * 0.28, 180), 360);
    const column = lane.narrow ? 0 : Math.round(Math.min(Math.max(wish, NAMES_MIN), most));
    lane.names = column || width;
    lane.width = width - column;
    overview.width = laneLength();
    timelineBox.style.setProperty('--tl-names', column + 'px');
    timelineBox.style.setProperty('--tl-lane', lane.width + 'px');
    timelineBox.style.setProperty('--tl-head', timeline.headHeight + 'px');
    timeline.height = Math.max(tall - timeline.headHeight, timeline.row);
    timeline.body.style.height = bodyHeights().shown + 'px';
    updateSplits(column, most, tall);
    timelineRefresh();
}

/* ---- the document ---- */

let announceTimer = 0;

/** Tells what is seen, once it stays so. */
function announceRange() {
    clearTimeout(announceTimer);
    announceTimer = setTimeout(() => announce(timeline.seen.textContent), 2 * RANGE_MS);
}

/** A button that changes something. @param {string} text @param {string} name @param {() => void} act */
function buildTool(text, name, act) {
    const button = buildButton('', text, name);
    if (name) button.title = name;
    button.addEventListener('click', act);
    return button;
}

/** What the keys do, for whoever looks for it. @returns {HTMLElement} */
function buildKeyHelp() {
    const help = /** @type {HTMLDetailsElement} */ (element('details', 'tl-keys'));
    const list = element('dl');
    const keys = [
        ['Ctrl + wheel, pinch', 'zoom at the pointer'],
        ['+ \u2212 0', 'zoom in, zoom out, whole run'],
        ['Drag', 'move in time'],
        ['Shift + drag, drag on the axis', 'zoom to a part'],
        ['Double click, Z', 'zoom to a step'],
        ['Shift + \u2190 \u2192', 'move in time from a row; on the axis \u2190 \u2192'],
        ['\u2191 \u2193 \u2190 \u2192', 'rows; fold and unfold'],
        ['Enter', 'open the step'],
        ['M, then \u2190 \u2192', 'measure; M again starts where it ended'],
        ['Escape', 'clear the measurement'],
    ];
    for (const [key, what] of keys) list.append(element('dt', '', key), element('dd', '', what));
    help.append(element('summary', '', 'Keys'), list);
    help.addEventListener('focusout', event => {
        if (!help.contains(/** @type {Node|null} */ (event.relatedTarget))) help.open = false;
    });
    help.addEventListener('keydown', event => {
        if (event.key === 'Escape') help.open = false;
    });
    return help;
}

function buildTools() {
    const tools = element('div', 'tl-tools');
    const zoom = element('span', 'choice');
    zoom.setAttribute('role', 'group');
    zoom.setAttribute('aria-label', 'Zoom of the timeline');
    const middle = () => (rangeAhead().from + rangeAhead().to) / 2;
    zoom.append(
        buildTool('\u2212', 'Zoom out', () => {
            zoomRange(0.5, middle(), true);
            announceRange();
        }),
        buildTool('+', 'Zoom in', () => {
            zoomRange(2, middle(), true);
            announceRange();
        }),
        buildTool('Whole run', '', () => {
            goToRange(whole.from, whole.to);
            announceRange();
        })
    );
    timeline.measure = buildTool('Measure', '', () => setMeasuring(!ruler.measuring));
    timeline.measure.setAttribute('aria-pressed', 'false');
    timeline.seen = element('span', 'tl-seen');
    tools.append(zoom, timeline.measure);
    if (data.critical && data.critical.length) {
        const critical = buildTool('Critical path', '', () => {
            const off = timelineBox.classList.toggle('no-path');
            critical.setAttribute('aria-pressed', String(!off));
        });
        critical.setAttribute('aria-pressed', 'true');
        tools.append(critical);
    }
    tools.append(timeline.seen, buildKeyHelp());
    return tools;
}

/** @param {number} mean @returns {string} */
function meanText(mean) {
    return mean < 9.95 ? mean.toFixed(1) : formatCount(Math.round(mean));
}

/** Overview and axis over the lanes, at their left what they show. */
function buildHead() {
    const head = element('div', 'tl-head');
    const corner = element('div', 'tl-corner');
    timeline.base = element('span', 'tl-base');
    timeline.axis = element('div', 'tl-axis');
    timeline.axis.tabIndex = 0;
    timeline.axis.setAttribute('role', 'slider');
    timeline.axis.setAttribute('aria-label', 'Time shown');
    timeline.axis.setAttribute('aria-valuemin', String(Math.floor(whole.from)));
    timeline.axis.setAttribute('aria-valuemax', String(Math.ceil(whole.to)));
    const what = element('span', 'tl-what', data.running ? 'Running steps' : '');
    if (data.running) what.append(' ', element('span', 'tl-mean', meanText(data.running.mean) + ' on average'));
    corner.append(what, timeline.base);
    head.append(corner, buildOverview(), timeline.axis);
    return head;
}

function buildFrame() {
    timeline.frame = element('div', 'tl-frame');
    timeline.scroll = element('div', 'tl-scroll');
    timeline.head = buildHead();
    timeline.body = element('div', 'tl-body');
    timeline.grid = element('div', 'tl-grid');
    timeline.rows = element('div', 'tl-rows');
    timeline.empty = element('p', 'tl-empty', data.count ? 'No step matches.' : 'There are no steps.');
    timeline.empty.hidden = true;
    timeline.grid.setAttribute('aria-hidden', 'true');
    timeline.rows.setAttribute('role', 'treegrid');
    timeline.rows.setAttribute('aria-label', 'Timeline, a row a step');
    timeline.rows.setAttribute('aria-colcount', '2');
    timeline.body.append(timeline.grid, timeline.rows);
    timeline.scroll.append(timeline.head, timeline.body, timeline.empty);
    timeline.split = buildSplit('vertical', 'Width of the names');
    timeline.grip = buildSplit('horizontal', 'Height of the timeline');
    timeline.frame.append(timeline.scroll, buildRuler(), timeline.split);
    return timeline.frame;
}

/** A step was selected: its row comes into sight, and its bar when it was not made here. @param {string} from */
function onTimelineSelect(from) {
    timelineRefresh();
    if (from === 'timeline' || view.selected < 0) return;
    updateList();
    const index = rowIndexOf(view.selected);
    if (index < 0) return;
    timeline.active = index;
    scrollToRow(index, true);
    const i = view.selected;
    if (data.offset[i] === null || data.duration[i] === null) return;
    const { from: start, to: end } = rangeOfStep(i, 0);
    const half = (range.to - range.from) / 2;
    if (end < range.from || start > range.to) goToRange((start + end) / 2 - half, (start + end) / 2 + half);
}

/** Builds the timeline, for startViews(); without any step with times it is a list of names that says so. */
function buildTimeline() {
    timelineBox.classList.add('tl');
    timelineBox.classList.toggle(
        'is-timeless',
        data.offset.every(start => start === null)
    );
    timelineBox.append(buildTools(), buildFrame(), timeline.grip, card);
    listenGestures();
    listenKeys();
    timeline.scroll.addEventListener('scroll', () => {
        hideCard();
        timelineSchedule();
    });
    listen('fold', timelineRefresh);
    listen('filter', () => {
        if (view.query !== timeline.query) timeline.aim = firstMatch();
        timeline.query = view.query;
        timelineRefresh();
    });
    listen('select', onTimelineSelect);
    new ResizeObserver(timelineMeasure).observe(timeline.scroll);
    updateList();
}
