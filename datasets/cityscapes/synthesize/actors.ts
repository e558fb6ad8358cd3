import type { Random } from '../../random.ts';
import type { Point } from '../rasterize.ts';
import { boxCorners, outlineOf, project, type Camera } from './camera.ts';
import { blob, plate } from './furniture.ts';
import { clothes, paint, type Palette } from './palette.ts';
import type { Rgb, SceneObject, Texture } from './scene.ts';
import { surface, type Placed, type Street } from './street.ts';

/** Half a standing figure from the feet up: [half width, height] as shares of the body's height. */
const FIGURE: readonly Point[] = [
  [0.09, 0],
  [0.1, 0.25],
  [0.12, 0.48],
  [0.15, 0.6],
  [0.17, 0.78],
  [0.1, 0.85],
  [0.07, 0.88],
  [0.075, 0.97],
  [0.03, 1],
];
/** A bicycle or motorcycle from the side: [along, height] as shares of its length. */
const TWO_WHEELER: readonly Point[] = [
  [-0.5, 0.16],
  [-0.42, 0.02],
  [-0.3, 0],
  [-0.2, 0.1],
  [0.2, 0.1],
  [0.3, 0],
  [0.42, 0.02],
  [0.5, 0.16],
  [0.46, 0.36],
  [0.34, 0.4],
  [0.3, 0.6],
  [0.18, 0.58],
  [0.2, 0.44],
  [-0.16, 0.42],
  [-0.2, 0.52],
  [-0.36, 0.5],
  [-0.32, 0.38],
  [-0.46, 0.34],
];

interface VehicleKind {
  readonly label: string;
  readonly texture: Texture;
  readonly width: readonly [number, number];
  readonly height: readonly [number, number];
  readonly length: readonly [number, number];
}

/** Sizes in metres. Bus and truck differ by the band of windows only, train and bus by size and rails. */
const VEHICLES: Readonly<Record<string, VehicleKind>> = {
  car: { label: 'car', texture: 'car', width: [1.7, 1.9], height: [1.4, 1.7], length: [3.8, 4.8] },
  truck: { label: 'truck', texture: 'plain', width: [2.2, 2.5], height: [2.6, 3.6], length: [6, 10] },
  bus: { label: 'bus', texture: 'band', width: [2.4, 2.6], height: [2.8, 3.4], length: [9, 13] },
  train: { label: 'train', texture: 'band', width: [2.4, 2.7], height: [3.3, 3.8], length: [22, 32] },
  caravan: { label: 'caravan', texture: 'band', width: [2.0, 2.3], height: [2.2, 2.6], length: [4, 6] },
  trailer: { label: 'trailer', texture: 'plain', width: [1.6, 2.2], height: [1.2, 1.8], length: [2, 4] },
};

/** Vehicles on the road and at the kerb. Skewed to near distances, as tiny ones carry few pixels. */
export function vehicles(camera: Camera, street: Street, random: Random): readonly Placed[] {
  const placed: Placed[] = [];
  const near = (low: number, high: number): number => low + (high - low) * random.uniform() * random.uniform();
  const lane = street.roadHalf / 2;
  for (let i = random.int(4); i > 0; i--)
    placed.push(vehicle(camera, 'car', (random.chance(0.5) ? 1 : -1) * lane * random.between(0.8, 1.2), near(6, 60), random));
  for (const side of [-1, 1] as const) {
    if (random.chance(0.45)) continue;
    for (let z = near(4, 20); z < 45; z += random.between(5.2, 9)) {
      if (random.chance(0.6)) placed.push(vehicle(camera, 'car', side * (street.roadHalf - 0.9), z, random));
    }
  }
  const rare: readonly (readonly [string, number])[] = [
    ['truck', 0.34],
    ['bus', 0.3],
    ['caravan', 0.05],
    ['trailer', 0.05],
  ];
  for (const [kind, share] of rare)
    if (random.chance(share))
      placed.push(vehicle(camera, kind, (random.chance(0.5) ? 1 : -1) * lane * random.between(0.9, 1.3), near(9, 45), random));
  if (street.hasRails) placed.push(vehicle(camera, 'train', -street.roadHalf + 1.3, near(7, 40), random));
  if (random.chance(0.1)) placed.push(group(camera, 'cargroup', street.roadHalf - 0.6, near(25, 60), 2.5, random));
  return placed;
}

