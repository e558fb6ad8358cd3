/** Softmax, cross entropy, layer norm and sums over rows, and resizing of maps, by the addon's own ops. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import type { Mix } from '../../ops/resize.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';

export function ownRowKernels(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const inputs = (call: KernelCall, ...names: readonly string[]): TensorInfo[] => names.map((name) => input(call, name));
  const lossAttributes = (call: KernelCall): NativeAttribute[] => [
    attr.int('ignore_label', call.attrs.ignoreLabel as number),
    attr.float('smoothing', call.attrs.smoothing as number),
  ];
  return {
    LabSoftmax: (call) => ops.run('LabSoftmax', inputs(call, 'x')),
    LabSoftmaxGradient: (call) => ops.run('LabSoftmaxGradient', inputs(call, 'dy', 'y')),
    LabCrossEntropy: (call) => {
      const attributes = [...lossAttributes(call), attr.bool('mean_over_valid', call.attrs.meanOverValid as boolean)];
      return ops.runAll('LabCrossEntropy', inputs(call, 'logits', 'labels'), attributes, 3);
    },
    LabCrossEntropyGradient: (call) =>
      ops.run('LabCrossEntropyGradient', inputs(call, 'dy', 'logits', 'labels', 'perRow', 'weight'), lossAttributes(call)),
    LabLayerNorm: (call) =>
      ops.runAll('LabLayerNorm', inputs(call, 'x', 'gamma', 'beta'), [attr.float('epsilon', call.attrs.epsilon as number)], 3),
    LabLayerNormGradient: (call) => ops.runAll('LabLayerNormGradient', inputs(call, 'dy', 'x', 'gamma', 'mean', 'inverse'), [], 3),
    LabColumnSums: (call) => ops.run('LabColumnSums', inputs(call, 'x')),
    LabResize: (call) => {
      const mixes = mixesOf(ops, call);
      const y = ops.run('LabResize', [input(call, 'x'), ...mixes]);
      ops.release(...mixes);
      return y;
    },
    LabResizeGradient: (call) => {
      const { height, width } = call.attrs as { readonly height: number; readonly width: number };
      // the op learns the size of its result from the shape of an empty tensor
      const rest = [...mixesOf(ops, call), ops.constant([], [height, width, 0])];
      const dx = ops.run('LabResizeGradient', [input(call, 'dy'), ...rest]);
      ops.release(...rest);
      return dx;
    },
  };
}

/** Of both axes: the two places that each position mixes, and the share of the second. */
function mixesOf(ops: NativeOps, call: KernelCall): TensorInfo[] {
  const { rows, columns } = call.attrs as { readonly rows: readonly Mix[]; readonly columns: readonly Mix[] };
  return [rows, columns].flatMap((axis) => [
    ops.constant(
      axis.flatMap(({ low, high }) => [low, high]),
      [axis.length, 2],
      'int32',
    ),
    ops.constant(
      axis.map(({ share }) => share),
      [axis.length],
    ),
  ]);
}
