/* SPDX-License-Identifier: MIT
 *
 * Regular expressions over many texts, in a worker: an expression that would run for ever does not hold up the page, it
 * is stopped.
 */

const REGEXP_PATIENCE = 2000; /* ms for one batch */
const WORKER_REST = 5000; /* ms without a question */

/** What runs in the worker: says which of the texts match, by a 1 each. */
function regexpWorker() {
    self.onmessage = event => {
        const { source, text, from } = event.data;
        const expression = new RegExp(source, 'im');
        const found = new Uint8Array(from.length - 1);
        for (let n = 0; n < found.length; n++) found[n] = expression.test(text.slice(from[n], from[n + 1] - 1)) ? 1 : 0;
        /** @type {any} */ (self).postMessage(found, [found.buffer]);
    };
}

/** @type {Worker|null} */
let worker = null;
/** Questions to the worker are asked one after the other. @type {Promise<any>} */
let workerTurn = Promise.resolve();

function openWorker() {
    const url = URL.createObjectURL(new Blob(['(' + regexpWorker + ')()'], { type: 'text/javascript' }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    return worker;
}

/** An idle worker gives its memory back. */
let workerRest = 0;

function restWorker() {
    clearTimeout(workerRest);
    workerRest = setTimeout(() => {
        worker?.terminate();
        worker = null;
    }, WORKER_REST);
}

/** @param {string} source @param {string} text @param {Uint32Array} from @returns {Promise<Uint8Array>} */
function askWorker(source, text, from) {
    return new Promise((resolve, reject) => {
        const w = worker ?? openWorker();
        const timer = setTimeout(() => {
            w.terminate();
            worker = null;
            reject(
                new Error(
                    'This expression takes too long and was stopped. Repetitions in repetitions, as in (a+)+, do that.'
                )
            );
        }, REGEXP_PATIENCE);
        clearTimeout(workerRest);
        w.onmessage = event => {
            clearTimeout(timer);
            restWorker();
            resolve(event.data);
        };
        w.onerror = event => {
            clearTimeout(timer);
            worker = null;
            event.preventDefault();
            reject(
                new Error(
                    event.message
                        ? 'This expression needs more than the browser gives it.'
                        : 'This browser does not run regular expressions in a page opened from a file.'
                )
            );
        };
        w.postMessage({ source, text, from });
    });
}

/**
 * 1 for each text that the expression matches somewhere; texts are from[n] to from[n + 1] - 1.
 * @param {string} source @param {string} text @param {Uint32Array} from @returns {Promise<Uint8Array>}
 */
function matchTexts(source, text, from) {
    const answer = workerTurn.then(() => askWorker(source, text, from));
    workerTurn = answer.catch(() => {});
    return answer;
}
