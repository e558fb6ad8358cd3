import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { dispose, memory, type Tensor } from '../../../engine/backend/tf.ts';
import { rngFor } from '../../../engine/rng.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { blocks } from '../../../engine/spaces/hr-nas/blocks.ts';
import { hrNas } from '../../../engine/spaces/hr-nas/hr-nas.ts';
import { shrinkPlan, type KeepBlock } from '../../../engine/spaces/hr-nas/shrink.ts';
import { hrNasSegmentation, segmentationTask } from '../../../engine/tasks/segmentation.ts';
import type { CollatedBatch } from '../../../engine/tasks/task.ts';
import { createOptimizer } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import { trainStep, type StepScalars, type Trainable } from '../../../engine/train/train-step.ts';

/** One branch with a transformer, and the head: the smallest network that has every part. */
const settings = {
  classes: 3,
  stem: [2, 2],
  stages: [[1, [1], [2]]],
  expandRatio: [2, 2],
  kernelSizes: [3, 5],
  lastChannels: 4,
  tokens: 2,
};
const arch = hrNas.largest(settings);
const graph = hrNas.graph(arch, [8, 12, 3]);
const task = segmentationTask({ classes: 3, ...hrNasSegmentation });
const optimizer = createOptimizer({ id: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, decoupledWeightDecay: 0 });
const scalars: StepScalars = { learningRate: 0.02, step: 1, weightDecay: 1e-3, averageDecay: 0.5, l1: new Map(), dropoutSeeds: [1, 2] };

function newState(slots = optimizer.slots): TrainState {
  return TrainState.create(new Weights(graph.weights, initialValues(3)), slots);
}

function batchOf(seed: number): CollatedBatch {
  const rng = rngFor(seed, 'batch');
  const images = Float32Array.from({ length: 2 * 8 * 12 * 3 }, () => rng.normal());
  const labels = Uint8Array.from({ length: 2 * 8 * 12 }, () => rng.int(3));
  return task.collate({ kind: 'segmentation', size: 2, height: 8, width: 12, images, labelHeight: 8, labelWidth: 12, labels });
}

/** Makes steps and returns the losses. */
function train(model: Trainable, steps: readonly number[], change: Partial<StepScalars> = {}): number[] {
  return steps.map((step) => {
    const batch = batchOf(step);
    const loss = trainStep(model, [batch], { ...scalars, step, ...change, dropoutSeeds: [step] });
    const value = loss.dataSync()[0]!;
    dispose([loss, batch.inputs, ...batch.targets]);
    return value;
  });
}

const modelOf = (state: TrainState): Trainable => ({ graph, state, optimizer, loss: task.loss });
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

function predict(weights: Weights, network: typeof graph, inputs: Tensor): Float32Array {
  const { outputs } = run(network, weights, { [network.inputs[0]!.id]: inputs }, inferenceMode);
  const values = outputs[0]!.dataSync() as Float32Array;
  dispose(outputs);
  return values.slice();
}

beforeAll(async () => {
  await openBackend('wasm');
});

