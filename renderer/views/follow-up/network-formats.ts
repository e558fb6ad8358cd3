import type { NetworkExportOptions } from '../../../electron/ipc/exports.ts';

/** Files that a trial's network with its weights can be taken away as. */
export const networkFormats: readonly { readonly name: NetworkExportOptions['format']; readonly title: string }[] = [
  { name: 'onnx', title: 'ONNX' },
  { name: 'tfjs', title: 'TensorFlow.js model' },
  { name: 'safetensors', title: 'weights (safetensors)' },
];
