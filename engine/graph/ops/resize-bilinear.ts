import { listAttr, mapInput, type OpDefinition } from '../op-definition.ts';

/** [h, w, channels] -> [height, width, channels], half-pixel centres unless the attribute alignCorners is true. Attribute: size [height, width]. */
export const resizeBilinear: OpDefinition = {
  op: 'resize-bilinear',
  shape(args) {
    const [, , channels] = mapInput(args);
    const [height, width] = listAttr(args, 'size', 2) as [number, number];
    if (height < 1 || width < 1) throw new RangeError(`size must be positive, [${height}, ${width}] came`);
    return [height, width, channels];
  },
};
