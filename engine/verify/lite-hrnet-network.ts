import { EngineError } from '../error.ts';
import { liteHrNet } from '../spaces/lite-hrnet/lite-hrnet.ts';
import type { GoldenFile } from './golden-file.ts';
import type { GoldenNetwork } from './systems.ts';

/** The network of a golden file's official configuration. */
export function liteHrNetNetwork(golden: GoldenFile): GoldenNetwork {
  try {
    const arch = liteHrNet.importOfficial(golden.config);
    return (input) => liteHrNet.graph(arch, input);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new EngineError('bad-golden-file', `${golden.net}: the network cannot be built from the file: ${cause.message}`, { cause });
  }
}
