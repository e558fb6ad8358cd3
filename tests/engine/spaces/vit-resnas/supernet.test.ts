import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { fillImages, fillValues } from '../../../../engine/run/fill.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import { supernetConformance } from '../../../conformance/supernet.ts';
import { smallInput, smallSettings } from './small-space.ts';

supernetConformance('vit-resnas, two stages', { space: vitResNas, settings: { ...smallSettings, dropPath: 0 }, input: smallInput });
supernetConformance('vit-resnas, patches alone as stem', {
  space: vitResNas,
  settings: { ...smallSettings, stem: 'patch', stemChannels: 24, dropPath: 0 },
  input: smallInput,
});

beforeAll(async () => {
  await openBackend('wasm');
});

describe('heads', () => {
  it('training adds patch scores and changes no class score', () => {
    const arch = vitResNas.largest({ ...smallSettings, head: 'patches' });
    const graph = vitResNas.trainingGraph!(arch, smallInput);
    const weights = new Weights(graph.weights, fillValues);
    const { values, shape } = fillImages([2, 3, 16, 16]);
    const x = tf.tensor(values, [...shape]);
    tf.tidy(() => {
      const [scores, patches] = run(graph, weights, { input: x }, inferenceMode).outputs;
      expect([scores!.shape, patches!.shape]).toEqual([
        [2, 5],
        [2, 4, 5],
      ]);
      const [alone] = run(vitResNas.graph(arch, smallInput), weights, { input: x }, inferenceMode).outputs;
      expect([...alone!.dataSync()]).toEqual([...scores!.dataSync()]);
    });
    x.dispose();
    weights.dispose();
  });

  it('drop path drops in training only, and differs from image to image', () => {
    const arch = vitResNas.largest({ ...smallSettings, dropPath: 0.9 });
    const graph = vitResNas.graph(arch, smallInput);
    const weights = new Weights(graph.weights, fillValues);
    const { values } = fillImages([1, 3, 16, 16]);
    const x = tf.tensor(Float32Array.from([...values, ...values, ...values]), [3, 16, 16, 3]); // the same image three times
    const rows = (dropoutSeed?: number): string[] =>
      tf.tidy(() => {
        const mode = { training: true, norm: 'running', ...(dropoutSeed !== undefined && { dropoutSeed }) } as const;
        const scores = run(graph, weights, { input: x }, mode).outputs[0]!.arraySync() as number[][];
        return scores.map((row) => row.map((value) => value.toFixed(3)).join());
      });
    expect(new Set(rows()).size).toBe(1);
    expect(new Set(rows(4)).size).toBe(3);
    x.dispose();
    weights.dispose();
  });
});
