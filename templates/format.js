'use strict';
/* SPDX-License-Identifier: MIT
 *
 * Numbers, times and JSON as text, as the C program writes them (base/clock.c, event/json_text.c): a row built here
 * must not differ from one that came with the page.
 */

/** @param {number} n a whole number, not negative @returns {string} "12,345" */
function formatCount(n) {
    return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** @param {number} n @param {string} one @param {string} many @returns {string} "1 step", "25 steps" */
function formatUnits(n, one, many) {
    return formatCount(n) + ' ' + (n === 1 ? one : many);
}

/**
 * Three significant digits: (1500, 1000, true) gives "1.5", (1800000, 1000000, false) "1.80".
 * @param {number} us @param {number} unit microseconds @param {boolean} trim leaves out zeros behind the point
 */
function threeDigits(us, unit, trim) {
    const decimals = us < (unit / 1000) * 9995 ? 2 : us < (unit / 1000) * 99950 ? 1 : 0;
    const power = 10 ** decimals;
    const value = Math.floor((us * power + unit / 2) / unit) / power;
    return trim ? String(value) : value.toFixed(decimals);
}

/** @param {number} n */
function twoDigits(n) {
    return (n < 10 ? '0' : '') + n;
}

/** @param {number} us not negative */
function formatAuto(us) {
    const second = 1e6;
    const minute = 60 * second;
    const hour = 60 * minute;
    const day = 24 * hour;
    if (us === 0) return '0 ms';
    if (us < 1000) return us + ' µs';
    if (us < 999500) return threeDigits(us, 1000, true) + ' ms';
    if (us < 59950000) return threeDigits(us, second, false) + ' s';
    if (us < hour - second / 2) {
        const s = Math.floor((us + second / 2) / second);
        return Math.floor(s / 60) + ' m ' + twoDigits(s % 60) + ' s';
    }
    if (us < day - minute / 2) {
        const m = Math.floor((us + minute / 2) / minute);
        return Math.floor(m / 60) + ' h ' + twoDigits(m % 60) + ' m';
    }
    const h = Math.floor((us + hour / 2) / hour);
    return formatCount(Math.floor(h / 24)) + ' d ' + twoDigits(h % 24) + ' h';
}

/** @param {number|null} us microseconds @param {number} unit 0 auto, 1 ms, 2 s @returns {string} */
function formatDuration(us, unit) {
    if (us === null) return '–';
    const size = Math.abs(us);
    const sign = us < 0 ? '\u2212' : '';
    if (unit === 1) {
        const fraction = size % 1000 ? String((size % 1000) / 1000).slice(1) : '';
        return sign + formatCount(Math.floor(size / 1000)) + fraction + ' ms';
    }
    if (unit === 2) {
        const ms = Math.floor((size + 500) / 1000);
        return sign + formatCount(Math.floor(ms / 1000)) + '.' + String(1000 + (ms % 1000)).slice(1) + ' s';
    }
    return sign + formatAuto(size);
}

/**
 * @param {[number, number]} start milliseconds since the epoch, and microseconds beyond them
 * @param {number} offset microseconds from there
 * @returns {string} "2026-05-18 04:26:40.125 UTC"
 */
function formatUtc(start, offset) {
    const us = start[1] + offset;
    const date = new Date(start[0] + Math.floor(us / 1000));
    if (isNaN(date.getTime())) return '–';
    const rest = Number.isSafeInteger(us) ? ((us % 1000) + 1000) % 1000 : 0; /* beyond, digits would be made up */
    const micro = rest ? String(1000 + rest).slice(1) : '';
    return date
        .toISOString()
        .replace(/^([-+])0*(?=\d{4})/, (_, sign) => (sign === '-' ? '-' : ''))
        .replace('T', ' ')
        .replace('Z', micro + ' UTC');
}

/** @param {number|null} share a part, 0 to 1 @returns {string} */
function formatShare(share) {
    if (share === null) return '–';
    if (share > 0 && share < 0.001) return '<0.1 %';
    return (share * 100).toFixed(share < 0.0995 ? 1 : 0) + ' %';
}

/** @param {string} key @returns {string} as a part of a JSON Pointer */
function pointerPart(key) {
    return '/' + key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** @param {string} json */
function isContainer(json) {
    return json[0] === '{' || json[0] === '[';
}

/** @param {string} json @param {number} at @returns {number} where the token that begins there ends */
function tokenEnd(json, at) {
    if (json[at] !== '"') {
        if ('{}[],:'.includes(json[at])) return at + 1;
        while (at < json.length && !'{}[],:" \t\r\n'.includes(json[at])) at++;
        return at;
    }
    for (;;) {
        at = json.indexOf('"', at + 1);
        if (at < 0) return json.length;
        let slashes = 0;
        while (json[at - 1 - slashes] === '\\') slashes++;
        if (slashes % 2 === 0) return at + 1;
    }
}

/** Where the text's tokens begin and end. @param {string} json @returns {Generator<[number, number]>} */
function* tokens(json) {
    for (let at = 0; at < json.length;) {
        if (' \t\r\n'.includes(json[at])) {
            at++;
            continue;
        }
        const end = tokenEnd(json, at);
        yield [at, end];
        at = end;
    }
}

/**
 * The JSON text indented, its tokens untouched: digits beyond a double's, key order and duplicate keys stay. A text
 * that hostile nesting would blow up stays as it is (see html_steps.c).
 * @param {string} json @returns {string}
 */
function prettyJson(json) {
    const pieces = [];
    let depth = 0,
        added = 0,
        opened = false;
    const breakLine = () => {
        pieces.push('\n', '  '.repeat(depth));
        added += 2 * depth + 1;
    };
    for (const [at, end] of tokens(json)) {
        const token = json.slice(at, end);
        const closes = token === '}' || token === ']';
        if (closes && depth > 0) depth--;
        if (opened !== closes) breakLine();
        pieces.push(token);
        opened = token === '{' || token === '[';
        if (opened) depth++;
        else if (token === ',') breakLine();
        else if (token === ':') pieces.push(' ');
        if (depth > 200 || added > 4 * json.length + 4096) return json;
    }
    return pieces.join('');
}

/** @param {string} json a string literal @returns {string} */
function unquote(json) {
    try {
        return JSON.parse(json);
    } catch {
        return json;
    }
}

/**
 * What stands between the outer brackets of an array or object, cut at its commas: texts as they are.
 * @param {string} json @returns {string[]}
 */
function splitJson(json) {
    const parts = [];
    let depth = 0,
        from = 0;
    for (const [at, end] of tokens(json)) {
        const c = json[at];
        if (c === '}' || c === ']') depth--;
        if ((depth === 1 && c === ',') || (depth === 0 && at > from)) parts.push(json.slice(from, at).trim());
        if (depth <= 1 && (c === ',' || depth === 0)) from = end;
        if (c === '{' || c === '[') depth++;
    }
    return parts;
}

/**
 * The members of an object, values as they stand; of equal keys the last one, at the place of the first.
 * @param {string} json @returns {{key: string, rawKey: string, value: string}[]}
 */
function objectMembers(json) {
    const members = new Map();
    for (const part of splitJson(json)) {
        const end = tokenEnd(part, 0);
        const rawKey = part.slice(0, end);
        const key = unquote(rawKey);
        members.set(key, { key, rawKey, value: part.slice(part.indexOf(':', end) + 1).trim() });
    }
    return [...members.values()];
}

/**
 * A value of the log for people: a string as its characters (unless they would not show all of it), else JSON.
 * @param {string} json @returns {{text: string, isText: boolean}}
 */
function displayValue(json) {
    if (json.startsWith('"')) {
        try {
            const text = JSON.parse(json);
            if (text && !/[\0\ufffd]|\p{Surrogate}/u.test(text)) return { text, isText: true };
        } catch {
            /* not JSON after all: shown as it stands */
        }
    }
    return { text: prettyJson(json), isText: false };
}
