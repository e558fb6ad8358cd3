import type { AttrValue, Shape } from './model-graph.ts';
import { formatShape } from './shapes.ts';

/** What an op is asked about: shapes without the batch axis, weight shapes by role (after slicing; kernels as [out, in / groups, height, width]). */
export interface OpArguments {
  readonly inputs: readonly Shape[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
  readonly weights: Readonly<Record<string, Shape>>;
}

/**
 * The pure side of one op: what it makes of shapes and what it costs for one input (batch 1).
 * The running side has the same name in engine/run/ops.
 */
export interface OpDefinition {
  readonly op: string;
  /** Output shape. Throws RangeError, saying what was expected and what came, when the arguments do not fit. */
  shape(args: OpArguments): Shape;
  /** Multiply-accumulates; left out where there are none (only convolutions and matrix products count). */
  macs?(args: OpArguments, output: Shape): number;
  /** True when the output is the input's memory in another shape: it adds no activation bytes. */
  readonly isView?: boolean;
}

export function numberAttr(args: OpArguments, name: string): number {
  const value = args.attrs[name];
  if (typeof value !== 'number') throw new RangeError(`attribute ${name} must be a number, not ${JSON.stringify(value)}`);
  return value;
}

export function stringAttr(args: OpArguments, name: string): string {
  const value = args.attrs[name];
  if (typeof value !== 'string') throw new RangeError(`attribute ${name} must be a text, not ${JSON.stringify(value)}`);
  return value;
}

/** A list of whole numbers, of a given length where one is asked for. */
export function listAttr(args: OpArguments, name: string, length?: number): readonly number[] {
  const value = args.attrs[name];
  const isList = Array.isArray(value) && value.every((entry) => Number.isInteger(entry));
  if (!isList || (length !== undefined && value.length !== length)) {
    const expected = length === undefined ? 'whole numbers' : `${length} whole numbers`;
    throw new RangeError(`attribute ${name} must be ${expected}, not ${JSON.stringify(value)}`);
  }
  return value as readonly number[];
}

/** The single input, of the rank asked for. */
export function singleInput(args: OpArguments, rank?: number): Shape {
  const [input, ...others] = args.inputs;
  if (input === undefined || others.length > 0) throw new RangeError(`expected one input, ${args.inputs.length} came`);
  if (rank !== undefined && input.length !== rank) {
    throw new RangeError(`expected an input of ${rank} axes, ${formatShape(input)} came`);
  }
  return input;
}

/** A feature map [height, width, channels]. */
export function mapInput(args: OpArguments): readonly [number, number, number] {
  return singleInput(args, 3) as readonly [number, number, number];
}

export function weightShape(args: OpArguments, role: string): Shape {
  const shape = args.weights[role];
  if (shape === undefined) throw new RangeError(`weight '${role}' is missing`);
  return shape;
}

/** Refuses weights that are not vectors of `length` entries. */
export function requireVectors(args: OpArguments, roles: readonly string[], length: number): void {
  for (const role of roles) {
    const shape = weightShape(args, role);
    if (shape.length !== 1 || shape[0] !== length) {
      throw new RangeError(`weight '${role}' must have shape [${length}], ${formatShape(shape)} came`);
    }
  }
}

export function lastLength(shape: Shape): number {
  const length = shape[shape.length - 1];
  if (length === undefined) throw new RangeError('expected at least one axis, a scalar came');
  return length;
}
