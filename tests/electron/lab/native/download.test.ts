import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../../electron/lab/native/download.ts';
import type { DownloadRequest } from '../../../../electron/lab/native/download.ts';
import { sendFile, serve } from './fake-index.ts';
import type { FakeServer } from './fake-index.ts';
import { sha256 } from './make-wheel.ts';

const bytes = Buffer.from('wheel '.repeat(20_000));
let folder = '';
let server: FakeServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-download-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function request(change: Partial<DownloadRequest> = {}): DownloadRequest {
  return {
    url: `${server?.url ?? ''}/a.whl`,
    file: join(folder, 'a.whl'),
    sha256: sha256(bytes),
    signal: new AbortController().signal,
    pauseMs: 1,
    ...change,
  };
}

describe('download', () => {
  it('goes on where the connection was cut, and tells what it has', async () => {
    let cut: () => void = () => undefined;
    server = await serve((asked, response, count) => {
      if (count > 1) return sendFile(asked, response, bytes);
      cut = () => response.destroy();
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 50_000));
    });
    const seen: number[] = [];
    const onProgress = (done: number, total: number | undefined): void => {
      seen.push(total === bytes.length ? done : NaN);
      if (done === 50_000) cut();
    };
    await download(request({ onProgress }));
    expect(readFileSync(join(folder, 'a.whl')).equals(bytes)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-']);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(bytes.length);
    expect(existsSync(join(folder, 'a.whl.part'))).toBe(false);
  });

  it('an abort keeps what came; the next download continues it', async () => {
    server = await serve((asked, response, count) => {
      if (count > 1) return sendFile(asked, response, bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 30_000));
    });
    const controller = new AbortController();
    const first = download(request({ signal: controller.signal, onProgress: () => controller.abort() }));
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(readFileSync(join(folder, 'a.whl.part')).equals(bytes.subarray(0, 30_000))).toBe(true);
    await download(request());
    expect(server.requests.at(-1)?.range).toBe('bytes=30000-');
    expect(readFileSync(join(folder, 'a.whl')).equals(bytes)).toBe(true);
  });

  it('a part of another file is found by the checksum and downloaded anew', async () => {
    server = await serve((asked, response) => sendFile(asked, response, bytes));
    writeFileSync(join(folder, 'a.whl.part'), 'x'.repeat(1000));
    await download(request());
    expect(readFileSync(join(folder, 'a.whl')).equals(bytes)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
  });

  it('a server that knows no ranges sends all of it again; a part that is whole needs no more', async () => {
    server = await serve((_, response) => response.end(bytes));
    writeFileSync(join(folder, 'a.whl.part'), bytes.subarray(0, 100));
    await download(request());
    expect(readFileSync(join(folder, 'a.whl')).equals(bytes)).toBe(true);
    await server.close();
    server = await serve((asked, response) => sendFile(asked, response, bytes));
    writeFileSync(join(folder, 'b.whl.part'), bytes);
    await download(request({ file: join(folder, 'b.whl') }));
    expect(server.requests).toHaveLength(1);
  });

  it('a wrong checksum is refused and leaves nothing', async () => {
    server = await serve((asked, response) => sendFile(asked, response, Buffer.from('something else')));
    await expect(download(request())).rejects.toMatchObject({ code: 'wheel-damaged', message: expect.stringContaining(sha256(bytes)) });
    expect(existsSync(join(folder, 'a.whl'))).toBe(false);
    expect(existsSync(join(folder, 'a.whl.part'))).toBe(false);
  });

  it('a file that is here and right is not asked for', async () => {
    server = await serve((_, response) => response.end());
    writeFileSync(join(folder, 'a.whl'), bytes);
    await download(request());
    expect(server.requests).toEqual([]);
  });

  it('gives up when nothing comes any more: silence, or a server in trouble; a refusal is final', async () => {
    server = await serve((_, response, count) => void (count === 1 ? undefined : response.writeHead(503).end()));
    await expect(download(request({ stallMs: 300, attempts: 3 }))).rejects.toMatchObject({ code: 'no-network' });
    expect(server.requests).toHaveLength(3);
    await server.close();
    server = await serve((_, response) => response.writeHead(403).end());
    await expect(download(request())).rejects.toMatchObject({ code: 'download-refused', message: expect.stringContaining('403') });
    expect(server.requests).toHaveLength(1);
  });

  it('a server that never has the asked part is given up', async () => {
    server = await serve((_, response) => response.writeHead(416).end());
    await expect(download(request({ attempts: 3 }))).rejects.toMatchObject({ code: 'no-network' });
    expect(server.requests).toHaveLength(3);
  });
});
