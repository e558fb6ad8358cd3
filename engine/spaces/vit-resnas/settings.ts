import { canonicalJson } from '../canonical.ts';
import type { Architecture, Problem, SettingValue } from '../search-space.ts';
import type { VitHead } from './network.ts';
import { officialPatchSize, officialStemChannels } from './network-def.ts';

/** What a search may choose in one stage. Lists are largest first, as sub-networks take the first channels. */
export interface StageOptions {
  /** Blocks of the super-network. */
  readonly blocks: number;
  /** Places of blocks that may be left out, from 0. */
  readonly optional: readonly number[];
  /** Embedding width, one choice a stage. */
  readonly widths: readonly number[];
  /** Channels of one head, fixed. */
  readonly headWidth: number;
  /** Heads, a choice of every block. */
  readonly heads: readonly number[];
  /** Hidden channels of the feed-forward half, a choice of every block. */
  readonly hidden: readonly number[];
}

/** What is fixed before a search. */
export interface VitResNasSettings {
  /** The published space that gives `stages` and `dropPath` where they are left out. */
  readonly space: string;
  readonly classes: number;
  readonly head: VitHead;
  readonly stem: 'conv' | 'patch';
  /** Of the convolutional stem. */
  readonly stemChannels: number;
  /** px, even. */
  readonly patchSize: number;
  readonly stages: readonly StageOptions[];
  /** Rate of the last block; super-networks and final networks are trained with 0.2 or more. */
  readonly dropPath: number;
}

function stageOptions(widths: string, headWidth: number, heads: string, hidden: string, blocks: number): StageOptions {
  const list = (text: string): number[] => text.split(' ').map(Number);
  return { blocks, optional: [1, 3, 5], widths: list(widths), headWidth, heads: list(heads), hidden: list(hidden) };
}

function fixedStage(width: number, heads: number): StageOptions {
  return { blocks: 4, optional: [], widths: [width], headWidth: 64, heads: [heads], hidden: [4 * width] };
}

/** Specification section 2.1; 'res-tiny' is the hand-made reference, a space of one network. */
export const publishedSpaces: Readonly<Record<string, Pick<VitResNasSettings, 'stages' | 'dropPath'>>> = {
  tiny: {
    stages: [
      stageOptions('256 224 192 176 160', 32, '6 5 4 3', '768 704 640 576 512 448 384', 6),
      stageOptions('512 448 384 352 320', 48, '12 10 8 6', '1536 1408 1280 1152 1024 896 768', 6),
      stageOptions('1024 896 768 704 640', 64, '12 10 8 6', '3072 2816 2560 2304 2048 1792 1536', 6),
    ],
    dropPath: 0.2,
  },
  small: {
    stages: [
      stageOptions('320 280 240 220 200', 32, '8 7 6 5', '960 880 800 720 640 560 480', 7),
      stageOptions('640 560 480 440 400', 48, '16 14 12 10', '1920 1760 1600 1440 1280 1120 960', 7),
      stageOptions('1280 1120 960 880 800', 64, '16 14 12 10', '3840 3520 3200 2880 2560 2240 1920', 7),
    ],
    dropPath: 0.3,
  },
  'res-tiny': { stages: [fixedStage(192, 3), fixedStage(384, 6), fixedStage(768, 12)], dropPath: 0.2 },
};

export const defaultSpace = 'tiny';
const heads: readonly VitHead[] = ['class', 'patches', 'distillation'];

const common = { classes: 1000, head: 'patches', stem: 'conv', stemChannels: officialStemChannels, patchSize: officialPatchSize } as const;

function defaultsOf(space: string): VitResNasSettings {
  return { space, ...common, ...publishedSpaces[space]! };
}

/** Settings with what is published where they say nothing. `settings` must have passed `checkSettings`. */
export function withDefaults(settings: Architecture['settings']): VitResNasSettings {
  return {
    ...defaultsOf((settings['space'] as string | undefined) ?? defaultSpace),
    ...(settings as unknown as Partial<VitResNasSettings>),
  };
}

