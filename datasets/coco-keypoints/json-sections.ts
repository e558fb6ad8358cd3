import { open } from 'node:fs/promises';
import { emptyFile, readFailure } from '../file-errors.ts';
import { CONTEXT, ROLE } from './json-errors.ts';
import { JsonSplitter, type TakeElement } from './json-splitter.ts';

export interface JsonSectionsOptions {
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
  /** Sees every byte of the file, in order; what it is given is used again afterwards. */
  readonly onBytes?: (bytes: Uint8Array) => void;
  readonly signal?: AbortSignal;
  readonly chunkBytes: number;
}

export const defaultJsonSectionsOptions: JsonSectionsOptions = { chunkBytes: 1 << 20 };

/**
 * Reads a JSON file of any length piece by piece: of an object the elements of its lists named in `sections`, in any order; of a list its
 * elements, for the section WHOLE_FILE. Everything else is passed over. Throws DatasetError 'file-missing', 'file-unreadable',
 * 'file-zero-bytes', 'json-truncated' and 'json-damaged' (with the byte), what `sections` throw, and the signal's reason.
 */
export async function readJsonSections(
  path: string,
  sections: Readonly<Record<string, TakeElement>>,
  options: Partial<JsonSectionsOptions> = {},
): Promise<void> {
  const { chunkBytes, onProgress, onBytes, signal } = { ...defaultJsonSectionsOptions, ...options };
  const handle = await open(path).catch((cause: unknown) => {
    throw readFailure(cause, path, ROLE, CONTEXT);
  });
  try {
    const { size } = await handle.stat();
    if (size === 0) throw emptyFile(path, ROLE, CONTEXT);
    const splitter = new JsonSplitter(path, sections, chunkBytes);
    for (;;) {
      signal?.throwIfAborted();
      const room = splitter.room();
      const { bytesRead } = await handle.read(room, 0, room.length).catch((cause: unknown) => {
        throw readFailure(cause, path, ROLE, CONTEXT);
      });
      if (bytesRead === 0) break;
      onBytes?.(room.subarray(0, bytesRead));
      splitter.take(bytesRead);
      onProgress?.(splitter.position, size);
    }
    splitter.end();
  } finally {
    await handle.close();
  }
}
