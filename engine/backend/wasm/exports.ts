/** The functions of kernels.wasm; see the sources in wasm/kernels for what each computes. Pointers are byte addresses, counts are elements. */

/** Counts, pointers and factors are all numbers to JavaScript. */
type WasmFunction = (...values: number[]) => void;

export interface KernelExports {
  readonly activate: WasmFunction;
  readonly activateGradient: WasmFunction;
  readonly addPair: WasmFunction;
  readonly batchNormGradient: WasmFunction;
  readonly batchNormInference: WasmFunction;
  readonly batchNormTrain: WasmFunction;
  readonly collectGroups: WasmFunction;
  readonly columnSums: WasmFunction;
  readonly conv2d: WasmFunction;
  readonly conv2dInputScatter: WasmFunction;
  readonly conv2dKernelGradient: WasmFunction;
  readonly conv2dRoomBytes: (columns: number, outChannels: number) => number;
  readonly copyColumns: WasmFunction;
  readonly crossEntropy: WasmFunction;
  readonly crossEntropyGradient: WasmFunction;
  readonly depthwise: WasmFunction;
  readonly depthwiseKernelGradient: WasmFunction;
  readonly dropout: WasmFunction;
  readonly expandGroups: WasmFunction;
  readonly globalAverage: WasmFunction;
  readonly globalAverageGradient: WasmFunction;
  readonly layerNorm: WasmFunction;
  readonly layerNormGradient: WasmFunction;
  readonly mixGradient: WasmFunction;
  readonly mixRows: WasmFunction;
  readonly packPanels: WasmFunction;
  readonly packTurned: WasmFunction;
  readonly product: WasmFunction;
  readonly softmax: WasmFunction;
  readonly softmaxGradient: WasmFunction;
  readonly updateAdamW: WasmFunction;
  readonly updateEma: WasmFunction;
  readonly updateRmsProp: WasmFunction;
  readonly updateSgd: WasmFunction;
}
