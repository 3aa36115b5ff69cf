/* SPDX-License-Identifier: MIT
 *
 * Pieces of the document. Only textContent is ever set: nothing of a log becomes markup.
 */

const NOTICE_STAYS = 8000; /* ms */
const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
    return document.getElementById(id);
}

/** Calls fn when the whole document is there: most of it stands behind the scripts. @param {() => void} fn */
function whenParsed(fn) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', fn);
    else fn();
}

/** @param {string} tag @param {string} [className] @param {string} [text] @returns {HTMLElement} */
function element(tag, className, text) {
    const e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
}

/**
 * An element of a drawing.
 * @param {string} tag @param {Object<string, string|number>} attributes @returns {SVGElement}
 */
function shape(tag, attributes) {
    const e = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, String(value));
    return e;
}

/** @param {string} className @param {string} text @param {string} [name] for those who do not see the text */
function buildButton(className, text, name) {
    const button = /** @type {HTMLButtonElement} */ (element('button', className, text));
    button.type = 'button';
    if (name) button.setAttribute('aria-label', name);
    return button;
}

/**
 * Marks made so far: a copy with its path costs a table of them less than a reference to the symbol.
 * @type {Map<string, SVGElement>}
 */
const marks = new Map();

/** The mark of a status. @param {string} status @returns {SVGElement} */
function buildMark(status) {
    let mark = marks.get(status);
    if (!mark) {
        const symbol = document.getElementById('m-' + status);
        mark = shape('svg', { 'class': 'mark', 'aria-hidden': 'true', viewBox: symbol.getAttribute('viewBox') });
        mark.append(symbol.firstElementChild.cloneNode(true));
        marks.set(status, mark);
    }
    return /** @type {SVGElement} */ (mark.cloneNode(true));
}

/**
 * A name of the log, kept apart from the direction of what is around it.
 * @param {string} text
 * @param {string} [className]
 */
function buildName(text, className) {
    const name = element('bdi', className, text);
    return name;
}

/** @param {string} text @returns {Promise<boolean>} */
async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = /** @type {HTMLTextAreaElement} */ (element('textarea', 'v'));
        const active = /** @type {HTMLElement|null} */ (document.activeElement);
        area.value = text;
        document.body.append(area);
        area.select();
        const done = document.execCommand('copy');
        area.remove();
        if (active) active.focus();
        return done;
    }
}

/**
 * A button that copies what `text` gives.
 * @param {string} label what that is @param {() => string|Promise<string>} text @param {string} [title] of the button
 */
function buildCopy(label, text, title = 'Copy') {
    const button = buildButton('copy', title, 'Copy ' + label);
    button.addEventListener('click', async event => {
        event.stopPropagation();
        const done = await copyText(await text());
        button.textContent = done ? 'Copied' : 'Not copied';
        setTimeout(() => {
            button.textContent = title;
        }, 1500);
    });
    return button;
}

/** Tells those who do not see the page. @param {string} text */
function announce(text) {
    byId('pl-live').textContent = text;
}

/** @type {HTMLElement|null} */
let notice = null;
let noticeTimer = 0;

function hideNotice() {
    clearTimeout(noticeTimer);
    notice?.remove();
}

/** Tells everyone, for a while or until it is clicked. @param {string} text */
function notify(text) {
    hideNotice();
    notice = element('p', 'notice live', text);
    notice.setAttribute('aria-hidden', 'true'); /* it is announced */
    notice.addEventListener('click', hideNotice);
    document.body.append(notice);
    noticeTimer = setTimeout(hideNotice, NOTICE_STAYS);
    announce(text);
}

/** Keeps a setting of the reader's, where the browser allows it. @param {string} key @param {string} value */
function remember(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch {
        /* for this visit only */
    }
}

/** @param {string} key @returns {string|null} */
function recall(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}
