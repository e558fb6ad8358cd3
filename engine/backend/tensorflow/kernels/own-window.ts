import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { geometryOf } from './convolution.ts';

/** Runs one of the addon's ops on windows: the named inputs of the call, whose geometry it follows, give a result of that height and width. */
export function runOnWindows(
  ops: NativeOps,
  call: KernelCall,
  op: string,
  inputs: readonly string[],
  size: readonly [height: number, width: number],
): TensorInfo {
  const g = geometryOf(call);
  const attributes = [
    ops.attr.int('strides', [g.strideHeight, g.strideWidth]),
    ops.attr.int('padding', [g.padTop, g.padBottom, g.padLeft, g.padRight]),
    ops.attr.int('dilations', [g.dilationHeight, g.dilationWidth]),
  ];
  return ops.withSize(size, (place) => ops.run(op, [...inputs.map((name) => input(call, name)), place], attributes));
}