/** Space, classes and head always, the rest only where it differs from what is published for the space. */
export function shortSettings(settings: VitResNasSettings): Architecture['settings'] {
  const stages = canonicalJson(settings.stages);
  const space = Object.keys(publishedSpaces).find((name) => canonicalJson(publishedSpaces[name]!.stages) === stages) ?? defaultSpace;
  const published = defaultsOf(space) as unknown as Record<string, SettingValue>;
  const entries = Object.entries({ ...settings, space } as unknown as Record<string, SettingValue>).filter(
    ([key, value]) => ['space', 'classes', 'head'].includes(key) || canonicalJson(value) !== canonicalJson(published[key]),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Rule = (value: unknown) => string | undefined;

const isPositive = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
const positive: Rule = (value) => (isPositive(value) ? undefined : 'must be a whole number above 0');
const oneOf =
  (...options: readonly unknown[]): Rule =>
  (value) =>
    options.includes(value) ? undefined : `must be one of ${options.join(', ')}`;
const isFalling = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry, i) => isPositive(entry) && (i === 0 || entry < value[i - 1]));

const rules: Readonly<Record<keyof VitResNasSettings, Rule>> = {
  space: oneOf(...Object.keys(publishedSpaces)),
  classes: positive,
  head: oneOf(...heads),
  stem: oneOf('conv', 'patch'),
  stemChannels: positive,
  patchSize: (value) => (isPositive(value) && value % 2 === 0 ? undefined : 'must be an even whole number above 0'),
  stages: (value) => {
    if (!Array.isArray(value) || value.length === 0)
      return 'must be a list of stages { blocks, optional, widths, headWidth, heads, hidden }';
    for (const [index, stage] of value.entries()) {
      const problem = stageProblem(stage) ?? narrowing(value[index - 1] as StageOptions | undefined, stage as StageOptions);
      if (problem !== undefined) return `stage ${index}: ${problem}`;
    }
    return undefined;
  },
  dropPath: (value) => (typeof value === 'number' && value >= 0 && value < 1 ? undefined : 'must be a number from 0 to below 1'),
};

const stageKeys: readonly string[] = ['blocks', 'optional', 'widths', 'headWidth', 'heads', 'hidden'];

function stageProblem(stage: unknown): string | undefined {
  if (typeof stage !== 'object' || stage === null || Object.keys(stage).sort().join() !== [...stageKeys].sort().join()) {
    return `must have ${stageKeys.join(', ')}`;
  }
  const { blocks, optional, widths, headWidth, heads, hidden } = stage as Record<string, unknown>;
  if (!isPositive(blocks) || !isPositive(headWidth)) return 'blocks and headWidth must be whole numbers above 0';
  for (const [name, list] of Object.entries({ widths, heads, hidden })) {
    if (!isFalling(list)) return `${name} must be a list of different whole numbers above 0, largest first`;
  }
  const isPlace = (place: unknown, i: number, all: readonly unknown[]): boolean =>
    Number.isInteger(place) && (place as number) < blocks && (place as number) > (i === 0 ? -1 : (all[i - 1] as number));
  return Array.isArray(optional) && optional.every(isPlace)
    ? undefined
    : `optional must be rising places of blocks, from 0 to ${blocks - 1}`;
}

/** A reduction adds channels, it never takes any away. */
function narrowing(before: StageOptions | undefined, stage: StageOptions): string | undefined {
  const [widest = 0] = before?.widths ?? [];
  const narrowest = stage.widths.at(-1) ?? 0;
  return narrowest < widest ? `its smallest width ${narrowest} is below the largest width ${widest} of the stage before` : undefined;
}

/** All problems of unknown settings, with their paths. */
export function checkSettings(settings: unknown): Problem[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    return [{ path: 'settings', message: 'must be an object' }];
  }
  const problems = Object.entries(settings).flatMap(([key, value]): Problem[] => {
    const rule = Object.hasOwn(rules, key) ? rules[key as keyof VitResNasSettings] : undefined;
    const message = rule === undefined ? `unknown; the settings are ${Object.keys(rules).join(', ')}` : rule(value);
    return message === undefined
      ? []
      : [{ path: `settings.${key}`, message: rule === undefined ? message : `${message}, not ${JSON.stringify(value)}` }];
  });
  if (problems.length > 0) return problems;
  const { stem, stemChannels } = withDefaults(settings as Architecture['settings']);
  const isUnused = stem === 'patch' && stemChannels !== officialStemChannels;
  return isUnused ? [{ path: 'settings.stemChannels', message: "has no effect with settings.stem 'patch'; leave it out" }] : [];
}
