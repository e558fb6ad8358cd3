/** Where native TensorFlow lies: one place a user, shared by every home of the lab. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface InstalledTensorflow {
  /** Holds the two libraries. */
  readonly folder: string;
  readonly version: string;
  readonly variant: 'cpu' | 'cuda';
  /** Headers of the C API. */
  readonly include: string;
  readonly sizeBytes: number;
}

/** `$LAB_NATIVE`, else `native` in the platform's data folder of the product. */
export function nativeHome(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env['LAB_NATIVE']) return resolve(env['LAB_NATIVE']);
  const home = homedir();
  const data =
    process.platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : process.platform === 'win32'
        ? env['APPDATA'] || join(home, 'AppData', 'Roaming')
        : env['XDG_CONFIG_HOME'] || join(home, '.config');
  return join(data, 'Paretoscope', 'native');
}

/** Written last by an installation: without it a folder does not count. */
export const manifestName = 'tensorflow.json';

/** What is installed; `$LAB_TENSORFLOW` names a folder with the two libraries (and include/) of one's own. */
export function findInstalled(env: Readonly<Record<string, string | undefined>> = process.env): InstalledTensorflow | undefined {
  const own = env['LAB_TENSORFLOW'];
  if (own) return { folder: resolve(own), version: 'own', variant: 'cpu', include: join(resolve(own), 'include'), sizeBytes: 0 };
  const manifest = join(nativeHome(env), manifestName);
  if (!existsSync(manifest)) return undefined;
  return JSON.parse(readFileSync(manifest, 'utf8')) as InstalledTensorflow;
}
