/** The official notation of a network (yilunliao/vit-search, `network_def`): stem, blocks, reductions and head in network order. */
import { EngineError } from '../../error.ts';
import type { VitBlock, VitNetwork, VitStage, VitStem } from './network.ts';

/**
 * [4, width] stem | [5, width, channels] stem with other channels | [0, width] patches alone | [1, [width, heads, headWidth], [width, hidden],
 * exists] block | [3, widthBefore, width] reduction | [2, width, classes] head.
 */
export type NetworkDef = readonly (readonly (number | readonly number[])[])[];

const kinds = { patchStem: 0, block: 1, head: 2, reduction: 3, convStem: 4, freeConvStem: 5 } as const;

/** Channels of the stem that type 4 implies. */
export const officialStemChannels = 24;
/** px; the networks of one stage cut larger patches. */
export const officialPatchSize = 14;
const singleStagePatchSize = 16;

/** What the notation says of a network; head and drop path stand elsewhere. */
export type NotedNetwork = Pick<VitNetwork, 'stem' | 'stages' | 'classes'>;

/** Throws EngineError 'bad-architecture' that names the entry. A text is read as well: the tuple of the official Python scripts. */
export function parseNetworkDef(value: unknown): NotedNetwork {
  const list = typeof value === 'string' ? parseTuple(value) : value;
  if (!Array.isArray(list) || list.length < 3) throw badDef(`a list of stem, blocks and head was expected, ${preview(value)} came`);
  const stem = parseStem(list[0]);
  const head = numbersOf(list.at(-1));
  const stages: { width: number; blocks: VitBlock[] }[] = [{ width: stem.width, blocks: [] }];
  list.slice(1, -1).forEach((entry: unknown, index) => {
    const stage = stages[stages.length - 1]!;
    const fail = (expected: string): EngineError => badDef(`entry ${index + 1} is ${preview(entry)}; expected ${expected}`);
    const numbers = numbersOf(entry);
    if (numbers !== undefined && numbers[0] === kinds.reduction && numbers.length === 3) {
      const [, before, width] = numbers as [number, number, number];
      if (before !== stage.width || width < before) throw fail(`a reduction from width ${stage.width} to at least as many channels`);
      stages.push({ width, blocks: [] });
    } else {
      stage.blocks.push(
        parseBlock(entry, stage.width) ??
          throwing(fail(`a block [1, [${stage.width}, heads, headWidth], [${stage.width}, hidden], exists]`)),
      );
    }
  });
  const { width } = stages[stages.length - 1]!;
  if (head?.length !== 3 || head[0] !== kinds.head || head[1] !== width) {
    throw badDef(`the last entry is ${preview(list.at(-1))}; expected the head [2, ${width}, classes]`);
  }
  const patchSize = stem.kind === 'patch' && stages.length === 1 ? singleStagePatchSize : officialPatchSize;
  return { stem: { kind: stem.kind, channels: stem.channels, patchSize }, stages, classes: head[2]! };
}

export function formatNetworkDef({ stem, stages, classes }: NotedNetwork): NetworkDef {
  const [first] = stages as readonly [VitStage, ...VitStage[]];
  const entries: (number | readonly number[])[][] = [];
  if (stem.kind === 'patch') entries.push([kinds.patchStem, first.width]);
  else if (stem.channels === officialStemChannels) entries.push([kinds.convStem, first.width]);
  else entries.push([kinds.freeConvStem, first.width, stem.channels]);
  stages.forEach(({ width, blocks }, s) => {
    if (s > 0) entries.push([kinds.reduction, stages[s - 1]!.width, width]);
    for (const { heads, headWidth, hidden, exists } of blocks) {
      entries.push([kinds.block, [width, heads, headWidth], [width, hidden], exists ? 1 : 0]);
    }
  });
  return [...entries, [kinds.head, stages[stages.length - 1]!.width, classes]];
}

function parseStem(entry: unknown): Omit<VitStem, 'patchSize'> & { readonly width: number } {
  const [kind, width, channels] = numbersOf(entry) ?? [];
  const length = Array.isArray(entry) ? entry.length : 0;
  if (kind === kinds.patchStem && width !== undefined && length === 2) return { kind: 'patch', channels: 0, width };
  if (kind === kinds.convStem && width !== undefined && length === 2) return { kind: 'conv', channels: officialStemChannels, width };
  if (kind === kinds.freeConvStem && channels !== undefined && length === 3) return { kind: 'conv', channels, width: width! };
  throw badDef(`entry 0 is ${preview(entry)}; expected the stem [4, width], [5, width, channels] or [0, width]`);
}

function parseBlock(entry: unknown, stageWidth: number): VitBlock | undefined {
  if (!Array.isArray(entry) || entry.length !== 4 || entry[0] !== kinds.block) return undefined;
  const [attentionWidth, heads, headWidth, ...more] = numbersOf(entry[1]) ?? [];
  const [feedForwardWidth, hidden, ...others] = numbersOf(entry[2]) ?? [];
  const exists: unknown = entry[3];
  const isWhole = [heads, headWidth, hidden].every((value) => value !== undefined) && more.length + others.length === 0;
  const isFitting = attentionWidth === stageWidth && feedForwardWidth === stageWidth;
  if (!isWhole || !isFitting || !([0, 1, true, false] as unknown[]).includes(exists)) return undefined;
  return { heads: heads!, headWidth: headWidth!, hidden: hidden!, exists: exists === 1 || exists === true };
}

/** Whole numbers, all but the first above 0 (kinds begin at 0). */
function numbersOf(entry: unknown): readonly number[] | undefined {
  const isList = Array.isArray(entry) && entry.every((value, index) => Number.isInteger(value) && value >= (index === 0 ? 0 : 1));
  return isList ? (entry as number[]) : undefined;
}

/** '((4, 176), (1, (176, 3, 32), (176, 704), 1), ...)' */
function parseTuple(text: string): unknown {
  const json = text.replaceAll('(', '[').replaceAll(')', ']').replaceAll('True', '1').replaceAll('False', '0').replace(/,\s*]/g, ']');
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw badDef(`no tuple: ${preview(text)}`, cause);
  }
}

function throwing(error: EngineError): never {
  throw error;
}

function preview(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

export function badDef(message: string, cause?: unknown): EngineError {
  return new EngineError('bad-architecture', `vit-resnas: reading the official notation: ${message}.`, {
    cause,
    tip: 'Expected the entries of `network_def`: [[4, d1], [1, [d1, heads, headWidth], [d1, hidden], exists], ..., [3, d1, d2], ..., [2, d3, classes]].',
  });
}
