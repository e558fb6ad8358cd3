import { lastLength, numberAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/** Channels [start, start + length) of the last axis. */
export const sliceChannels: OpDefinition = {
  op: 'slice-channels',
  shape(args) {
    const input = singleInput(args);
    const start = numberAttr(args, 'start');
    const length = numberAttr(args, 'length');
    if (!(start >= 0 && length >= 1 && start + length <= lastLength(input))) {
      throw new RangeError(`channels ${start}..${start + length - 1} do not lie in 0..${lastLength(input) - 1}`);
    }
    return [...input.slice(0, -1), length];
  },
};
