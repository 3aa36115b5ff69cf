/* SPDX-License-Identifier: MIT
 *
 * Which steps a query leaves. Names, keys, errors and numbers answer at once; the texts of payloads as far as the index
 * has come, again and again until it has read all of them.
 */

/**
 * A term and what it has found so far.
 * @typedef {Object} Finding
 * @property {Term} term
 * @property {Uint8Array} found 1 by step
 * @property {Uint32Array|null} hit by step: 1 + number of the item in which its text was found
 * @property {number} batches of the index that it has seen
 */

/** @typedef {{i: number, number: number, text: string}} Member a record out of an object of all: its step, its item */

const SLOW_PART = 0.1;
const KEY_EXPRESSION_MAX = 1000; /* characters of a key, from its end, that an expression sees */
const JOIN_MAX = 4e6; /* characters that go to the worker at once */

/** Self time from which a step is among the slowest tenth. @type {number|null} */
let slowFrom = null;

function slowLimit() {
    if (slowFrom === null) {
        const times = Float64Array.from(data.self.filter(us => us !== null && us > 0)).sort();
        slowFrom = times.length
            ? times[Math.min(times.length - 1, Math.ceil(times.length * (1 - SLOW_PART)))]
            : Infinity;
    }
    return slowFrom;
}

/** @type {string[]|null} */
let lowerNames = null;

/** The different names of the run in lower case, "(no name)" as it is shown. */
function namesInLowerCase() {
    lowerNames ??= data.names.map(name => wordedName(name).toLowerCase());
    return lowerNames;
}

/** @param {string} field @param {number} i @returns {number} NaN when the step has none */
function numberOf(field, i) {
    if (field === 'depth') return depth[i];
    if (field === 'tokens') return data.tokens[i] ?? 0;
    const column = /** @type {any} */ (data)[field];
    return column[i] ?? NaN;
}

/** @param {Term} term @param {number} n */
function compares(term, n) {
    if (term.op === '<') return n < term.value;
    if (term.op === '<=') return n <= term.value;
    if (term.op === '>') return n > term.value;
    if (term.op === '>=') return n >= term.value;
    return n === term.value;
}

/** Steps of which the word is in the name. @param {string} word @param {Uint8Array} found */
function findNames(word, found) {
    const has = namesInLowerCase().map(name => name.includes(word));
    for (let i = 0; i < data.count; i++) if (has[data.name[i]]) found[i] = 1;
}

/**
 * As findKeys(), `own`, for a word without a point: it lies within one part of a key, and most parts are names.
 * @param {string} word @param {Uint8Array} found
 */
function findKeyParts(word, found) {
    const has = data.names.map(name => partOfName(name).toLowerCase().includes(word));
    for (let i = 0; i < data.count; i++) {
        const part = data.keys[i] ?? data.tails[i];
        if (part === undefined ? has[data.name[i]] : part.toLowerCase().includes(word)) found[i] = 1;
    }
}

/**
 * Steps of which the word is in the key; `own`: so that it ends in the part that the step adds to its parent's key, or
 * else every step below one that matches would match as well. Keys are not put together for that: what can be part of
 * a match beyond the step's own part are the last characters of its parent's key.
 * @param {string} word @param {boolean} own @param {Uint8Array} found
 */
function findKeys(word, own, found) {
    const keep = word.length - 1;
    const ends = new Array(data.count);
    const has = own ? found : new Uint8Array(data.count);
    for (let i = 0; i < data.count; i++) {
        const up = data.parent[i];
        const tail = keyTail(i).toLowerCase();
        const key = up < 0 || data.keys[i] !== undefined ? tail : ends[up] + '.' + tail;
        if (key.includes(word) || (!own && up >= 0 && data.keys[i] === undefined && has[up])) has[i] = 1;
        ends[i] = keep ? key.slice(-keep) : '';
        if (!own && has[i]) found[i] = 1;
    }
}

/** @param {string} word @param {Uint8Array} found */
function findErrors(word, found) {
    for (const i in data.errors) if (data.errors[i].toLowerCase().includes(word)) found[Number(i)] = 1;
}

/** @param {Finding} f */
function findWord(f) {
    const { field, word } = f.term;
    if (field === 'any' || field === 'name') findNames(word, f.found);
    if (field === 'any' && !word.includes('.')) findKeyParts(word, f.found);
    else if (field === 'any' || field === 'key') findKeys(word, field === 'any', f.found);
    if (field === 'any' || field === 'error') findErrors(word, f.found);
}

/** Steps that meet a term about numbers. @param {Finding} f */
function findNumbers(f) {
    const { term, found } = f;
    for (let i = 0; i < data.count; i++) {
        let good;
        if (term.kind === 'status') good = (term.value >> Number(data.status[i])) & 1;
        else if (term.kind === 'level') good = (data.levels[i] ?? 0) & term.value;
        else if (term.kind === 'slow') good = data.self[i] >= slowLimit();
        else good = compares(term, numberOf(term.field, i));
        found[i] = good ? 1 : 0;
    }
}

