import { mapInput, type OpDefinition } from '../op-definition.ts';

/** Mean over height and width: [height, width, channels] -> [1, 1, channels]. */
export const globalAveragePool: OpDefinition = {
  op: 'global-average-pool',
  shape(args) {
    const [, , channels] = mapInput(args);
    return [1, 1, channels];
  },
};
