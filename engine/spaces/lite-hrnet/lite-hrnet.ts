import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { Rng } from '../../rng.ts';
import { checkArchitecture, refuseProblems } from '../check-architecture.ts';
import type { Architecture, Choice, Problem, SearchSpace } from '../search-space.ts';
import { canonicalChoices, choicesOf, countNetworks, liteHrNetVersion, networkOf } from './choices.ts';
import { liteHrNetCounts } from './counts.ts';
import { graphLiteHrNet } from './graph.ts';
import { exportOfficial, importOfficial } from './notation.ts';
import { publishedArchitectures } from './published.ts';
import { checkSettings, publishedSettings, shortSettings, totalStride, withDefaults } from './settings.ts';

const longestSide = 4096;

/** What a choice may be, from the cheapest network's to the most expensive one's. */
function optionsOf({ name, values, range = [0, 0], options }: Choice): readonly number[] {
  if (options !== undefined) return options.map((_, index) => index);
  if (values === undefined) return Array.from({ length: range[1] - range[0] + 1 }, (_, i) => range[0] + i);
  return name.endsWith('.ratio') ? values : [...values].reverse();
}

function withChoices(given: Architecture['settings'], pick: (options: readonly number[]) => number): Architecture {
  refuse(checkSettings(given));
  const settings = withDefaults(given);
  const choices = Object.fromEntries(choicesOf(settings).map((choice) => [choice.name, pick(optionsOf(choice))]));
  return { space: 'lite-hrnet', version: liteHrNetVersion, settings: shortSettings(settings), choices };
}

function check(arch: Architecture): Problem[] {
  const offer = (choice: Choice): string =>
    `the options are ${choice.range === undefined ? optionsOf(choice).join(', ') : choice.range.join('..')}`;
  const choices = (settings: Architecture['settings']): Choice[] => [...choicesOf(withDefaults(settings))];
  return checkArchitecture(arch, { id: 'lite-hrnet', version: liteHrNetVersion }, checkSettings, choices, offer);
}

function refuse(problems: readonly Problem[]): void {
  refuseProblems('lite-hrnet', problems);
}

/** Fusions enlarge by whole factors, so the coarsest branch must divide the input. */
function checkInput(stride: number, input: Shape): void {
  const [height = 0, width = 0, channels = 0] = input;
  const isSide = (side: number): boolean => side >= stride && side <= longestSide && side % stride === 0;
  if (input.length === 3 && channels === 3 && isSide(height) && isSide(width)) return;
  throw new EngineError(
    'bad-input',
    `lite-hrnet: the input must be [height, width, 3], both sides multiples of ${stride} up to ${longestSide}, not [${input.join(', ')}].`,
    { tip: 'Published: 256x192 and 384x288 for COCO, 256x256 for MPII.' },
  );
}

function graph(arch: Architecture, input: Shape): ModelGraph {
  refuse(check(arch));
  const settings = withDefaults(arch.settings);
  checkInput(totalStride(settings), input);
  return graphLiteHrNet(networkOf(arch, settings), input);
}

/**
 * Lite-HRNet (Yu et al., CVPR 2021): high-resolution networks whose 1x1 convolutions gave way to conditional channel weights. The published
 * networks, hand-made, are points of a space of kinds of blocks, modules, blocks, widths and ratios.
 */
export const liteHrNet: SearchSpace = {
  id: 'lite-hrnet',
  title: 'Lite-HRNet',
  version: liteHrNetVersion,
  defaultSettings: shortSettings(publishedSettings.coco),
  choices(settings) {
    refuse(checkSettings(settings));
    return choicesOf(withDefaults(settings));
  },
  largest: (settings) => withChoices(settings, (options) => options[options.length - 1]!),
  smallest: (settings) => withChoices(settings, (options) => options[0]!),
  sample: (settings, rng: Rng) => withChoices(settings, (options) => rng.pick(options)),
  canonical(arch) {
    refuse(check(arch));
    const settings = withDefaults(arch.settings);
    const choices = canonicalChoices(arch.choices, settings);
    return { space: 'lite-hrnet', version: liteHrNetVersion, settings: shortSettings(settings), choices };
  },
  check,
  graph,
  countNetworks(settings) {
    refuse(checkSettings(settings));
    return countNetworks(withDefaults(settings));
  },
  officialCount: (arch, input) => liteHrNetCounts(graph(arch, input)).counter,
  published: publishedArchitectures,
  defaultInput(settings) {
    refuse(checkSettings(settings));
    return [...withDefaults(settings).inputSize, 3];
  },
  importOfficial(value, tokens, settings) {
    const arch = importOfficial(value, tokens, settings);
    refuse(check(arch));
    return arch;
  },
  exportOfficial(arch) {
    refuse(check(arch));
    return exportOfficial(arch);
  },
};
