/* SPDX-License-Identifier: MIT
 *
 * Lines over the timeline's lanes: the ruler under the pointer with its time, the part that a drag is about to zoom
 * to, and a measured stretch of time, which stays until Escape.
 */

const SNAP = 6; /* px: an end of a bar that is this near is meant */

const ruler = {
    /** Over the lanes and the axis. @type {HTMLElement} */
    layer: null,
    /** @type {HTMLElement} */
    line: null,
    /** @type {HTMLElement} */
    flag: null,
    /** What a drag is about to zoom to. @type {HTMLElement} */
    band: null,
    /** What is measured. @type {HTMLElement} */
    stretch: null,
    /** @type {HTMLElement} */
    length: null,
    /** px, -1: no pointer over the lanes */
    x: -1,
    /** Does a drag measure? */
    measuring: false,
    /** What is measured, µs: where it began, and where it goes. @type {{from: number, to: number}|null} */
    measure: null,
    /** @type {{from: number, to: number}|null} */
    choice: null,
};

/** @returns {HTMLElement} */
function buildRuler() {
    ruler.layer = element('div', 'tl-marks');
    ruler.layer.setAttribute('aria-hidden', 'true');
    ruler.line = element('div', 'tl-ruler');
    ruler.flag = element('span', 'tl-flag');
    ruler.band = element('div', 'tl-band');
    ruler.stretch = element('div', 'tl-stretch');
    ruler.length = element('span', 'tl-flag tl-measured');
    ruler.line.append(ruler.flag);
    ruler.layer.append(ruler.band, ruler.stretch, ruler.length, ruler.line);
    return ruler.layer;
}

/** @param {HTMLElement} box @param {number} from µs @param {number} to µs */
function placeStretch(box, from, to) {
    const left = Math.max(xOf(Math.min(from, to)), -2);
    const right = Math.min(xOf(Math.max(from, to)), lane.width + 2);
    box.style.transform = `translateX(${left}px)`;
    box.style.width = Math.max(right - left, 1) + 'px';
    return [left, right];
}

/** Puts a text at x, as far as it stays over the lanes. @param {HTMLElement} flag @param {number} x px */
function placeFlag(flag, x) {
    const width = textWidth(flag.textContent) + 14;
    return Math.round(Math.min(Math.max(x, 0), Math.max(lane.width - width, 0)));
}

/** @returns {string} "1.20 s, from 3.1 s to 4.3 s" */
function measureText() {
    const { from, to } = ruler.measure;
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    return `${lengthText(last - first)}, from ${placeText(first, laneLength())} to ${placeText(last, laneLength())}`;
}

function drawRuler() {
    const { line, flag, band, stretch, length, choice, measure } = ruler;
    line.hidden = ruler.x < 0;
    if (ruler.x >= 0) {
        flag.textContent = placeText(timeAt(ruler.x), laneLength());
        const width = textWidth(flag.textContent) + 14;
        line.style.transform = `translateX(${ruler.x}px)`;
        flag.classList.toggle('is-ahead', ruler.x + width > lane.width);
    }
    band.hidden = !choice;
    if (choice) placeStretch(band, choice.from, choice.to);
    stretch.hidden = length.hidden = !measure;
    if (!measure) return;
    const [left, right] = placeStretch(stretch, measure.from, measure.to);
    length.textContent = measureText();
    const middle = (left + right - textWidth(length.textContent) - 14) / 2;
    length.style.transform = `translateX(${placeFlag(length, middle)}px)`;
}

/**
 * The time at x, or that of an end of a bar next to it.
 * @param {number} x px @param {number} i step under the pointer, or -1
 */
function snappedTime(x, i) {
    const time = Math.min(Math.max(timeAt(x), whole.from), whole.to);
    if (i < 0 || data.offset[i] === null || data.duration[i] === null) return time;
    const start = data.offset[i];
    const ends = [start, start + Math.max(data.duration[i], 0)];
    return ends.find(end => Math.abs(xOf(end) - x) <= SNAP) ?? time;
}

/** @param {boolean} on does a drag measure from now on? */
function setMeasuring(on) {
    ruler.measuring = on;
    if (!on) ruler.measure = null;
    timeline.measure.setAttribute('aria-pressed', String(on));
    timeline.frame.classList.toggle('is-measuring', on);
    timelineSchedule();
}

/** Measures by keys, from a step's start or the middle of what is seen. @param {number} i the step in focus, or -1 */
function measureFrom(i) {
    const start = i >= 0 ? data.offset[i] : null;
    const seen = start !== null && start >= range.from && start <= range.to;
    const from = ruler.measure ? ruler.measure.to : seen ? start : (range.from + range.to) / 2;
    setMeasuring(true);
    ruler.measure = { from, to: from };
    announce(`Measuring from ${placeText(from, laneLength())}. Arrow keys move the other end, Escape clears.`);
}

/** @param {number} part of what is seen by which the end goes on */
function moveMeasure(part) {
    const { measure } = ruler;
    measure.to = Math.min(Math.max(measure.to + (range.to - range.from) * part, whole.from), whole.to);
    if (measure.to < range.from || measure.to > range.to) {
        const by = measure.to < range.from ? measure.to - range.from : measure.to - range.to;
        setRange(range.from + by, range.to + by);
    }
    timelineSchedule();
    announce(measureText());
}
