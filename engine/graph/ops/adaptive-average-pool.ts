import { listAttr, mapInput, type OpDefinition } from '../op-definition.ts';

/**
 * Mean over each cell of a grid: [h, w, channels] -> [height, width, channels]. Attribute: size [height, width]. Cell i of n spans
 * floor(i h / n) up to ceil((i + 1) h / n), so that neighbours share a row where n does not divide h (PyTorch's adaptive pooling).
 */
export const adaptiveAveragePool: OpDefinition = {
  op: 'adaptive-average-pool',
  shape(args) {
    const [, , channels] = mapInput(args);
    const [height, width] = listAttr(args, 'size', 2) as [number, number];
    if (height < 1 || width < 1) throw new RangeError(`size must be positive, [${height}, ${width}] came`);
    return [height, width, channels];
  },
};
