/* SPDX-License-Identifier: MIT
 *
 * The timeline under the reader's hands: wheel, drag, pinch and keys, and the handles that change its size. A plain
 * wheel stays the page's.
 */

const DRAG_LEAST = 4; /* px: a press that moves less is a click */
const CLICK_ALONE = 250; /* ms after which a click on a lane is no half of a double one */
const WHEEL_ZOOM = 0.0025; /* of a zoom by e for each px of the wheel */

/**
 * @typedef {Object} Drag
 * @property {'pan'|'zoom'|'measure'} what
 * @property {number} x px in the lane
 * @property {number} y px in the window
 * @property {number} from range
 * @property {number} to
 * @property {number} time where it began
 * @property {number} scroll
 * @property {boolean} moved
 */

/** @type {Drag|null} */
let laneDrag = null;
/** Fingers on the lanes: their x in px of the lane. @type {Map<number, number>} */
const laneFingers = new Map();
/**
 * The last click on a lane, and what was selected before it.
 * @type {{i: number, x: number, y: number, before: number}|null}
 */
let laneClick = null;
let laneClickTimer = 0;
/** A drag may end in a click, which is none: browsers differ in whom it goes to. */
let clickIsDrag = false;

/** @param {MouseEvent} event @returns {number} px from the left of the lanes */
function laneX(event) {
    return event.clientX - timeline.axis.getBoundingClientRect().left;
}

/** @param {Event} event @returns {BarRow|null} */
function rowOfEvent(event) {
    const box = /** @type {Element} */ (event.target).closest('.tl-row');
    if (box) for (const row of timeline.drawn.values()) if (row.box === box) return row;
    return null;
}

/** @param {Event} event @param {string} selector */
function eventIn(event, selector) {
    return /** @type {Element} */ (event.target).closest(selector) !== null;
}

/* ---- drag and pinch ---- */

/** @param {PointerEvent} event */
function onLaneDown(event) {
    const onAxis = eventIn(event, '.tl-axis');
    clickIsDrag = false;
    if (event.button !== 0 || (!onAxis && !eventIn(event, '.tl-lane'))) return;
    hideCard();
    const x = laneX(event);
    laneFingers.set(event.pointerId, x);
    if (laneFingers.size > 2) return;
    if (laneFingers.size === 2) {
        laneDrag = null;
        ruler.choice = null;
        return;
    }
    const row = rowOfEvent(event);
    const what = ruler.measuring ? 'measure' : onAxis || event.shiftKey ? 'zoom' : 'pan';
    const time = what === 'measure' ? snappedTime(x, row ? row.position : -1) : timeAt(x);
    const { scrollTop } = timeline.scroll;
    laneDrag = { what, x, y: event.clientY, from: range.from, to: range.to, time, scroll: scrollTop, moved: false };
    if (event.shiftKey) event.preventDefault(); /* no text is selected */
}

/** Two laneFingers: what is between them stays between them. @param {number} id @param {number} x */
function pinchLane(id, x) {
    const [otherId] = [...laneFingers.keys()].filter(finger => finger !== id);
    const other = laneFingers.get(otherId);
    const old = laneFingers.get(id);
    const length = Math.max(Math.abs(x - other), 8) / Math.max(Math.abs(old - other), 8);
    const at = timeAt((old + other) / 2);
    const by = ((old - x) / 2 / laneLength()) * (range.to - range.from);
    zoomRange(length, at);
    setRange(range.from + by, range.to + by);
}

/** @param {PointerEvent} event */
function dragLane(event) {
    const x = laneX(event);
    const drag = laneDrag;
    if (!drag.moved && Math.hypot(x - drag.x, event.clientY - drag.y) < DRAG_LEAST) return;
    if (!drag.moved) {
        drag.moved = true;
        timeline.scroll.setPointerCapture(event.pointerId);
        timeline.frame.classList.toggle('is-dragging', drag.what === 'pan');
    }
    if (drag.what === 'pan') {
        const by = ((drag.x - x) / laneLength()) * (drag.to - drag.from);
        setRange(drag.from + by, drag.to + by);
        if (event.pointerType === 'mouse') timeline.scroll.scrollTop = drag.scroll + drag.y - event.clientY;
        return;
    }
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const box = drag.what === 'measure' && under ? under.closest('.tl-row') : null;
    const row = box ? [...timeline.drawn.values()].find(one => one.box === box) : null;
    const time = drag.what === 'measure' ? snappedTime(x, row ? row.position : -1) : timeAt(x);
    const part = { from: drag.time, to: Math.min(Math.max(time, whole.from), whole.to) };
    if (drag.what === 'measure') ruler.measure = part;
    else ruler.choice = part;
    timelineSchedule();
}

