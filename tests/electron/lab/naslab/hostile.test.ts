import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeDocument } from '../../../../electron/lab/naslab/container.ts';
import { importExperiment } from '../../../../electron/lab/naslab/import-experiment.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { emptyHome, hashOf, id, sampleContents, sampleDocument, writeBytes, writeContainer } from './sample.ts';

type Document = ReturnType<typeof sampleDocument>;

/** Refused with this code and these words, and the home is as it was. */
async function refused(file: string, code: string, message: RegExp): Promise<void> {
  const { store, layout } = emptyHome();
  await expect(importExperiment(store, layout, file)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as unknown,
    tip: expect.stringMatching(/./) as unknown,
  });
  expect(store.experiments()).toEqual([]);
  const left = existsSync(layout.root)
    ? readdirSync(layout.root, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'experiments')
    : [];
  expect(left).toEqual([]);
}

/** Preamble with these fields around `packed`. */
function container(packed: Uint8Array, length: bigint = BigInt(packed.length), hash = hashOf(packed)): Buffer {
  const preamble = Buffer.alloc(56);
  preamble.write('PARETOSCOPE-EXP\n', 'latin1');
  preamble.writeBigUInt64LE(length, 16);
  Buffer.from(hash, 'hex').copy(preamble, 24);
  return Buffer.concat([preamble, packed]);
}

const sound = Buffer.concat([encodeDocument(sampleDocument()), sampleContents]);
const packedText = (text: string): Buffer => container(gzipSync(text));

describe('bytes that are no exported experiment', () => {
  test('the sample itself is accepted', async () => {
    const { store, layout } = emptyHome();
    expect(await importExperiment(store, layout, writeBytes(sound))).toEqual({ id, exportedId: id });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', Buffer.alloc(0), /no exported experiment/],
    ['another format', Buffer.from('PK\u0003\u0004 this is a zip file, and longer than the preamble of ours is'), /no exported experiment/],
    ['only the first bytes', sound.subarray(0, 40), /cut off/],
    ['a document that is cut off', sound.subarray(0, 200), /cut off/],
    ['files that are cut off', sound.subarray(0, sound.length - 1), /should have 36 bytes, it holds 35/],
    ['bytes behind the files', Buffer.concat([sound, Buffer.from('x')]), /should have 36 bytes, it holds 37/],
    ['a document of 2^63 bytes', container(gzipSync('{}'), 2n ** 63n), /at most/],
    ['a document of another hash', container(gzipSync('{}'), undefined, '0'.repeat(64)), /changed or damaged/],
    ['a document that is not packed', container(Buffer.from('{}')), /cannot be read/],
    ['a document that is no JSON', packedText('{"version": 1,'), /cannot be read/],
    ['a document that is no UTF-8', container(gzipSync(Buffer.of(0x22, 0xff, 0x22))), /cannot be read/],
    ['a document that is a list', packedText('[]'), /document/],
    ['a document nested 200 000 deep', packedText('['.repeat(200_000) + ']'.repeat(200_000)), /cannot be read|document/],
    ['slow: a document that unpacks to 300 MB', container(gzipSync(Buffer.alloc(300_000_000, 0x20), { level: 1 })), /cannot be read/],
  ])('%s', (_, bytes, message) => refused(writeBytes(bytes), 'import-invalid', message));

  test('a file of a newer version', () => refused(writeContainer({ ...sampleDocument(), version: 2 }), 'import-unsupported', /version 2/));

  test('no file, or a folder', async () => {
    await refused(join(temporaryFolder(), 'none.naslab'), 'import-not-found', /no file/);
    await refused(temporaryFolder(), 'import-not-found', /no file/);
  });
});

/** The first file of the sample under another name, named by the trial too. */
function renamed(file: string): Document {
  const document = sampleDocument();
  const [first, ...rest] = document.files;
  const [trial, ...trials] = document.trials;
  return { ...document, files: [{ ...first!, file }, ...rest], trials: [{ ...trial!, weights: file }, ...trials] };
}

describe('names that would leave the folder', () => {
  test.each([
    '../evil.safetensors',
    'a/../../evil.safetensors',
    '/tmp/evil.safetensors',
    'C:\\evil.safetensors',
    '..\\evil.safetensors',
    'a//b.safetensors',
    './a.safetensors',
    '.hidden.safetensors',
    'a/.git/b.safetensors',
    'experiment.json',
    'lab.sqlite',
    'a.safetensors\u0000.txt',
    'a\n.safetensors',
    '',
    'a:b.safetensors',
    `${'a'.repeat(300)}.safetensors`,
  ])('the file %j', (file) => refused(writeContainer(renamed(file)), 'import-invalid', /files\.0\.file|trials\.0\.weights/));

  test.each(['../../evil', 'a/b', '.', '', 'A', 'x'.repeat(65), 'con\u0000'])('the id %j', (evil) =>
    refused(
      writeContainer({ ...sampleDocument(), experiment: { ...sampleDocument().experiment, id: evil } }),
      'import-invalid',
      /experiment\.id/,
    ),
  );
});

