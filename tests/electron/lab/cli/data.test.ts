import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import { encodePng } from '../../../../datasets/decode/png-encode.ts';
import { generatePair } from '../../../engine/metrics/cityscapes-reference.ts';
import type { PairRules } from '../../../engine/metrics/cityscapes-reference.ts';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
const home = folder.path('home');
const streets = folder.path('streets');
const synthesize = [
  'data',
  'synthesize',
  'cityscapes',
  streets,
  '--train',
  '8',
  '--val',
  '2',
  '--test',
  '1',
  '--size',
  '32x64',
  '--seed',
  '3',
];
const nothing = folder.path('nothing');
mkdirSync(nothing);
afterAll(folder.remove);
beforeAll(async () => {
  const run = await runLab([...synthesize, '--json']);
  expect(run.json()).toEqual({ kind: 'cityscapes', root: streets, counts: { train: 8, val: 2, test: 1 }, written: 11 });
});

interface Checked {
  readonly kind: string;
  readonly splits: Record<string, number>;
  readonly findings: readonly { code: string; severity: string; path?: string; message: string; tip: string }[];
}

interface Shown {
  readonly classShares: { readonly shares: readonly number[] };
  readonly health: { readonly status: string };
  readonly isChanged: boolean;
}

describe('lab data synthesize and check, slow: processes', () => {
  test('a complete set is left as it is; another size there is refused', async () => {
    expect((await runLab([...synthesize, '--json'])).json()).toMatchObject({ written: 0 });
    const other = await runLab([...synthesize.slice(0, -4), '--size', '64x128', '--seed', '3', '--json']);
    expect(other.exit).toBe(2);
    expect(other.json<CliError>().error.code).toBe('synthesize-conflict');
  });

  test('given counts draw no test pictures that nobody asked for; a preset is its sizes; defects are injected', async () => {
    const few = await runLab([
      'data',
      'synthesize',
      'cityscapes',
      folder.path('few'),
      '--train',
      '2',
      '--val',
      '1',
      '--size',
      '32x64',
      '--json',
    ]);
    expect(few.json()).toMatchObject({ counts: { train: 2, val: 1, test: 0 }, written: 3 });
    const unit = folder.path('unit');
    const made = await runLab([
      'data',
      'synthesize',
      'cityscapes',
      unit,
      '--preset',
      'unit',
      '--size',
      '32x64',
      '--inject',
      'file.zero-bytes,file.junk',
      '--json',
    ]);
    expect(made.json()).toMatchObject({ counts: { train: 24, val: 8, test: 4 } });
    const codes = (await runLab(['data', 'check', unit, '--depth', 'names', '--json'])).json<Checked>().findings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['file.zero-bytes', 'file.junk']));
  });

  test('check: kind, splits and no errors, exit 0', async () => {
    const run = await runLab(['data', 'check', streets, '--json']);
    expect(run.exit).toBe(0);
    const result = run.json<Checked>();
    expect(result).toMatchObject({ kind: 'cityscapes', root: streets, splits: { train: 8, val: 2, test: 1 } });
    expect(result.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  });

  test('check of a damaged set: the finding names the file and what to do, exit 1', async () => {
    const damaged = folder.path('damaged');
    cpSync(streets, damaged, { recursive: true });
    const [city = ''] = readdirSync(join(damaged, 'leftImg8bit/train'));
    const [name = ''] = readdirSync(join(damaged, 'leftImg8bit/train', city));
    truncateSync(join(damaged, 'leftImg8bit/train', city, name), 0);
    const run = await runLab(['data', 'check', damaged, '--json']);
    expect(run.exit).toBe(1);
    const finding = run.json<Checked>().findings.find((entry) => entry.code === 'file.zero-bytes');
    expect(finding).toMatchObject({ severity: 'error', path: `leftImg8bit/train/${city}/${name}`, tip: expect.stringMatching(/./) });
    expect((await runLab(['data', 'check', damaged])).out).toContain('file.zero-bytes');
  });

  test('check of a folder that is none: kind unknown, exit 1; of no folder: exit 2', async () => {
    const unknown = await runLab(['data', 'check', nothing, '--json']);
    expect(unknown.exit).toBe(1);
    expect(unknown.json<Checked>()).toMatchObject({ kind: 'unknown', findings: [{ code: 'root.not-found', severity: 'error' }] });
    const missing = await runLab(['data', 'check', folder.path('nowhere'), '--json']);
    expect(missing.exit).toBe(2);
    expect(missing.json<CliError>().error.code).toBe('folder-missing');
  });
});

