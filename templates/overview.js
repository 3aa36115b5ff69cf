/* SPDX-License-Identifier: MIT
 *
 * The strip above the timeline: the whole run with the number of steps that were running, and a window over it which
 * is what the timeline shows. The window is drawn anew, moved and changed at either end, by pointer and by keys.
 */

const AREA_MIN = 0.04; /* of the area's height */
const BRUSH_CLICK = 4; /* px: a press that moves less is a click */

const overview = {
    /** @type {HTMLElement} */
    strip: null,
    /** What lies left and right of the window. @type {HTMLElement[]} */
    shades: [],
    /** @type {HTMLElement} */
    window: null,
    /** Its left and right end. @type {HTMLElement[]} */
    handles: [],
    /** Where the pointer is, as text. @type {HTMLElement} */
    flag: null,
    /** px of the whole run; left of it are LANE_LEFT */
    width: 0,
};

/** @type {{what: 'from'|'to'|'move'|'new', x: number, from: number, to: number, moved: boolean}|null} */
let brushDrag = null;

/** @param {number} time @returns {number} px */
function overviewX(time) {
    return LANE_LEFT + ((time - whole.from) / (whole.to - whole.from)) * overview.width;
}

/** @param {number} x px @returns {number} */
function overviewTime(x) {
    const part = Math.min(Math.max((x - LANE_LEFT) / overview.width, 0), 1);
    return whole.from + part * (whole.to - whole.from);
}

/** The number of running steps as an area of steps, one a bin. @returns {SVGElement} */
function buildArea() {
    const { bins, max } = data.running;
    const svg = shape('svg', {
        'class': 'tl-area',
        'viewBox': `0 0 ${bins.length} ${max}`,
        'preserveAspectRatio': 'none',
        'aria-hidden': 'true',
    });
    const least = max * AREA_MIN; /* beside a high peak one running step would look like none */
    let d = `M0 ${max}`;
    bins.forEach((n, at) => {
        if (n !== bins[at - 1]) d += `V${n ? max - Math.max(n, least) : max}`;
        if (n !== bins[at + 1]) d += `H${at + 1}`;
    });
    svg.append(shape('path', { d: d + `V${max}Z` }));
    const length = whole.to - whole.from;
    svg.style.left = (-whole.from / length) * 100 + '%';
    svg.style.width = (data.span / length) * 100 + '%';
    return svg;
}

/** Names the peak where it is. @returns {HTMLElement} */
function buildPeak() {
    const { bins, max } = data.running;
    const peak = element('span', 'tl-peak', 'max ' + formatCount(max));
    const at = ((((bins.indexOf(max) + 0.5) / bins.length) * data.span - whole.from) / (whole.to - whole.from)) * 100;
    if (at < 50) peak.style.left = at + '%';
    else {
        peak.style.right = 100 - at + '%';
        peak.classList.add('is-ahead');
    }
    return peak;
}

/** @param {string} name @returns {HTMLElement} */
function buildHandle(name) {
    const handle = element('div', 'tl-handle');
    handle.tabIndex = 0;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-label', name);
    handle.setAttribute('aria-valuemin', String(Math.floor(whole.from)));
    handle.setAttribute('aria-valuemax', String(Math.ceil(whole.to)));
    return handle;
}

/** @returns {HTMLElement} */
function buildOverview() {
    const strip = element('div', 'tl-strip');
    strip.setAttribute('role', 'group');
    strip.setAttribute('aria-label', 'Overview of the run');
    overview.strip = strip;
    overview.shades = [element('div', 'tl-shade'), element('div', 'tl-shade')];
    overview.window = element('div', 'tl-window');
    overview.handles = [buildHandle('Start of what is shown'), buildHandle('End of what is shown')];
    overview.flag = element('span', 'tl-flag');
    overview.flag.hidden = true;
    if (data.running && data.running.max > 0) {
        const plot = element('div', 'tl-plot');
        plot.append(buildArea(), buildPeak());
        strip.append(plot);
    }
    strip.append(...overview.shades, overview.window, ...overview.handles, overview.flag);
    listenOverview();
    return strip;
}

/** Draws the window where the range is. */
function drawOverview() {
    const from = overviewX(range.from);
    const to = overviewX(range.to);
    const [before, after] = overview.shades;
    before.style.width = Math.max(from, 0) + 'px';
    after.style.width = Math.max(lane.width - to, 0) + 'px';
    overview.window.style.transform = `translateX(${from}px)`;
    overview.window.style.width = Math.max(to - from, 1) + 'px';
    overview.handles.forEach((handle, end) => {
        handle.style.transform = `translateX(${end ? to : from}px)`;
        const time = end ? range.to : range.from;
        handle.setAttribute('aria-valuenow', String(Math.round(time)));
        handle.setAttribute('aria-valuetext', placeText(time, laneLength()));
    });
    overview.strip.classList.toggle('is-whole', rangeIsWhole());
}

