import type { Architecture, Problem, SettingValue } from '../search-space.ts';
import type { Pair } from './cell.ts';

export const backbones = ['mobilenet-v2', 'xception-41', 'xception-65', 'xception-71'] as const;
export type DpcBackbone = (typeof backbones)[number];

/** What is fixed before a search (specification sections 4 to 6). */
export interface DpcSettings {
  /** 'none': the input of the network is a map of features that a backbone gave (the proxy task). */
  readonly backbone: DpcBackbone | 'none';
  /** Channels of those features; backbone 'none' only. */
  readonly featureChannels: number;
  /** Factor on the channels of MobileNet-v2 (rounded to multiples of 8). */
  readonly width: number;
  readonly classes: number;
  /** Size of the training crop, px: the input unless another is asked for. */
  readonly crop: Pair;
  /** Image pixels a feature pixel, a side. The rates of the cell are doubled at 8. */
  readonly outputStride: 8 | 16;
  /** Branches of the cell. */
  readonly branches: number;
  /** Channels of every branch and of the cell's output. */
  readonly filters: number;
  /** DeepLabv3+'s decoder at a quarter of the image between cell and logits. */
  readonly decoder: boolean;
  /** 'sliding': means under a window of a grid cell's size at every place, as the released code does; 'grid': a mean a grid cell, as the paper says. */
  readonly poolMode: 'sliding' | 'grid';
  /** Size in px whose grid cells give the sliding windows; [] = the network's input. */
  readonly poolingCrop: Pair | readonly [];
}

const common = {
  featureChannels: 320,
  width: 1,
  classes: 19,
  crop: [769, 769],
  outputStride: 16,
  branches: 5,
  filters: 256,
  decoder: false,
  poolMode: 'sliding',
  poolingCrop: [],
} as const;

/** Released networks have the decoder with Xception and none with MobileNet-v2. */
export function publishedSettings(backbone: DpcSettings['backbone']): DpcSettings {
  return { ...common, backbone, decoder: backbone.startsWith('xception') };
}

type Rule = (value: unknown) => string | undefined;

const whole =
  (low: number, high: number): Rule =>
  (value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high
      ? undefined
      : `must be a whole number from ${low} to ${high}`;
const oneOf =
  (...options: readonly unknown[]): Rule =>
  (value) =>
    options.includes(value) ? undefined : `must be one of ${options.join(', ')}`;

/** Height and width in px. */
export const longestSide = 16384;
const size: Rule = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((side) => whole(16, longestSide)(side) === undefined)
    ? undefined
    : `must be [height, width] in whole pixels from 16 to ${longestSide}`;

const rules: Readonly<Record<keyof DpcSettings, Rule>> = {
  backbone: oneOf(...backbones, 'none'),
  featureChannels: whole(1, 8192),
  width: (value) => (typeof value === 'number' && value >= 0.1 && value <= 4 ? undefined : 'must be a number from 0.1 to 4'),
  classes: whole(1, 10_000),
  crop: size,
  outputStride: oneOf(8, 16),
  branches: whole(1, 8),
  filters: whole(1, 4096),
  decoder: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  poolMode: oneOf('sliding', 'grid'),
  poolingCrop: (value) => (Array.isArray(value) && value.length === 0 ? undefined : size(value) && `${size(value)}, or [] for the input`),
};

/** All problems of the settings of an architecture, with paths. Unknown keys are problems, and so is what has no effect. */
export function checkSettings(settings: Architecture['settings']): Problem[] {
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const path = `settings.${key}`;
    if (!Object.hasOwn(rules, key)) {
      problems.push({ path, message: `unknown; dpc knows ${Object.keys(rules).join(', ')}` });
      continue;
    }
    const message = rules[key as keyof DpcSettings](value);
    if (message !== undefined) problems.push({ path, message: `${message}, not ${JSON.stringify(value)}` });
  }
  return problems.length > 0 ? problems : checkTogether(withDefaults(settings));
}

function checkTogether(s: DpcSettings): Problem[] {
  const problems: Problem[] = [];
  const unused = (key: keyof typeof common, isUnused: boolean, why: string): void => {
    if (isUnused && JSON.stringify(s[key]) !== JSON.stringify(common[key])) {
      problems.push({ path: `settings.${key}`, message: `${why}; leave it out or set it to ${JSON.stringify(common[key])}` });
    }
  };
  unused('featureChannels', s.backbone !== 'none', "belongs to backbone 'none'");
  unused('width', s.backbone !== 'mobilenet-v2', 'belongs to mobilenet-v2');
  unused('poolingCrop', s.poolMode === 'grid', "belongs to poolMode 'sliding'");
  if (s.decoder && s.backbone === 'none') {
    problems.push({ path: 'settings.decoder', message: "needs the early features of a backbone; backbone 'none' has only the last" });
  }
  return problems;
}

/** Settings with the published ones of their backbone where they say nothing. `settings` must have passed `checkSettings`. */
export function withDefaults(settings: Architecture['settings']): DpcSettings {
  const backbone = (settings['backbone'] ?? 'mobilenet-v2') as DpcSettings['backbone'];
  return { ...publishedSettings(backbone), ...(settings as unknown as Partial<DpcSettings>) };
}

const alwaysWritten = ['backbone', 'classes', 'crop', 'outputStride'];

/** The short form: backbone, classes, crop and output stride always, the rest only where it differs from what is published. */
export function shortSettings(settings: DpcSettings): Architecture['settings'] {
  const published = publishedSettings(settings.backbone) as unknown as Record<string, SettingValue>;
  const entries = Object.entries(settings as unknown as Record<string, SettingValue>).filter(
    ([key, value]) => alwaysWritten.includes(key) || JSON.stringify(value) !== JSON.stringify(published[key]),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
