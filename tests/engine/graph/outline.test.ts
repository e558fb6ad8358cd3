import { describe, expect, test } from 'vitest';
import { findPublished, findSpace, spaces } from '../../../engine/catalog.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { groupLabel } from '../../../engine/graph/outline.ts';
import { outlined, smallNetwork } from './network.ts';

describe('outlineOf', () => {
  const graph = smallNetwork([
    { name: 'block0', channels: 4, kernel: 3 },
    { name: 'block1', channels: 6, kernel: 1, side: 5 },
  ]);
  const { elements, edges } = outlined(graph);
  const find = (key: string) => elements.find((element) => element.key === key)!;

  test('groups stand before what is in them, in computing order', () => {
    expect(elements.map((element) => `${element.depth} ${element.key}`)).toEqual([
      '0 input/image',
      '0 stem',
      '1 stem/conv#0',
      '0 stage0',
      '1 stage0.block0',
      '2 stage0.block0/conv#0',
      '1 stage0.block1',
      '2 stage0.block1/conv#0',
      '2 stage0.block1.k5',
      '3 stage0.block1.k5/conv#0',
      '2 stage0.block1/add#0',
    ]);
  });

  test('costs by hand: a group is the sum of what is in it', () => {
    // 4x5 maps: block1 is 1x1 and 5x5, 4 -> 6 channels
    expect(find('stage0.block1')).toMatchObject({ macs: 20 * 4 * 6 * (1 + 25), params: 4 * 6 * 26, nodes: 3, shape: [4, 5, 6] });
    expect(find('stage0').macs).toBe(find('stage0.block0').macs + find('stage0.block1').macs);
  });

  test('blocks are the innermost scopes with layers of their own, and none lies in another', () => {
    expect(elements.filter((element) => element.isBlock).map((element) => element.key)).toEqual(['stem', 'stage0.block0', 'stage0.block1']);
  });

  test('says what a layer is', () => {
    expect(find('stem/conv#0')).toMatchObject({ title: 'conv 3x3 3→4 /2', facts: { kernel: '3x3', channels: '4', stride: '2' } });
    expect(find('stage0.block1/add#0').isOutput).toBe(true);
  });

  test('edges name both ends', () => {
    const named = edges.map(([from, to]) => `${elements[from]?.key} > ${elements[to]?.key}`);
    expect(named).toContain('input/image > stem/conv#0');
    expect(named).toContain('stage0.block1.k5/conv#0 > stage0.block1/add#0');
    expect(named).toHaveLength(6);
  });
});

test.each(spaces.map((space) => space.published[0]!.name))('%s: top groups sum to the estimate, every node is in a group', (name) => {
  const arch = findPublished(name);
  const space = findSpace(arch.space);
  const graph = space.graph(arch, space.defaultInput(arch.settings));
  const { elements } = outlined(graph);
  const { macs, activationBytes } = estimate(graph);
  const top = elements.filter((element) => element.parent < 0);
  expect(top.every((element) => element.kind !== 'node')).toBe(true);
  expect(top.reduce((sum, element) => sum + element.macs, 0)).toBe(macs);
  expect(top.reduce((sum, element) => sum + element.activationBytes, 0)).toBe(activationBytes);
  expect(new Set(elements.map((element) => element.key)).size).toBe(elements.length);
});

test.each([
  ['fuse2.0.1', 'fuse2.0.1'],
  ['fuse2.0.1.k3', 'k3'],
  ['stage2.module0.block1', 'block1'],
  ['0.1', '0.1'],
])('the short name of %s is %s', (path, label) => {
  expect(groupLabel(path)).toBe(label);
});
