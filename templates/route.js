/* SPDX-License-Identifier: MIT
 *
 * The address says what is selected, searched for, zoomed to and folded:
 *
 *     #step=12&q=status:error&t=1500000-2750000&fold=3,7      t: microseconds from the start of the run
 *     #graph&q=load                                           and a section may stand before it
 *
 * Folding is told by the steps in which it differs from what the page begins with, or from `all` or `none` folded.
 * Links to a step (#s12) work as well, and a step is named by its place in the run or by its id in the log.
 */

const ROUTE_RESTS = 200; /* ms without a change of zoom or folding: browsers bear only so many changes of an address */
const ROUTE_FOLDS = 100; /* steps named at most: what differs in more is not told */

let routeTimer = 0;
/** What the address says of folding, null: to be found out. @type {string|null} */
let routeFold = '';
/** Has anything been folded or opened since the page began? */
let routeFolded = false;
/** An address is being followed: it is not to be written over halfway. */
let routeFollows = false;
/** The address as it was written or followed last. Another one was asked for by the reader, and is still to be followed. */
let routeSeen = location.hash;

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

/**
 * @typedef {Object} Route what an address asks for; null: it does not say
 * @property {string} section "" for none
 * @property {string|null} step
 * @property {string|null} query
 * @property {string|null} time
 * @property {string|null} fold
 */

/** @param {string} hash @returns {Route} */
function parseRoute(hash) {
    const [, old] = /^#s(\d+)$/.exec(hash) ?? [];
    if (old !== undefined) return { section: '', step: old, query: null, time: null, fold: null };
    const [first, ...rest] = hash.slice(1).split('&');
    /** @type {Map<string, string>} */
    const parts = new Map();
    for (const part of [first, ...rest]) {
        const at = part.indexOf('=');
        if (at > 0) parts.set(part.slice(0, at), decodePart(part.slice(at + 1)));
    }
    const get = (/** @type {string} */ name) => parts.get(name) ?? null;
    const section = first.includes('=') ? '' : first;
    return { section, step: get('step'), query: get('q'), time: get('t'), fold: get('fold') };
}

/** Is it about what is seen, and not only about a section? @param {Route} route */
function isViewRoute({ section, step, query, time, fold }) {
    return !section || step !== null || query !== null || time !== null || fold !== null;
}

/** @param {'pushState'|'replaceState'} act @param {string} address */
function putAddress(act, address) {
    try {
        history[act](null, '', address);
        routeSeen = location.hash;
    } catch {
        /* a page that may not write its address: links still work */
    }
}

/** Which steps are folded otherwise than the page began, or than all or none; "" when that are too many or none. */
function foldText() {
    /** @type {[string, (i: number) => number][]} */
    const bases = [
        ['', i => foldedAtFirst[i]],
        ['all', () => 1],
        ['none', () => 0],
    ];
    const above = new Set(); /* of the step selected: they are open wherever the address is followed */
    for (let up = view.selected; up >= 0; up = data.parent[up]) above.add(data.parent[up]);
    let best = null;
    for (const [name, folded] of bases) {
        const differ = [];
        for (let i = 0; i < data.count && differ.length <= ROUTE_FOLDS; i++)
            if (subtree[i] > 1 && view.folded[i] !== folded(i) && !above.has(i)) differ.push(String(indexOf(i)));
        if (differ.length <= ROUTE_FOLDS && (!best || differ.length + 1 < best.length))
            best = name ? [name, ...differ] : differ;
    }
    return (best ?? []).join(',');
}

/** Folds as an address says. @param {string} text */
function followFold(text) {
    if (!text && !routeFolded) return;
    const names = text ? text.split(',') : [];
    const base = names[0] === 'all' || names[0] === 'none' ? names.shift() : '';
    const folded = foldedAtFirst.slice();
    if (base) for (let i = 0; i < data.count; i++) folded[i] = base === 'all' && subtree[i] > 1 ? 1 : 0;
    for (const name of names.slice(0, ROUTE_FOLDS)) {
        const i = /^\d+$/.test(name) ? positionOf(Number(name)) : -1;
        if (i >= 0 && subtree[i] > 1) folded[i] = 1 - folded[i];
    }
    if (folded.every((one, i) => one === view.folded[i])) return;
    view.folded.set(folded);
    tell('fold', 'route');
}

