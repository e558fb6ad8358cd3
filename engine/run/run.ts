import { EngineError } from '../error.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { formatShape, sameShape } from '../graph/shapes.ts';
import * as tf from '../backend/tf.ts';
import { disposeStatistics, type NormStatistics } from './norm-statistics.ts';
import { runBatchNorm } from './ops/batch-norm.ts';
import { planFor, type Plan, type PlanStep } from './plan.ts';
import type { Weights } from './weights.ts';

export { disposeStatistics, type NormStatistics };

export interface RunMode {
  /** Training keeps dropout where `dropoutSeed` is given. */
  readonly training: boolean;
  /** 'batch': batch norms use, and report, the statistics of this batch; 'running': those among the weights. */
  readonly norm: 'batch' | 'running';
  /** Of this step; every node derives its own. Without it nothing is dropped. */
  readonly dropoutSeed?: tf.StepSeed;
}

export const inferenceMode: RunMode = { training: false, norm: 'running' };

export interface RunResult {
  /** In the graph's order; they belong to the caller's tidy. */
  readonly outputs: tf.Tensor[];
  /** In running order, one entry each time a batch norm ran with norm 'batch'. Kept: end them with `updateRunning` or `disposeStatistics`. */
  readonly statistics: readonly NormStatistics[];
}

/**
 * Runs a network. `inputs` by id, NHWC with the batch first; they stay the caller's.
 * Differentiable in the weights; values that nothing reads any more are freed on the way.
 */
export function run(graph: ModelGraph, weights: Weights, inputs: Readonly<Record<string, tf.Tensor>>, mode: RunMode): RunResult {
  const dropoutSeed = mode.training ? mode.dropoutSeed : undefined;
  const plan = planFor(graph, dropoutSeed !== undefined);
  const values: (tf.Tensor | undefined)[] = new Array<tf.Tensor | undefined>(plan.slots).fill(undefined);
  placeInputs(graph, plan, inputs, values);
  const statistics: NormStatistics[] = [];
  const outerScope = tf.currentScope();
  try {
    for (const step of plan.steps) {
      values[step.output] = runStep(step, values, weights, mode.norm, dropoutSeed, statistics);
      for (const slot of step.frees) {
        values[slot]!.dispose();
        values[slot] = undefined;
      }
    }
  } catch (cause) {
    disposeStatistics(statistics);
    const given = new Set(plan.inputs.map((input) => input.slot));
    values.forEach((value, slot) => given.has(slot) || value?.dispose());
    throw cause;
  } finally {
    tf.enterScope(outerScope);
  }
  return { outputs: plan.outputs.map((slot) => values[slot]!), statistics };
}

function placeInputs(graph: ModelGraph, plan: Plan, inputs: Readonly<Record<string, tf.Tensor>>, values: (tf.Tensor | undefined)[]): void {
  plan.inputs.forEach(({ id, slot }, index) => {
    const given = inputs[id];
    const expected = graph.inputs[index]!.shape;
    if (given === undefined || !sameShape(given.shape.slice(1), expected)) {
      const came = given === undefined ? 'nothing' : formatShape(given.shape);
      throw new EngineError('bad-input', `running a network: input '${id}' must be [batch, ${expected.join(', ')}], ${came} came.`);
    }
    values[slot] = given;
  });
}

function runStep(
  step: PlanStep,
  values: readonly (tf.Tensor | undefined)[],
  weights: Weights,
  norm: RunMode['norm'],
  dropoutSeed: tf.StepSeed | undefined,
  statistics: NormStatistics[],
): tf.Tensor {
  const inputs = step.inputs.map((slot) => values[slot]!);
  tf.enterScope(step.node.id);
  const result = tf.tidy(() => {
    if (step.kind === 'batch-norm') {
      return runBatchNorm(
        step,
        inputs[0]!,
        (ref) => weights.take(ref),
        norm,
        (seen) => statistics.push(seen),
      );
    }
    const roles: Record<string, tf.Tensor> = {};
    for (const [role, ref] of step.weights) roles[role] = weights.take(ref);
    return step.run({
      inputs,
      weights: roles,
      dropoutSeed: dropoutSeed === undefined ? undefined : tf.deriveSeed(dropoutSeed, step.index),
    });
  });
  return inputs.includes(result) ? tf.clone(result) : result;
}
