import { mapInput, weightShape, type OpDefinition } from '../op-definition.ts';
import { formatShape } from '../shapes.ts';
import { windowOutput } from './convolution-window.ts';

/**
 * One filter a channel: [height, width, channels] -> [height', width', channels].
 * Weight: kernel [channels, 1, kernelHeight, kernelWidth]. Attributes as conv2d.
 */
export const depthwiseConv2d: OpDefinition = {
  op: 'depthwise-conv2d',
  shape(args) {
    const [height, width, channels] = mapInput(args);
    const kernel = weightShape(args, 'kernel');
    if (kernel.length !== 4 || kernel[1] !== 1 || kernel[0] !== channels) {
      throw new RangeError(
        `the input has ${channels} channels, the kernel must be [${channels}, 1, height, width], ${formatShape(kernel)} came`,
      );
    }
    const [outHeight, outWidth] = windowOutput(args, height, width, [kernel[2] ?? 0, kernel[3] ?? 0]);
    return [outHeight, outWidth, channels];
  },
  macs(args, output) {
    const [, , kernelHeight = 0, kernelWidth = 0] = weightShape(args, 'kernel');
    const [outHeight = 0, outWidth = 0, channels = 0] = output;
    return outHeight * outWidth * channels * kernelHeight * kernelWidth;
  },
};
