/* SPDX-License-Identifier: MIT
 *
 * The language of the search: a text becomes terms, all of which a step must meet. Nothing here knows the page.
 *
 *     load "two words" -word /reg.*exp/ name:x key:x error:x record:key=x status:error,ok level:warn
 *     dur>500ms dur<2s self>1m start>10s tokens>1000 records>3 depth:2 is:slow
 */

/**
 * @typedef {Object} Term
 * @property {'text'|'number'|'status'|'level'|'slow'} kind
 * @property {boolean} not
 * @property {string} shown as it was typed
 * @property {string} field of a text: any, name, key, error, record, log; of a number: its column
 * @property {string} word in lower case; "" for an expression
 * @property {string} source of an expression; "" for a word
 * @property {string} recordKey in lower case; "" for any
 * @property {string} op < <= > >= =
 * @property {number} value a number; bits of statuses or levels
 */

const TEXT_FIELDS = ['name', 'key', 'error', 'record', 'log'];
/** What may be typed for a column. @type {Object<string, string>} */
const NUMBER_FIELDS = {
    dur: 'duration',
    duration: 'duration',
    self: 'self',
    start: 'offset',
    tokens: 'tokens',
    records: 'records',
    depth: 'depth',
};
/** Microseconds. @type {Object<string, number>} */
const TIME_UNITS = { us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, m: 6e7, min: 6e7, h: 3.6e9, d: 8.64e10 };

/** What is wrong with a search, in words for the reader. */
class QueryError extends Error {}

/** @param {string} list @param {string[]} words @param {string} what @returns {number} bits */
function parseWords(list, words, what) {
    let bits = 0;
    for (const word of list.toLowerCase().split(',')) {
        const at = words.indexOf(word === 'failed' ? 'error' : word);
        if (at < 0) throw new QueryError('“' + word + '” is no ' + what + ': ' + words.join(', ') + '.');
        bits |= 1 << at;
    }
    return bits;
}

/** @param {string} name as typed @param {string} text @returns {number} */
function parseAmount(name, text) {
    const column = NUMBER_FIELDS[name];
    const isTime = column === 'duration' || column === 'self' || column === 'offset';
    const [, digits, unit] = /^([\d,]*\.?\d+)\s*(\p{L}*)$/u.exec(text) ?? [];
    const number = Number((digits ?? '').replaceAll(',', ''));
    if (digits === undefined || isNaN(number))
        throw new QueryError(
            name + ' wants ' + (isTime ? 'a time, such as ' + name + '>500ms.' : 'a number, such as ' + name + '>3.')
        );
    if (!isTime) {
        if (unit) throw new QueryError(name + ' is a number without a unit: ' + name + '>' + digits + '.');
        return number;
    }
    if (!unit && number === 0) return 0;
    if (!Object.hasOwn(TIME_UNITS, unit))
        throw new QueryError(name + ' wants a unit: us, ms, s, m, h or d, as in ' + name + '>' + digits + 'ms.');
    return number * TIME_UNITS[unit];
}

/**
 * Where the word that begins at `at` ends: a quoted part holds everything to its closing quote.
 * @param {string} text @param {number} at
 * @returns {number} -1 when that is missing
 */
function wordEnd(text, at) {
    for (; at < text.length && !/\s/.test(text[at]); at++) {
        if (text[at] !== '"') continue;
        at = text.indexOf('"', at + 1);
        if (at < 0) return -1;
    }
    return at;
}

/** @param {string} text @returns {string} without quotes around it */
function unquoteWord(text) {
    return text.replace(/"([^"]*)"/g, '$1');
}

/** @param {string} source @returns {string} the same, if it is an expression */
function checkedExpression(source) {
    try {
        new RegExp(source, 'im');
        return source;
    } catch (error) {
        const why = String(error.message).replace(/^.*\/[a-z]*: /, '');
        throw new QueryError('/' + source + '/ is no regular expression: ' + why + '.');
    }
}

/** @param {Partial<Term>} term @returns {Term} */
function newTerm(term) {
    return {
        kind: 'text',
        not: false,
        shown: '',
        field: 'any',
        word: '',
        source: '',
        recordKey: '',
        op: '=',
        value: 0,
        ...term,
    };
}

/** @param {string} field @param {string} value as typed @returns {Term} */
function textTerm(field, value) {
    const term = newTerm({ field });
    if (field === 'record') {
        const [, key, rest] = /^("[^"]*"|[^"=]*)=(.*)$/s.exec(value) ?? [];
        if (key !== undefined) {
            term.recordKey = unquoteWord(key).toLowerCase();
            value = rest;
        }
    }
    const [, source] = /^\/(.+)\/i?$/s.exec(value) ?? [];
    if (source !== undefined) term.source = checkedExpression(source);
    else term.word = unquoteWord(value).toLowerCase();
    if (!term.word && !term.source && !term.recordKey)
        throw new QueryError(field + ': wants a text behind it, such as ' + field + ':load.');
    return term;
}