/** @param {PointerEvent} event */
function onLaneMove(event) {
    const x = laneX(event);
    if (!event.buttons) onLaneUp(event); /* it was let go elsewhere */
    if (laneFingers.size === 2 && laneFingers.has(event.pointerId)) pinchLane(event.pointerId, x);
    if (laneFingers.has(event.pointerId)) laneFingers.set(event.pointerId, x);
    if (laneDrag) dragLane(event);
    if (event.pointerType !== 'mouse') return;
    const over = x >= 0 && x <= lane.width && !eventIn(event, '.tl-strip, .tl-corner, .tl-name');
    ruler.x = over || (laneDrag && laneDrag.moved) ? Math.min(Math.max(x, 0), lane.width) : -1;
    timelineSchedule();
}

/** @param {PointerEvent} event */
function onLaneUp(event) {
    laneFingers.delete(event.pointerId);
    const drag = laneDrag;
    laneDrag = null;
    timeline.frame.classList.remove('is-dragging');
    const { choice } = ruler;
    ruler.choice = null;
    if (!drag || !drag.moved) return;
    clickIsDrag = true;
    if (event.type === 'pointerup' && choice)
        goToRange(Math.min(choice.from, choice.to), Math.max(choice.from, choice.to));
    if (drag.what === 'measure' && ruler.measure) announce(measureText());
    timelineSchedule();
}

/**
 * Zooms with Ctrl, as a pinch on a touchpad says it, and moves in time where the wheel goes sideways.
 * @param {WheelEvent} event
 */
function onLaneWheel(event) {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode ? 400 : 1;
    if (event.ctrlKey || event.metaKey) {
        const x = Math.min(Math.max(laneX(event), 0), lane.width);
        const pinched = Math.abs(event.deltaY) < 20 ? 4 : 1; /* a touchpad's pinch comes in small steps */
        zoomRange(Math.exp(-event.deltaY * unit * WHEEL_ZOOM * pinched), timeAt(x));
    } else {
        const sideways = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
        if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY) || rangeIsWhole()) return;
        panRange((sideways * unit) / laneLength());
    }
    hideCard();
    event.preventDefault();
}

/** @param {PointerEvent} event */
function onRowHover(event) {
    if (event.pointerType !== 'mouse') return;
    const row = laneDrag && laneDrag.moved ? null : rowOfEvent(event);
    if (row && row.position >= 0 && eventIn(event, '.tl-bar, .tl-text, .tl-label'))
        showCardSoon(row.position, row.box, event.clientX + 12);
    else hideCardSoon();
}

/** @param {MouseEvent} event */
function onRowClick(event) {
    const row = rowOfEvent(event);
    if (clickIsDrag || !row) return;
    const i = row.position;
    focusBarRow(row.index, false);
    if (eventIn(event, '.tl-fold')) {
        setFolded(i, !view.folded[i], event.shiftKey);
        return;
    }
    clearTimeout(laneClickTimer);
    if (!eventIn(event, '.tl-lane') || ruler.measuring) openFromRow(i, row.box);
    else if (event.detail < 2) {
        laneClick = { i, x: event.clientX, y: event.clientY, before: view.selected };
        laneClickTimer = setTimeout(openFromRow, CLICK_ALONE, i, row.box);
    }
}

/** @param {number} i @param {HTMLElement} box */
function openFromRow(i, box) {
    const { top } = box.getBoundingClientRect();
    select(i, 'timeline');
    scrollBy(0, box.getBoundingClientRect().top - top); /* the panel makes what is above the timeline taller */
}

/**
 * Zooms to the step, and opens nothing: where the two clicks are slow, what the first one did is undone.
 * @param {MouseEvent} event
 */
function onSecondClick(event) {
    const first = laneClick;
    laneClick = null;
    if (!first || Math.hypot(event.clientX - first.x, event.clientY - first.y) >= DRAG_LEAST) return;
    clearTimeout(laneClickTimer);
    if (view.selected !== first.before) select(first.before, 'timeline');
    zoomToStep(first.i);
}

