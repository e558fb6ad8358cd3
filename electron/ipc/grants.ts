import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { StoreError } from '../../db/store.ts';
import type { PathArgument } from './granted-paths.ts';

/** Files and folders that the user let an interface reach: whole trees below a folder, or a single file. */
export class PathGrants {
  readonly #roots = new Set<string>();
  readonly #protected: { readonly root: string; readonly except: readonly string[] }[] = [];

  constructor(roots: readonly string[] = []) {
    for (const root of roots) this.add(root);
  }

  /** What does not exist yet is granted under the name that its folder really has. */
  add(path: string): void {
    const real = realPathOf(resolve(path));
    if (real !== undefined) this.#roots.add(real);
  }

  /** Nothing below `root` may be written, whatever was granted, but for what lies in folders of `except` further in. */
  protect(root: string, except: readonly string[]): void {
    const real = realPathOf(resolve(root)) ?? resolve(root);
    const open = except.flatMap((path) => realPathOf(resolve(path)) ?? []).filter((path) => path !== real && isInside(path, real));
    this.#protected.push({ root: real, except: open });
  }

  get roots(): readonly string[] {
    return [...this.#roots];
  }

  /** Where `path` really lies, when that is inside of what was granted. */
  resolved(path: string): string | undefined {
    if (!isAbsolute(path) || path.includes('\0')) return undefined;
    const real = realPathOf(path);
    return real !== undefined && this.roots.some((root) => isInside(real, root)) ? real : undefined;
  }

  /**
   * StoreError 'path-not-granted' unless every path is absolute and, with all links followed, inside of a granted one. A file to be written
   * need not exist, nor need its folder. StoreError 'path-protected' where one is to be written among the lab's own files.
   */
  check(paths: readonly PathArgument[]): void {
    for (const { path, access } of paths) {
      const real = this.resolved(path);
      if (real !== undefined && access === 'write') this.#checkWritable(real);
      if (real !== undefined) continue;
      throw new StoreError(
        'path-not-granted',
        `The interface asked to ${access} ${path}, which lies outside of the folders that it was given (${this.roots.join(', ')}).`,
        { tip: 'Choose the file or folder in a dialog of the window; for the browser, start lab serve with --root DIR.' },
      );
    }
  }

  #checkWritable(real: string): void {
    const hit = this.#protected.find(({ root, except }) => isInside(real, root) && !except.some((open) => isInside(real, open)));
    if (hit === undefined) return;
    throw new StoreError('path-protected', `The interface asked to write ${real}, but in ${hit.root} lie the lab's own files.`, {
      tip: 'Choose a folder outside of it.',
    });
  }
}

export function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** With the links of the part that exists followed; undefined where a link leads nowhere, since nobody knows where that will be. */
function realPathOf(path: string): string | undefined {
  try {
    // The system's own: it also tells letters apart only where the disk does.
    return realpathSync.native(path);
  } catch {
    if (isLink(path)) return undefined;
    const folder = dirname(path);
    if (folder === path) return path;
    const real = realPathOf(folder);
    return real === undefined ? undefined : join(real, basename(path));
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