function vehicle(camera: Camera, name: string, x: number, z: number, random: Random): Placed {
  const kind = VEHICLES[name] as VehicleKind;
  const width = random.between(...kind.width);
  const height = random.between(...kind.height);
  const length = random.between(...kind.length);
  const body =
    name === 'car'
      ? [...boxCorners(x, z, width, height * 0.55, length, 0.15), ...boxCorners(x, z + length * 0.25, width * 0.8, height, length * 0.5)]
      : boxCorners(x, z, width, height, length, 0.2);
  const look = surface({ kind: 'front', x, z }, kind.texture, paint(random), {
    accent: [30, 36, 46],
    size: height,
    salt: random.int(1 << 16),
  });
  const objects: SceneObject[] = [{ label: kind.label, polygon: outlineOf(camera, body), surface: look }];
  if (name === 'car' && z < 14) objects.push({ label: 'license plate', polygon: plate(camera, x, z, 0.5, 0.5, 0.65), surface: look });
  return { z, objects };
}

/** People on the sidewalks and now and then on the road, riders with their two-wheelers, parked two-wheelers. */
export function people(camera: Camera, street: Street, palette: Palette, random: Random): readonly Placed[] {
  const placed: Placed[] = [];
  const side = (): 1 | -1 => (random.chance(0.5) ? 1 : -1);
  const near = (low: number, high: number): number => low + (high - low) * random.uniform() * random.uniform();
  const onWalk = (): number => side() * random.between(street.roadHalf + 0.3, street.walkEdge - 0.2);
  for (let i = random.int(6); i > 0; i--)
    placed.push(standing(camera, random.chance(0.85) ? onWalk() : side() * random.between(0.5, 3), near(4, 35), random));
  for (let i = random.chance(0.45) ? 1 + random.int(2) : 0; i > 0; i--)
    placed.push(riding(camera, 'bicycle', side() * random.between(1.2, street.roadHalf), near(4, 25), palette, random));
  if (random.chance(0.3))
    placed.push(riding(camera, 'motorcycle', side() * random.between(1, street.roadHalf - 0.5), near(4, 22), palette, random));
  for (const kind of ['bicycle', 'motorcycle'] as const) {
    if (random.chance(0.28)) placed.push(parked(camera, kind, onWalk(), near(4, 22), palette, random));
  }
  if (random.chance(0.1)) placed.push(group(camera, 'persongroup', onWalk(), near(15, 40), 1.2, random));
  return placed;
}

function standing(camera: Camera, x: number, z: number, random: Random): Placed {
  return { z, objects: [figure(camera, 'person', x, 0, z, random.between(1.6, 1.9), random)] };
}

function figure(camera: Camera, label: string, x: number, foot: number, z: number, height: number, random: Random): SceneObject {
  const right = FIGURE.map(([half, up]) => project(camera, [x + half * height * 1.2, foot + up * height, z]));
  const left = FIGURE.map(([half, up]) => project(camera, [x - half * height * 1.2, foot + up * height, z])).reverse();
  const look = surface({ kind: 'front', x, z }, 'figure', clothes(random), {
    accent: clothes(random),
    size: foot + height,
    salt: random.int(1 << 16),
  });
  return { label, polygon: [...right, ...left], surface: look };
}

function riding(camera: Camera, kind: 'bicycle' | 'motorcycle', x: number, z: number, palette: Palette, random: Random): Placed {
  const rider = figure(camera, 'rider', x, 0.55, z, random.between(1.2, 1.35), random);
  return { z, objects: [rider, twoWheeler(camera, kind, x, z, palette, random)] };
}

function parked(camera: Camera, kind: 'bicycle' | 'motorcycle', x: number, z: number, palette: Palette, random: Random): Placed {
  return { z, objects: [twoWheeler(camera, kind, x, z, palette, random)] };
}

/** A bicycle is seen through, a motorcycle is a solid body. */
function twoWheeler(camera: Camera, kind: 'bicycle' | 'motorcycle', x: number, z: number, palette: Palette, random: Random): SceneObject {
  const length = kind === 'bicycle' ? random.between(1.6, 1.8) : random.between(1.9, 2.2);
  const turned = random.between(0.45, 1) * (random.chance(0.5) ? 1 : -1);
  const tall = kind === 'bicycle' ? 1 : 0.95;
  const polygon = TWO_WHEELER.map(([along, up]) => project(camera, [x + along * length * turned, up * length * tall, z]));
  const color: Rgb = kind === 'bicycle' ? palette.metal : paint(random);
  const look = surface({ kind: 'front', x, z }, kind === 'bicycle' ? 'spokes' : 'plain', color, {
    accent: palette.road,
    size: length * 0.6,
    salt: random.int(1 << 16),
  });
  return { label: kind, polygon, surface: look };
}

/** Several objects that cannot be told apart: a plain id, no instance. */
function group(camera: Camera, label: string, x: number, z: number, radiusM: number, random: Random): Placed {
  const look = surface({ kind: 'front', x, z }, label === 'cargroup' ? 'car' : 'figure', paint(random), {
    accent: clothes(random),
    size: 1.6,
    salt: random.int(1 << 16),
  });
  return { z, objects: [{ label, polygon: blob(camera, x, radiusM * 0.6, z, radiusM, random), surface: look }] };
}
