/* SPDX-License-Identifier: MIT
 *
 * A row of the timeline: the step's name at the left, at the right its bar with the duration, the error and what of it
 * is on the critical path. Rows are used again for other steps; times become pixels here and nowhere else.
 *
 *   |<- name ->|<------------- lane ------------->|
 *   | ▾ ✗ load |     ▒▒▒▒▒▒▒▒  1.2 s  disk full   |
 */

const BAR_MIN = 2; /* px */
const LANE_LEFT = 12; /* px before what is seen of the run, and after it: room for the overview's handles */
const LANE_RIGHT = 16;
const BAR_GAP = 6; /* px between a bar and its text */
const FOLD_WIDTH = 30; /* px of the button before a name, with its gap */
const INDENT = 14; /* px a level */
const ERROR_ROOM = 140; /* px that an error text wants beside a bar */

/**
 * @typedef {Object} BarRow
 * @property {HTMLElement} box
 * @property {HTMLElement} name
 * @property {HTMLButtonElement} fold
 * @property {SVGElement} mark
 * @property {HTMLElement} level
 * @property {HTMLElement} label
 * @property {HTMLElement} lane
 * @property {HTMLElement} bar
 * @property {SVGElement} drawing of what of it is on the critical path
 * @property {SVGElement} path
 * @property {HTMLElement} text
 * @property {HTMLElement} length
 * @property {HTMLElement} error
 * @property {number} position -1: unused
 * @property {number} index among the rows
 * @property {number} room px that the text wants
 */

const lane = {
    /** px */
    width: 0,
    /** Is the name above the bar? */
    narrow: false,
    /** px of the column of names */
    names: 0,
};

/** @returns {number} px that the range takes */
function laneLength() {
    return lane.width - LANE_LEFT - LANE_RIGHT;
}

/** @param {number} time @returns {number} px from the left of the lane */
function xOf(time) {
    return LANE_LEFT + ((time - range.from) / (range.to - range.from)) * laneLength();
}

/** @param {number} x px @returns {number} */
function timeAt(x) {
    return range.from + ((x - LANE_LEFT) / laneLength()) * (range.to - range.from);
}

/** @type {CanvasRenderingContext2D|null} */
let barMeter = null;
/** Widths of texts; durations repeat. @type {Map<string, number>} */
const barWidths = new Map();

/** @param {string} text in the lane's font @returns {number} px */
function textWidth(text) {
    let width = barWidths.get(text);
    if (width === undefined) {
        if (!barMeter) {
            const style = getComputedStyle(timelineBox);
            barMeter = document.createElement('canvas').getContext('2d');
            barMeter.font = `13px ${style.fontFamily}`;
        }
        if (barWidths.size > 10000) barWidths.clear();
        width = Math.ceil(barMeter.measureText(text).width) + 1;
        barWidths.set(text, width);
    }
    return width;
}

/* ---- the critical path ---- */

/** Numbers of the path's segments, by position and then by time. @type {Uint32Array|null} */
let criticalOrder = null;
/** Pieces of rows, as they were folded: from, to, from, to … @type {Map<number, number[]>} */
const criticalPieces = new Map();

/** @param {number} i @returns {number} place in criticalOrder of the first segment of step i or one after it */
function criticalFrom(i) {
    let low = 0,
        high = criticalOrder.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (critical[criticalOrder[middle]][0] < i) low = middle + 1;
        else high = middle;
    }
    return low;
}

/**
 * The parts of the critical path that row i shows: the step's own, and with `all` those below it as well, which it
 * hides. @param {number} i @param {boolean} all @returns {number[]}
 */
function criticalOf(i, all) {
    const known = criticalPieces.get(i);
    if (known) return known;
    if (!criticalOrder) {
        criticalOrder = Uint32Array.from(critical.keys()).sort((a, b) => critical[a][0] - critical[b][0] || a - b);
    }
    const part = criticalOrder.slice(criticalFrom(i), criticalFrom(all ? i + subtree[i] : i + 1));
    if (all) part.sort(); /* they ascend in time */
    const pieces = [];
    for (const number of part) {
        const [, from, to] = critical[number];
        if (pieces.length && pieces[pieces.length - 1] >= from) pieces[pieces.length - 1] = to;
        else pieces.push(from, to);
    }
    criticalPieces.set(i, pieces);
    return pieces;
}

/**
 * The pieces in sight as a path, those that a pixel would not part joined.
 * @param {number[]} pieces @param {number} least px: shorter ones are made that long, or with 0 left out
 */
