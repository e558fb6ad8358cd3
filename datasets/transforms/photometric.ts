import type { Random } from '../random.ts';

/** Ranges of the colour changes; each change happens with probability 0.5. */
export interface PhotometricOptions {
  /** Added to all channels, uniform in +-. 0..255 */
  readonly brightness: number;
  readonly contrast: readonly [low: number, high: number];
  readonly saturation: readonly [low: number, high: number];
  /** Shift in OpenCV's 8-bit hue (half degrees of 0..179): whole numbers in [-hue, hue). */
  readonly hue: number;
}

/** HR-NAS, mmseg/transforms.py. */
export const defaultPhotometricOptions: PhotometricOptions = { brightness: 32, contrast: [0.5, 1.5], saturation: [0.5, 1.5], hue: 18 };

/**
 * Photometric distortion in place: brightness, then contrast first or last at random, saturation and hue in between; after each the
 * values are cut to whole numbers 0..255, as the 8-bit original does. [height, width, 3]
 */
export function distortColors(rgb: Uint8Array, options: PhotometricOptions, random: Random): void {
  if (random.chance(0.5)) changeLinearly(rgb, 1, random.between(-options.brightness, options.brightness));
  const isContrastFirst = random.chance(0.5);
  const contrast = (): void => {
    if (random.chance(0.5)) changeLinearly(rgb, random.between(...options.contrast), 0);
  };
  if (isContrastFirst) contrast();
  if (random.chance(0.5)) {
    const factor = random.between(...options.saturation);
    changeHsv(
      rgb,
      HUES,
      Uint8Array.from(BYTES, (saturation) => Math.min(255, Math.floor(saturation * factor))),
    );
  }
  if (random.chance(0.5)) {
    const shift = random.int(2 * options.hue) - options.hue;
    changeHsv(
      rgb,
      HUES.map((hue) => (hue + shift + 180) % 180),
      BYTES,
    );
  }
  if (!isContrastFirst) contrast();
}

function changeLinearly(rgb: Uint8Array, factor: number, offset: number): void {
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = Math.min(Math.max(Math.floor(value * factor + offset), 0), 255);
  for (let i = 0; i < rgb.length; i++) rgb[i] = table[rgb[i] as number] as number;
}

const HUES = Uint8Array.from({ length: 180 }, (_, hue) => hue);
const BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);

/** Goes through OpenCV's 8-bit HSV, rounding both ways; hue and saturation are replaced by table. */
function changeHsv(rgb: Uint8Array, hues: Uint8Array, saturations: Uint8Array): void {
  for (let i = 0; i < rgb.length; i += 3) {
    const hsv = packHsv(rgb[i] as number, rgb[i + 1] as number, rgb[i + 2] as number);
    unpackHsv(hues[hsv >> 16] as number, saturations[(hsv >> 8) & 255] as number, hsv & 255, rgb, i);
  }
}

/**
 * Bytes to hue 0..179 (half degrees) * 65536 + saturation 0..255 * 256 + value 0..255. One number, since an array for each pixel is
 * slow.
 */
export function packHsv(red: number, green: number, blue: number): number {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  if (range === 0) return value;
  let hue: number; // in units of 60 degrees
  if (value === red) hue = (green - blue) / range;
  else if (value === green) hue = 2 + (blue - red) / range;
  else hue = 4 + (red - green) / range;
  if (hue < 0) hue += 6;
  const halfDegrees = (hue * 30 + 0.5) | 0;
  const saturation = ((255 * range) / value + 0.5) | 0;
  return ((halfDegrees === 180 ? 0 : halfDegrees) << 16) | (saturation << 8) | value;
}

function unpackHsv(hue: number, saturation: number, value: number, rgb: Uint8Array, at: number): void {
  const whole = (hue / 30) | 0;
  const fraction = hue / 30 - whole;
  const share = saturation / 255;
  const low = (value * (1 - share) + 0.5) | 0;
  const falling = (value * (1 - share * fraction) + 0.5) | 0;
  const rising = (value * (1 - share * (1 - fraction)) + 0.5) | 0;
  rgb[at] = whole === 0 || whole === 5 ? value : whole === 1 ? falling : whole === 4 ? rising : low;
  rgb[at + 1] = whole === 1 || whole === 2 ? value : whole === 0 ? rising : whole === 3 ? falling : low;
  rgb[at + 2] = whole === 3 || whole === 4 ? value : whole === 2 ? rising : whole === 5 ? falling : low;
}
