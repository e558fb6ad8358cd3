import { mapInput, requireVectors, weightShape, type OpArguments, type OpDefinition } from '../op-definition.ts';
import { formatShape } from '../shapes.ts';
import { windowOutput } from './convolution-window.ts';

function groupsOf(args: OpArguments): number {
  return args.attrs['groups'] === undefined ? 1 : Number(args.attrs['groups']);
}

/**
 * [height, width, in] -> [height', width', out]. Weights: kernel [out, in / groups, kernelHeight, kernelWidth], optional bias [out].
 * Attributes: stride [h, w], padding [top, bottom, left, right], dilation [h, w] = 1, groups = 1.
 */
export const conv2d: OpDefinition = {
  op: 'conv2d',
  shape(args) {
    const [height, width, channels] = mapInput(args);
    const kernel = weightShape(args, 'kernel');
    const groups = groupsOf(args);
    const [outChannels = 0, groupChannels = 0, kernelHeight = 0, kernelWidth = 0] = kernel;
    if (kernel.length !== 4) throw new RangeError(`the kernel must have 4 axes, ${formatShape(kernel)} came`);
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || outChannels % groups !== 0) {
      throw new RangeError(`${channels} input and ${outChannels} output channels cannot be split into ${groups} groups`);
    }
    if (groupChannels * groups !== channels) {
      throw new RangeError(
        `the input has ${channels} channels, the weights expect ${groupChannels * groups} (weights ${formatShape(kernel)})`,
      );
    }
    if (args.weights['bias'] !== undefined) requireVectors(args, ['bias'], outChannels);
    const [outHeight, outWidth] = windowOutput(args, height, width, [kernelHeight, kernelWidth]);
    return [outHeight, outWidth, outChannels];
  },
  macs(args, output) {
    const [, groupChannels = 0, kernelHeight = 0, kernelWidth = 0] = weightShape(args, 'kernel');
    const [outHeight = 0, outWidth = 0, outChannels = 0] = output;
    return outHeight * outWidth * outChannels * groupChannels * kernelHeight * kernelWidth;
  },
};
