// SPDX-License-Identifier: MIT
// strip.mjs IN.ts OUT.mjs: takes the types out of a TypeScript file, with what is there: Node.js itself (22.13 or
// later), the package typescript (in NODE_PATH), else the few patterns that file-transport.ts needs. Exit status 3:
// there is only the last one, and the file is another.
import { readFileSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { basename } from 'node:path';

const [input, output] = process.argv.slice(2);
const source = readFileSync(input, 'utf8');

function typescript() {
  try {
    return createRequire(import.meta.url)('typescript');
  } catch {
    return undefined;
  }
}

function strip() {
  if (module.stripTypeScriptTypes) return module.stripTypeScriptTypes(source);
  const ts = typescript();
  if (ts) return ts.transpileModule(source, { compilerOptions: { target: 'es2022', module: 'esnext' } }).outputText;
  if (basename(input) !== 'file-transport.ts') process.exit(3);
  return source
    .replace(/^(import )?type .*$/gm, '')
    .replace(/^  private (\w+): \w+;/gm, '  $1;')
    .replace(/ implements Transport|private (?=async)/g, '')
    .replace(/\b(\w+)\??: (unknown|any|string|Event|StepMeta|PipelineMeta)(?=[,)])/g, '$1')
    .replace(/\): (any|string|Promise<void>) \{/g, ') {');
}

writeFileSync(output, strip().replaceAll("'./file-transport.ts'", "'./file-transport.mjs'"));
