/** The bare addon for its tests: opened once a process; small helpers to write ops and graphs with. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NativeAttribute, NativeBinding } from '../../../../engine/backend/tensorflow/binding.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { addonPath } from '../../../../engine/backend/tensorflow/load-addon.ts';

// TensorFlow logs a warning too for each error that a test provokes.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';

export const tensorflowFolder = findInstalled()?.folder ?? '';
export const hasAddon = existsSync(addonPath);
/** Whether TensorFlow is installed too; tests that compute are skipped where it is not. */
export const hasTensorflow = hasAddon && tensorflowFolder !== '';

export const threads = 2;
/** ConfigProto with intra_op_parallelism_threads (field 2) and inter_op_parallelism_threads (field 5). */
const config = Uint8Array.of(2 << 3, threads, 5 << 3, 1);

export function loadClosed(): NativeBinding {
  return createRequire(import.meta.url)(addonPath) as NativeBinding;
}

export function openAddon(): NativeBinding {
  const binding = loadClosed();
  if (binding.version() === undefined) binding.open(tensorflowFolder, config, threads);
  return binding;
}

/** `counts()` where everything was let go of. */
export const nothing = { tensors: 0, graphs: 0, functions: 0, pendingCalls: 0 };

/** The numbers of TF_DataType and TF_AttrType; a test compares them with the addon's. */
export const float = 1;
export const int32 = 3;

export const attribute = {
  type: (name: string, value: number): NativeAttribute => ({ name, type: 4, value }),
  int: (name: string, value: number | readonly number[]): NativeAttribute => ({ name, type: 1, value }),
  bool: (name: string, value: boolean): NativeAttribute => ({ name, type: 3, value }),
};

export const ofFloat = [attribute.type('T', float)];

/** Start of a program for `node --eval` or a worker: `binding`, closed, and `open()`. */
export const preamble = `
  const binding = require(${JSON.stringify(addonPath)});
  const open = () => binding.open(${JSON.stringify(tensorflowFolder)}, Uint8Array.from([${Array.from(config).join()}]), ${threads});
`;

/** The function `name`: its input multiplied with itself `times` times; [size, size] matrices. */
export function addMatrixPower(binding: NativeBinding, name: string, size: number, times: number): void {
  const graph = binding.graphNew();
  try {
    const input = binding.graphPlaceholder(graph, float, [size, size]);
    let output = input;
    for (let i = 0; i < times; i++) output = binding.graphOp(graph, 'MatMul', ofFloat, [output, input], 1, `power${i}`)[0]!.id;
    binding.graphToFunction(graph, name, [input], [output]);
  } finally {
    binding.graphDelete(graph);
  }
}
