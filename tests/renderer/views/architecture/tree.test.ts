import { describe, expect, test } from 'vitest';
import { layoutGraph } from '../../../../renderer/views/architecture/layout.ts';
import type { GraphLayout } from '../../../../renderer/views/architecture/layout.ts';
import { opened, revealed, standIns, toggled } from '../../../../renderer/views/architecture/tree.ts';
import { outlined, smallNetwork } from '../../../engine/graph/network.ts';

// input, stem(conv), stage0(block0(conv), block1(conv, k5(conv), add))
const source = outlined(
  smallNetwork([
    { name: 'block0', channels: 4, kernel: 3 },
    { name: 'block1', channels: 6, kernel: 1, side: 5 },
  ]),
);
const { elements } = source;
const at = (key: string): number => elements.findIndex((element) => element.key === key);

describe('what is open', () => {
  test('stages: nothing; blocks: what holds blocks; nodes: every group', () => {
    expect([...opened(elements, 'stages')]).toEqual([]);
    expect([...opened(elements, 'blocks')]).toEqual(['stage0']);
    expect([...opened(elements, 'nodes')]).toEqual(['stem', 'stage0', 'stage0.block0', 'stage0.block1', 'stage0.block1.k5']);
  });

  test('opening goes on through groups that hold but one; closing closes what is inside too', () => {
    const single = outlined(smallNetwork([{ name: 'block0', channels: 4, kernel: 3 }])).elements;
    const stage = single.findIndex(({ key }) => key === 'stage0');
    const open = toggled(single, new Set(), stage);
    expect([...open]).toEqual(['stage0', 'stage0.block0']);
    expect([...toggled(single, open, stage)]).toEqual([]);
    expect(toggled(single, open, 0)).toBe(open); // an input opens nothing
  });

  test('revealing opens what is around; what is closed stands in for what is in it', () => {
    const inner = at('stage0.block1.k5/conv#0');
    const open = revealed(elements, new Set(), inner);
    expect([...open].sort()).toEqual(['stage0', 'stage0.block1', 'stage0.block1.k5']);
    expect(standIns(elements, new Set())[inner]).toBe(at('stage0'));
    expect(standIns(elements, new Set(['stage0']))[inner]).toBe(at('stage0.block1'));
    expect(standIns(elements, open)[inner]).toBe(inner);
  });
});

describe('layoutGraph', () => {
  const layout = (detail: 'stages' | 'blocks' | 'nodes', isSimple = false): GraphLayout =>
    layoutGraph(source, { open: [...opened(elements, detail)], isSimple });
  const box = (graph: GraphLayout, key: string) => {
    const i = graph.boxes.indexOf(at(key));
    return { x: graph.x[i]!, y: graph.y[i]!, width: graph.width[i]!, height: graph.height[i]!, isOpen: graph.isOpen[i] };
  };

  test('closed groups are boxes; edges between them once', () => {
    const graph = layout('stages');
    expect(graph.boxes.map((position) => elements[position]?.key)).toEqual(['input/image', 'stem', 'stage0']);
    expect(graph.edges).toEqual([
      [at('input/image'), at('stem')],
      [at('stem'), at('stage0')],
    ]);
  });

  test.each([false, true])('simple %s: everything stands inside of the frame around it and below what it reads', (isSimple) => {
    const graph = layout('nodes', isSimple);
    expect(graph.boxes).toHaveLength(elements.length);
    graph.boxes.forEach((position, i) => {
      const around = elements[position]!.parent;
      if (around < 0) return;
      const outer = box(graph, elements[around]!.key);
      expect(outer.isOpen).toBe(true);
      expect(graph.x[i]).toBeGreaterThanOrEqual(outer.x);
      expect(graph.y[i]).toBeGreaterThan(outer.y);
      expect(graph.x[i]! + graph.width[i]!).toBeLessThanOrEqual(outer.x + outer.width);
      expect(graph.y[i]! + graph.height[i]!).toBeLessThan(outer.y + outer.height);
    });
    for (const [from, to] of graph.edges) {
      const [a, b] = [box(graph, elements[from]!.key), box(graph, elements[to]!.key)];
      expect(b.y).toBeGreaterThanOrEqual(a.y + a.height);
    }
  });

  test('boxes of one level do not overlap', () => {
    const graph = layout('nodes');
    const places = graph.boxes.map((position, i) => ({
      parent: elements[position]!.parent,
      x: graph.x[i]!,
      y: graph.y[i]!,
      width: graph.width[i]!,
      height: graph.height[i]!,
    }));
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        if (a.parent !== b.parent) continue;
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
      }
    }
  });
});
