import { describe, expect, test } from 'vitest';
import { boxesOf, drawnEdges, inSight, neighbourOf } from '../../../../renderer/views/architecture/boxes.ts';
import { layoutGraph } from '../../../../renderer/views/architecture/layout.ts';
import { architectureKey, parseArchitectureKey, queryText } from '../../../../renderer/views/architecture/refs.ts';
import { detailOf, partsOf, tintOf, totalOf } from '../../../../renderer/views/architecture/shown-part.ts';
import { opened } from '../../../../renderer/views/architecture/tree.ts';
import { outlined, smallNetwork } from '../../../engine/graph/network.ts';

test.each([
  ['hrnas-7f3a2c:t12', { experiment: 'hrnas-7f3a2c', trial: 12 }],
  ['hrnas-7f3a2c:supernet', { experiment: 'hrnas-7f3a2c', supernet: true }],
  ['hr-nas:cs2', { published: 'hr-nas:cs2' }],
  ['vit-resnas:tiny', { published: 'vit-resnas:tiny' }],
] as const)('%s in an address, there and back', (key, ref) => {
  expect(parseArchitectureKey(key)).toEqual(ref);
  expect(architectureKey(ref)).toBe(key);
});

test('a query without the value, with several, with an empty one', () => {
  expect([queryText(undefined), queryText(''), queryText(['a', 'b']), queryText(null)]).toEqual([undefined, undefined, 'a', undefined]);
});

const outline = outlined(smallNetwork([{ name: 'block0', channels: 4, kernel: 3, side: 5 }]));
const parts = partsOf(outline.elements.map((element) => ({ ...element, share: 0 })));
const at = (key: string): number => outline.elements.findIndex((element) => element.key === key);

describe('shown parts', () => {
  test('share and amount where there is something, else the shape', () => {
    const total = totalOf(parts, 'macs');
    expect(total).toBe(parts.filter(({ kind }) => kind === 'node').reduce((sum, { value }) => sum + value.macs, 0));
    expect(detailOf(parts[at('stem')]!, 'macs', total)).toMatch(/^\d+\.\d\s% · .*MACs$/);
    expect(detailOf(parts[0]!, 'macs', total)).toBe('8×10×3');
    expect(detailOf(parts[at('stage0.block0/add#0')]!, 'macs', total)).toBe('4×5×4');
  });

  test('tints: nothing for nothing, deepest for the most, small ones told apart', () => {
    expect([tintOf(0, 5), tintOf(5, 5), tintOf(1, 0)]).toEqual([0, 50, 0]);
    expect(tintOf(0.01, 1)).toBeGreaterThan(8);
  });
});

describe('boxes', () => {
  const layout = layoutGraph(outline, { open: [...opened(outline.elements, 'nodes')], isSimple: false });
  const boxes = boxesOf(parts, layout);
  const everywhere = { x: -1e6, y: -1e6, width: 2e6, height: 2e6 };

  test('arrow keys: down and up along edges, sideways within the row, from nowhere to the first box', () => {
    const walk = (key: string, from: number | undefined): string | undefined =>
      parts[neighbourOf(key, from, boxes, layout.edges) ?? -1]?.key;
    expect(walk('ArrowDown', undefined)).toBe('input/image');
    expect(walk('ArrowDown', at('input/image'))).toBe('stem/conv#0');
    expect(walk('ArrowUp', at('stem/conv#0'))).toBe('input/image');
    const [left, right] = [at('stage0.block0/conv#0'), at('stage0.block0.k5/conv#0')].sort((a, b) => boxes.get(a)!.x - boxes.get(b)!.x);
    expect(walk('ArrowRight', left)).toBe(parts[right!]?.key);
    expect(walk('ArrowLeft', right)).toBe(parts[left!]?.key);
    expect(walk('ArrowLeft', at('input/image'))).toBeUndefined();
  });

  test('edges in sight alone; those of the selected part are marked', () => {
    expect(drawnEdges(layout.edges, boxes, everywhere, at('stem/conv#0')).filter(({ isNear }) => isNear)).toHaveLength(3);
    expect(drawnEdges(layout.edges, boxes, { x: 1e5, y: 0, width: 10, height: 10 }, undefined)).toEqual([]);
    expect(inSight({ x: 0, y: 0, width: 5, height: 5 }, { x: 100, y: 0, width: 10, height: 10 })).toBe(false);
  });
});
