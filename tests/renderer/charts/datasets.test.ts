// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { confusionConfig, confusionData, confusionTable } from '../../../renderer/charts/confusion.ts';
import { histogramConfig, histogramTable } from '../../../renderer/charts/histogram.ts';
import type { ChartTheme } from '../../../renderer/charts/theme.ts';

const theme: ChartTheme = {
  isDark: false,
  text: '#000000',
  textSoft: '#505050',
  grid: '#e0e0e0',
  surface: '#ffffff',
  accent: '#3355cc',
  good: '#17703f',
  warn: '#855800',
  bad: '#b42828',
  series: ['#0068a8', '#c85200'],
  font: 'sans-serif',
};

describe('confusion matrix', () => {
  // truth a: 6 right, 2 as b; b never occurs but is predicted; c: 1 as a, 1 right; d neither occurs nor is predicted
  const counts = [6, 2, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
  const data = confusionData(['a', 'b', 'c', 'd'], counts);

  it('has a row for each class that occurs and a column for each that occurs or is predicted; rows add up to 1', () => {
    expect(data.rows).toEqual([0, 2]);
    expect(data.columns).toEqual([0, 1, 2]);
    expect(data.cells.map(({ share }) => share)).toEqual([0.75, 0.25, 0, 0.5, 0, 0.5]);
  });

  it('its twin lists what happened, most pixels first', () => {
    expect(confusionTable(data).rows.map(([truth, predicted]) => `${truth}${predicted}`)).toEqual(['aa', 'ab', 'ca', 'cc']);
  });

  it('a click picks the cell under the pointer; what is right has another colour than what is wrong', () => {
    const picked: unknown[] = [];
    const config = confusionConfig(data, theme, { onPick: (cell) => picked.push(cell) });
    config.options?.onClick?.({} as never, [{ index: 1 }] as never, {} as never);
    expect(picked).toEqual([{ truth: 0, predicted: 1, pixels: 2, share: 0.25 }]);
    const colorOf = config.data.datasets[0]?.backgroundColor as (context: object) => string;
    expect(colorOf({ dataIndex: 0 })).toContain('#0068a8 87%');
    expect(colorOf({ dataIndex: 1 })).toContain('#c85200 50%');
  });
});

describe('class histogram', () => {
  const series = [
    {
      name: 'val',
      classes: [
        { name: 'road', color: [128, 64, 128], share: 0.9, amount: 9000 },
        { name: 'sky', color: [70, 130, 180], share: 0, amount: 0 },
      ],
    },
  ];
  const options = { of: 'of labelled pixels', unit: 'px' };

  it('a class that does not occur has no bar on a log axis, and none of height on a linear one', () => {
    expect(histogramConfig(series, theme, { ...options, isLog: true }).data.datasets[0]?.data).toEqual([90, null]);
    expect(histogramConfig(series, theme, { ...options, isLog: false }).data.datasets[0]?.data).toEqual([90, 0]);
  });

  it('its twin has the numbers that are drawn', () => {
    expect(histogramTable(series, { ...options, isLog: true }).rows).toEqual([
      ['road', '90.00\u00a0%', '9,000'],
      ['sky', '0.00\u00a0%', '0'],
    ]);
  });
});