describe('trainStep', () => {
  it('a loss scale that is a power of two changes no bit of float32 training', () => {
    const [plain, scaled] = [undefined, 1024].map((lossScale) => {
      const state = newState();
      const losses = train({ ...modelOf(state), lossScale }, [1, 2, 3]);
      const weights = state.weights.learnedNames().map((name) => Array.from(state.weights.get(name).dataSync()));
      state.dispose();
      return { losses, weights };
    });
    expect(scaled).toEqual(plain);
  });

  it('gradients are computed of the scaled loss: beyond the range of float32 they are lost', () => {
    const state = newState();
    const losses = train({ ...modelOf(state), lossScale: 2 ** 128 }, [1]);
    expect(losses[0]).toBeNaN();
    state.dispose();
  });

  it('the loss falls when one batch is repeated', () => {
    const state = newState();
    const model = modelOf(state);
    const batch = batchOf(1);
    const losses = Array.from({ length: 30 }, (_, i) => {
      const loss = trainStep(model, [batch], { ...scalars, step: i + 1 });
      const value = loss.dataSync()[0]!;
      dispose(loss);
      return value;
    });
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    dispose([batch.inputs, ...batch.targets]);
    state.dispose();
  });

  it('is a function of its arguments: the same steps give the same bits', async () => {
    const files = [];
    for (let i = 0; i < 2; i++) {
      const state = newState();
      train(modelOf(state), [1, 2, 3]);
      files.push(await state.save());
      state.dispose();
    }
    expect(Buffer.compare(files[0]!, files[1]!)).toBe(0);
  });

  it('accumulating two batches averages their gradients and losses', () => {
    // without momentum or normalisation an sgd step is rate * gradient, so steps can be compared; dropout seeds are equal
    const sgd = createOptimizer({ id: 'sgd', momentum: 0, nesterov: false });
    const [a, b] = [batchOf(1), batchOf(2)];
    const after = (batches: CollatedBatch[], dropoutSeeds: number[]): { loss: number; kernel: Float32Array } => {
      const state = newState([]);
      const loss = trainStep({ ...modelOf(state), optimizer: sgd }, batches, { ...scalars, weightDecay: 0, dropoutSeeds });
      const result = { loss: loss.dataSync()[0]!, kernel: (state.weights.get('classifier.weight').dataSync() as Float32Array).slice() };
      dispose(loss);
      state.dispose();
      return result;
    };
    const [one, two, both] = [after([a], [7]), after([b], [8]), after([a, b], [7, 8])];
    expect(both.loss).toBeCloseTo((one.loss + two.loss) / 2, 6);
    expect(
      largestDifference(
        both.kernel,
        one.kernel.map((value, i) => (value + two.kernel[i]!) / 2),
      ),
    ).toBeLessThan(1e-6);
    dispose([a.inputs, ...a.targets, b.inputs, ...b.targets]);
  });

  it('L1 pulls the named factors towards 0 by rate * factor in an sgd step, and only them', () => {
    const sgd = createOptimizer({ id: 'sgd', momentum: 0, nesterov: false });
    const [block] = blocks(arch);
    const [k3, k5] = block!.kernels;
    const gammas = (l1: StepScalars['l1']): number[][] => {
      const state = newState([]);
      train({ ...modelOf(state), optimizer: sgd }, [1], { l1 });
      const values = [k3!, k5!].map(({ gamma }) => [...state.weights.get(gamma).dataSync()]);
      state.dispose();
      return values;
    };
    const [without, penalised] = [gammas(new Map()), gammas(new Map([[k3!.gamma, 2]]))];
    expect(
      largestDifference(
        penalised[0]!,
        without[0]!.map((value) => value - 0.02 * 2),
      ),
    ).toBeLessThan(1e-6);
    expect(penalised[1]).toEqual(without[1]);
  });

  it('running statistics move, and the average follows weights and statistics alike', () => {
    const state = newState();
    const before = state.average.get('downsamples.0.1.running_mean').dataSync().slice();
    train(modelOf(state), [1]);
    const running = state.weights.get('downsamples.0.1.running_mean').dataSync();
    const average = state.average.get('downsamples.0.1.running_mean').dataSync();
    expect(largestDifference(running, before)).toBeGreaterThan(1e-5);
    expect(
      largestDifference(
        average,
        running.map((value, i) => 0.5 * value + 0.5 * before[i]!),
      ),
    ).toBeLessThan(1e-7);
    state.dispose();
  });

  it('a batch without a dropout seed is refused', () => {
    const state = newState();
    const batch = batchOf(1);
    expect(() => trainStep(modelOf(state), [batch, batch], { ...scalars, dropoutSeeds: [1] })).toThrow(
      /dropout seed for each of its 2 batches, got 1/,
    );
    dispose([batch.inputs, ...batch.targets]);
    state.dispose();
  });

  it.each([1, 2])('a loss that throws at batch %i of 2 leaves no tensor behind', (failing) => {
    const state = newState();
    const batch = batchOf(1);
    let calls = 0;
    const loss: Trainable['loss'] = (outputs, targets) => {
      if (++calls === failing) throw new Error('no loss');
      return task.loss(outputs, targets);
    };
    const before = memory().numTensors;
    expect(() => trainStep({ ...modelOf(state), loss }, [batch, batch], scalars)).toThrow('no loss');
    expect(memory().numTensors).toBe(before);
    dispose([batch.inputs, ...batch.targets]);
    state.dispose();
  });

  it('slow: the number of tensors is constant over 1,000 steps', () => {
    const state = newState();
    const model = modelOf(state);
    train(model, [1]);
    const before = memory().numTensors;
    train(
      model,
      Array.from({ length: 1000 }, (_, i) => i + 2),
    );
    expect(memory().numTensors).toBe(before);
    state.dispose();
  }, 60_000);
});