/** @param {number} i */
function zoomToStep(i) {
    if (data.offset[i] === null || data.duration[i] === null) return;
    const { from, to } = rangeOfStep(i, 0.05);
    goToRange(from, to);
    announceRange();
}

function listenGestures() {
    const { scroll, rows } = timeline;
    scroll.addEventListener('pointerdown', onLaneDown);
    scroll.addEventListener('pointermove', onLaneMove);
    scroll.addEventListener('pointerup', onLaneUp);
    scroll.addEventListener('pointercancel', onLaneUp);
    scroll.addEventListener('pointerleave', () => {
        ruler.x = -1;
        hideCardSoon();
        timelineSchedule();
    });
    scroll.addEventListener('wheel', onLaneWheel, { passive: false });
    rows.addEventListener('pointerover', onRowHover);
    rows.addEventListener('click', onRowClick);
    document.addEventListener('dblclick', onSecondClick);
}

/* ---- keys ---- */

/** Brings the focus to a row. @param {number} index @param {boolean} [tell] with its card */
function focusBarRow(index, tell) {
    const { list } = timeline;
    if (!list.length) return;
    timeline.active = Math.min(Math.max(index, 0), list.length - 1);
    scrollToRow(timeline.active);
    cancelAnimationFrame(timelineAsked);
    timelineDraw(performance.now());
    const row = timeline.drawn.get(timeline.active);
    row.box.focus({ preventScroll: true });
    if (!tell) return;
    row.box.scrollIntoView({ block: 'nearest' }); /* of the frame only a part may be in the window */
    const left = timeline.axis.getBoundingClientRect().left;
    const x =
        data.offset[row.position] === null ? 0 : Math.min(Math.max(xOf(data.offset[row.position]), 0), lane.width);
    showCard(row.position, row.box, left + x + 12);
}

/**
 * Keys that do the same everywhere in the timeline.
 * @param {KeyboardEvent} event @param {number} i step in focus, or -1 @returns {boolean} was it one of them?
 */
function onCommonKey(event, i) {
    const { from, to } = rangeAhead();
    const start = i >= 0 ? data.offset[i] : null;
    const at = start !== null && start >= from && start <= to ? start : (from + to) / 2;
    switch (event.key) {
        case '+':
        case '=':
            zoomRange(2, at, true);
            announceRange();
            break;
        case '-':
        case '_':
            zoomRange(0.5, at, true);
            announceRange();
            break;
        case '0':
            goToRange(whole.from, whole.to);
            announceRange();
            break;
        case 'm':
        case 'M':
            measureFrom(i);
            break;
        case 'Escape':
            if (card.hidden && !ruler.measuring) return false;
            if (card.hidden) setMeasuring(false);
            hideCard();
            break;
        default:
            return false;
    }
    return true;
}

/** @param {KeyboardEvent} event @returns {number} -1, 1: an arrow to the left, to the right; else 0 */
function arrowWay(event) {
    return event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
}

/** As in a tree: right opens and goes down, left closes and goes up. @param {number} i @param {number} way */
function foldByKey(i, way) {
    const open = !view.folded[i] || view.matches !== null;
    const { active } = timeline;
    if (subtree[i] > 1 && !view.matches && open === way < 0) {
        setFolded(i, way < 0);
        focusBarRow(active, false);
    } else if (way > 0 && subtree[i] > 1) focusBarRow(active + 1, true);
    else if (way < 0 && data.parent[i] >= 0) focusBarRow(rowIndexOf(data.parent[i]), true);
}

/** @param {KeyboardEvent} event @returns {boolean} was it one of ours? */
function onRowKey(event) {
    const { active, list } = timeline;
    const i = list[active];
    const page = Math.max(Math.floor(timeline.height / timeline.row) - 1, 1);
    const way = arrowWay(event);
    /** @type {Object<string, number>} */
    const goes = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page };
    if (way && ruler.measure) moveMeasure(way * (event.shiftKey ? 0.1 : 0.01));
    else if (way && event.shiftKey) {
        panRange(way * 0.25, true);
        announceRange();
    } else if (way) foldByKey(i, way);
    else if (goes[event.key] !== undefined) focusBarRow(goes[event.key], true);
    else if (event.key === 'Home') focusBarRow(0, true);
    else if (event.key === 'End') focusBarRow(list.length - 1, true);
    else if (event.key === 'Enter' || event.key === ' ') select(i, 'timeline');
    else if (event.key === 'z' || event.key === 'Z') zoomToStep(i);
    else return onCommonKey(event, i);
    return true;
}

