/* SPDX-License-Identifier: MIT
 *
 * The Google Charts view: tried once the page is there, offered only when it has drawn, never needed. Whatever goes
 * wrong, the built-in drawing stays. Google's code comes from Google's server, as its terms want; data do not go there.
 */

const GOOGLE_CODE = 'https://www.gstatic.com/charts/';
const GOOGLE_VERSION = '51'; /* the one whose behaviour was measured */
const GOOGLE_ROW = 30; /* px a row */
const GOOGLE_AXIS = 40; /* px below the rows */
const GOOGLE_PATIENCE = 8000; /* ms until the note says that there is no answer */
const GOOGLE_SPAN_MAX = 3e12; /* ms: beyond, dates go wrong */
const DAY_ZERO = new Date(2000, 0, 1).getTime();

const googleBox = document.getElementById('pl-google');
const ownBox = document.getElementById('pl-timeline');
const googleRows = data.google.rows;
let googleDrawn = false;

/** @param {string} text */
function googleNote(text) {
    document.getElementById('pl-note').textContent = text;
}

/** @param {string} name of a role in the theme */
function themeColour(name) {
    return getComputedStyle(document.documentElement)
        .getPropertyValue('--pl-' + name)
        .trim();
}

/** @param {boolean} google which drawing is seen */
function showGoogle(google) {
    ownBox.hidden = google;
    googleBox.classList.toggle('shown', google);
    document.getElementById('pl-own').setAttribute('aria-pressed', String(!google));
    document.getElementById('pl-other').setAttribute('aria-pressed', String(google));
}

/** @param {string} why */
function googleFailed(why) {
    googleBox.replaceChildren();
    googleDrawn = false;
    showGoogle(false);
    document.getElementById('pl-choice').hidden = true;
    googleNote(why);
}

/* ---- the axis: Google's own labels have no units and nothing below a second ---- */

/** A round step of about span / count milliseconds. @param {number} span @param {number} count */
function tickStep(span, count) {
    const minute = 60000;
    const hour = 60 * minute;
    const day = 24 * hour;
    const steps = [
        1e3,
        2e3,
        5e3,
        1e4,
        15e3,
        3e4,
        minute,
        2 * minute,
        5 * minute,
        10 * minute,
        15 * minute,
        30 * minute,
        hour,
        2 * hour,
        3 * hour,
        6 * hour,
        12 * hour,
        day,
    ];
    const least = span / count;
    const decimal = (/** @type {number} */ unit) => {
        const power = unit * 10 ** Math.floor(Math.log10(least / unit));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    };
    if (least <= 500) return decimal(1);
    return steps.find(step => step >= least) || decimal(day);
}

/** @param {SVGElement} svg */
function drawTicks(svg) {
    /* The widest bar is the longest row's: its ends tell where times lie. Of equal ones the first starts first. */
    const bars = [...svg.querySelectorAll('rect[rx]')].map(bar => [
        Number(bar.getAttribute('x')),
        Number(bar.getAttribute('width')),
    ]);
    const bar = bars.sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    const row = [...googleRows].sort((a, b) => b[3] - b[2] - (a[3] - a[2]) || a[2] - b[2])[0];
    const scale = bar[1] / (row[3] - row[2]);
    const end = Math.max(...googleRows.map(r => r[3]));
    const step = tickStep(end, Math.max(2, (end * scale) / 90));
    const ticks = document.createElementNS(SVG, 'g');
    ticks.setAttribute('class', 'pl-ticks');
    for (let n = 0; n * step <= end * 1.0001; n++) {
        const text = document.createElementNS(SVG, 'text');
        const x = bar[0] + (n * step - row[2]) * scale;
        text.setAttribute('x', String(x));
        text.setAttribute('text-anchor', n === 0 ? 'start' : x > svg.clientWidth - 40 ? 'end' : 'middle');
        text.setAttribute('y', String(googleRows.length * GOOGLE_ROW + 24));
        text.textContent = n ? tickText(Math.round(n * step * 1000), Math.round(step * 1000)) : '0';
        ticks.append(text);
    }
    svg.append(ticks);
}

/** A time on the axis: seconds have as many decimals as the step asks for. @param {number} us @param {number} step */
function tickText(us, step) {
    const second = 1e6;
    if (us < second || us >= 60 * second) return formatDuration(us, 0);
    return (us / second).toFixed(step % second === 0 ? 0 : step % (second / 10) === 0 ? 1 : 2) + ' s';
}

/** Hides Google's axis labels, whenever it writes them. @param {SVGElement} svg */
function hideAxis(svg) {
    const hide = () => {
        for (const text of svg.querySelectorAll('text[fill="black"]:not(.pl-old)'))
            if (
                /^[\d:]+( [AP]M)?$/.test(text.textContent) &&
                Number(text.getAttribute('y')) > googleRows.length * GOOGLE_ROW
            )
                text.classList.add('pl-old');
    };
    hide();
    new MutationObserver(hide).observe(svg, { childList: true, subtree: true });
}

