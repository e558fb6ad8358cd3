/** Runs ops of our own kernels by name through the addon, on plain arrays. */
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { addonPath, loadAddon } from '../../../../engine/backend/tensorflow/load-addon.ts';
import { existsSync } from 'node:fs';
import { serializeConfig } from '../../../../engine/backend/tensorflow/config-proto.ts';
import type { NativeArray, NativeAttribute, NativeBinding } from '../../../../engine/backend/tensorflow/binding.ts';

export interface NativeInput {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface NativeOutput {
  readonly shape: readonly number[];
  readonly values: NativeArray;
}

export type AttributeValue = number | boolean | string | readonly number[] | { readonly float: number };

const installed = findInstalled();

/** Whether TensorFlow is installed and the addon built; the tests of kernels are skipped where it is not. */
export const hasNative = installed !== undefined && existsSync(addonPath);

export class NativeOps {
  readonly binding: NativeBinding;
  #functions = 0;

  constructor(threads: number) {
    if (!installed) throw new Error('native TensorFlow is not installed');
    this.binding = loadAddon();
    const config = serializeConfig({ intraOpThreads: threads, interOpThreads: 1, rewrites: false, allowGrowth: true });
    this.binding.open(installed.folder, config, threads);
  }

  /** Whole numbers become int attributes: write `{ float: 1 }` for a float one. */
  run(
    name: string,
    inputs: readonly NativeInput[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputs = 1,
  ): NativeOutput[] {
    const { binding } = this;
    const ids = inputs.map(({ shape, values }) =>
      binding.createTensor(shape, values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32, values),
    );
    try {
      const list = Object.entries(attributes).map(([key, value]) => this.#attribute(key, value));
      return binding.executeOp(name, list, ids, outputs).map(({ id, shape }) => {
        const values = binding.tensorDataSync(id);
        binding.deleteTensor(id);
        return { shape, values };
      });
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }

  /** The same by a function of a graph in which float32 inputs are first multiplied by 1, so that the op may take their memory. */
  runInFunction(
    name: string,
    inputs: readonly NativeInput[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputs = 1,
  ): NativeOutput[] {
    const { binding } = this;
    const graph = binding.graphNew();
    const dtypes = inputs.map(({ values }) => (values instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32));
    const places = inputs.map(({ shape }, i) => binding.graphPlaceholder(graph, dtypes[i]!, shape));
    const one = binding.graphPlaceholder(graph, binding.TF_FLOAT, []); // a constant would be simplified away
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    const inner = places.map((id, i) => (dtypes[i] === binding.TF_FLOAT ? binding.graphOp(graph, 'Mul', [type], [id, one], 1)[0]!.id : id));
    const list = Object.entries(attributes).map(([key, value]) => this.#attribute(key, value));
    const results = binding.graphOp(graph, name, list, inner, outputs);
    const functionName = `inFunction${this.#functions++}`;
    binding.graphToFunction(
      graph,
      functionName,
      [...places, one],
      results.map(({ id }) => id),
    );
    binding.graphDelete(graph);
    const args = [...inputs, { shape: [], values: Float32Array.of(1) }];
    const types = [...dtypes, binding.TF_FLOAT];
    const ids = Int32Array.from(args, ({ shape, values }, i) => binding.createTensor(shape, types[i]!, values));
    const handles = [...binding.call(functionName, ids, outputs)];
    const read = handles.map((id, i) => ({ shape: results[i]!.shape, values: binding.tensorDataSync(id) }));
    for (const id of [...ids, ...handles]) binding.deleteTensor(id);
    binding.removeFunction(functionName);
    return read;
  }

  #attribute(name: string, value: AttributeValue): NativeAttribute {
    const { binding } = this;
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number') return { name, type: Number.isInteger(value) ? binding.TF_ATTR_INT : binding.TF_ATTR_FLOAT, value };
    if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
    return { name, type: binding.TF_ATTR_INT, value };
  }
}

/** Repeatable values, about normal. */
export function randomValues(count: number, seed: number, scale = 1, shift = 0): Float32Array {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => (next() + next() + next() + next() - 2) * 1.7 * scale + shift);
}

export function randomTensor(shape: readonly number[], seed: number, scale = 1, shift = 0): NativeInput {
  return {
    shape,
    values: randomValues(
      shape.reduce((a, b) => a * b, 1),
      seed,
      scale,
      shift,
    ),
  };
}

/** The largest |a - b|, over the largest |b| when `relative`. */
export function largestDifference(a: ArrayLike<number | bigint>, b: ArrayLike<number>, relative = true): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let [difference, size] = [0, relative ? 1e-30 : 1];
  for (let i = 0; i < b.length; i++) {
    const deviation = Math.abs(Number(a[i]) - b[i]!);
    difference = Number.isNaN(deviation) ? Infinity : Math.max(difference, deviation);
    if (relative) size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}
