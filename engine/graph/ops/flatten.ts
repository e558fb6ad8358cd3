import { singleInput, type OpDefinition } from '../op-definition.ts';
import { elementCount } from '../shapes.ts';

/** All axes but the batch into one. */
export const flatten: OpDefinition = {
  op: 'flatten',
  isView: true,
  shape(args) {
    return [elementCount(singleInput(args))];
  },
};
