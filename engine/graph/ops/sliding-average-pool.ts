import { listAttr, mapInput, type OpDefinition } from '../op-definition.ts';

/** Mean under a window at every place where it lies within the map: [h, w, channels] -> [h - kh + 1, w - kw + 1, channels]. Attribute: kernel [kh, kw]. */
export const slidingAveragePool: OpDefinition = {
  op: 'sliding-average-pool',
  shape(args) {
    const [height, width, channels] = mapInput(args);
    const [kernelHeight, kernelWidth] = listAttr(args, 'kernel', 2) as [number, number];
    if (kernelHeight < 1 || kernelWidth < 1 || kernelHeight > height || kernelWidth > width) {
      throw new RangeError(`a window of ${kernelHeight}x${kernelWidth} does not fit into ${height}x${width}`);
    }
    return [height - kernelHeight + 1, width - kernelWidth + 1, channels];
  },
};
