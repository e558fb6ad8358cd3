import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImports } from './rules/check-imports.ts';
import { readFacts } from './rules/imports.ts';
import { bundledPackages, providedPackages, folders } from './rules/table.ts';

const root = resolve(import.meta.dirname, '..');
const packages = new Set(['zod', 'sharp', 'electron', 'commander', 'better-sqlite3', '@tensorflow/tfjs']);

/** Problems of a few invented files. */
function problemsOf(sources: Record<string, string>): string[] {
  return checkImports(
    Object.entries(sources).map(([path, source]) => readFacts(path, source)),
    packages,
  );
}

/** AssemblyScript is another language with its own imports. */
const isTypeScript = (path: string): boolean =>
  /\.(ts|vue)$/.test(path) && !path.startsWith('engine/backend/wasm/kernels/') && !path.startsWith('tests/fixtures/');

function sourceFiles(): string[] {
  return Object.keys(folders)
    .flatMap((folder) => {
      try {
        return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
          (path) => `${folder}/${path.replaceAll('\\', '/')}`,
        );
      } catch {
        return []; // a folder that does not exist yet
      }
    })
    .filter(isTypeScript);
}

describe('import rules', () => {
  it('slow: the whole project keeps the table', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    const facts = files.map((path) => readFacts(path, readFileSync(join(root, path), 'utf8')));
    expect(checkImports(facts, new Set([...bundledPackages, ...providedPackages, ...Object.keys(manifest.dependencies)]))).toEqual([]);
  });

  const broken: [title: string, sources: Record<string, string>, expected: RegExp][] = [
    [
      'the engine loads a data set at run time',
      { 'engine/tasks/a.ts': "import { b } from '../../datasets/b.ts';" },
      /engine may not import datasets at run time/,
    ],
    ['data sets load the engine', { 'datasets/a.ts': "import type { B } from '../engine/b.ts';" }, /datasets may not import engine/],
    [
      'the store loads the engine by a dynamic import',
      { 'db/a.ts': "const b = await import('../engine/error.ts');" },
      /db may not import engine at run time/,
    ],
    ['product code imports a test', { 'db/a.ts': "import { b } from '../tests/b.ts';" }, /db may not import tests/],
    ['an import leaves the project', { 'db/a.ts': "import { b } from '../../b.ts';" }, /leaves the project/],
    [
      'the renderer loads the engine at run time',
      { 'renderer/a.ts': "import { b } from '../engine/b.ts';" },
      /renderer may not import engine at run time/,
    ],
    [
      'a component loads the lab at run time',
      { 'renderer/A.vue': "<script setup lang=\"ts\">\nimport { b } from '../electron/lab/b.ts';\n</script>\n<template><p /></template>" },
      /renderer may not import electron at run time/,
    ],
    ['the interface validates by zod', { 'renderer/a.ts': "import { z } from 'zod';" }, /zod is no package of the interface/],
    ['`import { type A }` still loads the module', { 'renderer/a.ts': "import { type B } from '../engine/b.ts';" }, /at run time/],
    ['graph imports run', { 'engine/graph/a.ts': "import type { B } from '../run/b.ts';" }, /engine\/graph may not import engine\/run/],
    [
      'run imports train',
      { 'engine/run/a.ts': "import { b } from '../train/b.ts';" },
      /engine\/run may not import engine\/train at run time/,
    ],
    [
      'train loads tasks at run time',
      { 'engine/train/a.ts': "import { b } from '../tasks/b.ts';" },
      /engine\/train may not import engine\/tasks at run time/,
    ],
    ['an unknown folder of the engine', { 'engine/misc/a.ts': "import { b } from '../graph/b.ts';" }, /engine\/misc may not import/],
    [
      'graph asks the catalogue',
      { 'engine/graph/a.ts': "import { b } from '../catalog.ts';" },
      /engine\/graph may not import engine\/catalog\.ts/,
    ],
    [
      'TensorFlow.js outside of the backends',
      { 'engine/run/a.ts': "import * as tf from '@tensorflow/tfjs';" },
      /@tensorflow\/tfjs is imported only in engine\/backend/,
    ],
    ['Node inside the engine', { 'engine/run/a.ts': "import { readFileSync } from 'node:fs';" }, /knows no Node/],
    ['Node without its prefix', { 'engine/graph/a.ts': "import fs from 'fs';" }, /knows no Node/],
    ['Electron in the lab', { 'electron/lab/a.ts': "import { app } from 'electron';" }, /electron is imported only in electron\/main/],
    ['a require of a package out of place', { 'db/a.ts': "const c = require('commander');" }, /commander is imported only in/],
    ['a package that is not in package.json', { 'db/a.ts': "import { x } from 'left-pad';" }, /left-pad is none of/],
    [
      'a cycle of two files',
      { 'db/a.ts': "import './b.ts';", 'db/b.ts': "import './a.ts';" },
      /cycle: db\/a\.ts -> db\/b\.ts -> db\/a\.ts/,
    ],
    ['an index.ts that is no process', { 'db/sqlite/index.ts': 'export const a = 1;' }, /index\.ts is the entry of a process/],
    ['a barrel with another name', { 'db/all.ts': "export { a } from './a.ts';" }, /is a barrel/],
    ['export *', { 'db/all.ts': "export * from './a.ts';\nexport const b = 1;" }, /export \* hides/],
    [
      'a pure file reaches tensors through another',
      {
        'engine/search/config.ts': "import { b } from './plan.ts';",
        'engine/search/plan.ts': "import { c } from '../train/c.ts';",
        'engine/train/c.ts': '',
      },
      /engine\/search\/config\.ts: is pure, yet loads tensors: .*plan\.ts -> engine\/train\/c\.ts/,
    ],
  ];
  it.each(broken)('%s: refused', (_title, sources, expected) => {
    expect(problemsOf(sources).join('\n')).toMatch(expected);
  });

  const fine: [title: string, sources: Record<string, string>][] = [
    ['the engine takes types of data sets', { 'engine/tasks/a.ts': "import type { Sample } from '../../datasets/source.ts';" }],
    [
      'electron wires everything',
      { 'electron/lab/a.ts': "import { b } from '../../engine/search/b.ts';\nimport { c } from '../../db/c.ts';" },
    ],
    [
      'search uses train, run and backend',
      { 'engine/search/run-search.ts': "import { a } from '../train/a.ts';\nimport { b } from '../backend/tf.ts';" },
    ],
    [
      'errors and random streams from everywhere',
      { 'engine/graph/a.ts': "import { EngineError } from '../error.ts';\nimport { rngFor } from '../rng.ts';" },
    ],
    [
      'search asks the catalogue',
      { 'engine/search/a.ts': "import { b } from '../catalog.ts';", 'engine/catalog.ts': "import { c } from './spaces/c.ts';" },
    ],
    [
      'a component takes types of the contract and another component',
      {
        'renderer/A.vue': "<script setup lang=\"ts\">\nimport type { B } from '../electron/ipc/b.ts';\nimport C from './C.vue';\n</script>",
        'renderer/C.vue': '<template><p>import nothing</p></template>',
      },
    ],
    ['types may close a circle', { 'db/a.ts': "import type { B } from './b.ts';", 'db/b.ts': "import { a } from './a.ts';" }],
    ['a backend uses Node', { 'engine/backend/wasm/a.ts': "import { readFile } from 'node:fs/promises';" }],
    ['tests import anything', { 'tests/a.test.ts': "import { b } from '../engine/run/b.ts';\nimport { c } from '../db/c.ts';" }],
  ];
  it.each(fine)('%s: allowed', (_title, sources) => {
    expect(problemsOf(sources)).toEqual([]);
  });
});