/** A term with a field, null when the word is just a word. @param {string} word @returns {Term|null} */
function fieldTerm(word) {
    const [, typed, op, value] = /^([a-z]+)(<=|>=|[:<>=])(.*)$/is.exec(word) ?? [];
    if (typed === undefined) return null;
    const name = typed.toLowerCase();
    if (TEXT_FIELDS.includes(name) && (op === ':' || op === '=')) return textTerm(name, value);
    if (Object.hasOwn(NUMBER_FIELDS, name)) {
        const exact = op === ':' ? '=' : op;
        const [, inner, rest] = /^(<=|>=|[<>=])(.*)$/s.exec(value) ?? ['', exact, value];
        return newTerm({
            kind: 'number',
            field: NUMBER_FIELDS[name],
            op: inner,
            value: parseAmount(name, unquoteWord(rest)),
        });
    }
    if (op !== ':' && op !== '=') return null;
    if (name === 'status') return newTerm({ kind: 'status', value: parseWords(unquoteWord(value), STATUS, 'status') });
    if (name === 'level') {
        const least = parseWords(unquoteWord(value), LEVELS, 'log level');
        return newTerm({ kind: 'level', value: -(least & -least) & 63 });
    }
    if (name !== 'is') return null;
    if (value !== 'slow') throw new QueryError('is: knows is:slow only.');
    return newTerm({ kind: 'slow' });
}

/** The expression that stands at `at`, with its slashes; "" for none. @param {string} text @param {number} at */
function expressionAt(text, at) {
    return /^\/(?:[^/\\]|\\.)+\/i?(?=\s|$)/.exec(text.slice(at))?.[0] ?? '';
}

/**
 * A word of a query, right or wrong.
 * @typedef {Object} QueryWord
 * @property {string} shown as it was typed
 * @property {boolean} not
 * @property {string} word without the minus
 * @property {boolean} isExpression without a field
 * @property {boolean} isOpen its closing quote is missing
 */

/** @param {string} text @returns {QueryWord[]} */
function queryWords(text) {
    const words = [];
    for (let begin = text.search(/\S/); begin >= 0 && begin < text.length; ) {
        const not = /^-\S/.test(text.slice(begin, begin + 2));
        const at = begin + (not ? 1 : 0);
        const field = /^(?:(?:name|key|error|record|log)[:=](?=\/))?/i.exec(text.slice(at))[0];
        const expression = expressionAt(text, at + field.length);
        const found = expression ? at + field.length + expression.length : wordEnd(text, at);
        const end = found < 0 ? text.length : found;
        const isExpression = expression !== '' && field === '';
        words.push({ shown: text.slice(begin, end), not, word: text.slice(at, end), isExpression, isOpen: found < 0 });
        begin = end;
        while (begin < text.length && /\s/.test(text[begin])) begin++;
    }
    return words;
}

/** @param {string} text @returns {Term[]} @throws {QueryError} */
function parseQuery(text) {
    /** @type {Term[]} */
    const terms = [];
    for (const { shown, not, word, isExpression, isOpen } of queryWords(text)) {
        if (isOpen) throw new QueryError('A closing " is missing.');
        const term = isExpression
            ? textTerm('any', word)
            : (fieldTerm(word) ?? newTerm({ word: unquoteWord(word).toLowerCase() }));
        if (term.kind !== 'text' || term.word || term.source || term.recordKey) terms.push({ ...term, not, shown });
    }
    return terms;
}

/**
 * The value of the field's word in a query, "" for none: ("load status:ok", "status") gives "ok".
 * @param {string} text @param {string} field
 */
function fieldValue(text, field) {
    const words = queryWords(text).filter(w => isFieldWord(w, field));
    return words.length ? unquoteWord(words[0].word.slice(field.length + 1)).toLowerCase() : '';
}

/** @param {QueryWord} queryWord @param {string} field */
function isFieldWord({ not, word }, field) {
    return !not && word.slice(0, field.length).toLowerCase() === field && /^[:=]/.test(word.slice(field.length));
}

/** Statuses that a query asks for, as bits; 0 for all, and for a query that is wrong there. @param {string} text */
function queriedStatuses(text) {
    const list = fieldValue(text, 'status');
    try {
        return list ? parseWords(list, STATUS, 'status') : 0;
    } catch {
        return 0;
    }
}

/**
 * The query with the words of one field replaced: ("load status:ok", "status", "status:error").
 * @param {string} text @param {string} field @param {string} word "" takes it away
 */
function replaceField(text, field, word) {
    const kept = queryWords(text).filter(w => !isFieldWord(w, field));
    return [...kept.map(w => w.shown), word].filter(Boolean).join(' ');
}

/** A text as one word of the language. @param {string} text */
function quoteWord(text) {
    const plain = text.replaceAll('"', ' ');
    return /[\s"]|^[-/]/.test(plain) || !plain ? '"' + plain + '"' : plain;
}
