import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { Rng } from '../../rng.ts';
import { checkArchitecture, offeredBy, refuseProblems } from '../check-architecture.ts';
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

function withChoices(given: Architecture['settings'], pick: (options: readonly number[]) => number): Architecture {
  refuse(checkSettings(given));
  const settings = withDefaults(given);
  const choices = Object.fromEntries(choicesOf(settings).map((choice) => [choice.name, pick(offeredBy(choice))]));
  return { space: 'vit-resnas', version: vitResNasVersion, settings: shortSettings(settings), choices };
}

function check(arch: Architecture): Problem[] {
  const offer = (choice: Choice): string => `the options are ${offeredBy(choice).join(', ')}`;
  const choices = (settings: Architecture['settings']): Choice[] => [...choicesOf(withDefaults(settings))];
  return checkArchitecture(arch, { id: 'vit-resnas', version: vitResNasVersion }, checkSettings, choices, offer);
}

function refuse(problems: readonly Problem[]): void {
  refuseProblems('vit-resnas', problems);
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
