import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../datasets/whole-file.ts';

/** Thrown out down to this share, so that it is not done for each file. */
const lowShare = 0.8;

/** Files that can be made again, below a folder, bounded by their bytes: those not used for the longest time go first. */
export class FileCache {
  readonly #folder: () => string;
  readonly #maxBytes: number;
  /** Of what was written since the last look at the folder, and what lay there then; undefined before the first one. */
  #bytes: number | undefined;
  #trimming: Promise<void> | undefined;

  constructor(folder: () => string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  pathOf(key: string): string {
    return join(this.#folder(), key);
  }

  /** Undefined when it is not there. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const file = this.pathOf(key);
    try {
      const bytes = await readFile(file);
      const now = new Date();
      void utimes(file, now, now).catch(() => undefined);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Best effort: a full disk only means that it is made again. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await writeWholeFile(this.pathOf(key), bytes);
      await this.added(bytes.length);
    } catch {
      // See above.
    }
  }

  /** Something else has written so many bytes into the folder. */
  async added(bytes: number): Promise<void> {
    if (this.#bytes !== undefined) this.#bytes += bytes;
    if (this.#bytes !== undefined && this.#bytes <= this.#maxBytes) return;
    this.#trimming ??= this.#trim().finally(() => {
      this.#trimming = undefined;
    });
    await this.#trimming;
  }

  async #trim(): Promise<void> {
    const files = await filesUnder(this.#folder());
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > this.#maxBytes) {
      for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
        if (bytes <= this.#maxBytes * lowShare) break;
        await rm(file.path, { force: true });
        bytes -= file.bytes;
      }
    }
    this.#bytes = bytes;
  }
}

async function filesUnder(folder: string): Promise<{ readonly path: string; readonly bytes: number; readonly usedAt: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const facts = await stat(path).catch(() => undefined);
        return facts === undefined ? [] : [{ path, bytes: facts.size, usedAt: facts.mtimeMs }];
      }),
  );
  return found.flat();
}
