/* SPDX-License-Identifier: MIT
 *
 * The graphs: one at a time, larger and smaller, moved about; its boxes lead to their steps. A plain wheel stays the
 * page's, until the drawing has the focus.
 */

const ZOOM_STEP = 1.25;
const ZOOM_MOST = 4;
const ZOOM_LEAST = 0.05;
const ZOOM_READABLE = 0.75; /* a drawing does not begin smaller, but one has to move it */
const ZOOM_BY_WHEEL = 0.0025; /* of a zoom by e for each px of the wheel */
const PAN_BY_KEY = 80; /* px */
const HITS_WAIT = 100; /* ms */
const PAN_LEAST = 4; /* px: a press that moves less is a click */

/**
 * @typedef {Object} Graph
 * @property {HTMLElement} whole with its heading
 * @property {HTMLElement} box what one looks through
 * @property {SVGSVGElement} svg
 * @property {number} width of the drawing at scale 1
 * @property {number} height
 * @property {number} scale 0 until it is seen first
 * @property {SVGElement[]} items the boxes, in reading order
 * @property {Map<string, SVGElement>} itemsByKey the first of each itemKey()
 */

/** @type {Graph[]} */
const graphs = [];
/** @type {Graph} */
let graphShown;
/** Where pointers on the drawing are. @type {Map<number, {x: number, y: number}>} */
const graphFingers = new Map();
let graphMoved = false;

/* ---- size and place ---- */

/**
 * @param {Graph} graph @param {number} scale
 * @param {number} [x] px in the box: what is there stays there
 * @param {number} [y]
 */
function scaleGraph(graph, scale, x = graph.box.clientWidth / 2, y = graph.box.clientHeight / 2) {
    const to = Math.min(Math.max(scale, ZOOM_LEAST), ZOOM_MOST);
    const by = graph.scale ? to / graph.scale : 1;
    const left = (graph.box.scrollLeft + x) * by - x;
    const top = (graph.box.scrollTop + y) * by - y;
    graph.scale = to;
    graph.svg.setAttribute('width', String(Math.round(graph.width * to)));
    graph.svg.setAttribute('height', String(Math.round(graph.height * to)));
    graph.box.scrollTo(left, top);
}

/** The whole drawing. @param {Graph} graph */
function fitGraph(graph) {
    const { clientWidth, clientHeight } = graph.box;
    scaleGraph(graph, Math.min(clientWidth / graph.width, graphHeightMost() / graph.height, 1));
    if (graph.height * graph.scale <= clientHeight) graph.box.scrollTo(0, 0);
}

/** As large as CSS lets the box become. */
function graphHeightMost() {
    return Math.max(window.innerHeight * 0.75, 320) - 2;
}

/** @param {Graph} graph */
function showGraph(graph) {
    graphShown = graph;
    for (const one of graphs) one.whole.classList.toggle('later', one !== graph);
    for (const button of byId('pl-graph-tools').querySelectorAll('[data-graph]'))
        button.setAttribute('aria-pressed', String(button.getAttribute('data-graph') === graph.whole.id));
    if (graph.scale || !graph.box.clientWidth) return;
    scaleGraph(graph, Math.max(Math.min(graph.box.clientWidth / graph.width, 1), ZOOM_READABLE));
    /* a drawing that is too wide begins in the middle when its first box is there */
    const first = graph.items[0] && graph.items[0].getBoundingClientRect();
    const box = graph.box.getBoundingClientRect();
    if (first && first.left > box.right - 40)
        graph.box.scrollLeft += (first.left + first.right) / 2 - box.left - box.width / 2;
}

/* ---- boxes ---- */

/** @param {Element} item @returns {number} */
function itemPosition(item) {
    return positionOf(Number(item.getAttribute('data-step')));
}

/** Makes the boxes of a drawing buttons; Tab reaches one of them. @param {Graph} graph */
function prepareItems(graph) {
    graph.svg.setAttribute('role', 'group');
    graph.items.forEach((item, at) => {
        const i = itemPosition(item);
        if (i >= 0 && !graph.itemsByKey.has(itemKey(graph, i))) graph.itemsByKey.set(itemKey(graph, i), item);
        /** @type {Element|null} */
        let title = item.querySelector('title');
        if (!title && i >= 0) {
            title = shape('title', {});
            title.textContent = `${keyOf(i, 200)}, ${statusWord(i)}, ${formatDuration(data.duration[i], data.unit)}`;
            item.append(title);
        }
        item.setAttribute('role', 'button');
        item.setAttribute('tabindex', at ? '-1' : '0');
        item.setAttribute('aria-label', title ? title.textContent : NO_NAME);
    });
}

/** @param {Graph} graph @param {SVGElement} item */
function focusItem(graph, item) {
    for (const one of graph.items) if (one.getAttribute('tabindex') === '0') one.setAttribute('tabindex', '-1');
    item.setAttribute('tabindex', '0');
    item.focus({ preventScroll: true });
    revealItem(graph, item);
}

