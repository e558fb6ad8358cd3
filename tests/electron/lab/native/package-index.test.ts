import { afterEach, describe, expect, it } from 'vitest';
import { indexesOf, listFiles, withoutCredentials } from '../../../../electron/lab/native/package-index.ts';
import { serve } from './fake-index.ts';
import type { FakeServer } from './fake-index.ts';

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
const signal = new AbortController().signal;

describe('settings of the index', () => {
  it("pip's default, what pip's files say, and the environment above both", () => {
    const config =
      "global.index-url='https://one.example/simple'\ndownload.extra-index-url='\\nhttps://two.example/simple'\nglobal.cert='/etc/ca'\n";
    expect(indexesOf({}, '', 'https://pip.example/simple')).toEqual(['https://pip.example/simple']);
    expect(indexesOf({})).toEqual([]);
    expect(indexesOf({}, config)).toEqual(['https://one.example/simple', 'https://two.example/simple']);
    expect(indexesOf({ PIP_INDEX_URL: 'https://env.example/' }, config)).toEqual(['https://env.example/', 'https://two.example/simple']);
  });

  it('none where pip may use none', () => {
    expect(indexesOf({ PIP_NO_INDEX: '1' })).toEqual([]);
  });

  it('users and passwords leave the address for a header', () => {
    const { url, headers } = withoutCredentials('https://ada:l%40b@index.example/simple');
    expect(url.href).toBe('https://index.example/simple');
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('ada:l@b').toString('base64')}`);
  });
});

describe('files of a package', () => {
  it('from JSON (PEP 691): addresses relative to the page, sizes, checksums, yanked or not', async () => {
    server = await serve((_, response) => {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      const files = [
        { filename: 'a-1-py3-none-any.whl', url: '/files/a.whl', size: 7, hashes: { sha256: 'ab' } },
        { filename: 'b.whl', url: 'b.whl', hashes: {}, yanked: 'broken' },
      ];
      response.end(JSON.stringify({ files }));
    });
    expect(await listFiles(`${server.url}/simple`, 'Some.Name_x', signal)).toEqual([
      { file: 'a-1-py3-none-any.whl', url: `${server.url}/files/a.whl`, sizeBytes: 7, sha256: 'ab', isYanked: false },
      { file: 'b.whl', url: `${server.url}/simple/some-name-x/b.whl`, isYanked: true },
    ]);
    expect(server.requests[0]?.path).toBe('/simple/some-name-x/');
  });

  it('from HTML (PEP 503): the checksum is behind the address', async () => {
    const digest = 'ab'.repeat(32);
    server = await serve((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<!DOCTYPE html><a href="../../f/a.whl?x=1&amp;y=2#sha256=${digest}" data-requires-python="&gt;=3">a.whl</a>\n<a name="x">b</a>`,
      );
    });
    expect(await listFiles(`${server.url}/simple/`, 'a', signal)).toEqual([
      { file: 'a.whl', url: `${server.url}/f/a.whl?x=1&y=2`, sha256: digest, isYanked: false },
    ]);
  });

  it('an unknown package has none; a refusal and an index that is not there are told', async () => {
    server = await serve((request, response) => response.writeHead(request.url === '/none/' ? 404 : 403).end());
    expect(await listFiles(server.url, 'none', signal)).toEqual([]);
    await expect(listFiles(server.url, 'other', signal)).rejects.toMatchObject({ code: 'index-failed' });
    const { url, close } = await serve(() => undefined);
    await close();
    await expect(listFiles(url, 'none', signal)).rejects.toMatchObject({
      code: 'no-network',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
