import type { Architecture, Choice } from '../search-space.ts';
import type { VitBlock, VitNetwork, VitStage } from './network.ts';
import { shortSettings, type StageOptions, type VitResNasSettings } from './settings.ts';

export const vitResNasVersion = 1;

export function widthChoice(stage: number): string {
  return `stage${stage}.width`;
}

export function blockChoice(stage: number, block: number, gene: 'exists' | 'heads' | 'hidden'): string {
  return `stage${stage}.block${block}.${gene}`;
}

/** Widths of the stages; of every block heads and hidden channels, and whether it exists where that is a choice. */
export function choicesOf(settings: VitResNasSettings): Choice[] {
  return settings.stages.flatMap((stage, s) => [
    { name: widthChoice(s), values: stage.widths, description: 'embedding width of the stage' },
    ...Array.from({ length: stage.blocks }, (_, b) => blockChoices(stage, s, b)).flat(),
  ]);
}

function blockChoices(stage: StageOptions, s: number, b: number): Choice[] {
  const exists: Choice = { name: blockChoice(s, b, 'exists'), range: [0, 1], description: '0: the block is left out' };
  return [
    ...(stage.optional.includes(b) ? [exists] : []),
    { name: blockChoice(s, b, 'heads'), values: stage.heads, description: `attention heads of ${stage.headWidth} channels` },
    { name: blockChoice(s, b, 'hidden'), values: stage.hidden, description: 'hidden channels of the feed-forward half' },
  ];
}

/** The network of a valid architecture; blocks that are left out keep their places. */
export function networkOf({ choices }: Architecture, settings: VitResNasSettings): VitNetwork {
  const stages = settings.stages.map((stage, s): VitStage => {
    const blocks = Array.from({ length: stage.blocks }, (_, b): VitBlock => {
      const value = (gene: 'exists' | 'heads' | 'hidden'): number => choices[blockChoice(s, b, gene)] ?? 1;
      return { heads: value('heads'), headWidth: stage.headWidth, hidden: value('hidden'), exists: value('exists') === 1 };
    });
    return { width: choices[widthChoice(s)] ?? 0, blocks };
  });
  const { stem: kind, stemChannels, patchSize, head, classes, dropPath } = settings;
  return { stem: { kind, channels: kind === 'conv' ? stemChannels : 0, patchSize }, stages, head, classes, dropPath };
}

/** Inverse of `networkOf`; the caller has made sure that the stages fit. */
export function architectureOf(stages: readonly VitStage[], settings: VitResNasSettings): Architecture {
  const choices: Record<string, number> = {};
  stages.forEach(({ width, blocks }, s) => {
    choices[widthChoice(s)] = width;
    blocks.forEach(({ heads, hidden, exists }, b) => {
      if (settings.stages[s]?.optional.includes(b) === true) choices[blockChoice(s, b, 'exists')] = exists ? 1 : 0;
      choices[blockChoice(s, b, 'heads')] = heads;
      choices[blockChoice(s, b, 'hidden')] = hidden;
    });
  });
  return { space: 'vit-resnas', version: vitResNasVersion, settings: shortSettings(settings), choices };
}

/** Choices of blocks that are left out, with the largest option in place of what nobody sees. */
export function canonicalChoices(choices: Architecture['choices'], settings: VitResNasSettings): Record<string, number> {
  const result: Record<string, number> = { ...choices };
  settings.stages.forEach((stage, s) => {
    for (const b of stage.optional) {
      if (choices[blockChoice(s, b, 'exists')] !== 0) continue;
      result[blockChoice(s, b, 'heads')] = stage.heads[0]!;
      result[blockChoice(s, b, 'hidden')] = stage.hidden[0]!;
    }
  });
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many different networks a space has: a block that is left out counts once, whatever its other choices say. */
export function countNetworks(settings: VitResNasSettings): bigint {
  return settings.stages.reduce((product, stage) => {
    const block = BigInt(stage.heads.length * stage.hidden.length);
    const optional = BigInt(stage.optional.length);
    const mandatory = BigInt(stage.blocks) - optional;
    return product * BigInt(stage.widths.length) * block ** mandatory * (block + 1n) ** optional;
  }, 1n);
}