/** Moves the drawing, not the page. @param {Graph} graph @param {SVGElement} item */
function revealItem(graph, item) {
    const at = item.getBoundingClientRect();
    const box = graph.box.getBoundingClientRect();
    const space = 24;
    /* of what is larger than the box its beginning */
    const right = Math.min(at.right, at.left + box.width - 2 * space);
    const bottom = Math.min(at.bottom, at.top + box.height - 2 * space);
    const left = Math.min(at.left - space - box.left, 0) + Math.max(right + space - box.right, 0);
    const top = Math.min(at.top - space - box.top, 0) + Math.max(bottom + space - box.bottom, 0);
    graph.box.scrollBy(left, top);
}

/**
 * The nearest box in a direction: those straight ahead before those aside.
 * @param {Graph} graph @param {Element} from @param {number} dx @param {number} dy
 */
function itemBeside(graph, from, dx, dy) {
    const middle = (/** @type {Element} */ e) => {
        const r = e.getBoundingClientRect();
        return { x: r.left + Math.min(r.width / 2, 80), y: r.top + Math.min(r.height / 2, 24) };
    };
    const at = middle(from);
    let best = null;
    let least = Infinity;
    for (const item of graph.items) {
        const to = middle(item);
        const ahead = (to.x - at.x) * dx + (to.y - at.y) * dy;
        const aside = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
        if (item === from || ahead < 1 || ahead + 3 * aside >= least) continue;
        least = ahead + 3 * aside;
        best = item;
    }
    return best;
}

/**
 * What a step has in common with its box: in states its name and the step above.
 * @param {Graph} graph @param {number} i
 */
function itemKey(graph, i) {
    return graph.whole.id === 'graph-states' ? data.name[i] + ' ' + data.parent[i] : String(i);
}

/**
 * The box that stands for the step selected: its own, in states that of its name, else that of the nearest step above.
 * @param {Graph} graph
 */
function itemOfSelected(graph) {
    const states = graph.whole.id === 'graph-states';
    for (let i = view.selected; i >= 0; i = data.parent[i]) {
        const item = graph.itemsByKey.get(itemKey(graph, i));
        if (item) return { item, near: !states && i !== view.selected };
    }
    return null;
}

/** @param {string} from */
function markSelected(from) {
    for (const graph of graphs) {
        for (const old of graph.svg.querySelectorAll('.chosen, .near')) old.classList.remove('chosen', 'near');
        const found = itemOfSelected(graph);
        if (!found) continue;
        found.item.classList.add(found.near ? 'near' : 'chosen');
        if (from !== 'graph' && graph === graphShown) revealItem(graph, found.item);
    }
}

let hitsTimer = 0;

/** Marks the boxes of what the search found: their own steps, in states all of the name. */
function markHits() {
    for (const graph of graphs) {
        const { matches } = view;
        graph.svg.classList.toggle('searched', matches !== null);
        const states = graph.whole.id === 'graph-states' && matches !== null;
        const keys = new Set();
        for (let i = 0; states && i < data.count; i++) if (matches[i]) keys.add(itemKey(graph, i));
        for (const item of graph.items) {
            const i = itemPosition(item);
            const hit = matches !== null && i >= 0 && (states ? keys.has(itemKey(graph, i)) : matches[i] === 1);
            item.classList.toggle('hit', hit);
        }
    }
}

/* ---- hands ---- */

/** @param {Graph} graph @param {KeyboardEvent} event */
function onGraphKey(graph, event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const item = /** @type {SVGElement} */ (/** @type {Element} */ (event.target).closest('[data-step]'));
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === '+' || event.key === '=') scaleGraph(graph, graph.scale * ZOOM_STEP);
    else if (event.key === '-') scaleGraph(graph, graph.scale / ZOOM_STEP);
    else if (event.key === '0') fitGraph(graph);
    else if (item && (event.key === 'Enter' || event.key === ' ')) {
        if (itemPosition(item) >= 0) select(itemPosition(item), 'graph');
    } else if (arrow && item && !event.shiftKey) {
        const next = itemBeside(graph, item, arrow[0], arrow[1]);
        if (next) focusItem(graph, next);
    } else if (arrow) graph.box.scrollBy(arrow[0] * PAN_BY_KEY, arrow[1] * PAN_BY_KEY);
    else return;
    event.preventDefault();
}

/** @param {Graph} graph @param {WheelEvent} event */
function onGraphWheel(graph, event) {
    if (!event.ctrlKey && !event.metaKey && !graph.box.contains(document.activeElement)) return;
    event.preventDefault();
    const box = graph.box.getBoundingClientRect();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const by = Math.exp(-event.deltaY * lines * ZOOM_BY_WHEEL * (event.ctrlKey ? 2 : 1));
    scaleGraph(graph, graph.scale * by, event.clientX - box.left, event.clientY - box.top);
}