/* ---- drawing ---- */

/** One palette entry for each state, in the order in which the states first appear. */
function googlePalette() {
    return [...new Set(googleRows.map(row => row[1]))].map(state => themeColour(state));
}

function googleTable() {
    const table = new google.visualization.DataTable();
    for (const name of ['Task ID', 'Task Name', 'Resource']) table.addColumn('string', name);
    for (const name of ['Start Date', 'End Date']) table.addColumn('date', name);
    for (const name of ['Duration', 'Percent Complete']) table.addColumn('number', name);
    table.addColumn('string', 'Dependencies');
    table.addRows(
        googleRows.map(([name, state, start, end], i) => [
            'r' + i,
            name,
            state,
            new Date(DAY_ZERO + start),
            new Date(DAY_ZERO + end),
            null,
            null,
            null,
        ])
    );
    return table;
}

function googleOptions() {
    const width = Math.max(640, googleBox.clientWidth);
    return {
        width,
        height: Math.max(200, googleRows.length * GOOGLE_ROW + GOOGLE_AXIS),
        backgroundColor: { fill: themeColour('background') },
        gantt: {
            sortTasks: false,
            criticalPathEnabled: false,
            percentEnabled: false,
            trackHeight: GOOGLE_ROW,
            barCornerRadius: 2,
            palette: googlePalette(),
            labelMaxWidth: Math.min(300, Math.floor(width * 0.35)),
            labelStyle: { fontName: 'Arial, Helvetica, sans-serif', fontSize: 13 },
            innerGridTrack: { fill: themeColour('background') },
            innerGridDarkTrack: { fill: themeColour('stripe') },
            innerGridHorizLine: { stroke: themeColour('grid') },
        },
    };
}

function onGoogleReady() {
    const svg = googleBox.querySelector('svg');
    if (!svg || !svg.querySelector('rect[rx]')) return;
    drawTicks(svg);
    hideAxis(svg);
    googleNote('');
    if (googleDrawn) return; /* drawn again: what is seen stays */
    googleDrawn = true;
    document.getElementById('pl-choice').hidden = data.google.only;
    if (data.google.only) showGoogle(true);
}

function drawGoogle() {
    try {
        const chart = new google.visualization.Gantt(googleBox);
        google.visualization.events.addListener(chart, 'ready', onGoogleReady);
        google.visualization.events.addListener(chart, 'error', () =>
            googleFailed('Google Charts could not draw this run; the built-in drawing is shown.')
        );
        chart.draw(googleTable(), googleOptions());
    } catch {
        googleFailed('Google Charts could not draw this run; the built-in drawing is shown.');
    }
}

/** Draws again when the page's width or colours change. */
function followPage() {
    let timer = 0,
        width = googleBox.clientWidth;
    const again = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            if (googleDrawn) drawGoogle();
        }, 200);
    };
    window.addEventListener('resize', () => {
        if (googleBox.clientWidth !== width) again();
        width = googleBox.clientWidth;
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

function loadGoogle() {
    const unreachable = () => googleFailed('Google Charts could not be reached; the built-in drawing is shown.');
    const script = document.createElement('script');
    script.src = GOOGLE_CODE + 'loader.js';
    script.async = true;
    script.onerror = unreachable;
    script.onload = () => {
        try {
            google.charts.load(GOOGLE_VERSION, { packages: ['gantt'] });
            google.charts.setOnLoadCallback(drawGoogle);
        } catch {
            unreachable();
        }
    };
    /* Google's promise tells nobody when a module or a style sheet fails: the element's own event does */
    window.addEventListener(
        'error',
        event => {
            const { src, href } = /** @type {any} */ (event.target);
            if (!googleDrawn && String(src || href || '').startsWith(GOOGLE_CODE)) unreachable();
        },
        true
    );
    setTimeout(() => {
        if (!googleDrawn && !document.getElementById('pl-note').textContent)
            googleNote('Google Charts has not answered yet; the built-in drawing is shown.');
    }, GOOGLE_PATIENCE);
    document.head.append(script);
}

function startGoogle() {
    const span = Math.max(...googleRows.map(row => row[3])) - Math.min(...googleRows.map(row => row[2]));
    if (!(span > 0 && span < GOOGLE_SPAN_MAX) || navigator.onLine === false) return;
    document.getElementById('pl-own').addEventListener('click', () => showGoogle(false));
    document.getElementById('pl-other').addEventListener('click', () => showGoogle(true));
    followPage();
    loadGoogle();
}

/* Not before the page is complete: a server that does not answer would keep it loading. */
window.addEventListener('load', startGoogle);
