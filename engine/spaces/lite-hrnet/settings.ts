import { canonicalJson } from '../canonical.ts';
import type { Architecture, Problem, SettingValue } from '../search-space.ts';

export type LiteHrNetHead = 'coco' | 'mpii';

/** What is fixed before a search. */
export interface LiteHrNetSettings {
  /** Gives `joints` and `inputSize` where they are left out. */
  readonly head: LiteHrNetHead;
  /** Heat maps. */
  readonly joints: number;
  /** [height, width] in px that costs are stated for; the network itself takes every size that its branches divide. */
  readonly inputSize: readonly [number, number];
  /** Channels of the first convolution and of the stem's output, which are equal in every published network. */
  readonly stem: readonly [number, number];
  /** Width of the stem's second half between its 1x1 convolutions, in first channels. */
  readonly stemExpansion: number;
  /** Branches of every stage. */
  readonly branches: readonly number[];
  /** Whether the modules of a stage end in a fusion, one entry a stage. */
  readonly fuse: readonly boolean[];
  /** False: the finest branch goes to the heat maps as it is. */
  readonly iterativeHead: boolean;
  /** Side of the last convolution. */
  readonly finalKernel: 1 | 3;
  /** Modules and blocks a stage may have at most. */
  readonly maxModules: number;
  readonly maxBlocks: number;
  /** Widths that are offered, one list a branch, largest first; every stage chooses for itself. */
  readonly widths: readonly (readonly number[])[];
  /** Reduction ratios of cross-resolution weighting that are offered, largest first. */
  readonly ratios: readonly number[];
}

/** Steps of 10 channels on the finest branch, doubled from branch to branch: holds the published 40 and 30 and half again as much. */
function offeredWidths(branches: number): number[][] {
  return Array.from({ length: branches }, (_, b) => [60, 50, 40, 30, 20].map((width) => width * 2 ** b));
}

const common = {
  stem: [32, 32],
  stemExpansion: 1,
  branches: [2, 3, 4],
  fuse: [true, true, true],
  iterativeHead: true,
  finalKernel: 1,
  maxModules: 8,
  maxBlocks: 3,
  widths: offeredWidths(4),
  ratios: [16, 8, 4, 2],
} as const;

/** Published settings by head (Lite-HRNet repository, configs/top_down). */
export const publishedSettings: Readonly<Record<LiteHrNetHead, LiteHrNetSettings>> = {
  coco: { head: 'coco', joints: 17, inputSize: [256, 192], ...common },
  mpii: { head: 'mpii', joints: 16, inputSize: [256, 256], ...common },
};

/** An input side must be a multiple of this: the coarsest branch lies so far below the input. */
export function totalStride({ branches }: Pick<LiteHrNetSettings, 'branches'>): number {
  return 4 * 2 ** (Math.max(...branches) - 1);
}

type Rule = (value: unknown) => string | undefined;

const isPositive = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
const isEven = (value: unknown): value is number => isPositive(value) && value % 2 === 0;
const upTo =
  (most: number): Rule =>
  (value) =>
    isPositive(value) && value <= most ? undefined : `must be a whole number from 1 to ${most}`;
const truth: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const oneOf =
  (...options: readonly unknown[]): Rule =>
  (value) =>
    options.includes(value) ? undefined : `must be one of ${options.join(', ')}`;