/** Two fingers: what is between them stays between them. @param {Graph} graph @param {PointerEvent} event */
function pinchGraph(graph, event) {
    const [otherId] = [...graphFingers.keys()].filter(id => id !== event.pointerId);
    const other = graphFingers.get(otherId);
    const old = graphFingers.get(event.pointerId);
    const box = graph.box.getBoundingClientRect();
    const before = Math.max(Math.hypot(old.x - other.x, old.y - other.y), 8);
    const now = Math.max(Math.hypot(event.clientX - other.x, event.clientY - other.y), 8);
    scaleGraph(graph, (graph.scale * now) / before, (old.x + other.x) / 2 - box.left, (old.y + other.y) / 2 - box.top);
    graph.box.scrollBy((old.x - event.clientX) / 2, (old.y - event.clientY) / 2);
}

/** @param {Graph} graph @param {PointerEvent} event */
function onGraphUp(graph, event) {
    graphFingers.delete(event.pointerId);
    graph.box.classList.remove('moving');
}

/** @param {Graph} graph @param {PointerEvent} event */
function onGraphMove(graph, event) {
    if (!event.buttons) onGraphUp(graph, event); /* it was let go elsewhere */
    const old = graphFingers.get(event.pointerId);
    if (!old) return;
    const far = Math.hypot(event.clientX - old.x, event.clientY - old.y) > PAN_LEAST;
    if (!graphMoved && !far) return;
    if (!graphMoved) graph.box.setPointerCapture(event.pointerId);
    graphMoved = true;
    graph.box.classList.add('moving');
    if (graphFingers.size === 2) pinchGraph(graph, event);
    else if (event.pointerType !== 'touch') graph.box.scrollBy(old.x - event.clientX, old.y - event.clientY);
    graphFingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
}

/** @param {Graph} graph */
function listenToGraph(graph) {
    const { box } = graph;
    box.addEventListener('keydown', event => onGraphKey(graph, event));
    box.addEventListener('wheel', event => onGraphWheel(graph, event), { passive: false });
    box.addEventListener('pointerdown', event => {
        if (event.button !== 0 || graphFingers.size >= 2) return;
        if (!graphFingers.size) graphMoved = false;
        graphFingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    box.addEventListener('pointermove', event => onGraphMove(graph, event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'])
        box.addEventListener(end, event => onGraphUp(graph, /** @type {PointerEvent} */ (event)));
    box.addEventListener('click', event => {
        const item = /** @type {SVGElement} */ (/** @type {Element} */ (event.target).closest('[data-step]'));
        if (!item || graphMoved) return;
        focusItem(graph, item);
        if (itemPosition(item) >= 0) select(itemPosition(item), 'graph');
    });
}

/* ---- start ---- */

/** @param {HTMLElement} tools */
function buildGraphTools(tools) {
    if (graphs.length > 1) {
        const choice = element('span', 'choice');
        choice.setAttribute('role', 'group');
        choice.setAttribute('aria-label', 'Kind of graph');
        for (const graph of graphs) {
            const button = buildButton('', graph.whole.dataset.name);
            button.dataset.graph = graph.whole.id;
            button.addEventListener('click', () => showGraph(graph));
            choice.append(button);
        }
        tools.append(choice);
    }
    const zoom = element('span', 'choice');
    zoom.setAttribute('role', 'group');
    zoom.setAttribute('aria-label', 'Size of the graph');
    const out = buildButton('', '−', 'Zoom out');
    const fit = buildButton('', 'Fit', 'Fit: show the whole graph');
    const into = buildButton('', '+', 'Zoom in');
    out.addEventListener('click', () => scaleGraph(graphShown, graphShown.scale / ZOOM_STEP));
    fit.addEventListener('click', () => fitGraph(graphShown));
    into.addEventListener('click', () => scaleGraph(graphShown, graphShown.scale * ZOOM_STEP));
    zoom.append(out, fit, into);
    tools.append(zoom);
}

function startGraphs() {
    for (const whole of /** @type {NodeListOf<HTMLElement>} */ (byId('pl-graph').querySelectorAll('.graph'))) {
        const box = /** @type {HTMLElement} */ (whole.querySelector('.scroll'));
        const svg = whole.querySelector('svg');
        const items = /** @type {SVGElement[]} */ ([...svg.querySelectorAll('[data-step]')]);
        const { width, height } = svg.viewBox.baseVal;
        graphs.push({ whole, box, svg, width, height, scale: 0, items, itemsByKey: new Map() });
    }
    if (!graphs.length) return;
    for (const graph of graphs) {
        prepareItems(graph);
        listenToGraph(graph);
    }
    buildGraphTools(byId('pl-graph-tools'));
    showGraph(graphs.find(graph => !graph.whole.classList.contains('later')) ?? graphs[0]);
    listen('select', markSelected);
    listen('filter', () => {
        clearTimeout(hitsTimer);
        hitsTimer = setTimeout(markHits, HITS_WAIT); /* behind the rows, for which the reader waits */
    });
    if (view.selected >= 0) markSelected('start');
    if (view.matches) markHits();
}
