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
 * Photometric distortion in place: brightness, then contrast first or last at random, saturation and hue in between; after each the values are cut to
 * whole numbers 0..255, as the 8-bit original does. [height, width, 3]
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
    changeHsv(rgb, (hsv) => {
      hsv[1] = Math.min(255, Math.floor((hsv[1] as number) * factor));
    });
  }
  if (random.chance(0.5)) {
    const shift = random.int(2 * options.hue) - options.hue;
    changeHsv(rgb, (hsv) => {
      hsv[0] = ((hsv[0] as number) + shift + 180) % 180;
    });
  }
  if (!isContrastFirst) contrast();
}

function changeLinearly(rgb: Uint8Array, factor: number, offset: number): void {
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = Math.min(Math.max(Math.floor(value * factor + offset), 0), 255);
  for (let i = 0; i < rgb.length; i++) rgb[i] = table[rgb[i] as number] as number;
}

/** Goes through OpenCV's 8-bit HSV (hue in half degrees 0..179), rounding both ways. */
function changeHsv(rgb: Uint8Array, change: (hsv: Float64Array) => void): void {
  const hsv = new Float64Array(3);
  for (let i = 0; i < rgb.length; i += 3) {
    toHsv(rgb[i] as number, rgb[i + 1] as number, rgb[i + 2] as number, hsv);
    change(hsv);
    fromHsv(hsv, rgb, i);
  }
}

/** Bytes to hue 0..179, saturation and value 0..255, whole numbers. */
export function toHsv(red: number, green: number, blue: number, hsv: Float64Array): void {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  let hue = 0; // in units of 60 degrees
  if (range > 0) {
    if (value === red) hue = (green - blue) / range;
    else if (value === green) hue = 2 + (blue - red) / range;
    else hue = 4 + (red - green) / range;
    if (hue < 0) hue += 6;
  }
  hsv[0] = Math.round(hue * 30) % 180;
  hsv[1] = value === 0 ? 0 : Math.round((255 * range) / value);
  hsv[2] = value;
}

function fromHsv(hsv: Float64Array, rgb: Uint8Array, at: number): void {
  const sector = (hsv[0] as number) / 30;
  const saturation = (hsv[1] as number) / 255;
  const value = hsv[2] as number;
  const whole = Math.floor(sector);
  const fraction = sector - whole;
  const low = Math.round(value * (1 - saturation));
  const falling = Math.round(value * (1 - saturation * fraction));
  const rising = Math.round(value * (1 - saturation * (1 - fraction)));
  switch (whole) {
    case 0: return put(rgb, at, value, rising, low);
    case 1: return put(rgb, at, falling, value, low);
    case 2: return put(rgb, at, low, value, rising);
    case 3: return put(rgb, at, low, falling, value);
    case 4: return put(rgb, at, rising, low, value);
    default: return put(rgb, at, value, low, falling);
  }
}

function put(rgb: Uint8Array, at: number, red: number, green: number, blue: number): void {
  rgb[at] = red;
  rgb[at + 1] = green;
  rgb[at + 2] = blue;
}
