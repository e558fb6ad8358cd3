import type { Random } from '../../random.ts';
import type { Point } from '../rasterize.ts';
import { project, type Camera, type Place } from './camera.ts';
import { facade, type Palette } from './palette.ts';
import type { Plane, Rgb, SceneObject, Surface, Texture } from './scene.ts';

/** A body at some depth; what is farther is painted first. */
export interface Placed {
  readonly z: number;
  readonly objects: readonly SceneObject[];
}

/** Widths of a street in metres, from its middle. */
export interface Street {
  readonly roadHalf: number;
  /** From the middle to the outer edge of the sidewalk. */
  readonly walkEdge: number;
  /** From the middle to the fronts of the buildings. */
  readonly frontEdge: number;
  /** Rails in the left lane, for trains. */
  readonly hasRails: boolean;
}

const GROUND_DEPTHS = [1, 2.5, 4, 6, 9, 14, 22, 36, 60, 100, 180] as const; // metres
const FAR_M = 95;

export function surface(
  plane: Plane,
  texture: Texture,
  color: Rgb,
  options: { readonly accent?: Rgb; readonly size?: number; readonly salt?: number } = {},
): Surface {
  return { plane, texture, color, accent: options.accent ?? color, size: options.size ?? 1, salt: options.salt ?? 0 };
}

export function drawStreet(random: Random, hasRails: boolean): Street {
  const roadHalf = random.between(3.5, 5.5);
  const walkEdge = roadHalf + random.between(2, 3.5);
  return { roadHalf, walkEdge, frontEdge: walkEdge + (random.chance(0.55) ? random.between(1, 5) : 0.1), hasRails };
}

/** Sky, ground, sidewalks, road and, for some streets, rails or a parking strip. Painted before everything else. */
export function groundObjects(camera: Camera, street: Street, palette: Palette, random: Random): readonly SceneObject[] {
  const { height, width, horizon } = camera;
  const ground = (label: string, texture: Texture, color: Rgb, polygon: readonly Point[], accent: Rgb = color): SceneObject => ({
    label,
    polygon,
    surface: surface({ kind: 'ground' }, texture, color, { accent, salt: random.int(1 << 16) }),
  });
  const horizonRow = horizon + 1;
  const objects: SceneObject[] = [
    {
      label: 'sky',
      polygon: [
        [0, 0],
        [width, 0],
        [width, horizonRow],
        [0, horizonRow],
      ],
      surface: surface({ kind: 'sky' }, 'sky', palette.sky, { salt: random.int(1 << 16) }),
    },
    ground('terrain', 'grass', palette.grass, [
      [0, horizon],
      [width, horizon],
      [width, height],
      [0, height],
    ]),
    ground('sidewalk', 'tiles', palette.sidewalk, strip(camera, -street.walkEdge, -street.roadHalf)),
    ground('sidewalk', 'tiles', palette.sidewalk, strip(camera, street.roadHalf, street.walkEdge)),
    ground('road', 'asphalt', palette.road, strip(camera, -street.roadHalf, street.roadHalf), [205, 205, 200]),
  ];
  if (street.hasRails)
    objects.push(ground('rail track', 'bars', palette.road, strip(camera, -street.roadHalf + 0.4, -street.roadHalf + 2.2), palette.metal));
  else if (random.chance(0.15))
    objects.push(ground('parking', 'tiles', palette.road, strip(camera, street.roadHalf - 1.8, street.roadHalf), [205, 205, 200]));
  return objects;
}

function strip(camera: Camera, left: number, right: number): readonly Point[] {
  const near = GROUND_DEPTHS.map((z) => project(camera, [left, 0, z]));
  const back = GROUND_DEPTHS.map((z) => project(camera, [right, 0, z])).reverse();
  return [...near, ...back];
}

/** Buildings, walls, fences and hedges along both sides, and a row of far buildings behind them. */
export function blocks(camera: Camera, street: Street, palette: Palette, random: Random): readonly Placed[] {
  const placed: Placed[] = [];
  for (const side of [-1, 1] as const) {
    let z = random.between(1.5, 6);
    while (z < FAR_M) {
      const length = random.between(6, 16);
      const block = drawBlock(random);
      if (block !== undefined) placed.push(blockAt(camera, side * street.frontEdge, z, z + length, block, palette, random));
      z += length + (random.chance(0.2) ? random.between(1, 5) : 0);
    }
    for (let i = 0; i < 4; i++) {
      const x = side * random.between(street.frontEdge + 2, street.frontEdge + 60);
      placed.push(farBuilding(camera, x, random.between(100, 150), random));
    }
  }
  return placed;
}

interface Block {
  readonly label: string;
  readonly texture: Texture;
  readonly height: number;
}

function drawBlock(random: Random): Block | undefined {
  const u = random.uniform();
  if (u < 0.56) return { label: 'building', texture: 'windows', height: random.between(5, 14) };
  if (u < 0.67) return { label: 'wall', texture: 'plain', height: random.between(1.4, 2.8) };
  if (u < 0.78) return { label: 'fence', texture: 'bars', height: random.between(1.1, 2.4) };
  if (u < 0.9) return { label: 'vegetation', texture: 'leaves', height: random.between(1.5, 6) };
  return undefined;
}

function blockAt(camera: Camera, x: number, near: number, far: number, block: Block, palette: Palette, random: Random): Placed {
  const { height } = block;
  const deep = x + Math.sign(x) * (block.label === 'building' ? 11 : 0.6);
  const corners: readonly Place[] = [
    [x, 0, far],
    [x, height, far],
    [x, height, near],
    [deep, height, near],
    [deep, 0, near],
    [x, 0, near],
  ];
  const colors: Readonly<Record<string, Rgb>> = { wall: palette.masonry, fence: palette.masonry, vegetation: palette.leaves };
  const color = colors[block.label] ?? facade(random);
  const accent: Rgb = block.label === 'building' ? [52, 58, 70] : [color[0] * 0.45, color[1] * 0.45, color[2] * 0.45];
  const look = surface({ kind: 'side', x, near, far }, block.texture, color, { accent, size: height, salt: random.int(1 << 16) });
  return { z: near, objects: [{ label: block.label, polygon: corners.map((corner) => project(camera, corner)), surface: look }] };
}

function farBuilding(camera: Camera, x: number, z: number, random: Random): Placed {
  const half = random.between(6, 14);
  const height = random.between(7, 24);
  const corners: readonly Place[] = [
    [x - half, 0, z],
    [x - half, height, z],
    [x + half, height, z],
    [x + half, 0, z],
  ];
  const look = surface({ kind: 'front', x, z }, 'windows', facade(random), {
    accent: [52, 58, 70],
    size: height,
    salt: random.int(1 << 16),
  });
  return { z, objects: [{ label: 'building', polygon: corners.map((corner) => project(camera, corner)), surface: look }] };
}
