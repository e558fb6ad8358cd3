import { readFile, realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isInside } from '../../ipc/grants.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface StaticFile {
  readonly type: string;
  readonly body: Uint8Array;
  /** Its name holds a hash of its content. */
  readonly isForever: boolean;
}

/**
 * The segments of an address' path, decoded; undefined for everything that could lead out of a folder or mean another file than it says
 * (`..`, encoded slashes, backslashes, drive letters, zero bytes, wrong encoding).
 */
export function segmentsOf(path: string): readonly string[] | undefined {
  const raw = path.replace(/^\//, '').split('/');
  let segments: readonly string[];
  try {
    segments = raw.map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const isPlain = segments.every((segment) => segment !== '..' && segment !== '.' && !/[/\\\0]/.test(segment) && !/^[a-z]:/i.test(segment));
  return isPlain ? segments : undefined;
}

/**
 * A file of the interface by the path of its address; '/' is index.html. Undefined when there is none, when its kind is none that the
 * interface has, and when it lies outside of the folder, also by a link.
 */
export async function readStaticFile(folder: string, path: string): Promise<StaticFile | undefined> {
  const segments = segmentsOf(path === '/' ? '/index.html' : path);
  const type = types[extname(segments?.at(-1) ?? '')];
  if (segments === undefined || type === undefined) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, ...segments));
    if (!isInside(file, root)) return undefined;
    return { type, body: await readFile(file), isForever: segments[0] === 'assets' };
  } catch {
    return undefined;
  }
}
