import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { dispose, onesLike } from '../../../engine/backend/tf.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { dpc } from '../../../engine/spaces/dpc/dpc.ts';
import { createOptimizer } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import { numbersOf, updateWeights } from '../../../engine/train/update-weights.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

it("DeepLab's rules (DPC spec 4, 8): kernels decay unless they are depthwise, norms and biases never, biases move twice as far", async () => {
  const settings = { backbone: 'none', featureChannels: 3, filters: 4, classes: 2 };
  const graph = dpc.graph(dpc.importOfficial([{ op: 'conv', kernel: 3, rate: [1, 3], input: -1 }], undefined, settings), [4, 5, 3]);
  const optimizer = createOptimizer({ id: 'sgd', momentum: 0.9, nesterov: false });
  const state = TrainState.create(new Weights(graph.weights, initialValues(1)), optimizer.slots);
  const before = new Map<string, Float32Array>();
  for (const { name } of graph.weights) before.set(name, await state.weights.read(name));
  const gradients = state.weights.learnedNames().map((name) => onesLike(state.weights.get(name)));
  const scalars = { learningRate: 0.1, step: 1, weightDecay: 0.5, averageDecay: 0, l1: new Map<string, number>(), dropoutSeeds: [] };
  updateWeights({ graph, state, optimizer, loss: () => expect.fail() }, gradients, [], numbersOf(optimizer, scalars));
  dispose(gradients);
  for (const name of state.weights.learnedNames()) {
    const isKernel = name.endsWith('/weights');
    const factor = name === 'logits/semantic/biases' ? 2 : 1;
    const old = before.get(name)!;
    const expected = old.map((value) => value - 0.1 * (factor + (isKernel ? 0.5 * value : 0)));
    (await state.weights.read(name)).forEach((value, i) => expect(value, name).toBeCloseTo(expected[i]!, 6));
  }
  state.dispose();
});
