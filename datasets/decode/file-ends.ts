import { open } from 'node:fs/promises';
import { readImageHeader } from './header.ts';
import { sniffKind } from './magic.ts';

const HEAD_BYTES = 4096;
const LONG_HEAD_BYTES = 65_536;
const TAIL_BYTES = 64;

/** The first bytes of a file, enough for a picture's header, and its last ones. Throws what opening and reading throw. */
export async function readEnds(path: string, bytes: number): Promise<readonly [head: Buffer, tail: Buffer]> {
  const handle = await open(path);
  try {
    let head = Buffer.alloc(Math.min(HEAD_BYTES, bytes));
    await handle.read(head, 0, head.length, 0);
    if (sniffKind(head) === 'jpeg' && readImageHeader(head) === undefined && bytes > HEAD_BYTES) {
      head = Buffer.alloc(Math.min(LONG_HEAD_BYTES, bytes));
      await handle.read(head, 0, head.length, 0);
    }
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, bytes));
    await handle.read(tail, 0, tail.length, bytes - tail.length);
    return [head, tail];
  } finally {
    await handle.close();
  }
}
