import { PIXELS_PER_SCALE, type Crop } from './affine.ts';
import type { Random } from '../random.ts';

/** [x, y, width, height] px. */
export type Box = readonly [number, number, number, number];

/** How much larger than its box a person's crop is (HRNet, lib/dataset/coco.py). */
const BOX_PADDING = 1.25;

/** The crop of a person: its box, widened or heightened to `aspect` (width / height) about its middle, and a quarter larger. */
export function cropOfBox([x, y, width, height]: Box, aspect: number): Crop {
  return { centre: [x + width / 2, y + height / 2], scale: paddedScale(width, height, aspect, BOX_PADDING) };
}

/** Differs: a box without any extent gets a crop of 1 px, where the original's map has no inverse. */
export function paddedScale(width: number, height: number, aspect: number, padding: number): readonly [number, number] {
  const wide = Math.max(width, height * aspect, 1);
  const unit = padding / PIXELS_PER_SCALE;
  return [wide * unit, (wide / aspect) * unit];
}

/** Of the box, before it gets the network's aspect. */
export interface CentreJitter {
  readonly probability: number;
  /** The middle moves by up to this share of the box's sides, evenly. */
  readonly share: number;
}

/** The box with its middle moved at random (mmpose, datasets/datasets/top_down). Each person has one such box for the whole training. */
export function jitterBox(box: Box, { probability, share }: CentreJitter, random: Random): Box {
  if (!random.chance(probability)) return box;
  const [x, y, width, height] = box;
  return [x + width * random.between(-share, share), y + height * random.between(-share, share), width, height];
}
