/** Weights as a safetensors file with the official names and layouts. */
import { EngineError } from '../error.ts';
import type { WeightSpec } from '../graph/model-graph.ts';
import { formatShape, sameShape } from '../graph/shapes.ts';
import { float32Values, readSafetensors, writeSafetensors, type SafetensorsTensor } from './safetensors.ts';
import { Weights } from './weights.ts';

/** The file's bytes. Metadata are texts by name, such as the architecture's JSON. */
export async function saveWeights(weights: Weights, metadata: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  return writeSafetensors(await weights.entries(), metadata);
}

/** Weights from a file. Throws EngineError 'bad-weights-file' or, when they belong to another network, 'bad-weights'. The caller disposes them. */
export function loadWeights(specs: readonly WeightSpec[], file: Uint8Array): Weights {
  return weightsFromTensors(specs, readSafetensors(file).tensors);
}

/**
 * Weights from tensors as read; names carry `prefix`. All problems are listed together. Missing counters of batch norms are 0;
 * tensors without the prefix are left alone, unknown ones with it are a problem.
 */
export function weightsFromTensors(specs: readonly WeightSpec[], tensors: ReadonlyMap<string, SafetensorsTensor>, prefix = ''): Weights {
  const problems: string[] = [];
  for (const { name, shape, kind } of specs) {
    const tensor = tensors.get(prefix + name);
    if (tensor === undefined) {
      if (kind !== 'count') problems.push(`${name} ${formatShape(shape)} is missing`);
    } else if (!sameShape(tensor.shape, shape)) {
      problems.push(`${name} should be ${formatShape(shape)}, the file has ${formatShape(tensor.shape)}`);
    }
  }
  const known = new Set(specs.map((spec) => prefix + spec.name));
  for (const name of tensors.keys()) {
    if (name.startsWith(prefix) && !known.has(name)) problems.push(`${name} is unknown to this network`);
  }
  if (problems.length > 0) {
    const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
    throw new EngineError('bad-weights', `reading weights: ${problems.slice(0, 5).join('; ')}${more}.`, {
      tip: 'The file belongs to another architecture; choose the one it was trained with.',
    });
  }
  return new Weights(specs, (spec) => {
    const tensor = tensors.get(prefix + spec.name);
    return tensor === undefined ? new Float32Array(1) : float32Values(tensor);
  });
}
