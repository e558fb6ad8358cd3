import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../engine/backend/backend.ts';
import * as tf from '../../engine/backend/tf.ts';
import type { Shape } from '../../engine/graph/model-graph.ts';
import { initialValues } from '../../engine/run/initial-values.ts';
import { disposeStatistics, inferenceMode, run, type NormStatistics } from '../../engine/run/run.ts';
import { Weights } from '../../engine/run/weights.ts';
import type { Architecture, SearchSpace } from '../../engine/spaces/search-space.ts';

export interface SupernetCase {
  readonly space: SearchSpace;
  readonly settings: Architecture['settings'];
  readonly input: Shape;
}

/** What every network that is trained promises. */
export function supernetConformance(title: string, { space, settings, input }: SupernetCase): void {
  describe(`supernet: ${title}`, () => {
    beforeAll(async () => {
      await openBackend('wasm');
    });

    const images = (batch: number): tf.Tensor => {
      const shape = [batch, ...input];
      return tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7)),
        shape,
      );
    };

    it('every weight that is run gets a gradient, and nothing is left in memory', () => {
      const graph = space.graph(space.largest(settings), input);
      const before = tf.memory().numTensors;
      const weights = new Weights(graph.weights, initialValues(3));
      const names = weights.learnedNames();
      const x = images(3);
      let statistics: readonly NormStatistics[] = [];
      const { value, grads } = tf.valueAndGradients(
        () => {
          const result = run(graph, weights, { input: x }, { training: true, norm: 'batch', dropoutSeed: 1 });
          statistics = result.statistics;
          const [y] = result.outputs as [tf.Tensor];
          const factors = tf.tensor(
            Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
            y.shape,
          );
          return tf.sum(tf.mul(y, factors)) as tf.Scalar;
        },
        names.map((name) => weights.get(name)),
      );
      const still = names.filter((_, i) => grads[i]!.dataSync().every((gradient) => gradient === 0));
      expect(still).toEqual([]);
      disposeStatistics(statistics);
      tf.dispose([value, x, ...grads]);
      weights.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('the images of a batch do not see each other in inference', () => {
      const graph = space.graph(space.largest(settings), input);
      const weights = new Weights(graph.weights, initialValues(3));
      const x = images(2);
      const outputOf = (batch: tf.Tensor): Float32Array =>
        tf.tidy(() => run(graph, weights, { input: batch }, inferenceMode).outputs[0]!.dataSync<'float32'>());
      const second = tf.slice(x, [1, 0, 0, 0], [1, ...input]);
      const both = outputOf(x);
      const alone = outputOf(second);
      const scale = Math.max(...both.map(Math.abs));
      expect(Math.max(...alone.map((value, i) => Math.abs(value - both[both.length / 2 + i]!))) / scale).toBeLessThan(1e-5);
      tf.dispose([x, second]);
      weights.dispose();
    });
  });
}
