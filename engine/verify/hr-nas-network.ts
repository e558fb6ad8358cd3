import { EngineError } from '../error.ts';
import { blockSites } from '../spaces/hr-nas/blocks.ts';
import { hrNas } from '../spaces/hr-nas/hr-nas.ts';
import { fromLists } from '../spaces/hr-nas/notation.ts';
import { checkSettings, withDefaults, type HrNasSettings } from '../spaces/hr-nas/settings.ts';
import type { Architecture } from '../spaces/search-space.ts';
import type { GoldenFile } from './golden-file.ts';
import type { GoldenNetwork } from './systems.ts';

const activations: Readonly<Record<string, string>> = {
  'nn.ReLU': 'relu',
  'nn.ReLU6': 'relu6',
  'nn.Swish': 'swish',
  'nn.HSwish': 'hard-swish',
};

/** Official configuration keys that are settings under another name. Keys that are not listed have no effect on the network. */
const officialKeys: Readonly<Record<string, keyof HrNasSettings>> = {
  task: 'task',
  num_classes: 'classes',
  active_fn: 'activation',
  input_channel: 'stem',
  input_stride: 'inputStride',
  inverted_residual_setting: 'stages',
  expand_ratio: 'expandRatio',
  kernel_sizes: 'kernelSizes',
  last_channel: 'lastChannels',
  head_channels: 'headChannels',
  fcn_head_for_seg: 'plainHead',
  bn_momentum: 'bnMomentum',
  bn_epsilon: 'bnEpsilon',
  dropout_ratio: 'dropout',
};

function settingValue(key: string, value: unknown): unknown {
  if (key === 'active_fn') return activations[String(value)] ?? value;
  if (key === 'head_channels' && (value === 'None' || value === null)) return [];
  return value;
}

/** The searched or full network of a golden file: official configuration, hidden channels by block, tokens by site. */
export function hrNasArchitecture(golden: GoldenFile): Architecture {
  const config = golden.config ?? {};
  const architecture = golden.architecture ?? {};
  if (config['start_with_atomcell'] === true) throw bad(golden, 'start_with_atomcell is not supported');
  const entries = Object.entries(config).flatMap(([key, value]) => {
    return Object.hasOwn(officialKeys, key) ? [[officialKeys[key]!, settingValue(key, value)] as const] : [];
  });
  const tokens = architecture['tokens'];
  const tokenLimit = everySite(tokens) ?? Math.max(64, ...(Array.isArray(tokens) ? (tokens as number[]) : []));
  const se = architecture['seRatio'] ?? config['se_ratio'];
  const { dropout, ...official } = Object.fromEntries(entries);
  const blockForm = architecture['blockForm'] ?? 'search';
  const transformer = architecture['transformer'] === true;
  // Official files state these also where the network has no use for them.
  const given = {
    ...official,
    blockForm,
    transformer,
    downsamplingTransformer: architecture['downsamplingTransformer'] === true,
    ...(transformer && { tokens: tokenLimit }),
    ...(blockForm === 'fused' && se !== undefined && { seRatio: se ?? 0 }),
    ...(official['task'] === 'classification' && dropout !== undefined && { dropout }),
  } as unknown as Architecture['settings'];
  const problems = checkSettings(given);
  if (problems.length > 0) throw bad(golden, problems.map((problem) => `${problem.path} ${problem.message}`).join('; '));

  const settings = withDefaults(given);
  const sites = blockSites(settings);
  const blocks = architecture['blocks'];
  const hidden = Array.isArray(blocks)
    ? blocks.map((block: unknown) => hiddenOf(block, settings.kernelSizes))
    : sites.map((site) => site.maxHidden);
  const counts = Array.isArray(tokens) ? (tokens as number[]) : sites.filter((site) => site.maxTokens > 0).map(() => tokenLimit);
  return fromLists(settings, hidden, settings.transformer ? counts : []);
}

/** '64 at every site', or a number. */
function everySite(tokens: unknown): number | undefined {
  if (typeof tokens === 'number') return tokens;
  const match = typeof tokens === 'string' ? /^(\d+)\b/.exec(tokens) : null;
  return match === null ? undefined : Number(match[1]);
}

/** [k3, k5, k7] with zeros, or the official [C_out, 1, stride, kernels, channels, true]. */
function hiddenOf(block: unknown, kernelSizes: readonly number[]): readonly number[] {
  const entry = block as readonly unknown[];
  const [, , , kernels, channels] = entry;
  if (!Array.isArray(kernels) || !Array.isArray(channels)) return entry as readonly number[];
  return kernelSizes.map((kernel) => (channels[kernels.indexOf(kernel)] as number | undefined) ?? 0);
}

export function hrNasNetwork(golden: GoldenFile): GoldenNetwork {
  const arch = hrNasArchitecture(golden);
  return (input) => hrNas.graph(arch, input);
}

function bad(golden: GoldenFile, message: string): EngineError {
  return new EngineError('bad-golden-file', `${golden.net}: the network cannot be built from the file: ${message}.`);
}
