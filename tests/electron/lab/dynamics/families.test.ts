import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../db/store.ts';
import { createMemoryStore } from '../../../../db/memory/memory-store.ts';
import { cellDynamics } from '../../../../electron/lab/dynamics/cells.ts';
import { choiceDynamics } from '../../../../electron/lab/dynamics/choices.ts';
import type { FamilyInput } from '../../../../electron/lab/dynamics/registry.ts';
import { findSpace } from '../../../../engine/catalog.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { architectureOf } from '../../../../engine/spaces/dpc/choices.ts';
import type { DpcBranch, DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { withDefaults } from '../../../../engine/spaces/dpc/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

interface Trial {
  readonly arch: Architecture;
  readonly value: number;
  readonly parents?: readonly number[];
  readonly operator?: string;
}

/** An experiment with these finished trials, numbered from 0. */
function experimentOf(config: Json, trials: readonly Trial[]): FamilyInput {
  const store = createMemoryStore();
  const parsed = parseSearchConfig(config);
  store.createExperiment({
    id: 'x-1',
    name: 'x',
    system: parsed.system,
    config,
    environment: {},
    runner: { pid: 1, bootId: 'b', startedAt: '1' },
  });
  trials.forEach(({ arch, value, parents, operator = 'sample' }, number) => {
    const given = { number, arch: arch as unknown as Json, hash: `h${number}` };
    store.startTrial('x-1', given);
    const metrics = [{ name: 'm', value, split: 'search-val', kind: 'proxy' }];
    const cost = { macs: 10 * (number + 1), params: 1, activationBytes: 1, input: [1, 1, 3], scope: 'full' };
    store.finishTrial('x-1', { ...given, cost, metrics, steps: 1, seed: 1, role: 'front', operator, ...(parents && { parents }) });
  });
  return { store, id: 'x-1', config: parsed };
}

describe('cells', () => {
  const config = { preset: 'dpc-demo' };
  const settings = withDefaults(parseSearchConfig(config).space as Architecture['settings']);
  const atrous = (height: number, width: number, input: number): DpcBranch => ({
    operation: { kind: 'atrous', rate: [height, width] },
    input,
  });
  const conv = (input: number): DpcBranch => ({ operation: { kind: 'conv' }, input });
  const archOf = (cell: DpcCell): Architecture => architectureOf(cell, settings);
  const good = archOf([atrous(6, 21, -1), conv(0), conv(0), conv(0), conv(3)]);
  const poor = archOf([conv(-1), conv(-1), conv(-1), conv(-1), atrous(1, 1, -1)]);

  test('the rates, operations and inputs of the best cells are told apart from those of all', () => {
    const trials = [
      ...Array.from({ length: 5 }, (_, i) => ({ arch: good, value: 0.5 + i / 100 })),
      ...Array.from({ length: 5 }, () => ({ arch: poor, value: 0.1 })),
    ];
    const { best, all, cells, rates, bestRates, allRates, operations, inputs } = cellDynamics(experimentOf(config, trials));
    expect([best, all]).toEqual([5, 10]);
    expect(cells.map(({ trial }) => trial)).toEqual([4, 3, 2, 1, 0]);
    expect(cells[0]).toMatchObject({
      value: 0.54,
      macs: 50,
      branches: [{ label: 'a6x21', input: -1 }, { label: 'c1', input: 0 }, {}, {}, { input: 3 }],
    });
    const at = (map: readonly (readonly number[])[], height: number, width: number): number | undefined =>
      map[rates.indexOf(height)]?.[rates.indexOf(width)];
    expect([at(bestRates, 6, 21), at(bestRates, 21, 6), at(bestRates, 1, 1)]).toEqual([5, 0, 0]);
    expect([at(allRates, 6, 21), at(allRates, 1, 1)]).toEqual([5, 5]);
    expect(operations.find(({ label }) => label === 'atrous 3x3')).toEqual({ label: 'atrous 3x3', best: 0.2, all: 0.2 });
    expect(inputs.find(({ label }) => label === 'features')).toEqual({ label: 'features', best: 0.2, all: 0.6 });
  });

  test('what was trained again is no cell of the search', () => {
    const trials = [
      { arch: poor, value: 0.1 },
      { arch: good, value: 0.9, operator: 'retrain', parents: [0] },
    ];
    expect(cellDynamics(experimentOf(config, trials)).cells.map(({ trial }) => trial)).toEqual([0]);
  });
});

describe('choices of a family', () => {
  const config = { preset: 'lite-hrnet', strategy: { id: 'evolution', population: 2, tournament: 2, trials: 4 } };
  const space = findSpace('lite-hrnet');
  const [eighteen, naive] = ['lite-hrnet:18', 'lite-hrnet:naive-18'].map(
    (name) => space.published.find((one) => one.name === name)!.arch,
  ) as [Architecture, Architecture];
  const trials = [
    { arch: eighteen, value: 0.6 },
    { arch: naive, value: 0.2 },
    { arch: eighteen, value: 0.4, parents: [0] },
    { arch: eighteen, value: 0.7, parents: [0] },
  ];

  test('each offered value has its share among the networks, and the published networks that have it', () => {
    const { choices } = choiceDynamics(experimentOf(config, trials));
    const block = choices.find(({ name }) => name === 'stage2.block');
    expect(block?.rows.map(({ label, all }) => [label, all])).toContainEqual(['shuffle unit', 0.25]);
    expect(block?.rows.find(({ label }) => label === 'shuffle unit')?.published).toContain('lite-hrnet:naive-18');
    const width = choices.find(({ name }) => name === 'stage2.width0');
    expect(width?.rows.find(({ label }) => label === '40')).toMatchObject({ all: 0.75 });
    expect(width?.rows.reduce((sum, { all }) => sum + all, 0)).toBeCloseTo(1, 12);
  });

  test('the population after each trial is its newest members', () => {
    const { population, size } = choiceDynamics(experimentOf(config, trials));
    expect(size).toBe(2);
    expect(population.map(({ best, worst, parents }) => [best, worst, parents])).toEqual([
      [0.6, 0.6, 0],
      [0.6, 0.2, 0],
      [0.4, 0.2, 1],
      [0.7, 0.4, 1],
    ]);
  });
});
