import type { ActivationKind } from '../../graph/ops/activation.ts';
import type { Architecture, Problem, SettingValue } from '../search-space.ts';

export type HrNasTask = 'segmentation' | 'classification' | 'pose';

/** One stage: number of branches, blocks of each branch, channels of each branch (official `inverted_residual_setting`). */
export type HrNasStage = readonly [branches: number, blocks: readonly number[], channels: readonly number[]];

/** What is fixed before a search. Defaults are the published settings of the task (specification section 1.1). */
export interface HrNasSettings {
  readonly task: HrNasTask;
  readonly classes: number;
  /** 'search': one path a kernel; 'fused': the retraining form with squeeze and excitation (section 2.2). */
  readonly blockForm: 'search' | 'fused';
  /** Squeeze width as a share of a block's input channels; 0 = none. Fused form only. */
  readonly seRatio: number;
  readonly activation: ActivationKind;
  /** Channels of the two stem convolutions. */
  readonly stem: readonly [number, number];
  /** 4: both stem convolutions have stride 2. 2: the second is left out. */
  readonly inputStride: 2 | 4;
  readonly stages: readonly HrNasStage[];
  /** Hidden channels of the largest network = round(ratio * input channels), one number for all kernels or one each. */
  readonly expandRatio: number | readonly number[];
  readonly kernelSizes: readonly number[];
  /** Channels before the classifier. */
  readonly lastChannels: number;
  /** Classification: channels of the head's branches; empty = as the last stage. */
  readonly headChannels: readonly number[];
  /** Dense heads: a 1x1 convolution in place of the searching block before the classifier. */
  readonly plainHead: boolean;
  readonly transformer: boolean;
  /** Transformers also in blocks that change resolution or width. */
  readonly downsamplingTransformer: boolean;
  /** Tokens of every transformer of the largest network. */
  readonly tokens: number;
  /** running = (1 - momentum) running + momentum batch. */
  readonly bnMomentum: number;
  readonly bnEpsilon: number;
  /** Before the classifier of the classification head. */
  readonly dropout: number;
}

const publishedStages: readonly HrNasStage[] = [
  [1, [1], [24]],
  [2, [2, 2], [18, 36]],
  [3, [2, 2, 3], [18, 36, 72]],
  [4, [2, 2, 3, 4], [18, 36, 72, 144]],
  [4, [2, 2, 3, 4], [18, 36, 72, 144]],
];

const common = {
  blockForm: 'search',
  seRatio: 0.5,
  activation: 'relu',
  stem: [24, 24],
  inputStride: 4,
  stages: publishedStages,
  expandRatio: 4,
  kernelSizes: [3, 5, 7],
  plainHead: false,
  transformer: true,
  downsamplingTransformer: false,
  tokens: 64,
  bnMomentum: 0.01,
  bnEpsilon: 1e-3,
  dropout: 0.2,
} as const;

/** Published settings by task (HR-NAS repository, configs/*.yml); segmentation's are Cityscapes's. */
export const publishedSettings: Readonly<Record<HrNasTask, HrNasSettings>> = {
  segmentation: { ...common, task: 'segmentation', classes: 19, lastChannels: 90, headChannels: [] },
  classification: { ...common, task: 'classification', classes: 1000, lastChannels: 1600, headChannels: [36, 72, 144, 320] },
  pose: { ...common, task: 'pose', classes: 17, lastChannels: 90, headChannels: [], bnMomentum: 0.1, bnEpsilon: 1e-5 },
};

type Rule = (value: unknown) => string | undefined;

function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

const positiveInteger: Rule = (value) => (isPositiveInteger(value) ? undefined : 'must be a whole number above 0');
const truth: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const between =
  (low: number, high: number): Rule =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high ? undefined : `must be a number from ${low} to ${high}`;
const oneOf =
  (...options: readonly unknown[]): Rule =>
  (value) =>
    options.includes(value) ? undefined : `must be one of ${options.join(', ')}`;
const positiveIntegers =
  (shortest: number, longest = Infinity): Rule =>
  (value) =>
    Array.isArray(value) && value.length >= shortest && value.length <= longest && value.every(isPositiveInteger)
      ? undefined
      : `must be a list of ${shortest === longest ? `${shortest} ` : ''}whole numbers above 0`;

/** hidden = round(ratio * channels) must expand; the official code drops the expanding convolution at exactly 1. */
const expandRatio: Rule = (value) => {
  const ratios: unknown[] = Array.isArray(value) ? value : [value];
  const valid = ratios.length > 0 && value !== 1 && ratios.every((ratio) => typeof ratio === 'number' && ratio > 0 && ratio <= 16);
  return valid ? undefined : 'must be a number above 0 and at most 16, not 1 (or one a kernel)';
};

const kernelSizes: Rule = (value) => {
  const valid = Array.isArray(value) && value.length > 0 && value.every((k) => isPositiveInteger(k) && k % 2 === 1 && k >= 3 && k <= 15);
  return valid && new Set(value).size === value.length ? undefined : 'must be a list of different odd numbers from 3 to 15';
};

