/** Kernels of our own shaders: dropout from its seed, and the gradient of gather, without a value on the CPU. */
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';
import { dropLimit, plainSeed } from '../../ops/dropout.ts';
import type { StepSeed } from '../../step-number.ts';
import { elementwiseProgram } from '../library.ts';
import type { LibraryBackend } from '../library.ts';

/** The 32 random bits of ops/dropout.ts. */
const randomBits = `
  fn randomBits(index : i32) -> u32 {
    var h = uniforms.seed + u32(index) * 0x9e3779b9u;
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    return h ^ (h >> 16u);
  }
`;

export function indexKernels(backend: LibraryBackend): KernelTable {
  return {
    LabDropout: (call) => {
      const x = input(call, 'x');
      const { rate, seed } = call.attrs as { readonly rate: number; readonly seed: StepSeed };
      const program = elementwiseProgram({
        key: 'dropout',
        inputs: ['A'],
        outputShape: x.shape,
        uniforms: 'seed : u32, limit : u32, kept : f32,',
        functions: randomBits,
        code: 'setOutputAtIndex(index, f32(A[index]) * select(0.0, uniforms.kept, randomBits(index) >= uniforms.limit));',
      });
      return backend.runWebGPUProgram(program, [x], 'float32', [
        { type: 'uint32', data: [plainSeed(seed) >>> 0] },
        { type: 'uint32', data: [dropLimit(rate)] },
        { type: 'float32', data: [1 / (1 - rate)] },
      ]);
    },
    // One thread an element of the result goes through all indices: the same order of adding in every run, unlike atomic adds.
    LabGatherGradient: (call) => {
      const [dy, indices] = [input(call, 'dy'), input(call, 'indices')];
      const { axis, shape } = call.attrs as { readonly axis: number; readonly shape: readonly number[] };
      const program = elementwiseProgram({
        key: 'gather_gradient',
        inputs: ['A', 'B'],
        outputShape: shape,
        uniforms: 'length : i32, inner : i32, count : i32,',
        code: `
          let i = index % uniforms.inner;
          let at = (index / uniforms.inner) % uniforms.length;
          let first = (index / (uniforms.inner * uniforms.length)) * uniforms.count;
          var total = 0.0;
          for (var k = 0; k < uniforms.count; k = k + 1) {
            if (i32(B[k]) == at) { total = total + f32(A[(first + k) * uniforms.inner + i]); }
          }
          setOutputAtIndex(index, total);
        `,
      });
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      return backend.runWebGPUProgram(program, [dy, indices], 'float32', [
        { type: 'int32', data: [shape[axis]!] },
        { type: 'int32', data: [inner] },
        { type: 'int32', data: [indices.shape[0]!] },
      ]);
    },
  };
}
