/* SPDX-License-Identifier: MIT
 *
 * The full text of all payloads, for the search: read in the background, a chunk of the store at a time, as the reader
 * sees it (escapes decoded) and in lower case. A batch is what one chunk gave: its texts in one string, and where in it
 * each begins.
 *
 * `escaped` tells the texts that are not as they stand in the log.
 *
 *     text   "4180\n{"input":"a b"}\n…"     from   [0, 5, …, length]     item   [17, 18, …]
 */

const INDEX_MAX = 192e6; /* characters in memory: beyond, the search says that it has not read everything */
const INDEX_SLICE = 12; /* ms of work in a row, or more when the browser has nothing else to do */

/** @typedef {{text: string, from: Uint32Array, item: Uint32Array, escaped: Uint8Array}} Batch */

const textIndex = {
    /** @type {Batch[]} */
    batches: [],
    chunksDone: 0,
    chunkCount: 0,
    characters: 0,
    /** Everything is read, or as much as there is room for. */
    done: false,
    full: false,
    /** Some could not be read. */
    lost: false,
    /** Whether somebody waits for it. */
    wanted: false,
};

/**
 * Lets the page breathe; in no hurry while nobody searches. A browser with nothing else to do gives more time than a
 * slice, and lets the next one wait.
 * @returns {Promise<number>} until when to work
 */
function breathe() {
    return new Promise(resolve => {
        const goOn = (/** @type {number} */ ms) => resolve(performance.now() + Math.max(ms, INDEX_SLICE));
        if (!textIndex.wanted && 'requestIdleCallback' in window)
            requestIdleCallback(deadline => goOn(deadline.timeRemaining()), { timeout: 250 });
        else setTimeout(goOn, 0, INDEX_SLICE);
    });
}

/** The numbers of the items that are in the store, in the order in which they lie there. @returns {Uint32Array} */
function itemsInOrder() {
    const all = itemNumber[data.count];
    const keys = new Float64Array(all);
    let count = 0;
    for (let i = 0, number = 0; i < data.count; i++)
        for (let at = itemStart[i] + 1; at < itemStart[i + 1]; at += 4, number++)
            if (data.items[at + 3] > 0) keys[count++] = data.items[at + 2] * all + number;
    const numbers = new Uint32Array(count);
    keys.subarray(0, count)
        .sort()
        .forEach((key, n) => (numbers[n] = key % all));
    return numbers;
}

/** What the reader sees of a text of the log, in lower case. @param {string} json */
function searchText(json) {
    if (json.includes('\\'))
        json = json.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code, c) =>
            code ? String.fromCharCode(parseInt(code, 16)) : 'bfnrt'.includes(c) ? '\b\f\n\r\t'['bfnrt'.indexOf(c)] : c
        );
    return json.toLowerCase();
}

/** Collects the texts of a batch. */
function newBatch() {
    /** @type {string[]} */
    const texts = [];
    /** @type {number[]} */
    const items = [];
    /** @type {number[]} */
    const escaped = [];
    return {
        /** @param {string} json @param {number} number of the item */
        add(json, number) {
            texts.push(searchText(json));
            items.push(number);
            escaped.push(json.includes('\\') ? 1 : 0);
        },
        close() {
            if (!texts.length) return;
            const from = new Uint32Array(texts.length + 1);
            for (let n = 0; n < texts.length; n++) from[n + 1] = from[n] + texts[n].length + 1;
            textIndex.batches.push({
                text: texts.join('\n'),
                from,
                item: Uint32Array.from(items),
                escaped: Uint8Array.from(escaped),
            });
            textIndex.characters += from[texts.length];
        },
    };
}

/**
 * Reads chunk after chunk; a text that goes over the end of one belongs to the batch in which it ends.
 * @param {Uint32Array} order
 */
async function readTexts(order) {
    const decoder = new TextDecoder();
    let next = 0; /* in `order` */
    let until = await breathe();
    /** @type {Uint8Array[]} */
    let pieces = []; /* of the text that began in an earlier chunk */
    for (let k = 0; k < textIndex.chunkCount && next < order.length; k++) {
        textIndex.chunksDone = k;
        const base = store.starts[k];
        const end = store.starts[k + 1];
        let number = order[next];
        let place = placeOfItem(stepOfItem(number), number);
        if (data.items[place + 2] >= end) continue;
        const bytes = await inflateChunk(k);
        const whole = decoder.decode(bytes);
        const plain = whole.length === bytes.length; /* a byte is a character */
        const batch = newBatch();
        for (;;) {
            const from = Math.max(data.items[place + 2] - base, 0);
            const to = data.items[place + 2] + data.items[place + 3] - base;
            if (to > bytes.length) {
                if (from < bytes.length) pieces.push(bytes.slice(from));
                break;
            }
            if (pieces.length && from === 0) {
                pieces.push(bytes.subarray(0, to));
                batch.add(await new Blob(/** @type {BlobPart[]} */ (pieces)).text(), number);
                pieces = [];
            } else batch.add(plain ? whole.slice(from, to) : decoder.decode(bytes.subarray(from, to)), number);
            if (++next === order.length) break;
            number = order[next];
            place = placeOfItem(stepOfItem(number), number);
            if (data.items[place + 2] >= end) break;
            if (performance.now() > until) until = await breathe();
        }
        batch.close();
        textIndex.full = textIndex.characters > INDEX_MAX;
        if (textIndex.full) break;
        if (performance.now() > until) until = await breathe();
    }
}

/** Reads everything; once, when the page is there. */
async function startTextIndex() {
    const order = itemsInOrder();
    if (await storeReady) {
        textIndex.chunkCount = store.starts.length - 1;
        await readTexts(order).catch(() => (textIndex.lost = true));
    } else textIndex.lost = order.length > 0;
    textIndex.chunksDone = textIndex.chunkCount;
    textIndex.done = true;
    performance.mark('pipelens-indexed');
}
