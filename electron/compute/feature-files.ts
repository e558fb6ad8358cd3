import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../../db/checkpoints/file-system.ts';
import type { FeatureStore } from '../../engine/search/parts.ts';
import { folderBytes } from '../lab/folder-size.ts';

/** Of the SHA-256 that stands before a record. */
const checksumBytes = 32;

export interface FeatureFileOptions {
  /** Shared by the searches of one home. */
  readonly folder: string;
  /** Of the whole folder. What other searches write at the same time is counted from the next start on. */
  readonly maxBytes: number;
  /** What else than the key decides the bits: how this process computes. */
  readonly environment: string;
}

/**
 * Records as files, one a key: the SHA-256 of the record, then the record. A file appears under its name when it is whole; one that was damaged
 * afterwards counts as missing and is replaced. Throws StoreError for trouble with the disk other than a full one.
 */
export class FeatureFiles implements FeatureStore {
  readonly #options: FeatureFileOptions;
  #bytes: number | undefined;

  constructor(options: FeatureFileOptions) {
    this.#options = options;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(key);
    let file: Buffer;
    try {
      file = await readFile(path);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw fileError(`Reading the features ${path}`, error);
    }
    const record = file.subarray(checksumBytes);
    if (!sha256(record).equals(file.subarray(0, checksumBytes))) return undefined;
    // no Buffer, whose slices are no copies
    return new Uint8Array(record.buffer, record.byteOffset, record.length);
  }

  async write(key: string, bytes: Uint8Array): Promise<boolean> {
    this.#bytes ??= folderBytes(this.#options.folder);
    const length = checksumBytes + bytes.length;
    if (this.#bytes + length > this.#options.maxBytes) return false;
    const path = this.#pathOf(key);
    const part = `${path}.${randomUUID()}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(part, Buffer.concat([sha256(bytes), bytes]));
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      const failure = fileError(`Writing the features ${path}`, error);
      if (failure.code === 'disk-full') return false;
      throw failure;
    }
    this.#bytes += length;
    return true;
  }

  #pathOf(key: string): string {
    const hash = createHash('sha256').update(`${this.#options.environment}\n${key}`).digest('hex');
    return join(this.#options.folder, hash.slice(0, 2), `${hash}.features`);
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
