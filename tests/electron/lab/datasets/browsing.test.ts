import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import { openLab } from '../../../../electron/lab/lab.ts';
import type { LabEvent } from '../../../../electron/ipc/contract.ts';
import { pairPaths, writeTinyCityscapes } from '../../../datasets/tiny-cityscapes.ts';

const home = mkdtempSync(join(tmpdir(), 'browsing-'));
const lab = openLab({ home });
const { api } = lab;
let root: string;

beforeAll(async () => {
  root = await writeTinyCityscapes({ height: 24, width: 40 });
  await api.addDataset({ root, name: 'city' });
});
afterAll(async () => {
  await lab.close();
  rmSync(home, { recursive: true });
  rmSync(root, { recursive: true, force: true });
});

const media = async (address: string, query: Readonly<Record<string, string>> = {}) => {
  const path = address.split('/').slice(2).map(decodeURIComponent);
  return decodePng((await lab.serveMedia({ path, query })).body);
};

describe('recognising a folder', () => {
  it('says kind, splits for searches too, classes, what is missing and that it is registered already', async () => {
    const found = await api.recogniseDataset(root);
    expect(found).toMatchObject({ kind: 'cityscapes', title: 'Cityscapes', task: 'segmentation', splits: { train: 12, val: 3, test: 3 } });
    expect(found.usableSplits['search-val']).toBeGreaterThan(0);
    expect(found.classes).toHaveLength(19);
    expect(found.notFound.join()).toMatch(/gtCoarse/);
    expect(found.registered).toEqual([{ name: 'city', root, isSameFolder: true, isAvailable: true }]);
    expect(found.suggestedName).toMatch(/^tiny-cityscapes/);
  });

  it('a folder of no known kind is told with what was expected', async () => {
    const found = await api.recogniseDataset(home);
    expect(found).toMatchObject({ kind: 'unknown', status: 'blocked', usableSplits: {}, findings: [{ code: 'root.not-found' }] });
  });
});

describe('health', () => {
  it('a check runs as a job and its report is kept with the data set, in the list too, and can be taken away as CSV', async () => {
    const told: LabEvent[] = [];
    const end = api.onEvent((event) => told.push(event));
    const report = await api.checkDataset({ name: 'city', level: 2 });
    end();
    expect(told.some((event) => event.type === 'job' && event.job.kind === 'check-dataset' && event.job.state === 'done')).toBe(true);
    const detail = await api.datasetDetail('city');
    expect(detail.report).toEqual(report);
    expect((await api.datasets())[0]?.health?.findings).toEqual(report.findings);
    const { file, bytes } = await api.exportFindings({ dataset: 'city' });
    const csv = readFileSync(file, 'utf8');
    expect(Buffer.byteLength(csv)).toBe(bytes);
    expect(csv.split('\r\n')[0]).toBe('severity,code,split,count,message,tip,examples');
    expect(csv).toContain('cs.size');
  });
});