/** How many steps run where the pointer is. @param {number} x px */
function drawFlag(x) {
    const time = overviewTime(x);
    const { running } = data;
    const bin = running && data.span ? Math.floor((time / data.span) * running.bins.length) : -1;
    const count = bin >= 0 ? running.bins[Math.min(bin, running.bins.length - 1)] : undefined;
    const at = timeText(time, (whole.to - whole.from) / overview.width);
    overview.flag.textContent = at + (count === undefined ? '' : ` · ${formatCount(count)} running`);
    overview.flag.hidden = false;
    const width = overview.flag.offsetWidth;
    overview.flag.style.transform = `translateX(${Math.round(Math.min(Math.max(x + 8, 0), lane.width - width))}px)`;
}

/* ---- the window under the reader's hands ---- */

/** @param {number} x px from the left of the strip */
function dragBrush(x) {
    if (Math.abs(x - brushDrag.x) >= BRUSH_CLICK) brushDrag.moved = true;
    if (!brushDrag.moved) return;
    const time = overviewTime(x);
    const by = ((x - brushDrag.x) / overview.width) * (whole.to - whole.from);
    const { what, from, to } = brushDrag;
    if (what === 'move') setRange(from + by, to + by);
    else if (what === 'from') setRange(Math.min(time, to - RANGE_MIN), to);
    else if (what === 'to') setRange(from, Math.max(time, from + RANGE_MIN));
    else setRange(Math.min(time, overviewTime(brushDrag.x)), Math.max(time, overviewTime(brushDrag.x)));
}

/** A click beside the window brings it there. @param {number} x px */
function clickBrush(x) {
    const half = (range.to - range.from) / 2;
    const time = overviewTime(x);
    if (brushDrag.what === 'new' && !rangeIsWhole()) goToRange(time - half, time + half);
}

/** @param {KeyboardEvent} event */
function onHandleKey(event) {
    const end = overview.handles.indexOf(/** @type {HTMLElement} */ (event.target));
    if (end < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = Math.max((range.to - range.from) * (event.shiftKey ? 0.1 : 0.02), 1);
    const far = Math.max((range.to - range.from) * 0.25, 1);
    /** @type {Object<string, number>} */
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -far, PageUp: far };
    let time = (end ? range.to : range.from) + (by[event.key] ?? 0);
    if (event.key === 'Home') time = whole.from;
    else if (event.key === 'End') time = whole.to;
    else if (by[event.key] === undefined) return;
    if (end) setRange(range.from, Math.min(Math.max(time, range.from + RANGE_MIN), whole.to));
    else setRange(Math.max(Math.min(time, range.to - RANGE_MIN), whole.from), range.to);
    event.preventDefault();
    event.stopPropagation();
}

function listenOverview() {
    const { strip } = overview;
    const xIn = (/** @type {MouseEvent} */ event) => event.clientX - strip.getBoundingClientRect().left;
    strip.addEventListener('pointerdown', event => {
        if (event.button !== 0) return;
        const target = /** @type {HTMLElement} */ (event.target);
        const end = overview.handles.indexOf(target);
        const inside = target === overview.window && !rangeIsWhole();
        const what = end === 0 ? 'from' : end === 1 ? 'to' : inside && !event.shiftKey ? 'move' : 'new';
        brushDrag = { what, x: xIn(event), from: range.from, to: range.to, moved: false };
        strip.setPointerCapture(event.pointerId);
        if (end >= 0) target.focus({ preventScroll: true });
        event.preventDefault();
    });
    strip.addEventListener('pointermove', event => {
        if (brushDrag) dragBrush(xIn(event));
        else if (event.pointerType === 'mouse') drawFlag(xIn(event));
    });
    const finish = (/** @type {PointerEvent} */ event) => {
        if (brushDrag && !brushDrag.moved && event.type === 'pointerup') clickBrush(xIn(event));
        brushDrag = null;
    };
    strip.addEventListener('pointerup', finish);
    strip.addEventListener('pointercancel', finish);
    strip.addEventListener('pointerleave', () => {
        overview.flag.hidden = true;
    });
    strip.addEventListener('dblclick', () => goToRange(whole.from, whole.to));
    strip.addEventListener('keydown', onHandleKey);
}
