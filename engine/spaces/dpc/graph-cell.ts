import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { concat, dropout, type NormOptions } from '../../graph/layers.ts';
import { features, type DpcBranch, type DpcCell, type Pair } from './cell.ts';
import { poolLength, rateMultiplier, scaledLength } from './geometry.ts';
import { conv, resizeAligned, splitSeparable } from './layers.ts';

/** Running statistics keep 0.9997 of themselves a batch. */
export const headNorm: NormOptions = { epsilon: 1e-5, momentum: 3e-4 };

const droppedShare = 0.1;

export interface CellOptions {
  readonly filters: number;
  readonly outputStride: number;
  readonly poolMode: 'sliding' | 'grid';
  /** px; [] = that of the features. */
  readonly poolingCrop: Pair | readonly [];
}

/**
 * The cell on a map of features [h, w, in]: every branch gives [h, w, filters]; all of them are concatenated, dropped out, and projected to
 * [h, w, filters] (specification section 4). `x` is left as it is.
 */
export function graphCell(builder: GraphBuilder, cell: DpcCell, x: Value, options: CellOptions): Value {
  const outputs: Value[] = [];
  cell.forEach((branch, index) => {
    const input = branch.input === features ? x : outputs[branch.input]!;
    const output = builder.scoped(`cell.branch${index}`, () =>
      graphBranch(builder, branch, `meta_architecture/branch${index}`, input, options),
    );
    builder.module(`branch${index}`, [output]);
    outputs.push(output);
  });
  return builder.scoped('cell.projection', () => {
    const joined = dropout(builder, concat(builder, outputs), droppedShare); // [h, w, branches * filters]
    const projection = conv(builder, joined, options.filters, { scope: 'meta_architecture/concat_projection', norm: headNorm });
    builder.module('projection before ReLU', [projection]);
    const result = builder.node({ op: 'activation', inputs: [projection], attrs: { kind: 'relu' } });
    builder.module('cell', [result]);
    return result;
  });
}

function graphBranch(builder: GraphBuilder, { operation }: DpcBranch, scope: string, x: Value, options: CellOptions): Value {
  const pointwise = (input: Value): Value => conv(builder, input, options.filters, { scope, norm: headNorm, activation: 'relu' });
  switch (operation.kind) {
    case 'conv':
      return pointwise(x);
    case 'atrous': {
      const multiplier = rateMultiplier(options.outputStride);
      const rate: Pair = [multiplier * operation.rate[0], multiplier * operation.rate[1]];
      return splitSeparable(builder, x, options.filters, { scope, norm: headNorm, rate });
    }
    case 'pool': {
      const [height = 0, width = 0] = x.shape;
      return resizeAligned(builder, pointwise(pool(builder, x, operation.grid, options)), [height, width]);
    }
  }
}

/** Means over the cells of a grid, or under a window of a cell's size at every place. A window of one pixel changes nothing. */
function pool(builder: GraphBuilder, x: Value, grid: Pair, { poolMode, poolingCrop, outputStride }: CellOptions): Value {
  if (poolMode === 'grid') return builder.node({ op: 'adaptive-average-pool', inputs: [x], attrs: { size: grid } });
  const [height = 0, width = 0] = poolingCrop.length === 0 ? x.shape : poolingCrop.map((side) => scaledLength(side, outputStride));
  const kernel: Pair = [poolLength(height, grid[0]), poolLength(width, grid[1])];
  return kernel[0] === 1 && kernel[1] === 1 ? x : builder.node({ op: 'sliding-average-pool', inputs: [x], attrs: { kernel } });
}
