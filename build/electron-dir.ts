import { accessSync, constants, cpSync, existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface PreparedElectron {
  readonly folder: string;
  readonly version: string;
}

/**
 * A copy of an unpacked Electron whose program has the name that the packager expects, whatever it was called; without an application of its
 * own. Throws an Error that says what is missing.
 */
export function prepareElectronDir(given: string, target: string): PreparedElectron {
  if (!existsSync(join(given, 'resources.pak')))
    throw new Error(`--electron-dir: ${given} holds no unpacked Electron (resources.pak is missing).`);
  const program = readdirSync(given).find((name) => isProgram(join(given, name)));
  if (program === undefined) throw new Error(`--electron-dir: ${given} holds no program.`);
  rmSync(target, { recursive: true, force: true });
  cpSync(given, target, { recursive: true, filter: (path) => !path.startsWith(join(given, 'resources/')) });
  if (program !== 'electron') renameSync(join(target, program), join(target, 'electron'));
  return { folder: target, version: versionOf(given, join(target, 'electron')) };
}

/** The one large executable; helpers and libraries are something else. */
function isProgram(path: string): boolean {
  const name = path.split('/').at(-1) ?? '';
  if (name.startsWith('chrome') || name.includes('.so') || name.includes('.') || statSync(path).isDirectory()) return false;
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).size > 10_000_000;
  } catch {
    return false;
  }
}

/** From the file `version`, else from the program itself, which names Electron in its user agent. */
function versionOf(folder: string, program: string): string {
  const [file] = globSync('version', { cwd: folder });
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim().replace(/^v/, '');
  const found = /Electron\/(\d+\.\d+\.\d+)|Electron v(\d+\.\d+\.\d+)/.exec(readFileSync(program).toString('latin1'));
  const version = found?.[1] ?? found?.[2];
  if (version === undefined) throw new Error(`--electron-dir: the version of ${folder} cannot be told; put it into a file named version.`);
  return version;
}
