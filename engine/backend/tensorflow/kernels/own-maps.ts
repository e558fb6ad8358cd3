/** Normalisation, activation and dropout by the addon's own ops. */
import type { Scalar, TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import { dropLimit } from '../../ops/dropout.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';

export function ownMapKernels(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const kindOf = (call: KernelCall): NativeAttribute => attr.text('kind', call.attrs.kind as string);
  const epsilonOf = (call: KernelCall): NativeAttribute => attr.float('epsilon', call.attrs.epsilon as number);
  const inputs = (call: KernelCall, ...names: readonly string[]): TensorInfo[] => names.map((name) => input(call, name));
  return {
    LabBatchNormTrain: (call) => ops.runAll('LabBatchNormTrain', inputs(call, 'x', 'gamma', 'beta'), [epsilonOf(call), kindOf(call)], 3),
    LabBatchNormTrainGradient: (call) => {
      const all = inputs(call, 'dy', 'x', 'gamma', 'beta', 'mean', 'variance');
      return ops.runAll('LabBatchNormTrainGradient', all, [epsilonOf(call), kindOf(call)], 3);
    },
    LabBatchNormInference: (call) => {
      const all = inputs(call, 'x', 'mean', 'variance', 'gamma', 'beta');
      return ops.run('LabBatchNormInference', all, [epsilonOf(call), kindOf(call)]);
    },
    LabActivation: (call) => {
      const x = input(call, 'x');
      return call.attrs.kind === 'none' ? ops.share(x) : ops.run('LabActivation', [x], [kindOf(call)]);
    },
    LabActivationGradient: (call) => {
      const [dy, x] = inputs(call, 'dy', 'x');
      return call.attrs.kind === 'none' ? ops.share(dy!) : ops.run('LabActivationGradient', [dy!, x!], [kindOf(call)]);
    },
    LabDropout: (call) => {
      const { rate, seed } = call.attrs as { readonly rate: number; readonly seed: number | Scalar };
      const place = typeof seed === 'number' ? ops.constant([seed], [], 'int32') : ops.share(seed);
      const attributes = [attr.int('limit', dropLimit(rate)), attr.float('factor', 1 / (1 - rate))];
      const y = ops.run('LabDropout', [input(call, 'x'), place], attributes);
      ops.release(place);
      return y;
    },
    LabDeriveSeed: (call) => {
      const { mask, factor } = call.attrs as { readonly mask: number; readonly factor: number };
      return ops.run('LabDeriveSeed', [input(call, 'seed')], [attr.int('mask', mask), attr.int('factor', factor)]);
    },
  };
}
