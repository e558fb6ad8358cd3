import * as tf from '../backend/tf.ts';
import { estimate, type NodeCost } from '../cost/estimate.ts';
import { isLearned, type GraphNode, type ModelGraph, type WeightSpec } from '../graph/model-graph.ts';
import { elementCount } from '../graph/shapes.ts';
import { fillValues } from '../run/fill.ts';
import { inferenceMode, run } from '../run/run.ts';
import { Weights } from '../run/weights.ts';
import { hash32, mulberry32 } from '../rng.ts';
import { rateMultiplier } from '../spaces/dpc/geometry.ts';
import { exactly, passes, type GoldenCheck } from './check.ts';
import { figuresOf } from './check-forward.ts';
import { dpcNetwork } from './dpc-network.ts';
import { parseDpcReference, type DpcReference, type DpcTensorFigures } from './dpc-reference.ts';
import { resultOf, type GoldenResult } from './golden-result.ts';

/** Values may deviate by this, absolutely. */
const allowed = 2e-5;

export interface DpcVerifyOptions {
  readonly maxForwardMacs: number;
  readonly mode: tf.StepMode;
}

/**
 * Compares the cell or network of a reference file of DPC with the file's figures, on the backend in use. The files hold no training.
 * Throws EngineError 'bad-golden-file', or 'bad-architecture' for a cell that cannot be read.
 */
export async function verifyDpc(file: string, value: unknown, options: DpcVerifyOptions): Promise<GoldenResult> {
  const reference = parseDpcReference(value, file);
  const [, ...shape] = reference.input.shape;
  const graph = dpcNetwork(reference)(shape);
  const checks = checkDpcStructure(reference, graph);
  const skipped: string[] = [];
  if (checks.every(passes)) {
    if (reference.macs > options.maxForwardMacs) skipped.push(`forward pass at ${reference.input.shape.join('x')}: ${reference.macs} MACs`);
    else checks.push(...(await checkOutputs(reference, graph, options.mode)));
  }
  return resultOf(file, checks, { skipped, absent: ['train', 'trainSmallStep'] });
}

/** Names, order, shapes, kinds, counts, epsilons, and MACs of every layer: all exact. */
export function checkDpcStructure(reference: DpcReference, graph: ModelGraph): GoldenCheck[] {
  const { nodes, macs } = estimate(graph);
  const elements = (belongs: (spec: WeightSpec) => boolean): number =>
    graph.weights.filter(belongs).reduce((sum, spec) => sum + elementCount(spec.shape), 0);
  const epsilons = new Set(graph.nodes.filter((node) => node.op === 'batch-norm').map((node) => node.attrs['epsilon'] as number));
  return [
    exactly('names, order, shapes and kinds of the parameters', reference.parameters, graph.weights.map(officialEntry)),
    exactly(
      'number of values of the convolution kernels',
      reference.convParams,
      elements(({ kind }) => kind === 'weight'),
    ),
    exactly(
      'number of parameters',
      reference.paramCount,
      elements(({ kind }) => isLearned(kind)),
    ),
    exactly(
      'number of running statistics',
      reference.runningCount,
      elements(({ kind }) => !isLearned(kind)),
    ),
    exactly('factor on the rates', reference.rateMultiplier, rateMultiplier(reference.outputStride)),
    exactly('epsilons of the batch norms', sorted(reference.batchNormEpsilon), sorted([...epsilons])),
    exactly('MACs', reference.macs, macs),
    exactly('output sizes and MACs of the layers', reference.layers, layersOf(graph, nodes)),
  ];
}

function officialEntry({ name, shape, kind, layout }: WeightSpec): readonly [string, readonly number[], string] {
  if (kind !== 'weight') return [name, shape, kind];
  return [name, shape, layout === 'depthwise-hwio' ? 'depthwise_weight' : 'conv_weight'];
}

function layersOf({ nodes }: ModelGraph, costs: readonly NodeCost[]): (readonly [string, number, number, number])[] {
  return nodes.flatMap((node: GraphNode, i) => {
    const kernel = node.weights['kernel'];
    if (kernel === undefined) return [];
    const [height = 0, width = 0] = node.shape;
    return [[kernel.name.replace(/\/(depthwise_)?weights$/, ''), height, width, costs[i]!.macs] as const];
  });
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

async function checkOutputs(reference: DpcReference, graph: ModelGraph, mode: tf.StepMode): Promise<GoldenCheck[]> {
  const names = Object.keys(reference.outputs).filter((name) => graph.modules?.[name] !== undefined);
  const unknown = Object.keys(reference.outputs).filter((name) => !names.includes(name));
  const outputs = names.map((name) => graph.modules![name]![0]!);
  const weights = new Weights(graph.weights, (spec) => fillValues(spec));
  const x = tf.tensor(fillInput(reference.input), [...reference.input.shape]);
  const compute = ([input]: readonly tf.Tensor[]): tf.Tensor[] =>
    run({ ...graph, outputs }, weights, { [graph.inputs[0]!.id]: input! }, inferenceMode).outputs.map((output) => tf.clone(output));
  const step = tf.createStep('dpc_reference', compute, mode);
  try {
    const tensors = await step.run({ tensors: [x], numbers: [], seeds: [] });
    const checks = [exactly('outputs that the network does not have', [], unknown)];
    for (const [i, tensor] of tensors.entries()) {
      checks.push(compare(names[i]!, reference.outputs[names[i]!]!, tensor.shape, (await tensor.data()) as Float32Array));
    }
    tf.dispose(tensors);
    return checks;
  } finally {
    step.dispose();
    x.dispose();
    weights.dispose();
  }
}

/** The stream of the input's name, NHWC; raw images are mapped to [-1, 1] in float32, as the official network does itself. */
function fillInput({ name, shape, fill }: DpcReference['input']): Float32Array {
  const uniform = mulberry32(hash32(name));
  const factor = Math.fround(2 / 255);
  return Float32Array.from({ length: elementCount(shape) }, () => {
    return fill === '2*u-1' ? 2 * uniform() - 1 : Math.fround(factor * Math.fround(255 * uniform())) - 1;
  });
}

function compare(name: string, expected: DpcTensorFigures, shape: readonly number[], values: Float32Array): GoldenCheck {
  const what = `output '${name}', absolute`;
  if (JSON.stringify(shape) !== JSON.stringify(expected.shape)) {
    return { what, deviation: NaN, allowed, detail: `expected shape ${JSON.stringify(expected.shape)}, ${JSON.stringify(shape)} came` };
  }
  const figures = figuresOf(values);
  const differences = [
    ...expected.at.map((position, i) => ({ at: `value ${position}`, by: Math.abs(values[position]! - expected.values[i]!) })),
    ...(['mean', 'std', 'min', 'max'] as const).map((figure) => ({ at: figure, by: Math.abs(figures[figure] - expected[figure]) })),
  ];
  const worst = differences.reduce((a, b) => (b.by > a.by || Number.isNaN(b.by) ? b : a));
  return { what, deviation: worst.by, allowed, detail: `largest at ${worst.at}` };
}
