import { features, operationIndex, operationLabel, operations, type DpcBranch, type DpcCell } from './cell.ts';

const perInput = BigInt(operations.length);

/**
 * The number of a cell among those of as many branches, in mixed radix: branch i (from 1) is a digit of radix 81 i, the first branch counts
 * least; a digit is operation + 81 input, input 0 = F. Throws RangeError for rates and grids beyond the space.
 */
export function cellId(cell: DpcCell): bigint {
  let id = 0n;
  for (let b = cell.length - 1; b >= 0; b--) {
    const { operation, input } = cell[b]!;
    const index = operationIndex(operation);
    if (index === undefined) throw new RangeError(`branch ${b} has operation ${operationLabel(operation)}, which is not in the space`);
    id = id * perInput * BigInt(b + 1) + BigInt(index) + perInput * BigInt(input - features);
  }
  return id;
}

/** The cell with this number. Throws RangeError when there are not so many. */
export function cellOfId(id: bigint, branches: number): DpcCell {
  let rest = id;
  const cell = Array.from({ length: branches }, (_, b): DpcBranch => {
    const digit = rest % (perInput * BigInt(b + 1));
    rest /= perInput * BigInt(b + 1);
    return { operation: operations[Number(digit % perInput)]!, input: Number(digit / perInput) + features };
  });
  if (rest !== 0n || id < 0n) throw new RangeError(`there is no cell ${id} of ${branches} branches`);
  return cell;
}
