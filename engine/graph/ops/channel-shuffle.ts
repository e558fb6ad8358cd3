import { lastLength, numberAttr, singleInput, type OpDefinition } from '../op-definition.ts';

/**
 * Channels dealt out among groups (ShuffleNet, Zhang et al., CVPR 2018): with g groups of n channels, output i * g + k is input k * n + i.
 * Attribute: groups.
 */
export const channelShuffle: OpDefinition = {
  op: 'channel-shuffle',
  shape(args) {
    const input = singleInput(args);
    const groups = numberAttr(args, 'groups');
    if (!Number.isInteger(groups) || groups < 2 || lastLength(input) % groups !== 0) {
      throw new RangeError(`${lastLength(input)} channels cannot be shuffled in ${groups} groups`);
    }
    return input;
  },
};
