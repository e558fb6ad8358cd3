import type { Random } from '../../random.ts';
import type { Point } from '../rasterize.ts';
import { project, type Camera } from './camera.ts';
import { signColor, type Palette } from './palette.ts';
import type { SceneObject } from './scene.ts';
import { surface, type Placed, type Street } from './street.ts';

/** Sine and cosine of twelfths of a turn, rounded so that every machine has the same values. */
const CIRCLE: readonly Point[] = Array.from({ length: 12 }, (_, i): Point => {
  const angle = (2 * Math.PI * i) / 12;
  return [Math.round(Math.cos(angle) * 1e6) / 1e6, Math.round(Math.sin(angle) * 1e6) / 1e6];
});

/** A rough disc around a place: crowns of trees, bushes, things without a class. */
export function blob(camera: Camera, x: number, up: number, z: number, radiusM: number, random: Random): readonly Point[] {
  return CIRCLE.map(([across, above]) => {
    const reach = radiusM * random.between(0.7, 1.15);
    return project(camera, [x + across * reach, Math.max(0, up + above * reach), z]);
  });
}

/** An upright rectangle that faces the camera; at least one pixel wide, so that thin things do not vanish between pixel centres. */
export function plate(camera: Camera, x: number, z: number, widthM: number, bottom: number, top: number): readonly Point[] {
  const [left, upper] = project(camera, [x - widthM / 2, top, z]);
  const [right, lower] = project(camera, [x + widthM / 2, bottom, z]);
  const start = Math.round(left);
  const end = Math.max(start + 1, Math.round(right));
  const high = Math.round(upper);
  return [
    [start, high],
    [end, high],
    [end, Math.max(high + 1, Math.round(lower))],
    [start, Math.max(high + 1, Math.round(lower))],
  ];
}

/** Poles along the kerbs, some with a traffic light or a sign. */
export function poles(camera: Camera, street: Street, palette: Palette, random: Random): readonly Placed[] {
  const placed: Placed[] = [];
  for (const side of [-1, 1] as const) {
    for (let z = random.between(4, 12); z < 60; z += random.between(9, 22)) {
      placed.push(pole(camera, side * (street.roadHalf + random.between(0.4, 0.9)), z, palette, random));
    }
  }
  return placed;
}

function pole(camera: Camera, x: number, z: number, palette: Palette, random: Random): Placed {
  const height = random.between(3.2, 6.5);
  const front = { kind: 'front', x, z } as const;
  const objects: SceneObject[] = [
    { label: 'pole', polygon: plate(camera, x, z, 0.16, 0, height), surface: surface(front, 'plain', palette.metal) },
  ];
  const u = random.uniform();
  if (u < 0.3) {
    const look = surface(front, 'lamp', [34, 36, 36], {
      accent: random.pick([
        [220, 50, 40],
        [230, 170, 40],
        [60, 190, 90],
      ] as const),
      size: 2.2,
    });
    objects.push({ label: 'traffic light', polygon: plate(camera, x, z, 0.5, 2.2, 3.4), surface: look });
  } else if (u < 0.68) {
    const size = random.between(0.7, 1.1);
    objects.push({
      label: 'traffic sign',
      polygon: plate(camera, x, z, size, 2.2, 2.2 + size),
      surface: surface(front, 'plain', signColor(random)),
    });
  }
  return { z, objects };
}

/** Trees: trunk and crown are both vegetation. */
export function trees(camera: Camera, street: Street, palette: Palette, random: Random): readonly Placed[] {
  return Array.from({ length: random.int(6) }, () => {
    const z = random.between(6, 55);
    const x = (random.chance(0.5) ? 1 : -1) * random.between(street.walkEdge - 0.6, street.frontEdge + 4);
    const radius = random.between(1.2, 2.8);
    const look = surface({ kind: 'front', x, z }, 'leaves', palette.leaves, { accent: [28, 40, 22], salt: random.int(1 << 16) });
    const trunk = surface({ kind: 'front', x, z }, 'plain', [74, 60, 48]);
    return {
      z,
      objects: [
        { label: 'vegetation', polygon: plate(camera, x, z, 0.3, 0, 3), surface: trunk },
        { label: 'vegetation', polygon: blob(camera, x, 2.6 + radius, z, radius, random), surface: look },
      ],
    };
  });
}

/** Things of no class, near poles that cover parts of the scene, the bonnet and the frame: painted over everything. */
export function foreground(camera: Camera, palette: Palette, random: Random): readonly SceneObject[] {
  const { height, width } = camera;
  const objects: SceneObject[] = [];
  for (let i = random.int(3); i > 0; i--) {
    const z = random.between(2.5, 4.5);
    const x = (random.chance(0.5) ? 1 : -1) * random.between(1.6, 3.2);
    objects.push({
      label: 'pole',
      polygon: plate(camera, x, z, 0.14, 0, 6),
      surface: surface({ kind: 'front', x, z }, 'plain', palette.metal),
    });
  }
  const bonnet = surface({ kind: 'front', x: 0, z: 1 }, 'plain', [40, 42, 46]);
  const top = height * 0.95;
  objects.push({
    label: 'ego vehicle',
    polygon: [
      [0, height],
      [width * 0.12, top + height * 0.02],
      [width * 0.3, top],
      [width * 0.7, top],
      [width * 0.88, top + height * 0.02],
      [width, height],
    ],
    surface: bonnet,
  });
  const edge = width >= 512 ? 2 : 1;
  const frames: readonly (readonly Point[])[] = [
    [
      [0, 0],
      [width, 0],
      [width, edge],
      [0, edge],
    ],
    [
      [0, height - edge],
      [width, height - edge],
      [width, height],
      [0, height],
    ],
    [
      [0, 0],
      [edge, 0],
      [edge, height],
      [0, height],
    ],
    [
      [width - edge, 0],
      [width, 0],
      [width, height],
      [width - edge, height],
    ],
  ];
  const dark = surface({ kind: 'front', x: 0, z: 1 }, 'plain', [0, 0, 0]);
  return [...objects, ...frames.map((polygon) => ({ label: 'out of roi', polygon, surface: dark }))];
}

/** Boxes, bins and the like on the sidewalk: ids 4 and 5. */
export function clutter(camera: Camera, street: Street, random: Random): readonly Placed[] {
  return Array.from({ length: random.int(3) }, () => {
    const z = random.between(6, 30);
    const x = (random.chance(0.5) ? 1 : -1) * random.between(street.roadHalf + 0.5, street.walkEdge);
    const look = surface({ kind: 'front', x, z }, 'plain', [60 + random.int(90), 60 + random.int(90), 60 + random.int(90)]);
    return {
      z,
      objects: [
        { label: random.pick(['static', 'dynamic']), polygon: blob(camera, x, 0.5, z, random.between(0.3, 0.6), random), surface: look },
      ],
    };
  });
}
