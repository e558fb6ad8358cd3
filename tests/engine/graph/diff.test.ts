import { describe, expect, test } from 'vitest';
import { findSpace } from '../../../engine/catalog.ts';
import { diffOutlines } from '../../../engine/graph/diff.ts';
import type { DiffElement } from '../../../engine/graph/diff.ts';
import { outlined, smallNetwork } from './network.ts';
import type { BlockOptions } from './network.ts';

function blocksOf(before: readonly BlockOptions[], after: readonly BlockOptions[]): DiffElement[] {
  return diffOutlines(outlined(smallNetwork(before)), outlined(smallNetwork(after))).elements.filter((element) => element.isBlock);
}

function told(blocks: readonly DiffElement[]): string[] {
  return blocks.map(({ key, status, changes }) =>
    [key, status, ...changes.map((change) => `${change.attribute} ${change.from}>${change.to}`)].join(' '),
  );
}

const first = { name: 'block0', channels: 4, kernel: 3 };

describe('diffOutlines', () => {
  test('a network with itself: everything is equal', () => {
    const outline = outlined(smallNetwork([first, { name: 'block1', channels: 6, kernel: 1, side: 5 }]));
    const { elements, edges } = diffOutlines(outline, outline);
    expect(elements.every((element) => element.status === 'equal' && element.changes.length === 0)).toBe(true);
    expect(edges.every((edge) => edge.status === 'equal')).toBe(true);
    expect(elements.map((element) => element.key)).toEqual(outline.elements.map((element) => element.key));
  });

  test('another kernel: one block changed, from and to, with its cost before and after', () => {
    const blocks = blocksOf([first], [{ ...first, kernel: 5 }]);
    expect(told(blocks)).toEqual(['stem equal', 'stage0.block0 changed kernel 3x3>5x5']);
    expect(blocks[1]).toMatchObject({ before: { macs: 20 * 4 * 4 * 9 }, after: { macs: 20 * 4 * 4 * 25 } });
  });

  test('more channels: the block that has them, and the next one that reads them', () => {
    const next = { name: 'block1', channels: 4, kernel: 1 };
    expect(told(blocksOf([first, next], [{ ...first, channels: 7 }, next]))).toEqual([
      'stem equal',
      'stage0.block0 changed channels 4>7',
      'stage0.block1 changed input channels 4>7',
    ]);
  });

  test('a block more: added with its cost; a block less: removed; what stands between keeps its order', () => {
    const [second, third] = [
      { name: 'block1', channels: 4, kernel: 1 },
      { name: 'block2', channels: 4, kernel: 1 },
    ];
    const more = blocksOf([first, third], [first, second, third]);
    expect(told(more).slice(1, 3)).toEqual(['stage0.block0 equal', 'stage0.block1 added']);
    expect(more[2]).toMatchObject({ after: { macs: 20 * 16 } });
    expect(more[2]?.before).toBeUndefined();
    const less = blocksOf([first, second, third], [first, third]);
    expect(told(less).slice(1, 3)).toEqual(['stage0.block0 equal', 'stage0.block1 removed']);
    expect(less[2]?.after).toBeUndefined();
  });

  test('a path less inside a block: said once, as the path', () => {
    const wide = { name: 'block0', channels: 4, kernel: 1, side: 5 };
    expect(told(blocksOf([wide], [{ name: 'block0', channels: 4, kernel: 1 }]))[1]).toBe(
      'stage0.block0 changed k5 present>none add present>none',
    );
  });

  test('HR-NAS: one kernel cut out and one narrowed in the supernet; only their block differs', () => {
    const space = findSpace('hr-nas');
    const arch = space.largest({
      ...space.defaultSettings,
      stages: [
        [1, [1], [12]],
        [2, [1, 1], [12, 24]],
      ],
      stem: [12, 12],
      tokens: 4,
    });
    const input = [64, 128, 3];
    const smaller = { ...arch, choices: { ...arch.choices, 'par1.1.0.k3': 9, 'par1.1.0.k7': 0, 'par1.1.0.tokens': 0 } };
    const { elements } = diffOutlines(outlined(space.graph(arch, input)), outlined(space.graph(smaller, input)));
    expect(told(elements.filter((element) => element.isBlock && element.status !== 'equal'))).toEqual([
      'par1.1.0 changed k3 channels 96>9 k7 present>none transformer present>none',
    ]);
  });
});
