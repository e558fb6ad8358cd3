import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { InPlaceUpdates } from '../../../../engine/backend/tensorflow/in-place.ts';
import { updatesInPlace } from '../../../../engine/backend/tensorflow/open.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { StepFunction, StepMode, Tensor, Tensor1D, Variable } from '../../../../engine/backend/tf.ts';

const shape = [200, 100] as const;
const size = 20_000;

function waves(frequency: number): Variable {
  return tf.tidy(() => tf.variable(tf.tensor2d(Float32Array.from({ length: size }, (_, i) => Math.sin(frequency * i)), [...shape])));
}

describe.skipIf(findInstalled() === undefined)('updates in the place of variables', () => {
  let weight: Variable, velocity: Variable, shadow: Variable;
  beforeAll(async () => void (await openBackend('tensorflow', { threads: 2 })));
  beforeEach(() => ([weight, velocity, shadow] = [waves(0.1), waves(0.2), waves(0.3)]));
  afterEach(() => tf.dispose([weight, velocity, shadow]));

  function update(): void {
    const gradient = tf.mul(weight, 0.5);
    tf.updateSgd(weight, gradient, { velocity }, { learningRate: 0.1, momentum: 0.9, ema: { shadow, decay: 0.99 } });
  }
  const state = (): Float32Array[] => [weight, velocity, shadow].map((variable) => variable.dataSync() as Float32Array);

  /** Runs a step so often; the values of the last run's results. */
  async function run(f: StepFunction, mode: StepMode = 'compiled', times = 1, tensors: readonly Tensor[] = []): Promise<Float32Array[]> {
    const step = tf.createStep('in-place', f, mode);
    let values: Float32Array[] = [];
    try {
      for (let i = 0; i < times; i++) {
        const results = await step.run({ tensors, numbers: [], seeds: [] });
        values = results.map((result) => result.dataSync() as Float32Array);
        tf.dispose(results);
      }
      return values;
    } finally {
      step.dispose();
    }
  }

  it('three steps give the bits of eager ones, each update once in its place', async () => {
    const step: StepFunction = () => [tf.tidy(() => (update(), tf.sum(weight)))];
    const initial = state();
    await run(step, 'eager', 3);
    const eager = state();
    [weight, velocity, shadow].forEach((variable, i) => tf.tidy(() => variable.assign(tf.tensor(initial[i]!, [...shape]))));
    const before = updatesInPlace();
    await run(step, 'compiled', 3);
    expect(updatesInPlace() - before).toBe(3);
    expect(state()).toEqual(eager);
  });

  it('who else holds the old values keeps them: a clone, a reshaped view, another variable on the same buffer', async () => {
    const [clone, view] = [tf.clone(weight), tf.reshape(velocity, [size])];
    const other = tf.variable(shadow, false);
    const held = [clone, view, other];
    const before = held.map((tensor) => tensor.dataSync());
    await run(() => [tf.tidy(() => (update(), tf.scalar(0)))]);
    expect(held.map((tensor) => tensor.dataSync())).toEqual(before);
    expect(state()[0]).not.toEqual(before[0]);
    tf.dispose(held);
  });

  it('what was read before the update is the old value, what is read after it the new one', async () => {
    const [old] = state();
    const [first, second] = await run(() => {
      const early = tf.mul(weight, 1);
      update();
      return [early, tf.mul(weight, 1)];
    });
    expect(first).toEqual(old);
    expect(second).toEqual(state()[0]);
    expect(second).not.toEqual(old);
  });

  it('a view of the old value that is read after the update: the step is made without writing over it', async () => {
    const [old] = state();
    const before = updatesInPlace();
    const [view] = await run(() => {
      const early = tf.reshape(weight, [size]);
      update();
      return [early];
    });
    expect(view).toEqual(old);
    expect(updatesInPlace()).toBe(before);
  });

  it('a step that fails before its updates leaves every variable as it was; one that fails after them says that the state is lost', async () => {
    const outside = [tf.tensor1d([size + 7], 'int32')];
    const initial = state();
    const early: StepFunction = ([index]) => {
      const picked = tf.gather(tf.reshape(weight, [size]), index as Tensor1D);
      update();
      return [picked];
    };
    await expect(run(early, 'compiled', 1, outside)).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(state()).toEqual(initial);
    const late: StepFunction = ([index]) => {
      update();
      return [tf.gather(tf.reshape(weight, [size]), index as Tensor1D)];
    };
    await expect(run(late, 'compiled', 1, outside)).rejects.toMatchObject({ code: 'state-lost' });
    tf.dispose(outside);
  });

  it('while a step runs its variables cannot be read', async () => {
    const step = tf.createStep('busy', () => [tf.tidy(() => (update(), tf.scalar(0)))], 'compiled');
    const running = step.run({ tensors: [], numbers: [], seeds: [] });
    expect(() => weight.dataSync()).toThrow(expect.objectContaining({ code: 'step-running' }));
    expect(() => tf.square(weight)).toThrow(expect.objectContaining({ code: 'step-running' }));
    tf.dispose(await running);
    expect(weight.dataSync()).toHaveLength(size);
    step.dispose();
  });
});

describe('the order of updates and readers', () => {
  const large = [128, 128];

  it('an update waits for all that JavaScript holds at the first one, and for later readers of its variables', () => {
    const barriers: (readonly number[])[] = [];
    const updates = new InPlaceUpdates(true, (nodes) => 1000 + barriers.push(nodes));
    for (const ref of [1, 2, 3, 4]) updates.variable(ref, large);
    const add = (op: string, inputs: readonly number[], output: number): unknown => {
      const placement = updates.place(op, inputs);
      updates.added(op, inputs, [output], placement);
      return placement;
    };
    add('Mul', [1, 1], 10);
    add('Mul', [1, 3], 11);
    updates.released(10);
    expect(add('LabUpdateSgd', [1, 11, 2, 99], 12)).toEqual({ isInPlace: true, after: [1001] });
    add('Reshape', [3, 98], 13);
    add('Mul', [13, 13], 14);
    expect(add('LabUpdateSgd', [3, 14, 4, 99], 15)).toEqual({ isInPlace: true, after: [1001, 13, 14] });
    expect(barriers).toEqual([[11]]);
    expect(() => add('Mul', [13, 13], 16)).toThrow(/before an update/);
  });

  it('small variables, a second update and a step that may not write over anything are left as they are', () => {
    const updates = new InPlaceUpdates(true, () => 1000);
    updates.variable(1, [100]);
    updates.variable(2, large);
    expect(updates.place('LabUpdateEma', [1, 50, 51]).isInPlace).toBe(false);
    updates.added('LabUpdateEma', [2, 50, 51], [60], updates.place('LabUpdateEma', [2, 50, 51]));
    expect(updates.place('LabUpdateEma', [60, 50, 51]).isInPlace).toBe(false);
    const off = new InPlaceUpdates(false, () => 1000);
    off.variable(2, large);
    expect(off.place('LabUpdateEma', [2, 50, 51])).toEqual({ isInPlace: false, after: [] });
  });
});