/** Zooms as an address says; what is no time shows the whole run. @param {string} text */
function followTime(text) {
    const [, from, to] = /^(-?\d{1,18})-(-?\d{1,18})$/.exec(text) ?? [];
    const [low, high] = [Number(from), Number(to)];
    if (low < high) setRange(low, high);
    else if (rangeAhead().to - rangeAhead().from < whole.to - whole.from) setRange(whole.from, whole.to);
}

/** Puts the view into the address, in place of the one before. @param {string} [section] that the reader has gone to */
function writeRoute(section = '') {
    clearTimeout(routeTimer);
    if (routeFollows || location.hash !== routeSeen) return;
    const { from, to } = rangeAhead();
    const parts = [];
    if (section) parts.push(section);
    if (view.selected >= 0) parts.push('step=' + indexOf(view.selected));
    if (view.query.trim()) parts.push('q=' + encodeURIComponent(view.query.trim()));
    if (to - from < whole.to - whole.from) parts.push('t=' + Math.round(from) + '-' + Math.round(to));
    routeFold ??= foldText();
    if (routeFold) parts.push('fold=' + routeFold);
    const hash = parts.length ? '#' + parts.join('&') : '';
    if (hash === location.hash || (!hash && !isViewRoute(parseRoute(location.hash)))) return;
    putAddress('replaceState', location.pathname + location.search + hash);
}

/** The same, once zoom and folding rest. */
function writeRouteSoon() {
    clearTimeout(routeTimer);
    if (!routeFollows) routeTimer = setTimeout(writeRoute, ROUTE_RESTS);
}

/** Does what the address asks for; what it does not name is as the page began, unless it only leads to a section. */
function followRoute() {
    const route = parseRoute(location.hash);
    routeSeen = location.hash;
    if (!isViewRoute(route)) {
        writeRoute(route.section);
        return;
    }
    const i = route.step === null ? -1 : stepNamed(route.step);
    routeFollows = true;
    followFold(route.fold ?? '');
    if ((route.query ?? '') !== view.query) setQuery(route.query ?? '', 'route');
    if (i !== view.selected && (i >= 0 || route.step === null)) select(i, 'route');
    followTime(route.time ?? ''); /* behind select(), which goes to where the step is */
    routeFollows = false;
    hideNotice();
    if (route.step !== null && i < 0) notify('The step of this link is not in this report.');
    else writeRoute(route.section);
}

/** Searches, as a link of the overview asks; zoom and folding stay. @param {MouseEvent} event @param {Element} link */
function followSearch(event, link) {
    const { query } = parseRoute(link.getAttribute('href'));
    event.preventDefault();
    putAddress('pushState', link.getAttribute('href'));
    setQuery(query ?? '');
    byId('steps').scrollIntoView();
}

function startRoute() {
    const { section } = parseRoute(location.hash);
    listen('fold', () => {
        routeFold = null;
        routeFolded = true;
    });
    followRoute();
    if (section && location.hash !== '#' + section) document.getElementById(section)?.scrollIntoView();
    window.addEventListener('hashchange', followRoute);
    listen('select', () => {
        routeFold = routeFolded ? null : '';
        writeRoute();
    });
    listen('query', () => writeRoute());
    listen('fold', writeRouteSoon);
    listen('range', writeRouteSoon);
    /* A link to a step that is followed twice changes no address. */
    document.addEventListener('click', event => {
        const target = /** @type {HTMLElement} */ (event.target);
        const searched = target.closest('a[href^="#q="]');
        if (searched) followSearch(event, searched);
        const link = target.closest('a[href^="#s"]');
        const { step } = link ? parseRoute(link.getAttribute('href')) : { step: null };
        if (step === null) return;
        const i = stepNamed(step);
        if (i < 0) return;
        event.preventDefault();
        putAddress('pushState', link.getAttribute('href')); /* before select(), which writes over the address */
        select(i, 'link');
    });
    if (view.selected >= 0 || view.query) return;
    table.aim = timeline.aim = firstFailure();
    if (table.aim >= 0) table.frame ||= requestAnimationFrame(drawTable);
}
