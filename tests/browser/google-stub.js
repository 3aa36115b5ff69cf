/* SPDX-License-Identifier: MIT
 *
 * A stand-in for Google Charts, written for these tests after what was measured of the real one: it loads in the same
 * pieces (loader, module, style sheet), takes only what the real chart takes, draws the same kind of SVG, and notes in
 * window.stub what it was given and every rule that was broken. None of it is Google's code.
 *
 * The test answers requests below https://www.gstatic.com/charts/: loader.js with LOADER, module.js with MODULE.
 */

/* Runs in the page. */
function loader() {
    window.stub = { loads: [], draws: [], broken: [] };
    const base = 'https://www.gstatic.com/charts/';
    let callbacks = [],
        ready = false;
    const piece = (tag, attributes) =>
        new Promise(resolve => {
            const e = document.createElement(tag);
            Object.assign(e, attributes, { onload: resolve }); /* a failure is told to nobody, as in the original */
            document.head.append(e);
        });
    window.google = {
        charts: {
            load(version, settings) {
                window.stub.loads.push([version, settings.packages]);
                Promise.all([
                    piece('script', { src: base + version + '/module.js' }),
                    piece('link', { rel: 'stylesheet', href: base + version + '/tooltip.css' }),
                ]).then(() => {
                    ready = true;
                    callbacks.forEach(f => f());
                    callbacks = [];
                });
            },
            setOnLoadCallback(f) {
                if (ready) f();
                else callbacks.push(f);
            },
        },
    };
}

/* Runs in the page. */
function module() {
    const SVG_NS = 'http://www.w3.org/2000/svg';
    const TYPES = ['string', 'string', 'string', 'date', 'date', 'number', 'number', 'string'];
    const broken = text => window.stub.broken.push(text);

    class DataTable {
        columns = [];
        rows = [];
        addColumn(type, label) {
            this.columns.push({ type, label });
        }
        addRows(rows) {
            for (const row of rows) {
                if (row.length !== this.columns.length)
                    throw new Error('Row given with size different than ' + this.columns.length);
                row.forEach((cell, i) => {
                    const { type } = this.columns[i];
                    const fits =
                        cell === null ||
                        (type === 'date' ? cell instanceof Date && !isNaN(cell) : typeof cell === type);
                    if (!fits)
                        throw new Error(
                            `Type mismatch. Value ${cell} does not match type ${type} in column index ${i}`
                        );
                });
                this.rows.push(row);
            }
        }
    }

    function checkTable({ columns, rows }) {
        if (columns.map(c => c.type).join() !== TYPES.join()) return 'columns are ' + columns.map(c => c.type);
        if (!rows.length) return "Cannot read properties of null (reading 'valueOf')";
        if (new Set(rows.map(row => row[0])).size < rows.length) return 'a task id is used twice';
        for (const [id, , , start, end, duration, , dependencies] of rows) {
            if (!start || !end) return 'Missing duration or end time for task: ' + id;
            if (end < start) return 'a task ends before it starts';
            if (duration !== null) return 'a duration besides start and end';
            if (dependencies) return 'dependencies';
        }
        if (Math.max(...rows.map(r => r[4])) === Math.min(...rows.map(r => r[3])))
            return 'the span is zero: every x is NaN';
        if (rows.length > 500) return 'more than 500 rows';
        return '';
    }

    function checkOptions(o, rows) {
        const { gantt = {} } = o,
            states = [...new Set(rows.map(row => row[2]))];
        const colour = c => /^#[0-9a-f]{6}$/i.test(c);
        if (gantt.sortTasks !== false) broken('rows would be sorted by start');
        if (gantt.criticalPathEnabled !== false || gantt.percentEnabled !== false)
            broken('critical path or percent drawn');
        if (!(o.height >= Math.max(200, rows.length * gantt.trackHeight + 40)))
            broken('height ' + o.height + ' cuts rows off');
        if (typeof o.width !== 'number') broken('width is not a number');
        if (gantt.palette.length !== states.length || !gantt.palette.every(colour))
            broken('palette ' + JSON.stringify(gantt.palette));
        if (
            !colour(o.backgroundColor?.fill) ||
            !colour(gantt.innerGridTrack?.fill) ||
            !colour(gantt.innerGridDarkTrack?.fill)
        )
            broken('background');
        if (!/arial/i.test(gantt.labelStyle?.fontName || '')) broken('a label font that may be missing');
    }

    const add = (parent, tag, attributes, text) => {
        const e = document.createElementNS(SVG_NS, tag);
        for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
        if (text !== undefined) e.textContent = text;
        parent.append(e);
        return e;
    };

    class Gantt {
        constructor(box) {
            this.box = box;
        }
        fire(name) {
            for (const [event, f] of this.listeners || []) if (event === name) setTimeout(f);
        }
        draw(table, options) {
            setTimeout(() => {
                const problem = checkTable(table) || (window.stub.fail ? 'asked to fail' : '');
                if (problem) {
                    if (!window.stub.fail) broken(problem);
                    this.box.textContent = problem;
                    this.fire('error');
                    return;
                }
                checkOptions(options, table.rows);
                if (getComputedStyle(this.box).display === 'none' || !this.box.clientWidth)
                    broken('drawn into a box without a width');
                this.paint(table.rows, options);
                window.stub.draws.push({
                    rows: table.rows.map(r => [r[1], r[2], r[3].getTime(), r[4].getTime()]),
                    palette: options.gantt.palette,
                    background: options.backgroundColor.fill,
                    width: options.width,
                });
                this.fire('ready');
            });
        }
        paint(rows, o) {
            const { trackHeight } = o.gantt,
                left = 200;
            const first = Math.min(...rows.map(r => r[3])),
                last = Math.max(...rows.map(r => r[4]));
            const x = t => left + ((t - first) / (last - first)) * (o.width - left - 20);
            this.box.replaceChildren();
            const frame = document.createElement('div');
            frame.setAttribute('style', 'position: relative'); /* as the original does: needs style-src-attr */
            this.box.append(frame);
            const svg = add(frame, 'svg', { width: o.width, height: o.height });
            const states = [...new Set(rows.map(row => row[2]))];
            const axis = add(svg, 'g', {});
            const writeAxis = () => {
                axis.replaceChildren();
                for (let i = 0; i < 4; i++)
                    add(
                        axis,
                        'text',
                        { 'x': left + i * 50, 'y': rows.length * trackHeight + 24, 'fill': 'black', 'font-size': 13 },
                        String(i)
                    );
            };
            writeAxis();
            const bars = add(svg, 'g', {});
            rows.forEach((row, i) => {
                const width = x(row[4]) - x(row[3]),
                    fill = o.gantt.palette[states.indexOf(row[2])];
                add(bars, 'rect', {
                    x: x(row[3]),
                    y: i * trackHeight + 4,
                    width,
                    height: trackHeight - 8,
                    rx: 2,
                    fill,
                });
                add(bars, 'text', { 'x': left - 8, 'y': i * trackHeight + 20, 'text-anchor': 'end', fill }, row[1]);
            });
            bars.addEventListener('mouseover', writeAxis); /* hovering paints again */
        }
    }

    window.google.visualization = {
        DataTable,
        Gantt,
        events: {
            addListener(chart, event, f) {
                (chart.listeners ||= []).push([event, f]);
            },
        },
    };
}

export const LOADER = `(${loader})();`;
export const MODULE = `(${module})();`;
