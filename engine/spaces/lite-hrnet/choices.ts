import type { Architecture, Choice } from '../search-space.ts';
import { stageName, type LiteBlock, type LiteNetwork, type LiteStage } from './network.ts';
import { shortSettings, type LiteHrNetSettings } from './settings.ts';

export const liteHrNetVersion = 1;

/** Options of a stage's `block`, the cheaper one first. */
const blockKinds: readonly LiteBlock[] = ['weighting', 'shuffle'];
const blockTitles: Readonly<Record<LiteBlock, string>> = { weighting: 'conditional channel weighting', shuffle: 'shuffle unit' };

export const fuseQuirkChoice = 'fuseQuirk';

type Gene = 'block' | 'modules' | 'blocks' | 'ratio' | `width${number}`;

export function stageChoice(stage: number, gene: Gene): string {
  return `${stageName(stage)}.${gene}`;
}

/** Of every stage kind of block, modules, blocks, ratio and the widths of its branches; then how fusions add. */
export function choicesOf(settings: LiteHrNetSettings): Choice[] {
  return [
    ...settings.branches.flatMap((branches, s) => stageChoices(settings, s, branches)),
    {
      name: fuseQuirkChoice,
      options: ['plain sum', 'as released'],
      description: 'how fusions add; as released, branch 0 counts twice and its paths are fed with the sum',
    },
  ];
}

function stageChoices(settings: LiteHrNetSettings, s: number, branches: number): Choice[] {
  const widths = Array.from({ length: branches }, (_, b): Choice => {
    return { name: stageChoice(s, `width${b}`), values: settings.widths[b]!, description: `channels of branch ${b}, 0 being the finest` };
  });
  return [
    {
      name: stageChoice(s, 'block'),
      options: blockKinds.map((kind) => blockTitles[kind]),
      description: `kind of block; the stage has ${branches} branches`,
    },
    { name: stageChoice(s, 'modules'), range: [1, settings.maxModules], description: 'modules' },
    { name: stageChoice(s, 'blocks'), range: [1, settings.maxBlocks], description: 'blocks of a module, on each branch' },
    { name: stageChoice(s, 'ratio'), values: settings.ratios, description: 'reduction of cross-resolution weighting' },
    ...widths,
  ];
}

/** The network of a valid architecture. */
export function networkOf({ choices }: Architecture, settings: LiteHrNetSettings): LiteNetwork {
  const { stem, stemExpansion, iterativeHead, joints, finalKernel } = settings;
  const stages = settings.branches.map((branches, s): LiteStage => {
    const gene = (name: Gene): number => choices[stageChoice(s, name)] ?? 0;
    return {
      block: blockKinds[gene('block')]!,
      modules: gene('modules'),
      blocks: gene('blocks'),
      ratio: gene('ratio'),
      widths: Array.from({ length: branches }, (_, b) => gene(`width${b}`)),
      fuse: settings.fuse[s]!,
    };
  });
  return { stem, stemExpansion, stages, fuseQuirk: choices[fuseQuirkChoice] === 1, iterativeHead, joints, finalKernel };
}

/** Inverse of `networkOf`, in canonical form; the caller has made sure that the settings offer what the network has. */
export function architectureOf(network: LiteNetwork, settings: LiteHrNetSettings): Architecture {
  const choices: Record<string, number> = { [fuseQuirkChoice]: network.fuseQuirk ? 1 : 0 };
  network.stages.forEach(({ block, modules, blocks, ratio, widths }, s) => {
    choices[stageChoice(s, 'block')] = blockKinds.indexOf(block);
    choices[stageChoice(s, 'modules')] = modules;
    choices[stageChoice(s, 'blocks')] = blocks;
    choices[stageChoice(s, 'ratio')] = ratio;
    widths.forEach((width, b) => (choices[stageChoice(s, `width${b}`)] = width));
  });
  return {
    space: 'lite-hrnet',
    version: liteHrNetVersion,
    settings: shortSettings(settings),
    choices: canonicalChoices(choices, settings),
  };
}

/** Shuffle units have no ratio, networks without fusions no way of adding: the largest option stands where it makes no difference. */
export function canonicalChoices(choices: Architecture['choices'], settings: LiteHrNetSettings): Record<string, number> {
  const result: Record<string, number> = { ...choices };
  settings.branches.forEach((_, s) => {
    if (blockKinds[choices[stageChoice(s, 'block')] ?? 0] === 'shuffle') result[stageChoice(s, 'ratio')] = settings.ratios[0]!;
  });
  if (!settings.fuse.includes(true)) result[fuseQuirkChoice] = 1;
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many different networks there are. */
export function countNetworks({ branches, fuse, widths, ratios, maxModules, maxBlocks }: LiteHrNetSettings): bigint {
  const ofStages = branches.reduce((product, count) => {
    const offered = widths.slice(0, count).reduce((options, list) => options * BigInt(list.length), 1n);
    return product * offered * BigInt(maxModules * maxBlocks) * BigInt(ratios.length + 1);
  }, 1n);
  return fuse.includes(true) ? 2n * ofStages : ofStages;
}
