import { describe, expect, test } from 'vitest';
import { datasetKind } from '../../datasets/catalog.ts';
import type { DatasetSource } from '../../datasets/source.ts';

/** What every DatasetSource promises. `open` gives a source with at least two samples in `split`; the caller removes its files. */
export function testDatasetSource(name: string, open: () => Promise<DatasetSource>, split: string): void {
  describe(`DatasetSource: ${name}`, () => {
    test('info names kind, root, classes, splits and a SHA-256 fingerprint', async () => {
      const { info, size } = await open();
      expect(datasetKind(info.kind).task).toBe(info.task);
      expect(info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      for (const [known, count] of Object.entries(info.splits)) expect(size(known)).toBe(count);
      expect(info.classes.map((entry) => entry.id)).toEqual(info.classes.map((_, i) => i));
    });

    test('keys are distinct within a split and the same after opening again', async () => {
      const [first, second] = [await open(), await open()];
      const keys = (source: DatasetSource): string[] => Array.from({ length: source.size(split) }, (_, i) => source.key(split, i));
      expect(new Set(keys(first)).size).toBe(first.size(split));
      expect(keys(first)).toEqual(keys(second));
      expect(first.info).toEqual(second.info);
    });

    test('the search splits are parts of train without overlap', async () => {
      const source = await open();
      const keys = (part: string): string[] =>
        part in source.info.splits ? Array.from({ length: source.size(part) }, (_, i) => source.key(part, i)) : [];
      const parts = [...keys('search-train'), ...keys('search-val')];
      if (parts.length > 0) expect(parts.sort()).toEqual(keys('train').sort());
      expect(new Set(parts).size).toBe(parts.length);
    });

    test('random access: the same sample twice, many at once, in any order, never sharing memory', async () => {
      const source = await open();
      const [b, a, again] = await Promise.all([source.read(split, 1), source.read(split, 0), source.read(split, 0)]);
      expect(a).toEqual(again);
      expect(a.key).toBe(source.key(split, 0));
      expect(b.key).toBe(source.key(split, 1));
      const arrays = [a, again].map((sample) => Object.values(sample).filter((value): value is Uint8Array => value instanceof Uint8Array));
      arrays[0]?.forEach((array, i) => expect(array.buffer).not.toBe(arrays[1]?.[i]?.buffer));
    });

    test('an item reference is plain data and reads the same sample', async () => {
      const source = await open();
      const ref = source.itemRef?.(split, 1);
      if (ref === undefined) return;
      const sent = structuredClone(ref);
      expect(await datasetKind(sent.kind).readItem(sent)).toEqual(await source.read(split, 1));
    });

    test('unknown splits and indices beyond the end are refused', async () => {
      const source = await open();
      expect(() => source.size('no-such-split')).toThrow(expect.objectContaining({ code: 'split-unknown' }));
      expect(() => source.key(split, source.size(split))).toThrow(RangeError);
      await expect(source.read(split, -1)).rejects.toThrow(RangeError);
    });
  });
}
