import type { Random } from '../../random.ts';
import { BYTE_SUM_STD, byteSum, cellNoise, smoothNoise } from '../../synthesize/noise.ts';
import type { Camera } from './camera.ts';
import type { Light, Rgb, Scene, Surface } from './scene.ts';

/** What a texture sees of a pixel: metres across or along, metres above the ground (or ahead, on the ground), depth. */
interface Spot {
  a: number;
  b: number;
  z: number;
}

/**
 * Colours of a scene. `objectIndex` says which object covers a pixel (from 1, 0 = none). [height, width] -> [height, width, 3]
 * Only sums, products, quotients and roundings: the same picture on every machine.
 */
export function paintScene(scene: Scene, objectIndex: Uint16Array, noise: Random): Uint8Array {
  const { camera, light, objects } = scene;
  const { height, width } = camera;
  const surfaces: readonly Surface[] = objects.map((object) => object.surface);
  const color = new Float64Array(3);
  const linear = new Float32Array(height * width * 3);
  const spot: Spot = { a: 0, b: 0, z: 1 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const surface = surfaces[(objectIndex[i] as number) - 1];
      if (surface === undefined) continue;
      locate(surface, camera, x + 0.5, y + 0.5, spot);
      const factor = shade(surface, spot, color) * shadow(surface, light, spot);
      const fog = surface.plane.kind === 'sky' ? 0 : spot.z / (spot.z + light.fogM);
      for (let c = 0; c < 3; c++) {
        const lit = (color[c] as number) * factor;
        const seen = lit + ((light.fogColor[c] as number) - lit) * fog;
        linear[3 * i + c] = seen * light.brightness * (light.tint[c] as number);
      }
    }
  }
  return develop(blurRows(linear, height, width, light.blurPx), light.noise, noise);
}

function locate(surface: Surface, camera: Camera, x: number, y: number, spot: Spot): void {
  const { plane } = surface;
  const across = (x - camera.width / 2) / camera.focal;
  const below = (y - camera.horizon) / camera.focal;
  switch (plane.kind) {
    case 'sky':
      spot.a = across;
      spot.b = -below;
      spot.z = 0;
      return;
    case 'ground': {
      const z = below > 0.005 ? camera.eyeHeight / below : camera.eyeHeight / 0.005;
      spot.z = z;
      spot.a = across * z - camera.bend * z * z;
      spot.b = z;
      return;
    }
    case 'front':
      spot.z = plane.z;
      spot.a = across * plane.z - camera.bend * plane.z * plane.z - plane.x;
      spot.b = camera.eyeHeight - below * plane.z;
      return;
    case 'side': {
      // Seen under (x + bend z^2) / z; the bend is small, one correction is enough.
      const rough = Math.min(Math.max(plane.x / (across === 0 ? 1e-6 : across), plane.near), plane.far);
      const bent = across - camera.bend * rough;
      const z = Math.min(Math.max(plane.x / (bent === 0 ? 1e-6 : bent), plane.near), plane.far);
      spot.z = z;
      spot.a = z;
      spot.b = camera.eyeHeight - below * z;
    }
  }
}

