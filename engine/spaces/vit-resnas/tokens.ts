/** Token matrices [tokens, width], tokens row by row: parts of them and maps made of them, all without moving single values. */
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import type { WeightRef } from '../../graph/model-graph.ts';
import { elementCount } from '../../graph/shapes.ts';

export function reshape(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return builder.node({ op: 'reshape', inputs: [x], attrs: { shape } });
}

/** Tokens [start, start + count): [tokens, width] -> [count, width]. Neighbouring tokens are one run of memory. */
export function takeTokens(builder: GraphBuilder, x: Value, start: number, count: number): Value {
  const [tokens = 0, width = 0] = x.shape;
  if (count === tokens) return x;
  const attrs = { start: start * width, length: count * width };
  const run = builder.node({ op: 'slice-channels', inputs: [reshape(builder, x, [tokens * width])], attrs });
  return reshape(builder, run, [count, width]);
}

/** One token as a vector: [tokens, width] -> [width]. */
export function takeToken(builder: GraphBuilder, x: Value, index: number): Value {
  return reshape(builder, takeTokens(builder, x, index, 1), [x.shape[1] ?? 0]);
}

/** Maps and token matrices of one width, one after another: -> [tokens, width]. */
export function joinTokens(builder: GraphBuilder, parts: readonly Value[]): Value {
  const width = parts[0]?.shape.at(-1) ?? 0;
  const runs = parts.map((part) => reshape(builder, part, [elementCount(part.shape)]));
  const run = builder.node({ op: 'concat', inputs: runs });
  return reshape(builder, run, [elementCount(run.shape) / width, width]);
}

/** A learned table of the official shape [1, tokens, width] as a token matrix. */
export function tokenTable(builder: GraphBuilder, value: WeightRef, tokens: number, width: number): Value {
  return reshape(builder, builder.node({ op: 'parameter', inputs: [], weights: { value } }), [tokens, width]);
}

export function tokenTableWeight(builder: GraphBuilder, name: string, tokens: number, width: number): WeightRef {
  return builder.weight({ name, shape: [1, tokens, width], kind: 'other', layout: 'as-is', isRun: true });
}
