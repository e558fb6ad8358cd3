/**
 * `npm run bench -- search-step [PRESET]`: what a training step of a preset's supernet costs by part, on one thread of `wasm`.
 * Batches are random numbers, so that no data set is needed.
 */
import { openBackend, type Backend } from '../../engine/backend/backend.ts';
import { dispose, memory, valueAndGradients } from '../../engine/backend/tf.ts';
import { estimate } from '../../engine/cost/estimate.ts';
import type { ModelGraph } from '../../engine/graph/model-graph.ts';
import { rngFor } from '../../engine/rng.ts';
import { initialValues } from '../../engine/run/initial-values.ts';
import { disposeStatistics, run } from '../../engine/run/run.ts';
import { Weights } from '../../engine/run/weights.ts';
import { parseSearchConfig, type SearchConfig } from '../../engine/search/config.ts';
import { supernetOf, trainingGraph, trainingSize } from '../../engine/search/network.ts';
import { hrNasSegmentation, segmentationTask } from '../../engine/tasks/segmentation.ts';
import type { CollatedBatch } from '../../engine/tasks/task.ts';
import { createOptimizer } from '../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../engine/train/train-state.ts';
import { trainStep } from '../../engine/train/train-step.ts';

const rounds = 12;
const task = segmentationTask({ classes: 19, ...hrNasSegmentation });

function randomBatch(config: SearchConfig): CollatedBatch {
  const { data, seed } = config;
  const [height, width] = trainingSize(config);
  const rng = rngFor(seed, 'bench');
  const pixels = data.batchSize * height * width;
  const images = Float32Array.from({ length: 3 * pixels }, () => rng.normal());
  const labels = Uint8Array.from({ length: pixels }, () => rng.int(19));
  return task.collate({
    kind: 'segmentation',
    size: data.batchSize,
    height,
    width,
    images,
    labelHeight: height,
    labelWidth: width,
    labels,
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Median milliseconds of each piece of work; they take turns, so that a busy moment of the machine hits all alike. Three rounds warm up. */
function measure(works: readonly ((round: number) => void)[]): number[] {
  const times = works.map((): number[] => []);
  for (let round = 0; round < rounds + 3; round++) {
    works.forEach((work, i) => {
      const began = performance.now();
      work(round);
      if (round >= 3) times[i]!.push(performance.now() - began);
    });
  }
  return times.map(median);
}

function forward(graph: ModelGraph, state: TrainState, batch: CollatedBatch): void {
  const { outputs, statistics } = run(graph, state.weights, { input: batch.inputs }, { training: true, norm: 'batch', dropoutSeed: 1 });
  disposeStatistics(statistics);
  dispose(outputs);
}

function gradients(graph: ModelGraph, state: TrainState, batch: CollatedBatch): void {
  const variables = state.weights.learnedNames().map((name) => state.weights.get(name));
  const { value, grads } = valueAndGradients(() => {
    const { outputs, statistics } = run(graph, state.weights, { input: batch.inputs }, { training: true, norm: 'batch', dropoutSeed: 1 });
    disposeStatistics(statistics);
    return task.loss(outputs[0]!, batch.targets);
  }, variables);
  dispose([value, ...grads]);
}

function bench(config: SearchConfig, backend: Backend): void {
  const arch = supernetOf(config);
  const graph = trainingGraph(config, arch);
  const { macs, params } = estimate(graph);
  const optimizer = createOptimizer(config.train.optimizer);
  const state = TrainState.create(new Weights(graph.weights, initialValues(config.seed)), optimizer.slots);
  const batch = randomBatch(config);
  const step = (round: number): void => {
    const scalars = {
      learningRate: 1e-3,
      step: round + 1,
      weightDecay: 1e-5,
      averageDecay: 0.9,
      l1: new Map<string, number>(),
      dropoutSeeds: [round],
    };
    dispose(trainStep({ graph, state, optimizer, loss: task.loss }, [batch], scalars));
  };
  const times = measure([() => forward(graph, state, batch), () => gradients(graph, state, batch), step]);
  const [forwardMs, gradientMs, stepMs] = times as [number, number, number];
  // a multiply-accumulate forwards costs two backwards: one for the input, one for the weight
  const trained = 3 * macs * config.data.batchSize;
  const ms = (value: number): string => `${value.toFixed(1).padStart(8)} ms`;
  process.stdout.write(
    [
      `HR-NAS ${config.preset}: ${(macs / 1e6).toFixed(1)} M MACs, ${(params / 1e6).toFixed(2)} M parameters, ${graph.nodes.length} nodes,`,
      `  batch ${config.data.batchSize} of ${trainingSize(config).join('x')}, backend ${backend.id}, 1 thread`,
      `forward              ${ms(forwardMs)}`,
      `loss and backward    ${ms(gradientMs - forwardMs)}`,
      `optimiser, averages  ${ms(stepMs - gradientMs)}`,
      `whole step           ${ms(stepMs)}   ${(trained / stepMs / 1e6).toFixed(2)} G MACs/s`,
      `memory               ${(memory().numBytes / 1e6).toFixed(0)} MB in ${memory().numTensors} tensors; process ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
      '',
    ].join('\n'),
  );
}

const config = parseSearchConfig({ preset: process.argv[2] ?? 'demo' });
bench(config, await openBackend('wasm'));
