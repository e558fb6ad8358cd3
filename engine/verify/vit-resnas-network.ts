import { EngineError } from '../error.ts';
import type { Shape } from '../graph/model-graph.ts';
import { graphVitNetwork } from '../spaces/vit-resnas/graph.ts';
import { totalStride, type VitHead, type VitNetwork } from '../spaces/vit-resnas/network.ts';
import { parseNetworkDef, type NotedNetwork } from '../spaces/vit-resnas/network-def.ts';
import { graphSubnet } from '../spaces/vit-resnas/subnet.ts';
import type { GoldenFile } from './golden-file.ts';
import type { GoldenNetwork } from './systems.ts';

/**
 * The network of `networkDef`; with `superNetworkDef` as a sub-network over that one's weights. The parameters say which head it has.
 * Drop path is left out: the files were made without.
 */
export function vitResNasNetwork(golden: GoldenFile): GoldenNetwork {
  const complete = (noted: NotedNetwork): VitNetwork => ({ ...noted, head: headOf(golden), dropPath: 0 });
  const network = complete(parseNetworkDef(golden.networkDef));
  const supernet = golden.superNetworkDef === undefined ? undefined : complete(parseNetworkDef(golden.superNetworkDef));
  if (supernet !== undefined) checkContained(golden, network, supernet);
  return (input, purpose = 'inference') => {
    checkInput(golden, network, input);
    return supernet === undefined ? graphVitNetwork(network, input, purpose) : graphSubnet(network, supernet, input, purpose);
  };
}

function headOf({ parameters }: GoldenFile): VitHead {
  const has = (name: string): boolean => parameters.some(([known]) => known === name);
  if (has('patch_head.weight')) return 'patches';
  return has('dst_head.weight') ? 'distillation' : 'class';
}

function checkInput(golden: GoldenFile, network: VitNetwork, input: Shape): void {
  const stride = totalStride(network);
  const [height = 0, width = 0] = input;
  if (height !== width || height % stride !== 0) {
    throw bad(golden, `an input of ${height}x${width}; sides must be equal and multiples of ${stride}`);
  }
}

/** Every block of the sub-network has its place in the super-network and is no larger. */
function checkContained(golden: GoldenFile, network: VitNetwork, supernet: VitNetwork): void {
  const fits =
    network.stages.length === supernet.stages.length &&
    network.classes === supernet.classes &&
    JSON.stringify(network.stem) === JSON.stringify(supernet.stem) &&
    network.stages.every(({ width, blocks }, s) => {
      const whole = supernet.stages[s]!;
      if (width > whole.width || blocks.length !== whole.blocks.length) return false;
      return blocks.every((block, b) => {
        const { heads, headWidth, hidden, exists } = whole.blocks[b]!;
        return !block.exists || (exists && block.headWidth === headWidth && block.heads <= heads && block.hidden <= hidden);
      });
    });
  if (!fits) throw bad(golden, 'networkDef is no sub-network of superNetworkDef');
}

function bad(golden: GoldenFile, message: string): EngineError {
  return new EngineError('bad-golden-file', `${golden.net}: the network cannot be built from the file: ${message}.`);
}
