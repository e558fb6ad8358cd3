import { lastLength, requireVectors, singleInput, weightShape, type OpDefinition } from '../op-definition.ts';
import { elementCount, formatShape } from '../shapes.ts';

/** Matrix product over the last axis: [..., in] -> [..., out]. Weights: kernel [out, in], optional bias [out]. */
export const linear: OpDefinition = {
  op: 'linear',
  shape(args) {
    const input = singleInput(args);
    const kernel = weightShape(args, 'kernel');
    if (kernel.length !== 2 || kernel[1] !== lastLength(input)) {
      throw new RangeError(`the input has ${lastLength(input)} features, the weights ${formatShape(kernel)} expect ${kernel[1]}`);
    }
    const outFeatures = kernel[0] ?? 0;
    if (args.weights['bias'] !== undefined) requireVectors(args, ['bias'], outFeatures);
    return [...input.slice(0, -1), outFeatures];
  },
  macs(args, output) {
    return elementCount(output) * (weightShape(args, 'kernel')[1] ?? 0);
  },
};
