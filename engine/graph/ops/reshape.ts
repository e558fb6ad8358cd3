import { listAttr, singleInput, type OpDefinition } from '../op-definition.ts';
import { elementCount, formatShape } from '../shapes.ts';

/** The same elements in another shape (row-major). Attribute: shape, without the batch axis. */
export const reshape: OpDefinition = {
  op: 'reshape',
  isView: true,
  shape(args) {
    const input = singleInput(args);
    const shape = listAttr(args, 'shape');
    if (elementCount(shape) !== elementCount(input)) throw new RangeError(`${formatShape(input)} cannot become ${formatShape(shape)}`);
    return shape;
  },
};
