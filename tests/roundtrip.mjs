/* SPDX-License-Identifier: MIT
 *
 * Are two reports (--json) of the same runs? `node roundtrip.mjs A.json B.json [--without FIELD,FIELD…]`: exit status 1
 * and the differences when they are not. Compared are the runs' names, status and attempt, and of each step its place in
 * the tree and the FIELDS below; ids and keys are a format's own affair, and so is a root that stands for the whole run
 * and is no step of the log.
 */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

const FIELDS = [
    'name', 'status', 'startTs', 'endTs', 'records', 'result', 'error', 'errorType', 'trace', 'kind', 'location',
    'inputs', 'state', 'handledErrors', 'logs', 'links', 'made'
];
const [before, after, option, list = ''] = process.argv.slice(2);
const without = new Set(option === '--without' ? list.split(',') : []);
const fields = FIELDS.filter(name => !without.has(name));

/** Numbers that a double cannot hold keep their digits. */
const withDigits = text =>
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, token =>
        token[0] !== '"' && token.replace(/\D/g, '').length > 15 ? `"number ${token}"` : token
    );

/** The runs of a report: one document, or one a line. */
function runsOf(path) {
    const text = withDigits(readFileSync(path, 'utf8'));
    try {
        return [JSON.parse(text)];
    } catch {
        return text.trim().split('\n').map(line => JSON.parse(line));
    }
}

/** Keys in one order, so that they compare as texts; a link only counts by what it is. */
function plain(name, value) {
    if (name === 'links') return value?.map(link => link.relation);
    if (Array.isArray(value)) return value.map(element => plain('', element));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.keys(value).sort().map(key => [key, plain('', value[key])]));
}

function shape(run) {
    const steps = run.rootMade ? run.steps.slice(1) : run.steps;
    return {
        name: without.has('run') ? undefined : run.name,
        status: without.has('run') ? undefined : run.status,
        attempt: run.attempt,
        steps: steps.map(step => ({
            depth: step.depth - (run.rootMade ? 1 : 0),
            ...Object.fromEntries(fields.map(name => [name, plain(name, step[name])]))
        }))
    };
}

let differences = 0;
function differ(where, was, is) {
    if (differences++ >= 20) return;
    console.log(`${where}\n  was ${inspect(was, { depth: 6, breakLength: 200 })}\n  is  ${inspect(is, { depth: 6, breakLength: 200 })}`);
}

const was = runsOf(before).map(shape);
const is = runsOf(after).map(shape);
if (was.length !== is.length) differ('runs', was.length, is.length);
was.slice(0, is.length).forEach((run, nth) => {
    for (const name of ['name', 'status', 'attempt']) if (run[name] !== is[nth][name]) differ(`run ${nth} ${name}`, run[name], is[nth][name]);
    if (run.steps.length !== is[nth].steps.length) differ(`run ${nth} steps`, run.steps.length, is[nth].steps.length);
    run.steps.slice(0, is[nth].steps.length).forEach((step, index) => {
        const now = is[nth].steps[index];
        for (const name of Object.keys(step))
            if (JSON.stringify(step[name]) !== JSON.stringify(now[name]))
                differ(`run ${nth} step ${index} (${step.name}) ${name}`, step[name], now[name]);
    });
});
/* Where an event stands in the exported log must not make it one that came late. */
const late = path => runsOf(path).map(run => run.notes.lateEvents);
const lateBefore = late(before);
late(after).forEach((count, nth) => {
    if (count > lateBefore[nth]) differ(`run ${nth} late events`, lateBefore[nth], count);
});
if (differences > 20) console.log(`… and ${differences - 20} more`);
process.exit(differences ? 1 : 0);