const isList = (value: unknown, isEntry: (entry: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every(isEntry);
const isFalling = (list: readonly unknown[]): boolean => list.every((entry, i) => i === 0 || (entry as number) < (list[i - 1] as number));

/** Half a branch is gated by a squeeze of a quarter of its channels, so 8 channels are the least. */
const narrowest = 8;
const isWidthList = (value: unknown): boolean => isList(value, (width) => isEven(width) && width >= narrowest) && isFalling(value);

const rules: Readonly<Record<keyof LiteHrNetSettings, Rule>> = {
  head: oneOf('coco', 'mpii'),
  joints: upTo(1000),
  inputSize: (value) => (isList(value, isPositive) && value.length === 2 ? undefined : 'must be [height, width] in px'),
  stem: (value) => {
    const [first, out] = isList(value, isEven) && value.length === 2 ? (value as [number, number]) : [0, -1];
    return out >= first ? undefined : 'must be two even numbers above 0, the second at least the first';
  },
  stemExpansion: (value) => (typeof value === 'number' && value > 0 && value <= 16 ? undefined : 'must be a number above 0, at most 16'),
  branches: (value) => {
    const isRising =
      isList(value, (entry) => isPositive(entry) && entry >= 2 && entry <= 6) &&
      value.every((entry, i) => i === 0 || (entry as number) >= (value[i - 1] as number));
    return isRising ? undefined : 'must be a list of numbers of branches from 2 to 6, never falling';
  },
  fuse: (value) => (isList(value, (entry) => typeof entry === 'boolean') ? undefined : 'must be a list of true and false'),
  iterativeHead: truth,
  finalKernel: oneOf(1, 3),
  maxModules: upTo(64),
  maxBlocks: upTo(64),
  widths: (value) =>
    isList(value, isWidthList) ? undefined : `must be a list of even widths from ${narrowest} for each branch, each list largest first`,
  ratios: (value) =>
    isList(value, isPositive) && isFalling(value) ? undefined : 'must be a list of different whole numbers above 0, largest first',
};

/** All problems of unknown settings, with their paths. */
export function checkSettings(settings: unknown): Problem[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    return [{ path: 'settings', message: 'must be an object' }];
  }
  const problems = Object.entries(settings).flatMap(([key, value]): Problem[] => {
    const path = `settings.${key}`;
    if (!Object.hasOwn(rules, key)) return [{ path, message: `unknown; lite-hrnet knows ${Object.keys(rules).join(', ')}` }];
    const message = rules[key as keyof LiteHrNetSettings](value);
    return message === undefined ? [] : [{ path, message: `${message}, not ${JSON.stringify(value)}` }];
  });
  return problems.length > 0 ? problems : checkTogether(withDefaults(settings as Architecture['settings']));
}

/** Rules between settings. */
function checkTogether(s: LiteHrNetSettings): Problem[] {
  const problems: Problem[] = [];
  const stages = s.branches.length;
  if (s.fuse.length !== stages) {
    problems.push({ path: 'settings.fuse', message: `must have one entry for each of the ${stages} stages, not ${s.fuse.length}` });
  }
  if (!Number.isInteger(s.stem[0] * s.stemExpansion)) {
    const message = `must give a whole number of channels; ${s.stem[0]} times ${s.stemExpansion} is none`;
    problems.push({ path: 'settings.stemExpansion', message });
  }
  const branches = s.branches[stages - 1]!;
  if (s.widths.length !== branches) {
    problems.push({ path: 'settings.widths', message: `must have one list for each of the ${branches} branches, not ${s.widths.length}` });
  }
  const least = s.widths.slice(0, Math.min(...s.branches)).reduce((sum, list) => sum + list[list.length - 1]! / 2, 0);
  if (s.ratios[0]! > least) {
    const message = `reach ${s.ratios[0]}; the narrowest stage has ${least} weighted channels, of which at least one must be left`;
    problems.push({ path: 'settings.ratios', message });
  }
  const stride = totalStride(s);
  if (s.inputSize.some((side) => side % stride !== 0)) {
    const message = `must be multiples of ${stride} with ${Math.max(...s.branches)} branches, not ${s.inputSize.join('x')}`;
    problems.push({ path: 'settings.inputSize', message });
  }
  return problems;
}

/** Settings with the published ones of their head where they say nothing. `settings` must have passed the rules of single settings. */
export function withDefaults(settings: Architecture['settings']): LiteHrNetSettings {
  const published = publishedSettings[(settings['head'] ?? 'coco') as LiteHrNetHead];
  return { ...published, ...(settings as unknown as Partial<LiteHrNetSettings>) };
}

/** The short form: the head always, the rest only where it differs from what is published for the head. */
export function shortSettings(settings: LiteHrNetSettings): Architecture['settings'] {
  const published = publishedSettings[settings.head] as unknown as Record<string, SettingValue>;
  const entries = Object.entries(settings as unknown as Record<string, SettingValue>).filter(
    ([key, value]) => key === 'head' || canonicalJson(value) !== canonicalJson(published[key]),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
