/**
 * Branches may be listed in several orders without changing the function, since all outputs enter a learnt projection. A cell is a tree with
 * root F (every branch reads one value), and its canonical form is a walk over that tree.
 */
import { features, operationLabel, operations, type DpcBranch, type DpcCell } from './cell.ts';

interface Tree {
  readonly branch: DpcBranch;
  /** 'a1x6(a18x15(a6x3),a1x1)' */
  readonly text: string;
  readonly children: readonly Tree[];
}

/** Trees of the branches that read branch `parent`, ordered by their texts. */
function childrenOf(cell: DpcCell, parent: number): Tree[] {
  const trees = cell.flatMap((branch, index): Tree[] => {
    if (branch.input !== parent) return [];
    const children = childrenOf(cell, index);
    const label = operationLabel(branch.operation);
    return [{ branch, children, text: children.length === 0 ? label : `${label}(${textOf(children)})` }];
  });
  return trees.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
}

function textOf(trees: readonly Tree[]): string {
  return trees.map((tree) => tree.text).join(',');
}

/** 'F(a12x12,a18x18,a6x6,c1,p1x1)': equal for equal cells, and only for them. */
export function cellText(cell: DpcCell): string {
  return `F(${textOf(childrenOf(cell, features))})`;
}

/** The same cell with every branch directly before those that read it, siblings ordered by their texts. The published cell is in this order. */
export function canonicalCell(cell: DpcCell): DpcCell {
  const result: DpcBranch[] = [];
  const visit = (trees: readonly Tree[], input: number): void => {
    for (const { branch, children } of trees) {
      result.push({ operation: branch.operation, input });
      visit(children, result.length - 1);
    }
  };
  visit(childrenOf(cell, features), features);
  return result;
}

/** How many architectures a space of so many branches lists: the product of 81 i over branches i (specification section 1). */
export function countEncodings(branches: number): bigint {
  let count = 1n;
  for (let i = 1; i <= branches; i++) count *= BigInt(operations.length * i);
  return count;
}

/**
 * How many different cells there are: unordered forests of `branches` nodes in as many colours as there are operations (Euler transform).
 * With T(n) trees of n nodes, n Phi(n) = sum over j of c(j) Phi(n - j), c(j) = sum over d | j of d T(d), T(n) = colours Phi(n - 1).
 */
export function countCells(branches: number, colours = operations.length): bigint {
  const forests = [1n];
  const weighted = [0n]; // c(j)
  for (let n = 1; n <= branches; n++) {
    const treesOf = (nodes: number): bigint => BigInt(colours) * forests[nodes - 1]!;
    let c = 0n;
    for (let d = 1; d <= n; d++) if (n % d === 0) c += BigInt(d) * treesOf(d);
    weighted.push(c);
    let sum = 0n;
    for (let j = 1; j <= n; j++) sum += weighted[j]! * forests[n - j]!;
    forests.push(sum / BigInt(n));
  }
  return forests[branches]!;
}
