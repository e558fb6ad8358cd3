/**
 * The SIMD kernels of the `wasm` backend, in AssemblyScript (not TypeScript: compiled by build/kernels.ts, never imported).
 *
 * They work on the memory of tfjs-backend-wasm. Pointers are byte addresses of float32 data unless said otherwise; counts are in elements.
 * The module has no memory of its own: no static data, no allocation. Kernels that need room get a pointer to a workspace.
 * Every kernel sums in a fixed order, so results are the same in every run.
 */
export { activate, activateGradient } from './activation';
export { batchNormGradient, batchNormInference, batchNormTrain } from './batch-norm';
export { columnSums, globalAverage, globalAverageGradient } from './reduce';
export { collectGroups, conv2d, conv2dInputScatter, conv2dKernelGradient, conv2dRoomBytes, expandGroups, packTurned } from './conv2d';
export { crossEntropy, crossEntropyGradient } from './cross-entropy';
export { depthwise } from './depthwise';
export { depthwiseKernelGradient } from './depthwise-gradient';
export { dropout } from './dropout';
export { addPair, copyColumns } from './elementwise';
export { packPanels, product } from './gemm';
export { layerNorm, layerNormGradient } from './layer-norm';
export { mixGradient, mixRows } from './resize';
export { softmax, softmaxGradient } from './softmax';
export { updateAdamW, updateEma, updateRmsProp, updateSgd } from './optimizers';
