import { describe, expect, test } from 'vitest';
import { graphSvg } from '../../../engine/export/graph-svg.ts';
import { layeredLayout } from '../../../engine/export/layered-layout.ts';
import { outlined, smallNetwork } from '../graph/network.ts';

const gaps = { betweenRows: 10, inRow: 5 };
const box = { width: 20, height: 8 };

describe('layeredLayout', () => {
  test('a box stands below all that it reads, the longest way decides; boxes of a row do not overlap', () => {
    const { places, height, width } = layeredLayout(
      [box, box, box, box],
      [
        [0, 1],
        [1, 2],
        [0, 2],
        [0, 3],
      ],
      gaps,
    );
    expect(places.map(({ y }) => y)).toEqual([0, 18, 36, 18]);
    const [a, b] = [places[1]!, places[3]!].sort((p, q) => p.x - q.x) as [(typeof places)[0], (typeof places)[0]];
    expect(b.x).toBe(a.x + a.width + gaps.inRow);
    expect({ width, height }).toEqual({ width: 45, height: 44 });
  });

  test('within a row boxes stand near what they read', () => {
    const crossing = [
      [0, 5],
      [1, 4],
      [2, 3],
    ] as const;
    const { places } = layeredLayout(new Array(6).fill(box), crossing, gaps);
    for (const [from, to] of crossing) expect(places[to]?.x).toBe(places[from]?.x);
  });

  test('a circle still ends', () => {
    expect(
      layeredLayout(
        [box, box],
        [
          [0, 1],
          [1, 0],
        ],
        gaps,
      ).places,
    ).toHaveLength(2);
    expect(layeredLayout([], [], gaps)).toEqual({ width: 0, height: 0, places: [] });
  });
});

describe('graphSvg', () => {
  const outline = outlined(smallNetwork([{ name: 'block<0>', channels: 4, kernel: 3, side: 5 }]));
  const draw = (detail: 'stages' | 'blocks' | 'nodes'): string =>
    graphSvg(outline, { title: 'A & B', subtitle: '', detail, colour: 'macs' });
  const count = (svg: string, name: string): number => svg.split(`class="${name}"`).length - 1;

  test('stages: input, stem and stage; blocks and nodes open more, an open scope becomes a frame', () => {
    // the input has a box and no tint
    expect([count(draw('stages'), 'box'), count(draw('stages'), 'tint'), count(draw('stages'), 'frame')]).toEqual([3, 2, 0]);
    expect([count(draw('blocks'), 'box'), count(draw('blocks'), 'frame')]).toEqual([3, 1]);
    // input, stem's convolution, two convolutions and their sum, in frames of stem, stage, block and side path
    expect([count(draw('nodes'), 'box'), count(draw('nodes'), 'frame')]).toEqual([5, 4]);
    expect(count(draw('nodes'), 'edge')).toBe(5);
  });

  test('shares of the drawn parts sum to the whole; names are escaped', () => {
    const shares = [...draw('nodes').matchAll(/>([\d.]+) % ·/g)].map(([, share]) => Number(share));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    expect(draw('blocks')).toContain('block&lt;0&gt;');
    expect(draw('stages')).toContain('<title>A &amp; B</title>');
  });
});
