import type { VitNetwork } from '../../../../engine/spaces/vit-resnas/network.ts';

export interface Counts {
  readonly params: number;
  readonly macs: number;
}

/** Specification section 9.1, written down from its table: an oracle that shares nothing with the graph. T = 1, convolutional stem. */
export function countByFormula(network: VitNetwork, side: number): Counts {
  const { stem, stages, classes, head } = network;
  const c = stem.channels;
  const extra = 1;
  let grid = side / stem.patchSize;
  let width = stages[0]!.width;
  const patch = (stem.patchSize / 2) ** 2 * c * width;
  let params = 27 * c + 18 * c * c + 6 * c + patch + width + extra * width + (grid * grid + extra) * width;
  let macs = (27 * c + 18 * c * c) * (side / 2) ** 2 + patch * grid * grid;
  stages.forEach((stage, s) => {
    if (s > 0) {
      const [ci, co] = [width, stage.width];
      grid /= 2;
      params += 2 * ci + 9 * ci * co + co + ci * co + co + grid * grid * co;
      macs += 9 * ci * co * grid * grid + extra * ci * co;
      width = co;
    }
    const n = grid * grid + extra;
    const d = width;
    for (const { heads, headWidth, hidden: f, exists } of stage.blocks) {
      if (!exists) continue;
      const hk = heads * headWidth;
      params += 2 * d + 3 * d * hk + 3 * hk + hk * d + d + (2 * d + 2 * d * f + f + d);
      macs += 4 * n * d * hk + 2 * n * n * hk + 2 * n * d * f;
    }
  });
  const classifier = width * classes + classes;
  return { params: params + 2 * width + classifier * (head === 'patches' ? 2 : 1), macs: macs + width * classes };
}
