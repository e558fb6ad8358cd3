import { cellOf } from '../../../engine/spaces/dpc/choices.ts';
import { operationLabel, rates } from '../../../engine/spaces/dpc/cell.ts';
import type { DpcBranch, DpcCell } from '../../../engine/spaces/dpc/cell.ts';
import { withDefaults } from '../../../engine/spaces/dpc/settings.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { CellDynamics } from '../../ipc/dynamics.ts';
import { bestOf, searchedTrials, sharesOf } from './best-trials.ts';
import type { FamilyInput } from './registry.ts';

const kinds = ['conv', 'atrous', 'pool'] as const;
const kindTitles: Readonly<Record<DpcBranch['operation']['kind'], string>> = {
  conv: '1x1 convolution',
  atrous: 'atrous 3x3',
  pool: 'pyramid pooling',
};

/** Cells of DPC from the stored trials: which operations, rates and inputs the best ones have more often than all. */
export function cellDynamics({ store, id, config }: FamilyInput): CellDynamics {
  const settings = withDefaults(config.space as Architecture['settings']);
  const trials = searchedTrials(store, id).map((trial) => ({ ...trial, cell: cellOf(trial.arch.choices, settings) }));
  const best = bestOf(trials);
  const branchesOf = (list: readonly { readonly cell: DpcCell }[]): readonly DpcBranch[] => list.flatMap(({ cell }) => [...cell]);
  const [bestBranches, allBranches] = [branchesOf(best), branchesOf(trials)];
  const titles = (branches: readonly DpcBranch[]): string[] => branches.map(({ operation }) => kindTitles[operation.kind]);
  const inputs = ['features', ...Array.from({ length: settings.branches - 1 }, (_, b) => `branch ${b}`)];
  const inputsOf = (branches: readonly DpcBranch[]): string[] => branches.map(({ input }) => inputs[input + 1] ?? '');
  return {
    best: best.length,
    all: trials.length,
    cells: best.map(({ number, value, macs, cell }) => ({
      trial: number,
      value,
      macs,
      branches: cell.map(({ operation, input }) => ({ label: operationLabel(operation), input })),
    })),
    rates: [...rates],
    bestRates: countRates(bestBranches),
    allRates: countRates(allBranches),
    operations: sharesOf(
      kinds.map((kind) => kindTitles[kind]),
      titles(bestBranches),
      titles(allBranches),
    ),
    inputs: sharesOf(inputs, inputsOf(bestBranches), inputsOf(allBranches)),
  };
}

function countRates(branches: readonly DpcBranch[]): readonly (readonly number[])[] {
  const counts = rates.map(() => rates.map(() => 0));
  for (const { operation } of branches) {
    if (operation.kind !== 'atrous') continue;
    const [row, column] = operation.rate.map((rate) => (rates as readonly number[]).indexOf(rate));
    const own = counts[row ?? -1];
    if (own !== undefined && column !== undefined && own[column] !== undefined) own[column] += 1;
  }
  return counts;
}
