/* SPDX-License-Identifier: MIT
 *
 * A value of the log as something to read: a string as its characters, an object or array as a tree that folds, built a
 * level at a time. It works on the text of the value, so digits, order and duplicate keys are those of the log.
 */

const JSON_OPEN_LEVELS = 2; /* levels that are open at first, */
const JSON_OPEN_MAX = 60; /* if they have no more rows than this */
const JSON_PAGE = 100; /* members shown before "more" */
const TEXT_MAX = 2000; /* characters of a text before "show all" */
const PREVIEW_MAX = 60;
const TREE_MAX = 1e6; /* characters of a value that becomes a tree; a longer one is text */

/**
 * A member or element in its tree.
 * @typedef {Object} JsonNode
 * @property {string} key "" for the root
 * @property {boolean} isIndex
 * @property {string} pointer JSON Pointer
 * @property {string} json
 */

/** @param {JsonNode} node @returns {JsonNode[]} what an object or array holds, duplicates as they are */
function childNodes(node) {
    const parts = splitJson(node.json);
    if (node.json[0] === '[')
        return parts.map((json, n) => ({ key: String(n), isIndex: true, pointer: node.pointer + '/' + n, json }));
    return parts.map(part => {
        const end = tokenEnd(part, 0);
        const key = unquote(part.slice(0, end));
        const json = part.slice(part.indexOf(':', end) + 1).trim();
        return { key, isIndex: false, pointer: node.pointer + pointerPart(key), json };
    });
}

/** A text, cut where it is long, with a way to the whole. @param {string} text @param {string} className */
function buildLongText(text, className) {
    const box = element(text.includes('\n') || text.length > 200 ? 'div' : 'span', className);
    box.setAttribute('dir', 'auto');
    if (text.length <= TEXT_MAX + 200) {
        box.textContent = text;
        return box;
    }
    const all = buildButton('link', 'Show all (' + formatCount(text.length) + ' characters)', '');
    all.addEventListener('click', event => {
        event.stopPropagation();
        box.textContent = text;
    });
    box.append(text.slice(0, TEXT_MAX) + '… ', all);
    return box;
}

/** A number, string, true, false or null. @param {string} json */
function buildScalar(json) {
    if (json[0] === '"') {
        const { text, isText } = displayValue(json);
        if (isText) return buildLongText(text, text.includes('\n') ? 'string lines' : 'string');
        return buildLongText(json, 'string');
    }
    return buildLongText(json, /^[-\d]/.test(json) ? 'number' : 'word');
}

/** What a folded node holds, in few words. @param {JsonNode} node @param {number} count */
function previewOf(node, count) {
    const isObject = node.json[0] === '{';
    if (!count) return isObject ? '{}' : '[]';
    if (node.json.length <= PREVIEW_MAX) return node.json;
    return isObject
        ? '{ ' + formatUnits(count, 'member', 'members') + ' }'
        : '[ ' + formatUnits(count, 'element', 'elements') + ' ]';
}

/**
 * Appends nodes from `first` on, and a way to those behind.
 * @param {HTMLElement} list
 * @param {JsonNode[]} nodes
 * @param {number} first
 * @param {number} open levels
 */
function appendNodes(list, nodes, first, open) {
    for (const node of nodes.slice(first, first + JSON_PAGE)) list.append(buildNode(node, open));
    const left = nodes.length - first - JSON_PAGE;
    if (left <= 0) return;
    const item = element('li', 'rest');
    const more = buildButton(
        'link',
        'Show ' + formatCount(Math.min(left, JSON_PAGE)) + ' more of ' + formatCount(left),
        ''
    );
    more.addEventListener('click', () => {
        item.remove();
        appendNodes(list, nodes, first + JSON_PAGE, 0);
    });
    item.append(more);
    list.append(item);
}

/** @param {JsonNode} node @param {number} open levels below that are open */
function buildNode(node, open) {
    const item = element('li', 'node');
    const line = element('div', 'line');
    const key = element('span', node.isIndex ? 'index' : 'key', node.key === '' && !node.isIndex ? '""' : node.key);
    key.dir = 'auto';
    line.dataset.pointer = node.pointer;
    nodeTexts.set(line, node.json);
    item.append(line);
    if (!isContainer(node.json)) {
        line.append(key, buildScalar(node.json));
        line.tabIndex = -1;
        return item;
    }
    const children = childNodes(node);
    const fold = /** @type {HTMLButtonElement} */ (buildButton('unfold', '', node.key));
    const preview = element('span', 'preview', previewOf(node, children.length));
    /** @type {HTMLElement|null} */
    let list = null;
    const setOpen = (/** @type {boolean} */ isOpen, /** @type {number} */ levels) => {
        if (isOpen && !list) {
            list = element('ul', '');
            appendNodes(list, children, 0, levels);
            item.append(list);
        }
        if (list) list.hidden = !isOpen;
        preview.hidden = isOpen;
        fold.setAttribute('aria-expanded', String(isOpen));
    };
    fold.disabled = !children.length;
    line.append(fold, key, preview);
    line.addEventListener('click', event => {
        if (
            !children.length ||
            /** @type {HTMLElement} */ (event.target).closest('.node-acts') ||
            getSelection().toString()
        )
            return;
        setOpen(fold.getAttribute('aria-expanded') !== 'true', 0);
    });
    setOpen(open > 0 && children.length > 0, open - 1);
    return item;
}

