import type { Rng } from '../../rng.ts';
import type { Architecture, Choice } from '../search-space.ts';
import { features, operationIndex, operationLabel, operations, type DpcBranch, type DpcCell } from './cell.ts';
import { shortSettings, type DpcSettings } from './settings.ts';

export const dpcVersion = 1;

export function operationChoice(branch: number): string {
  return `branch${branch}.op`;
}

export function inputChoice(branch: number): string {
  return `branch${branch}.input`;
}

const operationLabels = operations.map(operationLabel);

/** An operation a branch, and what it reads; the first branch can only read F. */
export function choicesOf({ branches }: DpcSettings): Choice[] {
  return Array.from({ length: branches }, (_, b): Choice[] => {
    const operation: Choice = {
      name: operationChoice(b),
      options: operationLabels,
      description: 'c1: 1x1 convolution; a6x21: 3x3 atrous separable, rates 6 and 21; p2x4: pyramid pooling on 2 by 4 cells; heights first',
    };
    if (b === 0) return [operation];
    const inputs = ['F', ...Array.from({ length: b }, (_, k) => `branch${k}`)];
    return [
      operation,
      { name: inputChoice(b), options: inputs, description: 'what it reads: the features F or the output of an earlier branch' },
    ];
  }).flat();
}

/** The cell of valid choices. */
export function cellOf(choices: Architecture['choices'], { branches }: DpcSettings): DpcCell {
  return Array.from({ length: branches }, (_, b): DpcBranch => {
    return { operation: operations[choices[operationChoice(b)] ?? 0]!, input: (choices[inputChoice(b)] ?? 0) + features };
  });
}

/** The architecture with this cell, whose operations are in the space and which has as many branches as the settings say. */
export function architectureOf(cell: DpcCell, settings: DpcSettings): Architecture {
  const choices: Record<string, number> = {};
  cell.forEach(({ operation, input }, b) => {
    choices[operationChoice(b)] = operationIndex(operation) ?? -1;
    if (b > 0) choices[inputChoice(b)] = input - features;
  });
  return { space: 'dpc', version: dpcVersion, settings: shortSettings(settings), choices };
}

/**
 * A cell at random, every branch on its own: operation uniform over the 81, input uniform over what there is before it. With draw 'family'
 * 1x1, atrous and pooling are equally likely first, which is another distribution (specification section 7).
 */
export function drawCell(branches: number, rng: Rng, draw: 'flat' | 'family' = 'flat'): DpcCell {
  return Array.from({ length: branches }, (_, b): DpcBranch => {
    const kind = draw === 'family' ? rng.pick(['conv', 'atrous', 'pool'] as const) : undefined;
    const offered = kind === undefined ? operations : operations.filter((operation) => operation.kind === kind);
    return { operation: rng.pick(offered), input: rng.int(b + 1) + features };
  });
}
