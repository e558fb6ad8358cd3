import { describe, expect, test } from 'vitest';
import type { FrontView } from '../../../electron/ipc/tradeoff.ts';
import { countOutside, countPublishedOutside, domainOf, moved, zoomed } from '../../../renderer/charts/front-domain.ts';
import { frontScene, looks } from '../../../renderer/charts/front-scene.ts';
import { PointIndex } from '../../../renderer/charts/point-index.ts';
import { smallView } from './small-view.ts';

describe('frontScene', () => {
  test('the whole: fronts as the lab gives them, looks by role and limits, paths through series with trials on the way', () => {
    const scene = frontScene(smallView(), { colour: 'experiment', size: 'none' });
    expect([...scene.look]).toEqual([looks.front, looks.dominated, looks.reference, looks.front, looks.front, looks.out]);
    expect(scene.stairs).toEqual([
      { points: [0, 3], experiment: 0 },
      { points: [4], experiment: 1 },
      { points: [0, 3, 4], experiment: -1 },
    ]);
    expect(scene.knee).toBe(3);
    expect(scene.paths).toEqual([[0, 1]]);
    expect([...scene.colour]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test('replay at trial 1: what is later is not there, the front is the one of then, and no knee is claimed', () => {
    const scene = frontScene(smallView(), { until: 1, colour: 'experiment', size: 'none' });
    expect([...scene.look]).toEqual([looks.front, looks.front, 255, 255, looks.front, 255]);
    expect(scene.stairs.at(-1)?.points).toEqual([0, 1, 4]);
    expect(scene.knee).toBeUndefined();
  });

  test('a hidden staircase is left out, the joint one stays; sizes and colours follow costs', () => {
    const scene = frontScene(smallView(), { colour: 'params', size: 'params', hidden: new Set(['a']) });
    expect(scene.stairs.map(({ experiment }) => experiment)).toEqual([1, -1]);
    expect([...scene.colour]).toEqual([0, 1, 5, 0, 2, 3]);
    expect(scene.size?.[2]).toBe(4);
  });
});

describe('axes', () => {
  const many = (far: readonly number[]): FrontView => {
    const x = [...Array.from({ length: 200 }, (_, i) => 1e6 + i * 1e4), ...far];
    const column = <T>(value: T): T[] => x.map(() => value);
    const points = {
      ...smallView().points,
      experiment: column(0),
      number: x.map((_, i) => i),
      x,
      y: column(0.5),
      macs: x,
      params: x,
      series: column(-1),
      role: column(0),
      flags: column(1),
      entered: column(-1),
      left: column(-1),
    };
    const { jointEntered: _entered, jointLeft: _left, ...alone } = points;
    const view = smallView({ points: alone, lastNumber: x.length });
    const none = { points: [], counts: [], history: { at: [], size: [] } };
    return { ...view, joint: none, experiments: [{ ...view.experiments[0]!, front: none }] };
  };

  test('one far point does not squeeze the others: it is cut and counted; a double range is shown whole', () => {
    const scene = frontScene(many([9e8]), { colour: 'experiment', size: 'none' });
    const domain = domainOf(scene, { isLog: false });
    expect(domain.x[1]).toBeLessThan(4e6);
    expect(countOutside(scene, domain)).toBe(1);
    const near = frontScene(many([3.4e6]), { colour: 'experiment', size: 'none' });
    expect(countOutside(near, domainOf(near, { isLog: false }))).toBe(0);
  });

  test('published networks do not stretch the axes, and those beyond them are counted; an unknown score lies nowhere else', () => {
    const near = { name: 'near', x: 1.5e6, y: null, macs: 1.5e6, params: 1, input: '1x1x3', source: 'a paper' };
    const scene = { ...frontScene(many([]), { colour: 'experiment', size: 'none' }), published: [near, { ...near, x: 9e9 }, { ...near, y: 7 }] };
    const domain = domainOf(scene, { isLog: false });
    expect(domain.x[1]).toBeLessThan(4e6);
    expect(countPublishedOutside(scene, domain)).toBe(2);
  });

  test('a front and a limit are never cut', () => {
    const view = many([9e8]);
    const scene = frontScene({ ...view, joint: { ...view.joint, points: [200] } }, { colour: 'experiment', size: 'none' });
    expect(domainOf(scene, { isLog: false }).x[1]).toBeGreaterThan(9e8);
    expect(domainOf(frontScene(many([]), { colour: 'experiment', size: 'none' }), { isLog: true, limit: 5e7 }).x[1]).toBeGreaterThan(5e7);
  });

  test('zooming keeps the place under the pointer, moving keeps the width; on a logarithmic axis by factors', () => {
    const domain = { x: [1, 100], y: [0, 1] } as const;
    expect(zoomed(domain, 0.5, { x: 0.5, y: 0 }, true)).toEqual({ x: [expect.closeTo(10 ** 0.5), expect.closeTo(10 ** 1.5)], y: [0, 0.5] });
    expect(moved(domain, { x: 0.5, y: -1 }, true)).toEqual({ x: [expect.closeTo(10), expect.closeTo(1000)], y: [-1, 0] });
  });
});

describe('PointIndex', () => {
  test('the nearest point within reach; of near ones that of the front; none outside', () => {
    const index = new PointIndex(Float32Array.of(100, 104, NaN, 300), Float32Array.of(50, 50, 50, 50), 400, 100, (i) => (i === 1 ? 0 : 1));
    expect(index.nearest(101, 50)).toBe(1);
    expect(index.nearest(310, 60)).toBe(3);
    expect(index.nearest(200, 50)).toBeUndefined();
    expect(index.nearest(310, 60, 5)).toBeUndefined();
  });
});
