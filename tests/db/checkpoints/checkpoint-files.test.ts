import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deleteCheckpointFiles, orphanFiles, readCheckpointFile, writeCheckpointFile } from '../../../db/checkpoints/checkpoint-files.ts';
import { nodeFileSystem } from '../../../db/checkpoints/file-system.ts';
import type { FileSystem } from '../../../db/checkpoints/file-system.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code });
}

/** A disk with room for `room` bytes that takes at most 100 at once. */
function smallDisk(room: number): FileSystem {
  let left = room;
  return {
    ...nodeFileSystem,
    writeSync: (handle, data, offset, length) => {
      if (left === 0) throw failing('ENOSPC');
      const count = Math.min(length, left, 100);
      left -= count;
      return nodeFileSystem.writeSync(handle, data, offset, count);
    },
  };
}

describe('writeCheckpointFile', () => {
  it('writes in pieces, with length and hash, and reads back the same bytes', () => {
    const folder = temporaryFolder();
    const written = writeCheckpointFile(folder, 'trials/0.safetensors', bytes, smallDisk(5000));
    expect(written).toEqual({ file: 'trials/0.safetensors', bytes: 1000, sha256: written.sha256 });
    expect(readCheckpointFile(folder, written)).toEqual(bytes);
    expect(readdirSync(join(folder, 'trials'))).toEqual(['0.safetensors']);
  });

  it('the hash is SHA-256', () => {
    // FIPS 180-2, appendix B.1: SHA-256 of 'abc'.
    expect(writeCheckpointFile(temporaryFolder(), 'a.safetensors', Buffer.from('abc')).sha256).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'read-only'],
    ['EACCES', 'no-permission'],
    ['EIO', 'io-error'],
  ])('%s while writing: code %s with a tip, the old file stays and nothing half-written is left', (system, code) => {
    const folder = temporaryFolder();
    const before = writeCheckpointFile(folder, 'latest.safetensors', Buffer.from('before'));
    for (const step of ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const) {
      const broken: FileSystem = {
        ...nodeFileSystem,
        [step]: () => {
          throw failing(system);
        },
      };
      expect(() => writeCheckpointFile(folder, 'latest.safetensors', bytes, broken)).toThrow(
        expect.objectContaining({ code, tip: expect.any(String), message: expect.stringContaining('latest.safetensors') }),
      );
      expect(Buffer.from(readCheckpointFile(folder, before)).toString()).toBe('before');
      expect(readdirSync(folder)).toEqual(['latest.safetensors']);
    }
  });

  it('a disk that fills up in the middle of a file', () => {
    const folder = temporaryFolder();
    expect(() => writeCheckpointFile(folder, 'a.safetensors', bytes, smallDisk(450))).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('a real device without space', () => {
    const folder = temporaryFolder();
    const full: FileSystem = { ...nodeFileSystem, openSync: (_path, flags) => nodeFileSystem.openSync('/dev/full', flags) };
    expect(() => writeCheckpointFile(folder, 'a.safetensors', bytes, full)).toThrow(expect.objectContaining({ code: 'disk-full' }));
  });

  it.each(['../a.safetensors', '/etc/a', '', 'x/../../a', '.'])('a name outside of the folder is refused: %j', (name) => {
    expect(() => writeCheckpointFile(temporaryFolder(), name, bytes)).toThrow(expect.objectContaining({ code: 'bad-file-name' }));
  });
});

describe('readCheckpointFile', () => {
  it('one changed byte, a shorter file and a missing file are told apart from a good one', () => {
    const folder = temporaryFolder();
    const written = writeCheckpointFile(folder, 'a.safetensors', bytes);
    const path = join(folder, 'a.safetensors');
    const changed = readFileSync(path);
    changed[500] = (changed[500] as number) ^ 1;
    writeFileSync(path, changed);
    expect(() => readCheckpointFile(folder, written)).toThrow(expect.objectContaining({ code: 'checkpoint-damaged' }));
    writeFileSync(path, bytes.subarray(0, 999));
    expect(() => readCheckpointFile(folder, written)).toThrow(/should have 1000 bytes.*has 999 bytes/);
    deleteCheckpointFiles(folder, ['a.safetensors']);
    expect(() => readCheckpointFile(folder, written)).toThrow(expect.objectContaining({ code: 'file-missing' }));
  });
});

describe('orphans and deletion', () => {
  it('lists what no row names and what was cut off, and leaves everything else alone', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'trials'));
    for (const [name, size] of [
      ['a.safetensors', 3],
      ['trials/b.safetensors', 4],
      ['trials/c.safetensors.part', 5],
      ['notes.txt', 6],
    ] as const) {
      writeFileSync(join(folder, name), Buffer.alloc(size));
    }
    expect(orphanFiles(folder, new Set(['a.safetensors']))).toEqual([
      { file: 'trials/b.safetensors', bytes: 4, reason: 'unnamed' },
      { file: 'trials/c.safetensors.part', bytes: 5, reason: 'partial' },
    ]);
    expect(orphanFiles(join(folder, 'nowhere'), new Set())).toEqual([]);
  });

  it('deleting returns the freed bytes and does not mind what is gone', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.safetensors'), Buffer.alloc(7));
    expect(deleteCheckpointFiles(folder, ['a.safetensors', 'gone.safetensors'])).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });
});
