import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { spaceOf } from '../../../engine/search/network.ts';
import { float32Values, readSafetensors } from '../../../engine/run/safetensors.ts';
import { loadWeights } from '../../../engine/run/weights-file.ts';
import { tinyLiteConfig, tinyPoseConfig } from './support/tiny-persons.ts';
import { runTiny, tinySpace, type TinyRun } from './support/tiny-search.ts';
import { isStep, isTrial, outcome } from './support/outcome.ts';

/** Factors have moved by a few steps of a thousandth: near 1 the threshold cuts some of them. */
const shrink = {
  withReference: true,
  warmupSteps: 3,
  steps: 6,
  rampSteps: 2,
  intervalSteps: 3,
  penalties: [3e-4],
  minPrunedMacs: 1,
  threshold: 0.999,
};

/** What holds of every search on key points; `cuts` are where it is killed. */
function describeSearch(config: SearchConfig, trials: number, cuts: readonly ReturnType<typeof isStep>[]): { readonly run: TinyRun } {
  const holder: { run: TinyRun } = { run: undefined as unknown as TinyRun };
  beforeAll(async () => {
    holder.run = await runTiny(config);
  }, 60_000);

  it('every trial has its average precision, the other figures and the joints, and weights that fit its network', () => {
    expect(holder.run.events.at(-1)?.type).toBe('finished');
    expect(holder.run.trials).toHaveLength(trials);
    for (const { number, arch, metrics, details, cost } of holder.run.trials) {
      expect(metrics).toEqual([{ name: 'AP', value: expect.any(Number), split: 'search-val', kind: 'proxy' }]);
      expect(details).toMatchObject({ AP50: expect.any(Number), joints: { labelled: expect.any(Array) } });
      expect(cost.input).toEqual([32, 24, 3]);
      loadWeights(spaceOf(config).graph(arch, [32, 24, 3]).weights, holder.run.files.get(`trial-000${number}.safetensors`)!).dispose();
    }
  });

  it('slow: cut off and resumed from its newest state, trials and weight files are identical', async () => {
    for (const killWhen of cuts) {
      const cut = await runTiny(config, { killWhen });
      expect(cut.events.at(-1)?.type).not.toBe('finished');
      const resumed = await runTiny(config, { progress: cut.progress, files: cut.files });
      expect(outcome(resumed)).toEqual(outcome(holder.run));
    }
  }, 60_000);
  return holder;
}

describe('HR-NAS on key points', () => {
  const config = tinyPoseConfig(tinySpace, shrink);
  const whole = describeSearch(config, 3, [isStep(2), isStep(11), isTrial(1)]);

  it('shrinks on the way; the reference stays whole', () => {
    const { trials } = whole.run;
    expect(trials.map(({ role }) => role)).toEqual(['reference', 'trajectory', 'front']);
    const [reference, middle, last] = trials.map(({ cost }) => cost.macs) as [number, number, number];
    expect(last).toBeLessThanOrEqual(middle);
    expect(last).toBeLessThan(reference);
    expect(whole.run.events.some((event) => event.type === 'log' && event.message.startsWith('cut out'))).toBe(true);
  });
});

describe('Lite-HRNet on key points', () => {
  const config = tinyLiteConfig();
  const whole = describeSearch(config, 4, [isStep(1), isStep(8), isTrial(2)]);

  it('evolves: the first networks are drawn, the others change a living one', () => {
    expect(whole.run.trials.map(({ parents }) => (parents ?? []).length)).toEqual([0, 0, 1, 1]);
    expect(new Set(whole.run.trials.map(({ hash }) => hash)).size).toBe(4);
  });

  it('is ranked with its weights as they are, not with an average of them', () => {
    const newest = [...whole.run.files].filter(([name]) => name.startsWith('state-')).at(-1)!;
    const { tensors } = readSafetensors(newest[1]);
    const name = 'keypoint_head.final_layer.weight';
    expect([...float32Values(tensors.get(`average/${name}`)!)]).toEqual([...float32Values(tensors.get(name)!)]);
  });
});
