/* SPDX-License-Identifier: MIT
 *
 * The address says what is selected and searched for: #step=12&q=status:error. Links to a step (#s12) work as well, and
 * a step is named by its place in the run or by its id in the log.
 */

/** The step that a link means, -1 for none. @param {string} name index or id */
function stepNamed(name) {
    const i = /^\d+$/.test(name) ? positionOf(Number(name)) : -1;
    return i >= 0 ? i : stepWithId(name);
}

/** @param {string} text */
function decodePart(text) {
    try {
        return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
        return text;
    }
}

/** What an address asks for. @param {string} hash @returns {{step: string|null, query: string|null}} */
function parseRoute(hash) {
    const [, old] = /^#s(\d+)$/.exec(hash) ?? [];
    if (old !== undefined) return { step: old, query: null };
    /** @type {Map<string, string>} */
    const parts = new Map();
    for (const part of hash.slice(1).split('&')) {
        const at = part.indexOf('=');
        if (at > 0) parts.set(part.slice(0, at), decodePart(part.slice(at + 1)));
    }
    return { step: parts.get('step') ?? null, query: parts.get('q') ?? null };
}

/** @param {'pushState'|'replaceState'} act @param {string} address */
function putAddress(act, address) {
    try {
        history[act](null, '', address);
    } catch {
        /* a page that may not write its address: links still work */
    }
}

/** Puts the view into the address, in place of the one before. */
function writeRoute() {
    const parts = [];
    if (view.selected >= 0) parts.push('step=' + indexOf(view.selected));
    if (view.query.trim()) parts.push('q=' + encodeURIComponent(view.query.trim()));
    const hash = parts.length ? '#' + parts.join('&') : '';
    if (hash === location.hash || (!hash && !/^#(?:s\d+$|step=|q=)/.test(location.hash))) return;
    putAddress('replaceState', location.pathname + location.search + hash);
}

/** Does what the address asks for; one without a step or a search wants none, unless it leads to a section. */
function followRoute() {
    const { step, query } = parseRoute(location.hash);
    const isView = !location.hash || step !== null || query !== null;
    if (isView && (query ?? '') !== view.query) setQuery(query ?? '', 'route');
    if (step === null) {
        if (isView && view.selected >= 0) select(-1, 'route');
        return;
    }
    const i = stepNamed(step);
    if (i >= 0 && i !== view.selected) select(i, 'route');
    else if (i < 0) announce('The step of this link is not in this report.');
}

function startRoute() {
    followRoute();
    window.addEventListener('hashchange', followRoute);
    listen('select', writeRoute);
    listen('query', writeRoute);
    /* A link to a step that is followed twice changes no address. */
    document.addEventListener('click', event => {
        const link = /** @type {HTMLElement} */ (event.target).closest('a[href^="#s"]');
        const { step } = link ? parseRoute(link.getAttribute('href')) : { step: null };
        if (step === null) return;
        const i = stepNamed(step);
        if (i < 0) return;
        event.preventDefault();
        putAddress('pushState', link.getAttribute('href')); /* before select(), which writes over the address */
        select(i, 'link');
    });
}
