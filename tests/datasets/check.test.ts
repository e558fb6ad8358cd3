import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../datasets/catalog.ts';
import { checkDataset } from '../../datasets/check.ts';
import { CITYSCAPES_DEFECTS, injectDefects, parseDefects, type CityscapesDefect } from '../../datasets/cityscapes/synthesize/defects.ts';
import { synthesizeCityscapes } from '../../datasets/cityscapes/synthesize/synthesize.ts';
import { writeTinyCityscapes } from './tiny-cityscapes.ts';

const counts = { train: 22, val: 3, test: 2 };
let sound: string;
const made: string[] = [];

async function temporary(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'check-'));
  made.push(dir);
  return dir;
}

beforeAll(async () => {
  sound = await temporary();
  await synthesizeCityscapes(sound, { ...counts, height: 48, width: 96, workers: 0 });
});
afterAll(async () => {
  await Promise.all(made.map((dir) => rm(dir, { recursive: true })));
});

describe('a sound synthetic set', () => {
  test('everything decoded: no errors, no warnings', async () => {
    const result = await checkDataset(sound, { level: 4 });
    expect(result).toMatchObject({ kind: 'cityscapes', root: sound, status: 'ok', splits: counts, isSynthetic: true });
    expect(result.findings.filter((finding) => finding.severity !== 'info')).toEqual([]);
    expect(result.findings.map((finding) => finding.code).sort()).toEqual(
      [
        'cs.size',
        'cs.size',
        'cs.size',
        'cs.synthetic',
        'cs.test-labels',
        'cs.trainids-missing',
        'split.count',
        'split.count',
        'split.count',
      ].sort(),
    );
  });

  test('the same findings every time', async () => {
    expect(await checkDataset(sound)).toEqual(await checkDataset(sound));
  });

  test('one level above: says which folder it uses', async () => {
    const above = await temporary();
    await cp(sound, join(above, 'inside'), { recursive: true });
    const result = await checkDataset(above, { level: 0 });
    expect(result).toMatchObject({
      root: join(above, 'inside'),
      findings: expect.arrayContaining([expect.objectContaining({ code: 'root.nested' })]) as unknown,
    });
  });

  test('one level above several sets: refused with the candidates; a complete set beside a half one is taken', async () => {
    const above = await temporary();
    await cp(sound, join(above, 'one'), { recursive: true });
    await cp(join(sound, 'gtFine'), join(above, 'half', 'gtFine'), { recursive: true });
    expect((await checkDataset(above, { level: 0 })).root).toBe(join(above, 'one'));
    await cp(sound, join(above, 'two'), { recursive: true });
    const message = expect.stringContaining(`${join(above, 'one')}, ${join(above, 'two')}`) as unknown;
    for (const open of [() => checkDataset(above, { level: 0 }), () => openDataset(above)]) {
      await expect(open()).rejects.toMatchObject({ code: 'root-ambiguous', message, tip: expect.stringMatching(/./) as unknown });
    }
  });

  test('progress reaches its total, a cancelled check stops', async () => {
    const seen: string[] = [];
    await checkDataset(sound, { onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`) });
    expect(seen).toContain('headers 27/27');
    expect(seen).toContain('contents of train 22/22');
    await expect(checkDataset(sound, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

/** What each injected defect must show: its own finding, and whether the set can still be used. */
const expected: Readonly<Record<CityscapesDefect, { severity: 'error' | 'warn' | 'info'; status: 'ok' | 'usable' | 'blocked' }>> = {
  'file.zero-bytes': { severity: 'error', status: 'usable' },
  'file.not-image': { severity: 'error', status: 'usable' },
  'file.truncated': { severity: 'error', status: 'usable' },
  'file.damaged': { severity: 'error', status: 'usable' },
  'file.ext-mismatch': { severity: 'info', status: 'ok' },
  'file.junk': { severity: 'info', status: 'ok' },
  'name.grammar': { severity: 'warn', status: 'ok' },
  'image.16bit': { severity: 'warn', status: 'ok' },
  'image.alpha': { severity: 'warn', status: 'ok' },
  'image.gray': { severity: 'info', status: 'ok' },
  'pair.missing-label': { severity: 'error', status: 'usable' },
  'pair.missing-image': { severity: 'warn', status: 'ok' },
  'pair.size-mismatch': { severity: 'error', status: 'usable' },
  'label.rgb': { severity: 'error', status: 'usable' },
  'label.antialiased': { severity: 'error', status: 'usable' },
  'label.all-ignore': { severity: 'warn', status: 'ok' },
  'split.overlap': { severity: 'error', status: 'blocked' },
  'cs.city-in-wrong-split': { severity: 'error', status: 'usable' },
  'cs.trainids-differ': { severity: 'error', status: 'usable' },
  'cs.labelids-are-trainids': { severity: 'error', status: 'usable' },
  'cs.instance-8bit': { severity: 'error', status: 'usable' },
  'cs.jpeg': { severity: 'warn', status: 'ok' },
  'cs.label-unknown': { severity: 'error', status: 'usable' },
  'cs.poly-bad': { severity: 'warn', status: 'ok' },
  'cs.no-labels': { severity: 'error', status: 'blocked' },
  'cs.only-coarse': { severity: 'warn', status: 'blocked' },
  'cs.no-images': { severity: 'error', status: 'blocked' },
  'cs.blurred': { severity: 'info', status: 'ok' },
};

describe('each defect shows its finding (slow)', () => {
  test.each(CITYSCAPES_DEFECTS)('%s', async (defect) => {
    const dir = await temporary();
    await cp(sound, dir, { recursive: true });
    await injectDefects(dir, [defect], counts);
    const result = await checkDataset(dir);
    const finding = result.findings.find((candidate) => candidate.code === defect);
    expect(finding).toMatchObject({
      severity: expected[defect].severity,
      message: expect.stringMatching(/\.$/) as string,
      tip: expect.stringMatching(/\.$/) as string,
    });
    expect(result.status).toBe(expected[defect].status);
    const others = result.findings.filter((candidate) => candidate.severity === 'error' && candidate.code !== defect);
    const allowed = { 'cs.only-coarse': ['cs.no-labels'], 'split.overlap': ['cs.city-in-wrong-split'] }[defect as string] ?? [];
    expect(others.map((candidate) => candidate.code)).toEqual(allowed);
  });

  test('an unknown defect lists the known ones', () => {
    expect(() => parseDefects(['cs.size', 'file.junk'])).toThrow(/unknown defects cs\.size; known are file\.zero-bytes/);
  });
});

describe('counts and messages', () => {
  test('a picture beside the city folders follows no rule of the set', async () => {
    const root = await writeTinyCityscapes({ perCity: 1 });
    made.push(root);
    await writeFile(join(root, 'leftImg8bit/train/aachen_000009_000019_leftImg8bit.png'), 'x');
    const { findings, splits } = await checkDataset(root, { level: 1 });
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'name.grammar', path: 'leftImg8bit/train/aachen_000009_000019_leftImg8bit.png' }),
    );
    expect(splits).toEqual({ train: 4, val: 1, test: 1 });
  });

  test('a real layout with few pictures: a warning with found and expected, and a table by city', async () => {
    const root = await writeTinyCityscapes();
    made.push(root);
    const { findings } = await checkDataset(root);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'split.count', severity: 'warn', split: 'train', message: 'train: 12 of 2975 official images.' }),
    );
    expect(findings.find((finding) => finding.code === 'cs.count' && finding.split === 'val')?.message).toContain('lindau 3/59');
  });

  test('zero bytes: number, example and what to do', async () => {
    const dir = await temporary();
    await cp(sound, dir, { recursive: true });
    await injectDefects(dir, ['file.zero-bytes'], counts);
    const finding = (await checkDataset(dir, { level: 1 })).findings[0];
    expect(finding).toEqual({
      code: 'file.zero-bytes',
      severity: 'error',
      split: 'train',
      count: 1,
      examples: ['leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png'],
      path: 'leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png',
      message:
        'train: 1 empty files, e.g. leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png. The copy or unpacking was interrupted.',
      tip: 'Copy or unpack these files again.',
    });
  });
});

describe('no data set', () => {
  test('an empty folder, a folder with other things, one with zips: root.not-found, blocked', async () => {
    const empty = await temporary();
    const other = await temporary();
    await mkdir(join(other, 'photos'));
    const packed = await temporary();
    await writeFile(join(packed, 'gtFine_trainvaltest.zip'), 'PK');
    for (const [dir, text] of [
      [empty, 'Found: nothing'],
      [other, 'Found: photos'],
      [packed, 'packed archives here (gtFine_trainvaltest.zip)'],
    ] as const) {
      const result = await checkDataset(dir);
      expect(result).toMatchObject({ kind: 'unknown', status: 'blocked', splits: {} });
      expect(result.findings[0]).toMatchObject({
        code: 'root.not-found',
        severity: 'error',
        message: expect.stringContaining(text) as string,
      });
    }
  });

  test('a folder that does not exist', async () => {
    await expect(checkDataset('/no/such/folder')).rejects.toMatchObject({ code: 'folder-missing' });
  });
});
