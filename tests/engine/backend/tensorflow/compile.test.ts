import { beforeAll, describe, expect, it } from 'vitest';
import { measureCompileFrom, openBackend, type Backend } from '../../../../engine/backend/backend.ts';
import { internals } from '../../../../engine/backend/internals.ts';
import { createSmallNetwork } from '../../../../engine/backend/small-network.ts';
import type { SmallNetwork } from '../../../../engine/backend/small-network.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { tensorflowCounts } from '../../../../engine/backend/tensorflow/open.ts';
import { currentScope } from '../../../../engine/backend/scope.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { Scalar, StepFunction, StepMode, Tensor, Tensor1D, Tensor4D, Variable } from '../../../../engine/backend/tf.ts';

const nothing = { tensors: [], numbers: [], seeds: [] };

function variableOf(values: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function wave(length: number, frequency: number): number[] {
  return Array.from({ length }, (_, i) => 3 * Math.sin(frequency * i));
}

async function values(tensors: readonly Tensor[]): Promise<number[][]> {
  const read = await Promise.all(tensors.map(async (tensor) => Array.from((await tensor.data()) as Float32Array)));
  tf.dispose([...tensors]);
  return read;
}

/** Runs a step once, compiled. */
async function once(f: StepFunction, inputs: tf.StepInputs = nothing): Promise<number[][]> {
  const step = tf.createStep('test', f, 'compiled');
  try {
    return await values(await step.run(inputs));
  } finally {
    step.dispose();
  }
}

/** A training step of the small network: dropout by seed, SGD with momentum and a moving average by numbers. */
function trainingStep(network: SmallNetwork, mode: StepMode): { readonly step: tf.Step; readonly state: readonly Variable[] } {
  const like = (variable: Variable): Variable => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
  const [velocities, shadows] = [network.variables.map(like), network.variables.map(like)];
  const step = tf.createStep(
    'training',
    (inputs, [rate, decay, rest], [seed]) => {
      const { value, grads } = tf.valueAndGradients(() => {
        const [images, labels] = inputs as [Tensor, Tensor];
        return network.loss([tf.dropout(images, 0.25, seed!), labels]);
      }, network.variables);
      network.variables.forEach((variable, i) => {
        const ema = { shadow: shadows[i]!, decay: decay!, rest: rest! };
        tf.updateSgd(variable, grads[i]!, { velocity: velocities[i]! }, { learningRate: rate!, momentum: 0.9, ema });
      });
      return [value];
    },
    mode,
  );
  return { step, state: [...network.variables, ...velocities, ...shadows] };
}

async function train(mode: StepMode, steps: number): Promise<{ readonly losses: number[]; readonly state: number[][] }> {
  const network = createSmallNetwork(3, 10, 7);
  const { step, state: variables } = trainingStep(network, mode);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const decay = (1 + i) / (10 + i);
    const inputs = { tensors: network.inputs, numbers: [0.05 / (1 + i), decay, 1 - decay], seeds: [i * 7919] };
    losses.push((await values(await step.run(inputs)))[0]![0]!);
  }
  const state = variables.map((variable) => Array.from(variable.dataSync()));
  step.dispose();
  tf.dispose(variables.slice(network.variables.length));
  network.dispose();
  return { losses, state };
}

