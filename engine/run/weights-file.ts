/** Weights as a safetensors file with the official names and layouts. */
import type { WeightSpec } from '../graph/model-graph.ts';
import { checkedTensors } from './checked-tensors.ts';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from './safetensors.ts';
import { Weights } from './weights.ts';

/** The file's bytes. Metadata are texts by name, such as the architecture's JSON. */
export async function saveWeights(weights: Weights, metadata: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  return writeSafetensors(await weights.entries(), metadata);
}

/** Weights from a file. Throws EngineError 'bad-weights-file' or, when they belong to another network, 'bad-weights'. The caller disposes them. */
export function loadWeights(specs: readonly WeightSpec[], file: Uint8Array): Weights {
  return weightsFromTensors(specs, readSafetensors(file).tensors);
}

/** Weights from tensors as read; see `checkedTensors` for what is refused. */
export function weightsFromTensors(specs: readonly WeightSpec[], tensors: ReadonlyMap<string, SafetensorsTensor>, prefix = ''): Weights {
  const values = checkedTensors(specs, tensors, prefix);
  return new Weights(specs, ({ name }) => values.get(name)!);
}
