/* SPDX-License-Identifier: MIT
 *
 * Texts out of the compressed chunks that the page carries (see archive.h): the log itself, or the texts taken from it.
 * A text costs the chunks that it lies in; those read last are kept.
 */

const CHUNKS_KEPT = 8;
const TEXTS_LOST = 'The texts of this page cannot be read: was it changed or cut?';

/**
 * @typedef {Object} Store
 * @property {number} chunk bytes of text in a chunk; the last one of a file holds what is left
 * @property {string} base64 all chunks, compressed, in a row
 * @property {number[]} starts where in the text each chunk begins, and where the last one ends
 * @property {number[]} places the same in the compressed bytes
 */

/** @returns {Store|null} */
function openStore() {
    const holder = document.getElementById('pl-text') ?? document.getElementById('pl-log');
    if (!holder) return null;
    const text = holder.textContent;
    const begin = text.indexOf('{');
    const end = text.indexOf('\n', begin);
    const last = text.indexOf('\n', end + 1);
    const index = JSON.parse(text.slice(begin, end));
    const base64 = text.slice(end + 1, last < 0 ? undefined : last);
    if (!index.packed.length) return null;
    const starts = [0];
    const places = [0];
    for (const size of index.sizes)
        for (let left = size; left > 0; left -= index.chunk)
            starts.push(starts[starts.length - 1] + Math.min(left, index.chunk));
    for (const bytes of index.packed) places.push(places[places.length - 1] + bytes);
    return { chunk: index.chunk, base64, starts, places };
}

/** @type {Store|null} */
let store = null;

/** The store, once the page has come that far: it stands behind the scripts. @type {Promise<Store|null>} */
const storeReady = new Promise(resolve => {
    const open = () => {
        try {
            store = openStore();
        } catch {
            /* the page was changed or cut: who asks for a text is told */
        }
        resolve(store);
    };
    whenParsed(open);
});

/** Inflated chunks, the one used last at the end. @type {Map<number, Promise<Uint8Array>>} */
const chunksRead = new Map();

/** The compressed bytes from `from` to `to`. @param {number} from @param {number} to @returns {Uint8Array} */
function packedBytes(from, to) {
    const first = Math.floor(from / 3);
    const text = atob(store.base64.slice(4 * first, 4 * Math.ceil(to / 3)));
    const bytes = new Uint8Array(to - from);
    for (let i = 0, at = from - 3 * first; i < bytes.length; i++, at++) bytes[i] = text.charCodeAt(at);
    return bytes;
}

/** @param {number} k @returns {Promise<Uint8Array>} chunk k of the text */
async function inflateChunk(k) {
    const packed = packedBytes(store.places[k], store.places[k + 1]);
    const stream = new Blob([/** @type {BlobPart} */ (packed)]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {number} k @returns {Promise<Uint8Array>} */
function readChunk(k) {
    const chunk =
        chunksRead.get(k) ??
        inflateChunk(k).catch(() => {
            chunksRead.delete(k);
            throw new Error(TEXTS_LOST);
        });
    chunksRead.delete(k);
    chunksRead.set(k, chunk);
    if (chunksRead.size > CHUNKS_KEPT) chunksRead.delete(chunksRead.keys().next().value);
    return chunk;
}

/** Which chunk holds the byte at `at` of the text? @param {number} at */
function chunkAt(at) {
    let low = 0,
        high = store.starts.length - 1;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (store.starts[middle] <= at) low = middle;
        else high = middle;
    }
    return low;
}

/**
 * The text of an item, as it stands in the log; "" when the page was not given it. Fails when the page has lost it.
 * @param {Item} item
 */
async function textOf(item) {
    if (!item.length) return '';
    if (!(await storeReady)) throw new Error(TEXTS_LOST);
    const bytes = new Uint8Array(item.length);
    for (let k = chunkAt(item.at), done = 0; done < item.length; k++) {
        const from = item.at + done - store.starts[k];
        const piece = (await readChunk(k)).subarray(from, from + item.length - done);
        if (!piece.length) throw new Error(TEXTS_LOST);
        bytes.set(piece, done);
        done += piece.length;
    }
    return new TextDecoder().decode(bytes);
}
