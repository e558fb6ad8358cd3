import type { Shape } from '../../graph/model-graph.ts';
import type { VitNetwork } from './network.ts';

/** px: the official estimator counts the three 3x3 convolutions of the stem on this side, whatever the input (correct at 224 px). */
const assumedSide = 112;

/**
 * The figure of the official estimator (yilunliao/vit-search, network_utils/compute_flop_mac.py) for a network of so many true MACs. It is the
 * budget of the published searches; away from 224 px it is not the number of MACs.
 */
export function officialEstimate(macs: number, { stem }: VitNetwork, input: Shape): number {
  if (stem.kind === 'patch') return macs;
  const { channels } = stem;
  const perPosition = 9 * channels * (3 + 2 * channels);
  return macs + perPosition * (assumedSide ** 2 - ((input[0] ?? 0) / 2) ** 2);
}
