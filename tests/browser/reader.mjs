/* SPDX-License-Identifier: MIT
 *
 * What a reader of a page does and sees, by the roles and names that assistive technology gets: search, the rows of the
 * table, the panel. Waits are for conditions, never for a time.
 */
import assert from 'node:assert/strict';

export { search as find } from './harness.mjs';

export const searchBox = page => page.getByRole('searchbox', { name: 'Search steps' });
export const stepTable = page => page.getByRole('treegrid', { name: 'Steps', exact: true });
export const timeline = page => page.getByRole('treegrid', { name: /^Timeline/ });

/** What stands below the search, "" for nothing. */
export async function said(page) {
    const found = page.locator('#pl-found');
    return (await found.isVisible()) ? found.textContent() : '';
}

/** The rows of the table that are in the document, top to bottom. */
export async function tableRows(page) {
    return page.evaluate(async () => {
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        return [...document.querySelectorAll('#pl-steps [role=rowgroup] [role=row]')]
            .sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
            .map(row => ({
                name: row.querySelector('.n').textContent,
                level: Number(row.getAttribute('aria-level')),
                expanded: row.getAttribute('aria-expanded'),
                selected: row.getAttribute('aria-selected') === 'true',
                found: !row.classList.contains('context'),
                second: row.querySelector('.second')?.textContent ?? '',
            }));
    });
}

/** Names of the rows; only of those that the search found when it has found some. */
export async function names(page, { context = false } = {}) {
    return (await tableRows(page)).filter(row => context || row.found).map(row => row.name);
}

/** Two frames: what was asked to be drawn is drawn. */
export function settled(page) {
    return page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
}

/** The row of the table with that name. */
export function row(page, name) {
    return stepTable(page)
        .getByRole('row')
        .filter({ has: page.locator('.n', { hasText: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) }) })
        .first();
}

/** The panel once it shows the step of that name. */
export async function panelOf(page, name) {
    const panel = page.getByRole('complementary', { name });
    await panel.waitFor();
    await page.waitForFunction(
        title => document.querySelector('#pl-panel .panel-body [role=navigation]')?.lastChild.textContent === title,
        name
    );
    return panel;
}

/** Opens the panel of a step as a reader does: a click on its row. */
export async function openStep(page, name) {
    await row(page, name).locator('.n').click();
    return panelOf(page, name);
}

/** The section of the panel with that heading. */
export function part(panel, heading) {
    return panel.locator('section').filter({ has: panel.page().getByRole('heading', { level: 3, name: heading }) });
}

/** The value of a record, or of any labelled value. */
export function record(panel, key) {
    return panel
        .locator('.record')
        .filter({ has: panel.page().locator('.label', { hasText: new RegExp(`^${key}$`) }) })
        .locator('.value');
}

/** "label: value" pairs of the panel's facts. */
export function facts(panel) {
    return panel
        .locator('dl.facts')
        .first()
        .evaluate(list =>
            Object.fromEntries([...list.querySelectorAll('dt')].map(dt => [dt.textContent, dt.nextElementSibling.textContent]))
        );
}

/** The element that has the keyboard, as assistive technology names it. */
export function focused(page) {
    return page.evaluate(() => {
        const e = document.activeElement;
        return (
            e.querySelector('.n, .tl-label')?.textContent ??
            e.getAttribute('aria-label') ??
            e.labels?.[0]?.textContent ??
            e.textContent.trim().slice(0, 80)
        );
    });
}

/** Nothing sticks out of the window to the side, and no text ends in the middle without saying so. */
export async function assertFits(page, message) {
    const found = await page.evaluate(() => {
        const shown = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const scrolls = e => /auto|scroll/.test(getComputedStyle(e).overflowX);
        const inScroller = e => {
            for (let up = e.parentElement; up; up = up.parentElement) if (scrolls(up)) return true;
            return false;
        };
        const cut = [...document.querySelectorAll('body *')].filter(e => {
            if (e.closest('svg') || e.scrollWidth <= e.clientWidth + 1 || !e.clientWidth || !shown(e) || scrolls(e)) return false;
            const style = getComputedStyle(e);
            const hasText = [...e.childNodes].some(child => child.nodeType === 3 && child.data.trim());
            return hasText && style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis' && e.clientWidth > 2;
        });
        const wide = [...document.querySelectorAll('body *')].filter(
            e => !e.closest('svg, .v, .skip') && shown(e) && e.getBoundingClientRect().right > innerWidth + 1 && !inScroller(e)
        );
        const name = e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40);
        return { page: document.documentElement.scrollWidth - innerWidth, cut: cut.map(name), wide: wide.map(name).slice(0, 10) };
    });
    assert.deepEqual(found.cut, [], 'text cut without a sign: ' + message);
    assert.ok(found.page <= 0, `the page scrolls sideways by ${found.page} px: ${message}\n${found.wide.join('\n')}`);
}