function criticalShape(pieces, least) {
    let d = '',
        end = -Infinity;
    const [first, last] = [timeAt(0), timeAt(lane.width)];
    for (let at = 0; at < pieces.length; at += 2) {
        if (pieces[at + 1] < first) continue;
        if (pieces[at] > last) break;
        const from = Math.max(xOf(pieces[at]), -1);
        const to = Math.min(Math.max(xOf(pieces[at + 1]), from + least), lane.width + 1);
        if (to - from < BAR_MIN) continue;
        if (from > end + 1) d += 'M' + from.toFixed(1) + ' 1.5';
        d += 'H' + to.toFixed(1);
        end = to;
    }
    return d;
}

/* ---- where bars lie ---- */

/**
 * Left and right of step i's bar in px. A bar has two pixels at least; so that it stays inside of what it is part of,
 * one at the end of its parent goes to the left, and one in a parent that is as short lies where that one does.
 * @param {number} i a step with times @returns {[number, number]}
 */
function barEdges(i) {
    const start = data.offset[i];
    const left = xOf(start);
    const right = xOf(start + Math.max(data.duration[i], 0));
    if (right - left >= BAR_MIN) return [left, right];
    let first = left,
        limit = xOf(whole.to);
    for (let up = data.parent[i]; up >= 0 && data.offset[up] !== null; up = data.parent[up]) {
        const from = xOf(data.offset[up]);
        const to = xOf(data.offset[up] + Math.max(data.duration[up], 0));
        if (from > first || to < right) break; /* not inside of it: it is where it is */
        if (to - from >= BAR_MIN) {
            limit = to;
            break;
        }
        first = from;
    }
    const at = Math.max(Math.min(first, limit - BAR_MIN), first - BAR_MIN);
    return [at, at + BAR_MIN];
}

/**
 * Where the text goes: behind the bar, before it, or inside.
 * @param {BarRow} row @param {number} left @param {number} right px
 */
function placeLabel(row, left, right) {
    const { style } = row.text;
    const before = Math.min(left, lane.width) - BAR_GAP;
    const after = lane.width - Math.max(right, 0) - BAR_GAP;
    const gone = right < 0 ? 'is-before' : left > lane.width ? 'is-after' : '';
    const behind = after >= row.room || (after >= before && after >= Math.min(row.room, ERROR_ROOM));
    const ahead = !behind && before >= Math.min(row.room, ERROR_ROOM);
    row.text.className = 'tl-text ' + (gone || (behind ? '' : ahead ? 'is-ahead' : 'is-inside'));
    const from = gone || (!behind && !ahead) ? Math.max(left, 0) : behind ? right : 0;
    const to = gone
        ? 0
        : behind
          ? lane.width
          : ahead
            ? left
            : Math.min(right, Math.max(left, 0) + 0.5 * (Math.min(right, lane.width) - Math.max(left, 0)));
    style.transform = gone || ahead ? '' : `translateX(${Math.round(from + (behind ? BAR_GAP : 4))}px)`;
    style.right = ahead ? Math.round(lane.width - left + BAR_GAP) + 'px' : '';
    style.maxWidth = gone ? '' : Math.max(Math.floor(to - from - (behind || ahead ? BAR_GAP : 8)), 0) + 'px';
}

/** Puts a row's bar where the range says. @param {BarRow} row */
function drawBar(row) {
    const i = row.position;
    const timed = data.offset[i] !== null && data.duration[i] !== null;
    row.bar.hidden = !timed;
    if (!timed) {
        row.text.className = 'tl-text is-untimed';
        row.text.removeAttribute('style');
        row.drawing.style.display = 'none';
        return;
    }
    const [left, right] = barEdges(i);
    const from = Math.max(left, -9); /* a bar of days seen by the microsecond is no longer than the lane */
    const to = Math.min(right, lane.width + 9);
    row.bar.hidden = to <= from;
    row.bar.style.transform = `translateX(${from.toFixed(2)}px)`;
    row.bar.style.width = Math.max(to - from, 0).toFixed(2) + 'px';
    placeLabel(row, left, right);
    const parent = row.box.classList.contains('is-parent'); /* what it does between its children may be a pixel */
    const pieces = criticalOf(i, !parent);
    const tiny = right - left <= BAR_MIN && !parent;
    const d = !pieces.length
        ? ''
        : tiny
          ? `M${left.toFixed(1)} 1.5H${right.toFixed(1)}`
          : criticalShape(pieces, parent ? 0 : BAR_MIN);
    row.drawing.style.display = d ? '' : 'none';
    if (d) row.path.setAttribute('d', d);
}

