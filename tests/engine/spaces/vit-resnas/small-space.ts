import type { Architecture } from '../../../../engine/spaces/search-space.ts';

/** Two stages on a grid of 4x4: the same code with lengths that all differ. */
export const smallSettings = {
  space: 'tiny',
  classes: 5,
  head: 'class',
  stemChannels: 6,
  patchSize: 4,
  dropPath: 0.25,
  stages: [
    { blocks: 3, optional: [1], widths: [12, 8], headWidth: 4, heads: [3, 2, 1], hidden: [20, 14] },
    { blocks: 2, optional: [0], widths: [16, 13], headWidth: 5, heads: [4, 2], hidden: [24, 18, 10] },
  ],
} satisfies Architecture['settings'];

export const smallInput = [16, 16, 3];
