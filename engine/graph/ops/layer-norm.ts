import { lastLength, numberAttr, requireVectors, singleInput, type OpDefinition } from '../op-definition.ts';

/** Over the last axis. Weights: gamma, beta, each [features]. Attribute: epsilon. */
export const layerNorm: OpDefinition = {
  op: 'layer-norm',
  shape(args) {
    const input = singleInput(args);
    requireVectors(args, ['gamma', 'beta'], lastLength(input));
    if (!(numberAttr(args, 'epsilon') > 0)) throw new RangeError('epsilon must be positive');
    return input;
  },
};
