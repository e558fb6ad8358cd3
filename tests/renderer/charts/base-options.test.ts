import type { Scale, Tick } from 'chart.js';
import { describe, expect, it } from 'vitest';
import { axesOptions } from '../../../renderer/charts/base-options.ts';
import type { ChartTheme } from '../../../renderer/charts/theme.ts';

interface Axis {
  readonly ticks: { readonly precision?: number; callback(value: number, index: number, ticks: readonly Tick[]): string };
  afterDataLimits?(scale: Scale): void;
}

/** The options of both axes. */
function axes(): { readonly x: Axis; readonly y: Axis } {
  const { scales } = axesOptions({} as ChartTheme, { title: 'trial', isWhole: true }, { title: 'AP', isShare: true });
  return scales as unknown as { x: Axis; y: Axis };
}

describe('axes of charts', () => {
  it.each([
    [[0, 0.2, 0.4], ['0 %', '20 %', '40 %']],
    [[0.055, 0.06, 0.065], ['5.5 %', '6.0 %', '6.5 %']],
    [[0.7, 0.7025], ['70.00 %', '70.25 %']],
    [[0.3], ['30 %']],
  ])('fractions %j are written with as many digits as tell them apart', (values, expected) => {
    const ticks = values.map((value) => ({ value }));
    const { callback } = axes().y.ticks;
    expect(values.map((value, i) => callback(value, i, ticks).replace('\u00a0', ' '))).toEqual(expected);
  });

  it('fractions that are all 0 stand on an axis from 0 to 1, not on one below nothing', () => {
    const scale = { min: -1, max: 1 } as Scale;
    axes().y.afterDataLimits?.(scale);
    expect(scale).toEqual({ min: 0, max: 1 });
  });

  it('between two trials there is none', () => {
    expect(axes().x.ticks.precision).toBe(0);
    expect(axes().x.afterDataLimits).toBeUndefined();
  });
});
