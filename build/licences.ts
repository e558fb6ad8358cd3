import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
}

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Empty where the package brings no file of its own. */
  readonly text: string;
}

/** Licences under which everything that ships stands; another one is looked at by a person before it is added. */
const known =
  /^\(?(MIT|MIT-0|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|WTFPL|CC0-1\.0|Python-2\.0|LGPL-3\.0-or-later|MPL-2\.0|Zlib)\b/;

/**
 * The licences of what a package holds: what is installed for run time, and the packages of the interface, which its bundle took over. Throws
 * when one of them has none that is known.
 */
export function collectLicences(bundled: readonly string[], folder: string = root): readonly Licence[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, Locked>> };
  const wanted = new Set([...runTime(lock.packages), ...reachable(bundled, lock.packages)]);
  return [...wanted]
    .filter((path) => existsSync(join(folder, path, 'package.json')))
    .sort()
    .map((path) => licenceOf(join(folder, path)));
}

function runTime(packages: Readonly<Record<string, Locked>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev === true ? [] : [path]));
}

/** Packages and what they need in turn, as installed at the top. */
function reachable(
  names: readonly string[],
  packages: Readonly<Record<string, Locked & { dependencies?: Readonly<Record<string, string>> }>>,
) {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const path = `node_modules/${name}`;
    const locked = packages[path];
    if (locked === undefined || found.has(path)) return;
    found.add(path);
    for (const next of Object.keys(locked.dependencies ?? {})) visit(next);
  };
  for (const name of names) visit(name);
  return found;
}

function licenceOf(folder: string): Licence {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string | { type: string };
    licenses?: readonly { type: string }[];
  };
  const stated = typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? '');
  if (!known.test(stated)) throw new Error(`${name} ${version} has the licence '${stated}', which build/licences.ts does not know.`);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return { name, version, licence: stated, text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim() };
}

/** One file that ships with the product: equal texts stand once. */
export function writeLicences(file: string, licences: readonly Licence[]): void {
  const byText = new Map<string, string[]>();
  for (const { name, version, licence, text } of licences) {
    const title = `${name} ${version} (${licence})`;
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const parts = [...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text === '' ? 'The package brings no text.' : text}\n`);
  writeFileSync(file, `Paretoscope contains these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`);
}
