/** The tensors of a weight file against what a network expects; pure, so that a file can be read where no backend is. */
import { EngineError } from '../error.ts';
import type { WeightSpec } from '../graph/model-graph.ts';
import { formatShape, sameShape } from '../graph/shapes.ts';
import { float32Values } from './safetensors.ts';
import type { SafetensorsTensor } from './safetensors.ts';

/**
 * The elements of every weight in official layout, by name. Tensors carry `prefix`; missing counters of batch norms are 0; tensors without the
 * prefix are left alone. Throws EngineError 'bad-weights' that lists all problems together: missing, misshapen and unknown tensors, types that
 * are no floating-point ones, and the first value of each tensor that is not finite in float32.
 */
export function checkedTensors(
  specs: readonly WeightSpec[],
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  prefix = '',
): ReadonlyMap<string, Float32Array> {
  const problems: string[] = [];
  const values = new Map<string, Float32Array>();
  for (const spec of specs) {
    const read = valuesOf(spec, tensors.get(prefix + spec.name));
    if (typeof read === 'string') problems.push(`${spec.name} ${read}`);
    else values.set(spec.name, read);
  }
  const known = new Set(specs.map((spec) => prefix + spec.name));
  for (const name of tensors.keys()) {
    if (name.startsWith(prefix) && !known.has(name)) problems.push(`${name} is unknown to this network`);
  }
  if (problems.length === 0) return values;
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-weights', `reading weights: ${problems.slice(0, 5).join('; ')}${more}.`, {
    tip: 'The file belongs to another architecture or its training diverged; choose one of this architecture with finite weights.',
  });
}

const floatTypes: readonly string[] = ['F16', 'BF16', 'F32', 'F64'];

/** The elements of one weight, or what is wrong with its tensor. */
function valuesOf({ shape, kind }: WeightSpec, tensor: SafetensorsTensor | undefined): Float32Array | string {
  if (tensor === undefined) return kind === 'count' ? new Float32Array(1) : `${formatShape(shape)} is missing`;
  if (!sameShape(tensor.shape, shape)) return `should be ${formatShape(shape)}, the file has ${formatShape(tensor.shape)}`;
  if (kind !== 'count' && !floatTypes.includes(tensor.dtype))
    return `should be one of ${floatTypes.join(', ')}, the file has ${tensor.dtype}`;
  const values = float32Values(tensor);
  const index = values.findIndex((value) => !Number.isFinite(value));
  return index < 0 ? values : `has the value ${values[index]} at position ${index}`;
}
