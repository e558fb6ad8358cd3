import type { OpDefinition } from '../op-definition.ts';
import { formatShape, sameShape } from '../shapes.ts';

/** Sum of two or more inputs of one shape. */
export const add: OpDefinition = {
  op: 'add',
  shape({ inputs }) {
    const [first, ...others] = inputs;
    if (first === undefined || others.length === 0) throw new RangeError(`expected two or more inputs, ${inputs.length} came`);
    if (!others.every((other) => sameShape(first, other))) {
      throw new RangeError(`the summands differ in shape: ${inputs.map(formatShape).join(', ')}`);
    }
    return first;
  },
};
