import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { dispose, memory, tensor1d, tidy, variable, zeros, type Variable } from '../../../engine/backend/tf.ts';
import { createOptimizer, type OptimizerOptions, type UpdateScalars } from '../../../engine/train/optimizers/optimizer.ts';
import { testableBackends } from '../backend/testable-backends.ts';

const start = [0.5, -1, 2, 0, -0.25];
const gradients = [
  [0.1, 0.2, -0.3, 0.4, 0],
  [-0.2, 0.1, 0.3, 0.2, 1],
  [0.05, 0, 0.6, -0.4, -1],
];
const plain = { weightDecay: 0, l1: 0, isDecayed: true } as const;

/** Runs the updates; returns weights, slots and shadow as numbers. */
function runUpdates(
  options: OptimizerOptions,
  { beta1, ...scalars }: Partial<UpdateScalars> & { readonly beta1?: number },
): { weights: number[]; shadow: number[] } {
  const optimizer = createOptimizer(options);
  const [weight, shadow, ...slots] = tidy(() => [
    variable(tensor1d(start)),
    variable(tensor1d(start)),
    ...optimizer.slots.map(() => variable(zeros([start.length]))),
  ]) as [Variable, Variable, ...Variable[]];
  gradients.forEach((values, i) => {
    const gradient = tensor1d(values);
    const numbers = optimizer.numbersAt(i + 1, beta1);
    optimizer.update(weight, gradient, slots, { ...plain, learningRate: 0.1, numbers, ...scalars, ema: { shadow, decay: 0.75 } });
    dispose(gradient);
  });
  const result = { weights: [...weight.dataSync()], shadow: [...shadow.dataSync()] };
  dispose([weight, shadow, ...slots]);
  return result;
}

/** The same in double precision, one number at a time; `rule` keeps its own state in `s`. */
function reference(rule: (w: number, g: number, s: Record<string, number>, step: number) => number): {
  weights: number[];
  shadow: number[];
} {
  const weights: number[] = [];
  const shadow: number[] = [];
  start.forEach((w, element) => {
    const s: Record<string, number> = { a: 0, b: 0 };
    let average = w;
    gradients.forEach((values, i) => {
      w = rule(w, values[element]!, s, i + 1);
      average = 0.75 * average + 0.25 * w;
    });
    weights.push(w);
    shadow.push(average);
  });
  return { weights, shadow };
}

function expectClose(actual: { weights: number[]; shadow: number[] }, expected: { weights: number[]; shadow: number[] }): void {
  const difference = (a: number[], b: number[]): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  expect(difference(actual.weights, expected.weights)).toBeLessThan(2e-6);
  expect(difference(actual.shadow, expected.shadow)).toBeLessThan(2e-6);
}

const adamRule =
  (beta1: number, beta2: number, epsilon: number) =>
  (w: number, g: number, s: Record<string, number>, step: number): number => {
    s.a = beta1 * s.a! + (1 - beta1) * g;
    s.b = beta2 * s.b! + (1 - beta2) * g * g;
    return w - (0.1 * (s.a / (1 - beta1 ** step))) / (Math.sqrt(s.b / (1 - beta2 ** step)) + epsilon);
  };

