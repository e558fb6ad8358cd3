/**
 * Mixed precision: what products of matrices and convolutions read is rounded to 16 bits, what they give is float32 again. Everything else
 * (weights, norms and their statistics, losses, optimisers) stays as it is. Meant for GPUs, whose tensor cores multiply 16-bit numbers several
 * times as fast and add in float32; TensorFlow has the same ops on processors, where they are slower than float32: there they are for tests.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { KernelTable } from '../kernel-table.ts';
import type { Precision } from '../precision.ts';
import type { NativeAttribute } from './binding.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { depthwiseKernels } from './kernels/depthwise.ts';
import { matrixKernels } from './kernels/matrix.ts';
import { NativeOps } from './native-backend.ts';
import type { NativeKernelBackend } from './native-backend.ts';

export type HalfPrecision = Exclude<Precision, 'float32'>;

/** TensorFlow's ops that compute in 16 bits. */
const halved: ReadonlySet<string> = new Set([
  'MatMul',
  'BatchMatMulV2',
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
]);

/** The kernels of which mixed precision has its own; the same names and shapes as in float32. */
export function mixedKernels(backend: NativeKernelBackend, precision: HalfPrecision): KernelTable {
  const ops = new HalfOps(backend, precision);
  // Of the table of matrices the products only: the gradient of gathering adds by a product, and is no product of the network.
  const { LabMatMul, LabLinear } = matrixKernels(ops) as Required<KernelTable>;
  return { ...convolutionKernels(ops), ...depthwiseKernels(ops), LabMatMul: LabMatMul!, LabLinear: LabLinear! };
}

class HalfOps extends NativeOps {
  readonly #half: number;

  constructor(backend: NativeKernelBackend, precision: HalfPrecision) {
    super(backend);
    const { TF_BFLOAT16, TF_HALF } = backend.binding;
    this.#half = precision === 'bfloat16' ? TF_BFLOAT16 : TF_HALF;
  }

  override runAll(name: string, inputs: readonly TensorInfo[], attributes: readonly NativeAttribute[], outputs: number): TensorInfo[] {
    if (!halved.has(name)) return super.runAll(name, inputs, attributes, outputs);
    const { binding } = this.backend;
    const { TF_FLOAT } = binding;
    const made: number[] = [];
    const cast = (id: number, from: number, to: number): number => {
      const [result] = binding.executeOp('Cast', [this.attr.type('SrcT', from), this.attr.type('DstT', to)], [id], 1);
      return result!.id;
    };
    try {
      const ids = this.backend.getInputTensorIds(inputs).map((id, i) => {
        if (inputs[i]!.dtype !== 'float32') return id; // sizes
        const half = cast(id, TF_FLOAT, this.#half);
        made.push(half);
        return half;
      });
      const typed = attributes.map((one) => (one.name === 'T' ? this.attr.type('T', this.#half) : one));
      const results = binding.executeOp(name, typed, ids, outputs);
      made.push(...results.map(({ id }) => id));
      return results.map(({ id, shape }) => this.adopt({ id: cast(id, this.#half, TF_FLOAT), shape, dtype: TF_FLOAT }));
    } finally {
      for (const id of made) binding.deleteTensor(id);
    }
  }
}