/** The JSON of each line of a tree, for copying. @type {WeakMap<Element, string>} */
const nodeTexts = new WeakMap();

/** The two buttons of the line that the pointer or the keyboard is on. @param {HTMLElement} line */
function showNodeActs(line) {
    if (line.querySelector('.node-acts')) return;
    for (const acts of document.querySelectorAll('.node-acts')) acts.remove();
    const acts = element('span', 'node-acts');
    const json = nodeTexts.get(line);
    const copy = buildCopy('value', () => (json[0] === '"' ? displayValue(json).text : json));
    const pointer = buildCopy('JSON Pointer', () => line.dataset.pointer, 'Pointer');
    pointer.title = 'Copy the JSON Pointer ' + line.dataset.pointer;
    acts.append(copy, pointer);
    line.append(acts);
}

/** @param {string} json @returns {number} rows that the first levels of it take, roughly */
function rowsOf(json) {
    let rows = 0,
        level = 0;
    for (const [at] of tokens(json)) {
        const c = json[at];
        if (c === '{' || c === '[') level++;
        if (c === '}' || c === ']') level--;
        if (level <= JSON_OPEN_LEVELS && (c === ',' || c === '{' || c === '[')) rows++;
        if (rows > JSON_OPEN_MAX) break;
    }
    return rows;
}

/** @param {string} json an object or array */
function buildJsonTree(json) {
    const tree = element('ul', 'json');
    const open = rowsOf(json) <= JSON_OPEN_MAX ? JSON_OPEN_LEVELS - 1 : 0;
    appendNodes(tree, childNodes({ key: '', isIndex: false, pointer: '', json }), 0, open);
    const onLine = (/** @type {Event} */ event) => {
        const line = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest('.line'));
        if (line) showNodeActs(line);
    };
    tree.addEventListener('pointerover', onLine);
    tree.addEventListener('focusin', onLine);
    tree.addEventListener('keydown', onTreeKey);
    return tree;
}

/** Up and down through the lines of a tree. @param {KeyboardEvent} event */
function onTreeKey(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const tree = /** @type {HTMLElement} */ (event.currentTarget);
    const line = /** @type {HTMLElement} */ (event.target).closest('.line');
    const lines = [...tree.querySelectorAll('.line')].filter(l => l.checkVisibility());
    const next = /** @type {HTMLElement|undefined} */ (
        lines[lines.indexOf(line) + (event.key === 'ArrowDown' ? 1 : -1)]
    );
    if (!next) return;
    event.preventDefault();
    /** @type {HTMLElement|null} */ ((next.querySelector('.unfold:not(:disabled)')) ?? next).focus();
}

/**
 * A value with its buttons: copy, and for a tree the switch to its text.
 * @param {string} name for the buttons @param {string} json @param {number} [whole] bytes in the log, when it was cut
 * @returns {HTMLElement}
 */
function buildValue(name, json, whole) {
    const box = element('div', 'value');
    const acts = element('div', 'value-acts');
    const cut = whole !== undefined;
    let body;
    if (isContainer(json) && !cut && json.length <= TREE_MAX && splitJson(json).length) {
        const tree = buildJsonTree(json);
        const raw = buildButton('copy', 'Raw', 'Raw: show ' + name + ' as it stands in the log');
        raw.setAttribute('aria-pressed', 'false');
        raw.addEventListener('click', () => {
            const isRaw = raw.getAttribute('aria-pressed') !== 'true';
            raw.setAttribute('aria-pressed', String(isRaw));
            box.lastElementChild.replaceWith(isRaw ? buildLongText(json, 'text raw') : tree);
        });
        acts.append(raw);
        body = tree;
    } else {
        const large = isContainer(json) && json.length > TREE_MAX;
        const { text, isText } = large ? { text: json, isText: false } : displayValue(json);
        body = buildLongText(text, isText ? 'text' : 'text raw');
    }
    acts.append(buildCopy(name, () => displayValue(json).text));
    box.append(acts, body);
    if (cut)
        acts.after(
            element(
                'p',
                'cut',
                'Only the beginning is in this page; the log has ' + formatCount(whole) + ' bytes of it.'
            )
        );
    return box;
}
