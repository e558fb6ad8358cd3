/** Heat maps of several persons, row-major [size, height, width, joints]. */
export interface HeatMapStack {
  readonly size: number;
  readonly height: number;
  readonly width: number;
  readonly joints: number;
  readonly values: ArrayLike<number>;
}

/** Where the crop of a person lies in its picture. */
export interface CropPlace {
  /** [x, y] px. */
  readonly centre: readonly [number, number];
  /** [width, height] in units of 200 px. */
  readonly scale: readonly [number, number];
}

export const PIXELS_PER_SCALE = 200;

/**
 * Averages the maps of persons with those of their mirror images behind them (HRNet, lib/core/function.py): the latter are mirrored back, their
 * left and right joints change places, and they move one pixel to the right, since a crop's mirror image is not aligned with its maps. The first
 * column keeps its own value. `maps` has twice the persons, `mirrorOf` says each joint's other side.
 */
export function averageMirrored(maps: HeatMapStack, mirrorOf: readonly number[]): HeatMapStack {
  const { height, width, joints, values } = maps;
  const size = maps.size / 2;
  const rows = size * height;
  const averaged = new Float32Array(rows * width * joints);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * joints;
      const mirrored = ((rows + row) * width + width - 1 - Math.max(0, column - 1)) * joints;
      for (let joint = 0; joint < joints; joint++) {
        averaged[at + joint] = ((values[at + joint] as number) + (values[mirrored + (mirrorOf[joint] as number)] as number)) * 0.5;
      }
    }
  }
  return { size, height, width, joints, values: averaged };
}

/**
 * The joints of person `index` in pixels of its picture: x, y, peak of each (HRNet, lib/core/inference.py). A map's highest value is its joint,
 * the first one of equals, moved a quarter pixel towards the higher neighbour in both directions when it lies off the border by more than one
 * pixel; a map without a value above 0 has its joint in the map's corner. [3 * joints]
 */
export function decodePerson(maps: HeatMapStack, index: number, { centre, scale }: CropPlace): Float64Array {
  const { height, width, joints } = maps;
  // as the original's affine map: one factor, that of the widths
  const factor = (scale[0] * PIXELS_PER_SCALE) / width;
  const decoded = new Float64Array(3 * joints);
  for (let joint = 0; joint < joints; joint++) {
    const [x, y, peak] = decodeMap(maps, index, joint);
    decoded[3 * joint] = centre[0] + (x - width / 2) * factor;
    decoded[3 * joint + 1] = centre[1] + (y - height / 2) * factor;
    decoded[3 * joint + 2] = peak;
  }
  return decoded;
}

/** In pixels of the map. */
function decodeMap({ height, width, joints, values }: HeatMapStack, index: number, joint: number): readonly [number, number, number] {
  const start = index * height * width * joints + joint;
  const at = (x: number, y: number): number => values[start + (y * width + x) * joints] as number;
  let peak = -Infinity;
  let place = 0;
  for (let pixel = 0; pixel < height * width; pixel++) {
    const value = values[start + pixel * joints] as number;
    if (value <= peak || !Number.isFinite(value)) continue;
    peak = value;
    place = pixel;
  }
  // a network that diverged says NaN and infinity: no peak at all
  if (!(peak > 0)) return [0, 0, Number.isFinite(peak) ? peak : 0];
  const [x, y] = [place % width, Math.floor(place / width)];
  if (!(x > 1 && x < width - 1 && y > 1 && y < height - 1)) return [x, y, peak];
  const dx = Math.sign(at(x + 1, y) - at(x - 1, y));
  const dy = Math.sign(at(x, y + 1) - at(x, y - 1));
  return [x + dx / 4, y + dy / 4, peak];
}
