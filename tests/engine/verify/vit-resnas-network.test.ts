import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../engine/graph/shapes.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { checkStructure } from '../../../engine/verify/check-structure.ts';
import { passes } from '../../../engine/verify/check.ts';
import { parseGoldenFile, type GoldenFile } from '../../../engine/verify/golden-file.ts';
import { vitResNasNetwork } from '../../../engine/verify/vit-resnas-network.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'vit-resnas');
const content = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
const read = (name: string): GoldenFile => parseGoldenFile(content(name), name);

describe('networks of the golden files', () => {
  it.each(['tiny', 'tiny-112', 'supernet-tiny-subnet-a'])('%s: structure exact', (name) => {
    const golden = read(name);
    expect(checkStructure(golden, vitResNasNetwork(golden)).filter((check) => !passes(check))).toEqual([]);
  });

  it('another number of parameters of the sub-network fails', () => {
    const golden = { ...read('supernet-tiny-subnet-a'), subnetParamCount: 1 };
    const failed = checkStructure(golden, vitResNasNetwork(golden)).filter((check) => !passes(check));
    expect(failed.map((check) => check.what)).toEqual(['number of parameters of the sub-network']);
  });

  it('slices of the super-network: first and last values as the file says', () => {
    const golden = read('supernet-tiny-subnet-a');
    const graph = vitResNasNetwork(golden)([112, 112, 3], 'training');
    const refs = new Map(graph.nodes.flatMap((node) => Object.values(node.weights)).map((ref) => [ref.name, ref]));
    const { eval: runs } = content('supernet-tiny-subnet-a') as { eval: { slicedFirstValues: [string, number, number][] }[] };
    const small = runs[0]!.slicedFirstValues.filter(([name]) => !/blocks\.(1[0-9]|7|8|9)\./.test(name)); // the rest is large
    expect(small.length).toBeGreaterThan(10);
    for (const [name, first, last] of small) {
      const spec = graph.weights.find((candidate) => candidate.name === name)!;
      const values = fillValues(spec);
      const slices = refs.get(name)!.slices ?? [];
      const end = spec.shape.map((length, axis) => {
        const slice = slices[axis];
        if (slice === undefined) return length - 1;
        return slice.kind === 'ranges' ? slice.ranges.at(-1)![1] - 1 : slice.kind === 'prefix' ? slice.length - 1 : NaN;
      });
      const position = end.reduce((sum, index, axis) => sum + index * elementCount(spec.shape.slice(axis + 1)), 0);
      expect([values[0], values[position]], name).toEqual([first, last].map(Math.fround)); // nine digits tell float32 values apart
    }
  });

  it.each<[string, Partial<GoldenFile>, RegExp]>([
    ['no definition', { networkDef: undefined as never }, /a list of stem, blocks and head was expected/],
    ['a sub-network that is larger', { superNetworkDef: read('tiny').networkDef! }, /networkDef is no sub-network of superNetworkDef/],
  ])('%s is refused', (_, change, message) => {
    expect(() => vitResNasNetwork({ ...read('supernet-tiny-subnet-a'), ...change })).toThrow(message);
  });

  it('an input that is not square, or no multiple of 56', () => {
    const network = vitResNasNetwork(read('tiny'));
    expect(() => network([112, 224, 3])).toThrow(/an input of 112x224; sides must be equal and multiples of 56/);
    expect(() => network([100, 100, 3])).toThrow(/100x100/);
  });
});
