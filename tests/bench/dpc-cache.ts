/**
 * `npm run bench -- dpc-cache [--crop 257] [--rounds 7] [--backend ID]`: a training step of DPC's best cell on a frozen MobileNet-v2 (batch 8, output
 * stride 16), with features read from the disk, with features computed anew, and as a whole network. The three take turns, so that a busy moment of
 * the machine hits all alike; medians. Drawn street scenes of 512x1024 (a few seconds); `tensorflow` where it is installed, else `wasm`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDataset } from '../../datasets/catalog.ts';
import { openParts } from '../../electron/compute/search-parts.ts';
import { openBackend } from '../../engine/backend/backend.ts';
import { findInstalled } from '../../engine/backend/tensorflow/installed.ts';
import { canCompile } from '../../engine/backend/tf.ts';
import { findPublished } from '../../engine/catalog.ts';
import { EngineError } from '../../engine/error.ts';
import { initialValues } from '../../engine/run/initial-values.ts';
import { saveWeights } from '../../engine/run/weights-file.ts';
import { Weights } from '../../engine/run/weights.ts';
import { parseSearchConfig, type SearchConfig } from '../../engine/search/config.ts';
import { backboneName, backboneState } from '../../engine/search/frozen/kept-backbone.ts';
import { trainingSize } from '../../engine/search/network.ts';
import { noProgress, type FeatureStore, type ResumePoint, type SearchParts } from '../../engine/search/parts.ts';
import type { PhaseContext } from '../../engine/search/phases/context.ts';
import { recipeFor } from '../../engine/search/phases/recipe-of-phase.ts';
import { newStart, TrainingRun } from '../../engine/search/phases/training-run.ts';
import { planSearch } from '../../engine/search/plan.ts';
import { graphBackboneAlone } from '../../engine/spaces/dpc/proxy.ts';
import { median } from './support/compare.ts';
import { streets } from './support/search-session.ts';

const pictures = 16;
const steps = 1000;

interface Side {
  readonly name: string;
  readonly run: TrainingRun;
  readonly close: () => Promise<void>;
}

/** Milliseconds until the batch is there, and of the step itself. */
interface Times {
  readonly batchMs: number[];
  readonly stepMs: number[];
}

const nothingKept: FeatureStore = { read: () => Promise.resolve(undefined), write: () => Promise.resolve(false) };

function configOf(crop: number): SearchConfig {
  return parseSearchConfig({
    preset: 'dpc-desktop',
    space: { crop: [crop, crop] },
    data: { trainSplit: 'train', rankingSplit: 'val', dataset: 'streets', crop: [crop, crop], baseSize: [512, 1024], workers: 1 },
    strategy: { id: 'random', trials: 1, steps, retrain: { top: 0 } },
  });
}

async function sideOf(name: string, config: SearchConfig, parts: SearchParts, kept: Map<string, ResumePoint>, kind: 'fixed' | 'retrain'): Promise<Side> {
  const plan = planSearch(config);
  const recipe = recipeFor(plan, parts, { kind }, kept);
  const signal = { aborted: false };
  const context: PhaseContext = { plan, parts, recipe, index: 1, signal, resume: undefined, kept, finished: new Map(), failed: new Map() };
  const arch = findPublished('dpc:top1');
  const own = { ...arch, settings: { ...arch.settings, ...config.space } };
  const run = new TrainingRun(context, await newStart(context, own, 0), { offset: 0, total: steps, stepsPerNetwork: steps });
  const close = async (): Promise<void> => {
    run.dispose();
    await recipe.dispose();
  };
  return { name, run, close };
}

async function measureInTurns(sides: readonly Side[], rounds: number): Promise<readonly Times[]> {
  const times = sides.map((): Times => ({ batchMs: [], stepMs: [] }));
  // every picture is seen before anything counts
  const warmUp = Math.ceil(pictures / 8) + 1;
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, { run }] of sides.entries()) {
      const event = await run.train();
      if (round < 0 || event.type !== 'scalars') continue;
      times[i]!.batchMs.push(event.values['waitMs']!);
      times[i]!.stepMs.push(event.values['stepMs']!);
    }
  }
  return times;
}

function print(sides: readonly Side[], times: readonly Times[]): void {
  const totals = times.map(({ batchMs, stepMs }) => median(batchMs.map((ms, i) => ms + stepMs[i]!)));
  sides.forEach(({ name }, i) => {
    const { batchMs, stepMs } = times[i]!;
    const parts = `batch ${median(batchMs).toFixed(0).padStart(6)} ms, step ${median(stepMs).toFixed(0).padStart(6)} ms`;
    const ratio = i === 0 ? '' : `, ${(totals[i]! / totals[0]!).toFixed(1)} times as long`;
    process.stdout.write(`${name.padEnd(24)} ${parts}, together ${totals[i]!.toFixed(0).padStart(6)} ms${ratio}\n`);
  });
}

async function main(): Promise<void> {
  const options = { crop: { type: 'string' }, rounds: { type: 'string' }, backend: { type: 'string' } } as const;
  const { crop = '257', rounds = '7', backend: id = findInstalled() === undefined ? 'wasm' : 'tensorflow' } = parseArgs({ options }).values;
  const config = configOf(Number(crop));
  const backend = await openBackend(id);
  const folder = await mkdtemp(join(tmpdir(), 'dpc-cache-'));
  try {
    const root = await streets(folder, { train: pictures, val: 1, height: 512, width: 1024 });
    const source = await openDataset(root, 'cityscapes');
    const { kind, fingerprint } = source.info;
    await source.close();
    const dataset = { kind, root, fingerprint };
    const job = { config: {}, folder, features: join(folder, 'features'), dataset, isFirstRun: true, progress: noProgress, files: [] };
    const opened = await openParts(job, config, backend, canCompile() ? 1 : undefined);
    const weights = new Weights(graphBackboneAlone(config.space, [...trainingSize(config), 3]).weights, initialValues(1));
    const backbone = await saveWeights(weights);
    weights.dispose();
    const parts = { ...opened.parts, readFile: () => Promise.resolve(backbone) };
    const { frozen } = parts;
    if (frozen === undefined) throw new EngineError('no-frozen-data', 'the parts have no pictures for a frozen backbone.');
    const kept = new Map([[backboneName, { phaseIndex: 0, step: 0, state: backboneState('bench'), file: 'backbone' }]]);
    const anew = { ...parts, frozen: { ...frozen, store: nothingKept } };
    const sides = [
      await sideOf('features from the disk', config, parts, kept, 'fixed'),
      await sideOf('features computed anew', config, anew, kept, 'fixed'),
      await sideOf('the whole network', config, parts, kept, 'retrain'),
    ];
    process.stdout.write(`${id}, batch ${config.data.batchSize} of ${crop}x${crop}, MobileNet-v2, output stride 16, cell dpc:top1, float16\n`);
    print(sides, await measureInTurns(sides, Number(rounds)));
    for (const { close } of sides) await close();
    await opened.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