/** @param {KeyboardEvent} event @returns {boolean} */
function onAxisKey(event) {
    const way = arrowWay(event);
    const { from, to } = rangeAhead();
    if (way && ruler.measure) moveMeasure(way * (event.shiftKey ? 0.1 : 0.01));
    else if (way) panRange(way * (event.shiftKey ? 0.5 : 0.1), true);
    else if (event.key === 'PageUp' || event.key === 'PageDown') panRange(event.key === 'PageUp' ? 1 : -1, true);
    else if (event.key === 'Home') goToRange(whole.from, whole.from + to - from);
    else if (event.key === 'End') goToRange(whole.to - (to - from), whole.to);
    else return onCommonKey(event, -1);
    return true;
}

function listenKeys() {
    timeline.scroll.addEventListener('keydown', event => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const onRow = eventIn(event, '.tl-row');
        if (onRow ? onRowKey(event) : eventIn(event, '.tl-axis') ? onAxisKey(event) : onCommonKey(event, -1))
            event.preventDefault();
    });
    /* With the pointer over it and the focus nowhere, the timeline is what the reader means. */
    document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.altKey || event.metaKey || document.activeElement !== document.body) return;
        if (timeline.frame.matches(':hover') && onCommonKey(event, -1)) event.preventDefault();
    });
    timeline.rows.addEventListener('focusin', event => {
        const row = rowOfEvent(event);
        if (!row) return;
        timeline.active = row.index;
        if (row.box.matches(':focus-visible')) focusBarRow(row.index, true);
    });
    timeline.rows.addEventListener('focusout', hideCard);
}

/* ---- sizes ---- */

/** A handle that changes a size by drag and by arrow keys. @param {'vertical'|'horizontal'} way @param {string} name */
function buildSplit(way, name) {
    const split = element('div', way === 'vertical' ? 'tl-split' : 'tl-grip');
    split.tabIndex = 0;
    split.setAttribute('role', 'separator');
    split.setAttribute('aria-orientation', way);
    split.setAttribute('aria-label', name);
    split.addEventListener('pointerdown', event => {
        split.setPointerCapture(event.pointerId);
        event.preventDefault();
        split.focus({ preventScroll: true });
    });
    split.addEventListener('pointermove', event => {
        if (!split.hasPointerCapture(event.pointerId)) return;
        const box = timeline.frame.getBoundingClientRect();
        setSize(way, Math.max(way === 'vertical' ? event.clientX - box.left : event.clientY - box.top, 1));
    });
    split.addEventListener('keydown', event => {
        const by = { ArrowLeft: -16, ArrowUp: -28, ArrowRight: 16, ArrowDown: 28 }[event.key];
        if (!by || (way === 'vertical') !== (Math.abs(by) === 16)) return;
        const now = Number(split.getAttribute('aria-valuenow'));
        setSize(way, now + by);
        event.preventDefault();
    });
    split.addEventListener('dblclick', () => setSize(way, 0));
    return split;
}

/** @param {'vertical'|'horizontal'} way @param {number} size px; 0: as it was at first */
function setSize(way, size) {
    if (way === 'vertical') timeline.names = size;
    else {
        timeline.tall = size && Math.max(Math.round(size), timeline.headHeight + 4 * timeline.row);
        timeline.scroll.style.maxHeight = timeline.tall ? timeline.tall + 'px' : '';
    }
    timelineMeasure();
}

/** @param {number} names px @param {number} most px @param {number} tall px of the frame */
function updateSplits(names, most, tall) {
    const { split, grip } = timeline;
    split.hidden = lane.narrow;
    const set = (/** @type {HTMLElement} */ box, /** @type {number[]} */ [now, min, max]) => {
        box.setAttribute('aria-valuenow', String(now));
        box.setAttribute('aria-valuemin', String(min));
        box.setAttribute('aria-valuemax', String(max));
    };
    const all = timeline.headHeight + bodyHeights().all;
    const least = Math.min(timeline.headHeight + 4 * timeline.row, all);
    set(split, [names, NAMES_MIN, most]);
    set(grip, [tall, least, Math.max(all, least)]);
    grip.hidden = all <= least;
}
