/* SPDX-License-Identifier: MIT
 *
 * The part of the run's time that the timeline shows, and the ways to change it. All times here are microseconds from
 * the start of the run; who draws is asked to by timelineSchedule(), and whoever listens is told where it goes.
 */

const RANGE_MIN = 10; /* µs: whole microseconds stay a finger's width apart */
const RANGE_MS = 180; /* a smooth change takes that long */

/** All there is: a clock that ran behind may put steps before the start. */
const whole = { from: 0, to: Math.max(data.span, 0) };
for (let i = 0; i < data.count; i++) {
    const start = data.offset[i];
    if (start === null) continue;
    whole.from = Math.min(whole.from, start);
    whole.to = Math.max(whole.to, start + Math.max(data.duration[i], 0));
}
whole.to = Math.max(whole.to, whole.from + RANGE_MIN);

/** What is seen of it. */
const range = { from: whole.from, to: whole.to };
/** Where a smooth change is heading. @type {{from: number, to: number, since: number, at: typeof range}|null} */
let rangeGoal = null;

/** The nearest range that lies within the whole. @param {number} from @param {number} to */
function rangeWithin(from, to) {
    const length = Math.min(Math.max(to - from, RANGE_MIN), whole.to - whole.from);
    const middle = (from + to) / 2;
    const start = to - from === length ? from : middle - length / 2;
    const within = Math.min(Math.max(start, whole.from), whole.to - length);
    return { from: within, to: within + length };
}

/** @returns {boolean} */
function rangeIsWhole() {
    return range.to - range.from >= whole.to - whole.from;
}

/** Shows from … to, at once. @param {number} from @param {number} to */
function setRange(from, to) {
    rangeGoal = null;
    Object.assign(range, rangeWithin(from, to));
    timelineSchedule();
    tell('range', '');
}

/** Shows from … to, smoothly unless the reader wants no motion. @param {number} from @param {number} to */
function goToRange(from, to) {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
        setRange(from, to);
        return;
    }
    rangeGoal = { ...rangeWithin(from, to), since: performance.now(), at: { ...range } };
    timelineSchedule();
    tell('range', '');
}

/** Takes a smooth change to where it is now; asks for the next frame. @param {number} now */
function moveRange(now) {
    if (!rangeGoal) return;
    const part = Math.min(Math.max((now - rangeGoal.since) / RANGE_MS, 0), 1);
    const done = 1 - (1 - part) ** 3;
    range.from = rangeGoal.at.from + (rangeGoal.from - rangeGoal.at.from) * done;
    range.to = rangeGoal.at.to + (rangeGoal.to - rangeGoal.at.to) * done;
    if (part === 1) rangeGoal = null;
    timelineSchedule();
}

/** Where the view is, or will be: keys pressed while it moves add up. */
function rangeAhead() {
    return rangeGoal ?? range;
}

/**
 * Shows more or less.
 * @param {number} factor above 1: less @param {number} at the time that stays where it is @param {boolean} [smooth]
 */
function zoomRange(factor, at, smooth) {
    const { from, to } = rangeAhead();
    const length = Math.min(Math.max((to - from) / factor, RANGE_MIN), whole.to - whole.from);
    const start = at - ((at - from) / (to - from)) * length;
    (smooth ? goToRange : setRange)(start, start + length);
}

/** @param {number} part of what is seen, to the left when negative @param {boolean} [smooth] */
function panRange(part, smooth) {
    const { from, to } = rangeAhead();
    const by = (to - from) * part;
    (smooth ? goToRange : setRange)(from + by, to + by);
}

/** @param {number} i a step with times @param {number} part of its length, left free on either side */
function rangeOfStep(i, part) {
    const from = data.offset[i];
    const length = Math.max(data.duration[i], 0);
    const margin = Math.max(length * part, RANGE_MIN / 2);
    return { from: from - margin, to: from + length + margin };
}
