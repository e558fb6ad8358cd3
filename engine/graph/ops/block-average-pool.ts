import { listAttr, mapInput, type OpDefinition } from '../op-definition.ts';

/**
 * Mean over blocks that do not overlap: [height, width, channels] -> [height / h, width / w, channels]. Attribute: block [h, w].
 * Equal to adaptive average pooling where the output divides the input.
 */
export const blockAveragePool: OpDefinition = {
  op: 'block-average-pool',
  shape(args) {
    const [height, width, channels] = mapInput(args);
    const [blockHeight, blockWidth] = listAttr(args, 'block', 2) as [number, number];
    if (blockHeight < 1 || blockWidth < 1 || height % blockHeight !== 0 || width % blockWidth !== 0) {
      throw new RangeError(`blocks of ${blockHeight}x${blockWidth} do not tile ${height}x${width}`);
    }
    return [height / blockHeight, width / blockWidth, channels];
  },
};