describe.each(testableBackends)('optimisers on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend);
  });

  it('sgd: momentum accumulates as in PyTorch; Nesterov looks ahead', () => {
    for (const nesterov of [false, true]) {
      const expected = reference((w, g, s) => {
        s.a = 0.9 * s.a! + g;
        return w - 0.1 * (nesterov ? g + 0.9 * s.a : s.a);
      });
      expectClose(runUpdates({ id: 'sgd', momentum: 0.9, nesterov }, {}), expected);
    }
  });

  it('sgd without momentum needs no slot', () => {
    expectClose(
      runUpdates({ id: 'sgd', momentum: 0, nesterov: false }, {}),
      reference((w, g) => w - 0.1 * g),
    );
  });

  it('rmsprop: epsilon inside the root', () => {
    const expected = reference((w, g, s) => {
      s.a = 0.9 * s.a! + 0.1 * g * g;
      s.b = 0.8 * s.b! + g / Math.sqrt(s.a + 1e-3);
      return w - 0.1 * s.b;
    });
    expectClose(runUpdates({ id: 'rmsprop', alpha: 0.9, momentum: 0.8, epsilon: 1e-3, rateOn: 'velocity' }, {}), expected);
  });

  it('rmsprop with the rate on the gradient: the rate of a step stays with it in the velocity', () => {
    const optimizer = createOptimizer({ id: 'rmsprop', alpha: 0.9, momentum: 0.8, epsilon: 1e-3, rateOn: 'gradient' });
    const [weight, ...slots] = tidy(() => [1, 0, 0].map((value) => variable(tensor1d([value])))) as [Variable, ...Variable[]];
    let [w, square, velocity] = [1, 0, 0];
    [0.1, 0.01].forEach((learningRate, i) => {
      const gradient = tensor1d([0.5]);
      optimizer.update(weight, gradient, slots, { ...plain, learningRate, numbers: optimizer.numbersAt(i + 1) });
      dispose(gradient);
      square = 0.9 * square + 0.1 * 0.25;
      velocity = 0.8 * velocity + (learningRate * 0.5) / Math.sqrt(square + 1e-3);
      w -= velocity;
    });
    expect(weight.dataSync()[0]).toBeCloseTo(w, 6);
    dispose([weight, ...slots]);
  });

  it('sgd and rmsprop: the beta1 of a schedule is their momentum', () => {
    const velocity = (s: Record<string, number>, g: number): number => (s.a = 0.5 * s.a! + g);
    expectClose(
      runUpdates({ id: 'sgd', momentum: 0.9, nesterov: false }, { beta1: 0.5 }),
      reference((w, g, s) => w - 0.1 * velocity(s, g)),
    );
    const expected = reference((w, g, s) => {
      s.b = 0.9 * s.b! + 0.1 * g * g;
      return w - 0.1 * velocity(s, g / Math.sqrt(s.b + 1e-3));
    });
    expectClose(runUpdates({ id: 'rmsprop', alpha: 0.9, momentum: 0.8, epsilon: 1e-3, rateOn: 'velocity' }, { beta1: 0.5 }), expected);
  });

  it('adam: moments corrected by the number of the update', () => {
    const options: OptimizerOptions = { id: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };
    expectClose(runUpdates(options, {}), reference(adamRule(0.9, 0.99, 1e-3)));
  });

  it('adam: the beta1 of a schedule overrides its own', () => {
    const options: OptimizerOptions = { id: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };
    expectClose(runUpdates(options, { beta1: 0.5 }), reference(adamRule(0.5, 0.99, 1e-3)));
  });

  it('adam: coupled L2 and L1 join the gradient; L1 leaves 0 alone', () => {
    const rule = adamRule(0.9, 0.99, 1e-3);
    const expected = reference((w, g, s, step) => rule(w, g + 0.2 * w + 0.05 * Math.sign(w), s, step));
    expectClose(runUpdates({ id: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-3 }, { weightDecay: 0.2, l1: 0.05 }), expected);
  });

  it('adamw: decay multiplies the weight and spares excluded variables', () => {
    const options: OptimizerOptions = { id: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-3, decoupledWeightDecay: 0.5 };
    const rule = adamRule(0.9, 0.99, 1e-3);
    expectClose(
      runUpdates(options, {}),
      reference((w, g, s, step) => rule(w, g, s, step) - 0.1 * 0.5 * w),
    );
    expectClose(runUpdates(options, { isDecayed: false }), reference(rule));
  });

  it('updates leave no tensor behind', () => {
    const before = memory().numTensors;
    runUpdates({ id: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-3 }, { l1: 0.1, weightDecay: 0.1 });
    expect(memory().numTensors).toBe(before);
  });
});