describe('several data sets in one folder, slow: processes', () => {
  test.each(['check', 'add'])('%s asks to choose: exit 2, every candidate named', async (command) => {
    const above = folder.path(`above-${command}`);
    for (const name of ['one', 'two']) cpSync(streets, join(above, name), { recursive: true });
    const run = await runLab(['data', command, above, '--json'], { home: folder.path('unused') });
    expect(run.exit).toBe(2);
    const { code, message } = run.json<CliError>().error;
    expect(code).toBe('root-ambiguous');
    for (const name of ['one', 'two']) expect(message).toContain(join(above, name));
  });
});

describe('lab data add, ls, show, relocate, remove, slow: processes', () => {
  test('a data set from registering to forgetting', async () => {
    const added = await runLab(['data', 'add', streets, '--name', 'streets', '--json', '--home', home]);
    expect(added.json()).toMatchObject({ name: 'streets', kind: 'cityscapes', root: streets, splits: { train: 8, val: 2 } });
    expect((await runLab(['data', 'ls', '--json'], { home })).json()).toMatchObject({ datasets: [{ name: 'streets', isAvailable: true }] });
    const shown = (await runLab(['data', 'show', 'streets'], { home })).out;
    expect(shown).toMatch(/kind +cityscapes \(synthetic\), segmentation[^]*classes +19: road, [^]*health +ok\n[^]*cs\.synthetic/);
    expect(shown).toMatch(/class +pixels \(8 of train\)\nroad +\d+\.\d\d %/);
    expect((await runLab(['data', 'ls'], { home })).out).toContain('cityscapes (synthetic)');
    const { classShares, health, isChanged } = (await runLab(['data', 'show', 'streets', '--json'], { home })).json<Shown>();
    expect(health.status).toBe('ok');
    expect(isChanged).toBe(false);
    expect(classShares.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);

    const picture = folder.path('sample.png');
    const drawn = await runLab(['data', 'show', 'streets', '--sample', '1', '--split', 'train', '--out', picture, '--json'], { home });
    expect(drawn.json()).toMatchObject({ file: picture, split: 'train', index: 1, height: 32, width: 64 });
    expect(decodePng(readFileSync(picture))).toMatchObject({ width: 64, height: 32, channels: 3 });

    const moved = folder.path('moved');
    renameSync(streets, moved);
    expect((await runLab(['data', 'ls'], { home })).out).toContain(`${streets} (missing)`);
    const relocated = await runLab(['data', 'relocate', 'streets', moved, '--json'], { home });
    expect(relocated.json()).toMatchObject({ root: moved, isAvailable: true });
    renameSync(moved, streets);
    await runLab(['data', 'relocate', 'streets', streets], { home });

    expect((await runLab(['data', 'remove', 'streets', '--json'], { home })).json()).toEqual({ removed: 'streets' });
    expect((await runLab(['data', 'ls', '--json'], { home })).json()).toEqual({ datasets: [] });
    expect(existsSync(join(streets, 'leftImg8bit'))).toBe(true);
  });

  test('a damaged set is not registered unless it is wanted so; its health is kept and shown', async () => {
    const broken = folder.path('broken set');
    cpSync(streets, broken, { recursive: true });
    const paths = readdirSync(join(broken, 'leftImg8bit/val'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.png'),
    );
    truncateSync(join(broken, 'leftImg8bit/val', paths[0] ?? ''), 0);
    const refused = await runLab(['data', 'add', broken, '--name', 'broken one', '--json'], { home });
    expect(refused.exit).toBe(2);
    expect(refused.json<CliError>().error).toMatchObject({
      code: 'dataset-has-errors',
      message: expect.stringContaining('val: 1 empty files'),
      tip: expect.stringContaining(`lab data add '${broken}' --anyway`),
    });
    const added = await runLab(['data', 'add', broken, '--name', 'broken one', '--anyway', '--json'], { home });
    expect(added.json()).toMatchObject({
      isSynthetic: true,
      health: { status: 'usable', findings: expect.arrayContaining([expect.objectContaining({ code: 'file.zero-bytes' })]) },
    });
    expect((await runLab(['data', 'show', 'broken one'], { home })).out).toMatch(/health +usable: 1 error[^]*Tip: Copy or unpack/);
    renameSync(broken, folder.path('gone'));
    expect((await runLab(['data', 'show', 'broken one'], { home })).out).toContain("lab data relocate 'broken one' DIR");
    const taken = await runLab(['data', 'add', streets, '--name', 'broken one', '--json'], { home });
    expect(taken.json<CliError>().error.tip).toContain("lab data remove 'broken one'");
  });

  test('files that changed since it was registered are told', async () => {
    const changing = folder.path('changing');
    cpSync(streets, changing, { recursive: true });
    await runLab(['data', 'add', changing, '--name', 'changing'], { home });
    const [city = ''] = readdirSync(join(changing, 'leftImg8bit/train'));
    rmSync(join(changing, 'leftImg8bit/train', city), { recursive: true });
    const run = await runLab(['data', 'show', 'changing'], { home });
    expect(run.out).toContain('since it was registered');
  });

  test('a link is registered as the folder that it leads to', async () => {
    const link = folder.path('link');
    symlinkSync(streets, link, 'junction');
    const added = await runLab(['data', 'add', link, '--name', 'linked', '--json'], { home });
    expect(added.json()).toMatchObject({ root: streets });
  });

  test.each([
    ['add a folder that is no data set', ['data', 'add', nothing], 'root-not-found'],
    ['add a folder that is not there', ['data', 'add', folder.path('nowhere')], 'root-not-found'],
    ['show an unknown data set', ['data', 'show', 'nope'], 'unknown-dataset'],
    ['a sample without a file', ['data', 'show', 'nope', '--sample', '3'], 'unknown-dataset'],
    ['an unknown kind', ['data', 'synthesize', 'pictures', folder.path('x')], 'usage'],
    ['a size in one number', ['data', 'synthesize', 'cityscapes', folder.path('x'), '--size', '64'], 'usage'],
    ['a negative count', ['data', 'synthesize', 'cityscapes', folder.path('x'), '--train', '-1'], 'usage'],
    ['a defect that is none', ['data', 'synthesize', 'cityscapes', folder.path('x'), '--inject', 'file.odd'], 'synthesize-options'],
    ['a preset that is none', ['data', 'synthesize', 'cityscapes', folder.path('x'), '--preset', 'huge'], 'usage'],
    ['a depth that is none', ['data', 'check', streets, '--depth', 'deep'], 'usage'],
  ])('%s: exit 2', async (_, args, code) => {
    const run = await runLab([...args, '--json'], { home });
    expect(run.json<CliError>().error.code).toBe(code);
    expect(run.exit).toBe(2);
  });
});

interface Reference {
  readonly pairs: Readonly<Record<string, PairRules>>;
  readonly expected: { readonly averages: Record<string, number | null>; readonly classIoU: Record<string, number | null> };
}

describe('lab metric cityscapes, slow: processes', () => {
  const reference = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../fixtures/reference/metrics/cityscapes-all-abc.json'), 'utf8'),
  ) as Reference;
  const truth = folder.path('truth');
  const predictions = folder.path('predictions');
  beforeAll(() => {
    for (const [name, rules] of Object.entries(reference.pairs)) {
      const { height, width, labelIds, instanceIds, prediction } = generatePair(name, rules);
      const write = (dir: string, file: string, data: Uint8Array | Uint16Array): void => {
        mkdirSync(dir, { recursive: true });
        writeFileSync(join(dir, file), encodePng({ width, height, channels: 1, data }));
      };
      const key = `${name}_000000_000019`;
      write(join(truth, name), `${key}_gtFine_labelIds.png`, labelIds);
      write(join(truth, name), `${key}_gtFine_instanceIds.png`, instanceIds);
      write(predictions, `${key}_pred.png`, prediction);
    }
  });

  test('three pairs as one set: every figure of the official tool', async () => {
    const scores = (await runLab(['metric', 'cityscapes', '--truth', truth, '--predictions', predictions, '--json'])).json<
      Reference['expected']
    >();
    expect(Object.keys(scores)).toEqual(expect.arrayContaining(Object.keys(reference.expected)));
    for (const group of ['averages', 'classIoU'] as const) {
      for (const [name, value] of Object.entries(reference.expected[group])) {
        if (value === null) expect(scores[group][name], name).toBeNull();
        else expect(scores[group][name], name).toBeCloseTo(value, 9);
      }
    }
  });

  test('as text: per cent with the means', async () => {
    const { out } = await runLab(['metric', 'cityscapes', '--truth', truth, '--predictions', predictions]);
    expect(out).toContain(`classes, mean`);
    expect(out).toContain(`${(100 * (reference.expected.averages.classIoU ?? NaN)).toFixed(2)} %`);
  });

  test('a missing instance map: exit 2; --no-instances scores without iIoU', async () => {
    const plain = folder.path('plain');
    cpSync(truth, plain, { recursive: true });
    const [city = ''] = readdirSync(plain);
    rmSync(join(plain, city, `${city}_000000_000019_gtFine_instanceIds.png`));
    const args = ['metric', 'cityscapes', '--truth', plain, '--predictions', predictions, '--json'];
    const refused = await runLab(args);
    expect(refused.exit).toBe(2);
    expect(refused.json<CliError>().error).toMatchObject({
      code: 'metric-instances-missing',
      tip: expect.stringContaining('--no-instances'),
    });
    const { averages } = (await runLab([...args, '--no-instances'])).json<Reference['expected']>();
    expect(averages.classIiou).toBeNull();
    expect(averages.classIoU).toBeCloseTo(reference.expected.averages.classIoU ?? NaN, 9);
  });

  test('a split whose labels are withheld is refused: exit 2', async () => {
    const own = folder.path('own');
    cpSync(join(streets, 'gtFine/test'), own, { recursive: true });
    for (const city of readdirSync(own)) {
      for (const name of readdirSync(join(own, city))) if (!name.endsWith('labelIds.png')) rmSync(join(own, city, name));
    }
    const run = await runLab(['metric', 'cityscapes', '--truth', streets, '--split', 'test', '--predictions', own, '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error.code).toBe('split-unlabelled');
  });

  test('a missing prediction and unknown ids name the file; a kind that is none', async () => {
    const some = folder.path('some');
    cpSync(predictions, some, { recursive: true });
    const [first = '', second = ''] = readdirSync(some);
    renameSync(join(some, second), folder.path('away.png'));
    const missing = await runLab(['metric', 'cityscapes', '--truth', truth, '--predictions', some, '--json']);
    expect(missing.exit).toBe(2);
    expect(missing.json<CliError>().error.code).toBe('metric-prediction-missing');
    renameSync(folder.path('away.png'), join(some, second));
    const { width, height } = decodePng(readFileSync(join(some, first)));
    writeFileSync(join(some, first), encodePng({ width, height, channels: 1, data: new Uint8Array(width * height).fill(77) }));
    const unknown = await runLab(['metric', 'cityscapes', '--truth', truth, '--predictions', some, '--json']);
    expect(unknown.json<CliError>().error).toMatchObject({ code: 'label-unknown-value', message: expect.stringContaining(first) });
    expect((await runLab(['metric', 'voc', '--truth', truth, '--predictions', some])).exit).toBe(2);
  });
});
