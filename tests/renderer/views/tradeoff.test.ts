import { describe, expect, test } from 'vitest';
import type { ChoiceColumns } from '../../../electron/ipc/tradeoff.ts';
import type { ComparisonRow } from '../../../engine/export/comparison.ts';
import { changeText, cellText, isBetter } from '../../../renderer/views/compare/cell-text.ts';
import { addressOf, queryOf, requestOf } from '../../../renderer/views/tradeoff/address.ts';
import { brushResult } from '../../../renderer/views/tradeoff/brushes.ts';
import { trialColumns } from '../../../renderer/views/tradeoff/trial-columns.ts';
import { useTrialWindow } from '../../../renderer/views/tradeoff/trial-window.ts';
import { smallView } from '../charts/small-view.ts';

describe('address of the trade-off', () => {
  test('what differs from the usual goes there and back; nonsense is the usual', () => {
    const query = {
      ids: 'a,b',
      x: 'latency',
      y: 'mIoU|val|retrained',
      of: 'mean',
      log: '1',
      published: '1',
      colour: 'params',
      size: 'macs',
      maxMacs: '3000000',
      maxMs: '30',
      hidden: 'b',
      until: '12',
    };
    expect(queryOf(addressOf(query))).toEqual(query);
    expect(queryOf(addressOf({ x: 'watts', until: 'soon', colour: 'red', ids: '' }))).toEqual({});
    expect(requestOf(addressOf(query))).toEqual({
      ids: ['a', 'b'],
      x: 'latency',
      metric: 'mIoU',
      split: 'val',
      kind: 'retrained',
      aggregate: 'mean',
      logX: true,
      published: true,
      limits: { maxMacs: 3e6, maxLatencyMs: 30 },
    });
  });
});

describe('brushes', () => {
  const choices: ChoiceColumns = {
    measure: '',
    choices: [],
    points: [0, 1, 3],
    columns: [{ name: 'k', values: [1, 2, 2] }],
  };

  test('none: everything; costs and top share are ranges for the table, choices name their trials', () => {
    const view = smallView();
    expect(brushResult(view, choices, { brushes: [], topShare: 1 })).toEqual({ points: undefined, ranges: [], only: undefined });
    const cost = brushResult(view, choices, { brushes: [{ key: 'macs', from: 2e6, to: 4e6 }], topShare: 0.5 });
    expect([...cost.points!]).toEqual([0, 1, 0, 1, 1, 0]);
    expect(cost.ranges).toEqual([
      { column: 'macs', from: 2e6, to: 4e6 },
      { column: 'metric', from: 0.5, to: Number.MAX_VALUE },
    ]);
    const choice = brushResult(view, choices, { brushes: [{ key: 'choice:k', from: 2, to: 2 }], topShare: 1 });
    expect(choice.only).toEqual([
      ['a', 1],
      ['a', 3],
    ]);
  });
});

describe('table of trials', () => {
  test('the heading of the score states its aggregate and what it was taken on; experiments are told apart only when there are several', () => {
    const columns = trialColumns(smallView(), 'mean');
    expect(columns.find(({ key }) => key === 'metric')).toMatchObject({
      title: 'mIoU (mean)',
      hint: expect.stringContaining('val, proxy'),
    });
    expect(columns.some(({ key }) => key === 'experiment')).toBe(true);
    expect(
      trialColumns(smallView({ experiments: smallView().experiments.slice(0, 1) }), 'best').some(({ key }) => key === 'experiment'),
    ).toBe(false);
  });

  test('only pages that are seen are read, each once; an older answer does not replace a newer question', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const { slots, rows, ask, see } = useTrialWindow(async ({ offset, limit, text }) => {
      asked.push(`${text ?? ''}@${offset}`);
      if (text === 'slow') await new Promise<void>((done) => answers.push(done));
      const rows = Array.from({ length: Math.min(limit, 250 - offset) }, (_, i) => ({ number: offset + i }));
      return { total: text === 'slow' ? 1 : 250, rows: rows as never };
    });
    await ask({ ids: ['a'] });
    see(90, 130);
    see(100, 140);
    await Promise.resolve();
    await new Promise((done) => setTimeout(done, 0));
    expect(asked).toEqual(['@0', '@100']);
    expect(slots.value).toHaveLength(250);
    expect([99, 100, 200].map((index) => rows.value.get(index)?.number)).toEqual([99, 100, undefined]);
    const slow = ask({ ids: ['a'], text: 'slow' });
    await ask({ ids: ['a'], text: 'new' });
    answers[0]?.();
    await slow;
    expect(slots.value).toHaveLength(250);
  });
});

describe('cells of a comparison', () => {
  const row = (unit: ComparisonRow['unit'], better?: 'higher' | 'lower') => ({
    unit,
    of: 'MACs',
    ...(better === undefined ? {} : { better }),
  });

  test('values with units, changes with signs, and which way is better', () => {
    expect(cellText(row('share'), { value: 0.739, sd: 0.002 })).toBe('73.90 ± 0.20\u00a0%');
    expect(cellText(row('count'), { value: 3.1e9 })).toBe('3.10\u00a0G\u00a0MACs');
    expect(cellText(row('ms'), { value: null, reason: 'not measured' })).toBe('—');
    expect([changeText(row('count'), { value: 1, change: -0.29 }), changeText(row('share'), { value: 1, change: 0.012 })]).toEqual([
      '−29\u00a0%',
      '+1.2\u00a0pp',
    ]);
    expect(changeText(row('text'), { value: 'x', change: 1 })).toBe('');
    expect([
      isBetter(row('count', 'lower'), { value: 1, change: -0.1 }),
      isBetter(row('share', 'higher'), { value: 1, change: -0.1 }),
    ]).toEqual([true, false]);
    expect(isBetter(row('count', 'lower'), { value: 1, change: -0.1, isUnfair: true })).toBeUndefined();
  });
});