/** Does a term look into payloads? @param {Term} term */
function readsTexts(term) {
    return term.kind === 'text' && term.field !== 'name' && term.field !== 'key';
}

/** May an item meet a term? @param {Term} term @param {number} kind of the item @param {number} label */
function mayHold(term, kind, label) {
    if (term.field === 'any') return true;
    if (term.field === 'error') return kind === KIND_ERROR || kind === KIND_TRACE || kind === KIND_HANDLED;
    if (term.field === 'log') return kind >= KIND_LOG;
    if (kind !== KIND_RECORD && kind !== KIND_RECORDS) return false;
    return !term.recordKey || kind === KIND_RECORDS || data.labels[label].toLowerCase() === term.recordKey;
}

/**
 * Notes that a term was found in an item.
 * @param {Finding} f
 * @param {number} i the step
 * @param {number} number of the item
 */
function noteHit(f, i, number) {
    f.found[i] = 1;
    f.hit[i] ||= number + 1;
}

/**
 * The record of the key that a term asks for, out of the n-th text of a batch, which is an object of all records; null
 * when it is not there. A text with escapes has lost its structure in the index: it is read again.
 * @param {Finding} f @param {Batch} batch @param {number} n @param {number} i the step
 */
async function memberInText(f, batch, n, i) {
    const text = batch.text.slice(batch.from[n], batch.from[n + 1] - 1);
    const key = f.term.recordKey;
    if (!text.includes(key)) return null;
    const json = batch.escaped[n] ? await textOf(itemsOf(i)[batch.item[n] - itemNumber[i]]) : text;
    const member = objectMembers(json).find(m => m.key.toLowerCase() === key);
    return member ? searchText(member.value) : null;
}

/**
 * A term was found in the n-th text of a batch: does it count? An expression that asks for the record of a key has yet
 * to be looked for there: that goes into `members`.
 * @param {Finding} f @param {Batch} batch @param {number} n @param {Member[]} members
 */
async function foundInText(f, batch, n, members) {
    const number = batch.item[n];
    const i = stepOfItem(number);
    const place = placeOfItem(i, number);
    const kind = data.items[place];
    if (f.found[i] || !mayHold(f.term, kind, data.items[place + 1])) return;
    if (f.term.recordKey && kind === KIND_RECORDS) {
        const text = await memberInText(f, batch, n, i);
        if (text === null) return;
        if (f.term.source) {
            members.push({ i, number, text });
            return;
        }
        if (!text.includes(f.term.word)) return;
    }
    noteHit(f, i, number);
}

/** @param {Finding} f @param {Batch} batch */
async function findWordInBatch(f, batch) {
    const { text, from, item } = batch;
    const word = f.term.word || f.term.recordKey;
    const simple = !f.term.recordKey && f.term.field === 'any';
    for (let at = text.indexOf(word), n = 0; at >= 0; at = text.indexOf(word, from[n])) {
        while (from[n + 1] <= at) n++;
        if (simple) noteHit(f, stepOfItem(item[n]), item[n]);
        else await foundInText(f, batch, n, []);
        if (++n === item.length) break;
    }
}

/** @param {Finding} f @param {Batch} batch @param {() => boolean} stale */
async function findExpressionInBatch(f, batch, stale) {
    /** @type {Member[]} */
    const members = [];
    const found = await matchTexts(f.term.source, batch.text, batch.from);
    for (let n = 0; n < found.length && !stale(); n++) if (found[n]) await foundInText(f, batch, n, members);
    await matchMany(
        f.term.source,
        members.length,
        m => members[m].text,
        m => noteHit(f, members[m].i, members[m].number),
        stale
    );
}

/** Keys of records and names of fields in which the word is. @param {Finding} f */
function findLabels(f) {
    const { field, word, recordKey } = f.term;
    if ((field !== 'any' && field !== 'record') || (recordKey && word)) return;
    const has = data.labels.map(label =>
        recordKey ? label.toLowerCase() === recordKey : label.toLowerCase().includes(word)
    );
    if (!has.includes(true)) return;
    for (let i = 0, number = 0; i < data.count; i++)
        for (let at = itemStart[i] + 1; at < itemStart[i + 1]; at += 4, number++) {
            const kind = data.items[at];
            const isNamed = kind === KIND_RECORD || (kind === KIND_FIELD && field === 'any');
            if (isNamed && has[data.items[at + 1]]) noteHit(f, i, number);
        }
}

/**
 * What the index has read since last time.
 * @param {Finding[]} findings
 * @param {() => boolean} stale
 * @returns {Promise<void>}
 */
async function findInTexts(findings, stale) {
    for (const f of findings) {
        if (!readsTexts(f.term)) continue;
        while (f.batches < textIndex.batches.length) {
            const batch = textIndex.batches[f.batches++];
            if (f.term.source) await findExpressionInBatch(f, batch, stale);
            else await findWordInBatch(f, batch);
            if (stale()) return;
        }
    }
}