describe('class histogram', () => {
  it('sums all labelled pixels to 1, counts pictures, and is counted once', async () => {
    const jobs = async () => (await api.jobs()).filter(({ kind }) => kind === 'count-classes').length;
    const [first, same] = await Promise.all([1, 2].map(() => api.classHistogram({ dataset: 'city', split: 'val' })));
    expect(first).toEqual(same);
    expect(first).toMatchObject({ pictures: 3, unreadable: 0, sizes: [{ height: 24, width: 40, pictures: 3 }] });
    expect(first?.classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const total = (first?.classes ?? []).reduce((sum, { pixels }) => sum + pixels, 0);
    expect(total / (1 - (first?.ignoredShare ?? 0))).toBeCloseTo(3 * 24 * 40, 6);
    expect(await jobs()).toBe(1);
    await api.classHistogram({ dataset: 'city', split: 'val' });
    expect(await jobs()).toBe(1);
    expect((await api.datasetDetail('city')).splits.find(({ name }) => name === 'val')).toMatchObject({ isCounted: true, samples: 3 });
  });

  it('a split without labels is refused', async () => {
    // The labels of this test split hold ignored pixels only: they are labels.
    expect((await api.classHistogram({ dataset: 'city', split: 'test' })).ignoredShare).toBe(1);
    await expect(api.classHistogram({ dataset: 'city', split: 'dusk' })).rejects.toMatchObject({ code: 'split-unknown' });
  });
});

describe('samples', () => {
  it('come in pages, filtered by name and by class, with the pixels of the class', async () => {
    const page = await api.samples({ dataset: 'city', split: 'train', offset: 2, limit: 2 });
    expect(page).toMatchObject({ total: 12, samples: [{ index: 2, height: 24, width: 40, hasLabels: true }, { index: 3 }] });
    const bremen = await api.samples({ dataset: 'city', split: 'train', filter: 'BREMEN' });
    expect(bremen.samples.map(({ key }) => key.split('_')[0])).toEqual(['bremen', 'bremen', 'bremen']);
    const road = await api.samples({ dataset: 'city', split: 'val', classId: 0 });
    expect(road.total).toBeGreaterThan(0);
    expect(road.samples.every(({ pixels = 0 }) => pixels > 0)).toBe(true);
    expect(await api.samples({ dataset: 'city', split: 'val', classId: 18 })).toEqual({ total: 0, samples: [] });
    await expect(api.samples({ dataset: 'city', split: 'val', classId: 40 })).rejects.toMatchObject({ code: 'unknown-class' });
  });

  it('one sample tells its files and classes, which sum to 1', async () => {
    const sample = await api.sample({ dataset: 'city', split: 'val', index: 1 });
    expect(sample.files.map(({ role }) => role)).toEqual(['image', 'label map']);
    expect(sample.files[0]?.path).toMatch(/^leftImg8bit\/val\/lindau\//);
    expect(sample.classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    await expect(api.sample({ dataset: 'city', split: 'val', index: 3 })).rejects.toMatchObject({ code: 'unknown-sample' });
  });

  it('are drawn by their address, at the wanted width, again from what was kept', async () => {
    const [tile] = (await api.samples({ dataset: 'city', split: 'val' })).samples;
    const image = await media(`${tile?.media}image.png`, { width: '20' });
    expect(image).toMatchObject({ height: 12, width: 20, channels: 3 });
    expect(await media(`${tile?.media}image.png`, { width: '20' })).toEqual(image);
    expect(await media('/media/city/val/0/labels.png')).toMatchObject({ height: 24, width: 40, channels: 4 });
  });

  it.each([
    ['another layer', '/media/city/val/0/secret.png', {}],
    ['a sample that there is not', '/media/city/val/77/image.png', {}],
    ['a path that leads out', '/media/city/val/..%2F..%2F0/image.png', {}],
    ['a width of no number', '/media/city/val/0/image.png', { width: 'wide' }],
    ['errors of no evaluation', '/media/city/val/0/errors.png', {}],
    ['an evaluation that is a path', '/media/city/val/0/errors.png', { evaluation: '../../x' }],
    ['another content', '/media/city/0000/val/0/image.png', {}],
  ])('media refuse %s', async (_, address, query) => {
    await expect(media(address, query)).rejects.toMatchObject({ code: 'unknown-media' });
  });

  it('an unreadable one is a tile with its cause, and the others stay', async () => {
    truncateSync(pairPaths(root, 'val', 'lindau', 1).image, 100);
    const { samples } = await api.samples({ dataset: 'city', split: 'val' });
    expect(samples.map(({ problem }) => problem?.code)).toEqual([undefined, 'file-truncated', undefined]);
    expect((await api.sample({ dataset: 'city', split: 'val', index: 1 })).problem?.message).toMatch(/100 bytes/);
  });
});

describe('putting away, moving', () => {
  it('a data set that was put away leaves the list, keeps its name for itself and comes back', async () => {
    await api.archiveDataset('city', true);
    expect(await api.datasets()).toEqual([]);
    expect((await api.archivedDatasets()).map(({ name }) => name)).toEqual(['city']);
    expect((await api.dataset('city')).name).toBe('city');
    await api.archiveDataset('city', false);
    expect((await api.datasets()).map(({ name }) => name)).toEqual(['city']);
  });

  it('a folder that is gone is told in the detail; a new one may take a name that was put away', async () => {
    const moved = `${root}-moved`;
    renameSync(root, moved);
    try {
      const other = openLab({ home });
      expect((await other.api.datasetDetail('city')).problem?.code).toBe('dataset-missing');
      await other.close();
      await api.archiveDataset('city', true);
      expect((await api.addDataset({ root: moved, name: 'city', anyway: true })).root).toBe(moved);
      expect(await api.archivedDatasets()).toEqual([]);
    } finally {
      renameSync(moved, root);
    }
  });
});
