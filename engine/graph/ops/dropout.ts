import { numberAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/** In training zeroes elements with probability `rate` and scales the rest by 1 / (1 - rate). */
export const dropout: OpDefinition = {
  op: 'dropout',
  isView: true,
  shape(args) {
    const rate = numberAttr(args, 'rate');
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`rate must be in [0, 1), ${rate} came`);
    return singleInput(args);
  },
};
