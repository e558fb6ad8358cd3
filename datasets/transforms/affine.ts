/** x' = xx * x + xy * y + x0; y' = yx * x + yy * y + y0. Px. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** A crop of a picture: where its middle lies, and how large it is there. */
export interface Crop {
  /** [x, y] px of the picture. */
  readonly centre: readonly [number, number];
  /** [width, height] in units of 200 px. */
  readonly scale: readonly [number, number];
}

/**
 * From pixels of the crop, drawn `width` x `height` px large, to the picture's. HRNet (lib/utils/transforms.py) fits the map to three points, the
 * crop's centre, half a width above it and a quarter turn from there: that is a turn and one factor, the ratio of the widths. The height of the
 * scale does not enter.
 */
export function cropToPicture({ centre, scale }: Crop, degrees: number, height: number, width: number): Affine {
  const factor = (scale[0] * PIXELS_PER_SCALE) / width;
  const radians = (degrees * Math.PI) / 180;
  const cos = factor * Math.cos(radians);
  const sin = factor * Math.sin(radians);
  const [x, y] = [width / 2, height / 2];
  return { xx: cos, xy: -sin, x0: centre[0] - cos * x + sin * y, yx: sin, yy: cos, y0: centre[1] - sin * x - cos * y };
}

/** The unit of a crop's scale (a person of MPII was about 200 px tall). */
export const PIXELS_PER_SCALE = 200;

/** Followed by x -> width - 1 - x: the map into the picture that a mirrored one was made of. */
export function thenMirror(map: Affine, width: number): Affine {
  return { ...map, xx: -map.xx, xy: -map.xy, x0: width - 1 - map.x0 };
}

export function invert({ xx, xy, x0, yx, yy, y0 }: Affine): Affine {
  const area = xx * yy - xy * yx;
  const inverse = { xx: yy / area, xy: -xy / area, yx: -yx / area, yy: xx / area };
  return { ...inverse, x0: -(inverse.xx * x0 + inverse.xy * y0), y0: -(inverse.yx * x0 + inverse.yy * y0) };
}

export function apply({ xx, xy, x0, yx, yy, y0 }: Affine, x: number, y: number): readonly [number, number] {
  return [xx * x + xy * y + x0, yx * x + yy * y + y0];
}
