import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'dependencies' | 'optionalDependencies' | 'devDependencies' | 'scripts',
  Record<string, string>
>;

/** First cells of the table rows that stand for packages: | `a`, `b` | licence | what for | why |. */
const tableNames = readme
  .split('\n')
  .filter((line) => line.startsWith('| `') && line.split('|').length === 6)
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]));

describe('README.md', () => {
  it('gives a reason for every dependency and for nothing else', () => {
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies });
    expect(tableNames.toSorted()).toEqual(dependencies.toSorted());
  });

  it('slow: every package of the product is imported somewhere', () => {
    const sources = ['engine', 'datasets', 'db', 'electron'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFileSync(join(root, folder, path), 'utf8')),
    );
    const text = sources.join('\n');
    expect(Object.keys(manifest.dependencies).filter((name) => !text.includes(`'${name}'`) && !text.includes(`'${name}/`))).toEqual([]);
  });

  it('names only scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w-]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it('every dependency is pinned to one version', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
  });
});
