/**
 * `npm run native`: native TensorFlow as `lab backend install tensorflow` installs it, with the addon built from its sources. Nothing is done
 * when both are there and nothing has changed since.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../../engine/backend/tensorflow/installed.ts';
import type { InstalledTensorflow } from '../../engine/backend/tensorflow/installed.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const stampOf = (root: string): string => join(root, '.setup', 'native.json');
const addonOf = (root: string): string => join(root, 'engine', 'backend', 'tensorflow', 'tensorflow.node');

/** Hash of what the addon is made of and of the library that it was tried with. */
export function nativeHash(root: string, installed: InstalledTensorflow): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(installed))
    .update(readFileSync(join(root, 'package.json')));
  for (const folder of [join('engine', 'backend', 'tensorflow', 'addon'), join('build', 'native')]) {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
      hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Whether what is installed was installed, built and tried with the present sources. */
export function isUpToDate(root: string, env: Environment = process.env): boolean {
  const installed = findInstalled(env);
  if (installed === undefined || !existsSync(addonOf(root))) return false;
  try {
    return (JSON.parse(readFileSync(stampOf(root), 'utf8')) as { hash?: string }).hash === nativeHash(root, installed);
  } catch {
    return false; // not tried yet, or a stamp that was cut off
  }
}

/** Remembers that everything works; called after `lab backend install` has tried it. */
export function rememberUpToDate(root: string, env: Environment = process.env): void {
  const installed = findInstalled(env);
  if (installed === undefined) return;
  mkdirSync(join(root, '.setup'), { recursive: true });
  writeFileSync(stampOf(root), `${JSON.stringify({ hash: nativeHash(root, installed) })}\n`);
}

function main(root: string, args: readonly string[]): number {
  if (args.length === 0 && isUpToDate(root)) {
    process.stdout.write('Native TensorFlow: up to date.\n');
    return 0;
  }
  // Until it has been tried again nothing is known.
  rmSync(stampOf(root), { force: true });
  const command = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'electron/lab/cli/index.ts'),
    'backend',
    'install',
    'tensorflow',
    ...args,
  ];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status === 0) rememberUpToDate(root);
  return status ?? 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(join(import.meta.dirname, '../..'), process.argv.slice(2));
