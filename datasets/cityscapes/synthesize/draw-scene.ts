import { createRandom, itemSeed, type Random } from '../../random.ts';
import { clipToPicture } from '../rasterize.ts';
import { people, vehicles } from './actors.ts';
import type { Camera } from './camera.ts';
import { clutter, foreground, poles, trees } from './furniture.ts';
import { drawPalette, type Palette } from './palette.ts';
import type { Light, Scene, SceneObject } from './scene.ts';
import { blocks, drawStreet, groundObjects } from './street.ts';

export interface SceneOptions {
  readonly seed: number;
  readonly split: string;
  readonly index: number;
  readonly height: number;
  readonly width: number;
}

/** Scenes of val and test lie in a shifted range: darker, foggier, another tint. Over-fitting to train then shows. */
const TRAIN_LIGHT = { darkest: 0.66, fogM: [90, 400], tint: 0.08 } as const;
const HELD_OUT_LIGHT = { darkest: 0.55, fogM: [60, 260], tint: 0.1 } as const;

/** Share of scenes with rails and a train: forced, since trains would be too rare otherwise. */
const RAILS_SHARE = 0.22;

/** One scene. It follows from seed, split, index and size alone. */
export function drawScene(options: SceneOptions): Scene {
  const { seed, split, index, height, width } = options;
  const stream = (name: string): Random => createRandom(itemSeed(seed, split, index, name));
  const layout = stream('layout');
  const colors = stream('colour');
  const camera = drawCamera(height, width, layout);
  const palette = drawPalette(colors);
  const street = drawStreet(layout, layout.chance(RAILS_SHARE));
  const placed = [
    ...blocks(camera, street, palette, layout),
    ...trees(camera, street, palette, layout),
    ...poles(camera, street, palette, layout),
    ...vehicles(camera, street, layout),
    ...people(camera, street, palette, layout),
    ...clutter(camera, street, layout),
  ];
  // Far to near; equal depths keep their order (sort is stable).
  placed.sort((a, b) => b.z - a.z);
  const all = [
    ...groundObjects(camera, street, palette, layout),
    ...placed.flatMap((body) => body.objects),
    ...foreground(camera, palette, stream('occluder')),
  ];
  const objects = withDeleted(
    all
      .map((object) => ({ ...object, polygon: clipToPicture(object.polygon, height, width) }))
      .filter((object) => object.polygon.length >= 3),
    layout,
  );
  return { camera, light: drawLight(split, width, palette, colors), objects };
}

function drawCamera(height: number, width: number, random: Random): Camera {
  return {
    height,
    width,
    focal: 0.55 * width,
    horizon: Math.round(height * random.between(0.39, 0.45)),
    eyeHeight: random.between(1.3, 1.7),
    bend: random.chance(0.5) ? 0 : random.between(-0.002, 0.002),
  };
}

function drawLight(split: string, width: number, palette: Palette, random: Random): Light {
  const range = split === 'train' ? TRAIN_LIGHT : HELD_OUT_LIGHT;
  const tint = (): number => 1 + range.tint * (2 * random.uniform() - 1);
  return {
    brightness: random.between(range.darkest, 1),
    tint: [tint(), tint(), tint()],
    fogM: random.between(range.fogM[0], range.fogM[1]),
    fogColor: palette.sky,
    shadowX: random.chance(0.6) ? random.between(-2, 6) : Infinity,
    shadowSide: random.chance(0.5) ? 1 : -1,
    noise: random.between(3, 7),
    blurPx: Math.round((random.int(3) * width) / 2048),
  };
}

/** Some files hold objects that the annotators deleted; readers must skip them. */
function withDeleted(objects: readonly SceneObject[], random: Random): readonly SceneObject[] {
  if (!random.chance(0.05)) return objects;
  const at = random.int(objects.length);
  const original = objects[at] as SceneObject;
  return [...objects.slice(0, at + 1), { ...original, label: 'ground', deleted: 1 }, ...objects.slice(at + 1)];
}