const stages: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of stages [branches, [blocks], [channels]]';
  let before = 1;
  for (const [index, stage] of value.entries()) {
    const [branches, blocks, channels] = Array.isArray(stage) ? (stage as unknown[]) : [];
    if (!isPositiveInteger(branches) || branches < before || branches > 6) {
      return `stage ${index}: the number of branches must be a whole number, never falling, at most 6`;
    }
    if (positiveIntegers(branches, branches)(blocks) !== undefined || positiveIntegers(branches, branches)(channels) !== undefined) {
      return `stage ${index}: blocks and channels must be lists of ${branches} whole numbers above 0`;
    }
    before = branches;
  }
  return undefined;
};

const rules: Readonly<Record<keyof HrNasSettings, Rule>> = {
  task: oneOf('segmentation', 'classification', 'pose'),
  classes: positiveInteger,
  blockForm: oneOf('search', 'fused'),
  seRatio: between(0, 4),
  activation: oneOf('relu', 'relu6', 'swish', 'hard-swish'),
  stem: positiveIntegers(2, 2),
  inputStride: oneOf(2, 4),
  stages,
  expandRatio,
  kernelSizes,
  lastChannels: positiveInteger,
  headChannels: positiveIntegers(0),
  plainHead: truth,
  transformer: truth,
  downsamplingTransformer: truth,
  tokens: (value) => (isPositiveInteger(value) && value <= 1024 ? undefined : 'must be a whole number from 1 to 1024'),
  bnMomentum: between(0, 1),
  bnEpsilon: (value) => (typeof value === 'number' && value > 0 && value < 1 ? undefined : 'must be a number between 0 and 1'),
  dropout: between(0, 0.95),
};

/** All problems of the settings of an architecture, with paths. Unknown keys are problems. */
export function checkSettings(settings: Architecture['settings']): Problem[] {
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const path = `settings.${key}`;
    if (!Object.hasOwn(rules, key)) {
      problems.push({ path, message: `unknown; hr-nas knows ${Object.keys(rules).join(', ')}` });
      continue;
    }
    const message = rules[key as keyof HrNasSettings](value);
    if (message !== undefined) problems.push({ path, message: `${message}, not ${JSON.stringify(value)}` });
  }
  if (problems.length > 0) return problems;
  const complete = withDefaults(settings);
  return [...checkTogether(complete), ...checkUse(settings, complete)];
}

/** Rules between settings. */
function checkTogether(s: HrNasSettings): Problem[] {
  const problems: Problem[] = [];
  const lastBranches = s.stages[s.stages.length - 1]?.[0] ?? 0;
  if (s.task === 'classification' && s.headChannels.length > 0 && s.headChannels.length !== lastBranches) {
    const message = `must have one entry for each of the ${lastBranches} branches, not ${s.headChannels.length}`;
    problems.push({ path: 'settings.headChannels', message });
  }
  if (s.task !== 'classification' && s.headChannels.length > 0) {
    problems.push({ path: 'settings.headChannels', message: `belongs to classification; the task is ${s.task}` });
  }
  if (s.task === 'classification' && s.plainHead) {
    problems.push({ path: 'settings.plainHead', message: 'belongs to segmentation and pose' });
  }
  if (Array.isArray(s.expandRatio) && s.expandRatio.length !== s.kernelSizes.length) {
    const message = `must have one entry for each of the ${s.kernelSizes.length} kernels, not ${s.expandRatio.length}`;
    problems.push({ path: 'settings.expandRatio', message });
  }
  if (s.downsamplingTransformer && !s.transformer) {
    problems.push({ path: 'settings.downsamplingTransformer', message: 'needs settings.transformer' });
  }
  if (s.inputStride === 2 && s.stem[0] !== s.stem[1]) {
    const message = `with inputStride 2 only the first convolution is there, so both must be equal, not ${s.stem.join(', ')}`;
    problems.push({ path: 'settings.stem', message });
  }
  return problems;
}

/** What is given has an effect; stating the published value of the task is allowed everywhere. */
function checkUse(given: Architecture['settings'], s: HrNasSettings): Problem[] {
  const unused: readonly (readonly [keyof HrNasSettings, boolean, string])[] = [
    ['seRatio', s.blockForm === 'search', "has no effect on the search form (settings.blockForm 'fused' has squeeze and excitation)"],
    ['dropout', s.task !== 'classification', `has no effect on ${s.task}`],
    ['tokens', !s.transformer, 'has no effect without settings.transformer'],
  ];
  const published = publishedSettings[s.task];
  return unused
    .filter(([key, isUnused]) => isUnused && Object.hasOwn(given, key) && given[key] !== published[key])
    .map(([key, , message]) => ({ path: `settings.${key}`, message: `${message}; leave it out or set it to ${String(published[key])}` }));
}

/** Settings with the published ones of their task where they say nothing. `settings` must have passed `checkSettings`. */
export function withDefaults(settings: Architecture['settings']): HrNasSettings {
  const task = (settings['task'] ?? 'segmentation') as HrNasTask;
  return { ...publishedSettings[task], ...(settings as unknown as Partial<HrNasSettings>) };
}

/** The short form: task, classes and block form always, the rest only where it differs from what is published for the task. */
export function shortSettings(settings: HrNasSettings): Architecture['settings'] {
  const published = publishedSettings[settings.task] as unknown as Record<string, SettingValue>;
  const entries = Object.entries(settings as unknown as Record<string, SettingValue>).filter(
    ([key, value]) => ['task', 'classes', 'blockForm'].includes(key) || JSON.stringify(value) !== JSON.stringify(published[key]),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
