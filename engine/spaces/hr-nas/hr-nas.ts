import { EngineError } from '../../error.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { Rng } from '../../rng.ts';
import type { Architecture, Choice, Problem, SearchSpace } from '../search-space.ts';
import { blockSites, kernelChoice, tokenChoice } from './blocks.ts';
import { graphHrNas } from './graph.ts';
import { exportOfficial, hrNasVersion, importOfficial } from './notation.ts';
import { publishedArchitectures } from './published.ts';
import { checkSettings, publishedSettings, shortSettings, withDefaults } from './settings.ts';

/** Numeric choices of a topology: hidden channels of every block and kernel, tokens of every transformer site. */
function choices(settings: Architecture['settings']): Choice[] {
  const complete = withDefaults(settings);
  return blockSites(complete).flatMap((site): Choice[] => {
    const kernels = complete.kernelSizes.map((kernel, index): Choice => ({
      name: kernelChoice(site.name, kernel),
      range: [0, site.maxHidden[index] ?? 0],
      description: `hidden channels of the ${kernel}x${kernel} kernel, ${site.cIn} -> ${site.cOut} channels, stride ${site.stride}`,
    }));
    if (site.maxTokens === 0) return kernels;
    return [...kernels, { name: tokenChoice(site.name), range: [0, site.maxTokens], description: 'tokens of the transformer; 0 = none' }];
  });
}

function withChoices(settings: Architecture['settings'], value: (range: readonly [number, number]) => number): Architecture {
  refuse(checkSettings(settings));
  const complete = withDefaults(settings);
  const values = choices(settings).map(({ name, range }) => [name, value(range ?? [0, 0])] as const);
  return { space: 'hr-nas', version: hrNasVersion, settings: shortSettings(complete), choices: Object.fromEntries(values) };
}

function check(arch: Architecture): Problem[] {
  const problems: Problem[] = [];
  if (arch.space !== 'hr-nas') problems.push({ path: 'space', message: `must be hr-nas, not ${JSON.stringify(arch.space)}` });
  if (arch.version !== hrNasVersion)
    problems.push({ path: 'version', message: `must be ${hrNasVersion}, not ${JSON.stringify(arch.version)}` });
  problems.push(...checkSettings(arch.settings));
  if (problems.length > 0) return problems;
  const known = new Map(choices(arch.settings).map((choice) => [choice.name, choice.range ?? [0, 0]]));
  for (const [name, [low, high]] of known) {
    const value = arch.choices[name];
    if (value === undefined) problems.push({ path: `choices.${name}`, message: `is missing; the options are ${low}..${high}` });
    else if (!Number.isInteger(value) || value < low || value > high) {
      problems.push({ path: `choices.${name}`, message: `is ${JSON.stringify(value)}; the options are ${low}..${high}` });
    }
  }
  for (const name of Object.keys(arch.choices)) {
    if (!known.has(name)) problems.push({ path: `choices.${name}`, message: 'is no choice of this topology' });
  }
  return problems;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).map((problem) => `${problem.path} ${problem.message}`);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new EngineError('bad-architecture', `hr-nas: ${shown.join('; ')}${more}.`, {
    tip: 'Every choice and its range is listed by `lab space show hr-nas`.',
  });
}

/** Two halvings in the stem and one a further branch must leave at least one pixel, else nothing is left to fuse. */
function checkInput(arch: Architecture, input: Shape): void {
  const [height = 0, width = 0, channels = 0] = input;
  if (input.length !== 3 || channels !== 3 || Math.min(height, width) < 8 || Math.max(height, width) > 16384) {
    throw new EngineError(
      'bad-input',
      `hr-nas: the input must be [height, width, 3] with sides from 8 to 16384, not [${input.join(', ')}].`,
      {
        tip: arch.settings['task'] === 'classification' ? 'Published: 224x224.' : 'Published: 512x1024 for Cityscapes.',
      },
    );
  }
}

/** HR-NAS (Ding et al., CVPR 2021): a multi-branch supernet whose channels and transformer tokens are shrunk while it trains. */
export const hrNas: SearchSpace = {
  id: 'hr-nas',
  title: 'HR-NAS',
  version: hrNasVersion,
  defaultSettings: shortSettings(publishedSettings.segmentation),
  choices(settings) {
    refuse(checkSettings(settings));
    return choices(settings);
  },
  largest: (settings) => withChoices(settings, ([, high]) => high),
  smallest: (settings) => withChoices(settings, ([low]) => low),
  sample: (settings, rng: Rng) => withChoices(settings, ([low, high]) => low + rng.int(high - low + 1)),
  canonical(arch) {
    refuse(check(arch));
    const entries = Object.entries(arch.choices).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      space: 'hr-nas',
      version: hrNasVersion,
      settings: shortSettings(withDefaults(arch.settings)),
      choices: Object.fromEntries(entries),
    };
  },
  check,
  graph(arch: Architecture, input: Shape): ModelGraph {
    refuse(check(arch));
    checkInput(arch, input);
    return graphHrNas(arch, input);
  },
  // Specification section 5.3, ImageNet: the fused form with squeeze and excitation, swish, dropout 0.28. Other tasks keep the searched form.
  retrainForm(arch) {
    const { task, blockForm } = withDefaults(arch.settings);
    if (task !== 'classification' || blockForm === 'fused') return undefined;
    return hrNas.canonical({ ...arch, settings: { ...arch.settings, blockForm: 'fused', activation: 'swish', dropout: 0.28 } });
  },
  published: publishedArchitectures,
  defaultInput(settings) {
    const { task } = withDefaults(settings);
    if (task === 'segmentation') return [512, 1024, 3];
    return task === 'pose' ? [256, 192, 3] : [224, 224, 3];
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
