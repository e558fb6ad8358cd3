import { weightShape, type OpDefinition } from '../op-definition.ts';

/** A learned table without any input, the same for every image of a batch (query table, position embedding). Weight: value. */
export const parameter: OpDefinition = {
  op: 'parameter',
  isView: true,
  shape(args) {
    if (args.inputs.length > 0) throw new RangeError(`expected no input, ${args.inputs.length} came`);
    return weightShape(args, 'value');
  },
};
