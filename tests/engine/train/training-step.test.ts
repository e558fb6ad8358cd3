import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import { dispose, memory, type StepMode } from '../../../engine/backend/tf.ts';
import { rngFor } from '../../../engine/rng.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';
import { hrNasSegmentation, segmentationTask } from '../../../engine/tasks/segmentation.ts';
import type { CollatedBatch } from '../../../engine/tasks/task.ts';
import { createOptimizer, type OptimizerOptions } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import { TrainingStep } from '../../../engine/train/training-step.ts';

/** One branch with a transformer, and the head: the smallest network that has every part, dropout too. */
const settings = {
  classes: 3,
  stem: [2, 2],
  stages: [[1, [1], [2]]],
  expandRatio: [2, 2],
  kernelSizes: [3, 5],
  lastChannels: 4,
  tokens: 2,
};
const graph = hrNas.graph(hrNas.largest(settings), [8, 12, 3]);
const task = segmentationTask({ classes: 3, ...hrNasSegmentation });
const gamma = graph.weights.find(({ name, isRun }) => isRun && name.endsWith('.1.weight'))!.name;

function batchOf(seed: number): CollatedBatch {
  const rng = rngFor(seed, 'batch');
  const images = Float32Array.from({ length: 2 * 8 * 12 * 3 }, () => rng.normal());
  const labels = Uint8Array.from({ length: 2 * 8 * 12 }, () => rng.int(3));
  return task.collate({ kind: 'segmentation', size: 2, height: 8, width: 12, images, labelHeight: 8, labelWidth: 12, labels });
}

/** Losses of some steps, and everything that the training has changed, as a file. */
async function train(
  mode: StepMode,
  options: OptimizerOptions,
  batches: number | readonly number[],
  steps: number,
): Promise<{ losses: number[]; file: Uint8Array }> {
  const optimizer = createOptimizer(options);
  const state = TrainState.create(new Weights(graph.weights, initialValues(3)), optimizer.slots);
  const step = new TrainingStep({ graph, state, optimizer, loss: task.loss }, mode);
  const losses: number[] = [];
  for (let t = 0; t < steps; t++) {
    const list = Array.from({ length: typeof batches === 'number' ? batches : batches[t]! }, (_, i) => batchOf(10 * t + i));
    const scalars = {
      learningRate: 0.02 / (1 + t),
      step: t + 1,
      weightDecay: 1e-3,
      averageDecay: (1 + t) / (10 + t),
      l1: new Map([[gamma, 1e-3 * t]]),
      dropoutSeeds: list.map((_, i) => 977 * t + i),
    };
    losses.push(await step.run(list, scalars));
    dispose(list.flatMap(({ inputs, targets }) => [inputs, ...targets]));
  }
  const file = await state.save();
  step.dispose();
  state.dispose();
  return { losses, file };
}

describe.skipIf(findInstalled() === undefined)('the training step on native TensorFlow', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));

  it.each<[string, OptimizerOptions, number]>([
    ['rmsprop', { id: 'rmsprop', alpha: 0.9, momentum: 0.8, epsilon: 1e-3, rateOn: 'velocity' }, 1],
    ['sgd, three batches accumulated', { id: 'sgd', momentum: 0.9, nesterov: true }, 3],
    ['adamw, two batches accumulated', { id: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, decoupledWeightDecay: 1e-2 }, 2],
  ])(
    '%s: compiled and op by op give the same bits: losses, weights, statistics, counters, averages, slots',
    async (_, options, batches) => {
      const before = memory().numTensors;
      const [eager, compiled] = [await train('eager', options, batches, 5), await train('compiled', options, batches, 5)];
      expect(compiled.losses).toEqual(eager.losses);
      expect(Buffer.from(compiled.file).equals(Buffer.from(eager.file))).toBe(true);
      expect(memory().numTensors).toBe(before);
    },
  );

  it('numbers of batches that change from step to step: compiled and op by op give the same bits', async () => {
    const sgd: OptimizerOptions = { id: 'sgd', momentum: 0.9, nesterov: false };
    const [eager, compiled] = [await train('eager', sgd, [4, 2, 3, 1], 4), await train('compiled', sgd, [4, 2, 3, 1], 4)];
    expect(compiled.losses).toEqual(eager.losses);
    expect(Buffer.from(compiled.file).equals(Buffer.from(eager.file))).toBe(true);
  });

  it('gradients of a step that failed at its second batch do not come into the next step', async () => {
    const weightsAfter = async (mode: StepMode): Promise<Buffer> => {
      const optimizer = createOptimizer({ id: 'sgd', momentum: 0.9, nesterov: false });
      const state = TrainState.create(new Weights(graph.weights, initialValues(3)), optimizer.slots);
      const step = new TrainingStep({ graph, state, optimizer, loss: task.loss }, mode);
      const scalars = { learningRate: 0.1, step: 1, weightDecay: 0, averageDecay: 0, l1: new Map(), dropoutSeeds: [1, 2] };
      const [first, second] = [batchOf(1), batchOf(2)];
      const wrong = { ...second, inputs: first.targets[0]! };
      await expect(step.run([first, wrong], scalars)).rejects.toThrow();
      await step.run([first, second], scalars);
      const values = await Promise.all(state.weights.learnedNames().map((name) => state.weights.read(name)));
      dispose([first, second].flatMap(({ inputs, targets }) => [inputs, ...targets]));
      step.dispose();
      state.dispose();
      return Buffer.concat(values.map(({ buffer }) => Buffer.from(buffer)));
    };
    expect((await weightsAfter('compiled')).equals(await weightsAfter('eager'))).toBe(true);
  });
});
