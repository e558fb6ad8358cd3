import { lastLength, numberAttr, requireVectors, singleInput, type OpDefinition } from '../op-definition.ts';

/**
 * Over all axes but the last. Weights: gamma, beta, mean, variance, each [channels].
 * Attributes: epsilon; momentum (running = (1 - momentum) running + momentum batch).
 */
export const batchNorm: OpDefinition = {
  op: 'batch-norm',
  shape(args) {
    const input = singleInput(args);
    requireVectors(args, ['gamma', 'beta', 'mean', 'variance'], lastLength(input));
    const epsilon = numberAttr(args, 'epsilon');
    const momentum = numberAttr(args, 'momentum');
    if (!(epsilon > 0) || !(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(`epsilon must be positive and momentum in 0..1, ${epsilon} and ${momentum} came`);
    }
    return input;
  },
};
