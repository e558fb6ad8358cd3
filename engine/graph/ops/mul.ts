import type { OpDefinition } from '../op-definition.ts';
import { broadcastShape, formatShape, sameShape } from '../shapes.ts';

/** A value times a gate of the same rank that may have length 1 along some axes ([1, 1, channels] for squeeze and excitation). */
export const mul: OpDefinition = {
  op: 'mul',
  shape({ inputs }) {
    const [value, gate, ...others] = inputs;
    if (value === undefined || gate === undefined || others.length > 0) throw new RangeError(`expected two inputs, ${inputs.length} came`);
    const result = value.length === gate.length ? broadcastShape(value, gate) : undefined;
    if (result === undefined || !sameShape(result, value)) {
      throw new RangeError(`a gate of shape ${formatShape(gate)} does not fit a value of shape ${formatShape(value)}`);
    }
    return value;
  },
};