describe.skipIf(findInstalled() === undefined)('compiled steps on native TensorFlow', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend('tensorflow', { threads: 2 });
  });

  it('20 training steps with dropout, momentum, a falling rate and a moving average: losses and state equal the eager ones', async () => {
    const [eager, compiled] = [await train('eager', 20), await train('compiled', 20)];
    compiled.losses.forEach((loss, i) => expect(Math.abs(loss / eager.losses[i]! - 1)).toBeLessThan(1e-6));
    const scale = Math.max(...eager.state.flat().map(Math.abs));
    compiled.state.forEach((list, i) =>
      list.forEach((value, k) => expect(Math.abs(value - eager.state[i]![k]!)).toBeLessThan(2e-6 * scale)),
    );
    expect(new Set(compiled.losses).size).toBe(20);
  });

  it('the same steps twice are equal bit for bit', async () => {
    expect(await train('compiled', 10)).toEqual(await train('compiled', 10));
  });

  it('numbers and seeds are arguments: other ones give other results of the same function', async () => {
    const step = tf.createStep('arguments', ([x], [factor], [seed]) => [tf.mul(x!, factor!), tf.dropout(x!, 0.5, seed!)], 'compiled');
    const x = tf.ones([64]);
    const run = async (numbers: number[], seeds: number[]): Promise<number[][]> => values(await step.run({ tensors: [x], numbers, seeds }));
    const first = await run([2], [1]);
    const second = await run([3], [-5]);
    expect([first[0]![0], second[0]![0]]).toEqual([2, 3]);
    const eager = tf.dropout(x, 0.5, -5);
    expect(second[1]).toEqual(Array.from(eager.dataSync()));
    expect(second[1]).not.toEqual(first[1]);
    expect(step.stats()).toMatchObject({ runs: 2, traces: 1 });
    step.dispose();
    tf.dispose([x, eager]);
  });

  it('another shape is traced on its own; a shape that came before is not traced again', async () => {
    const step = tf.createStep('shapes', ([x]) => [tf.sum(x!)], 'compiled');
    for (const n of [3, 5, 3, 5]) {
      const x = tf.ones([n]);
      expect(await values(await step.run({ ...nothing, tensors: [x] }))).toEqual([[n]]);
      x.dispose();
    }
    expect(step.stats()).toMatchObject({ runs: 4, traces: 2 });
    step.dispose();
  });

  it('sums of three give the same bits op by op and compiled, whoever else holds the terms', async () => {
    const [a, b] = [variableOf(wave(1000, 1)), variableOf(wave(1000, 7))];
    const sums: StepFunction = () => {
      const own = tf.mul(b, 0.3717);
      const map = tf.reshape(tf.mul(a, 3), [1, 10, 10, 10]) as Tensor4D;
      const pooled = tf.avgPool(map, { size: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], countIncludePad: false });
      return [tf.addN([a as Tensor, a as Tensor, own]), tf.addN([a as Tensor, b as Tensor, own]), pooled];
    };
    const eager = await values(await tf.createStep('sums', sums, 'eager').run(nothing));
    expect(await once(sums)).toEqual(eager);
    tf.dispose([a, b]);
  });

  it('an input that is returned as it is, and a variable that is returned and updated', async () => {
    const x = tf.tensor1d([1, 2]);
    const weight = variableOf([10, 20]);
    const result = await once(
      ([x]) => {
        const before = tf.clone(weight as Tensor);
        weight.assign(tf.add(weight, x!));
        return [x!, before];
      },
      { ...nothing, tensors: [x] },
    );
    expect(result).toEqual([
      [1, 2],
      [10, 20],
    ]);
    expect(Array.from(weight.dataSync())).toEqual([11, 22]);
    tf.dispose([x, weight]);
  });

  it('another handle on a variable keeps the old values', async () => {
    const weight = variableOf([1]);
    const handle = tf.clone(weight as Tensor);
    await once(() => {
      weight.assign(tf.add(weight, 1));
      return [];
    });
    expect([weight.dataSync()[0], handle.dataSync()[0]]).toEqual([2, 1]);
    tf.dispose([weight, handle]);
  });

  const outside = (): Tensor1D => tf.tensor1d([1, 2, 3]);
  it.each<[string, string, () => StepFunction]>([
    [
      'reading a value',
      'value-in-trace',
      () =>
        ([x]) => [tf.mul(x!, tf.sum(x!).dataSync()[0]!)],
    ],
    [
      'a random number of JavaScript',
      'random-in-trace',
      () =>
        ([x]) => [tf.mul(x!, Math.random())],
    ],
    [
      'a variable made inside',
      'variable-in-trace',
      () =>
        ([x]) => [tf.add(tf.variable(tf.zerosLike(x!)), x!)],
    ],
    [
      'a tensor from outside that was used before',
      'captured-tensor',
      () => {
        const captured = tf.tidy(() => tf.keep(tf.add(outside(), 1)));
        return ([x]) => [tf.add(x!, captured)];
      },
    ],
    [
      'a tensor from outside whose values were never used',
      'captured-tensor',
      () => {
        const captured = outside();
        return ([x]) => [tf.add(x!, captured)];
      },
    ],
  ])('%s is refused', async (_, code, make) => {
    const x = outside();
    const f = make();
    await expect(once(f, { ...nothing, tensors: [x] })).rejects.toMatchObject({ code });
    x.dispose();
  });

  it('an error inside of a trace leaves variables, tensors and Math.random as they were, and names where it happened', async () => {
    const weight = variableOf([5]);
    const random = Math.random;
    const before = { tensors: tf.memory().numTensors, native: tensorflowCounts()! };
    const failing: StepFunction = () => {
      tf.enterScope('stage2.block0');
      weight.assign(tf.add(weight, 1));
      tf.sum(weight).dataSync();
      return [];
    };
    await expect(once(failing)).rejects.toThrow(/stage2\.block0/);
    expect(Array.from(weight.dataSync())).toEqual([5]);
    expect(Math.random).toBe(random);
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(tensorflowCounts()).toMatchObject({ graphs: before.native.graphs, functions: before.native.functions });
    expect(await once(() => [tf.mul(weight as Tensor, 2)])).toEqual([[10]]);
    weight.dispose();
  });

  it('what TensorFlow refuses names the scope, op by op as in a compiled step; afterwards the scope is the one from before', async () => {
    const x = tf.ones([2, 3]);
    const product: StepFunction = () => {
      tf.enterScope('stage9.blockX');
      return [tf.gather(x, tf.tensor1d([5], 'int32'))];
    };
    const before = tf.enterScope('outside');
    expect(() => tf.tidy(() => void product([], [], []))).toThrow(/^stage9\.blockX: executeOp GatherV2/);
    tf.enterScope('outside');
    await expect(once(([y]) => product([y!], [], []), { ...nothing, tensors: [x] })).rejects.toMatchObject({ code: 'captured-tensor' });
    expect(currentScope()).toBe('outside');
    tf.enterScope(before);
    x.dispose();
  });

  it('a tape that was open when a trace failed does not stay open', async () => {
    const weight = variableOf([5]);
    const failing: StepFunction = () => {
      tf.valueAndGradients(() => tf.tidy(() => tf.sum(tf.mul(weight, tf.sum(weight).dataSync()[0]!)) as Scalar), [weight]);
      return [];
    };
    await expect(once(failing)).rejects.toMatchObject({ code: 'value-in-trace' });
    expect(internals.state.gradientDepth).toBe(0);
    weight.dispose();
  });

  it('a disposed step says so', async () => {
    const step = tf.createStep('gone', () => [], 'compiled');
    step.dispose();
    await expect(step.run(nothing)).rejects.toMatchObject({ code: 'step-disposed' });
  });

  it('a run that begins before another has ended is refused; the first one counts', async () => {
    const weight = variableOf([0]);
    const add = (): tf.Step =>
      tf.createStep(
        'increment',
        () => {
          weight.assign(tf.add(weight, 1));
          return [];
        },
        'compiled',
      );
    const [step, other] = [add(), add()];
    const first = step.run(nothing);
    await expect(step.run(nothing)).rejects.toMatchObject({ code: 'step-running' });
    await expect(other.run(nothing)).rejects.toMatchObject({ code: 'step-running' });
    await first;
    await other.run(nothing);
    expect(weight.dataSync()[0]).toBe(2);
    for (const used of [step, other]) used.dispose();
    weight.dispose();
  });

  it('a variable or an argument that was disposed is named', async () => {
    const weight = variableOf([1]);
    const step = tf.createStep('doubling', ([x]) => [tf.mul(weight, x!)], 'compiled');
    const x = tf.ones([1]);
    tf.dispose(await step.run({ ...nothing, tensors: [x] }));
    x.dispose();
    const disposed = { code: 'disposed-tensor', message: expect.stringMatching(/'doubling': its argument 0 \[1\]/) as string };
    await expect(step.run({ ...nothing, tensors: [x] })).rejects.toMatchObject(disposed);
    weight.dispose();
    const y = tf.ones([1]);
    await expect(step.run({ ...nothing, tensors: [y] })).rejects.toThrow(/'doubling': its variable .* \[1\] was disposed/);
    expect(() => tf.linear(y, weight as never)).toThrow(/disposed/);
    step.dispose();
    y.dispose();
  });

  it('slow: functions with large constants make room for others, and are traced again when they are needed', async () => {
    const weight = tf.tidy(() => tf.variable(tf.zeros([4_000_000])));
    const large = new Float32Array(4_000_000).fill(1);
    const make = (): tf.Step => tf.createStep('large', () => [tf.sum(tf.mul(weight, tf.tensor1d(large)))], 'compiled');
    const steps = Array.from({ length: 7 }, make);
    const { functions } = tensorflowCounts()!;
    for (const step of steps) tf.dispose(await step.run(nothing));
    expect(tensorflowCounts()!.functions - functions).toBeLessThan(7);
    expect(tensorflowCounts()!.functionBytes).toBeLessThanOrEqual(512 * 2 ** 20);
    tf.dispose([...(await steps[0]!.run(nothing)), ...(await steps[6]!.run(nothing))]);
    expect([steps[0]!.stats().traces, steps[6]!.stats().traces]).toEqual([2, 1]);
    for (const step of steps) step.dispose();
    expect(tensorflowCounts()!.functions).toBeLessThanOrEqual(functions);
    weight.dispose();
  });

  it('300 runs: tensors here and there stay constant; 60 steps made, run and disposed leave no function', async () => {
    const network = createSmallNetwork(1, 4, 3);
    const { step, state } = trainingStep(network, 'compiled');
    const run = async (i: number): Promise<void> => {
      tf.dispose(await step.run({ tensors: network.inputs, numbers: [1e-3, 0.9, 0.1], seeds: [i] }));
    };
    for (let i = 0; i < 5; i++) await run(i);
    const [tensors, native] = [tf.memory().numTensors, tensorflowCounts()!.tensors];
    for (let i = 0; i < 300; i++) await run(i);
    expect([tf.memory().numTensors, tensorflowCounts()!.tensors]).toEqual([tensors, native]);
    const { functions } = tensorflowCounts()!;
    for (let i = 0; i < 60; i++) await once(() => network.variables.slice(0, 1).map((variable) => tf.mul(variable as Tensor, i)));
    expect(tensorflowCounts()!.functions).toBe(functions);
    step.dispose();
    tf.dispose(state.slice(network.variables.length));
    network.dispose();
  });

  it('compiling the calibration network pays after a few runs', async () => {
    const from = await measureCompileFrom(backend);
    expect(from).toBeGreaterThanOrEqual(2);
    expect(from).toBeLessThan(200);
  });
});
