// The WebAssembly kernels: built again when their sources, their build script or the compiler have changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { spawnSync } from 'node:child_process';
import { SetupError } from '../../bin/runtime.js';

const output = ['engine', 'backend', 'wasm', 'kernels.wasm'];

function sourceFiles(folder) {
  const kernels = join(folder, 'engine', 'backend', 'wasm', 'kernels');
  const script = join(folder, 'build', 'kernels.ts');
  if (!existsSync(kernels) || !existsSync(script)) return [];
  const found = readdirSync(kernels, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return [...found, script].sort();
}

/** Hash over names and contents of everything that decides the module's bytes. */
export function kernelHash(folder) {
  const hash = createHash('sha256');
  for (const path of sourceFiles(folder)) {
    hash.update(relative(folder, path).split(sep).join('/')).update('\0').update(readFileSync(path)).update('\0');
  }
  const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return hash.update(String(devDependencies?.assemblyscript)).digest('hex');
}

const stampPath = (folder) => join(folder, '.setup', 'kernels.json');

/** What the kernels were built from; undefined when it is not known, also for a file that was cut off. */
function builtHash(folder) {
  try {
    return JSON.parse(readFileSync(stampPath(folder), 'utf8')).hash;
  } catch {
    return undefined; // then they are built again
  }
}

/** Whether kernels.wasm is there and was built from the present sources. */
export function areKernelsBuilt(folder) {
  if (sourceFiles(folder).length === 0) return true;
  return existsSync(join(folder, ...output)) && builtHash(folder) === kernelHash(folder);
}

/** Runs build/kernels.ts with the pinned Node and remembers what it was built from. */
export function buildKernels(folder, node) {
  const hash = kernelHash(folder);
  const result = spawnSync(node, ['--disable-warning=ExperimentalWarning', join('build', 'kernels.ts')], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0) {
    const last = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
    throw new SetupError(
      'kernels-not-built',
      `Set-up: compiling the WebAssembly kernels ended with code ${result.status}:\n${last}`,
      'Mend the source that the compiler names.',
    );
  }
  mkdirSync(join(folder, '.setup'), { recursive: true });
  const part = `${stampPath(folder)}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify({ hash })}\n`);
  renameSync(part, stampPath(folder));
}
