import { mapInput, type OpDefinition } from '../op-definition.ts';

/**
 * [height, width, channels] -> [height, width, channels + 2]: two constant channels, the first along the width, the second along the height,
 * each (index - mean) / population standard deviation of the indices (HR-NAS's "points" map, specification section 3).
 */
export const appendPositionMap: OpDefinition = {
  op: 'append-position-map',
  shape(args) {
    const [height, width, channels] = mapInput(args);
    if (height < 2 || width < 2) throw new RangeError(`a position map needs at least 2x2 positions, ${height}x${width} came`);
    return [height, width, channels + 2];
  },
};

/** The map's values, row-major [height, width, 2], rounded to float32. */
export function positionMap(height: number, width: number): Float32Array {
  const normalised = (length: number): number[] => {
    const mean = (length - 1) / 2;
    const deviation = Math.sqrt((length * length - 1) / 12);
    return Array.from({ length }, (_, index) => (index - mean) / deviation);
  };
  const alongWidth = normalised(width);
  const alongHeight = normalised(height);
  const values = new Float32Array(height * width * 2);
  let offset = 0;
  for (const y of alongHeight) {
    for (const x of alongWidth) {
      values[offset++] = x;
      values[offset++] = y;
    }
  }
  return values;
}