/* ---- rows ---- */

/** The line of a status's mark: a reference to the symbol would be built anew for each row. @param {string} status */
function markShape(status) {
    return document.querySelector(`#m-${status} path`).getAttribute('d');
}

/** @returns {BarRow} */
function buildBarRow() {
    const box = element('div', 'tl-row');
    const name = element('div', 'tl-name');
    const fold = buildButton('tl-fold', '');
    const mark = shape('svg', { 'class': 'mark', 'viewBox': '0 0 16 16', 'aria-hidden': 'true' });
    const level = element('span', 'tl-level');
    const label = element('bdi', 'tl-label');
    const laneBox = element('div', 'tl-lane');
    const bar = element('div', 'tl-bar');
    const text = element('span', 'tl-text');
    const length = element('span', 'tl-length');
    const error = element('bdi', 'tl-error');
    const drawing = shape('svg', { 'class': 'tl-path', 'aria-hidden': 'true' });
    const path = shape('path', {});
    mark.append(shape('path', {}));
    drawing.append(path);
    box.setAttribute('role', 'row');
    box.tabIndex = -1;
    name.setAttribute('role', 'rowheader');
    laneBox.setAttribute('role', 'gridcell');
    fold.tabIndex = -1;
    name.append(fold, mark, level, label);
    text.append(length, ' ', error);
    laneBox.append(bar, drawing, text);
    box.append(name, laneBox);
    const parts = { box, name, fold, mark, level, label, lane: laneBox, bar, drawing, path, text, length, error };
    return { ...parts, position: -1, index: -1, room: 0 };
}

/** Folding and indentation. @param {BarRow} row */
function fillTree(row) {
    const i = row.position;
    const levels = Math.max(Math.floor((lane.names * 0.4) / INDENT), 2);
    row.level.textContent = depth[i] > levels ? String(depth[i]) : '';
    row.level.title = 'level ' + depth[i];
    const folds = subtree[i] > 1;
    const free = folds && !view.matches;
    const indent = Math.min(depth[i], levels) * INDENT + (free ? 4 : 4 + FOLD_WIDTH);
    row.name.style.paddingLeft = indent + 'px';
    row.fold.classList.toggle('is-open', !view.folded[i] || !!view.matches);
    row.fold.hidden = !free;
    const below = formatUnits(subtree[i] - 1, 'step', 'steps');
    row.fold.setAttribute('aria-label', `${view.folded[i] ? 'Unfold' : 'Fold'} ${below}`);
    row.fold.title = `${view.folded[i] ? 'Unfold' : 'Fold'} ${below} below (with Shift: all levels)`;
    row.box.setAttribute('aria-level', String(depth[i] + 1));
    if (folds) row.box.setAttribute('aria-expanded', String(!view.folded[i] || !!view.matches));
    else row.box.removeAttribute('aria-expanded');
    row.box.classList.toggle('is-parent', folds && (!view.folded[i] || !!view.matches));
    row.box.classList.toggle('is-context', !!view.matches && !view.matches[i]);
}

/** Makes a row that of a step. @param {BarRow} row @param {number} i @param {number} index among the rows */
function fillBarRow(row, i, index) {
    const status = shownStatus(i);
    const timed = data.offset[i] !== null && data.duration[i] !== null;
    const untimed = data.duration[i] === null ? 'no times in the log' : 'from before the run';
    row.position = i;
    row.index = index;
    row.box.id = 'tl-' + indexOf(i);
    row.box.className = 'tl-row is-' + status;
    row.box.setAttribute('aria-rowindex', String(index + 1));
    row.mark.firstElementChild.setAttribute('d', markShape(status));
    row.label.textContent = shownName(i);
    row.name.setAttribute('aria-label', `${shownName(i)}, ${statusWord(i)}`);
    row.length.textContent = timed ? formatDuration(data.duration[i], data.unit) : untimed;
    row.error.textContent = data.errors[i] ?? '';
    const start = timed ? `starts at ${formatDuration(data.offset[i], data.unit)}, takes ` : '';
    const why = data.errors[i] ? ' ' + data.errors[i] : '';
    row.lane.setAttribute('aria-label', start + row.length.textContent + why);
    row.room = textWidth(row.length.textContent) + (data.errors[i] ? 8 + textWidth(data.errors[i]) : 0);
    fillTree(row);
}
