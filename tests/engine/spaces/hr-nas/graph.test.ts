import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { GraphBuilder } from '../../../../engine/graph/builder.ts';
import type { ModelGraph } from '../../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { blocks } from '../../../../engine/spaces/hr-nas/blocks.ts';
import { graphBlock } from '../../../../engine/spaces/hr-nas/graph-block.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { withDefaults } from '../../../../engine/spaces/hr-nas/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

const base = {
  task: 'classification',
  stem: [4, 4],
  stages: [
    [1, [1], [4]],
    [3, [1, 1, 1], [4, 6, 5]],
  ],
  expandRatio: 2,
  tokens: 3,
  classes: 5,
  lastChannels: 7,
};

function outputsOf(graph: ModelGraph, weights: Weights, inputs: tf.Tensor, ids: readonly string[]): tf.Tensor[] {
  return tf.tidy(() => run({ ...graph, outputs: ids }, weights, { [graph.inputs[0]!.id]: inputs }, inferenceMode).outputs);
}

describe('classification head', () => {
  /** One block as a network of its own, on the weights of the whole. */
  function blockOf(arch: Architecture, weights: Weights, name: string, x: tf.Tensor): tf.Tensor {
    const block = blocks(arch).find((entry) => entry.name === name)!;
    const builder = new GraphBuilder();
    const y = graphBlock(builder, withDefaults(arch.settings), block, builder.input('x', x.shape.slice(1)));
    return outputsOf(builder.build([y]), weights, x, [y.id])[0]!;
  }

  /** relu(norm(1x1 convolution)), mean over the positions, linear layer: with plain arrays. */
  async function scoresByHand(map: tf.Tensor, weights: Weights, head: string): Promise<number[]> {
    const [, height, width, channels] = map.shape as [number, number, number, number];
    const values = (await map.data()) as Float32Array;
    const read = (name: string): Promise<Float32Array> => weights.read(name);
    const [kernel, gamma, beta, mean, variance] = await Promise.all(
      ['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var'].map((suffix) => read(`${head}.final_layer.${suffix}`)),
    );
    const [linear, bias] = await Promise.all([read('classifier.1.weight'), read('classifier.1.bias')]);
    const pooled = Array.from({ length: 7 }, (_, o) => {
      let sum = 0;
      for (let p = 0; p < height * width; p++) {
        let z = 0;
        for (let c = 0; c < channels; c++) z += kernel![o * channels + c]! * values[p * channels + c]!;
        sum += Math.max(0, ((z - mean![o]!) / Math.sqrt(variance![o]! + 1e-3)) * gamma![o]! + beta![o]!);
      }
      return sum / (height * width);
    });
    return Array.from({ length: 5 }, (_, k) => bias[k]! + pooled.reduce((sum, value, o) => sum + linear[k * 7 + o]! * value, 0));
  }

  it.each<[string, readonly number[]]>([
    ['widened branches', [6, 8, 9]],
    ['branches as they are', []],
  ])('%s are summed from the finest to the coarsest, then pooled and scored: worked out step by step', async (_, headChannels) => {
    const arch = hrNas.largest({ ...base, headChannels });
    const graph = hrNas.graph(arch, [24, 40, 3]);
    const weights = new Weights(graph.weights, fillValues);
    const x = tf.tensor(
      Float32Array.from({ length: 24 * 40 * 3 }, (_, i) => Math.sin(i * 1.7)),
      [1, 24, 40, 3],
    );
    const branches = outputsOf(graph, weights, x, graph.modules!['features.3']!);
    expect(branches.map((branch) => branch.shape)).toEqual([
      [1, 6, 10, 4],
      [1, 3, 5, 6],
      [1, 2, 3, 5],
    ]);

    const widened = headChannels.length === 0 ? branches : branches.map((branch, b) => blockOf(arch, weights, `incre${b}`, branch));
    let y = widened[0]!;
    for (const b of [0, 1]) y = tf.tidy(() => tf.add(widened[b + 1]!, blockOf(arch, weights, `down${b}`, y)));
    const expected = await scoresByHand(y, weights, 'features.4');
    const [output] = outputsOf(graph, weights, x, graph.outputs);
    expect(output!.shape).toEqual([1, 5]);
    const scores = [...((await output!.data()) as Float32Array)];
    scores.forEach((score, k) => expect(Math.abs(score - expected[k]!)).toBeLessThan(2e-5 * Math.max(...expected.map(Math.abs))));
    weights.dispose();
  });
});
