import type { Random } from '../../random.ts';
import type { Rgb } from './scene.ts';

const FACADES: readonly Rgb[] = [
  [150, 120, 105],
  [170, 155, 135],
  [125, 118, 115],
  [176, 164, 158],
  [140, 100, 85],
  [110, 112, 122],
];
const CLOTHES: readonly Rgb[] = [
  [40, 44, 60],
  [120, 40, 45],
  [70, 90, 130],
  [150, 145, 135],
  [60, 80, 55],
  [175, 120, 70],
  [30, 30, 32],
];
const PAINTS: readonly Rgb[] = [
  [200, 200, 205],
  [30, 32, 36],
  [150, 30, 30],
  [40, 60, 110],
  [110, 112, 116],
  [70, 90, 70],
  [190, 170, 60],
];
const SIGNS: readonly Rgb[] = [
  [30, 60, 160],
  [190, 40, 40],
  [215, 205, 60],
  [220, 220, 220],
];

export interface Palette {
  readonly road: Rgb;
  readonly sidewalk: Rgb;
  /** Walls and fences share it: only the texture tells them apart. */
  readonly masonry: Rgb;
  readonly leaves: Rgb;
  readonly grass: Rgb;
  readonly metal: Rgb;
  readonly sky: Rgb;
}

/** Colours of a scene. Road and sidewalk, wall and fence, trees and grass are nearly alike, so that colour alone does not decide. */
export function drawPalette(random: Random): Palette {
  const grey = 84 + random.int(30);
  const warm = random.int(9) - 4;
  const road: Rgb = [grey + warm, grey, grey - warm];
  const masonry = jitter(random.pick(FACADES), 14, random);
  const leaves: Rgb = [58 + random.int(26), 84 + random.int(30), 40 + random.int(22)];
  return {
    road,
    sidewalk: jitter([road[0] + 10, road[1] + 9, road[2] + 8], 9, random),
    masonry,
    leaves,
    grass: jitter([leaves[0] + 22, leaves[1] + 12, leaves[2] + 8], 10, random),
    metal: [92 + random.int(40), 94 + random.int(40), 98 + random.int(40)],
    sky: random.chance(0.6)
      ? [165 + random.int(40), 185 + random.int(30), 215 + random.int(30)]
      : [190 + random.int(35), 192 + random.int(35), 196 + random.int(35)],
  };
}

export const facade = (random: Random): Rgb => jitter(random.pick(FACADES), 16, random);
export const clothes = (random: Random): Rgb => jitter(random.pick(CLOTHES), 14, random);
export const paint = (random: Random): Rgb => jitter(random.pick(PAINTS), 16, random);
export const signColor = (random: Random): Rgb => jitter(random.pick(SIGNS), 10, random);

export function jitter(color: Rgb, amount: number, random: Random): Rgb {
  const change = (value: number): number => Math.min(255, Math.max(0, value + random.int(2 * amount + 1) - amount));
  return [change(color[0]), change(color[1]), change(color[2])];
}
