/** Serialises the few fields of tensorflow.ConfigProto (tensorflow/core/protobuf/config.proto) that are set here. */

export interface SessionConfig {
  /** Threads inside one op; 0: as many as there are cores. */
  readonly intraOpThreads: number;
  /** Ops that run at once. */
  readonly interOpThreads: number;
  /** Whether TensorFlow may rewrite a compiled step: it then rounds differently from the same ops one by one, and gains nothing here. */
  readonly rewrites: boolean;
  /** Takes GPU memory as it is needed in place of all at once. */
  readonly allowGrowth: boolean;
  /** The one GPU that the process sees, by number; undefined: the first. */
  readonly visibleGpu?: number;
}

/** Field numbers of ConfigProto, GPUOptions, GraphOptions and RewriterConfig. */
const field = {
  intraOp: 2,
  interOp: 5,
  gpuOptions: 6,
  allowGrowth: 4,
  visibleDeviceList: 5,
  graphOptions: 10,
  rewriteOptions: 10,
  disableMetaOptimizer: 19,
};

export function serializeConfig({ intraOpThreads, interOpThreads, rewrites, allowGrowth, visibleGpu = 0 }: SessionConfig): Uint8Array {
  const gpu = [...number(field.allowGrowth, Number(allowGrowth)), ...bytes(field.visibleDeviceList, [...String(visibleGpu)].map(codeOf))];
  return Uint8Array.from([
    ...number(field.intraOp, intraOpThreads),
    ...number(field.interOp, interOpThreads),
    ...bytes(field.gpuOptions, gpu),
    ...bytes(field.graphOptions, bytes(field.rewriteOptions, number(field.disableMetaOptimizer, Number(!rewrites)))),
  ]);
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

function number(key: number, value: number): number[] {
  return [...varint(key * 8), ...varint(value)];
}

function bytes(key: number, value: readonly number[]): number[] {
  return [...varint(key * 8 + 2), ...varint(value.length), ...value];
}

function varint(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low + 128, ...varint(Math.floor(value / 128))];
}
