/** Architectures in the official notation, alone or with the settings that it does not say. */
import { canonicalJson } from '../canonical.ts';
import type { Architecture, SettingValue } from '../search-space.ts';
import { architectureOf, networkOf } from './choices.ts';
import { badConfig, formatConfig, parseConfig } from './config.ts';
import type { LiteNetwork } from './network.ts';
import { checkSettings, publishedSettings, shortSettings, withDefaults, type LiteHrNetSettings } from './settings.ts';

/** Settings that the notation itself says. */
const notedKeys: readonly (keyof LiteHrNetSettings)[] = [
  'joints',
  'stem',
  'stemExpansion',
  'branches',
  'fuse',
  'iterativeHead',
  'finalKernel',
];

/**
 * Reads { backbone, keypoint_head }, with `settings` (what is offered, head, size of the input) and `fuseQuirk: false` if they are there.
 * Widths, ratios and numbers that the settings do not offer are added to what they offer, unless they are given.
 * Throws EngineError 'bad-architecture'.
 */
export function importOfficial(value: unknown, tokens?: unknown, further: Architecture['settings'] = {}): Architecture {
  if (tokens !== undefined) throw badConfig('token counts belong to hr-nas; a Lite-HRNet has none');
  const { settings: own = {}, fuseQuirk = true, ...config } = takeApart(value);
  if (typeof fuseQuirk !== 'boolean') throw badConfig(`fuseQuirk must be true or false, not ${JSON.stringify(fuseQuirk)}`);
  const network = { ...parseConfig(config), fuseQuirk };
  const given = { ...settingsOf(own), ...further };
  const noted = Object.keys(given).find((key) => (notedKeys as readonly string[]).includes(key));
  if (noted !== undefined) throw badConfig(`settings.${noted} is said by the configuration itself; leave it out`);
  const settings = settingsFor(network, given);
  const problems = checkSettings(settings);
  if (problems.length > 0) throw badConfig(problems.map(({ path, message }) => `${path} ${message}`).join('; '));
  const complete = withDefaults(settings);
  return architectureOf(network, complete);
}

/** The official parts; beside them what they do not say. */
export function exportOfficial(arch: Architecture): unknown {
  const settings = withDefaults(arch.settings);
  const network = networkOf(arch, settings);
  const implied = shortSettings(withDefaults(settingsFor(network, {})));
  const own = Object.entries(arch.settings).filter(([key, value]) => {
    return !(notedKeys as readonly string[]).includes(key) && canonicalJson(value) !== canonicalJson(implied[key] ?? null);
  });
  const left = Object.keys(implied).filter((key) => !(notedKeys as readonly string[]).includes(key) && !Object.hasOwn(arch.settings, key));
  const defaults = publishedSettings[settings.head] as unknown as Record<string, SettingValue>;
  const settingsBeside = Object.fromEntries([...own, ...left.map((key) => [key, defaults[key]!] as const)]);
  return {
    ...formatConfig(network),
    ...(Object.keys(settingsBeside).length > 0 && { settings: settingsBeside }),
    ...(!network.fuseQuirk && { fuseQuirk: false }),
  };
}

function takeApart(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badConfig(`an object was expected, ${JSON.stringify(value)} came`);
  return value as Readonly<Record<string, unknown>>;
}

function settingsOf(value: unknown): Architecture['settings'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badConfig(`settings must be an object, ${JSON.stringify(value)} came`);
  }
  return value as Architecture['settings'];
}

/** Settings of the network, those that are given, and offers wide enough to hold the network where they are not given. */
function settingsFor(network: LiteNetwork, given: Architecture['settings']): Architecture['settings'] {
  const { stages, stem, stemExpansion, iterativeHead, joints, finalKernel } = network;
  const published = publishedSettings[given['head'] === 'mpii' || (given['head'] === undefined && joints === 16) ? 'mpii' : 'coco'];
  const branches = stages.map((stage) => stage.widths.length);
  const most = (count: (stage: LiteNetwork['stages'][number]) => number, least: number): number => Math.max(least, ...stages.map(count));
  const widths = Array.from({ length: Math.max(...branches) }, (_, b) => {
    const own = stages.flatMap((stage) => stage.widths.slice(b, b + 1));
    return fallingUnion(published.widths[b] ?? [], own);
  });
  const ratios = stages.filter((stage) => stage.block === 'weighting').map((stage) => stage.ratio);
  const least = widths.slice(0, Math.min(...branches)).reduce((sum, list) => sum + list[list.length - 1]! / 2, 0);
  return {
    head: published.head,
    joints,
    stem,
    stemExpansion,
    branches,
    fuse: stages.map((stage) => stage.fuse),
    iterativeHead,
    finalKernel,
    maxModules: most((stage) => stage.modules, published.maxModules),
    maxBlocks: most((stage) => stage.blocks, published.maxBlocks),
    widths,
    ratios: fallingUnion(
      published.ratios.filter((ratio) => ratio <= least),
      ratios,
    ),
    ...given,
  };
}

function fallingUnion(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => y - x);
}
