import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../datasets/catalog.ts';
import { checkDataset } from '../../datasets/check.ts';
import { CITYSCAPES_DEFECTS, injectDefects, parseDefects, type CityscapesDefect } from '../../datasets/cityscapes/synthesize/defects.ts';
import { decodeLabelMap } from '../../datasets/decode/label-map.ts';
import { encodePng } from '../../datasets/decode/png-encode.ts';
import { itemPaths } from '../../datasets/cityscapes/synthesize/write-item.ts';
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

  test('what is not there is said: a whole set lacks coarse labels only, one without test pictures and instance ids lacks them too', async () => {
    expect((await checkDataset(sound, { level: 1 })).notFound).toEqual([expect.stringContaining('gtCoarse')]);
    const less = await temporary();
    await cp(sound, less, { recursive: true, filter: (path) => !/leftImg8bit.test|instanceIds/.test(path) });
    expect((await checkDataset(less, { level: 1 })).notFound).toEqual([
      expect.stringContaining('leftImg8bit/test'),
      expect.stringContaining('instance ids'),
      expect.stringContaining('gtCoarse'),
    ]);
  });

  test('a picture that another split has too is found when everything is looked at; what was sound is said', async () => {
    const doubled = await temporary();
    await cp(sound, doubled, { recursive: true });
    const source = await openDataset(doubled);
    const [train, val] = ['train', 'val'].map((split) => (source.itemRef?.(split, 0) as unknown as { imagePath: string }).imagePath);
    await cp(train as string, val as string);
    const { findings, passed } = await checkDataset(doubled, { level: 4 });
    expect(findings.find(({ code }) => code === 'split.duplicate-content')).toMatchObject({ split: 'val', count: 1, severity: 'warn' });
    expect(passed).toContain('no file is empty');
    expect(passed.join()).not.toMatch(/occurs twice/);
    expect((await checkDataset(sound, { level: 4 })).passed.join()).toMatch(/occurs twice/);
    expect((await checkDataset(sound, { level: 0 })).passed).toEqual([]);
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

describe('files that are not read, or cannot be', () => {
  const soundCopy = async (): Promise<string> => {
    const dir = await temporary();
    await cp(sound, dir, { recursive: true });
    return dir;
  };
  const first = itemPaths('', 'train', 0);

  test('empty colour pictures and polygons: a warning, the split stays usable; an empty instance map: an error', async () => {
    const dir = await soundCopy();
    for (const path of [first.color, first.polygons]) await truncate(join(dir, path), 0);
    const warned = await checkDataset(dir, { level: 3 });
    expect(warned.status).toBe('ok');
    expect(warned.findings).toContainEqual(
      expect.objectContaining({ code: 'file.zero-bytes-unused', severity: 'warn', split: 'train', count: 2 }),
    );
    await truncate(join(dir, first.instanceIds), 0);
    const found = await checkDataset(dir, { level: 1 });
    expect(found.findings[0]).toMatchObject({ code: 'file.zero-bytes', severity: 'error', count: 1, examples: [first.instanceIds] });
  });

  test('a missing instance map is told', async () => {
    const dir = await soundCopy();
    await rm(join(dir, first.instanceIds));
    const { findings, status } = await checkDataset(dir, { level: 1 });
    expect(status).toBe('ok');
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'pair.missing-instances',
        severity: 'warn',
        split: 'train',
        message: expect.stringMatching(/^1 of 22 label maps in train/) as string,
      }),
    );
  });

  test('a city behind a link in a circle: an error with its name, and the set is not opened', async () => {
    const dir = await soundCopy();
    const city = join(dir, 'gtFine/train/zurich');
    await rm(city, { recursive: true });
    await symlink('zurich', city);
    const { findings } = await checkDataset(dir, { level: 1 });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'file.unreadable',
        severity: 'error',
        split: 'train',
        path: 'gtFine/train/zurich',
        message: expect.stringContaining('ELOOP') as string,
      }),
    );
    await expect(openDataset(dir)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining(`${city} cannot be opened (ELOOP)`) as string,
    });
  });

  test('half of the set behind a link in a circle: not taken for a missing half', async () => {
    const dir = await soundCopy();
    await rm(join(dir, 'gtFine'), { recursive: true });
    await symlink('gtFine', join(dir, 'gtFine'));
    await expect(openDataset(dir)).rejects.toMatchObject({
      code: 'folder-unreadable',
      message: expect.stringContaining(join(dir, 'gtFine')) as string,
    });
  });

  test.skipIf(process.getuid?.() === 0)('a city without rights to read it', async () => {
    const dir = await soundCopy();
    await chmod(join(dir, 'leftImg8bit/train/aachen'), 0);
    expect((await checkDataset(dir, { level: 1 })).findings[0]).toMatchObject({
      code: 'file.unreadable',
      path: 'leftImg8bit/train/aachen',
    });
    await chmod(join(dir, 'leftImg8bit/train/aachen'), 0o700);
  });

  test('cities behind links are read', async () => {
    const dir = await soundCopy();
    await rename(join(dir, 'gtFine'), join(dir, 'elsewhere'));
    await symlink('elsewhere', join(dir, 'gtFine'));
    expect((await checkDataset(dir, { level: 4 })).status).toBe('ok');
  });

  test('maps without labels: only those are named', async () => {
    const dir = await soundCopy();
    const healthy = itemPaths('', 'train', 0).labelIds;
    for (let i = 1; i < counts.train; i++) {
      const path = join(dir, itemPaths('', 'train', i).labelIds);
      const { width, height } = decodeLabelMap(await readFile(path));
      await writeFile(path, encodePng({ width, height, channels: 1, data: new Uint8Array(width * height) }));
    }
    const finding = (await checkDataset(dir)).findings.find(({ code }) => code === 'label.all-ignore');
    expect(finding).toMatchObject({ count: counts.train - 1, message: expect.stringMatching(/21 of 22 label maps/) as string });
    expect(finding?.examples).not.toContain(healthy);
  });

  test('a cut-off instance map and a wrong checksum: seen when everything is decoded', async () => {
    const dir = await soundCopy();
    const path = join(dir, first.image);
    const bytes = await readFile(path);
    bytes[29] = (bytes[29] as number) ^ 1; // checksum of the head
    await writeFile(path, bytes);
    expect((await checkDataset(dir, { level: 3 })).status).toBe('ok');
    expect((await checkDataset(dir, { level: 4 })).findings[0]).toMatchObject({
      code: 'file.damaged',
      path: first.image,
      message: expect.stringContaining('checksum differs') as string,
    });
    const instances = await readFile(join(dir, first.instanceIds));
    instances.fill(0x55, 60, 200);
    await writeFile(join(dir, first.instanceIds), instances);
    expect((await checkDataset(dir, { level: 4 })).findings[0]?.examples).toContain(first.instanceIds);
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
