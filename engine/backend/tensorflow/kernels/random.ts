/**
 * Dropout and its seeds in 32-bit integer arithmetic, by TensorFlow's ops: the same bits as the plain form (ops/dropout.ts), on every device,
 * with the seed as an argument.
 */
import type { Scalar, TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';
import { dropLimit } from '../../ops/dropout.ts';
import type { NativeOps } from '../native-backend.ts';

export function randomKernels(ops: NativeOps): KernelTable {
  return {
    LabDeriveSeed: (call) => {
      const { mask, factor } = call.attrs as { readonly mask: number; readonly factor: number };
      return new Bits(ops).mix(input(call, 'seed'), mask, factor);
    },
    LabDropout: (call) => {
      const { rate, seed } = call.attrs as { readonly rate: number; readonly seed: number | Scalar };
      const place = typeof seed === 'number' ? ops.constant([seed], [], 'int32') : ops.share(seed);
      const y = dropout(ops, input(call, 'x'), rate, place);
      ops.release(place);
      return y;
    },
  };
}

/** Integer ops whose intermediate results are freed. */
class Bits {
  readonly #ops: NativeOps;

  constructor(ops: NativeOps) {
    this.#ops = ops;
  }

  binary(op: string, a: TensorInfo, b: number | TensorInfo): TensorInfo {
    const ops = this.#ops;
    const right = typeof b === 'number' ? ops.constant([b], [], 'int32') : ops.share(b);
    const result = ops.run(op, [a, right], [ops.attr.type('T', ops.dtypeOf('int32'))]);
    ops.release(right);
    return result;
  }

  /** (x ^ mask) * factor */
  mix(x: TensorInfo, mask: number, factor: number): TensorInfo {
    const masked = this.binary('BitwiseXor', x, mask);
    const mixed = this.binary('Mul', masked, factor);
    this.#ops.release(masked);
    return mixed;
  }

  /** x ^ (x >>> shift): an arithmetic shift, whose copies of the sign are masked away. */
  foldRight(x: TensorInfo, shift: number): TensorInfo {
    const shifted = this.binary('RightShift', x, shift);
    const logical = this.binary('BitwiseAnd', shifted, 2 ** (32 - shift) - 1);
    const folded = this.binary('BitwiseXor', x, logical);
    this.#ops.release(shifted, logical);
    return folded;
  }
}

/** x where the element's 32 random bits reach the limit, divided by 1 - rate; else 0. */
function dropout(ops: NativeOps, x: TensorInfo, rate: number, seed: TensorInfo): TensorInfo {
  const { attr } = ops;
  const bits = new Bits(ops);
  const size = x.shape.reduce((a, b) => a * b, 1);
  const temporaries: TensorInfo[] = [];
  const own = (t: TensorInfo): TensorInfo => {
    temporaries.push(t);
    return t;
  };
  const int = ops.dtypeOf('int32');
  const bounds = [0, size, 1].map((value) => own(ops.constant([value], [], 'int32')));
  const index = own(ops.run('Range', bounds, [attr.type('Tidx', int)]));
  let h = own(bits.binary('AddV2', own(bits.binary('Mul', index, 0x9e3779b9 | 0)), seed));
  h = own(bits.binary('Mul', own(bits.foldRight(h, 16)), 0x85ebca6b | 0));
  h = own(bits.binary('Mul', own(bits.foldRight(h, 13)), 0xc2b2ae35 | 0));
  h = own(bits.foldRight(h, 16));
  // unsigned comparison: both sides with the highest bit flipped
  const flipped = own(bits.binary('BitwiseXor', h, 0x80000000 | 0));
  const limit = own(ops.constant([(dropLimit(rate) ^ 0x80000000) | 0], [], 'int32'));
  const isKept = own(ops.run('GreaterEqual', [flipped, limit], [attr.type('T', int)]));
  const float = ops.dtypeOf('float32');
  const ones = own(
    ops.run('Cast', [isKept], [attr.type('SrcT', ops.dtypeOf('bool')), attr.type('DstT', float), attr.bool('Truncate', false)]),
  );
  const scaled = own(ops.run('Mul', [ones, own(ops.constant([1 / (1 - rate)], []))], [attr.type('T', float)]));
  const mask = own(ops.reshape(scaled, x.shape));
  const y = ops.run('Mul', [x, mask], [attr.type('T', float)]);
  ops.release(...temporaries);
  return y;
}