/** Writes the surface's colour at the spot and returns a factor of brightness. */
function shade(surface: Surface, spot: Spot, out: Float64Array): number {
  const { texture, color, accent, size, salt } = surface;
  const use = (value: Rgb): void => {
    out[0] = value[0];
    out[1] = value[1];
    out[2] = value[2];
  };
  use(color);
  const { a, b } = spot;
  switch (texture) {
    case 'plain':
      return 1;
    case 'sky':
      return 0.86 + 0.28 * Math.min(Math.max(b, 0), 0.5) + 0.1 * smoothNoise(a * 6, b * 12, salt);
    case 'asphalt':
      // A dashed line in the middle and solid lines at the lanes' edges.
      if (Math.abs(a) < 0.08 && fraction(b / 6) < 0.5) use(accent);
      return 0.95 + 0.1 * smoothNoise(a * 1.3, b * 0.9, salt);
    case 'tiles': {
      const isJoint = fraction((a + b) / 0.9) < 0.14 || fraction((a - b) / 0.9) < 0.14;
      return isJoint ? 0.78 : 0.96 + 0.12 * cellNoise(Math.floor((a + b) / 0.9), Math.floor((a - b) / 0.9), salt);
    }
    case 'windows': {
      const isWindow = b > 0.9 && b < size - 0.7 && fraction(a / 2.6 + (salt % 97) / 97) > 0.42 && fraction(b / 2.9) > 0.45;
      if (isWindow) use(accent);
      return isWindow ? 0.8 + 0.5 * cellNoise(Math.floor(a / 2.6), Math.floor(b / 2.9), salt) : 0.97 + 0.06 * smoothNoise(a, b, salt);
    }
    case 'bars':
      if (fraction(a / 0.5) < 0.45) use(accent);
      return 1;
    case 'leaves':
      return 0.55 + 0.6 * smoothNoise(a * 2.5, b * 2.5, salt) + 0.3 * cellNoise(Math.floor(a * 7), Math.floor(b * 7), salt);
    case 'grass':
      return 0.86 + 0.2 * smoothNoise(a * 1.1, b * 0.6, salt) + 0.08 * cellNoise(Math.floor(a * 5), Math.floor(b * 5), salt);
    case 'band':
      if (b > 0.42 * size && b < 0.8 * size && fraction(a / 1.4) > 0.12) use(accent);
      return b < 0.14 * size ? 0.4 : 1;
    case 'car':
      if (b > 0.56 * size && b < 0.9 * size) use(accent);
      return b < 0.2 * size ? 0.35 : 0.95 + 0.1 * (b / size);
    case 'figure':
      return figureShade(b / size, accent, use);
    case 'lamp':
      if (Math.abs(a) < 0.14 && b > size + 0.25 && b < size + 0.55) use(accent);
      return 1;
    case 'spokes':
      if (b < 0.75 * size && cellNoise(Math.floor(a * 14), Math.floor(b * 14), salt) > 0.55) use(accent);
      return 0.7;
  }
}

const SKIN: Rgb = [205, 165, 140];

function figureShade(share: number, trousers: Rgb, use: (value: Rgb) => void): number {
  if (share > 0.87) use(SKIN);
  else if (share < 0.48) use(trousers);
  return 1;
}

/** Buildings throw a shadow on one side of the ground. */
function shadow(surface: Surface, light: Light, spot: Spot): number {
  if (surface.plane.kind !== 'ground' || light.shadowX === Infinity) return 1;
  return light.shadowSide * spot.a > light.shadowX ? 0.62 : 1;
}

const fraction = (value: number): number => value - Math.floor(value);

/** Box blur along rows over 2 * radius + 1 pixels. */
function blurRows(values: Float32Array, height: number, width: number, radius: number): Float32Array {
  if (radius === 0) return values;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let d = -radius; d <= radius; d++) {
          const from = Math.min(Math.max(x + d, 0), width - 1);
          sum += values[3 * (y * width + from) + c] as number;
        }
        out[3 * (y * width + x) + c] = sum / (2 * radius + 1);
      }
    }
  }
  return out;
}

/** Adds noise (a sum of four uniforms for each pixel and a little more a channel) and rounds to bytes. */
function develop(values: Float32Array, noiseStd: number, noise: Random): Uint8Array {
  const out = new Uint8Array(values.length);
  const scale = noiseStd / BYTE_SUM_STD;
  for (let i = 0; i < values.length; i += 3) {
    const bits = noise.bits();
    const grey = byteSum(bits) * scale;
    for (let c = 0; c < 3; c++) {
      const own = ((((bits >>> (5 * c)) & 31) - 15.5) * noiseStd) / 18;
      out[i + c] = Math.min(255, Math.max(0, Math.round((values[i + c] as number) + grey + own)));
    }
  }
  return out;
}
