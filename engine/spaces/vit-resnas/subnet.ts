import type { AxisSlice, ModelGraph, Shape } from '../../graph/model-graph.ts';
import { firstEntries, shareWeights } from '../../graph/shared-weights.ts';
import { graphVitNetwork, type VitPurpose } from './graph.ts';
import type { VitNetwork } from './network.ts';

/**
 * A sub-network over the weights of its super-network (specification section 2.2): the first channels of every axis. Both have the same
 * number of blocks in every stage; those that do not exist are passed by.
 */
export function graphSubnet(subnet: VitNetwork, supernet: VitNetwork, input: Shape, purpose: VitPurpose): ModelGraph {
  return shareWeights(graphVitNetwork(subnet, input, purpose), graphVitNetwork(supernet, input, purpose), thirds);
}

/** Q, K and V lie one after another in one matrix: each gives its first rows. */
function thirds(name: string, own: Shape, shared: Shape): (AxisSlice | undefined)[] | undefined {
  const [rows = 0, ...others] = own;
  const [sharedRows = 0, ...sharedOthers] = shared;
  if (!/\.attn\.qkv\.(weight|bias)$/.test(name) || rows === sharedRows) return undefined;
  const [length, distance] = [rows / 3, sharedRows / 3];
  const ranges = [0, 1, 2].map((part): [number, number] => [part * distance, part * distance + length]);
  return [{ kind: 'ranges', ranges }, ...firstEntries(others, sharedOthers)];
}
