import { numberAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/**
 * In training zeroes elements with probability `rate` and scales the rest by 1 / (1 - rate). Attribute perSample (false where left out):
 * one draw for all of an image's elements (stochastic depth, Huang et al., ECCV 2016).
 */
export const dropout: OpDefinition = {
  op: 'dropout',
  isView: true,
  shape(args) {
    const rate = numberAttr(args, 'rate');
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`rate must be in [0, 1), ${rate} came`);
    const { perSample = false } = args.attrs;
    if (typeof perSample !== 'boolean') throw new RangeError(`perSample must be true or false, ${JSON.stringify(perSample)} came`);
    return singleInput(args);
  },
};
