import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackWheel, wheelEntries } from '../../../../electron/lab/native/unpack.ts';
import { isWantedFile } from '../../../../electron/lab/native/wanted-files.ts';
import { makeZip } from '../../../make-zip.ts';
import type { ZipMember } from '../../../make-zip.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-unpack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;

function wheel(...members: readonly ZipMember[]): string {
  const path = join(folder, 'a.whl');
  writeFileSync(path, makeZip(members));
  return path;
}

function unpack(path: string, onBytes?: (bytes: number) => void): Promise<void> {
  return unpackWheel(path, join(folder, 'out'), (name) => !name.endsWith('.py'), signal, onBytes);
}

describe('unpacking a wheel', () => {
  it('writes what is wanted under its own path, with the right to run it', async () => {
    const path = wheel(
      { path: 'a/b/data.txt', content: 'text '.repeat(1000) },
      { path: 'a/tool', content: '#!', mode: 0o100755 },
      { path: 'a/code.py', content: 'x' },
    );
    let bytes = 0;
    await unpack(path, (more) => (bytes += more));
    expect(readFileSync(join(folder, 'out/a/b/data.txt'), 'utf8')).toBe('text '.repeat(1000));
    expect(readdirSync(join(folder, 'out/a')).toSorted()).toEqual(['b', 'tool']);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'out/a/tool')).mode & 0o777).toBe(0o755);
    expect(bytes).toBe(5002);
    expect(await wheelEntries(path, (name) => name.endsWith('.py'))).toEqual([{ path: 'a/code.py', bytes: 1 }]);
  });

  it.each(['../outside', 'a/../../outside', '/outside', 'C:/outside', 'a\\..\\..\\outside'])(
    '%s: a path that leaves the folder is refused',
    async (path) => {
      await expect(unpack(wheel({ path: 'first', content: 'x' }, { path, content: 'x' }))).rejects.toMatchObject({ code: 'wheel-unsafe' });
      expect(existsSync(join(folder, 'out'))).toBe(false);
      expect(existsSync(join(folder, 'outside'))).toBe(false);
    },
  );

  it('a link is refused', async () => {
    const path = wheel({ path: 'tensorflow/link', content: '/etc/passwd', mode: 0o120777 });
    await expect(unpack(path)).rejects.toMatchObject({ code: 'wheel-unsafe', message: expect.stringContaining('tensorflow/link') });
  });

  it('damage is told: bytes that differ, a file that is cut off, no zip at all', async () => {
    await expect(unpack(wheel({ path: 'a', content: 'x', crc: 1 }))).rejects.toMatchObject({ code: 'wheel-damaged' });
    writeFileSync(join(folder, 'cut.whl'), makeZip([{ path: 'a', content: 'x'.repeat(100) }]).subarray(0, 60));
    await expect(unpack(join(folder, 'cut.whl'))).rejects.toMatchObject({ code: 'wheel-damaged' });
    await expect(unpack(join(folder, 'none.whl'))).rejects.toMatchObject({ name: 'StoreError' });
  });

  it('stops when it is aborted', async () => {
    const path = wheel({ path: 'a', content: 'x' });
    await expect(unpackWheel(path, join(folder, 'out'), () => true, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what is wanted of a wheel', () => {
  it('the two libraries, licences, headers of the C API, libraries of CUDA; no Python', () => {
    const paths = [
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      'tensorflow/THIRD_PARTY_NOTICES.txt',
      'tensorflow/include/tensorflow/c/eager/c_api.h',
      'tensorflow/include/tsl/platform/ctstring_internal.h',
      'nvidia/cudnn/lib/libcudnn.so.9',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia_cudnn_cu12-9.10.2.21.dist-info/licenses/License.txt',
    ];
    const others = [
      'tensorflow/__init__.py',
      'tensorflow/python/_pywrap_tensorflow_internal.so',
      'tensorflow/include/absl/base/config.h',
      'tensorflow/lite/libtensorflow_cc.so.2',
      'nvidia/cublas/include/cublas.h',
    ];
    expect([...paths, ...others].filter((path) => isWantedFile(path, 'linux'))).toEqual(paths);
    expect(isWantedFile('tensorflow/libtensorflow_cc.2.dylib', 'darwin')).toBe(true);
  });
});
