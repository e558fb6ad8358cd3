/** Matrix products whose sums are so long that the library cuts them and adds the parts atomically, in whichever order they come. */
import { env } from '@tensorflow/tfjs';

/** The length from which it does so, for one product at a time with few results. */
export const longSum = 2000;

/** The library's number for its shader of small tiles, which adds in one order. */
const smallTiles = 2;

/** Runs f with every product made by the shader of small tiles. */
export function withSmallTiles<T>(f: () => T): T {
  const flag = 'WEBGPU_MATMUL_PROGRAM_TYPE';
  const before = env().getNumber(flag);
  env().set(flag, smallTiles);
  try {
    return f();
  } finally {
    env().set(flag, before);
  }
}
