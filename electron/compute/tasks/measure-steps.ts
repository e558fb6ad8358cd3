import { measureCompileFrom } from '../../../engine/backend/backend.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { backboneName, backboneState } from '../../../engine/search/frozen/kept-backbone.ts';
import { supernetOf, trainingSize } from '../../../engine/search/network.ts';
import type { FrozenParts, ResumePoint, SearchParts } from '../../../engine/search/parts.ts';
import type { PhaseContext } from '../../../engine/search/phases/context.ts';
import { recipeFor } from '../../../engine/search/phases/recipe-of-phase.ts';
import type { Recipe } from '../../../engine/search/phases/recipe.ts';
import { newStart, TrainingRun } from '../../../engine/search/phases/training-run.ts';
import type { SearchPlan } from '../../../engine/search/plan.ts';
import { systemRules } from '../../../engine/search/system-rules.ts';
import type { Batch, SegmentationBatch } from '../../../engine/tasks/task.ts';
import type { TaskControl } from './table.ts';

const measuredSteps = 3;
/** A step that takes longer than this is measured once: preparing it is a small part of it. */
const longStepMs = 5000;

export interface MeasuredSteps {
  /** Of the whole largest network. */
  readonly stepMs: number;
  /** Of its cell on stored features, where a search trains cells so. */
  readonly cellMs?: number;
  readonly backend: string;
  readonly memoryBytes: number;
}

/** Training steps on pictures of nothing; what is in them does not change the time. */
export async function measureSteps(config: SearchConfig, plan: SearchPlan, { backend, signal }: TaskControl): Promise<MeasuredSteps> {
  const parts = blankParts(config, backend, await measureCompileFrom(backend));
  const cellMs = config.proxy.id === 'none' ? undefined : await bestStepMs(config, plan, parts, cellRecipe(config, plan, parts), signal);
  const stepMs = await bestStepMs(config, plan, parts, recipeFor(plan, parts, plan.phases[0]!), signal);
  const memoryBytes = process.memoryUsage().rss + config.data.cacheBytes;
  return { stepMs, ...(cellMs !== undefined && { cellMs }), backend: backend.id, memoryBytes };
}

/** The best of a few. */
async function bestStepMs(
  config: SearchConfig,
  plan: SearchPlan,
  parts: SearchParts,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<number> {
  const context: PhaseContext = {
    plan,
    index: 0,
    parts,
    recipe,
    signal: { aborted: false },
    resume: undefined,
    kept: new Map(),
    finished: new Map(),
    failed: new Map(),
  };
  const run = new TrainingRun(context, await newStart(context, supernetOf(config)), {
    offset: 0,
    total: plan.totalSteps,
    stepsPerNetwork: plan.totalSteps,
  });
  try {
    let stepMs = Infinity;
    // The first step also prepares the network.
    for (let i = 0; i <= measuredSteps; i++) {
      signal.throwIfAborted();
      const began = performance.now();
      await run.train();
      const tookMs = performance.now() - began;
      if (i > 0 || tookMs > longStepMs) stepMs = Math.min(stepMs, tookMs);
      if (tookMs > longStepMs) break;
    }
    return stepMs;
  } finally {
    run.dispose();
    await recipe.dispose();
  }
}

/** The recipe of trials on a frozen backbone, with features of nothing. */
function cellRecipe(config: SearchConfig, plan: SearchPlan, parts: SearchParts): Recipe {
  const nothing = (): never => {
    throw new Error('a dry run has no features');
  };
  const frozen: FrozenParts = { batch: nothing, keys: nothing, weights: nothing, store: { read: nothing, write: nothing } };
  const point: ResumePoint = { phaseIndex: 0, step: 0, state: backboneState('dry run'), file: '' };
  const recipe = recipeFor(plan, { ...parts, frozen }, { kind: 'fixed' }, new Map([[backboneName, point]]));
  const [height = 0, width = 0, channels = 0] = recipe.trainingGraph(supernetOf(config)).inputs[0]?.shape ?? [];
  const values = new Float32Array(config.data.batchSize * height * width * channels);
  const batch: SegmentationBatch = { ...(blankBatch(config) as SegmentationBatch), features: { height, width, channels, values } };
  return { ...recipe, trainBatch: () => Promise.resolve(batch) };
}

function blankParts(config: SearchConfig, backend: SearchParts['backend'], compileFrom: number | undefined): SearchParts {
  const batch = blankBatch(config);
  const nothing = (): never => {
    throw new Error('a dry run has no files');
  };
  return {
    backend,
    compileFrom,
    trainBatch: () => Promise.resolve(batch),
    calibrationBatch: () => Promise.resolve(batch),
    evaluation: { batches: 0, batch: nothing },
    initialWeights: nothing,
    saveFile: nothing,
    readFile: nothing,
    yieldToEvents: () => Promise.resolve(),
  };
}

function blankBatch(config: SearchConfig): Batch {
  const [height, width] = trainingSize(config);
  const { data } = config;
  const size = data.batchSize;
  const pictures = { size, height, width, images: new Float32Array(size * height * width * 3) };
  if (data.kind === 'segmentation') {
    const labels = new Uint8Array(size * height * width);
    return { kind: 'segmentation', ...pictures, labelHeight: height, labelWidth: width, labels };
  }
  const [heatHeight, heatWidth, joints] = [height / 4, width / 4, systemRules[config.system].classes(config.space)];
  const targets = new Float32Array(size * heatHeight * heatWidth * joints);
  return {
    kind: 'keypoints',
    ...pictures,
    heatHeight,
    heatWidth,
    joints,
    targets,
    targetWeights: new Float32Array(size * joints),
    persons: [],
  };
}
