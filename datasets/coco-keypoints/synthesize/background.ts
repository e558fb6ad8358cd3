import type { Random } from '../../random.ts';
import { BYTE_SUM_STD, byteSum, cellNoise } from '../../synthesize/noise.ts';
import { fillCapsule, type Canvas, type Rgb } from './canvas.ts';

/** A wall of two colours from top to bottom, spotted, where it is cluttered with lines across it that look like limbs. */
export function paintBackground(canvas: Canvas, random: Random, isCluttered: boolean): void {
  const { height, width } = canvas;
  const [top, bottom] = [color(random), color(random)];
  const cell = Math.max(3, Math.round(height * random.between(0.03, 0.15)));
  const contrast = random.between(15, 60);
  const salt = random.int(1 << 16);
  fillSpots(canvas, top, bottom, cell, contrast, salt);
  if (!isCluttered) return;
  for (let i = 4 + random.int(9); i > 0; i--) {
    const length = random.between(0.1, 0.5) * height;
    const [x1, y1] = [random.int(width), random.int(height)];
    const radius = height * random.between(0.006, 0.03);
    const line = {
      x1,
      y1,
      radius1: radius,
      x2: Math.round(x1 + random.between(-1, 1) * length),
      y2: Math.round(y1 + random.between(-1, 1) * length),
      radius2: radius,
    };
    fillCapsule(canvas, line, color(random), 0.3, { owner: 0, part: 0 });
  }
}

function fillSpots(canvas: Canvas, top: Rgb, bottom: Rgb, cell: number, contrast: number, salt: number): void {
  const { height, width, rgb } = canvas;
  const columns = Math.ceil(width / cell) + 1;
  const row = new Float64Array(columns);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const cellY = Math.floor(y / cell);
    const down = y / cell - cellY;
    for (let i = 0; i < columns; i++) row[i] = cellNoise(i, cellY, salt) * (1 - down) + cellNoise(i, cellY + 1, salt) * down;
    const share = y / height;
    const red = top[0] + (bottom[0] - top[0]) * share;
    const green = top[1] + (bottom[1] - top[1]) * share;
    const blue = top[2] + (bottom[2] - top[2]) * share;
    for (let x = 0; x < width; x++, at += 3) {
      const cellX = Math.floor(x / cell);
      const right = x / cell - cellX;
      const spot = ((row[cellX] as number) * (1 - right) + (row[cellX + 1] as number) * right - 0.5) * contrast;
      rgb[at] = red + spot;
      rgb[at + 1] = green + spot;
      rgb[at + 2] = blue + spot;
    }
  }
}

/** How a picture was taken. */
export interface Exposure {
  readonly brightness: number;
  readonly tint: Rgb;
  /** Standard deviation, 0..255. */
  readonly noise: number;
}

/** Light, then noise, in place. */
export function expose({ rgb }: Canvas, { brightness, tint, noise }: Exposure, random: Random): void {
  const [red, green, blue] = tint.map((value) => value * brightness) as [number, number, number];
  const scale = noise / BYTE_SUM_STD;
  const own = noise / 18;
  for (let i = 0; i < rgb.length; i += 3) {
    const bits = random.bits();
    const grey = byteSum(bits) * scale;
    rgb[i] = (rgb[i] as number) * red + grey + ((bits & 31) - 15.5) * own;
    rgb[i + 1] = (rgb[i + 1] as number) * green + grey + (((bits >>> 5) & 31) - 15.5) * own;
    rgb[i + 2] = (rgb[i + 2] as number) * blue + grey + (((bits >>> 10) & 31) - 15.5) * own;
  }
}

function color(random: Random): Rgb {
  const brightness = random.between(40, 230);
  return [brightness * random.between(0.6, 1), brightness * random.between(0.6, 1), brightness * random.between(0.6, 1)];
}
