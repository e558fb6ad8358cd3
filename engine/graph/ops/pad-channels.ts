import { lastLength, numberAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/** Appends zero channels at the end of the last axis: [..., channels] -> [..., width]. Attribute: width. */
export const padChannels: OpDefinition = {
  op: 'pad-channels',
  shape(args) {
    const input = singleInput(args);
    const width = numberAttr(args, 'width');
    if (!Number.isInteger(width) || width < lastLength(input)) {
      throw new RangeError(`${lastLength(input)} channels cannot be padded to ${width}`);
    }
    return [...input.slice(0, -1), width];
  },
};