describe('TrainState', () => {
  it('saved and loaded it goes on bit for bit; slots and average are there', async () => {
    const [a, b] = [newState(), newState()];
    train(modelOf(a), [1, 2, 3, 4]);
    train(modelOf(b), [1, 2]);
    const loaded = TrainState.load(graph.weights, optimizer.slots, await b.save());
    train(modelOf(loaded), [3, 4]);
    expect(Buffer.compare(await a.save(), await loaded.save())).toBe(0);
    for (const state of [a, b, loaded]) state.dispose();
  });

  it.each(['', 'average/'])('names the first of its %sweights that is not finite', async (prefix) => {
    const state = newState();
    expect(await state.notFinite()).toBeUndefined();
    const name = 'classifier.weight';
    const weights = prefix === '' ? state.weights : state.average;
    const values = await weights.read(name);
    values[1] = -Infinity;
    weights.write(name, values);
    expect(await state.notFinite()).toBe(prefix + name);
    state.dispose();
  });

  it('a file without slots is refused', async () => {
    const state = newState([]);
    const file = await state.save();
    expect(() => TrainState.load(graph.weights, optimizer.slots, file)).toThrow(/optimizer\/firstMoment\/.* is missing/);
    state.dispose();
  });

  it('shrinking cuts atoms that do nothing out of weights, average and slots: outputs stay, and training goes on', () => {
    const state = newState();
    train(modelOf(state), [1, 2]);
    const keep: Record<string, KeepBlock> = {};
    for (const block of blocks(arch)) {
      // the first kernel loses all but its second atom, the other one all: its place in the list moves
      for (const [i, path] of block.kernels.entries()) {
        for (const name of [path.gamma, path.gamma.replace(/weight$/, 'bias')]) {
          for (const weights of [state.weights, state.average]) {
            const values = new Float32Array(path.hidden);
            if (i === 1) values[1] = 0.7;
            weights.write(name, values);
          }
        }
      }
      keep[block.name] = { kernels: { 3: [], 5: [1] } };
    }
    const batch = batchOf(9);
    const before = [state.weights, state.average].map((weights) => predict(weights, graph, batch.inputs));
    const slotBefore = state.slotsOf(blocks(arch)[0]!.kernels[1]!.gamma)[0]!.dataSync()[1];
    const plan = shrinkPlan(arch, keep);
    const small = hrNas.graph(plan.arch, [8, 12, 3]);
    const tensors = memory().numTensors;
    state.shrink(small.weights, plan.moves);
    expect(memory().numTensors).toBeLessThan(tensors);
    [state.weights, state.average].forEach((weights, i) => {
      expect(largestDifference(predict(weights, small, batch.inputs), before[i]!)).toBeLessThan(1e-5);
    });
    const moved = state.slotsOf(blocks(plan.arch)[0]!.kernels[0]!.gamma)[0]!;
    expect(moved.shape).toEqual([1]);
    expect(moved.dataSync()[0]).toBe(slotBefore);
    const losses = train({ ...modelOf(state), graph: small }, [3, 4]);
    expect(losses.every(Number.isFinite)).toBe(true);
    dispose([batch.inputs, ...batch.targets]);
    state.dispose();
  });
});
