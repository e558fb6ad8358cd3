import { listAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/** Output axis i is input axis permutation[i]; axes are counted without the batch axis. */
export const transpose: OpDefinition = {
  op: 'transpose',
  shape(args) {
    const input = singleInput(args);
    const permutation = listAttr(args, 'permutation', input.length);
    const isPermutation = input.every((_, axis) => permutation.includes(axis));
    if (!isPermutation) throw new RangeError(`[${permutation.join(', ')}] is no permutation of ${input.length} axes`);
    return permutation.map((axis) => input[axis] ?? 0);
  },
};
