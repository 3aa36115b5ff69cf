/* SPDX-License-Identifier: MIT
 *
 * Times as the timeline writes them, and the ticks of its axis: round steps from days down to microseconds. Far from
 * the start of the run the axis says once where it is, and its ticks count from there:
 *
 *   | 3 h 12 m 05 s   | +200 ms   | +400 ms   | +600 ms
 */

const MS = 1000;
const SECOND = 1000 * MS;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK_ROOM = 28; /* px between the end of a label and the next tick, at least */

/** Steps between ticks, ascending: 1, 2, 5, 10 … µs to 500 ms, then as clocks are read. @type {number[]} */
const TICK_STEPS = [];
for (let power = 1; power < SECOND; power *= 10) TICK_STEPS.push(power, 2 * power, 5 * power);
for (const n of [1, 2, 5, 10, 15, 30]) TICK_STEPS.push(n * SECOND);
for (const n of [1, 2, 5, 10, 15, 30]) TICK_STEPS.push(n * MINUTE);
for (const n of [1, 2, 3, 6, 12]) TICK_STEPS.push(n * HOUR);
for (let power = DAY; power < 1e9 * DAY; power *= 10) TICK_STEPS.push(power, 2 * power, 5 * power);

/** For steps below the first, from the second on, ticks count from a multiple of the third. */
const TICK_BASES = [
    [MS, SECOND, MS],
    [SECOND, MINUTE, SECOND],
    [MINUTE, HOUR, MINUTE],
    [HOUR, DAY, HOUR],
];

/** How many digits behind the point tell `step` apart in `unit`. @param {number} unit @param {number} step */
function decimalsOf(unit, step) {
    return Math.min(Math.max(Math.ceil(Math.log10(unit / step) - 1e-9), 0), Math.round(Math.log10(unit)));
}

/**
 * A number of units with the decimals that `step` asks for.
 * @param {number} us @param {number} unit @param {number} step
 */
function inUnit(us, unit, step) {
    const [digits, fraction] = (us / unit).toFixed(decimalsOf(unit, step)).split('.');
    return formatCount(Number(digits)) + (fraction ? '.' + fraction : '');
}

/** The part of a time below a minute: "05", "05.25". @param {number} us @param {number} step */
function secondsPart(us, step) {
    const text = inUnit(us, SECOND, step);
    return /^\d(\.|$)/.test(text) ? '0' + text : text;
}

/**
 * A time as exact as `step`: (83,456,000, 1,000) gives "1 m 23.456 s", (83,456,000, 1,000,000) "1 m 23 s".
 * @param {number} time @param {number} step µs @returns {string}
 */
function timeText(time, step) {
    const grain = 10 ** Math.floor(Math.log10(Math.min(Math.max(step, 1), SECOND)));
    const us = Math.round(Math.abs(time) / grain) * grain;
    const sign = time < 0 && us > 0 ? '\u2212' : '';
    const unit = [0, MS, SECOND][data.unit];
    if (unit) return sign + inUnit(us, unit, step) + (unit === MS ? ' ms' : ' s');
    if (us === 0) return '0';
    if (us < MS) return sign + us + ' µs';
    if (us < SECOND) return sign + inUnit(us, MS, step) + ' ms';
    if (us < MINUTE) return sign + inUnit(us, SECOND, step) + ' s';
    return sign + clockText(us, step);
}

/**
 * A time of a minute or more, in two units or, where `step` is finer, in more.
 * @param {number} us @param {number} step
 */
function clockText(us, step) {
    const parts = [];
    if (us >= DAY) parts.push(formatCount(Math.floor(us / DAY)) + ' d');
    if (us >= HOUR && step < DAY) parts.push(Math.floor((us % DAY) / HOUR) + ' h');
    if (step < HOUR) parts.push(Math.floor((us % HOUR) / MINUTE) + ' m');
    if (step < MINUTE) parts.push(secondsPart(us % MINUTE, step) + ' s');
    return parts.map((part, n) => (n && /^\d /.test(part) ? '0' + part : part)).join(' ');
}

/** A difference of times, exact to three digits or the microsecond. @param {number} us */
function lengthText(us) {
    return formatDuration(Math.round(us), data.unit);
}

/** A place in what is seen, as exact as a pixel is. @param {number} time @param {number} width px @returns {string} */
function placeText(time, width) {
    return timeText(time, Math.max((range.to - range.from) / Math.max(width, 1), 1));
}

/**
 * Where ticks count from: 0, or the last round time before `from` when their labels would be long without.
 * @param {number} from @param {number} step
 */
function tickBase(from, step) {
    const [, least, unit] = TICK_BASES.find(([below]) => step < below) ?? [0, Infinity, 1];
    return data.unit || from < least ? 0 : Math.floor(from / unit) * unit;
}

/**
 * Labels drop zeros that say nothing: "2 m" for "2 m 00 s".
 * @param {number} time @param {number} base @param {number} step
 */
function tickLabel(time, base, step) {
    const text = timeText(time - base, step);
    const short = text.replace(/( 00 [hms])+$/, '');
    return base ? '+' + short : short;
}

/**
 * @typedef {Object} Ticks
 * @property {string} base where they count from; "" for the start of the run
 * @property {{time: number, text: string}[]} list
 */

/**
 * The ticks between two times on `width` pixels.
 * @param {number} from @param {number} to @param {number} width @param {(text: string) => number} measure px of a text
 * @returns {Ticks}
 */
function ticksOf(from, to, width, measure) {
    const perPixel = (to - from) / width;
    const fits = (/** @type {number} */ step) =>
        step / perPixel >= measure(tickLabel(Math.ceil(to / step) * step, tickBase(from, step), step)) + TICK_ROOM;
    const step = TICK_STEPS.find(fits) ?? TICK_STEPS[TICK_STEPS.length - 1];
    const base = tickBase(from, step);
    const list = [];
    for (let n = Math.ceil((from - base) / step); base + n * step <= to; n++)
        list.push({ time: base + n * step, text: tickLabel(base + n * step, base, step) });
    const grain = TICK_BASES.find(([below]) => step < below);
    return { base: base ? timeText(base, grain[2]) : '', list };
}
