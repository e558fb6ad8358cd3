import { EngineError } from '../../error.ts';
import type { Architecture } from '../search-space.ts';
import { blocks, blockSites, kernelChoice, tokenChoice, type BlockSite } from './blocks.ts';
import { checkSettings, shortSettings, withDefaults, type HrNasSettings } from './settings.ts';

export const hrNasVersion = 1;

/** An architecture from hidden channels per block and kernel (construction order) and tokens per transformer site. */
export function fromLists(settings: HrNasSettings, hidden: readonly (readonly number[])[], tokens: readonly number[]): Architecture {
  const sites = blockSites(settings);
  const transformers = sites.filter((site) => site.maxTokens > 0);
  if (hidden.length !== sites.length) throw badNotation(`the network has ${sites.length} blocks, ${hidden.length} came`);
  if (tokens.length !== transformers.length) {
    throw badNotation(`the network has ${transformers.length} transformer sites, ${tokens.length} token counts came`);
  }
  const tokensOf = new Map(transformers.map((site, index) => [site.name, tokens[index] ?? 0]));
  const choices: Record<string, number> = {};
  sites.forEach((site, index) => {
    settings.kernelSizes.forEach((kernel, k) => {
      choices[kernelChoice(site.name, kernel)] = hidden[index]?.[k] ?? 0;
    });
    if (site.maxTokens > 0) choices[tokenChoice(site.name)] = tokensOf.get(site.name) ?? 0;
  });
  return { space: 'hr-nas', version: hrNasVersion, settings: shortSettings(settings), choices };
}

/** [C_out, 1, stride, kernels, channels, true] (official `inverted_residual_setting` of a searched network). */
type OfficialBlock = readonly [number, number, number, readonly number[], readonly number[], boolean];

function badNotation(message: string): EngineError {
  return new EngineError('bad-architecture', `hr-nas: reading the official notation: ${message}.`, {
    tip:
      'Expected one entry [C_out, 1, stride, [kernels], [channels], true] a block, ' +
      'alone or as {"blocks": [...], "tokens": [...], "settings": {...}}, each kernel once.',
  });
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isInteger(entry) && (entry as number) >= 0);
}

function parseBlocks(value: unknown): OfficialBlock[] {
  if (!Array.isArray(value)) throw badNotation('the list of blocks is missing');
  return value.map((entry: unknown, index) => {
    const [cOut, repeats, stride, kernels, channels, expands, ...more] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const areLists = isNumbers(kernels) && isNumbers(channels) && kernels.length === channels.length;
    if (!Number.isInteger(cOut) || !Number.isInteger(stride) || !areLists || more.length > 0)
      throw badNotation(`block ${index} is ${JSON.stringify(entry)}`);
    if (new Set(kernels).size !== kernels.length) throw badNotation(`block ${index} names a kernel twice: ${kernels.join(', ')}`);
    if (repeats !== 1 || expands !== true) {
      const came = `repeats ${JSON.stringify(repeats)} and expands ${JSON.stringify(expands)}`;
      throw badNotation(`block ${index} has ${came}; only 1 and true occur`);
    }
    return [cOut as number, 1, stride as number, kernels, channels, true];
  });
}

interface OfficialParts {
  readonly blocks: unknown;
  readonly tokens: unknown;
  readonly settings: Record<string, unknown>;
}

const partNames: readonly string[] = ['blocks', 'inverted_residual_setting', 'tokens', 'settings'];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Blocks, tokens and settings, wherever each of them was given; what was given twice or is unknown is refused. */
function takeApart(value: unknown, tokens: unknown): OfficialParts {
  if (Array.isArray(value)) return { blocks: value, tokens, settings: {} };
  if (!isRecord(value)) throw badNotation(`a list or an object was expected, ${JSON.stringify(value)} came`);
  const unknown = Object.keys(value).filter((key) => !partNames.includes(key));
  if (unknown.length > 0) throw badNotation(`the object has ${unknown.join(', ')}; known are ${partNames.join(', ')}`);
  const { blocks, inverted_residual_setting: officialBlocks, settings = {} } = value;
  if (blocks !== undefined && officialBlocks !== undefined)
    throw badNotation('blocks and inverted_residual_setting are the same; one of them was expected');
  if (tokens !== undefined && value['tokens'] !== undefined) throw badNotation('token counts came in the file and beside it');
  if (!isRecord(settings)) throw badNotation(`settings must be an object, ${JSON.stringify(settings)} came`);
  return { blocks: blocks ?? officialBlocks, tokens: tokens ?? value['tokens'], settings };
}

