/** How branches are opened and exchange what they have (specification sections 3 and 4.3). */
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import { depthwiseThenPointwise, pointwise } from './layers.ts';

/** Branches of the widths of a stage: those that fit stay, those of another width are changed, new ones come from the coarsest. */
export function transition(builder: GraphBuilder, x: readonly Value[], widths: readonly number[], name: string): Value[] {
  return widths.map((channels, i) => {
    const own = x[i];
    if (own !== undefined && own.shape[2] === channels) return own;
    const branch =
      own === undefined ? openBranch(builder, x, i, channels, `${name}.${i}`) : changeWidth(builder, own, channels, `${name}.${i}`);
    builder.module(`${name}.${i}`, [branch]);
    return branch;
  });
}

function changeWidth(builder: GraphBuilder, x: Value, channels: number, name: string): Value {
  return depthwiseThenPointwise(builder, x, name, { channels, activation: 'relu' });
}

/** One halving for every branch that is new up to this one; only the last of them changes the width. */
function openBranch(builder: GraphBuilder, x: readonly Value[], i: number, channels: number, name: string): Value {
  let y = x[x.length - 1]!;
  for (let step = 0; step <= i - x.length; step++) {
    const wide = step === i - x.length ? channels : (y.shape[2] ?? 0);
    y = depthwiseThenPointwise(builder, y, `${name}.${step}`, { channels: wide, stride: 2, activation: 'relu' });
  }
  return y;
}

/** Every branch becomes the rectified sum of what all of them send. */
export function fusion(builder: GraphBuilder, x: readonly Value[], name: string, isAsReleased: boolean): Value[] {
  const path = (i: number, j: number, from: Value): Value =>
    i === j ? from : fusionPath(builder, from, x[i]!, j - i, `${name}.${i}.${j}`);
  const rectified = (summands: readonly Value[]): Value => layers.activate(builder, layers.add(builder, summands), 'relu');
  if (!isAsReleased) return x.map((_, i) => rectified(x.map((from, j) => path(i, j, from))));
  // The official code starts each sum with the term of branch 0 and adds that term again in its loop, for branch 0 into its own memory:
  // what the others get from there is the unrectified sum, through a path that runs twice (and whose norms see the batch twice).
  const [finest, ...others] = x as [Value, ...Value[]];
  const sum = layers.add(builder, [finest, finest, ...others.map((from, j) => path(0, j + 1, from))]);
  const rest = others.map((_, k) => {
    const i = k + 1;
    return rectified([path(i, 0, sum), path(i, 0, sum), ...others.map((from, j) => path(i, j + 1, from))]);
  });
  return [layers.activate(builder, sum, 'relu'), ...rest];
}

/** From a coarser branch (`levels` > 0): a 1x1 convolution, then enlarged. From a finer one: halvings, the last one of another width. */
function fusionPath(builder: GraphBuilder, from: Value, to: Value, levels: number, name: string): Value {
  const [height = 0, width = 0, channels = 0] = to.shape;
  if (levels > 0) return layers.resizeTo(builder, pointwise(builder, from, name, channels), [height, width], 'nearest');
  let y = from;
  for (let step = 0; step < -levels; step++) {
    const isLast = step === -levels - 1;
    const wide = isLast ? channels : (from.shape[2] ?? 0);
    y = depthwiseThenPointwise(builder, y, `${name}.${step}`, { channels: wide, stride: 2, ...(!isLast && { activation: 'relu' }) });
  }
  return y;
}
