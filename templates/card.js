/* SPDX-License-Identifier: MIT
 *
 * What the timeline says of a step when the pointer rests on it or the keyboard reaches it. The card can be pointed at
 * itself, stays until one leaves, and goes by Escape.
 */

const CARD_COMES = 120; /* ms that the pointer rests until it comes */
const CARD_STAYS = 250; /* ms in which the pointer may reach it */
const CARD_KEY = 160; /* characters of a key */

const card = element('div', 'tl-card');
card.id = 'tl-card';
card.setAttribute('role', 'tooltip');
card.hidden = true;
let cardTimer = 0;
/** The step it tells of, -1: none. */
let cardStep = -1;
/** The row that it describes. @type {HTMLElement|null} */
let cardRow = null;

/** @param {HTMLElement} list @param {string} label @param {string} text @param {string} [more] */
function addCardPair(list, label, text, more) {
    const value = element('dd', '', text);
    if (more) value.append(' ', element('span', 'tl-more', more));
    list.append(element('dt', '', label), value);
}

/** @param {number} i @returns {HTMLElement} */
function cardTimes(i) {
    const list = element('dl');
    const offset = data.offset[i];
    const duration = data.duration[i];
    const open = ['running', 'unfinished'].includes(statusOf(i));
    if (offset === null || duration === null) {
        addCardPair(list, 'Times', 'none in the log');
        return list;
    }
    addCardPair(list, 'Start', timeText(offset, offset % MS ? 1 : MS), data.start ? formatUtc(data.start, offset) : '');
    addCardPair(list, 'Duration', formatDuration(duration, data.unit), open ? 'to the last event' : '');
    if (data.self[i] !== null && subtree[i] > 1) addCardPair(list, 'Self', formatDuration(data.self[i], data.unit));
    if (data.span > 0) addCardPair(list, 'Share', formatShare(shareOf(i)), 'of the run');
    const pieces = criticalOf(i, view.folded[i] === 1 && !view.matches);
    let critical = 0;
    for (let at = 0; at < pieces.length; at += 2) critical += pieces[at + 1] - pieces[at];
    if (critical) addCardPair(list, 'Critical', formatDuration(critical, data.unit), 'on the critical path');
    if (data.records[i]) addCardPair(list, 'Records', formatCount(data.records[i]));
    if (data.tokens[i]) addCardPair(list, 'Tokens', formatCount(data.tokens[i]));
    return list;
}

/** @param {number} i */
function fillCard(i) {
    const status = shownStatus(i);
    const title = element('p', 'tl-card-title is-' + status);
    const key = keyOf(i, CARD_KEY + 1);
    title.append(buildMark(status), element('bdi', '', shownName(i)), ' ', element('span', 'tl-more', statusWord(i)));
    const path = element('p', 'tl-card-key');
    path.append(element('bdi', '', key.length > CARD_KEY ? '…' + key.slice(-CARD_KEY) : key));
    card.replaceChildren(title, path, cardTimes(i));
    if (data.errors[i]) card.append(element('p', 'tl-card-error', data.errors[i]));
}

/**
 * Shows the card of step i below a row, or above where there is no room.
 * @param {number} i @param {HTMLElement} row @param {number} x px in the window
 */
function showCard(i, row, x) {
    clearTimeout(cardTimer);
    if (cardStep === i && !card.hidden) return;
    hideCard();
    fillCard(i);
    card.hidden = false;
    const box = row.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const room = document.documentElement.clientWidth - width - 8;
    const below = box.bottom + 4;
    const above = box.top - 4 - height;
    const y = below + height > window.innerHeight && above >= 0 ? above : below;
    card.style.transform = `translate(${Math.round(Math.max(Math.min(x, room), 8))}px, ${Math.round(y)}px)`;
    cardStep = i;
    cardRow = row;
    row.setAttribute('aria-describedby', card.id);
}

function hideCard() {
    clearTimeout(cardTimer);
    card.hidden = true;
    cardStep = -1;
    if (cardRow) cardRow.removeAttribute('aria-describedby');
    cardRow = null;
}

/** As showCard, when the pointer stays. @param {number} i @param {HTMLElement} row @param {number} x */
function showCardSoon(i, row, x) {
    clearTimeout(cardTimer);
    if (cardStep !== i) cardTimer = setTimeout(showCard, CARD_COMES, i, row, x);
}

/** Hides it unless the pointer comes back or goes to the card. */
function hideCardSoon() {
    clearTimeout(cardTimer);
    if (!card.hidden) cardTimer = setTimeout(hideCard, CARD_STAYS);
}

card.addEventListener('pointerenter', () => clearTimeout(cardTimer));
card.addEventListener('pointerleave', hideCardSoon);
