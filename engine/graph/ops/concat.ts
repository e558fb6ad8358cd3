import { lastLength, type OpDefinition } from '../op-definition.ts';
import { formatShape, sameShape } from '../shapes.ts';

/** Joins two or more inputs along the last axis (channels). */
export const concat: OpDefinition = {
  op: 'concat',
  shape({ inputs }) {
    const [first, ...others] = inputs;
    if (first === undefined || others.length === 0) throw new RangeError(`expected two or more inputs, ${inputs.length} came`);
    const outer = first.slice(0, -1);
    if (!others.every((other) => sameShape(outer, other.slice(0, -1)))) {
      throw new RangeError(`the parts differ before the last axis: ${inputs.map(formatShape).join(', ')}`);
    }
    return [...outer, inputs.reduce((sum, input) => sum + lastLength(input), 0)];
  },
};
