/* SPDX-License-Identifier: MIT
 *
 * Theme and top of the page, and the start of everything else.
 */

const THEMES = ['auto', 'light', 'dark'];

/** The theme that the report was made with. */
const themeGiven = document.documentElement.dataset.theme ?? 'auto';

/** @param {string} theme */
function setTheme(theme) {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const button of byId('pl-theme').querySelectorAll('button'))
        button.setAttribute('aria-pressed', String(button.dataset.theme === theme));
}

function buildThemeSwitch() {
    const choice = element('div', 'choice themes');
    choice.setAttribute('role', 'group');
    choice.setAttribute('aria-label', 'Colours');
    for (const theme of THEMES) {
        const button = buildButton('', theme[0].toUpperCase() + theme.slice(1), '');
        button.dataset.theme = theme;
        button.addEventListener('click', () => {
            setTheme(theme);
            remember('pl-theme', theme);
        });
        choice.append(button);
    }
    byId('pl-theme').append(choice);
    const kept = recall('pl-theme');
    setTheme(THEMES.includes(kept) ? kept : themeGiven);
}

/** The start of the run in the reader's time, on hover and focus. */
function showLocalStart() {
    const start = document.getElementById('pl-start');
    const local = start && data.start ? localTime(0) : '';
    if (!local) return;
    const tip = element('span', 'tip', local);
    tip.id = 'pl-start-local';
    tip.setAttribute('role', 'tooltip');
    start.tabIndex = 0;
    start.setAttribute('aria-describedby', tip.id);
    start.after(tip);
}

/** Paper shows what is folded on the screen. */
function openForPrint() {
    /** @type {HTMLDetailsElement[]} */
    let opened = [];
    window.addEventListener('beforeprint', () => {
        opened = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll('details:not([open])'))];
        for (const details of opened) details.open = true;
    });
    window.addEventListener('afterprint', () => {
        for (const details of opened) details.open = false;
    });
}

/** The bar with the search is as high as what is in it: what a link leads to stops below. */
function keepClearOfTools() {
    const tools = byId('pl-tools');
    new ResizeObserver(() => {
        document.documentElement.style.scrollPaddingTop = tools.offsetHeight + 24 + 'px';
    }).observe(tools);
}

/** A search from above leads to what it leaves. */
function showWhatIsFound() {
    const tools = byId('pl-tools');
    listen('query', () => {
        const { top } = tools.getBoundingClientRect();
        if (view.query.trim() && top > 1) window.scrollBy(0, top);
    });
}

/** Draws for the first time: after all sizes have been read, for one layout of the page. */
function startViews() {
    const sight = tableSight();
    timelineMeasure();
    drawTableRows(sight);
}

buildThemeSwitch();
showLocalStart();
buildToolbar();
buildTable();
buildPanel();
buildTimeline();
startViews();
keepClearOfTools();
showWhatIsFound();
startRoute();
openForPrint();
whenParsed(() => {
    startGraphs();
    startStatistics();
});
window.addEventListener('load', startTextIndex);
performance.mark('pipelens-ready');