/** Settings that a bare list implies: classification when its last block has stride 2, transformers from the number of token counts. */
function inferSettings(
  list: readonly OfficialBlock[],
  tokens: readonly number[] | undefined,
  given: Record<string, unknown>,
): HrNasSettings {
  const last = list[list.length - 1];
  const task = given['task'] ?? (last?.[2] === 2 ? 'classification' : 'segmentation');
  const lastChannels = last?.[0];
  const dense =
    task === 'classification' || lastChannels === undefined ? {} : { lastChannels, ...(lastChannels === 180 ? { classes: 150 } : {}) };
  const settings = { ...dense, transformer: tokens !== undefined, ...given, task } as unknown as Architecture['settings'];
  const problems = checkSettings(settings);
  if (problems.length > 0) throw badNotation(problems.map((problem) => `${problem.path} ${problem.message}`).join('; '));
  const complete = withDefaults(settings);
  if (tokens === undefined && complete.transformer) throw badNotation('settings.transformer is true, but no token counts came');
  if (tokens === undefined || given['downsamplingTransformer'] !== undefined) return complete;
  const everywhere = { ...complete, downsamplingTransformer: true };
  return tokens.length === list.length ? everywhere : complete;
}

/**
 * Reads the official notation: the array of searched blocks, or { blocks, tokens, settings }; token counts and further settings may come
 * separately. What the notation does not say has the published value of the task; the block form is 'search'.
 * Throws EngineError 'bad-architecture'.
 */
export function importOfficial(value: unknown, separateTokens?: unknown, furtherSettings: Architecture['settings'] = {}): Architecture {
  const parts = takeApart(value, separateTokens);
  const twice = Object.keys(furtherSettings).find(
    (key) => Object.hasOwn(parts.settings, key) && parts.settings[key] !== furtherSettings[key],
  );
  if (twice !== undefined) {
    throw badNotation(
      `settings.${twice} is ${JSON.stringify(parts.settings[twice])} in the file and ${JSON.stringify(furtherSettings[twice])} beside it`,
    );
  }
  const list = parseBlocks(parts.blocks);
  const tokens = parts.tokens;
  if (tokens !== undefined && !isNumbers(tokens))
    throw badNotation(`tokens must be a list of whole numbers, ${JSON.stringify(tokens)} came`);
  const settings = inferSettings(list, tokens, { ...parts.settings, ...furtherSettings });
  const sites = blockSites(settings);
  if (list.length !== sites.length) throw badNotation(`a ${settings.task} network has ${sites.length} blocks, ${list.length} came`);
  const hidden = list.map((block, index) => hiddenOf(block, sites[index]!, settings.kernelSizes));
  return fromLists(settings, hidden, tokens ?? []);
}

function hiddenOf([cOut, , stride, kernels, channels]: OfficialBlock, site: BlockSite, sizes: readonly number[]): number[] {
  if (cOut !== site.cOut || stride !== site.stride) {
    throw badNotation(`block ${site.name} has ${site.cOut} output channels and stride ${site.stride}, the file says ${cOut} and ${stride}`);
  }
  const unknown = kernels.find((kernel) => !sizes.includes(kernel));
  if (unknown !== undefined) throw badNotation(`block ${site.name} has a kernel of ${unknown}; the kernels are ${sizes.join(', ')}`);
  return sizes.map((kernel) => channels[kernels.indexOf(kernel)] ?? 0);
}

/** The official array; with transformers or settings of its own { blocks, tokens, settings }. */
export function exportOfficial(arch: Architecture): unknown {
  const settings = withDefaults(arch.settings);
  const list = blocks(arch);
  const official = list.map((block) => [
    block.cOut,
    1,
    block.stride,
    block.kernels.map((path) => path.kernel),
    block.kernels.map((path) => path.hidden),
    true,
  ]);
  const own: Record<string, unknown> = shortSettings({ ...settings, transformer: true });
  delete own['transformer'];
  if (!settings.transformer && Object.keys(own).length === 3 && isImpliedByList(settings)) return official;
  const tokens = list.filter((block) => block.maxTokens > 0).map((block) => block.tokens);
  return { blocks: official, ...(settings.transformer ? { tokens } : {}), settings: own };
}

/** Whether reading the bare list back gives these settings. */
function isImpliedByList({ task, blockForm, classes }: HrNasSettings): boolean {
  return task !== 'pose' && blockForm === 'search' && classes === (task === 'classification' ? 1000 : 19);
}