/**
 * Which of the texts an expression matches; many short texts go to the worker together.
 * @param {string} source @param {number} count
 * @param {(n: number) => string} textAt @param {(n: number) => void} onFound @param {() => boolean} stale
 */
async function matchMany(source, count, textAt, onFound, stale) {
    for (let first = 0; first < count && !stale(); ) {
        const texts = [];
        const from = [0];
        for (let n = first; n < count && from[n - first] < JOIN_MAX; n++) {
            texts.push(textAt(n));
            from.push(from[n - first] + texts[n - first].length + 1);
        }
        const found = await matchTexts(source, texts.join('\n'), Uint32Array.from(from));
        for (let n = 0; n < found.length; n++) if (found[n]) onFound(first + n);
        first += found.length;
    }
}

/** @param {Finding} f @param {() => boolean} stale */
async function findExpression(f, stale) {
    const { field, source } = f.term;
    const mark = (/** @type {number} */ i) => (f.found[i] = 1);
    if (field === 'any' || field === 'name') {
        const has = new Uint8Array(data.names.length);
        await matchMany(
            source,
            has.length,
            n => namesInLowerCase()[n],
            n => (has[n] = 1),
            stale
        );
        for (let i = 0; i < data.count; i++) if (has[data.name[i]]) mark(i);
    }
    if (field === 'any') await matchMany(source, data.count, keyTail, mark, stale);
    if (field === 'key') await matchMany(source, data.count, i => keyOf(i, KEY_EXPRESSION_MAX), mark, stale);
    if (field === 'any' || field === 'error') {
        const steps = Object.keys(data.errors).map(Number);
        await matchMany(
            source,
            steps.length,
            n => data.errors[steps[n]],
            n => mark(steps[n]),
            stale
        );
    }
}

/** @param {Term[]} terms @returns {Finding[]} */
function newFindings(terms) {
    return terms.map(term => ({
        term,
        found: new Uint8Array(data.count),
        hit: readsTexts(term) ? new Uint32Array(data.count) : null,
        batches: 0,
    }));
}

/** The steps that meet all terms, and where their texts did. @param {Finding[]} findings */
function showFindings(findings) {
    if (!findings.length) {
        setMatches(null, data.count, { has: () => false, get: () => -1 });
        return;
    }
    const matches = new Uint8Array(data.count).fill(1);
    for (const { term, found } of findings) {
        const bad = term.not ? 1 : 0;
        for (let i = 0; i < data.count; i++) if (found[i] === bad) matches[i] = 0;
    }
    let total = 0;
    for (let i = 0; i < data.count; i++) total += matches[i];
    const hits = findings.filter(f => f.hit && !f.term.not).map(f => f.hit);
    const hitOf = (/** @type {number} */ i) => {
        for (const hit of hits) if (hit[i]) return hit[i] - 1;
        return -1;
    };
    setMatches(matches, total, { has: i => matches[i] === 1 && hitOf(i) >= 0, get: hitOf });
}

const QUERY_MAX = 1000; /* characters: each word costs a pass over all steps */

/** Counts searches: an older one gives up. */
let searchNumber = 0;
/** What is being searched for. @type {Finding[]} */
let findings = [];

/** Words of the query that are searched for in texts, for marks. @returns {string[]} */
function searchWords() {
    return findings.filter(f => f.term.kind === 'text' && !f.term.not && f.term.word).map(f => f.term.word);
}

/**
 * Resolves when the index has read more, or nobody waits any longer.
 * @param {() => boolean} stale @returns {Promise<void>}
 */
function indexAdvance(stale) {
    return new Promise(resolve => {
        const timer = setInterval(() => {
            if (!stale() && !textIndex.done && findings.every(f => f.batches >= textIndex.batches.length)) return;
            clearInterval(timer);
            resolve();
        }, 200);
    });
}

/**
 * Searches. `say` is told how it goes: what is wrong, "" when nothing is, and whether texts are still being read.
 * @param {string} text @param {(wrong: string, reading: boolean) => void} say
 */
async function search(text, say) {
    const turn = ++searchNumber;
    const stale = () => turn !== searchNumber;
    /** @type {Finding[]} */
    let all;
    try {
        if (text.length > QUERY_MAX) throw new Error('A search has at most ' + formatCount(QUERY_MAX) + ' characters.');
        all = newFindings(parseQuery(text));
    } catch (error) {
        say(error.message, false);
        return;
    }
    findings = all;
    const texts = all.some(f => readsTexts(f.term));
    textIndex.wanted = texts;
    try {
        for (const f of all)
            if (f.term.kind !== 'text') findNumbers(f);
            else if (!f.term.source) {
                if (f.term.word) findWord(f);
                findLabels(f);
            }
        for (const f of all) if (f.term.source) await findExpression(f, stale);
        for (;;) {
            await findInTexts(all, stale);
            if (stale()) return;
            showFindings(all);
            say('', texts && !textIndex.done);
            if (!texts || textIndex.done) break;
            await indexAdvance(stale);
            if (stale()) return;
        }
    } catch (error) {
        if (!stale()) say(error.message, false);
    }
}
