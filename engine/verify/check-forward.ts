import * as tf from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { fillImages } from '../run/fill.ts';
import { inferenceMode, run } from '../run/run.ts';
import type { Weights } from '../run/weights.ts';
import { exactly, type GoldenCheck } from './check.ts';
import type { EvalFigures, OutputFigures, TensorFigures } from './golden-file.ts';

/** Forward passes may deviate by this share of the output's standard deviation, or ten times the file's own float32 figure. */
const forwardFloor = 2e-5;

/** Outputs of the filled network at the file's positions, and their statistics, in shares of the output's standard deviation. */
export async function checkForward(graph: ModelGraph, weights: Weights, figures: EvalFigures, mode: tf.StepMode): Promise<GoldenCheck[]> {
  const allowed = Math.max(10 * figures.float32MaxDiffOverStd, forwardFloor);
  const size = figures.inputShape.join('x');
  const outputs = await runFilled(graph, weights, figures.inputShape, graph.outputs, mode);
  const checks = figures.outputs.map((expected, index) => {
    return compareOutput(`output ${index} at ${size}, in standard deviations`, expected, outputs[index], allowed);
  });
  return [exactly(`number of outputs at ${size}`, figures.outputs.length, outputs.length), ...checks];
}

/**
 * Statistics at the outputs of named modules, in running order, for finding where a difference begins. They are not part of passing:
 * their float32 figures are not stated.
 */
export async function compareModules(graph: ModelGraph, weights: Weights, figures: EvalFigures): Promise<GoldenCheck[]> {
  const listed = (figures.intermediate ?? []).flatMap(([name, list]) => {
    const ids = graph.modules?.[name] ?? [];
    return list.flatMap((expected, index) =>
      ids[index] === undefined ? [] : [{ name: `${name}, output ${index}`, id: ids[index], expected }],
    );
  });
  const tensors = await runFilled(
    graph,
    weights,
    figures.inputShape,
    listed.map((entry) => entry.id),
    'eager',
  );
  return listed.map(({ name, expected }, index) => {
    const { mean, std } = figuresOf(tensors[index]!.values);
    const deviation = Math.max(Math.abs(mean - expected.mean), Math.abs(std - expected.std)) / expected.std;
    return { what: `statistics of ${name}`, deviation, allowed: forwardFloor };
  });
}

interface OfficialTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

async function runFilled(
  graph: ModelGraph,
  weights: Weights,
  nchw: readonly number[],
  outputs: readonly string[],
  mode: tf.StepMode,
): Promise<OfficialTensor[]> {
  const image = fillImages(nchw as readonly [number, number, number, number]);
  const x = tf.tensor(image.values, [...image.shape]);
  const compute = ([images]: readonly tf.Tensor[]): tf.Tensor[] =>
    run({ ...graph, outputs }, weights, { [graph.inputs[0]!.id]: images! }, inferenceMode).outputs.map(toOfficial);
  const step = tf.createStep('golden_forward', compute, mode);
  const tensors = await step.run({ tensors: [x], numbers: [], seeds: [] });
  step.dispose();
  x.dispose();
  const results: OfficialTensor[] = [];
  for (const tensor of tensors) {
    results.push({ shape: tensor.shape, values: (await tensor.data()) as Float32Array });
    tensor.dispose();
  }
  return results;
}

/** Feature maps as NCHW; vectors and token matrices as they are. */
function toOfficial(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : tf.clone(x);
}

function compareOutput(what: string, expected: OutputFigures, actual: OfficialTensor | undefined, allowed: number): GoldenCheck {
  if (JSON.stringify(actual?.shape) !== JSON.stringify(expected.shape)) {
    return {
      what,
      deviation: NaN,
      allowed,
      detail: `expected shape ${JSON.stringify(expected.shape)}, ${JSON.stringify(actual?.shape)} came`,
    };
  }
  const { values } = actual!;
  const figures = figuresOf(values);
  const differences = [
    ...expected.indices.map((position, i) => ({ name: `value ${position}`, by: values[position]! - expected.values[i]! })),
    ...(['mean', 'std', 'min', 'max'] as const).map((name) => ({ name, by: figures[name] - expected[name] })),
  ];
  const shares = differences.map(({ name, by }) => ({ name, share: Math.abs(by) / expected.std }));
  const worst = shares.reduce((a, b) => (b.share > a.share || Number.isNaN(b.share) ? b : a));
  return { what, deviation: worst.share, allowed, detail: `largest at ${worst.name}` };
}

/** Computed in double precision. */
export function figuresOf(values: Float32Array): Omit<TensorFigures, 'shape'> {
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length), min, max };
}
