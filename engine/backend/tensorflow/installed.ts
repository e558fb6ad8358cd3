/** Where native TensorFlow lies: one place a user, shared by every home of the lab. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataFolder } from '../data-folder.ts';

export type TensorflowVariant = 'cpu' | 'cuda';

export interface InstalledTensorflow {
  /** Holds the two libraries. */
  readonly folder: string;
  /** 'own' for a folder that `$LAB_TENSORFLOW` names. */
  readonly version: string;
  readonly variant: TensorflowVariant;
  /** Headers of the C API. */
  readonly include: string;
  /** All files together; 0 for one's own. */
  readonly sizeBytes: number;
}

/** What an installation writes as its last act, so that one that was cut off does not count. */
export interface TensorflowManifest {
  readonly format: 1;
  /** Folder below `nativeHome()`; the wheels' own paths are below it. */
  readonly folder: string;
  readonly version: string;
  readonly variant: TensorflowVariant;
  readonly sizeBytes: number;
  /** File names of the wheels and their SHA-256. */
  readonly wheels: Readonly<Record<string, string>>;
}

export const manifestName = 'tensorflow.json';

type Environment = Readonly<Record<string, string | undefined>>;

/** `$LAB_NATIVE`, else `native` in the platform's data folder of the product. */
export function nativeHome(env: Environment = process.env, platform: NodeJS.Platform = process.platform, home: string = homedir()): string {
  if (env['LAB_NATIVE']) return resolve(env['LAB_NATIVE']);
  return join(dataFolder(platform, env, home), 'Paretoscope', 'native');
}

/** The libraries that the addon opens; undefined where TensorFlow publishes none. */
export function libraryNames(platform: NodeJS.Platform = process.platform): readonly [framework: string, cc: string] | undefined {
  if (platform === 'linux') return ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];
  if (platform === 'darwin') return ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib'];
  return undefined;
}

/**
 * What is installed; undefined where nothing is, or only half of it. `$LAB_TENSORFLOW` names a folder of one's own that holds the two
 * libraries (and include/); it is taken as it is.
 */
export function findInstalled(env: Environment = process.env): InstalledTensorflow | undefined {
  const own = env['LAB_TENSORFLOW'];
  if (own) return { folder: resolve(own), version: 'own', variant: 'cpu', include: join(resolve(own), 'include'), sizeBytes: 0 };
  const home = nativeHome(env);
  const manifest = readManifest(home);
  if (manifest === undefined) return undefined;
  const folder = join(home, manifest.folder, 'tensorflow');
  const { version, variant, sizeBytes } = manifest;
  return { folder, version, variant, include: join(folder, 'include'), sizeBytes };
}

/** The manifest below `home`; undefined when there is none that can be read, or when a library that it stands for is gone. */
export function readManifest(home: string): TensorflowManifest | undefined {
  let manifest: TensorflowManifest;
  try {
    manifest = JSON.parse(readFileSync(join(home, manifestName), 'utf8')) as TensorflowManifest;
  } catch {
    return undefined;
  }
  if (manifest.format !== 1 || typeof manifest.folder !== 'string') return undefined;
  const libraries = libraryNames() ?? [];
  return libraries.every((name) => existsSync(join(home, manifest.folder, 'tensorflow', name))) ? manifest : undefined;
}
