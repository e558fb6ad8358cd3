import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { Rng } from '../../rng.ts';
import type { Architecture, Choice, Problem, SearchSpace } from '../search-space.ts';
import { canonicalChoices, choicesOf, countNetworks, networkOf, vitResNasVersion } from './choices.ts';
import { graphVitNetwork, type VitPurpose } from './graph.ts';
import { liveNetwork, totalStride, type VitNetwork } from './network.ts';
import { exportOfficial, importOfficial } from './notation.ts';
import { officialEstimate } from './official-estimate.ts';
import { publishedArchitectures } from './published.ts';
import { checkSettings, defaultSpace, shortSettings, withDefaults, type VitResNasSettings } from './settings.ts';
import { graphSubnet } from './subnet.ts';

const longestSide = 1024;
const publishedSide = 224;

function optionsOf({ values, range = [0, 0] }: Choice): readonly number[] {
  return values ?? Array.from({ length: range[1] - range[0] + 1 }, (_, i) => range[1] - i);
}

function withChoices(given: Architecture['settings'], pick: (options: readonly number[]) => number): Architecture {
  refuse(checkSettings(given));
  const settings = withDefaults(given);
  const choices = Object.fromEntries(choicesOf(settings).map((choice) => [choice.name, pick(optionsOf(choice))]));
  return { space: 'vit-resnas', version: vitResNasVersion, settings: shortSettings(settings), choices };
}

function check(arch: Architecture): Problem[] {
  const problems: Problem[] = [];
  if (arch.space !== 'vit-resnas') problems.push({ path: 'space', message: `must be vit-resnas, not ${JSON.stringify(arch.space)}` });
  if (arch.version !== vitResNasVersion) {
    problems.push({ path: 'version', message: `must be ${vitResNasVersion}, not ${JSON.stringify(arch.version)}` });
  }
  problems.push(...checkSettings(arch.settings));
  if (problems.length > 0) return problems;
  const known = new Map(choicesOf(withDefaults(arch.settings)).map((choice) => [choice.name, optionsOf(choice)]));
  for (const [name, options] of known) {
    const value = arch.choices[name];
    const offer = `the options are ${options.join(', ')}`;
    if (value === undefined) problems.push({ path: `choices.${name}`, message: `is missing; ${offer}` });
    else if (!options.includes(value)) problems.push({ path: `choices.${name}`, message: `is ${JSON.stringify(value)}; ${offer}` });
  }
  for (const name of Object.keys(arch.choices)) {
    if (!known.has(name)) problems.push({ path: `choices.${name}`, message: 'is no choice of this space' });
  }
  return problems;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).map((problem) => `${problem.path} ${problem.message}`);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-architecture', `vit-resnas: ${shown.join('; ')}${more}.`, {
    tip: 'Every choice and its options is listed by `lab space show vit-resnas`.',
  });
}

/** The network of an architecture that is valid and takes this input; else EngineError. */
function checkedNetwork(arch: Architecture, input: Shape): VitNetwork {
  refuse(check(arch));
  const network = networkOf(arch, withDefaults(arch.settings));
  const stride = totalStride(network);
  const [height = 0, width = 0, channels = 0] = input;
  if (input.length !== 3 || channels !== 3 || height !== width || height < stride || height > longestSide || height % stride !== 0) {
    throw new EngineError(
      'bad-input',
      `vit-resnas: the input must be [side, side, 3], the side a multiple of ${stride} from ${stride} to ${longestSide}, not [${input.join(', ')}].`,
      { tip: 'Published: 224x224; 280, 336 and 392 for fine-tuning.' },
    );
  }
  return network;
}

function graphAlone(arch: Architecture, input: Shape, purpose: VitPurpose): ModelGraph {
  return graphVitNetwork(liveNetwork(checkedNetwork(arch, input)), input, purpose);
}

function graphShared(arch: Architecture, input: Shape, purpose: VitPurpose): ModelGraph {
  const subnet = checkedNetwork(arch, input);
  return graphSubnet(subnet, networkOf(largest(arch.settings), withDefaults(arch.settings)), input, purpose);
}

function largest(settings: Architecture['settings']): Architecture {
  return withChoices(settings, (options) => options[0]!);
}

function canonical(arch: Architecture): Architecture {
  refuse(check(arch));
  const settings: VitResNasSettings = withDefaults(arch.settings);
  const choices = canonicalChoices(arch.choices, settings);
  return { space: 'vit-resnas', version: vitResNasVersion, settings: shortSettings(settings), choices };
}

/** ViT-ResNAS (Liao et al., ICCV 2021 workshop): multi-stage vision transformers with residual spatial reduction, sub-networks of one super-network. */
export const vitResNas: SearchSpace = {
  id: 'vit-resnas',
  title: 'ViT-ResNAS',
  version: vitResNasVersion,
  defaultSettings: shortSettings(withDefaults({ space: defaultSpace })),
  choices(settings) {
    refuse(checkSettings(settings));
    return choicesOf(withDefaults(settings));
  },
  largest,
  smallest: (settings) => withChoices(settings, (options) => options[options.length - 1]!),
  sample: (settings, rng: Rng) => withChoices(settings, (options) => rng.pick(options)),
  canonical,
  check,
  graph: (arch, input) => graphAlone(arch, input, 'inference'),
  trainingGraph: (arch, input) => graphAlone(arch, input, 'training'),
  shared: {
    graph: (arch, input) => graphShared(arch, input, 'inference'),
    trainingGraph: (arch, input) => graphShared(arch, input, 'training'),
  },
  countNetworks(settings) {
    refuse(checkSettings(settings));
    return countNetworks(withDefaults(settings));
  },
  officialCount: (arch, input, macs) => officialEstimate(macs, checkedNetwork(arch, input), input),
  published: publishedArchitectures,
  defaultInput(settings) {
    const stride = totalStride(networkOf(largest(settings), withDefaults(settings)));
    const side = Math.max(1, Math.round(publishedSide / stride)) * stride;
    return [side, side, 3];
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