function notesOn(...numbers: readonly number[]): object {
  const annotations = numbers.map((number) => ({ number, isStarred: true, isShortlisted: false, tags: [], note: '' }));
  return { annotations, results: [], referenceEdits: [] };
}

describe('parts that do not fit together', () => {
  const change = (edit: (document: Document) => object): object => ({ ...sampleDocument(), ...edit(sampleDocument()) });
  const experiment = (edit: object) => change((document) => ({ experiment: { ...document.experiment, ...edit } }));
  const trial = (edit: object) => change(({ trials: [first, second] }) => ({ trials: [{ ...first, ...edit }, second] }));
  const file = (edit: object) => change(({ files: [first, second] }) => ({ files: [{ ...first, ...edit }, second] }));
  test.each<[string, object, RegExp]>([
    ['a running experiment', experiment({ state: 'running' }), /experiment\.state/],
    ['a runner', experiment({ runner: { pid: 1, bootId: 'a', startedAt: '0' } }), /experiment/],
    ['an unknown system', experiment({ system: 'gpt' }), /system/],
    ['a configuration that is none', experiment({ config: { preset: 'demo', data: { batchSize: -1 } } }), /batchSize/],
    ['an environment without its data set', experiment({ environment: { backend: 'wasm' } }), /experiment\.environment/],
    ['a time that is none', experiment({ createdAt: 'yesterday' }), /createdAt/],
    ['a running trial', trial({ state: 'running' }), /trials\.0\.state/],
    [
      'an architecture out of range',
      trial({ arch: { space: 'hr-nas', version: 1, settings: {}, choices: { 'fuse0.0.0.k3': 1e9 } } }),
      /fuse0|choices/,
    ],
    ['MACs that are a text', trial({ cost: { macs: 'many' } }), /cost\.macs/],
    ['a field that is unknown', trial({ script: 'rm' }), /script|trials\.0/],
    ['a trial twice', change(({ trials: [first] }) => ({ trials: [first, first] })), /trial 0 comes twice/],
    [
      'a file twice, in another case',
      change(({ files: [first, second] }) => ({ files: [first, second, { ...first, file: 'TRIAL-0000.safetensors', bytes: 0 }] })),
      /comes twice/,
    ],
    ['weights that are not carried', change(({ files }) => ({ files: files.slice(1) })), /named but not carried/],
    ['notes about a trial that it does not have', change(() => ({ notes: notesOn(7) })), /notes are about a trial 7/],
    ['notes on a trial twice', change(() => ({ notes: notesOn(0, 0) })), /annotation of trial 0 comes twice/],
    ['a file that nothing names', trial({ weights: undefined }), /no trial and no checkpoint names it/],
    ['a file of negative size', file({ bytes: -1 }), /files\.0\.bytes/],
    ['a file of 2^60 bytes', file({ bytes: 2 ** 60 }), /files/],
    ['a file with another hash', file({ sha256: 'a'.repeat(64) }), /trial-0000\.safetensors was changed or damaged/],
    [
      'a state with another hash than its file',
      change(({ checkpoints: [state] }) => ({ checkpoints: [{ ...state, sha256: 'b'.repeat(64) }] })),
      /not what its checkpoint names/,
    ],
    ['a scalar of text', change(() => ({ scalars: { loss: [[1, 'low']] } })), /scalars\.loss/],
    ['a scalar with a line break in its name', change(() => ({ scalars: { 'a\nb': [[1, 1]] } })), /scalars/],
  ])('%s', (_, document, message) => refused(writeContainer(document), 'import-invalid', message));

  test('control characters of texts do not reach the terminal', async () => {
    const { store, layout } = emptyHome();
    const logs = [{ time: '2026-11-24T06:00:00.000Z', level: 'info', message: 'red \u001b[31m and \u009b2J' }];
    await importExperiment(
      store,
      layout,
      writeContainer({ ...(experiment({ name: 'a\u001b]0;title\u0007', note: 'kept\nlines' }) as Document), logs }),
    );
    expect(JSON.stringify([store.experiment(id), store.logs(id)])).not.toMatch(/\\u001b|\\u0007|[\u0080-\u009f]/);
    expect(store.experiment(id)?.note).toBe('kept\nlines');
  });
});
