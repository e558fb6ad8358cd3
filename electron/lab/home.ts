import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataFolder } from '../../engine/backend/data-folder.ts';

/** Where everything of one lab lies. */
export interface HomeLayout {
  readonly root: string;
  readonly database: string;
  readonly experiments: string;
  readonly backups: string;
  /** What frozen backbones made of pictures, for all searches; can be computed again. */
  readonly features: string;
  /** Held by the owner; touched by nothing but the lock. */
  readonly lock: string;
  /** Who the owner is, for those that find the lock taken. */
  readonly owner: string;
  /** Where the owner listens to requests of other processes. */
  readonly socket: string;
}

export interface HomeOptions {
  readonly home?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly userHome?: string;
}

/** `--home`, else `LAB_HOME`, else the platform's data folder of the app; always absolute. */
export function resolveHome(options: HomeOptions = {}): string {
  const env = options.env ?? process.env;
  const given = nonEmpty(options.home) ?? nonEmpty(env['LAB_HOME']);
  if (given !== undefined) return resolve(given);
  const userHome = options.userHome ?? homedir();
  return join(dataFolder(options.platform ?? process.platform, env, userHome), 'Paretoscope', 'lab');
}

export function layoutOf(root: string): HomeLayout {
  return {
    root,
    database: join(root, 'lab.sqlite'),
    experiments: join(root, 'experiments'),
    backups: join(root, 'backups'),
    features: join(root, 'features'),
    lock: join(root, 'lab.lock'),
    owner: join(root, 'owner.json'),
    socket: socketOf(root),
  };
}

export function experimentFolder(layout: HomeLayout, id: string): string {
  return join(layout.experiments, id);
}

/** Ids of experiments that have a folder in the home. */
export function experimentFolders(layout: HomeLayout): readonly string[] {
  if (!existsSync(layout.experiments)) return [];
  return readdirSync(layout.experiments, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The longest path of a local socket is 104 bytes on macOS, 108 on Linux, with the closing zero. */
const maxSocketPath = 100;

function socketOf(root: string): string {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\paretoscope-${hash}`;
  const inside = join(root, 'owner.sock');
  return Buffer.byteLength(inside) <= maxSocketPath ? inside : join(userSocketFolder(), `${hash}.sock`);
}

/** Where sockets lie that find no room in their homes. Its name can be guessed, so it must be this user's alone. */
export function userSocketFolder(): string {
  return join(tmpdir(), `paretoscope-${process.getuid?.()}`);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
