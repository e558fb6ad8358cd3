/** Architectures in the official notation, alone or with the settings that it does not say. */
import { canonicalJson } from '../canonical.ts';
import type { Architecture } from '../search-space.ts';
import { architectureOf, networkOf } from './choices.ts';
import type { VitBlock, VitStage } from './network.ts';
import { badDef, formatNetworkDef, parseNetworkDef, type NotedNetwork } from './network-def.ts';
import { checkSettings, publishedSpaces, shortSettings, withDefaults, type StageOptions } from './settings.ts';

/**
 * Reads `network_def`, or { network_def, settings }; further settings may come beside it. Without a space or stages in the settings the first
 * published space that holds the network is taken, else the space of this network alone. Where blocks were deleted that the space may
 * leave out, the later places of the stage are the ones left out. Throws EngineError 'bad-architecture'.
 */
export function importOfficial(value: unknown, tokens?: unknown, further: Architecture['settings'] = {}): Architecture {
  if (tokens !== undefined) throw badDef('token counts came; this notation has none');
  const parts = takeApart(value);
  const given = mergeSettings(parts.settings, further);
  const noted = parseNetworkDef(parts.def);
  const problems = checkSettings(given);
  if (problems.length > 0) throw badDef(problems.map((problem) => `${problem.path} ${problem.message}`).join('; '));
  const stated = withStem(given, noted);
  if (given['space'] !== undefined || given['stages'] !== undefined) {
    const settings = withDefaults(stated);
    const stages = fit(noted.stages, settings.stages);
    if (typeof stages === 'string') throw badDef(`the network is not in the space: ${stages}`);
    return architectureOf(stages, settings);
  }
  for (const space of Object.keys(publishedSpaces)) {
    const settings = withDefaults({ ...stated, space });
    const stages = fit(noted.stages, settings.stages);
    if (typeof stages !== 'string') return architectureOf(stages, settings);
  }
  return architectureOf(
    noted.stages,
    withDefaults({ ...stated, stages: noted.stages.map(spaceOfOne) } as unknown as Architecture['settings']),
  );
}

/** The bare `network_def` where reading it back gives the same architecture, else with the settings. Blocks left out have exists 0. */
export function exportOfficial(arch: Architecture): unknown {
  const settings = withDefaults(arch.settings);
  const def = formatNetworkDef(networkOf(arch, settings));
  const implied = importOfficial(def);
  const isImplied =
    canonicalJson(implied.settings) === canonicalJson(shortSettings(settings)) &&
    canonicalJson(implied.choices) === canonicalJson(arch.choices);
  return isImplied ? def : { network_def: def, settings: shortSettings(settings) };
}

function takeApart(value: unknown): { readonly def: unknown; readonly settings: Architecture['settings'] } {
  if (Array.isArray(value) || typeof value === 'string') return { def: value, settings: {} };
  if (typeof value !== 'object' || value === null) throw badDef(`a list or an object was expected, ${JSON.stringify(value)} came`);
  const { network_def: def, settings = {}, ...others } = value as Record<string, unknown>;
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw badDef(`the object has ${unknown.join(', ')}; known are network_def and settings`);
  if (typeof settings !== 'object' || settings === null) throw badDef(`settings must be an object, ${JSON.stringify(settings)} came`);
  return { def, settings: settings as Architecture['settings'] };
}

function mergeSettings(inFile: Architecture['settings'], beside: Architecture['settings']): Architecture['settings'] {
  const twice = Object.keys(beside).find((key) => Object.hasOwn(inFile, key) && canonicalJson(beside[key]) !== canonicalJson(inFile[key]));
  if (twice !== undefined) {
    throw badDef(`settings.${twice} is ${JSON.stringify(inFile[twice])} in the file and ${JSON.stringify(beside[twice])} beside it`);
  }
  return { ...inFile, ...beside };
}

/** What the notation says itself; a setting that says something else is refused. */
function withStem(given: Architecture['settings'], { stem, classes }: NotedNetwork): Architecture['settings'] {
  const noted: Record<string, string | number> = { classes, stem: stem.kind, ...(stem.kind === 'conv' && { stemChannels: stem.channels }) };
  for (const [key, value] of Object.entries(noted)) {
    if (given[key] !== undefined && given[key] !== value) {
      throw badDef(`settings.${key} is ${JSON.stringify(given[key])}, the notation says ${JSON.stringify(value)}`);
    }
  }
  return { patchSize: stem.patchSize, ...given, ...noted };
}

/** The stages with a block at every place of the space, or why they do not fit. */
function fit(stages: readonly VitStage[], options: readonly StageOptions[]): VitStage[] | string {
  if (stages.length !== options.length) return `it has ${stages.length} stages, the space ${options.length}`;
  const result: VitStage[] = [];
  for (const [s, stage] of stages.entries()) {
    const option = options[s]!;
    const blocks = placeBlocks(stage.blocks, option);
    if (!option.widths.includes(stage.width)) return `stage ${s} has width ${stage.width}; the options are ${option.widths.join(', ')}`;
    if (typeof blocks === 'string') return `stage ${s} ${blocks}`;
    result.push({ width: stage.width, blocks });
  }
  return result;
}

function placeBlocks(blocks: readonly VitBlock[], option: StageOptions): VitBlock[] | string {
  const spare = option.blocks - blocks.length;
  if (spare < 0 || spare > option.optional.length) {
    return `has ${blocks.length} blocks; the options are ${option.blocks - option.optional.length}..${option.blocks}`;
  }
  const isWhole = spare === 0;
  const left = new Set(isWhole ? [] : option.optional.slice(option.optional.length - spare));
  const absent: VitBlock = { heads: option.heads[0]!, headWidth: option.headWidth, hidden: option.hidden[0]!, exists: false };
  const queue = [...blocks];
  const placed = Array.from({ length: option.blocks }, (_, b) => (left.has(b) ? absent : queue.shift()!));
  for (const [b, { heads, headWidth, hidden, exists }] of placed.entries()) {
    if (headWidth !== option.headWidth) return `block ${b} has heads of ${headWidth} channels, the space ${option.headWidth}`;
    if (!option.heads.includes(heads)) return `block ${b} has ${heads} heads; the options are ${option.heads.join(', ')}`;
    if (!option.hidden.includes(hidden)) return `block ${b} has ${hidden} hidden channels; the options are ${option.hidden.join(', ')}`;
    if (!exists && !option.optional.includes(b)) return `block ${b} cannot be left out`;
  }
  return placed;
}

/** Options that hold exactly what occurs. All blocks of a stage share their options, the size of their heads among them. */
function spaceOfOne({ width, blocks }: VitStage, s: number): StageOptions {
  const falling = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => b - a);
  const headWidths = falling(blocks.map((block) => block.headWidth));
  if (headWidths.length !== 1)
    throw badDef(`stage ${s} has heads of ${headWidths.join(', ') || 'no'} channels; an architecture has one size a stage`);
  return {
    blocks: blocks.length,
    optional: blocks.flatMap((block, b) => (block.exists ? [] : [b])),
    widths: [width],
    headWidth: headWidths[0]!,
    heads: falling(blocks.map((block) => block.heads)),
    hidden: falling(blocks.map((block) => block.hidden)),
  };
}
