/** Settings of an HR-NAS supernet of two branches and a dozen blocks with transformers, seconds for a whole search. */
export const tinySupernet = {
  stem: [4, 4],
  stages: [
    [1, [1], [4]],
    [2, [1, 1], [4, 8]],
  ],
  expandRatio: 2,
  kernelSizes: [3, 5],
  lastChannels: 6,
  tokens: 3,
} as const;
