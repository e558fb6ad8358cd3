import { describe, expect, it } from 'vitest';
import { dispose, memory, tidy, valueAndGradients, variable, type Tensor } from '../../engine/backend/tf.ts';
import type { Batch, Task } from '../../engine/tasks/task.ts';

/** What a task's suite needs: batches, and network outputs that are right, wrong or undecided for them. The caller disposes outputs. */
export interface TaskCase<B extends Batch> {
  readonly task: Task<B>;
  /** Different contents for different seeds. */
  batch(seed: number): B;
  outputs(batch: B, quality: 'right' | 'wrong' | 'undecided'): Tensor;
}

/** What every task promises; the backend must be open. */
export function taskConformance<B extends Batch>({ task, batch, outputs }: TaskCase<B>): void {
  const lossOf = (quality: 'right' | 'wrong' | 'undecided'): number =>
    tidy(() => {
      const b = batch(1);
      return task.loss(outputs(b, quality), task.collate(b).targets).dataSync()[0]!;
    });

  const scoreOf = async (qualities: readonly ('right' | 'wrong')[]): Promise<number> => {
    const evaluator = task.evaluator();
    for (const [seed, quality] of qualities.entries()) {
      const b = batch(seed);
      const result = outputs(b, quality);
      await evaluator.add(result, b);
      dispose(result);
    }
    return evaluator.metrics().find(({ name }) => name === task.metric.name)!.value;
  };

  describe(`task ${task.id}`, () => {
    it('right outputs lose less than undecided ones, and those less than wrong ones', () => {
      const losses = (['right', 'undecided', 'wrong'] as const).map(lossOf);
      expect(losses).toEqual([...losses].sort((a, b) => a - b));
      expect(new Set(losses).size).toBe(3);
    });

    it('a step against the gradient of the loss lowers it', () => {
      const b = batch(1);
      const { targets, inputs } = task.collate(b);
      const start = outputs(b, 'undecided');
      const weight = variable(start);
      const { value, grads } = valueAndGradients(() => task.loss(weight, targets), [weight]);
      const moved = tidy(() => task.loss(weight.sub(grads[0]!.mul(0.5)), targets));
      expect(moved.dataSync()[0]).toBeLessThan(value.dataSync()[0]!);
      dispose([...targets, inputs, start, weight, value, moved, ...grads]);
    });

    it('the metric is 1 for right outputs and worse for wrong ones, whatever the order of the batches', async () => {
      expect(await scoreOf(['right', 'right'])).toBe(1);
      const [mixed, other] = [await scoreOf(['right', 'wrong', 'right']), await scoreOf(['wrong'])];
      expect(mixed).toBeGreaterThan(other);
      expect(mixed).toBeLessThan(1);
    });

    it('evaluators share nothing and leave no tensor behind', async () => {
      const before = memory().numTensors;
      await scoreOf(['wrong']);
      expect(await scoreOf(['right'])).toBe(1);
      expect(memory().numTensors).toBe(before);
    });

    it('an evaluator that saw nothing has no score', () => {
      expect(task.evaluator().metrics()[0]!.value).toBeNaN();
    });
  });
}
